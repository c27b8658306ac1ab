package qiangzhi

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
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
			if s := clean(c.Data); s != "" {
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

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
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
	return find(n, func(e *html.Node) bool { return attr(e, "id") == id })
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
	if !maybeSpace(s) {
		return s
	}
	s = strings.TrimFunc(s, unicode.IsSpace)
	if !strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) && !strings.Contains(s, "  ") {
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

// squeeze removes all white space: header cells and labels are spaced out for
// looks.
func squeeze(s string) string {
	if !maybeSpace(s) || !strings.ContainsFunc(s, unicode.IsSpace) {
		return s
	}
	return strings.Join(strings.Fields(s), "")
}

// cutLabel parts "发 布 人：张三" at its first colon, of either width.
func cutLabel(s string) (label, value string, ok bool) {
	i := strings.IndexAny(s, ":：")
	if i < 0 {
		return "", "", false
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	return squeeze(s[:i]), clean(s[i+n:]), true
}

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
