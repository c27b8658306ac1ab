package cas

import (
	"errors"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
)

// hides matches the scripts of pages that do something to a password. Where one
// is found and the way is not known, nothing is posted.
var hides = regexp.MustCompile(`(?i)encrypt|\brsa|jsbn|strEnc\(|\bsm[24]\b|\bdes\.js|\bmd5|flavoring|public_?key`)

// openForm reads the login page of a front that can be answered.
func (v *visit) openForm(g *page) (form, error) {
	f, err := g.openForm(v.kind, v.captcha, v.plain)
	if err == nil && !v.mayPost(f.Action) {
		err = jwxt.Fail(jwxt.Changed, opLogin, errors.New("the form would send the password elsewhere than to the front"))
	}
	return f, err
}

// mayPost reports whether a password may be sent to an address: to the front,
// in the way its login page is reached.
func (v *visit) mayPost(action string) bool {
	u, err := v.Web.Resolve(action)
	return err == nil && v.atFront(u) && u.Scheme == v.front.Scheme
}

func (g *page) openForm(kind, captcha string, plain bool) (form, error) {
	n := g.loginForm(kind)
	if n == nil {
		if g.has("_2lBepC", "/iap/") {
			return form{}, jwxt.Fail(jwxt.Changed, opLogin, errors.New("this is the IAP variant, which is not spoken"))
		}
		return form{}, spokenOr(opLogin, g, "this is no login page of the front")
	}
	f := form{Page: g.address(""), Action: g.address(n.AttrOr("action", "")), Fields: fields(n), Notice: g.tip()}
	if kind == apereo {
		return f, g.apereo(&f, n, captcha, plain)
	}
	return f, g.authserver(&f, n, captcha, plain)
}

// loginForm is the form for account and password, or nil. A page has several
// forms, of which the others log in by code or by phone.
func (g *page) loginForm(kind string) *goquery.Selection {
	forms := []string{`form#fm1`, `form:has(input[name="execution"]):has(input[type="password"])`}
	if kind == authserver {
		forms = []string{
			`form:has(input[name="cllt"][value="userNameLogin"])`, `form#pwdFromId`, `form#loginFromId`, `form#casLoginForm`,
			`form:has(#pwdEncryptSalt)`, `form#fm1`,
		}
	}
	for _, s := range forms {
		if n := g.doc.Find(s).First(); n.Length() > 0 {
			return n
		}
	}
	return nil
}

var saltScript = regexp.MustCompile(`pwdDefaultEncryptSalt\s*=\s*["']([^"']*)["']`)

// salts finds what authserver's password is encrypted with, and of which
// generation that is.
func (g *page) salts() (salt string, old bool) {
	for _, s := range []string{`#pwdEncryptSalt`, `input[name="pwdEncryptSalt"]`} {
		if v := g.doc.Find(s).First().AttrOr("value", ""); v != "" {
			return v, false
		}
	}
	if v := g.doc.Find(`#pwdDefaultEncryptSalt`).First().AttrOr("value", ""); v != "" {
		return v, true
	}
	if m := saltScript.FindSubmatch(g.text); m != nil && len(m[1]) > 0 {
		return string(m[1]), true
	}
	return "", g.doc.Find(`form#casLoginForm`).Length() > 0
}

// authserver reads what is 金智's own.
func (g *page) authserver(f *form, n *goquery.Selection, captcha string, plain bool) error {
	f.Salt, f.Old = g.salts()
	switch {
	case f.Salt != "" && len(f.Salt) != 16:
		return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the page's salt is not of 16 characters"))
	case f.Salt == "" && !plain && (g.has("ncryptSalt") || hides.MatchString(g.script())):
		return spokenOr(opLogin, g, "the page hides the password, and has no salt for it")
	}
	f.Check, f.Captcha, f.Letters = true, picture, "captcha"
	if f.Old || n.Find(`input[name="captchaResponse"]`).Length() > 0 {
		f.Letters = "captchaResponse"
	}
	defaults := map[string]string{"_eventId": "submit", "cllt": "userNameLogin", "dllt": "generalLogin", "lt": ""}
	if f.Old {
		defaults = map[string]string{"_eventId": "submit", "dllt": "userNamePasswordLogin", "rmShown": "1"}
	}
	for _, name := range []string{"_eventId", "cllt", "dllt", "lt", "rmShown"} {
		if value, ok := defaults[name]; ok && !f.hasField(name) {
			f.Fields = f.Fields.Set(name, value)
		}
	}
	if g.slides() && !f.Old {
		f.Captcha = slider
	}
	return f.force(captcha)
}

var switchedToSlider = regexp.MustCompile(`captchaSwitch\s*=\s*["']?2\b`)

// slides reports whether the page's captcha is a piece to drag.
func (g *page) slides() bool {
	return g.doc.Find(`.sliderCaptcha, #sliderCaptchaDiv, #sliderDiv`).Length() > 0 || switchedToSlider.Match(g.text) || g.has("openSliderCaptcha")
}

// apereo reads a plain CAS, whose page shows the captcha if there is one.
func (g *page) apereo(f *form, n *goquery.Selection, captcha string, plain bool) error {
	if !plain && hides.MatchString(g.script()) {
		return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the front's page hides the password in a way that is not known"))
	}
	f.Captcha = noCaptcha
	in := n.Find(`input[name="captcha"], input[name="validateCode"], input[name="authcode"], input[name="vcode"], input[name="capcha"]`).First()
	if in.Length() > 0 {
		f.Captcha, f.Needed, f.Letters = picture, true, in.AttrOr("name", "")
		src := n.Find(`img[src]`).First().AttrOr("src", "captcha.jpg")
		if strings.HasPrefix(src, "data:") {
			return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the captcha is in the page, and another cannot be drawn"))
		}
		f.Picture = g.address(src)
	}
	return f.force(captcha)
}

// force is what an option says against the page.
func (f *form) force(captcha string) error {
	switch captcha {
	case "":
	case noCaptcha:
		f.Captcha, f.Check, f.Needed = noCaptcha, false, false
	default:
		f.Captcha = captcha
	}
	return nil
}

func (f *form) hasField(name string) bool {
	for _, field := range f.Fields {
		if field.Name == name {
			return true
		}
	}
	return false
}
