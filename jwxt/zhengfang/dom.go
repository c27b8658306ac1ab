package zhengfang

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// page is an answer that has been parsed and walked once. The walk notes where
// the few things lie that parsers look for.
type page struct {
	jwxt.Page
	text    []byte // the body as UTF-8
	gbk     bool   // and so are the forms and links of the page
	root    *html.Node
	title   string
	tables  []*html.Node
	forms   []*html.Node
	inputs  []*html.Node
	selects []*html.Node
	links   []*html.Node
	images  []*html.Node
	ids     map[string]*html.Node // by the lower case of id; the first of each
	script  []string
}

// readPage parses p. It never fails: what is no HTML has no tables and no
// forms, and what the HTML parser gives up on is an empty document.
func readPage(p jwxt.Page) *page {
	g := &page{Page: p, text: fetch.Text(p), gbk: fetch.IsGBK(p), ids: map[string]*html.Node{}}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.root = root
	g.walk(root)
	return g
}

func (g *page) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			g.element(c)
		}
	}
}

func (g *page) element(n *html.Node) {
	if id := strings.ToLower(markup.Attr(n, "id")); id != "" && g.ids[id] == nil {
		g.ids[id] = n
	}
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
	case atom.Form:
		g.forms = append(g.forms, n)
	case atom.Input:
		g.inputs = append(g.inputs, n)
	case atom.Select:
		g.selects = append(g.selects, n)
	case atom.A:
		g.links = append(g.links, n)
	case atom.Img:
		g.images = append(g.images, n)
	}
	g.walk(n)
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

// hidden are the hidden inputs of the page: __VIEWSTATE and its kin.
func (g *page) hidden() fetch.Form {
	var out fetch.Form
	for _, in := range g.inputs {
		if name := markup.Attr(in, "name"); name != "" && strings.EqualFold(markup.Attr(in, "type"), "hidden") {
			out = append(out, fetch.Field{Name: name, Value: markup.Attr(in, "value")})
		}
	}
	return out
}

// action is where the page's form goes, the page itself where it does not say.
func (g *page) action() string {
	for _, f := range g.forms {
		if a := strings.TrimSpace(markup.Attr(f, "action")); a != "" && a != "#" && !strings.HasPrefix(a, "javascript:") {
			return g.address(a)
		}
	}
	return g.address("")
}

// address makes ref absolute against the page where that is known. A browser
// resolves it against the school otherwise.
func (g *page) address(ref string) string {
	return markup.Address(g.URL, g.encoded(ref))
}

// encoded is ref as a browser sends it from this page.
func (g *page) encoded(ref string) string {
	if ref = strings.TrimSpace(ref); g.gbk {
		return inGBK(ref)
	}
	return ref
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}
