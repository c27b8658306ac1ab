package zhengfang

import (
	"net/url"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// isHome reports whether this is the page after login: it names the student,
// or has a menu whose links open in the frame beside it.
func (g *page) isHome() bool {
	if g.isLogin() || g.isTrouble() {
		return false
	}
	return g.ids["xhxm"] != nil || g.menu() > 0
}

// menu counts the links of the menu.
func (g *page) menu() int {
	n := 0
	for _, a := range g.links {
		if strings.EqualFold(markup.Attr(a, "target"), "zhuti") {
			n++
		}
	}
	return n
}

var numberText = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)

// student is who the main page greets: 张三同学, or 2020000001 张三同学. Its
// fields are empty where the page does not tell.
func (g *page) student() (s jwxt.Student) {
	n := g.ids["xhxm"]
	if n == nil {
		return s
	}
	words := strings.Fields(strings.TrimSuffix(markup.Text(n), "同学"))
	if len(words) > 1 && numberText.MatchString(words[0]) {
		s.Number, words = words[0], words[1:]
	}
	if name := strings.Join(words, " "); len([]rune(name)) <= 40 {
		s.Name = name
	}
	return s
}

// Pages of the menu, the most telling first: those that show the grades of all
// terms before the one of the current term.
var (
	gradePages     = []string{"xscj_gc.aspx", "xscj_gc2.aspx", "xscjcx.aspx", "xscjcx_dq.aspx"}
	timetablePages = []string{"xskbcx.aspx"}
	examPages      = []string{"xskscx.aspx"}
)

// menuLink is what the menu has for the first of pages, "" where it has none.
// The address holds 学号, 姓名 and a code that differs between schools.
func (g *page) menuLink(pages []string) string {
	best, found := len(pages), ""
	for _, a := range g.links {
		href := g.encoded(markup.Attr(a, "href"))
		u, err := url.Parse(href)
		if err != nil || u.IsAbs() || u.Host != "" {
			continue
		}
		page := u.Path[strings.LastIndexByte(u.Path, '/')+1:]
		for i, known := range pages {
			if strings.EqualFold(page, known) && i < best {
				best, found = i, page+"?"+u.RawQuery
			}
		}
	}
	return found
}
