package bulletin_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/bulletin"
)

// TestListClasses holds that a list that shows nothing is an error, and of
// which class.
func TestListClasses(t *testing.T) {
	selectors := bulletin.Rules{Item: "li.row"}
	asJSON := bulletin.Rules{Kind: bulletin.KindJSON, Item: "data.list"}
	vsb := `<!--Announced by Visual SiteBuilder 9--><ul>%</ul>`
	tests := []struct {
		name   string
		rules  bulletin.Rules
		status int
		body   string
		want   bulletin.Class
	}{
		{"blank", bulletin.Rules{}, 200, "", bulletin.Empty},
		{"blank page", bulletin.Rules{}, 200, "<html><body><script>x()</script></body></html>", bulletin.Empty},
		{"a list of no rows", bulletin.Rules{}, 200, strings.Replace(vsb, "%", "<li>通知公告</li>", 1), bulletin.Empty},
		{"it says so", selectors, 200, "<div>暂无信息</div>", bulletin.Empty},
		{"an empty array", asJSON, 200, `{"data": {"list": []}}`, bulletin.Empty},
		{"a feed without entries", bulletin.Rules{}, 200, `<rss version="2.0"><channel><title>x</title></channel></rss>`, bulletin.Empty},
		{"unknown links", bulletin.Rules{}, 200, `<ul><li><a href="/n/1">一</a></li></ul>`, bulletin.Redesign},
		{"not found, politely", bulletin.Rules{}, 200, `<h1>404 - 页面不存在</h1>`, bulletin.Redesign},
		{"dated rows with unknown links", bulletin.Rules{}, 200, strings.Replace(vsb, "%", `<li><a href="/portal/1">一</a>2026-07-01</li>`, 1), bulletin.Redesign},
		{"rows are gone", selectors, 200, strings.Replace(vsb, "%", `<li><a href="info/1/2.htm">一</a></li>`, 1), bulletin.Redesign},
		{"rows without links", selectors, 200, `<li class="row">一</li>`, bulletin.Redesign},
		{"an article", bulletin.Rules{}, 200, `<form name="_newscontent_fromname"><div class="v_news_content">x</div><a href="/info/1/2.htm">下一条</a></form>`, bulletin.Redesign},
		{"of the other system", bulletin.Rules{Kind: bulletin.KindSudy}, 200, `<li><a href="/info/1/2.htm">一</a></li>`, bulletin.Redesign},
		{"JSON that was a page", asJSON, 200, `<ul><li><a href="/n/1">一</a></li></ul>`, bulletin.Redesign},
		{"JSON without the array", asJSON, 200, `{"data": {}}`, bulletin.Redesign},
		{"JSON of other names", asJSON, 200, `{"data": {"list": [{"a": 1}]}}`, bulletin.Redesign},
		{"broken JSON", asJSON, 200, `{"data": `, bulletin.Redesign},
		{"broken feed", bulletin.Rules{}, 200, `<rss version="2.0"><channel><item></rss>`, bulletin.Redesign},
		{"a feed that was a page", bulletin.Rules{Kind: bulletin.KindFeed}, 200, `<p>欢迎</p>`, bulletin.Redesign},
		{"script challenge", bulletin.Rules{}, 200, `<script>$_ts=window['$_ts'];</script>`, bulletin.Blocked},
		{"script challenge instead of JSON", asJSON, 200, `<script>$_ts=window['$_ts'];</script>`, bulletin.Blocked},
		{"a firewall's words", selectors, 200, `<p>您的请求可能存在威胁，已被拦截</p>`, bulletin.Blocked},
		{"202", bulletin.Rules{}, 202, "", bulletin.Blocked},
		{"412", bulletin.Rules{}, 412, "", bulletin.Blocked},
		{"403", bulletin.Rules{}, 403, "Forbidden", bulletin.Blocked},
		{"493", bulletin.Rules{}, 493, "", bulletin.Blocked},
		{"403 for outsiders", bulletin.Rules{}, 403, "仅限校内访问", bulletin.Intranet},
		{"system's word", bulletin.Rules{}, 200, `<title>系统提示</title>您无权访问`, bulletin.Intranet},
		{"campus only", selectors, 200, `<p>该信息仅允许校内地址访问</p>`, bulletin.Intranet},
		{"the description's word", bulletin.Rules{Detail: bulletin.DetailRules{Intranet: "请登录后查看"}}, 200, `<p>请登录后查看</p>`, bulletin.Intranet},
		{"a login", bulletin.Rules{}, 200, `<form><input name="u"><input type="password"></form>`, bulletin.Intranet},
		{"401", bulletin.Rules{}, 401, "", bulletin.Intranet},
		{"404", bulletin.Rules{}, 404, "", bulletin.HTTP},
		{"500", bulletin.Rules{}, 500, "", bulletin.HTTP},
		{"304 that nobody asked for", bulletin.Rules{}, 304, "", bulletin.HTTP},
		{"no text", bulletin.Rules{}, 200, "\x89PNG\x00\x00\x01\x02", bulletin.Charset},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm", Rules: tt.rules}
			p := pageOf(t, s.URL, []byte(tt.body))
			p.Status = tt.status
			l, err := bulletin.ParseList(s, p, noon)
			wantClass(t, err, tt.want)
			if len(l.Items) > 0 {
				t.Errorf("an error with %d items", len(l.Items))
			}
		})
	}
}

// TestDetailClasses holds that a page without an article is no empty article.
func TestDetailClasses(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   bulletin.Class // empty: a Detail that says Intranet
	}{
		{"not found, politely", 200, `<h1>404 - 页面不存在</h1>`, bulletin.Redesign},
		{"404", 404, "", bulletin.HTTP},
		{"script challenge", 412, "", bulletin.Blocked},
		{"blank", 200, "", bulletin.Empty},
		{"login", 200, `<form><input type="password"></form>`, ""},
		{"in the article's place", 200, `<title>系统提示</title><div class="v_news_content"></div>`, ""},
		{"401", 401, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm"}
			p := pageOf(t, "https://jwc.example.edu.cn/info/1/2.htm", []byte(tt.body))
			p.Status = tt.status
			d, err := bulletin.ParseDetail(s, p, noon)
			if tt.want != "" {
				wantClass(t, err, tt.want)
			} else if err != nil || !d.Intranet || d.Text != "" {
				t.Errorf("got %+v, %v; want an article for the campus only", d, err)
			}
		})
	}
}

// TestWordsOfWalls holds that a page with articles is a list, whatever is on it.
func TestWordsOfWalls(t *testing.T) {
	body := `<title>系统提示</title><script>var safedog = 1</script><form><input type="password"></form>
		<li>仅限校内访问<a href="/info/1/2.htm">关于网站防火墙维护的通知</a>2026-07-01</li>`
	s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm"}
	l, err := bulletin.ParseList(s, pageOf(t, s.URL, []byte(body)), noon)
	if err != nil || len(l.Items) != 1 || l.Items[0].Title != "关于网站防火墙维护的通知" {
		t.Errorf("got %+v, %v", l, err)
	}
}

func TestErrorWords(t *testing.T) {
	cause := errors.New("why")
	e := &bulletin.Error{Class: bulletin.HTTP, Status: http.StatusTeapot, RetryAfter: time.Minute, Err: cause}
	if got, want := e.Error(), "bulletin: HTTP (status 418): why"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is not found")
	}
}
