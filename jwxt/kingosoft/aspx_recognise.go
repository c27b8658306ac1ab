package kingosoft

import (
	"net/http"
	"path"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// Doors implements [jwxt.Recogniser].
func (aspx) Doors() []string {
	return []string{"/home.aspx", "/jwweb/home.aspx", "/_data/index_LOGIN.aspx", "/jwmis/home.aspx"}
}

// Recognise implements [jwxt.Recogniser]. Besides the login page it knows the
// home page, which frames it and so tells where it is, though not whether it
// hashes passwords: all but the oldest do.
func (aspx) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readASPX(p)
	if p.Status != http.StatusOK || p.URL == nil {
		return jwxt.Sign{}, false
	}
	if g.isLogin() {
		return g.recogniseLogin()
	}
	src, framed := g.doc.Find(`iframe[src*="_data/"], frame[src*="_data/"]`).Attr("src")
	login := markup.Path(p.URL, src)
	if !framed || !aspxLoginName.MatchString(login) {
		return jwxt.Sign{}, false
	}
	return jwxt.Sign{Options: aspxPlace(login), Captcha: jwxt.CaptchaLater, Because: []string{"a frame shows " + path.Base(login)}}, true
}

var aspxLoginName = regexp.MustCompile(`(?i)/_data/\w{0,20}login\w{0,20}\.aspx$`)

func (g *aspxPage) recogniseLogin() (jwxt.Sign, bool) {
	because := markup.Found(g.text, "__VIEWSTATE", "divLogNote", "chkpwd(", "ValidateCode.aspx", "Sel_Type", "pcInfo")
	if len(because) < 3 {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Options: aspxPlace(g.URL.Path), Captcha: jwxt.CaptchaNone, Because: because}
	if g.wantsCaptcha("", g.doc) {
		s.Captcha = jwxt.CaptchaPicture
	}
	if !g.hashes() {
		s.Options["password"] = "plain"
	}
	return s, true
}

// aspxPlace are the options that say where a login page is.
func aspxPlace(login string) map[string]string {
	out := map[string]string{"variant": "aspx"}
	folder, file := path.Split(login)
	root := strings.TrimSuffix(strings.TrimSuffix(folder, "/"), "/_data")
	if page := strings.TrimPrefix(folder, root) + file; page != aspxLoginPage {
		out["login"] = page
	}
	if root != "" {
		out["root"] = root
	}
	return out
}
