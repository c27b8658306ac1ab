package cas

import (
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// RecogniseFront implements [jwxt.FrontRecogniser]. 金智's page is told by what
// its password is encrypted with, or by its folder; a CAS of any other by the
// execution that its form carries.
func (Pages) RecogniseFront(p jwxt.Page) (jwxt.Front, jwxt.Sign, bool) {
	if p.URL == nil || p.Status != http.StatusOK && p.Status != http.StatusUnauthorized {
		return jwxt.Front{}, jwxt.Sign{}, false
	}
	g := readPage(p)
	because := markup.Found(g.text, "pwdEncryptSalt", "pwdDefaultEncryptSalt", "casLoginForm", "pwdFromId", "userNameLogin", `name="execution"`)
	kind := apereo
	if strings.Contains(p.URL.Path, "/authserver/") || markup.Has(g.text, "ncryptSalt", "casLoginForm", "pwdFromId") {
		kind = authserver
	}
	f, err := g.openForm(kind, "", false)
	if err != nil || len(because) == 0 {
		return jwxt.Front{}, jwxt.Sign{}, false
	}
	address := *p.URL
	address.RawQuery, address.Fragment = "", ""
	address.Path, _, _ = strings.Cut(address.Path, ";")
	return jwxt.Front{Kind: kind, URL: address.String()}, jwxt.Sign{Captcha: f.kind(), Because: because}, true
}

// kind is what the form's captcha is to who has not typed an account yet.
func (f form) kind() jwxt.CaptchaKind {
	switch {
	case f.Captcha == noCaptcha:
		return jwxt.CaptchaNone
	case !f.Needed:
		return jwxt.CaptchaLater
	case f.Captcha == slider:
		return jwxt.CaptchaSlider
	}
	return jwxt.CaptchaPicture
}
