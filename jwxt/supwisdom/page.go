package supwisdom

import (
	"bytes"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
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
	if err != nil || isJSON(g.text) {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = goquery.NewDocumentFromNode(root).Selection
	return g
}

func isJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// has reports whether the page's bytes contain one of marks.
func (g *page) has(marks ...string) bool {
	for _, m := range marks {
		if bytes.Contains(g.text, []byte(m)) {
			return true
		}
	}
	return false
}

// isLogin reports whether the page asks for a password, one: two or three are a
// form to change it.
func (g *page) isLogin() bool { return g.doc.Find(`input[type="password"]`).Length() == 1 }

// tooFast reports whether the school refuses who asks twice in a moment. The
// words may as well stand in the text of a page that is none.
func (g *page) tooFast() bool {
	return strings.Contains(g.doc.Find(".ui-state-error").First().Text(), "过快点击") ||
		len(g.text) < 2048 && g.has("请不要过快点击")
}

// endedOther reports whether the page tells that this login has ended an older
// one, and to go on.
func (g *page) endedOther() bool { return len(g.text) < 4096 && g.has("已将之前的登录踢出") }

// tip is the sentence by which the login page answers.
func (g *page) tip() string {
	return bounded(clean(g.doc.Find(".actionError, .ui-state-error").First().Text()))
}

// said is the page's own sentence, if it is nothing but one.
func (g *page) said() string {
	if s := g.tip(); s != "" || g.isLogin() {
		return s
	}
	var b strings.Builder
	addProse(&b, g.doc.Find("body").Nodes)
	if s := clean(b.String()); len([]rune(s)) <= maxSaid {
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
func (g *page) address(ref string) string {
	if g.URL == nil {
		return ref
	}
	u, err := g.URL.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ref
	}
	return u.String()
}

// maxNodes is more than any cell, label or heading is made of.
const maxNodes = 256

// textOf is the text of a cell, a label or a heading: as much of a node as such
// are made of, so that boxes within boxes cost no more than their sum.
func textOf(n *html.Node) string {
	var b strings.Builder
	nodes := 0
	for d := range n.Descendants() {
		if nodes++; nodes > maxNodes {
			break
		}
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return clean(b.String())
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// clean trims s and makes each run of white space one space.
func clean(s string) string { return strings.Join(strings.Fields(s), " ") }

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
