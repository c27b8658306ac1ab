package supwisdom

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// readTables reads a grade page in HTML: the grid of EAMS with its summary, or
// the tables of an older EAMS5, each under the heading of its term.
func readTables(g *page) (jwxt.Transcript, error) {
	var out jwxt.Transcript
	found, courses := false, 0
	var heading jwxt.Term
	var sentences []string
	for _, n := range headed(nil, g.doc.Nodes[0]) {
		if n.DataAtom != atom.Table {
			heading, _ = termOf(markup.Text(n))
			continue
		}
		if line, count := totals(n); line != "" {
			out.Summary, courses = line, count
			continue
		}
		t, ok := gradeTable(n)
		if !ok {
			t, ok = sheetTable(n)
		}
		if !ok {
			continue
		}
		found = true
		grades, sentence, fits := t.read()
		if !fits && !g.cut() {
			return jwxt.Transcript{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row does not fit the header"))
		}
		for i := range grades {
			if grades[i].Term.IsZero() {
				grades[i].Term = heading
			}
		}
		if out.Grades == nil {
			out.Grades = grades
		} else {
			out.Grades = append(out.Grades, grades...)
		}
		out.UnknownColumns = append(out.UnknownColumns, t.unknown()...)
		if sentence != "" {
			sentences = append(sentences, sentence)
		}
	}
	return g.judged(out, found, courses, strings.Join(sentences, " "))
}

// headed are the tables and headings below n, in the page's order, added to out.
func headed(out []*html.Node, n *html.Node) []*html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.H2, atom.H3, atom.H4, atom.Table:
			out = append(out, c)
		}
		if c.FirstChild != nil {
			out = headed(out, c)
		}
	}
	return out
}

// judged is a list that may be trusted, or why there is none.
func (g *page) judged(out jwxt.Transcript, found bool, courses int, sentence string) (jwxt.Transcript, error) {
	var none jwxt.Transcript
	switch {
	case !found || g.Status != http.StatusOK:
		return none, refusedOr(opGrades, g, "this is no grade list")
	case g.cut():
		return none, jwxt.Fail(jwxt.Unreachable, opGrades, errors.New("the page ends inside the table"))
	case len(out.Grades) == 0 && courses > 0:
		return none, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list is shorter than its summary says"))
	case len(out.Grades) == 0:
		if err := spoken(opGrades, markup.Bounded(sentence)); err != nil {
			return none, err
		}
	case out.Summary == "":
		out.Summary = markup.Bounded(sentence)
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return out, nil
}

// cut reports whether the page stops inside its last table.
func (g *page) cut() bool {
	end := g.text[max(bytes.LastIndex(g.text, []byte("<td")), 0):]
	end = end[max(bytes.LastIndex(end, []byte("<th")), 0):]
	return !bytes.Contains(end, []byte("</table")) && !bytes.Contains(end, []byte("</html"))
}

// totals reads the summary of EAMS: a row 在校汇总 below 学年度 学期 门数 …. It
// writes that row as a line, and tells how many courses it counts.
func totals(n *html.Node) (line string, courses int) {
	rs := markup.Rows(n)
	if len(rs) == 0 {
		return "", 0
	}
	names := markup.Headers(rs[0])
	if !slices.Contains(names, "门数") {
		return "", 0
	}
	for _, r := range rs[1:] {
		tds := markup.Cells(r, nil)
		if len(tds) == 0 || !strings.Contains(markup.Text(tds[0]), "汇总") {
			continue
		}
		parts := []string{markup.Text(tds[0])}
		i := markup.Span(tds[0])
		for _, td := range tds[1:] {
			if i >= len(names) {
				break
			}
			parts = append(parts, names[i]+" "+markup.Text(td))
			if names[i] == "门数" {
				courses, _ = strconv.Atoi(markup.Text(td))
			}
			i += markup.Span(td)
		}
		return markup.Bounded(strings.Join(parts, "，")), courses
	}
	return "", 0
}

// sheetTable is a table of an older EAMS5 whose header is not understood, by
// the places of its columns as its clients know them.
func sheetTable(n *html.Node) (t table, ok bool) {
	if !goquery.NewDocumentFromNode(n).HasClass("student-grade-table") {
		return t, false
	}
	for _, name := range []string{"课程名称", "课程代码", "学分", "绩点", "成绩", "成绩明细"} {
		t.columns = append(t.columns, columnOf(name))
	}
	for _, r := range markup.Rows(n) {
		if tds := markup.Cells(r, nil); len(tds) > 0 && tds[0].DataAtom == atom.Td {
			t.rows = append(t.rows, r)
		}
	}
	return t, true
}
