package qiangzhi

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// cell is one cell of a grade row.
type cell struct {
	text string
	link string // address that a click opens, "" for none
	red  bool   // the school's way to mark a failure
}

// gradeTable is a table whose header is one of grades.
type gradeTable struct {
	node    *html.Node
	header  int // index of the header row
	columns []column
	unknown []string
}

// column is what one header means.
type column struct {
	name    string
	set     func(*jwxt.Grade, string, cell) // nil: not of interest
	link    bool                            // its link and colour matter
	unknown bool
}

// findGrades is the first table of the page with a course and a score in its
// header. Ids are no help: some pages have two tables called dataList.
func (g *page) findGrades() (gradeTable, bool) {
	for _, n := range g.tables {
		rs := markup.Rows(n)
		for i, r := range rs[:min(len(rs), 3)] {
			names := markup.Headers(r)
			if slices.Contains(names, "课程名称") && (slices.Contains(names, "成绩") || slices.Contains(names, "总成绩")) {
				return newGradeTable(n, i, names), true
			}
		}
	}
	return gradeTable{}, false
}

func newGradeTable(n *html.Node, header int, names []string) gradeTable {
	t := gradeTable{node: n, header: header}
	for _, name := range names {
		c := columnOf(name)
		if name == "总成绩" && !slices.Contains(names, "成绩") {
			c = columnOf("成绩")
		}
		if c.unknown {
			t.unknown = append(t.unknown, name)
		}
		t.columns = append(t.columns, c)
	}
	return t
}

// read reads the rows below the header. Sentences are rows of a single cell.
// fits is false where a row has other columns than the header: what stands
// where is then unknown, and no guess is better than none.
func (t gradeTable) read() (grades []jwxt.Grade, sentence string, fits bool) {
	var tds []*html.Node
	below := markup.Rows(t.node)[t.header+1:]
	grades = make([]jwxt.Grade, 0, len(below))
	for _, r := range below {
		tds = markup.Cells(r, tds)
		switch {
		case len(tds) == 0:
		case len(tds) == 1 && len(t.columns) > 1:
			sentence = markup.Text(tds[0])
		default:
			g, ok := t.row(tds)
			if !ok {
				return nil, "", false
			}
			grades = append(grades, g)
		}
	}
	return grades, sentence, true
}

func (t gradeTable) row(tds []*html.Node) (jwxt.Grade, bool) {
	var g jwxt.Grade
	i, red := 0, false
	for _, td := range tds {
		if i >= len(t.columns) {
			return g, false
		}
		col := t.columns[i]
		i += markup.Span(td)
		if col.set == nil {
			continue
		}
		c := cell{text: markup.Text(td)}
		if col.link {
			c.link, c.red = linkOf(td), isRed(td)
			red = red || c.red
		}
		if c.text != "" || c.link != "" {
			col.set(&g, col.name, c)
		}
	}
	finish(&g, red)
	return g, i == len(t.columns) && g.Course != ""
}

// linkOf is the address that a click in the cell opens: the quoted one of a
// script's call, or the link itself.
func linkOf(td *html.Node) string {
	a := find(td, func(n *html.Node) bool { return n.DataAtom == atom.A })
	if a == nil {
		return ""
	}
	href := markup.Attr(a, "href")
	for _, s := range []string{href, markup.Attr(a, "onclick")} {
		if q := quoted(s); strings.Contains(q, "?") {
			return q
		}
	}
	if strings.HasPrefix(href, "javascript:") || strings.HasPrefix(href, "#") {
		return ""
	}
	return href
}

// quoted is the first quoted string of a script.
func quoted(s string) string {
	i := strings.IndexAny(s, `'"`)
	if i < 0 {
		return ""
	}
	q, _, ok := strings.Cut(s[i+1:], s[i:i+1])
	if !ok {
		return ""
	}
	return q
}

func isRed(td *html.Node) bool {
	if redStyle(td) {
		return true
	}
	return find(td, redStyle) != nil
}

func redStyle(n *html.Node) bool {
	if n.DataAtom == atom.Font && strings.EqualFold(markup.Attr(n, "color"), "red") {
		return true
	}
	s := markup.Attr(n, "style")
	return strings.Contains(s, "red") && strings.Contains(markup.Squeeze(s), "color:red")
}
