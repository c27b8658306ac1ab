package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

func notices(n int) jwxt.NoticePage {
	p := jwxt.NoticePage{Page: 1, Pages: 2, Total: 2 * n}
	for i := range n {
		p.Notices = append(p.Notices, jwxt.Notice{
			ID: fmt.Sprint("id", i), Title: fmt.Sprintf("关于第%03d次选课的通知", i), Category: "学生类别",
			Sender: "教务处", Published: fmt.Sprintf("2026-07-%02d 20:54:54", 1+i%30),
		})
	}
	return p
}

// screens turns through all screens of a list.
func screens(t *testing.T, l say.Lang, p jwxt.NoticePage) (htmls []string, shown []int) {
	t.Helper()
	for n := 1; ; n++ {
		list := render.Notices(l, p, render.NoticeOptions{School: "华东示范大学", Page: n})
		checkPage(t, list.HTML)
		if list.Page != n {
			t.Fatalf("asked for screen %d, got %d of %d", n, list.Page, list.Pages)
		}
		if len(list.Shown) > 8 {
			t.Fatalf("%d notices on one screen", len(list.Shown))
		}
		htmls, shown = append(htmls, list.HTML), append(shown, list.Shown...)
		if n >= list.Pages {
			return htmls, shown
		}
	}
}

// upTo is 0, 1 … n-1.
func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// TestNoticeNumbers: numbers go on from page to page where the school tells
// how many there are.
func TestNoticeNumbers(t *testing.T) {
	for _, tt := range []struct {
		name               string
		page, pages, total int
		on                 int // notices on the page
		base               int
		head               string
	}{
		{"first page", 1, 2, 35, 20, 1, "第 1–8 条，共 35 条"},
		{"last page", 2, 2, 35, 15, 21, "第 21–28 条，共 35 条"},
		{"page between", 2, 3, 50, 20, 21, "第 21–28 条，共 50 条"},
		{"no total", 2, 3, 0, 20, 1, "学校列表第 2/3 页，其中第 1/3 段"},
		{"total of something else", 2, 2, 3, 15, 1, "学校列表第 2/2 页，其中第 1/2 段"},
		{"total of this page only", 2, 2, 15, 15, 1, "学校列表第 2/2 页，其中第 1/2 段"},
		{"one screen", 1, 1, 5, 5, 1, "第 1–5 条，共 5 条"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := jwxt.NoticePage{Page: tt.page, Pages: tt.pages, Total: tt.total, Notices: make([]jwxt.Notice, tt.on)}
			list := render.Notices(say.Zh, p, render.NoticeOptions{})
			first := fmt.Sprintf("<b>%d.</b>", tt.base)
			if list.Base != tt.base || !strings.Contains(list.HTML, first) || !strings.Contains(list.HTML, tt.head) {
				t.Errorf("base %d, want %d, %q and %q in\n%s", list.Base, tt.base, first, tt.head, list.HTML)
			}
		})
	}
}

func TestNoticesGolden(t *testing.T) {
	p := notices(10)
	p.Notices[1] = jwxt.Notice{Title: `<b>重要</b> & "紧急"`, Published: "2026-7-3"}
	p.Notices[2] = jwxt.Notice{Title: strings.Repeat("关于做好期末考试工作的", 10)}
	for _, l := range say.Langs() {
		htmls, _ := screens(t, l, p)
		golden(t, "notices."+string(l)+".html", strings.Join(htmls, "\n=====\n")+"\n")
	}
}

func TestEveryNoticeIsOnExactlyOneScreen(t *testing.T) {
	hostile := notices(20)
	for i := range hostile.Notices {
		n := &hostile.Notices[i]
		n.Title += strings.Repeat(`"&<大`, 99)
		n.Sender, n.Category, n.Published = n.Title, n.Title, n.Title
	}
	for name, p := range map[string]jwxt.NoticePage{"ordinary": notices(20), "hostile": hostile} {
		htmls, shown := screens(t, say.Zh, p)
		if diff := cmp.Diff(upTo(20), shown); diff != "" {
			t.Errorf("%s: shown (-want +got):\n%s", name, diff)
		}
		all := strings.Join(htmls, "\n")
		for i := range p.Notices {
			if want := fmt.Sprintf("<b>%d.</b> 关于第%03d次", i+1, i); strings.Count(all, want) != 1 {
				t.Errorf("%s: %q appears %d times", name, want, strings.Count(all, want))
			}
		}
	}
}

func TestNoticeScreenIsClamped(t *testing.T) {
	for asked, want := range map[int]int{-1: 1, 0: 1, 2: 2, 3: 3, 4: 3, 1 << 40: 3} {
		got := render.Notices(say.En, notices(20), render.NoticeOptions{Page: asked})
		if got.Page != want || got.Pages != 3 {
			t.Errorf("screen %d shows %d of %d, want %d of 3", asked, got.Page, got.Pages, want)
		}
	}
	empty := render.Notices(say.En, jwxt.NoticePage{}, render.NoticeOptions{School: "X", Page: 7})
	if empty.Page != 1 || empty.Pages != 1 || len(empty.Shown) != 0 || !strings.Contains(empty.HTML, "no notices") {
		t.Errorf("an empty list is %+v", empty)
	}
}

func detail() jwxt.NoticeDetail {
	return jwxt.NoticeDetail{
		Notice: jwxt.Notice{Title: "关于2026年秋季学期选课的通知", Category: "学生类别", Sender: "教务处", Published: "2026-07-25 10:30:48"},
		Text:   "各学院：\r\n\r\n\r\n一、时间：8月1日 <9:00> & 以后。\n二、“先到先得”。",
		Valid:  "2026-07-25 00:00至2026-09-01 00:00",
		URL:    "https://jwxt.example.edu.cn/jsxsd/ggly/ggly_show?ggid=A1",
		Attachments: []jwxt.Attachment{
			{Name: `选课"手册"<1>.pdf`, URL: `https://jwxt.example.edu.cn/f?a=1&b="2"`},
			{Name: "脚本.doc", URL: "javascript:alert(1)"},
			{URL: "http://jwxt.example.edu.cn/附件 一.xls"},
		},
	}
}

func TestNoticeGolden(t *testing.T) {
	long := detail()
	long.Text = strings.Repeat("这是很长的一段话，讲清楚了选课的每一个步骤。", 200) + "\n" + strings.Repeat("短行\n\n", 20)
	bare := jwxt.NoticeDetail{Notice: jwxt.Notice{Title: "放假"}}
	for _, l := range say.Langs() {
		var all []string
		for _, d := range []jwxt.NoticeDetail{detail(), long, bare} {
			for _, html := range render.Notice(l, d) {
				checkPage(t, html)
				all = append(all, html)
			}
		}
		golden(t, "notice."+string(l)+".html", strings.Join(all, "\n=====\n")+"\n")
	}
}

func TestLink(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y=1&z=2":                   "https://a.example/x?y=1&z=2",
		"http://a.example/附件":                           "http://a.example/%E9%99%84%E4%BB%B6",
		"HTTP://a.example/":                             "http://a.example/",
		"ftp://a.example/":                              "",
		"javascript:alert(1)":                           "",
		"/relative":                                     "",
		"https:///nohost":                               "",
		"https://a.example/\x00":                        "",
		"https://a.example/" + strings.Repeat("&", 500): "",
		"": "",
	} {
		if got := render.Link(in); got != want {
			t.Errorf("Link(%q) = %q, want %q", in, got, want)
		}
	}
}

// letters are what a reader must find of a text, in order.
func letters(s string) string {
	return strings.Join(strings.Fields(s), "")
}

func FuzzNotice(f *testing.F) {
	f.Add("标题", "正文第一段。\n\n第二段", "教务处", "https://a.example/?x=1&y=2", uint8(3), uint16(1))
	f.Add("t", "x", "", "http://a", uint8(255), uint16(1))
	f.Add(`<b>"&`, "<p>&nbsp;", "\u202e\x00", "http://[::1", uint8(200), uint16(900))
	f.Fuzz(func(t *testing.T, title, body, sender, link string, files uint8, times uint16) {
		d := jwxt.NoticeDetail{Notice: jwxt.Notice{Title: title, Sender: sender, Published: link, Category: body}}
		d.Text, d.Valid = strings.Repeat(body, int(times%1000)), sender
		if len(d.Text) > 1<<16 {
			t.Skip("longer than a school's page")
		}
		for range files {
			d.Attachments = append(d.Attachments, jwxt.Attachment{Name: title, URL: link})
		}
		for _, l := range say.Langs() {
			for _, html := range render.Notice(l, d) {
				checkPage(t, html)
			}
		}
		p := jwxt.NoticePage{Notices: slices.Repeat([]jwxt.Notice{d.Notice}, int(files%30))}
		if _, shown := screens(t, say.En, p); len(shown) != len(p.Notices) {
			t.Fatalf("%d of %d notices shown", len(shown), len(p.Notices))
		}
	})
}

func TestNoticeTextIsWhole(t *testing.T) {
	for name, body := range map[string]string{
		"sentences": strings.Repeat("第一句话。Second sentence! ", 600),
		"one word":  strings.Repeat("字", 9000),
		"quotes":    strings.Repeat(`"<&>`, 3000),
		"pairs":     strings.Repeat("😀", 4000),
		"lines":     strings.Repeat("一行\n\n", 1500) + "完",
	} {
		var read strings.Builder
		htmls := render.Notice(say.En, jwxt.NoticeDetail{Notice: jwxt.Notice{Title: "T"}, Text: body})
		for i, html := range htmls {
			head := fmt.Sprintf("📢 T\nPage %d of %d\n\n", i+1, len(htmls))
			text, ok := strings.CutPrefix(checkPage(t, html), head)
			if !ok {
				t.Errorf("%s: page %d does not begin with %q", name, i+1, head)
			}
			read.WriteString(text)
		}
		if got, want := letters(read.String()), letters(body); got != want {
			t.Errorf("%s: %d bytes of text became %d", name, len(want), len(got))
		}
	}
}
