package campus

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// Rows of a page of ysgg_query, and entries of the home page's widget.
const (
	noticesPerPage  = 20
	noticesOnWidget = 12
)

// notices is 已收公告, a form that posts pageIndex to itself.
func (q *qiangzhi) notices(v *visit) answer {
	all := q.school.Notices()
	page := atLeast(v.form.Get("pageIndex"), 1)
	from, to := pageBounds(len(all), page, noticesPerPage)
	pages := max(1, (len(all)+noticesPerPage-1)/noticesPerPage)
	return q.page(http.StatusOK, "notice-list", map[string]any{
		"Head": q.head("已收公告"), "Skin": q.Skin, "Notices": all[from:to], "First": from,
		"Page": page, "Next": min(page+1, pages), "Pages": pages, "Total": len(all),
	})
}

func (q *qiangzhi) notice(v *visit) answer {
	n, ok := q.noticeByID(v.form.Get("ggid"))
	if !ok {
		return q.errorPage(v)
	}
	return q.page(http.StatusOK, "notice", map[string]any{"Head": q.head("公告留言"), "Notice": n})
}

func (q *qiangzhi) noticeByID(id string) (Notice, bool) {
	all := q.school.Notices()
	i := slices.IndexFunc(all, func(n Notice) bool { return n.ID == id })
	if i < 0 {
		return Notice{}, false
	}
	return all[i], true
}

// widget is the list that the home page loads into itself: no page, a fragment.
func (q *qiangzhi) widget(*visit) answer {
	all := q.school.Notices()
	return q.page(http.StatusOK, "widget", all[:min(len(all), noticesOnWidget)])
}

func (q *qiangzhi) widgetNotice(v *visit) answer {
	n, ok := q.noticeByID(v.form.Get("id"))
	if !ok {
		return q.errorPage(v)
	}
	return q.page(http.StatusOK, "widget-notice", map[string]any{"Head": q.head("通知公告"), "Notice": n})
}

// download serves the files of notices; the editor's folder asks for no login.
func (q *qiangzhi) download(v *visit) answer {
	for _, n := range q.school.Notices() {
		for _, f := range n.Files {
			if f.Path == v.r.URL.Path {
				return bytesAnswer(http.StatusOK, fileType(strings.ToLower(path.Ext(f.Path))), f.Data)
			}
		}
	}
	return q.notFound()
}
