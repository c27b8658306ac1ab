package campus

import (
	"fmt"
	"net/http"
	"strings"
	"text/template"
)

// urpOld is a running system of the old build.
type urpOld struct {
	URPOld
	school *School
	pages  *template.Template
}

func (u *urpOld) serve(v *visit) answer {
	switch path := v.r.URL.Path; path {
	case "/", "/loginAction.do":
		if v.r.Method == http.MethodPost {
			return u.logIn(v)
		}
		return u.loginPage(v)
	case "/validateCodeAction.do":
		return u.picture(v)
	case "/logout.do":
		v.leave()
		return redirect("/")
	}
	handle := u.inside(v)
	if handle == nil {
		return u.school.html(http.StatusNotFound, notFoundPage)
	}
	account, at := v.who()
	switch {
	case at == ousted:
		return u.sorry(urpOusted)
	case at == stranger:
		return u.expired(v)
	case account.Gate == GatePassword:
		return u.page("old-password", nil)
	}
	return handle(account)
}

// inside finds the pages that only the logged-in see.
func (u *urpOld) inside(v *visit) func(Account) answer {
	oper := v.form.Get("oper")
	switch path := v.r.URL.Path; {
	case path == "/xjInfoAction.do" && oper == "xjxx":
		return func(a Account) answer { return u.page("old-record", a) }
	case path == "/gradeLnAllAction.do" && (oper == "qbinfo" || oper == "bjg"):
		return func(a Account) answer { return u.lists(oper, a) }
	case path == "/bxqcjcxAction.do":
		return func(a Account) answer { return u.thisTerm(v, a) }
	case path == "/xkAction.do" && v.form.Get("actionType") == "6":
		return func(a Account) answer { return u.schedule(a, a.Current(), false) }
	case path == "/lnkbcxAction.do":
		return func(a Account) answer { return u.schedule(a, planned(v.form.Get("zxjxjhh"), a), true) }
	case path == "/ksApCxAction.do" && oper == "getKsapXx":
		return u.exams
	}
	return nil
}

func (u *urpOld) expired(v *visit) answer {
	switch u.Expiry {
	case ExpireForm:
		return u.loginPage(v)
	case ExpireError:
		a := u.page("old-lost", nil)
		a.status = http.StatusInternalServerError
		return a
	}
	return u.sorry("请您登录后再使用")
}

func (u *urpOld) loginPage(v *visit) answer { return u.form(v, "") }

// form is the login page. The session's id stays the same after the login.
func (u *urpOld) form(v *visit, words string) answer {
	v.ensureURP()
	return u.page("old-login", map[string]any{"Words": words, "Captcha": u.school.profile.Captcha, "School": u.school.profile.Name})
}

func (u *urpOld) picture(v *visit) answer {
	if !u.school.profile.Captcha {
		return u.school.html(http.StatusNotFound, notFoundPage)
	}
	v.ensureURP()
	return bytesAnswer(http.StatusOK, v.pictureType(), v.draw())
}

// ensureURP gives the visitor a session that can log in.
func (v *visit) ensureURP() {
	if _, at := v.who(); v.sess == nil || at == ousted {
		v.begin("/")
	}
}

// pictureType is the content type of what draw draws.
func (v *visit) pictureType() string {
	if v.school.profile.JPEG {
		return "image/jpeg"
	}
	return "image/png"
}

// logIn judges a posted form. Success is the frames of the home page, failure
// the login page with a sentence.
func (u *urpOld) logIn(v *visit) answer {
	if words := u.judge(v); words != "" {
		return u.form(v, words)
	}
	return u.page("old-frames", nil)
}

// judge returns the words of refusal, "" if the person is now logged in. The
// first three sentences are as seen.
func (u *urpOld) judge(v *visit) string {
	number := v.form.Get("zjh")
	switch {
	case v.sess == nil:
		return "请您登录后再使用"
	case u.school.profile.Captcha && !v.captchaRight(v.form.Get("v_yzm")):
		return "你输入的验证码错误，请您重新输入！"
	case !u.school.knows(number):
		return "你输入的证件号不存在，请您重新输入！"
	}
	switch v.logIn(number, v.form.Get("mm")) {
	case right:
		return ""
	case locked:
		return urpLocked
	}
	return "您的密码不正确，请您重新输入！"
}

// knows reports whether there is an account of that number.
func (s *School) knows(number string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.people[number] != nil
}

// urpTable is one table of a list, below its title.
type urpTable struct {
	Title string
	Rows  []urpRow
}

func (u *urpOld) lists(oper string, account Account) answer {
	if words := urpGate(account); words != "" {
		return u.sorry(words)
	}
	passed, bad, _ := urpLists(account)
	if oper == "bjg" {
		return u.page("old-failed", urpFailed(passed, bad))
	}
	var tables []urpTable
	for _, r := range passed {
		season := "秋"
		if r.Term.Part == 2 {
			season = "春"
		}
		title := fmt.Sprintf("%d-%d学年%s(两学期)", r.Term.Year, r.Term.Year+1, season)
		if n := len(tables); n == 0 || tables[n-1].Title != title {
			tables = append(tables, urpTable{Title: title})
		}
		last := &tables[len(tables)-1]
		last.Rows = append(last.Rows, r)
	}
	return u.page("old-passed", tables)
}

// urpFailed parts 尚不及格 from 曾不及格: courses passed later.
func urpFailed(passed, bad []urpRow) []urpTable {
	later := map[string]bool{}
	for _, r := range passed {
		later[r.CourseID] = true
	}
	tables := []urpTable{{Title: "尚不及格"}, {Title: "曾不及格"}}
	for _, r := range bad {
		i := 0
		if later[r.CourseID] {
			i = 1
		}
		tables[i].Rows = append(tables[i].Rows, r)
	}
	return tables
}

// thisTerm shows 20 rows unless asked for more. A withheld score is blank.
func (u *urpOld) thisTerm(v *visit, account Account) answer {
	if words := urpGate(account); words != "" {
		return u.sorry(words)
	}
	_, _, now := urpLists(account)
	return u.page("old-term", map[string]any{
		"Rows": now[:min(len(now), atLeast(v.form.Get("pageSize"), 20))], "Many": !u.FewColumns,
	})
}

// sorry is the page on which the system says something in a page's place.
func (u *urpOld) sorry(words string) answer {
	return u.page("old-sorry", words)
}

func (u *urpOld) errorPage(*visit) answer { return u.sorry("数据库忙请稍候再试") }

func (u *urpOld) page(name string, data any) answer {
	return u.school.html(http.StatusOK, render(u.pages, name+".html", data))
}

// Points writes 86 as the system does: 86.0.
func (r urpRow) Points() string {
	if s := r.shown(); strings.Trim(s, "0123456789") != "" || s == "" {
		return s
	}
	return r.shown() + ".0"
}
