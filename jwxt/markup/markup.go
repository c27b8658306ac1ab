// Package markup reads what schools' pages are made of: text without the
// blanks of its layout, tables by their header, and JSON whose numbers may be
// strings. It knows no vendor.
package markup

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Clean joins the words of s with single blanks.
func Clean(s string) string {
	if !maybeSpace(s) {
		return s
	}
	s = strings.TrimSpace(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// maybeSpace reports whether s may hold blanks. Beyond ASCII these begin with
// the bytes C2, E1, E2 or E3, which few Chinese characters do.
func maybeSpace(s string) bool {
	for i := range len(s) {
		if b := s[i]; b <= ' ' || b == 0xC2 || b == 0xE1 || b == 0xE2 || b == 0xE3 {
			return true
		}
	}
	return false
}

// Squeeze takes all blanks out of s, for headers that are set apart by them.
func Squeeze(s string) string {
	if !maybeSpace(s) || !strings.ContainsFunc(s, unicode.IsSpace) {
		return s
	}
	return strings.Join(strings.Fields(s), "")
}

// maxJoined is more than any remark has, in bytes.
const maxJoined = 2000

// Join puts more behind a text, with a blank between them; behind one that is
// longer than any remark it puts nothing.
func Join(text, more string) string {
	if len(text) > maxJoined {
		return text
	}
	return Clean(text + " " + more)
}

// MaxSaid is how many characters of a school's words are quoted.
const MaxSaid = 200

// Bounded cuts a school's words to what a message can quote.
func Bounded(s string) string {
	if len(s) <= MaxSaid || utf8.RuneCountInString(s) <= MaxSaid {
		return s
	}
	return string([]rune(s)[:MaxSaid]) + "…"
}

// Has reports whether one of the marks stands in text.
func Has(text []byte, marks ...string) bool {
	for _, m := range marks {
		if bytes.Contains(text, []byte(m)) {
			return true
		}
	}
	return false
}

// ContainsAny reports whether s holds one of the words.
func ContainsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// Address makes an address that stands on a page absolute. What cannot be read
// stays as it is.
func Address(page *url.URL, ref string) string {
	if page == nil {
		return ref
	}
	u, err := page.Parse(strings.TrimSpace(ref))
	if err != nil {
		return ref
	}
	return u.String()
}

// Text is the cleaned text below n. A line break parts words; scripts and
// styles have no text.
func Text(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return Clean(c.Data)
	}
	var s strings.Builder
	addText(&s, n)
	return Clean(s.String())
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

// Attr is an attribute's value, "" where n has none such.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Rows are the rows of a table without those of tables inside it.
func Rows(table *html.Node) []*html.Node {
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

// Cells are the td and th of a row, in out's memory.
func Cells(row *html.Node, out []*html.Node) []*html.Node {
	out = out[:0]
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			out = append(out, c)
		}
	}
	return out
}

// maxColumns is more than any table has.
const maxColumns = 128

// Headers are the texts of a header row, one for each column, without blanks.
// A row that holds a table is none, nor is one of more columns than any table
// has: nil.
func Headers(row *html.Node) []string {
	var names []string
	for _, c := range Cells(row, nil) {
		if HoldsTable(c) {
			return nil
		}
		name := Squeeze(Text(c))
		for range Span(c) {
			names = append(names, name)
		}
		if len(names) > maxColumns {
			return nil
		}
	}
	return names
}

// HoldsTable reports whether there is a table below n.
func HoldsTable(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Table || HoldsTable(c) {
			return true
		}
	}
	return false
}

// Span is how many columns a cell takes.
func Span(c *html.Node) int {
	given := Attr(c, "colspan")
	if given == "" {
		return 1
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > 64 {
		return 1
	}
	return n
}

// IsJSON reports whether text begins as a JSON object or list.
func IsJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// Loose is a JSON string, or a number or truth value as it was written;
// "" for null and for what is nested.
type Loose string

// UnmarshalJSON implements json.Unmarshaler.
func (l *Loose) UnmarshalJSON(b []byte) error {
	*l = ""
	switch b[0] {
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*l = Loose(Clean(s))
	case '{', '[', 'n':
	default:
		*l = Loose(b)
	}
	return nil
}

// Found are those of the marks that stand in text.
func Found(text []byte, marks ...string) (found []string) {
	for _, m := range marks {
		if bytes.Contains(text, []byte(m)) {
			found = append(found, m)
		}
	}
	return found
}

// Path is the path of an address that stands on a page.
func Path(page *url.URL, ref string) string {
	u, err := url.Parse(Address(page, ref))
	if err != nil {
		return ""
	}
	return u.Path
}
