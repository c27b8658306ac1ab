package campus

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// The words of a refused login, as seen, but for the last, which a school that
// does not count tries may say.
const (
	alertCaptcha = "验证码不正确！！"
	alertWrong   = "密码错误！！"
	alertTries   = "密码错误，您还有%d次尝试机会！如忘记密码，请与教务处联系!"
	alertFull    = "密码错误，您密码输入错误已达%d次，账号已锁定无法登录，次日自动解锁！如忘记密码，请与教务处联系!"
	alertNobody  = "用户名不存在或未按照要求参加教学活动！！"
	alertLocked  = "您的账号已锁定，请与教务处联系！"
)

// newRSAKey makes the school's key when it is first asked for.
func newRSAKey() func() *rsa.PrivateKey {
	return sync.OnceValue(func() *rsa.PrivateKey {
		k, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			panic(err)
		}
		return k
	})
}

// entrance is the login page and where its form goes.
func (z *zhengfang) entrance(v *visit) answer {
	if v.r.Method != http.MethodPost {
		return z.form(v, "")
	}
	return z.logIn(v)
}

// ensure gives the visitor a session that can log in.
func (z *zhengfang) ensure(v *visit) {
	if _, at := v.who(); v.sess != nil && at != ousted {
		return
	}
	if z.Cookieless == "" {
		v.begin("/")
	}
}

// form shows the login page, with an alert where it answers a login.
func (z *zhengfang) form(v *visit, alert string) answer {
	z.ensure(v)
	modulus := ""
	if z.RSA {
		modulus = hex.EncodeToString(z.key().N.Bytes())
	}
	return z.render("login", map[string]any{
		"School": z.school.profile.Name, "State": z.viewState(v, "default2"), "Alert": alert,
		"Captcha": z.school.profile.Captcha, "OldNames": z.OldNames, "Modulus": modulus,
	})
}

// captcha is a picture for this session.
func (z *zhengfang) captcha(v *visit) answer {
	if !z.school.profile.Captcha {
		return z.notFound()
	}
	z.ensure(v)
	kind := "image/Gif"
	if !z.school.profile.GIF {
		kind = "image/png"
	}
	return bytesAnswer(http.StatusOK, kind, v.draw())
}

// logIn judges a posted form.
func (z *zhengfang) logIn(v *visit) answer {
	if v.sess == nil || v.form.Get("__VIEWSTATE") == "" || !v.form.Has("Button1") {
		return z.errorPage(v)
	}
	account, code := v.form.Get("txtUserName"), v.form.Get("txtSecretCode")
	if z.OldNames {
		account, code = v.form.Get("TextBox1"), v.form.Get("TextBox3")
	}
	if z.school.profile.Captcha && !v.captchaRight(code) {
		return z.form(v, alertCaptcha)
	}
	if said := z.judge(v, account); said != "" {
		return z.form(v, said)
	}
	return z.moved(z.folder(v) + "xs_main.aspx?xh=" + account)
}

// judge returns the words of refusal, "" if the person is now logged in.
func (z *zhengfang) judge(v *visit, account string) string {
	limit := z.school.profile.LockAfter
	password, ok := z.password(v)
	if !ok || v.form.Get("RadioButtonList1") != "学生" {
		return alertWrong
	}
	left, known := z.triesLeft(account)
	if !known {
		return alertNobody
	}
	switch v.logIn(account, password) {
	case right:
		return ""
	case locked:
		if z.CountTries {
			return fmt.Sprintf(alertFull, limit)
		}
		return alertLocked
	}
	if z.CountTries && limit > 0 {
		return fmt.Sprintf(alertTries, left-1)
	}
	return alertWrong
}

// triesLeft is how many wrong passwords an account has left.
func (z *zhengfang) triesLeft(account string) (left int, known bool) {
	z.school.mu.Lock()
	defer z.school.mu.Unlock()
	p := z.school.people[account]
	if p == nil {
		return 0, false
	}
	return z.school.profile.LockAfter - p.wrong, true
}

// password reads TextBox2, plain or as lower-case hex of what RSA made of it.
func (z *zhengfang) password(v *visit) (string, bool) {
	sent := v.form.Get("TextBox2")
	if !z.RSA {
		return sent, true
	}
	secret, err := hex.DecodeString(sent)
	if err != nil || strings.ToLower(sent) != sent {
		return "", false
	}
	//lint:ignore SA1019 the one client known pads in this way
	plain, err := rsa.DecryptPKCS1v15(nil, z.key(), secret)
	return string(plain), err == nil
}

// home is the page after login, its menu, and where 退出 goes.
func (z *zhengfang) home(v *visit) answer {
	account, _ := v.who()
	if v.r.Method == http.MethodPost && v.form.Get("__EVENTTARGET") == "likTc" {
		if !z.stated(v, "xs_main") {
			return z.errorPage(v)
		}
		back := z.folder(v) + "default2.aspx"
		v.leave()
		return z.moved(back)
	}
	return z.render("main", map[string]any{
		"Number": account.Number, "Name": account.Name, "Grades": string(z.Grades),
		"State": z.viewState(v, "xs_main"),
	})
}
