package urp

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// page is an answer that has been parsed as HTML.
type page struct {
	jwxt.Page
	text []byte // the body as UTF-8
	doc  *goquery.Selection
}

// readPage parses p. It never fails: what is no HTML has no forms, and what the
// HTML parser gives up on is an empty document.
func readPage(p jwxt.Page) *page { return readText(p, fetch.Text(p)) }

// readText is readPage of a page whose text is known.
func readText(p jwxt.Page, text []byte) *page {
	g := &page{Page: p, text: text}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = goquery.NewDocumentFromNode(root).Selection
	return g
}

// has reports whether the page's bytes contain one of marks.
func (g *page) has(marks ...string) bool { return markup.Has(g.text, marks...) }

func (g *page) title() string { return markup.Clean(g.doc.Find("title").First().Text()) }

// lost reports whether this is the page that an old build's server makes of an
// error, which it runs into when it looks for a session that is gone.
func (g *page) lost() bool { return strings.Contains(g.title(), "500 Servlet Exception") }

// input reports whether the page has an input of that name.
func (g *page) input(name string) bool {
	return g.doc.Find(`input[name="`+name+`"]`).Length() > 0
}

// isLogin reports whether the page asks for account and password.
func (g *page) isLogin() bool {
	return g.input("zjh") && g.input("mm") || g.input("j_username") || g.signsIn()
}

// signsIn reports whether the page has the form of a front of the school's own
// before a new build, which posts to /sigin, spelt so.
func (g *page) signsIn() bool {
	return g.input("username") && g.input("password") && g.doc.Find(`form[action$="/sigin"]`).Length() > 0
}

// isHome reports whether this is the page after login.
func (g *page) isHome() bool {
	switch {
	case g.isLogin():
		return false
	case g.title() == "学分制综合教务", g.doc.Find("frameset").Length() > 0: // an old build's
		return true
	}
	return g.has("URP综合教务系统首页", "本学期课程表", "/logout")
}

// errorTop is the sentence by which an old build answers in a page's place.
func (g *page) errorTop() string {
	s := g.doc.Find(".errorTop").First()
	if s.Length() == 0 {
		s = g.doc.Find(`strong font[color="#990000"]`).First()
	}
	return markup.Bounded(markup.Clean(s.Text()))
}

// said is the page's own sentence, if it is nothing but one: that of an old
// build's error, an alert, or a short text.
func (g *page) said() string {
	alert := g.doc.Find(".alert").First()
	alert.Find("button").Remove()
	if s := first(g.errorTop(), markup.Bounded(textOf(alert))); s != "" || g.isLogin() || markup.IsJSON(g.text) {
		return s
	}
	if s := textOf(g.doc.Find("body")); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

// student reads the record: a label and, in the next cell, its value.
func (g *page) student() jwxt.Student {
	var s jwxt.Student
	g.doc.Find("td.fieldName, .profile-info-name").Each(func(_ int, label *goquery.Selection) {
		value := textOf(label.Next())
		switch strings.Trim(textOf(label), ":： ") {
		case "学号":
			s.Number = first(s.Number, short(value))
		case "姓名":
			s.Name = first(s.Name, short(value))
		}
	})
	return s
}

// short is s if it is short enough for a name or a number.
func short(s string) string {
	if len([]rune(s)) > 40 {
		return ""
	}
	return s
}

// address makes ref absolute against the page where that is known. A browser
// resolves it against the school otherwise.
func (g *page) address(ref string) string { return markup.Address(g.URL, ref) }

// first is the first of ss that is not empty.
func first(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// textOf is the visible text below s with white space collapsed.
func textOf(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		addText(&b, n)
	}
	return markup.Clean(b.String())
}

func addText(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Type == html.ElementNode && c.DataAtom != atom.Script && c.DataAtom != atom.Style:
			if c.DataAtom == atom.Br || c.DataAtom == atom.Td || c.DataAtom == atom.P || c.DataAtom == atom.Div {
				b.WriteByte(' ')
			}
			addText(b, c)
		}
	}
}
