package campus

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
)

// The words of a refused login, as seen, but for the last two: a frozen account
// is known to have a page without a form, but not its sentence.
const (
	frontWrong    = "您提供的用户名或者密码有误"
	frontWrongNew = "用户名或密码有误，用户名为工号/学号，如果确认用户名无误，请点‘找回密码’自助重置密码。"
	frontCaptcha  = "验证码错误，请重新输入"
	frontNoCode   = "无效的验证码"
	frontFrozen   = "您的帐号已被冻结，请稍后再试"
	frontStale    = "登录页面已失效，请刷新后重试"
)

// serve routes a request within the front.
func (f *front) serve(v *visit) answer {
	page := strings.TrimPrefix(v.r.URL.Path, f.Root+"/")
	switch {
	case page == "login" && v.r.Method == http.MethodPost && v.form.Get("_eventId") == "continue":
		return f.goOn(v)
	case page == "login" && v.r.Method == http.MethodPost:
		return f.logIn(v)
	case page == "login":
		return f.entrance(v)
	case page == "logout":
		return f.logOut(v)
	}
	if handle := f.helper(page); handle != nil && f.Kind == Authserver {
		return handle(v)
	}
	if f.Kind == Apereo && page == "captcha.jpg" {
		return f.picture(v)
	}
	return f.notFound()
}

// helper finds what the login page's script asks.
func (f *front) helper(page string) func(*visit) answer {
	old := map[string]func(*visit) answer{
		"needCaptcha.html": f.needsCaptcha, "captcha.html": f.picture,
	}
	fresh := map[string]func(*visit) answer{
		"checkNeedCaptcha.htl": f.needsCaptcha, "getCaptcha.htl": f.picture,
		"common/openSliderCaptcha.htl": f.openSlider, "common/verifySliderCaptcha.htl": f.verifySlider,
		"reAuthCheck/reAuthLoginView.do": f.second, "reAuthCheck/changeReAuthType.do": f.secondBySMS,
		"dynamicCode/getDynamicCodeByReauth.do": f.sendCode, "reAuthCheck/reAuthSubmit.do": f.checkCode,
	}
	if f.Old {
		return old[page]
	}
	return fresh[page]
}

func (f *front) notFound() answer {
	return bytesAnswer(http.StatusNotFound, "text/html;charset=UTF-8", []byte(notFoundPage))
}

// entrance is the login page. Whom the front remembers is sent back at once.
func (f *front) entrance(v *visit) answer {
	if number, ok := f.known(v); ok {
		return f.back(v, number)
	}
	return f.form(v, http.StatusOK, "")
}

// form shows the login page. What its older copies held is void.
func (f *front) form(v *visit, status int, said string) answer {
	if v.sess == nil {
		v.begin(f.Root)
	}
	v.note("service", v.form.Get("service"))
	v.note("salt", strings.ToLower(newID())[:16])
	v.note("execution", newToken())
	name := "authserver"
	switch {
	case f.Kind == Apereo:
		name = "apereo"
	case f.Old:
		name = "authserver-old"
	}
	return f.page(status, name, map[string]any{
		"Root": f.Root, "School": f.school.profile.Name, "Action": v.r.URL.RequestURI(), "Said": said, "Plain": f.Plain,
		"Salt": v.noted("salt"), "Execution": v.noted("execution"),
		"Captcha": f.Captcha == FrontPicture, "Slider": f.Captcha == FrontSlider || f.Captcha == FrontSignedDrag,
	})
}

// refuse answers a login that is not taken.
func (f *front) refuse(v *visit, said string) answer {
	if f.Refuse401 {
		return f.form(v, http.StatusUnauthorized, said)
	}
	return f.form(v, http.StatusOK, said)
}

// needed reports whether a login of this account needs a captcha.
func (f *front) needed(number string) bool {
	if f.Captcha == FrontNone {
		return false
	}
	f.school.mu.Lock()
	defer f.school.mu.Unlock()
	p := f.school.people[number]
	return f.Kind == Apereo || f.CaptchaAfter == 0 || p != nil && p.wrong >= f.CaptchaAfter
}

// needsCaptcha tells the login page's script.
func (f *front) needsCaptcha(v *visit) answer {
	need := strconv.FormatBool(f.needed(v.form.Get("username")))
	if f.Old {
		return bytesAnswer(http.StatusOK, "text/plain;charset=UTF-8", []byte(need+"\n"))
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", []byte(`{"isNeed":`+need+`}`))
}

func (f *front) picture(v *visit) answer {
	if f.Captcha != FrontPicture {
		return f.notFound()
	}
	if v.sess == nil {
		v.begin(f.Root)
	}
	return bytesAnswer(http.StatusOK, "image/png", v.draw())
}

// logIn judges a posted form.
func (f *front) logIn(v *visit) answer {
	if v.sess == nil || v.noted("execution") == "" || v.form.Get("execution") != v.noted("execution") || !f.asPage(v) {
		return f.refuse(v, frontStale)
	}
	number := v.form.Get("username")
	if f.needed(number) {
		if said := f.captchaSaid(v); said != "" {
			return f.refuse(v, said)
		}
	}
	password, ok := f.password(v)
	if !ok {
		return f.refuse(v, frontStale)
	}
	f.school.mu.Lock()
	said := f.school.judge(number, password)
	f.school.mu.Unlock()
	switch {
	case said == locked && f.Kind == Authserver:
		return f.page(http.StatusOK, "frozen", frontFrozen)
	case said == locked:
		return f.refuse(v, frontFrozen)
	case said == wrong && f.Kind == Authserver && !f.Old:
		return f.refuse(v, frontWrongNew)
	case said == wrong:
		return f.refuse(v, frontWrong)
	}
	return f.admitted(v, number)
}

// asPage reports whether the form is filled in as the page's script does.
func (f *front) asPage(v *visit) bool {
	if v.form.Get("_eventId") != "submit" {
		return false
	}
	switch {
	case f.Kind == Apereo:
		return true
	case f.Old:
		return v.form.Get("dllt") == "userNamePasswordLogin" && strings.HasPrefix(v.form.Get("lt"), "LT-")
	}
	return v.form.Get("dllt") == "generalLogin" && v.form.Get("cllt") == "userNameLogin" && v.form.Has("lt")
}

func (f *front) captchaSaid(v *visit) string {
	if f.Captcha == FrontSlider || f.Captcha == FrontSignedDrag {
		passed := v.noted("slider") == "verified"
		v.note("slider", "")
		if !passed {
			return frontCaptcha
		}
		return ""
	}
	field := "captcha"
	if f.Old {
		field = "captchaResponse"
	}
	code := v.form.Get(field)
	switch ok := v.captchaRight(code); {
	case code == "":
		return frontNoCode
	case !ok:
		return frontCaptcha
	}
	return ""
}

// password reads what was posted: AES in CBC mode of 64 random characters and
// the password. The vector is never sent, so the first block stays garbled.
func (f *front) password(v *visit) (string, bool) {
	sent := v.form.Get("password")
	if f.Kind == Apereo || f.Plain {
		return sent, true
	}
	plain, ok := decryptCBC(sent, v.noted("salt"))
	if !ok || len(plain) < 64 {
		return "", false
	}
	return plain[64:], true
}

// decryptCBC is the text of base64 of AES-CBC, its first block aside.
func decryptCBC(sent, key string) (string, bool) {
	text, err := base64.StdEncoding.DecodeString(sent)
	block, keyErr := aes.NewCipher([]byte(key))
	if err != nil || keyErr != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return "", false
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > aes.BlockSize {
		return "", false
	}
	return string(text[:len(text)-pad]), true
}

// admitted is what follows a right password.
func (f *front) admitted(v *visit, number string) answer {
	v.note("execution", "")
	v.note("number", number)
	switch {
	case f.OneLogin && f.loggedIn(number):
		v.note("execution", newToken())
		return f.page(http.StatusOK, "continue", map[string]any{"Action": v.r.URL.RequestURI(), "Execution": v.noted("execution")})
	case f.SMS:
		v.note("second", "due")
		return redirect(f.Root + "/reAuthCheck/reAuthLoginView.do?isMultifactor=true&service=" + v.form.Get("service"))
	}
	return f.grant(v, number)
}

func (f *front) loggedIn(number string) bool {
	f.school.mu.Lock()
	defer f.school.mu.Unlock()
	for _, l := range f.logins {
		if l.number == number {
			return true
		}
	}
	return false
}

// goOn is the answer to 单处登录提醒: the older logins end.
func (f *front) goOn(v *visit) answer {
	number := v.noted("number")
	if v.sess == nil || number == "" || v.noted("execution") == "" || v.form.Get("execution") != v.noted("execution") {
		return f.refuse(v, frontStale)
	}
	v.note("execution", "")
	v.note("number", "")
	f.school.ExpireFront(number)
	return f.grant(v, number)
}

// logOut ends what the front remembers of the visitor, and his sessions of a
// system that listens to it.
func (f *front) logOut(v *visit) answer {
	if c, err := v.r.Cookie("CASTGC"); err == nil {
		f.school.mu.Lock()
		if _, listens := f.inner.(interface{ signsOut() }); listens && f.logins[c.Value] != nil {
			f.school.each(f.logins[c.Value].number, f.school.drop)
		}
		delete(f.logins, c.Value)
		f.school.mu.Unlock()
	}
	v.leave()
	return redirect(f.Root + "/login")
}
