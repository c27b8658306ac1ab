package urp

import (
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string { return []string{"/login", "/", "/loginAction.do"} }

// Recognise implements [jwxt.Recogniser]. The site's root is what precedes the
// address of the form.
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readPage(p)
	f, ok := g.loginForm("")
	because := markup.Found(g.text, "loginAction.do", "validateCodeAction.do", "j_spring_security_check", "/img/captcha.jpg", "j_captcha", "/sigin", "URP")
	if !ok || p.Status != http.StatusOK || len(because) == 0 {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Captcha: jwxt.CaptchaNone, Options: map[string]string{"build": "new"}, Because: because}
	if f.Old {
		s.Options["build"] = "old"
	}
	if f.Captcha != "" {
		s.Captcha = jwxt.CaptchaPicture
	}
	action := markup.Path(p.URL, f.Action)
	if i := strings.LastIndex(action, "/"); i > 0 {
		s.Options["root"] = action[:i]
	}
	return s, true
}
