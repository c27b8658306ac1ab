package urp

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

// column is what one header means.
type column struct {
	name    string
	set     func(r row, name, value string) // nil: not of interest
	unknown bool
}

// columnOf tells what a header means. An unknown one goes to Grade.Extra, one
// of a 成绩 to Parts.
func columnOf(name string) column {
	set, known := columns[name]
	switch {
	case known:
		return column{name: name, set: set}
	case strings.HasSuffix(name, "成绩"):
		return column{name: name, set: row.part}
	}
	return column{name: name, set: row.extra, unknown: true}
}

// columns are the known headers.
var columns = map[string]func(r row, name, value string){
	"":      nil,
	"序号":    nil,
	"英文课程名": nil,
	"课程号":   func(r row, _, v string) { r.CourseID = v },
	"课序号":   func(r row, _, v string) { r.seq = v },
	"课程名":   func(r row, _, v string) { r.Course = v },
	"学分":    func(r row, n, v string) { r.decimal(n, v, &r.Credits) },
	"绩点":    func(r row, n, v string) { r.decimal(n, v, &r.Point) },
	"课程属性":  func(r row, _, v string) { r.Attribute = v },
	"课程性质":  func(r row, _, v string) { r.Nature = v },
	"考试类型":  func(r row, _, v string) { r.Assessment = v },
	"成绩":    func(r row, _, v string) { r.Score = v },
	"未通过原因": func(r row, _, v string) { r.Mark = v },
	"考试时间": func(r row, n, v string) {
		r.extra(n, v)
		if r.Term.IsZero() {
			r.Term = termOfExam(v)
		}
	},
	"课程最高分": row.extra,
	"课程最低分": row.extra,
	"课程平均分": row.extra,
	"名次":    row.extra,
}

// readTables reads the grade tables of an old build's page: as many as the
// student has terms, each below an anchor that names its term; one or two
// without a term on other pages. bad is set for the page of failed courses.
func readTables(g *page, bad bool) (gradeList, error) {
	t := tables{bad: bad, fits: true}
	t.walk(g.doc.Nodes[0])
	switch {
	case g.Status != http.StatusOK && g.Status != 0:
	case t.found && g.cut():
		return gradeList{}, jwxt.Fail(jwxt.Unreachable, opGrades, errors.New("the page ends inside a table"))
	case !t.fits:
		return gradeList{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row does not fit the header"))
	case len(t.list.grades) > 0:
		return t.list, nil
	}
	if err := refused(opGrades, g); err != nil {
		return gradeList{}, err
	}
	if t.found || g.has("暂无成绩", "没有成绩", "没有查询到", "暂无数据") {
		return t.list, nil
	}
	return gradeList{}, driver.Unread(opGrades, g.said(), "this is no grade list")
}

// tables are the grade tables of a page, as a walk through it finds them.
type tables struct {
	list        gradeList
	term        jwxt.Term // that the last anchor named
	bad         bool
	found, fits bool
}

func (t *tables) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.FirstChild == nil && c.DataAtom != atom.A:
			continue
		case c.DataAtom == atom.Table:
			if header, below := headerOf(c); header != nil {
				t.found = true
				t.fits = t.list.read(header, below, t.term, t.bad) && t.fits
			}
		case c.DataAtom == atom.A || c.DataAtom == atom.B:
			if named := termOf(first(markup.Attr(c, "name"), ownText(c))); !named.IsZero() {
				t.term = named
			}
		}
		t.walk(c)
	}
}

// cut reports whether the page stops inside its last table, as an answer
// without a length does when the connection breaks.
func (g *page) cut() bool {
	end := bytes.ToLower(g.text[max(bytes.LastIndex(g.text, []byte("<t")), 0):])
	return !bytes.Contains(end, []byte("</table")) && !bytes.Contains(end, []byte("</html"))
}

// headerOf finds the header of a grade table and the rows below. Rows may lie
// inside of thead, and ids are no help: a page has many tables called user.
func headerOf(table *html.Node) (header []column, below []*html.Node) {
	all := rowsOf(table)
	for i, r := range all[:min(len(all), 2)] {
		var names []string
		for _, c := range cells(nil, r, atom.Th) {
			names = append(names, cellText(c))
		}
		if i := slices.Index(names, "总成绩"); i >= 0 && !slices.Contains(names, "成绩") {
			names[i] = "成绩"
		}
		if !slices.Contains(names, "课程名") || !slices.Contains(names, "成绩") {
			continue
		}
		for _, name := range names {
			header = append(header, columnOf(name))
		}
		return header, all[i+1:]
	}
	return nil, nil
}

// read adds a table's rows. It reports false where a row has other columns than
// the header: what stands where is then unknown, and no guess is better than
// none.
func (l *gradeList) read(header []column, below []*html.Node, term jwxt.Term, bad bool) (fits bool) {
	for _, c := range header {
		if c.unknown {
			l.unknown = append(l.unknown, c.name)
		}
	}
	l.grow(len(below))
	var tds []*html.Node
	for _, n := range below {
		tds = cells(tds[:0], n, atom.Td)
		if len(tds) <= 1 && len(header) > 1 {
			continue // a gap, or a sentence
		}
		if len(tds) != len(header) {
			return false
		}
		r := l.next(term)
		for i, c := range header {
			if c.set == nil {
				continue
			}
			if v := cellText(tds[i]); v != "" {
				c.set(r, c.name, v)
			}
		}
		if r.Course == "" {
			return false
		}
		r.finish(bad)
	}
	return true
}

// ownText is the text right below a node, not that of elements within it.
func ownText(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return markup.Clean(b.String())
}

// cellText is the text of a cell, but for that of tables within it, which are
// looked at by themselves.
func cellText(n *html.Node) string {
	if c := n.FirstChild; c != nil && c.NextSibling == nil && c.Type == html.TextNode {
		return markup.Clean(c.Data)
	}
	var b strings.Builder
	addCell(&b, n)
	return markup.Clean(b.String())
}

func addCell(b *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Br:
			b.WriteByte(' ')
		case c.DataAtom != atom.Table && c.DataAtom != atom.Script:
			addCell(b, c)
		}
	}
}

// rowsOf are the rows of a table, not those of tables within it.
func rowsOf(table *html.Node) []*html.Node {
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

// cells adds a row's cells of one kind to out.
func cells(out []*html.Node, row *html.Node, kind atom.Atom) []*html.Node {
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == kind {
			out = append(out, c)
		}
	}
	return out
}
