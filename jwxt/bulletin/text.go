package bulletin

import (
	"slices"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// oneLine makes every run of blanks, full-width and unbreakable ones too, one
// blank, and drops what has no width.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}

// silent are elements whose text nobody sees.
var silent = []atom.Atom{atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Textarea, atom.Select, atom.Iframe}

// isSilent tells whether an element is unseen or hidden by its own style.
func isSilent(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return n.Type == html.CommentNode
	}
	if slices.Contains(silent, n.DataAtom) {
		return true
	}
	style := strings.ReplaceAll(attr(n, "style"), " ", "")
	return strings.Contains(style, "display:none")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// textOf is the text that is seen of a selection, with a blank where a block or
// a line ends.
func textOf(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		writeText(&b, n, nil)
	}
	return b.String()
}

// writeText writes the text below n but for the nodes that skip refuses.
func writeText(b *strings.Builder, n *html.Node, skip func(*html.Node) bool) {
	if isSilent(n) || skip != nil && skip(n) {
		return
	}
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	for c := range n.ChildNodes() {
		writeText(b, c, skip)
	}
	if isBlock(n) {
		b.WriteByte(' ')
	}
}

// blocks begin and end a line.
var blocks = []atom.Atom{
	atom.Address, atom.Article, atom.Blockquote, atom.Br, atom.Center, atom.Dd, atom.Div, atom.Dl, atom.Dt,
	atom.Fieldset, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
	atom.Header, atom.Hr, atom.Li, atom.Main, atom.Ol, atom.P, atom.Pre, atom.Section, atom.Table, atom.Tbody,
	atom.Td, atom.Th, atom.Thead, atom.Tr, atom.Ul,
}

func isBlock(n *html.Node) bool {
	return n.Type == html.ElementNode && slices.Contains(blocks, n.DataAtom)
}

// maxText bounds an article's text; a message shows a part of it.
const maxText = 64 << 10

// paragraphs is the text below n as people read it: paragraphs parted by a
// blank line, a table's row as one line with its cells parted by bars.
func paragraphs(n *html.Node) string {
	w := &textWriter{}
	w.walk(n)
	w.end("\n\n")
	s := strings.TrimSpace(w.out.String())
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return s
}

type textWriter struct {
	out  strings.Builder
	line strings.Builder
	in   bool // within a row
}

func (w *textWriter) walk(n *html.Node) {
	switch {
	case isSilent(n):
		return
	case n.Type == html.TextNode:
		w.line.WriteString(n.Data)
		return
	case n.DataAtom == atom.Tr && !w.in:
		w.tableRow(n)
		return
	case n.DataAtom == atom.Br:
		w.end("\n")
		return
	}
	block := isBlock(n) && !w.in
	if block {
		w.end("\n\n")
	}
	for c := range n.ChildNodes() {
		w.walk(c)
	}
	if block {
		w.end("\n\n")
	}
	if isBlock(n) && w.in {
		w.line.WriteByte(' ')
	}
}

// tableRow writes a row's cells, tables within them flattened.
func (w *textWriter) tableRow(tr *html.Node) {
	w.end("\n")
	w.in = true
	var cells []string
	for c := range tr.ChildNodes() {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		w.walk(c)
		cells = append(cells, oneLine(w.line.String()))
		w.line.Reset()
	}
	w.in = false
	w.line.WriteString(strings.Trim(strings.Join(cells, " | "), " |"))
	w.end("\n")
}

// end closes the line; gap is what parts it from the next.
func (w *textWriter) end(gap string) {
	if w.in {
		w.line.WriteByte(' ')
		return
	}
	line := oneLine(w.line.String())
	w.line.Reset()
	if line != "" && w.out.Len() <= maxText {
		w.out.WriteString(line)
		w.out.WriteString(gap)
		return
	}
	// An empty block still ends the paragraph before it.
	if gap == "\n\n" && w.out.Len() > 0 {
		if s := w.out.String(); !strings.HasSuffix(s, "\n\n") {
			w.out.WriteByte('\n')
		}
	}
}
