package zhengfang

import (
	"net/http"
	"path"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string {
	return []string{"/default2.aspx", "/zjdxgc/default2.aspx", "/default3.aspx"}
}

// sessionSegment is a session in the address: /(24 letters)/ or /(S(24 letters))/.
var sessionSegment = regexp.MustCompile(`/\((?:S\()?[0-9A-Za-z]{24}\)?\)`)

// Recognise implements [jwxt.Recogniser]. The login page's own address tells
// root and entry; a session in it belongs to neither.
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	g := readPage(p)
	because := markup.Found(g.text, "__VIEWSTATE", "TextBox2", "CheckCode.aspx", "RadioButtonList1", "txtKeyModulus", "正方")
	if !g.isLogin() || p.Status != http.StatusOK || p.URL == nil || len(because) < 3 {
		return jwxt.Sign{}, false
	}
	s := jwxt.Sign{Captcha: jwxt.CaptchaNone, Options: map[string]string{}, Because: because}
	if field, _ := g.captcha(""); field != "" {
		s.Captcha = jwxt.CaptchaPicture
	}
	folder, entry := path.Split(sessionSegment.ReplaceAllString(p.URL.Path, ""))
	if root := strings.TrimSuffix(folder, "/"); root != "" {
		s.Options["root"] = root
	}
	if entry != "" && !strings.EqualFold(entry, "default2.aspx") {
		s.Options["entry"] = entry
	}
	return s, true
}
