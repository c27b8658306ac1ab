package campus

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"text/template"
)

// jwglxt is a running system.
type jwglxt struct {
	Jwglxt
	school *School
	pages  *template.Template
	keys   func() []privateKey
}

// serve routes a request. A request without the balancer's cookie reaches a
// server that has never heard of the session.
func (j *jwglxt) serve(v *visit) answer {
	if v.sess != nil && !j.routed(v) {
		v.sess = nil
	}
	page, below := strings.CutPrefix(v.r.URL.Path, j.Root+"/")
	if v.r.URL.Path == j.Root || below && page == "" {
		return redirect(j.loginPath())
	}
	if strings.HasPrefix(v.r.URL.Path, "/ewebeditor/") {
		return j.download(v)
	}
	if !below {
		return j.notFound()
	}
	if handle := j.outside(page); handle != nil {
		return handle(v)
	}
	handle := j.inside(page)
	if handle == nil {
		return j.notFound()
	}
	if bad, stop := j.refused(v); stop {
		return bad
	}
	return handle(v)
}

// outside finds the pages that ask for no login.
func (j *jwglxt) outside(page string) func(*visit) answer {
	switch page {
	case "xtgl/login_slogin.html":
		return j.entrance
	case "xtgl/login_getPublicKey.html":
		return j.publicKey
	case "xtgl/login_cxDlxgxx.html":
		return j.failures
	case "xtgl/login_cxUpdateDlsbcs.html":
		return j.forgive
	case "xtgl/login_logoutAccount.html":
		return j.logOut
	case "xtgl/yhgl_cxXxqrCheck.html":
		return func(*visit) answer { return j.json(false) }
	case "kaptcha":
		return j.kaptcha
	case "zfcaptchaLogin":
		return j.slider
	}
	return nil
}

// inside finds the pages that only the logged-in see.
func (j *jwglxt) inside(page string) func(*visit) answer {
	switch page {
	case "xtgl/index_initMenu.html":
		return j.home
	case "xtgl/index_cxYhxxIndex.html":
		return j.user
	case "xtgl/index_cxXspjWtjNum.html":
		return j.openEvaluations
	case "xsxxxggl/xsxxwh_cxCkDgxsxx.html":
		return j.person
	case "cjcx/cjcx_cxDgXscj.html", "cjcx/cjcx_cxXsgrcj.html":
		return j.grades
	case "cjcx/cjcx_cxCjxqGjh.html":
		return j.gradeDetail
	case "kbcx/xskbcx_cxXskbcxIndex.html":
		return j.timetablePage
	case "kbcx/" + j.Timetable:
		return j.timetable
	case "kwgl/kscx_cxXsksxxIndex.html":
		return j.exams
	case "xtgl/xwck_cxMoreXwList.html":
		return j.notices
	case "xtgl/xwck_ckXw.html":
		return j.notice
	case "xtgl/index_cxDbsy.html":
		return j.messages
	}
	return nil
}

// refused stops who may not come in.
func (j *jwglxt) refused(v *visit) (answer, bool) {
	account, at := v.who()
	switch {
	case at == ousted:
		// The words are invented: no capture of a session ended by a later
		// login is known.
		return j.form(v, "您的账号已在其他地方登录，请重新登录！"), true
	case at == stranger:
		return j.expired(v), true
	case account.Gate == GatePassword:
		return j.page(http.StatusOK, "password", nil), true // invented, too
	}
	return answer{}, false
}

// expired answers who is not logged in, in this school's way.
func (j *jwglxt) expired(v *visit) answer {
	switch {
	case j.Expiry == ExpireForm:
		return j.form(v, "")
	case j.Expiry == ExpireStatus && isScript(v.r):
		// The body is not known; no client reads it.
		return bytesAnswer(901, "text/html;charset=UTF-8", []byte("<html><body>901</body></html>"))
	}
	return redirect(j.loginPath())
}

func (j *jwglxt) loginPath() string { return j.Root + "/xtgl/login_slogin.html" }

// routed reports whether the load balancer leads the visitor to the server
// that holds the session.
func (j *jwglxt) routed(v *visit) bool {
	c, err := v.r.Cookie("route")
	return err == nil && c.Value == v.noted("route")
}

// ensure gives the visitor a session that can log in, with its cookie route.
func (j *jwglxt) ensure(v *visit) {
	if _, at := v.who(); v.sess != nil && at != ousted {
		return
	}
	path := j.Root
	if path == "" {
		path = "/"
	}
	v.begin(path)
	route := strings.ToLower(newID())
	v.note("route", route)
	v.cookies = append(v.cookies, (&http.Cookie{Name: "route", Value: route, Path: "/"}).String())
}

// home is the page after login. Its hidden field names the student.
func (j *jwglxt) home(v *visit) answer {
	account, _ := v.who()
	return j.page(http.StatusOK, "main", map[string]any{
		"Root": j.Root, "School": j.school.profile.Name, "Number": account.Number,
	})
}

// user is the fragment of the home page that shows name, college and class.
func (j *jwglxt) user(v *visit) answer {
	account, _ := v.who()
	return j.page(http.StatusOK, "user", map[string]any{"Root": j.Root, "Name": account.Name, "Number": account.Number})
}

// person is the student's own record, of which this school shows little.
func (j *jwglxt) person(v *visit) answer {
	account, _ := v.who()
	return j.json(map[string]string{"xh": account.Number, "xm": account.Name, "zsjg_id": "计算机学院", "zszyh_id": "计算机科学与技术"})
}

// openEvaluations is how many 学生评价 are not handed in.
func (j *jwglxt) openEvaluations(v *visit) answer {
	account, _ := v.who()
	if account.Gate == GateEvaluate || account.Gate == GateNewest {
		return j.json(3)
	}
	return j.json(0)
}

func (j *jwglxt) loginPage(v *visit) answer { return j.form(v, "") }

// errorPage is the frame the system puts around a refusal.
func (j *jwglxt) errorPage(*visit) answer {
	return j.refusal("系统错误，", "请联系管理员！")
}

// refusal is the page with p.error_title, as the menu code of a function that
// is not open gives it.
func (j *jwglxt) refusal(title, text string) answer {
	return j.page(http.StatusOK, "error", map[string]any{"Title": title, "Text": text})
}

func (j *jwglxt) notFound() answer {
	return j.school.html(http.StatusNotFound, notFoundPage)
}

func (j *jwglxt) page(status int, name string, data any) answer {
	return j.school.html(status, render(j.pages, name+".html", data))
}

func (j *jwglxt) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}

// grid is an answer to the query form that all lists share.
func (j *jwglxt) grid(v *visit, rows int, item func(i int) map[string]any) answer {
	page, size := atLeast(v.form.Get("queryModel.currentPage"), 1), atLeast(v.form.Get("queryModel.showCount"), 15)
	from, to := pageBounds(rows, page, size)
	items := []map[string]any{}
	for i := from; i < to; i++ {
		m := item(i)
		m["row_id"], m["totalResult"], m["pageable"] = strconv.Itoa(i+1), strconv.Itoa(rows), true
		m["queryModel"], m["userModel"] = map[string]any{"currentPage": 1, "totalResult": 0}, map[string]any{"monitor": false}
		items = append(items, m)
	}
	return j.json(map[string]any{
		"currentPage": page, "currentResult": from, "entityOrField": false, "items": items, "limit": 15,
		"showCount": size, "totalPage": (rows + size - 1) / size, "totalResult": j.number(strconv.Itoa(rows)),
	})
}

// number is a number as this school writes it: a string, or a number.
func (j *jwglxt) number(s string) any {
	if j.Numbers && s != "" {
		return json.Number(s)
	}
	return s
}
