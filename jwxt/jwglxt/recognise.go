package jwglxt

import (
	"cmp"
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

const loginPath = "/xtgl/login_slogin.html"

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string { return []string{"/jwglxt" + loginPath, loginPath} }

// Recognise implements [jwxt.Recogniser]. The site's root is what precedes its
// folder xtgl.
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readPage(p)
	f, ok := g.loginForm("/jwglxt", "")
	because := markup.Found(g.text, "login_slogin", "csrftoken", "mmsfjm", "zfcaptcha", "kaptcha", "zftal", "jwglxt")
	if !ok || p.Status != http.StatusOK || len(because) < 2 {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Captcha: jwxt.CaptchaNone, Options: map[string]string{}, Because: because}
	switch f.Captcha {
	case kaptcha:
		s.Captcha = jwxt.CaptchaPicture
	case slider:
		s.Captcha = jwxt.CaptchaSlider
	}
	if root, _, ok := strings.Cut(markup.Path(p.URL, f.Action), "/xtgl/"); ok && root != "/jwglxt" {
		s.Options["root"] = cmp.Or(root, "/")
	}
	return s, true
}
