package jwglxt

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
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = goquery.NewDocumentFromNode(root).Selection
	return g
}

// has reports whether the page's bytes contain one of marks.
func (g *page) has(marks ...string) bool { return markup.Has(g.text, marks...) }

// value is the value of the page's input of that id or, failing that, name.
func (g *page) value(name string) (string, bool) {
	in := g.doc.Find("input#" + name)
	if in.Length() == 0 {
		in = g.doc.Find(`input[name="` + name + `"]`)
	}
	v, ok := in.First().Attr("value")
	return strings.TrimSpace(v), ok
}

// isLogin reports whether the page asks for account and password.
func (g *page) isLogin() bool {
	return g.doc.Find(`input[name="yhm"]`).Length() > 0 && g.doc.Find(`input[name="mm"]`).Length() > 0
}

// tip is the sentence by which the login page answers.
func (g *page) tip() string { return markup.Bounded(markup.Clean(g.doc.Find("#tips").First().Text())) }

// said is the page's own sentence, if it is nothing but one: a tip, the
// p.error_title of a refusal, an alert, or a short text.
func (g *page) said() string {
	if s := g.tip(); s != "" || g.isLogin() {
		return s
	}
	if t := g.doc.Find(".error_title").First(); t.Length() > 0 {
		return markup.Bounded(markup.Clean(t.Parent().Text()))
	}
	if markup.IsJSON(g.text) {
		return ""
	}
	var b strings.Builder
	addProse(&b, g.doc.Find("body").Nodes)
	if s := markup.Clean(b.String()); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

// hidden reports whether an element, or what holds it, is not displayed.
func hidden(s *goquery.Selection) bool {
	for ; s.Length() > 0; s = s.Parent() {
		style := strings.ToLower(strings.Join(strings.Fields(s.AttrOr("style", "")), ""))
		if strings.Contains(style, "display:none") {
			return true
		}
	}
	return false
}

// address makes ref absolute against the page where that is known. A browser
// resolves it against the school otherwise.
func (g *page) address(ref string) string { return markup.Address(g.URL, ref) }

// userName is the name in index_cxYhxxIndex: "张三  学生" in a heading.
func (g *page) userName() string {
	words := strings.Fields(g.doc.Find("h4").First().Text())
	if n := len(words); n > 1 && words[n-1] == "学生" {
		words = words[:n-1]
	}
	if name := strings.Join(words, " "); len([]rune(name)) <= 40 {
		return name
	}
	return ""
}

// prose is the text of nodes as a person reads it: a line per br, paragraphs
// parted by a blank line.
func prose(s *goquery.Selection) string {
	var b strings.Builder
	addProse(&b, s.Nodes)
	var out []string
	blank := true
	for line := range strings.SplitSeq(b.String(), "\n") {
		line = markup.Clean(line)
		if line != "" {
			out = append(out, line)
		} else if !blank {
			out = append(out, "")
		}
		blank = line == ""
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

func addProse(b *strings.Builder, nodes []*html.Node) {
	for _, n := range nodes {
		for c := range n.ChildNodes() {
			addNode(b, c)
		}
	}
}

func addNode(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		// Line breaks of the source are spaces to a browser.
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(n.Data, "\r", " "), "\n", " "))
	}
	if n.Type != html.ElementNode {
		return
	}
	before, after := "", ""
	switch n.DataAtom {
	case atom.Script, atom.Style:
		return
	case atom.Br, atom.Tr, atom.Li:
		before = "\n"
	case atom.Td, atom.Th:
		before = " "
	case atom.P, atom.Div, atom.Table, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5:
		before, after = "\n\n", "\n\n"
	}
	b.WriteString(before)
	addProse(b, []*html.Node{n})
	b.WriteString(after)
}
