package qiangzhi

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// page is a page that has been parsed and walked once. The walk notes where
// the few things lie that parsers look for.
type page struct {
	jwxt.Page
	text   []byte // the body as UTF-8
	root   *html.Node
	title  string
	tables []*html.Node
	forms  []*html.Node
	inputs []*html.Node
	frames []*html.Node
	loose  []string // text outside of tables, trimmed
	script []string
}

// readPage parses p. It never fails: what is no HTML has no tables and no
// forms, and what the HTML parser gives up on is an empty document.
func readPage(p jwxt.Page) *page {
	g := &page{Page: p, text: fetch.Text(p)}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.root = root
	g.walk(root, false)
	return g
}

func (g *page) walk(n *html.Node, inTable bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && !inTable:
			if s := markup.Clean(c.Data); s != "" {
				g.loose = append(g.loose, s)
			}
		case c.Type == html.ElementNode:
			g.element(c, inTable)
		}
	}
}

func (g *page) element(n *html.Node, inTable bool) {
	switch n.DataAtom {
	case atom.Title:
		g.title = markup.Text(n)
		return
	case atom.Script:
		if n.FirstChild != nil {
			g.script = append(g.script, n.FirstChild.Data)
		}
		return
	case atom.Style:
		return
	case atom.Table:
		g.tables = append(g.tables, n)
		inTable = true
	case atom.Form:
		g.forms = append(g.forms, n)
	case atom.Input:
		g.inputs = append(g.inputs, n)
	case atom.Iframe, atom.Frame:
		g.frames = append(g.frames, n)
	}
	g.walk(n, inTable)
}

// has reports whether the page's bytes contain one of marks.
func (g *page) has(marks ...string) bool { return markup.Has(g.text, marks...) }

// input is the page's input of that name, or nil.
func (g *page) input(name string) *html.Node {
	for _, n := range g.inputs {
		if markup.Attr(n, "name") == name {
			return n
		}
	}
	return nil
}

// find is the first element below n, in page order, that ok accepts.
func find(n *html.Node, ok func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && ok(d) {
			return d
		}
	}
	return nil
}

func byID(n *html.Node, id string) *html.Node {
	return find(n, func(e *html.Node) bool { return markup.Attr(e, "id") == id })
}

func hasClass(n *html.Node, class string) bool {
	for _, a := range n.Attr {
		if a.Key == "class" {
			for f := range strings.FieldsSeq(a.Val) {
				if f == class {
					return true
				}
			}
		}
	}
	return false
}

// cutLabel parts "发 布 人：张三" at its first colon, of either width.
func cutLabel(s string) (label, value string, ok bool) {
	i := strings.IndexAny(s, ":：")
	if i < 0 {
		return "", "", false
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return markup.Squeeze(s[:i]), markup.Clean(s[i+n:]), true
}
