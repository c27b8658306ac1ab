package campus

import (
	"crypto/aes"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// eams is a running EAMS.
type eams struct {
	EAMS
	supwisdom
}

// The words of a refused login. The first three are as seen; of the others no
// capture is known.
const (
	eamsTooFast = "请不要过快点击"
	eamsWrong   = "密码错误"
	eamsNobody  = "账户不存在"
	eamsCaptcha = "验证码不正确"
	eamsLocked  = "账户已被锁定"
	eamsNoSalt  = "页面已过期，请重新登录"
)

// eamsKey is what the account is encrypted with where it is.
const eamsKey = "campus-eams-key1"

func (e *eams) serve(v *visit) answer {
	if v.sess != nil && !e.routed(v) {
		v.sess = nil
	}
	page, below := strings.CutPrefix(v.r.URL.Path, e.root+"/")
	switch {
	case v.r.URL.Path == e.root, below && page == "":
		return redirect(e.root + "/home.action")
	case !below:
		return e.notFound()
	case "/"+page == e.Login && v.r.Method == http.MethodPost:
		return e.logIn(v)
	case "/"+page == e.Login:
		return e.form(v, "")
	case page == "captcha/image.action":
		return e.captcha(v)
	case page == "logout.action":
		v.leave()
		return redirect(e.root + e.Login)
	}
	handle := e.inside(page)
	if handle == nil {
		return e.notFound()
	}
	if bad, stop := e.refused(v, page); stop {
		return bad
	}
	return handle(v)
}

// inside finds the pages that only the logged-in see.
func (e *eams) inside(page string) func(*visit) answer {
	switch page {
	case "home.action":
		return e.home
	case "stdDetail.action":
		return e.detail
	case "dataQuery.action":
		return e.calendar
	case "teach/grade/course/person!historyCourseGrade.action", "teach/grade/course/person!search.action":
		return e.grades
	case "courseTableForStd.action":
		return e.tableIndex
	case "courseTableForStd!courseTable.action":
		return e.courseTable
	case "stdExamTable.action":
		return e.examIndex
	case "stdExamTable!examTable.action":
		return e.examTable
	}
	return nil
}

// refused stops who may not come in, and tells who has ended an older login.
func (e *eams) refused(v *visit, page string) (answer, bool) {
	account, at := v.who()
	switch {
	case at == ousted:
		return e.text("本次会话已经被过期（可能是由于重复登录）"), true
	case at == stranger && e.Expiry == ExpireForm:
		return e.form(v, ""), true
	case at == stranger && e.Expiry == ExpireText:
		return e.text("你还没有登录系统，请首先登录."), true // an ancestor's words
	case at == stranger:
		return redirect(e.root + e.Login), true
	case account.Gate == GatePassword:
		return e.page("password", nil), true // invented
	case v.noted("ended") != "":
		v.note("ended", "")
		return e.text(`<div>当前用户存在重复登录的情况，已将之前的登录踢出：<br/>请<a href="` + e.root + `/home.action">点击此处</a>继续</div>`), true
	case e.Throttled && e.hurried(v, page):
		return e.tooFast(), true
	}
	return answer{}, false
}

// hurried reports whether the visitor has asked for a page less than the pause
// ago, and notes that he asks now.
func (e *eams) hurried(v *visit, page string) bool {
	last, err := strconv.ParseInt(v.noted(page), 10, 64)
	v.note(page, strconv.FormatInt(time.Now().UnixNano(), 10))
	return err == nil && time.Since(time.Unix(0, last)) < e.Pause
}

func (e *eams) tooFast() answer {
	return e.text(`<div class="ui-state-error"><span>` + eamsTooFast + `</span></div>`)
}

// routed reports whether the load balancer leads the visitor to the server that
// holds the session.
func (e *eams) routed(v *visit) bool {
	c, err := v.r.Cookie("SVRNAME")
	return err == nil && c.Value == v.noted("server")
}

// ensure gives the visitor a session that can log in.
func (e *eams) ensure(v *visit) {
	if _, at := v.who(); v.sess != nil && at != ousted {
		return
	}
	v.begin(e.cookiePath())
	server := "ws" + strconv.Itoa(len(v.r.UserAgent())%4+1)
	v.note("server", server)
	v.cookies = append(v.cookies, (&http.Cookie{Name: "SVRNAME", Value: server, Path: "/"}).String())
}

// form shows the login page with a fresh salt. The older one is void.
func (e *eams) form(v *visit, tip string) answer {
	e.ensure(v)
	salt, key := "", ""
	if !e.Plain {
		salt, _, _ = strings.Cut(newToken(), ",")
		salt += "-"
	}
	if e.EncryptAccount {
		key = eamsKey
	}
	v.note("salt", salt)
	e.hurried(v, "login")
	return e.page("login", map[string]any{
		"School": e.school.profile.Name, "Root": e.root, "Action": e.root + e.Login, "Tip": tip,
		"Plain": e.Plain, "Salt": salt, "Key": key, "Captcha": e.school.profile.Captcha,
	})
}

func (e *eams) loginPage(v *visit) answer { return e.form(v, "") }

func (e *eams) captcha(v *visit) answer {
	if !e.school.profile.Captcha {
		return e.notFound()
	}
	e.ensure(v)
	kind := "image/png"
	if e.school.profile.JPEG {
		kind = "image/jpeg"
	}
	return bytesAnswer(http.StatusOK, kind, v.draw())
}

// logIn judges a posted form. Success is a 302 to the home page, failure the
// login page.
func (e *eams) logIn(v *visit) answer {
	if v.sess == nil {
		return e.form(v, eamsNoSalt)
	}
	if e.hurried(v, "login") {
		return e.tooFast()
	}
	if e.school.profile.Captcha && !v.captchaRight(v.form.Get("captcha_response")) {
		return e.form(v, eamsCaptcha)
	}
	account, sent, ok := e.credentials(v)
	if !ok {
		return e.form(v, eamsNoSalt)
	}
	salt := v.noted("salt")
	hash := func(password string) string { return sha1Hex(salt + password) }
	if e.Plain {
		hash = func(password string) string { return password }
	}
	others := e.school.profile.SingleSession && e.school.Sessions(account) > 0
	switch v.logInHashed(account, sent, hash) {
	case locked:
		return e.form(v, eamsLocked)
	case wrong:
		if !v.exists(account) {
			return e.form(v, eamsNobody)
		}
		return e.form(v, eamsWrong)
	}
	v.note("salt", "")
	if others {
		v.note("ended", "yes")
	}
	return redirect(e.root + "/home.action")
}

// credentials reads account and password as this build's page sends them.
func (e *eams) credentials(v *visit) (account, password string, ok bool) {
	if e.Plain {
		return v.form.Get("loginForm.name"), v.form.Get("loginForm.password"), true
	}
	account, password = v.form.Get("username"), v.form.Get("password")
	if e.EncryptAccount {
		account = eamsAccount(account)
	}
	_, asPage := v.form["encodedPassword"]
	return account, password, asPage && v.noted("salt") != "" && v.form.Get("session_locale") == "zh_CN"
}

// eamsAccount decrypts an account, "" for what is none.
func eamsAccount(sent string) string {
	text, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return ""
	}
	block, err := aes.NewCipher([]byte(eamsKey))
	if err != nil {
		panic(err) // a key of ours
	}
	for i := 0; i < len(text); i += aes.BlockSize {
		block.Decrypt(text[i:], text[i:])
	}
	pad := int(text[len(text)-1])
	if pad < 1 || pad > aes.BlockSize {
		return ""
	}
	return string(text[:len(text)-pad])
}

// home is the page after login.
func (e *eams) home(v *visit) answer {
	account, _ := v.who()
	number := account.Number
	if e.NoNumber {
		number = ""
	}
	return e.page("home", map[string]any{"School": e.school.profile.Name, "Root": e.root, "Name": account.Name, "Number": number})
}

// detail is 学籍信息.
func (e *eams) detail(v *visit) answer {
	account, _ := v.who()
	return e.page("detail", map[string]any{"Root": e.root, "Name": account.Name, "Number": account.Number})
}
