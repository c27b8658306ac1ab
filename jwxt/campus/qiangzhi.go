package campus

import (
	"cmp"
	"net/http"
	"strings"
	"text/template"
)

// Qiangzhi is 强智's student system (jsxsd). The zero value is a plain one:
// base64 login at /jsxsd/, old skin, 15 columns.
type Qiangzhi struct {
	Encoding Encoding
	// Ldap posts the login to …LoginToXkLdap, or logonLdap with Interleave.
	Ldap bool
	Root string // of the student site; "" means /jsxsd
	Skin Skin
	// Columns of the grade table, 10 to 21; 0 means 15. See gradeColumns.
	Columns     int
	PartColumns bool // the grade table also has 平时成绩 and 期末成绩
	JSON        bool // newer build: grades come as pages of JSON
	// FormFirst gives the error page for cjcx_list unless this session has
	// opened cjcx_frm or cjcx_query before.
	FormFirst bool
	Widgets   bool // notices are on the home page instead of ysgg_query
	Expiry    Expiry
	Failure   Failure
	// Referer answers requests without a Referer of this host with 非法访问.
	Referer bool
	// FreshForm starts a new session each time the login page is loaded, so
	// that the older picture's answer is worth nothing.
	FreshForm bool
	// ScriptHandover ends a login with a script that leads on, not with a 302.
	ScriptHandover bool
}

// Encoding is how the login form hides the password.
type Encoding string

// The encodings.
const (
	Base64     Encoding = "base64"     // encoded = b64(account)%%%b64(password); also ""
	Interleave Encoding = "interleave" // encoded = account%%%password mixed with scode by sxh
	Plain      Encoding = "plain"      // USERNAME and PASSWORD
)

// Skin is the generation of the pages.
type Skin string

// The skins.
const (
	SkinOld Skin = "old" // xsMain.jsp, name in #Top1_divLoginName, notice links in onclick; also ""
	SkinNew Skin = "new" // xsMain_new.jsp?t1=1, name in .middletopdwxxcont, summary line, broken cells
	SkinApp Skin = "app" // xsMainV_new.htmlx?t1=1, name in .infoContentTitle
)

// Expiry is how a data page answers who is not logged in.
type Expiry string

// The forms of expiry.
const (
	ExpireRedirect Expiry = "redirect" // 302 to the login page; also ""
	ExpireForm     Expiry = "form"     // 200, the login page
	ExpireText     Expiry = "text"     // 200, 请先登录系统
	ExpireError    Expiry = "error"    // 200, the small error page with chucuole.gif
	ExpireCAS      Expiry = "cas"      // 302 to the school's single sign-on on another host
)

// Failure is where the login page says why it is shown again.
type Failure string

// The places of the failure text.
const (
	SayShowMsg   Failure = "showmsg"   // font#showMsg; also ""
	SayRedFont   Failure = "redfont"   // font color=red
	SayErrorInfo Failure = "errorinfo" // span#errorinfo
	SayAlert     Failure = "alert"     // a script's alert()
	SayNothing   Failure = "nothing"   // the page just appears again
)

// Vendor is "qiangzhi".
func (Qiangzhi) Vendor() string { return "qiangzhi" }

// Options are the driver's: root, entry (the login page) and main (the page
// after login), each where it is not the usual one.
func (q Qiangzhi) Options() map[string]string {
	q = q.withDefaults()
	out := map[string]string{}
	if q.Root != usualRoot {
		out["root"] = q.Root
	}
	if q.Encoding == Interleave {
		out["entry"] = "/"
	}
	if q.Skin != SkinOld {
		out["main"] = q.Root + q.mainPath()
	}
	return out
}

const usualRoot = "/jsxsd"

func (q Qiangzhi) withDefaults() Qiangzhi {
	q.Encoding = cmp.Or(q.Encoding, Base64)
	q.Root = cmp.Or(q.Root, usualRoot)
	q.Skin = cmp.Or(q.Skin, SkinOld)
	q.Expiry = cmp.Or(q.Expiry, ExpireRedirect)
	q.Failure = cmp.Or(q.Failure, SayShowMsg)
	q.Columns = cmp.Or(q.Columns, 15)
	return q
}

func (q Qiangzhi) open(s *School) vendor {
	return &qiangzhi{Qiangzhi: q.withDefaults(), school: s, pages: loadPages("qiangzhi")}
}

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
	case path == q.Root:
		return redirect(q.Root + "/")
	case below:
		return q.student(v, strings.TrimSuffix(page, ".do"))
	case path == "/" && q.Encoding != Interleave:
		return redirect(q.Root + "/")
	case path == "/" || path == "/Logon.do":
		return q.front(v)
	case path == "/verifycode.servlet" && q.Encoding == Interleave:
		return q.captcha(v)
	}
	return q.notFound()
}

// student serves the pages below the root.
func (q *qiangzhi) student(v *visit, page string) answer {
	switch page {
	case "", "xk/LoginToXk", "xk/LoginToXkLdap":
		return q.entrance(v)
	case "verifycode.servlet":
		if q.Encoding == Interleave {
			return q.notFound()
		}
		return q.captcha(v)
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
