package zhengfang

import (
	"bytes"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

// gradeTable is a table whose header is one of grades.
type gradeTable struct {
	node    *html.Node
	header  int // index of the header row
	columns []column
	unknown []string
	term    jwxt.Term // of rows without a term of their own
}

// readGrades reads the answer of the grade page: the grades, and whose they are
// where the page tells. A table that is nothing but its header is how this
// system says that there are none; before that, an alert has its say.
func readGrades(g *page) (t jwxt.Transcript, who jwxt.Student, err error) {
	table, found := g.findGrades()
	if !found || g.Status != http.StatusOK {
		if err := refused(opGrades, g); err != nil {
			return t, who, err
		}
		return t, who, driver.Unread(opGrades, g.said(), "this is no grade list")
	}
	grades, fits := table.read()
	switch {
	case g.cut(table.node):
		return t, who, jwxt.Fail(jwxt.Unreachable, opGrades, errors.New("the page ends inside the table"))
	case !fits:
		return t, who, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row does not fit the header"))
	case len(grades) == 0:
		if err := denied(opGrades, g.alerted()); err != nil {
			return t, who, err
		}
	}
	about := g.around(table.node)
	t = jwxt.Transcript{Grades: grades, Summary: summary(about), UnknownColumns: table.unknown}
	return t, owner(about), nil
}

// findGrades is the table with a course and a score in its header: the one
// called Datagrid1, in whatever case, or else the first. The page has others,
// of credits and of courses not passed.
func (g *page) findGrades() (gradeTable, bool) {
	tables := g.tables
	if n := g.ids["datagrid1"]; n != nil {
		tables = append([]*html.Node{n}, tables...)
	}
	for _, n := range tables {
		rs := markup.Rows(n)
		for i, r := range rs[:min(len(rs), 3)] {
			names := markup.Headers(r)
			if slices.Contains(names, "课程名称") && slices.Contains(names, "成绩") {
				return g.newTable(n, i, names), true
			}
		}
	}
	return gradeTable{}, false
}

func (g *page) newTable(n *html.Node, header int, names []string) gradeTable {
	t := gradeTable{node: n, header: header}
	for _, name := range names {
		c := columnOf(name)
		if c.unknown {
			t.unknown = append(t.unknown, name)
		}
		t.columns = append(t.columns, c)
	}
	year, part := g.choice(yearField).chosen, g.choice(partField).chosen
	if term, err := jwxt.ParseTerm(year + "-" + part); err == nil && year != "" {
		t.term = term // the page of one term has no columns for it
	}
	return t
}

// read reads the rows below the header. fits is false where a row has other
// columns than the header: what stands where is then unknown, and no guess is
// better than none. Rows without any text are there for their looks.
func (t gradeTable) read() (grades []jwxt.Grade, fits bool) {
	below := markup.Rows(t.node)[t.header+1:]
	grades = make([]jwxt.Grade, 0, len(below))
	var tds []*html.Node
	for _, r := range below {
		if tds = markup.Cells(r, tds); isBlank(tds) {
			continue
		}
		row, ok := t.row(tds)
		if !ok {
			return nil, false
		}
		grades = append(grades, row.grades(t.term)...)
	}
	return grades, true
}

func isBlank(tds []*html.Node) bool {
	return !slices.ContainsFunc(tds, func(td *html.Node) bool { return markup.Text(td) != "" })
}

func (t gradeTable) row(tds []*html.Node) (gradeRow, bool) {
	var row gradeRow
	i := 0
	for _, td := range tds {
		if i >= len(t.columns) {
			return row, false
		}
		col := t.columns[i]
		i += markup.Span(td)
		if text := markup.Text(td); text != "" && col.set != nil {
			col.set(&row, col.name, text)
		}
	}
	return row, i == len(t.columns) && row.Course != ""
}

// cut reports whether the page stops inside the table, as an answer without a
// length does when the connection breaks.
func (g *page) cut(table *html.Node) bool {
	end := g.text[max(bytes.LastIndex(g.text, []byte("<td")), 0):]
	return table.NextSibling == nil && !bytes.Contains(bytes.ToLower(end), []byte("</table"))
}

// around is the page's text outside of a table, a line for each piece of it.
func (g *page) around(table *html.Node) string {
	var b strings.Builder
	var add func(*html.Node)
	add = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c == table || c.Data == "script" || c.Data == "style" || c.Data == "select":
			case c.Type == html.TextNode:
				if s := markup.Clean(c.Data); s != "" {
					b.WriteString(s + "\n")
				}
			default:
				add(c)
			}
		}
	}
	add(g.root)
	return b.String()
}

var ownerText = regexp.MustCompile(`学\s*号\s*[:：]\s*([0-9A-Za-z*]{4,20})`)

// owner is who the text says the grades are of: 学号：2020000001. A number of
// which a part is hidden tells nobody.
func owner(text string) (s jwxt.Student) {
	if m := ownerText.FindStringSubmatch(text); m != nil && !strings.Contains(m[1], "*") {
		s.Number = m[1]
	}
	return s
}

// summary is the school's lines of totals.
func summary(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if markup.ContainsAny(line, "所选学分", "获得学分", "平均学分绩点") {
			out = append(out, line)
		}
	}
	return markup.Bounded(strings.Join(out, " "))
}
