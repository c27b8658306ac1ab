package cas

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

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

// readPage parses p. It never fails: what is no HTML has no forms.
func readPage(p jwxt.Page) *page {
	g := &page{Page: p, text: fetch.Text(p)}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil || markup.IsJSON(g.text) {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = goquery.NewDocumentFromNode(root).Selection
	return g
}

// has reports whether the page's bytes contain one of marks.
func (g *page) has(marks ...string) bool { return markup.Has(g.text, marks...) }

// address makes ref absolute against the page where that is known.
func (g *page) address(ref string) string { return markup.Address(g.URL, ref) }

// script is all that the page's scripts say, the names of their files included.
func (g *page) script() string {
	var b strings.Builder
	g.doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		b.WriteString(s.AttrOr("src", "") + "\n" + s.Text() + "\n")
	})
	return b.String()
}

// tip is the sentence by which the login page answers.
func (g *page) tip() string {
	said := ""
	g.doc.Find("#showErrorTip, #formErrorTip, #msg, .auth_error, .alert-danger, .errors").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		said = markup.Bounded(markup.Clean(s.Text()))
		return said == ""
	})
	return said
}

// said is the page's own sentence, if it is nothing but one.
func (g *page) said() string {
	if s := g.tip(); s != "" {
		return s
	}
	if g.doc.Find(`input[type="password"]`).Length() > 0 {
		return ""
	}
	if s := markup.Clean(prose(g.doc.Find("body").Nodes)); utf8.RuneCountInString(s) <= markup.MaxSaid {
		return s
	}
	return ""
}

// prose is the text of nodes, with a blank between any two pieces.
func prose(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style {
				b.WriteString(d.Data + " ")
			}
		}
	}
	return b.String()
}

// onward matches the whole of what a short page's script does: send on.
var onward = regexp.MustCompile(`(?:location(?:\.href)?\s*=|location\.replace\s*\()\s*['"]([^'"]+)['"]`)

// scripted is where a short page without a form sends a browser by script, as
// the entrance of some builds does, or nil.
func scripted(p jwxt.Page) *url.URL {
	const short = 4 << 10
	if p.Status != http.StatusOK || len(p.Body) > short || p.URL == nil {
		return nil
	}
	m := onward.FindSubmatch(fetch.Text(p))
	if m == nil || bytes.Contains(p.Body, []byte("<form")) || bytes.Contains(p.Body, []byte("<input")) || bytes.Contains(p.Body, []byte("<frame")) {
		return nil
	}
	u, err := p.URL.Parse(string(m[1]))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}
