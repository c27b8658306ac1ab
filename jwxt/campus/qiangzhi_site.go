package campus

import (
	"net/http"
	"strings"
	"text/template"
)

// qiangzhi is a running system.
type qiangzhi struct {
	Qiangzhi
	school *School
	pages  *template.Template
}

// serve routes a request. Pages of the student site are named below its root.
func (q *qiangzhi) serve(v *visit) answer {
	path := v.r.URL.Path
	if strings.HasPrefix(path, "/ewebeditor/") {
		return q.download(v)
	}
	page, below := strings.CutPrefix(path, q.Root+"/")
	switch {
	case path == q.picturePath():
		return q.captcha(v)
	case path == q.Root:
		return redirect(q.Root + "/")
	case below:
		return q.student(v, strings.TrimSuffix(page, ".do"))
	case path == "/" && q.Encoding != Interleave:
		return redirect(q.Root + "/")
	case path == "/" || path == "/Logon.do":
		return q.front(v)
	}
	return q.notFound()
}

// student serves the pages below the root.
func (q *qiangzhi) student(v *visit, page string) answer {
	switch page {
	case "", "xk/LoginToXk", "xk/LoginToXkLdap":
		return q.entrance(v)
	case "verifycode.servlet":
		return q.notFound() // the picture is at the front of this school
	}
	if bad, stop := q.refused(v); stop {
		return bad
	}
	if handle := q.inside(page); handle != nil {
		return handle(v)
	}
	return q.notFound()
}

// inside finds the page that only the logged-in see.
func (q *qiangzhi) inside(page string) func(*visit) answer {
	switch page {
	case q.mainPath()[1:]:
		return q.home
	case "framework/blankPage.jsp":
		return q.blank
	case "grsz/grsz_xgmm_beg":
		return q.changePassword
	case "kscj/cjcx_query", "kscj/cjcx_frm":
		return q.gradeForm
	case "kscj/cjcx_list":
		return q.grades
	case "kscj/pscj_list":
		return q.gradeDetail
	case "xskb/xskb_list":
		return q.timetable
	case "xsks/xsksap_query":
		return q.examForm
	case "xsks/xsksap_list":
		return q.exams
	}
	if q.Widgets {
		switch page {
		case "framework/main_index_loadtzgg.jsp":
			return q.widget
		case "framework/main_index_tzgg.jsp":
			return q.widgetNotice
		}
		return nil
	}
	switch page {
	case "ggly/ysgg_query":
		return q.notices
	case "ggly/ggly_show":
		return q.notice
	}
	return nil
}

// refused stops who may not come in: no Referer, no session, kicked out, or
// sent to change the password.
func (q *qiangzhi) refused(v *visit) (answer, bool) {
	if q.Referer && !sameHost(v.r) {
		return q.page(http.StatusOK, "illegal", nil), true
	}
	account, at := v.who()
	switch {
	case at == ousted:
		return q.oustedPage(v), true
	case at == stranger || !v.has(q.Root):
		return q.expired(v), true
	case account.Gate == GatePassword && !strings.HasSuffix(v.r.URL.Path, "grsz_xgmm_beg.do"):
		return q.page(http.StatusOK, "must-change", map[string]any{"Root": q.Root}), true
	}
	return answer{}, false
}

// expired answers who is not logged in, in this school's way.
func (q *qiangzhi) expired(v *visit) answer {
	switch q.Expiry {
	case ExpireForm:
		return q.loginPage(v)
	case ExpireText:
		return q.page(http.StatusOK, "please-login", nil)
	case ExpireError:
		return q.errorPage(v)
	case ExpireCAS:
		return redirect("https://cas." + q.school.profile.ID + ".example/cas/login?service=http%3A%2F%2F" + v.r.Host + q.Root + "%2F")
	}
	return redirect(q.Root + "/")
}

// oustedPage says that another login ended the session; scripts get JSON.
func (q *qiangzhi) oustedPage(v *visit) answer {
	if isScript(v.r) {
		return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", []byte(`{"flag1":3,"msgContent":"您的账号在其它地方登录，请重新登录！"}`))
	}
	return q.page(http.StatusOK, "ousted", map[string]any{"Root": q.Root})
}

// errorPage is what NCEPU shows for a dead session, for a list opened without
// its form, and to who logs in too often.
func (q *qiangzhi) errorPage(*visit) answer {
	return q.page(http.StatusOK, "chucuole", map[string]any{"Root": q.Root})
}

func (q *qiangzhi) notFound() answer {
	return q.school.html(http.StatusNotFound, notFoundPage)
}

// page renders a template in the school's charset.
func (q *qiangzhi) page(status int, name string, data any) answer {
	return q.school.html(status, render(q.pages, name+".html", data))
}

// head is what every full page needs for its head.
type head struct {
	Title   string
	Root    string
	Charset Charset
}

func (q *qiangzhi) head(title string) head {
	return head{title, q.Root, q.school.profile.Charset}
}

// sameHost reports a Referer that names the host asked.
func sameHost(r *http.Request) bool {
	_, rest, ok := strings.Cut(r.Referer(), "://")
	host, _, _ := strings.Cut(rest, "/")
	return ok && host == r.Host
}

// isScript reports a request made by a page's script.
func isScript(r *http.Request) bool {
	return r.Header.Get("X-Requested-With") == "XMLHttpRequest"
}
