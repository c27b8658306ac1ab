package bulletin_test

import (
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt/bulletin"
)

// TestRows holds what belongs to a row, by pages with a single article or two:
// nothing else ends the row there.
func TestRows(t *testing.T) {
	const a = `<a href="/info/1/2.htm">关于选课的通知</a>`
	const b = `<a href="/info/1/3.htm">关于放假的通知</a>`
	tests := []struct{ name, body, title, date string }{
		{"beside", `<div>` + a + `<i>2026-06-25</i></div>`, "关于选课的通知", "2026-06-25"},
		{"a list ends the row", `<ul>` + a + `</ul><i>2026-06-25</i>`, "关于选课的通知", ""},
		{"an entry ends the row", `<div><li>` + a + `</li><i>2026-06-25</i></div>`, "关于选课的通知", ""},
		{"a table's row ends the row", `<table><tr><td>` + a + `</td></tr><tr><td>2026-06-25</td></tr></table>`, "关于选课的通知", ""},
		{"the page's frame is no row", `<div><p>` + a + `</p><div>2026-06-25 <a href="/1">一</a><a href="/2">二</a><a href="/3">三</a><a href="/4">四</a></div></div>`, "关于选课的通知", ""},
		{"a row may name its column", `<div>[<a href="/xk.htm">选课</a>]<p>` + a + `</p><i>2026-06-25</i></div>`, "关于选课的通知", "2026-06-25"},
		{"a day before the date", `<p>` + a + `<i>7-1</i><b>2026-06-25</b></p>`, "关于选课的通知", "2026-06-25"},
		{"the date of the later link", `<div>` + a + `</div><div>` + b + `</div><p>` + a + `<i>2026-06-25</i></p>`, "关于选课的通知", "2026-06-25"},
		{"the date that says so", `<p>` + a + `<u>截止2026年7月9日前</u><u>发布时间 2026-06-25 教务处</u></p>`, "关于选课的通知", "2026-06-25"},
		{"not a date of the summary", `<p>` + a + `<u>` + "关于今年选课的安排，请各学院务必提前通知到每一位同学，截止时间是下面这个日子的晚上十二点整：2026年7月9日" + `</u></p>`, "关于选课的通知", ""},
		{"not a date of the title", `<p><a href="/info/1/2.htm">2026年6月25日讲座的通知</a></p>`, "2026年6月25日讲座的通知", ""},
		{"a date at the title's end", `<p><a href="/info/1/2.htm">关于选课的通知（2026-06-25）</a></p>`, "关于选课的通知", "2026-06-25"},
		{"a whole title goes before a cut one", `<p><a href="/info/1/2.htm" title="关于选…">关于选课的通知</a></p>`, "关于选课的通知", ""},
		{"cut in both", `<p><a href="/info/1/2.htm" title="关于选…">关于选课的…</a></p>`, "关于选课的…", ""},
		{"more is no title", `<p><a href="/info/1/2.htm">详情</a>` + a + `</p>`, "关于选课的通知", ""},
		{"marks are no title", `<p><a href="/info/1/2.htm">【置顶】▪ 关于选课的通知 New!</a></p>`, "关于选课的通知", ""},
		{"the page's base", `<base href="/jwc/"><p><a href="info/1/2.htm">关于选课的通知</a></p>`, "关于选课的通知", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm"}
			l, err := bulletin.ParseList(s, pageOf(t, s.URL, []byte(tt.body)), noon)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Items[0]; got.Title != tt.title || got.Date.String() != tt.date {
				t.Errorf("got %q, %q; want %q, %q", got.Title, got.Date, tt.title, tt.date)
			}
		})
	}
}

// TestIdentity holds that one article has one id, wherever and however it is linked.
func TestIdentity(t *testing.T) {
	tests := []struct{ link, want string }{
		{"/info/1116/5946.htm", "vsb:jwc.example.edu.cn:5946"},
		{"https://JWC.example.edu.cn:443/info/7/5946.htm#top", "vsb:jwc.example.edu.cn:5946"},
		{"content.jsp?wbtreeid=7&urltype=news.NewsContentUrl&wbnewsid=5946", "vsb:jwc.example.edu.cn:5946"},
		{"/dean/info/1116/5946.htm", "vsb:jwc.example.edu.cn/dean:5946"},
		{"http://lib.example.edu.cn:8080/info/1/5946.htm", "vsb:lib.example.edu.cn:8080:5946"},
		{"/2026/0313/c13475a290241/page.htm", "sudy:jwc.example.edu.cn:290241"},
		{"/59/71/c23285a290241/page.psp", "sudy:jwc.example.edu.cn:290241"},
		{"/_s155/2026/0313/c1a290241/page.htm", "sudy:jwc.example.edu.cn:290241"},
		{"/n/5;jsessionid=AB?b=2&a=1&utm_source=x#y", "url:jwc.example.edu.cn/n/5?a=1&b=2"},
		{"http://jwc.example.edu.cn/n/5?b=2&a=1", "url:jwc.example.edu.cn/n/5?a=1&b=2"},
		{"https://other.edu.cn", "url:other.edu.cn/"},
	}
	for _, tt := range tests {
		s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm", Rules: bulletin.Rules{Item: "a"}}
		l, err := bulletin.ParseList(s, pageOf(t, s.URL, []byte(`<a href="`+tt.link+`">通知</a>`)), noon)
		if err != nil {
			t.Errorf("%s: %v", tt.link, err)
		} else if got := l.Items[0].ID; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.link, got, tt.want)
		}
	}
}

// TestWrongCharset holds that a description that names the wrong charset is
// found out, and does not fill chats with signs that nobody can read.
func TestWrongCharset(t *testing.T) {
	page, err := simplifiedchinese.GB18030.NewEncoder().String(`<a href="/info/1/2.htm">关于选课的通知与关于放假的通知</a>`)
	if err != nil {
		t.Fatal(err)
	}
	s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm", Charset: "utf-8"}
	_, err = bulletin.ParseList(s, pageOf(t, s.URL, []byte(page)), noon)
	wantClass(t, err, bulletin.Charset)
	s.Charset = "gb18030"
	l, err := bulletin.ParseList(s, pageOf(t, s.URL, []byte(page)), noon)
	if err != nil || l.Items[0].Title != "关于选课的通知与关于放假的通知" {
		t.Errorf("got %+v, %v", l, err)
	}
}
