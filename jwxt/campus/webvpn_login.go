package campus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
)

// login shows the VPN's form, leads to the CAS, or takes a ticket from there.
func (w *WebVPN) login(rw http.ResponseWriter, r *http.Request) {
	p := w.profile
	if p.CAS == "" || r.FormValue("cas_login") != "true" {
		writePage(rw, w.form(""))
		return
	}
	service := "http://" + r.Host + "/login?cas_login=true"
	if account, ok := p.Ticket(r.FormValue("ticket"), service); ok {
		w.change(r, func(s *vpnSession) { s.account = account })
		http.Redirect(rw, r, "/", http.StatusFound)
		return
	}
	http.Redirect(rw, r, p.CAS+"?service="+url.QueryEscape(service), http.StatusFound)
}

// form is the login page, with a message where a login was refused. Names of
// fields and classes are those of captures; the rest is not known.
func (w *WebVPN) form(message string) string {
	needs, captcha := "false", ""
	if w.profile.Captcha {
		id := newTicket()
		w.mu.Lock()
		w.pictures[id] = ""
		w.mu.Unlock()
		needs = "true"
		captcha = fmt.Sprintf(`<div class="captcha-div"><input type="hidden" name="captcha_id" value="%s"><input name="captcha"><img src="/captcha/%s"></div>`, id, id)
	}
	if message != "" {
		message = `<div class="msg">` + message + `</div>`
	}
	return `<html><head><title>资源访问控制系统</title></head><body><form action="/do-login" method="post"><div class="upper-login-field">` + message +
		`<input type="hidden" name="auth_type" value="local"><input name="username"><input type="password" name="password">` +
		`<input name="sms_code"><input type="hidden" name="needCaptcha" value="` + needs + `">` + captcha + `</div></form></body></html>`
}

// draw draws the picture of an id, once.
func (w *WebVPN) draw(rw http.ResponseWriter, r *http.Request, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if text, ok := w.pictures[id]; !ok || text != "" {
		http.NotFound(rw, r)
		return
	}
	random := rand.New(rand.NewPCG(rand.Uint64(), 2))
	text := captchaText(random)
	picture := w.painter.paint(text, random)
	sum := sha256.Sum256(picture)
	w.pictures[id] = text
	w.answers.add(hex.EncodeToString(sum[:]), text)
	rw.Header().Set("Content-Type", "image/png")
	rw.Write(picture)
}

// refusal is why a login is refused; its zero value is a login that is not.
type refusal struct{ code, message string }

// doLogin takes a posted form.
func (w *WebVPN) doLogin(rw http.ResponseWriter, r *http.Request) {
	account := r.PostFormValue("username")
	no := w.judge(r, account)
	switch {
	case no != refusal{}:
		w.refuse(rw, no, "")
	case w.profile.Single && w.holds(account):
		token := newTicket()
		w.change(r, func(s *vpnSession) { s.asked, s.who = token, account })
		w.refuse(rw, refusal{"NEED_CONFIRM", "您的账号已在其他地方登录"}, token)
	default:
		w.change(r, func(s *vpnSession) { s.account = account })
		w.welcome(rw)
	}
}

// judge checks a form. The words but those of NEED_TWO_STEP are from captures.
func (w *WebVPN) judge(r *http.Request, account string) refusal {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts++
	if w.profile.Captcha && r.PostFormValue("sms_code") == "" {
		id := r.PostFormValue("captcha_id")
		want := w.pictures[id]
		delete(w.pictures, id)
		if want == "" || r.PostFormValue("captcha") != want {
			return refusal{"CAPTCHA_FAILED", "验证码错误"}
		}
	}
	if n := w.profile.LockAfter; n > 0 && w.wrong[account] >= n {
		return refusal{"TOO_MANY_ATTEMPTS", "错误次数过多"}
	}
	for _, a := range w.profile.Accounts {
		if a.Number == account && a.Password == r.PostFormValue("password") {
			w.wrong[account] = 0
			return w.second(r.PostFormValue("sms_code"))
		}
	}
	w.wrong[account]++
	return refusal{"", "用户名密码错误"}
}

func (w *WebVPN) second(code string) refusal {
	if w.profile.Code == code {
		return refusal{}
	}
	return refusal{"NEED_TWO_STEP", "请输入短信验证码"}
}

// holds reports whether an account has a session.
func (w *WebVPN) holds(account string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		if s.account == account {
			return true
		}
	}
	return false
}

// doConfirm ends the older sessions of who was asked and lets him in.
func (w *WebVPN) doConfirm(rw http.ResponseWriter, r *http.Request, s *vpnSession) {
	account := r.PostFormValue("username")
	if s.asked == "" || s.asked != r.PostFormValue("logoutOtherToken") || s.who != account {
		writeObject(rw, map[string]any{"success": false})
		return
	}
	w.mu.Lock()
	for _, other := range w.sessions {
		if other.account == account {
			other.account = ""
		}
	}
	w.mu.Unlock()
	w.change(r, func(s *vpnSession) { s.account, s.asked = account, "" })
	writeObject(rw, map[string]any{"success": true})
}

func (w *WebVPN) refuse(rw http.ResponseWriter, no refusal, token string) {
	switch {
	case !w.profile.Pages && token != "":
		writeObject(rw, map[string]any{"success": false, "error": no.code, "message": no.message, "logoutOtherToken": token})
	case !w.profile.Pages:
		writeObject(rw, map[string]any{"success": false, "error": no.code, "message": no.message})
	case token != "":
		writePage(rw, "<html><head><script>\nvar logoutOtherToken = '"+token+"'\nvar x = 1\n</script></head><body></body></html>")
	default:
		writePage(rw, w.form(no.message))
	}
}

func (w *WebVPN) welcome(rw http.ResponseWriter) {
	if w.profile.Pages {
		writePage(rw, `<html><body><a id="aHref" href="/">首页</a></body></html>`)
		return
	}
	writeObject(rw, map[string]any{"success": true, "url": "/"})
}
