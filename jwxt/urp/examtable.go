package urp

import (
	"errors"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/plans"
)

// readExamTable reads the list of examinations of an old build, which is the
// second table of its page at some schools.
func readExamTable(p jwxt.Page) (jwxt.ExamList, error) {
	g := readPage(p)
	var tables []*html.Node
	for n := range g.doc.Nodes[0].Descendants() {
		if n.DataAtom == atom.Table {
			tables = append(tables, n)
		}
	}
	t, found := plans.FindExams(tables)
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	if found {
		rows, fits := t.Read()
		if !fits && !g.cut() {
			return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row does not fit the header"))
		}
		out.Exams, out.UnknownColumns = append(out.Exams, rows.Exams...), t.Unknown
	}
	return out, g.trusted(opExams, found, len(out.Exams), "this is no list of examinations")
}
