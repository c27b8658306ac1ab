package kingosoft

import (
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

// grades reads a list of marks: tables, or the pictures that stand in their
// place. Three shapes are known. 有效成绩 of all terms is one table whose first
// column names the term in its first row only; 原始成绩 has for each term a
// heading, a header and a body, each a table of its own; the list of a term has
// the student, the term and the header above its rows.
func (g *aspxPage) grades() (jwxt.Transcript, []aspxDrawing, error) {
	r := aspxReader{}
	for _, table := range g.doc.Find("table").Nodes {
		if !r.read(table) {
			return jwxt.Transcript{}, nil, g.shifted()
		}
	}
	drawings := g.drawings()
	out := jwxt.Transcript{Grades: r.grades, Summary: markup.Bounded(strings.Join(r.lines, " ")), UnknownColumns: r.unknown()}
	switch {
	case g.Status != http.StatusOK:
		return jwxt.Transcript{}, nil, g.refused(aspxOpGrades, "this is no grade list")
	case len(r.grades) > 0 && g.cut():
		return jwxt.Transcript{}, nil, jwxt.Fail(jwxt.Unreachable, aspxOpGrades, errors.New("the page ends inside the table"))
	case len(r.grades) > 0:
		return out, drawings, nil
	case len(drawings) > 0:
		return jwxt.Transcript{Grades: []jwxt.Grade{}}, drawings, nil
	case g.saysNone(), r.columns != nil && !g.cut():
		return jwxt.Transcript{Grades: []jwxt.Grade{}}, nil, nil
	}
	return jwxt.Transcript{}, nil, g.refused(aspxOpGrades, "this is no grade list")
}

// aspxNone is how a list may say that it is empty; the first is the sentence of
// the maker's newer system. That a header without rows is one is supposed.
var aspxNone = regexp.MustCompile(`没有检索到|没有(?:任何|符合条件的|相关)?的?(?:记录|数据|成绩)|暂无(?:记录|数据|成绩)`)

// saysNone reports whether the page, and not a script of its, says so.
func (g *aspxPage) saysNone() bool {
	return !g.isLogin() && aspxNone.MatchString(aspxText(g.doc.Find("body")))
}

func (g *aspxPage) shifted() error {
	if g.cut() {
		return jwxt.Fail(jwxt.Unreachable, aspxOpGrades, errors.New("the page ends inside the table"))
	}
	return jwxt.Fail(jwxt.Changed, aspxOpGrades, errors.New("a row does not fit the header"))
}

func (g *aspxPage) cut() bool { return endsInTable(g.text) }

// aspxReader reads the tables of a page in order.
type aspxReader struct {
	columns []aspxColumn // of the last header
	bare    bool         // the last header stood alone in its table
	heading jwxt.Term    // of the last heading
	grades  []jwxt.Grade
	lines   []string // of the school's totals
	strange []string
}

// read reads a table. It reports false where a row does not fit the header above
// it. A table that has no header and does not fit is another one, unless its
// header stood in a table of its own just before.
func (r *aspxReader) read(table *html.Node) bool {
	own, other := false, false
	var last jwxt.Term
	var tds []*html.Node
	for _, tr := range markup.Rows(table) {
		names := markup.Headers(tr)
		tds = markup.Cells(tr, tds)
		switch {
		case names == nil: // a row of layout, or of nothing
			continue
		case aspxIsHeader(names):
			r.header(names)
			own, r.bare, other = true, true, false
			continue
		case len(tds) == 1, aspxTotals.MatchString(markup.Text(tds[0])):
			r.line(markup.Text(tr))
			continue
		case other, r.columns == nil, !own && !r.bare && len(names) != len(r.columns):
			other = true // until a header comes
			continue
		}
		g, ok := r.row(tds, &last)
		if !ok {
			return false
		}
		r.bare = false
		r.grades = append(r.grades, g)
	}
	return true
}

// aspxTotals begins a row that is no course.
var aspxTotals = regexp.MustCompile(`^(?:总计|汇总|合计|小计|(?:加权)?平均)`)

// line takes the heading of a term, or a line of totals below some marks.
func (r *aspxReader) line(text string) {
	if t, ok := aspxTerm(text); ok && !strings.Contains(text, "学分") {
		r.heading = t
	} else if len(r.grades) > 0 && strings.Contains(text, "学分") {
		r.lines = append(r.lines, text)
	}
}

var aspxTermText = regexp.MustCompile(`(\d{4})\s*[-–—]\s*(\d{4})\s*学年\s*第?\s*([一二三123])\s*学期`)

// aspxTerm finds a term in a heading or a cell.
func aspxTerm(text string) (jwxt.Term, bool) {
	if m := aspxTermText.FindString(text); m != "" {
		t, err := jwxt.ParseTerm(markup.Squeeze(m))
		return t, err == nil
	}
	if m := aspxXNXQ.FindStringSubmatch(text); m != nil {
		return aspxTermOf(m[1], m[2]), true
	}
	return jwxt.Term{}, false
}

// row reads a row. One without a term is of the term of the row above it, or of
// the heading above its table.
func (r *aspxReader) row(tds []*html.Node, last *jwxt.Term) (jwxt.Grade, bool) {
	var g jwxt.Grade
	i := 0
	for _, td := range tds {
		if i >= len(r.columns) {
			return g, false
		}
		c := r.columns[i]
		i += markup.Span(td)
		if text := markup.Text(td); c.set != nil && text != "" {
			c.set(&g, c.name, text)
		}
	}
	if g.Term.IsZero() {
		g.Term = *last
	}
	*last = g.Term
	if g.Term.IsZero() {
		g.Term = r.heading
	}
	aspxFinish(&g)
	return g, i == len(r.columns) && g.Course != ""
}

func (r *aspxReader) header(names []string) {
	r.columns = r.columns[:0]
	for _, name := range names {
		c := aspxColumnOf(name)
		if c.unknown {
			r.strange = append(r.strange, name)
		}
		r.columns = append(r.columns, c)
	}
}

// unknown are the headers without a meaning here.
func (r *aspxReader) unknown() []string {
	slices.Sort(r.strange)
	return slices.Compact(r.strange)
}

// parseASPXGrades is what ParsePage tells of a list: pictures without an image
// are those that would have to be fetched.
func parseASPXGrades(g *aspxPage) (any, error) {
	out, drawings, err := g.grades()
	for _, d := range drawings {
		out.Pictures = append(out.Pictures, jwxt.Picture{Term: d.term})
	}
	return driver.Any(out, err)
}
