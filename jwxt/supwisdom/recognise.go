package supwisdom

import (
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string {
	return []string{"/eams/login.action", "/student/login-salt", "/eams/loginExt.action", "/eams5-student/login-salt"}
}

// Recognise implements [jwxt.Recogniser]. EAMS is told by the salt in its
// script and the .action of its form, EAMS5 by the address of its salt.
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readPage(p)
	switch {
	case p.Status != http.StatusOK || p.URL == nil:
		return jwxt.Sign{}, false
	case g.isLogin() && g.has("login-salt"):
		return g.recognise5(markup.Found(g.text, "login-salt", "login-captcha")...)
	case strings.HasSuffix(p.URL.Path, "/login-salt") && saltOnly.Match(g.text):
		return g.recognise5("login-salt answers with a salt")
	case !g.isLogin():
		return jwxt.Sign{}, false
	}
	root, file := folderAndFile(p.URL.Path)
	because := markup.Found(g.text, "CryptoJS.SHA1('", "beangle", "/eams/static/", "captcha/image.action", "loginForm.name")
	if !strings.HasSuffix(file, ".action") || len(because) == 0 {
		return jwxt.Sign{}, false
	}
	f, ok := g.loginForm(settings{root: root, login: file})
	if !ok {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Options: map[string]string{"variant": "eams"}, Captcha: jwxt.CaptchaNone, Because: because}
	if f.Captcha {
		s.Captcha = jwxt.CaptchaPicture
	}
	if f.Salt == "" {
		s.Options["password"] = "plain"
	}
	unusual(s.Options, "root", root, "/eams")
	unusual(s.Options, "login", file, "/login.action")
	return s, true
}

// recognise5 is Recognise for EAMS5, which asks for a captcha once it wants one.
func (g *page) recognise5(because ...string) (jwxt.Sign, bool) {
	root, _ := folderAndFile(g.URL.Path)
	s := jwxt.Sign{Options: map[string]string{"variant": "eams5"}, Captcha: jwxt.CaptchaLater, Because: because}
	unusual(s.Options, "root", root, "/student")
	return s, true
}

func folderAndFile(path string) (folder, file string) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return "", path
	}
	return path[:i], path[i:]
}

// unusual notes an option that differs from its default.
func unusual(options map[string]string, key, value, usual string) {
	if value == "" {
		value = "/"
	}
	if value != usual {
		options[key] = value
	}
}
