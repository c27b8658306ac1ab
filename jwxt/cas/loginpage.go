package cas

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
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

// mayPost reports whether a password may be sent to an address: to the front, and
// in clear only where the front is said to be reached so.
func (v *visit) mayPost(action string) bool {
	u, err := v.Web.Resolve(action)
	return err == nil && v.atFront(u) && (u.Scheme == "https" || v.front.Scheme == "http")
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
	read := g.authserver
	if kind == apereo {
		read = g.apereo
	}
	if err := read(&f, n, plain); err != nil {
		return form{}, err
	}
	f.force(captcha)
	return f, nil
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
func (g *page) authserver(f *form, n *goquery.Selection, plain bool) error {
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
	if g.slides() && !f.Old {
		f.Captcha = slider
	}
	f.complete()
	return nil
}

// complete adds the fields that authserver's script sends and the page lacks.
func (f *form) complete() {
	wanted := fetch.Form{
		{Name: "_eventId", Value: "submit"}, {Name: "cllt", Value: "userNameLogin"}, {Name: "dllt", Value: "generalLogin"}, {Name: "lt"},
	}
	if f.Old {
		wanted = fetch.Form{{Name: "_eventId", Value: "submit"}, {Name: "dllt", Value: "userNamePasswordLogin"}, {Name: "rmShown", Value: "1"}}
	}
	for _, field := range wanted {
		if !slices.ContainsFunc(f.Fields, func(have fetch.Field) bool { return have.Name == field.Name }) {
			f.Fields = append(f.Fields, field)
		}
	}
}

var captchaSwitch = regexp.MustCompile(`captchaSwitch\s*=\s*["']?(\d)`)

// slides reports whether the page's captcha is a piece to drag. A page that has
// both says by a switch which it is.
func (g *page) slides() bool {
	if m := captchaSwitch.FindSubmatch(g.text); m != nil {
		return string(m[1]) == "2"
	}
	return g.doc.Find(`.sliderCaptcha, #sliderCaptchaDiv, #sliderDiv`).Length() > 0 || g.has("openSliderCaptcha")
}

// apereo reads a plain CAS, whose page shows the captcha if there is one.
func (g *page) apereo(f *form, n *goquery.Selection, plain bool) error {
	if !plain && hides.MatchString(g.script()) {
		return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the front's page hides the password in a way that is not known"))
	}
	f.Captcha, f.Letters, f.Picture = noCaptcha, "captcha", g.address("captcha.jpg")
	in := n.Find(`input[name="captcha"], input[name="validateCode"], input[name="authcode"], input[name="vcode"], input[name="capcha"]`).First()
	if in.Length() > 0 {
		src := n.Find(`img[src]`).First().AttrOr("src", "captcha.jpg")
		if strings.HasPrefix(src, "data:") {
			return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the captcha is in the page, and another cannot be drawn"))
		}
		f.Captcha, f.Needed, f.Letters, f.Picture = picture, true, in.AttrOr("name", ""), g.address(src)
	}
	return nil
}

// force is what an option says against the page. A front that is not asked about
// an account wants the captcha of everybody.
func (f *form) force(captcha string) {
	switch captcha {
	case "":
	case noCaptcha:
		f.Captcha, f.Check, f.Needed = noCaptcha, false, false
	default:
		f.Captcha, f.Needed = captcha, f.Needed || !f.Check
	}
}
