package campus

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"text/template"
)

// urpNew is a running system of the new build.
type urpNew struct {
	URPNew
	school *School
	pages  *template.Template
}

func (u *urpNew) serve(v *visit) answer {
	switch v.r.URL.Path {
	case "/":
		if _, at := v.who(); at == insider {
			return redirect("/index.jsp")
		}
		return redirect("/login")
	case "/gotoLogin":
		return redirect("/login")
	case "/login":
		return u.loginPage(v)
	case "/j_spring_security_check", "/sigin":
		return u.logIn(v)
	case "/img/captcha.jpg":
		if !u.school.profile.Captcha {
			return u.school.html(http.StatusNotFound, notFoundPage)
		}
		v.ensureURP()
		return bytesAnswer(http.StatusOK, v.pictureType(), v.draw())
	case "/logout":
		v.leave()
		return redirect("/login")
	}
	handle := u.inside(v)
	if handle == nil {
		return u.school.html(http.StatusNotFound, notFoundPage)
	}
	account, at := v.who()
	switch {
	case at == ousted:
		return redirect("/login?errorCode=concurrentSessionExpired")
	case at == stranger:
		return u.expired(v)
	case account.Gate == GatePassword:
		return u.page("new-password", nil) // invented
	}
	return handle(account)
}

// inside finds the pages that only the logged-in see.
func (u *urpNew) inside(v *visit) func(Account) answer {
	switch path := v.r.URL.Path; {
	case path == "/index.jsp" || path == "/index":
		return func(a Account) answer { return u.home(v, a) }
	case path == "/student/rollManagement/rollInfo/index":
		return func(a Account) answer { return u.page("new-record", a) }
	case strings.HasPrefix(path, urpSchedules):
		return u.schedules(v, strings.TrimPrefix(path, urpSchedules))
	case path == urpExams+"index":
		return u.examPage
	case path == urpExams+"detail" && u.Calendar:
		return u.examCalendar
	case strings.HasPrefix(path, urpScores):
		return u.scores(v, strings.TrimPrefix(path, urpScores))
	}
	return nil
}

func (u *urpNew) expired(v *visit) answer {
	switch u.Expiry {
	case ExpireForm:
		return u.loginPage(v)
	case ExpireText:
		return u.school.html(http.StatusOK, `<script>window.top.location.href="/gotoLogin";</script>`)
	case ExpireStatus:
		return u.school.html(http.StatusUnauthorized, "<html><body></body></html>")
	}
	return redirect("/login")
}

// home sets the cookie that remembers which menu was open.
func (u *urpNew) home(v *visit, a Account) answer {
	v.cookies = append(v.cookies, (&http.Cookie{Name: "selectionBar", Value: "1379870", Path: "/"}).String())
	return u.page("new-home", a)
}

// loginPage shows the form with a fresh token, and the words for the code in
// its address.
func (u *urpNew) loginPage(v *visit) answer {
	words := map[string]string{"badCaptcha": "验证码错误！", "badCredentials": "用户名或密码错误！"}[v.r.URL.Query().Get("errorCode")]
	if said := v.noted("words"); said != "" {
		words = said
		v.note("words", "")
	}
	return u.form(v, words)
}

func (u *urpNew) form(v *visit, words string) answer {
	v.ensureURP()
	return u.page("new-login", map[string]any{
		"Words": words, "School": u.school.profile.Name, "Captcha": u.school.profile.Captcha,
		"Token": u.token(v), "Script": u.script(), "Front": u.Hide == HidePlain,
	})
}

// token gives the session a fresh tokenValue; "" for a build without.
func (u *urpNew) token(v *visit) string {
	if u.NoToken || u.Hide == HidePlain {
		return ""
	}
	token := strings.ToLower(newID())
	v.note("token", token)
	return token
}

// script is what the login button runs. hex_md5 adds a salt to what it hashes,
// unless its second argument is '1.8'; that of plain md5 pages does not.
func (u *urpNew) script() string {
	switch u.Hide {
	case HideSalted:
		return "hex_md5($('#input_password').val())+'*'+hex_md5($('#input_password').val(),'1.8')"
	case HideTwice:
		return "hex_md5(hex_md5($('#input_password').val()),'1.8')+'*'+hex_md5(hex_md5($('#input_password').val(),'1.8'),'1.8')"
	case HidePlain:
		return ""
	}
	return "hex_md5($('#input_password').val())"
}

// hidden is what that script makes of a password, computed here once more.
func (u *urpNew) hidden(password string) string {
	md5Of := func(s string) string {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	salted := md5Of(password + "{Urp602019}")
	switch u.Hide {
	case HideSalted:
		return salted + "*" + md5Of(password)
	case HideTwice:
		return md5Of(salted) + "*" + md5Of(md5Of(password))
	case HidePlain:
		return password
	}
	return md5Of(password)
}

// revealed is the account's own password if what was sent is that one, hidden;
// otherwise something that is nobody's.
func (u *urpNew) revealed(number, sent string) string {
	for _, a := range u.school.Accounts() {
		if a.Number == number && u.hidden(a.Password) == sent {
			return a.Password
		}
	}
	return "\x00"
}

// logIn answers with a redirect whatever the outcome; only the school's own
// front shows its form again.
func (u *urpNew) logIn(v *visit) answer {
	front := u.Hide == HidePlain
	if v.r.Method != http.MethodPost || front != (v.r.URL.Path == "/sigin") || v.sess == nil {
		return redirect("/login")
	}
	if !u.NoToken && !front && (v.noted("token") == "" || v.form.Get("tokenValue") != v.noted("token")) {
		return u.form(v, "tokenValue无效，请刷新页面后重试！") // clients look for these words
	}
	code, words := u.judge(v)
	switch {
	case code == "":
		v.reissue()
		return redirect("/index.jsp")
	case front:
		return u.form(v, words)
	}
	if words == urpLocked {
		v.note("words", words)
	}
	return redirect("/login?errorCode=" + code)
}

func (u *urpNew) judge(v *visit) (code, words string) {
	name, password, captcha := v.form.Get("j_username"), v.form.Get("j_password"), v.form.Get("j_captcha")
	if u.Hide == HidePlain {
		name, password, captcha = v.form.Get("username"), v.form.Get("password"), v.form.Get("captcha")
	}
	if u.school.profile.Captcha && !v.captchaRight(captcha) {
		return "badCaptcha", "验证码错误！"
	}
	switch v.logIn(name, u.revealed(name, password)) {
	case right:
		return "", ""
	case locked:
		return "badCredentials", urpLocked
	}
	return "badCredentials", "用户名或密码错误！"
}

func (u *urpNew) errorPage(*visit) answer {
	return u.page("new-sorry", "系统繁忙，请稍后再试！") // invented
}

func (u *urpNew) page(name string, data any) answer {
	return u.school.html(http.StatusOK, render(u.pages, name+".html", data))
}

func (u *urpNew) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}
