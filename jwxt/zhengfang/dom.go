package zhengfang

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
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
	if id := strings.ToLower(attr(n, "id")); id != "" && g.ids[id] == nil {
		g.ids[id] = n
	}
	switch n.DataAtom {
	case atom.Title:
		g.title = textOf(n)
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
func (g *page) has(marks ...string) bool {
	for _, m := range marks {
		if bytes.Contains(g.text, []byte(m)) {
			return true
		}
	}
	return false
}

// input is the page's input of that name, or nil.
func (g *page) input(name string) *html.Node {
	for _, n := range g.inputs {
		if attr(n, "name") == name {
			return n
		}
	}
	return nil
}

// hidden are the hidden inputs of the page: __VIEWSTATE and its kin.
func (g *page) hidden() fetch.Form {
	var out fetch.Form
	for _, in := range g.inputs {
		if name := attr(in, "name"); name != "" && strings.EqualFold(attr(in, "type"), "hidden") {
			out = append(out, fetch.Field{Name: name, Value: attr(in, "value")})
		}
	}
	return out
}

// action is where the page's form goes, the page itself where it does not say.
func (g *page) action() string {
	for _, f := range g.forms {
		if a := strings.TrimSpace(attr(f, "action")); a != "" && a != "#" && !strings.HasPrefix(a, "javascript:") {
			return g.address(a)
		}
	}
	return g.address("")
}

// address makes ref absolute against the page where that is known. A browser
// resolves it against the school otherwise.
func (g *page) address(ref string) string {
	ref = g.encoded(ref)
	if g.URL == nil {
		return ref
	}
	u, err := g.URL.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// encoded is ref as a browser sends it from this page.
func (g *page) encoded(ref string) string {
	if ref = strings.TrimSpace(ref); g.gbk {
		return inGBK(ref)
	}
	return ref
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// textOf is the visible text below n with white space collapsed.
func textOf(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return clean(c.Data)
	}
	var s strings.Builder
	addText(&s, n)
	return clean(s.String())
}

func addText(s *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			s.WriteString(c.Data)
		case c.Type == html.ElementNode && c.DataAtom == atom.Br:
			s.WriteByte(' ')
		case c.Type == html.ElementNode && c.DataAtom != atom.Script && c.DataAtom != atom.Style:
			addText(s, c)
		}
	}
}

// clean trims s and makes each run of white space, of any width, one space.
func clean(s string) string {
	if !maybeSpace(s) || !strings.ContainsFunc(s, unicode.IsSpace) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// maybeSpace is false where s surely has no white space: most cells have none,
// and one look at their bytes shows it. Wide spaces begin with these bytes.
func maybeSpace(s string) bool {
	for i := range len(s) {
		if b := s[i]; b <= ' ' || b == 0xC2 || b == 0xE1 || b == 0xE2 || b == 0xE3 {
			return true
		}
	}
	return false
}

// squeeze removes all white space: labels are spaced out for looks.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// rows are the rows of a table, not those of tables within it.
func rows(table *html.Node) []*html.Node {
	var out []*html.Node
	for c := table.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Tr:
			out = append(out, c)
		case atom.Thead, atom.Tbody, atom.Tfoot:
			for r := c.FirstChild; r != nil; r = r.NextSibling {
				if r.DataAtom == atom.Tr {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// cells are a row's cells.
func cells(row *html.Node, out []*html.Node) []*html.Node {
	out = out[:0]
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			out = append(out, c)
		}
	}
	return out
}

// headers are a row's header texts, squeezed; nil for a row of layout.
func headers(row *html.Node) []string {
	var names []string
	for _, c := range cells(row, nil) {
		for d := range c.Descendants() {
			if d.DataAtom == atom.Table {
				return nil
			}
		}
		name := squeeze(textOf(c))
		for range span(c) {
			names = append(names, name)
		}
	}
	return names
}

func span(c *html.Node) int {
	given := attr(c, "colspan")
	if given == "" {
		return 1
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > 64 {
		return 1
	}
	return n
}
