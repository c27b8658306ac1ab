package campus_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/jwxt/campus"
)

var noticeLink = regexp.MustCompile(`openWindow\('(/jsxsd/ggly/ggly_show\?ggid=[0-9A-F]{32})'`)

func TestNotices(t *testing.T) {
	for _, skin := range []campus.Skin{campus.SkinOld, campus.SkinNew} {
		t.Run(string(skin), func(t *testing.T) {
			b := openLoggedIn(t, campus.Qiangzhi{Skin: skin})
			first := b.get("/jsxsd/ggly/ysgg_query")
			wantText(t, first, "共2页&nbsp;35条", "pagination(2)", `<input name="pageIndex" type="text" value="1"`)
			second := b.post("/jsxsd/ggly/ysgg_query", url.Values{"pageIndex": {"2"}})
			var links []string
			for _, p := range []page{first, second} {
				for _, m := range noticeLink.FindAllStringSubmatch(p.Body, -1) {
					links = append(links, m[1])
				}
			}
			all := b.school.Profile().Notices
			if len(links) != len(all) {
				t.Fatalf("got %d links, want %d", len(links), len(all))
			}
			for i, link := range links {
				wantText(t, b.get(link), all[i].Published, all[i].Valid, "各学院、全体同学：")
			}
			if _, rows := table(t, second); rows[0][0] != "21" || rows[0][1] != all[20].Title {
				t.Errorf("second page begins %q, want 21 %s", rows[0], all[20].Title)
			}
		})
	}
}

func TestAttachments(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{})
	files := 0
	for _, n := range b.school.Profile().Notices {
		p := b.get("/jsxsd/ggly/ggly_show?ggid=" + n.ID)
		for _, f := range n.Files {
			files++
			wantText(t, p, `href="`+f.Path+`" download="`+f.Name+`"`)
			if got := b.get(f.Path); got.Status != http.StatusOK || got.Body != string(f.Data) {
				t.Errorf("%s: got %d with %d bytes, want 200 with %d", f.Path, got.Status, len(got.Body), len(f.Data))
			}
		}
	}
	if files < 5 {
		t.Errorf("got %d files, want a few", files)
	}
	if got := b.get("/ewebeditor/uploadfile/none.xls").Status; got != http.StatusNotFound {
		t.Errorf("missing file: got %d, want 404", got)
	}
}

func TestWidgets(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{Widgets: true})
	list := b.get("/jsxsd/framework/main_index_loadtzgg.jsp")
	if got := strings.Count(list.Body, `<li class="list-group-item" title="`); got != 12 {
		t.Errorf("got %d entries, want 12", got)
	}
	n := b.school.Profile().Notices[0]
	wantText(t, list, n.Title, "gotoTzgg('"+n.ID+"')", `<span id="fbsj0" class="pull-right">`+n.Published)
	wantText(t, b.get("/jsxsd/framework/main_index_tzgg.jsp?id="+n.ID), `<p class="desc"><span>发布人：`+n.Sender, `<div class="content">`)
	if got := b.get("/jsxsd/ggly/ysgg_query").Status; got != http.StatusNotFound {
		t.Errorf("ysgg_query: got %d, want 404", got)
	}
}
