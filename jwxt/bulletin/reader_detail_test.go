package bulletin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt/bulletin"
)

func TestReadDetail(t *testing.T) {
	article := `<form name="_newscontent_fromname"><div class="v_news_content">正文</div></form>`
	hosts := map[string]http.HandlerFunc{
		"jwc.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/away.htm":
				http.Redirect(w, r, "https://mp.weixin.qq.com/s/x", http.StatusFound)
			case "/login.htm":
				http.Redirect(w, r, "https://cas.other.edu.cn/cas/login", http.StatusFound)
			case "/blocked.htm":
				w.WriteHeader(http.StatusPreconditionFailed)
			default:
				if r.Referer() != tzgg {
					t.Errorf("referer %q", r.Referer())
				}
				fmt.Fprint(w, article)
			}
		},
	}
	day := bulletin.Date{Year: 2026, Month: 6, Day: 30}
	said := bulletin.Detail{Title: "通知", Date: day}
	inside := bulletin.Detail{Title: "通知", Date: day, Intranet: true}
	tests := []struct {
		name, url string
		skip      bool
		want      bulletin.Detail
		class     bulletin.Class
		pages     int
	}{
		{"an article", "http://jwc.example.edu.cn/info/1/2.htm", false, bulletin.Detail{Title: "通知", Date: day, Text: "正文"}, "", 1},
		{"a file", "http://jwc.example.edu.cn/_upload/article/files/1/x.pdf", false, bulletin.Detail{Title: "通知", Date: day}, "", 0},
		{"another site", "https://mp.weixin.qq.com/s/x", false, said, "", 0},
		{"not to be opened", "http://jwc.example.edu.cn/info/1/2.htm", true, said, "", 0},
		{"moved to another site", "http://jwc.example.edu.cn/away.htm", false, said, "", 1},
		{"moved to a login", "http://jwc.example.edu.cn/login.htm", false, inside, "", 1},
		{"blocked", "http://jwc.example.edu.cn/blocked.htm", false, bulletin.Detail{}, bulletin.Blocked, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
				s := sourceAt(tzgg)
				s.Rules.Detail.Skip = tt.skip
				d, err := r.Detail(t.Context(), s, bulletin.Item{URL: tt.url, Title: "通知", Date: day})
				if tt.class != "" {
					wantClass(t, err, tt.class)
				} else if err != nil {
					t.Fatal(err)
				}
				if strings.HasSuffix(tt.url, ".pdf") {
					if len(d.Attachments) != 1 || d.Attachments[0].URL != tt.url {
						t.Errorf("files %+v", d.Attachments)
					}
				}
				if d.Title != tt.want.Title || d.Date != tt.want.Date || d.Text != tt.want.Text || d.Intranet != tt.want.Intranet {
					t.Errorf("got %+v, want %+v", d, tt.want)
				}
				if got := w.pages(); len(got) != tt.pages {
					t.Errorf("asked %q, want %d pages", got, tt.pages)
				}
			})
		})
	}
}
