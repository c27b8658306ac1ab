package qiangzhi

import (
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string { return []string{"/jsxsd/", "/"} }

// Recognise implements [jwxt.Recogniser]. A login page that posts to
// /Logon.do stands at the host's root, and its student site where all have it.
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readPage(p)
	f, ok := g.loginForm("/jsxsd", "")
	if !ok || p.Status != http.StatusOK {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Captcha: jwxt.CaptchaNone, Options: map[string]string{}}
	if f.Captcha {
		s.Captcha = jwxt.CaptchaPicture
	}
	root, _, posts := strings.Cut(markup.Path(p.URL, f.Action), "/xk/LoginToXk")
	switch {
	case posts && root != "/jsxsd":
		s.Options["root"] = root
	case strings.Contains(f.Action, "/Logon.do") && p.URL != nil:
		s.Options["entry"] = p.URL.Path
	case !posts && !g.has("verifycode.servlet", "jsxsd", "LoginToXk", "强智"):
		return jwxt.Sign{}, false
	}
	s.Because = markup.Found(g.text, "LoginToXk", "/Logon.do?method=logon", "flag=sess", "verifycode.servlet", "/jsxsd")
	return s, true
}
