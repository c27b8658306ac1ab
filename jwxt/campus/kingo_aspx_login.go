package campus

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// kingoForm is a login form by the names of its fields.
type kingoForm struct {
	page                    string // below the root
	user, password, captcha string
	hash, captchaHash       string // "" where nothing is hashed
	// Variable has the school's code in a variable of the script; Strength has
	// fields that note the password's strength.
	Variable, Strength bool
	Decoy              string // a field that shows a hint
}

var kingoForms = map[KingoNames]kingoForm{
	KingoPewe: {
		page: "/_data/home_login.aspx", user: "txt_asmcdefsddsd", password: "txt_pewerwedsdfsdff", captcha: "txt_sdertfgsadscxcadsads",
		hash: "dsdsdsdsdxcxdfgfg", captchaHash: "fgfggfdgtyuuyyuuckjg", Strength: true, Decoy: "txt_psasas",
	},
	KingoLIT: {
		page: "/_data/index_LOGIN.aspx", user: "txt_sdsdfdsfryuiighgdf", password: "txt_dsfdgtjhjuixssdsdf", captcha: "txt_sftfgtrefjdndcfgerg",
		hash: "sdfdfdhgwerewt", captchaHash: "cxfdsfdshjhjlk", Variable: true,
	},
	KingoCQU: {
		page: "/_data/login_new.aspx", user: "txt_dsdsdsdjkjkjc", password: "txt_dsdfdfgfouyy", captcha: "txt_ysdsdsdskgf",
		hash: "efdfdfuuyyuuckjg", captchaHash: "aerererdsdxcxdfgfg",
	},
	KingoPlain: {page: "/_data/Index_LOGIN.aspx", user: "UserID", password: "PassWord", captcha: "cCode"},
}

// kingoCode is the school's: LIT's national one, so that a client which was
// made for that school can be tried here.
const kingoCode = "11070"

// The words of a refused login. All but the last are as seen.
const (
	kingoBadCaptcha = "验证码错误！<br>登录失败！"
	kingoUnknown    = "发生未知错误！<br>登录失败！"
	kingoBadLogin   = "帐号或密码不正确！请重新输入。"
	kingoNobody     = "该账号尚未分配角色!"
	kingoLocked     = "该帐号已被锁定，请联系管理员！"
)

// upper30 is the hash of this system: the first 30 digits of an md5, in capitals.
func upper30(s string) string {
	sum := md5.Sum([]byte(s))
	return strings.ToUpper(hex.EncodeToString(sum[:]))[:30]
}

func kingoHash(user, password string) string { return upper30(user + upper30(password) + kingoCode) }

func kingoCaptchaHash(text string) string { return upper30(upper30(strings.ToUpper(text)) + kingoCode) }

// ensure gives the visitor a session that can log in.
func (k *kingoASPX) ensure(v *visit) {
	if _, at := v.who(); v.sess == nil || at == ousted {
		v.begin("/")
	}
}

func (k *kingoASPX) captcha(v *visit) answer {
	k.ensure(v)
	kind := "image/png"
	if k.school.profile.JPEG {
		kind = "image/jpeg"
	}
	return bytesAnswer(http.StatusOK, kind, v.draw())
}

// entrance is the login page and where its form goes. Both answers are that page.
func (k *kingoASPX) entrance(v *visit) answer {
	if v.r.Method != http.MethodPost {
		return k.login(v, "", false)
	}
	k.ensure(v)
	if words := k.judge(v); words != "" {
		return k.login(v, words, false)
	}
	return k.login(v, "正在加载权限数据...", true)
}

// login shows the login page with what it says of the login before. in has it
// go on to the frames.
func (k *kingoASPX) login(v *visit, note string, in bool) answer {
	k.ensure(v)
	return k.page("aspx-login", map[string]any{
		"School": k.school.profile.Name, "Root": k.Root, "State": k.state(), "Note": note, "In": in, "Code": kingoCode,
		"Captcha": k.school.profile.Captcha, "F": k.form, "User": k.form.user, "Password": k.form.password,
		"CaptchaField": k.form.captcha, "Hash": k.form.hash, "CaptchaHash": k.form.captchaHash,
	})
}

// state is __VIEWSTATE, which belongs to the page and not to the visitor.
func (k *kingoASPX) state() string {
	return "dDwtMTE" + upper30(k.school.profile.ID+k.form.page) + "+/="
}

// judge returns the words of refusal, "" if the person is now logged in.
func (k *kingoASPX) judge(v *visit) string {
	user := v.form.Get(k.form.user)
	switch {
	case k.school.profile.Captcha && !v.captchaFits(func(want string) bool { return k.captchaSent(v, want) }):
		return kingoBadCaptcha
	case !k.asBrowser(v, user):
		return kingoUnknown
	}
	hash, sent := func(password string) string { return kingoHash(user, password) }, v.form.Get(k.form.hash)
	if k.form.hash == "" {
		hash, sent = func(password string) string { return password }, v.form.Get(k.form.password)
	}
	switch v.logInHashed(user, sent, hash) {
	case right:
		return ""
	case locked:
		return kingoLocked
	}
	if !v.exists(user) {
		return kingoNobody
	}
	return kingoBadLogin
}

// captchaSent reports whether what was sent is this text; the case does not count.
func (k *kingoASPX) captchaSent(v *visit, want string) bool {
	if k.form.captchaHash == "" {
		return strings.EqualFold(v.form.Get(k.form.captcha), want)
	}
	return v.form.Get(k.form.captchaHash) == kingoCaptchaHash(want)
}

// asBrowser reports whether the form is filled in as its page's script does it:
// hidden fields as they were, what is typed blank where its hash is sent. How
// much of this a real server checks is not known.
func (k *kingoASPX) asBrowser(v *visit, user string) bool {
	f := v.form
	typed := f.Get(k.form.password) + f.Get(k.form.captcha)
	length, err := strconv.Atoi(f.Get("txt_mm_length"))
	return user != "" && f.Get("__VIEWSTATE") == k.state() && f.Get("Sel_Type") == "STU" &&
		(k.form.hash == "" || typed == "") &&
		(!k.form.Variable && f.Get("typeName") == "学生" || k.form.Variable) &&
		(k.form.Decoy == "" || f.Get(k.form.Decoy) == "请输入密码") &&
		(!k.form.Strength || err == nil && length > 0 && f.Get("txt_mm_userzh") != "" && f.Get("txt_mm_expression") != "")
}
