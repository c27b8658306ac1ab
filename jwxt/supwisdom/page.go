package supwisdom

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

// isLogin reports whether the page asks for a password, one: two or three are a
// form to change it.
func (g *page) isLogin() bool { return g.doc.Find(`input[type="password"]`).Length() == 1 }

// tooFast reports whether the school refuses who asks twice in a moment. The
// words may as well stand in the text of a page that is none.
func (g *page) tooFast() bool {
	return g.has("过快点击") && (strings.Contains(g.doc.Find(".ui-state-error").First().Text(), "过快点击") ||
		len(g.text) < 2048 && g.has("请不要过快点击"))
}

// endedOther reports whether the page tells that this login has ended an older
// one, and to go on.
func (g *page) endedOther() bool { return len(g.text) < 4096 && g.has("已将之前的登录踢出") }

// tip is the sentence by which the login page answers.
func (g *page) tip() string {
	return markup.Bounded(markup.Clean(g.doc.Find(".actionError, .ui-state-error").First().Text()))
}

// said is the page's own sentence, if it is nothing but one.
func (g *page) said() string {
	if s := g.tip(); s != "" || g.isLogin() {
		return s
	}
	var b strings.Builder
	addProse(&b, g.doc.Find("body").Nodes)
	if s := markup.Clean(b.String()); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

func addProse(b *strings.Builder, nodes []*html.Node) {
	for _, n := range nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style {
				b.WriteString(d.Data + " ")
			}
		}
	}
}

// address makes ref absolute against the page where that is known.
func (g *page) address(ref string) string { return markup.Address(g.URL, ref) }

// maxNodes is more than any cell, label or heading is made of.
const maxNodes = 256
