package kingosoft

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// gradeList is a grade page: its rows and whose they are.
type gradeList struct {
	jwxt.Transcript
	number string // the 学号 on it, "" where it has none
}

// grades reads a grade page: one table, or one for each term below its name.
func (g *jspPage) grades() (gradeList, error) {
	var none gradeList
	w := gradeWalk{list: gradeList{Transcript: jwxt.Transcript{Grades: []jwxt.Grade{}}}}
	w.visit(g.doc)
	if !w.found {
		if !g.isNone() {
			return none, g.refusedOr(opJSPGrades, "this is no grade list")
		}
		w.list.number = labelled(w.aside.String(), "学号")
		return w.list, g.listed(opJSPGrades)
	}
	if err := g.listed(opJSPGrades); err != nil {
		return none, err
	}
	switch {
	case w.unfit:
		return none, jwxt.Fail(jwxt.Changed, opJSPGrades, errors.New("a row does not fit the header"))
	case len(w.list.Grades) == 0 && !g.isNone():
		return none, g.refusedOr(opJSPGrades, "a list without rows that does not say so")
	}
	w.list.number = labelled(w.head.String(), "学号")
	slices.Sort(w.list.UnknownColumns)
	w.list.UnknownColumns = slices.Compact(w.list.UnknownColumns)
	return w.list, nil
}

// gradeWalk goes through a page once, in its order.
type gradeWalk struct {
	list  gradeList
	head  strings.Builder // the text above the first table of grades
	aside strings.Builder // the text since the last one
	term  jwxt.Term       // that the page named last
	found bool
	unfit bool
}

func (w *gradeWalk) visit(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			w.aside.WriteString(c.Data + " ")
		case c.DataAtom == atom.Script || c.DataAtom == atom.Style:
		case c.DataAtom == atom.Table && w.table(c):
		default:
			w.visit(c)
		}
	}
}

// table takes in a table of grades or of totals, and reports whether it is one.
func (w *gradeWalk) table(n *html.Node) bool {
	t, ok := jspGradeTable(n)
	if !ok {
		line := totals(n)
		w.list.Summary = cmp.Or(line, w.list.Summary)
		return line != ""
	}
	w.aside.WriteString(t.above)
	w.found = true
	if !w.list.any() {
		w.head.WriteString(w.aside.String())
	}
	if term := jspTerm(labelled(w.aside.String(), "学年学期")); !term.IsZero() {
		w.term = term
	}
	w.aside.Reset()
	grades, sentence, fits := t.read(w.term)
	w.unfit = w.unfit || !fits
	w.list.Grades = append(w.list.Grades, grades...)
	w.list.UnknownColumns = append(w.list.UnknownColumns, t.unknown()...)
	if sentence != "" && w.list.Summary == "" && !strings.Contains(sentence, nothingHas) {
		w.list.Summary = bounded(sentence)
	}
	return true
}

func (l gradeList) any() bool { return len(l.Grades) > 0 }

// totals reads the table below a list of 有效成绩: by category and, in the last
// row, together. It writes that row as a line.
func totals(n *html.Node) string {
	rows := markup.Rows(n)
	if len(rows) < 2 {
		return ""
	}
	names := markup.Headers(rows[0])
	known := slices.ContainsFunc(names, func(s string) bool {
		return markup.ContainsAny(s, "平均学分绩点", "平均绩点", "平均分", "平均成绩")
	})
	if !known || slices.ContainsFunc(names, isCourse) {
		return ""
	}
	var parts []string
	for i, c := range markup.Cells(rows[len(rows)-1], nil) {
		switch text := markup.Text(c); {
		case text == "" || i >= len(names):
		case i == 0:
			parts = append(parts, text)
		default:
			parts = append(parts, names[i]+" "+text)
		}
	}
	return bounded(strings.Join(parts, "，"))
}
