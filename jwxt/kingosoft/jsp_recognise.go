package kingosoft

import (
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

const jspLoginPage = "/cas/login.action"

// Doors implements [jwxt.Recogniser]. Where a school has its pages below a root,
// that is a name of its own.
func (jsp) Doors() []string { return []string{jspLoginPage} }

// Recognise implements [jwxt.Recogniser]. No page tells whether a build is so
// old that its login goes unencrypted. Where no captcha is wanted at once, one
// is after failures.
func (jsp) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	if p.Status != http.StatusOK || p.URL == nil {
		return jwxt.Sign{}, false
	}
	g := readJSP(p)
	root, known := strings.CutSuffix(p.URL.Path, jspLoginPage)
	because := markup.Found(g.text, "_ssessionid", "_sessionid", "genValidateCode", "yzmbt", "randnumber", "txt_mm_userzh", "hid_dxyzm", "KINGOSOFT")
	if !known || !g.isLogin() || len(because) < 2 {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Options: map[string]string{"variant": "jsp"}, Captcha: jwxt.CaptchaLater, Because: because}
	if g.wantsCaptcha() {
		s.Captcha = jwxt.CaptchaPicture
	}
	if root != "" {
		s.Options["root"] = root
	}
	return s, true
}
