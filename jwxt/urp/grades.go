package urp

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/marks"
)

const opGrades = "urp: grades"

// Grades implements [jwxt.GradeReader]. On an old build it costs four requests:
// the student's record and three lists. On a new one it costs two for each of
// three lists, the page and its data, or two with the option grades = "terms";
// and one more where no row tells whose it is.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	v, err := open(c)
	if err != nil {
		return jwxt.Transcript{}, err
	}
	return driver.Read(v.Conn, func() (jwxt.Transcript, error) {
		var l gradeList
		var err error
		switch {
		case v.gbk:
			l, err = v.oldGrades(ctx)
		case v.Conn.School.Options["grades"] == "terms":
			l, err = v.allTerms(ctx)
		default:
			l, err = v.newGrades(ctx)
		}
		if err != nil {
			return jwxt.Transcript{}, err
		}
		return l.transcript(t), nil
	})
}

// oldGrades reads the lists of an old build. This term's is of 20 rows unless
// asked for more.
func (v *visit) oldGrades(ctx context.Context) (gradeList, error) {
	if err := v.owned(ctx, opGrades); err != nil {
		return gradeList{}, err
	}
	var lists [3]gradeList
	for i, address := range [...]string{
		"/gradeLnAllAction.do?type=ln&oper=qbinfo", "/gradeLnAllAction.do?type=ln&oper=bjg", "/bxqcjcxAction.do?pageSize=100",
	} {
		p, err := v.send(ctx, opGrades, fetch.Request{URL: v.path(address)})
		if err != nil {
			return gradeList{}, err
		}
		if lists[i], err = readTables(readPage(p), i == 1); err != nil {
			return gradeList{}, err
		}
	}
	return join(lists[0], lists[1], lists[2]), nil
}

// view is one list of a new build.
type view struct{ page, data string }

const scoreQuery = "/student/integratedQuery/scoreQuery/"

var (
	passedView   = view{"allPassingScores/index", "allPassingScores/callback"}
	failedView   = view{"unpassedScores/index", "unpassed/scores/callback"}
	thisTermView = view{"thisTermScores/index", "thisTermScores/data"}
	allTermsView = view{"allTermScores/index", "allTermScores/data"}
)

func (v *visit) newGrades(ctx context.Context) (gradeList, error) {
	var lists [3]gradeList
	for i, w := range [...]view{passedView, failedView, thisTermView} {
		l, err := v.list(ctx, w, nil, i == 1)
		if err != nil {
			return gradeList{}, err
		}
		lists[i] = l.gradeList
	}
	all := join(lists[0], lists[1], lists[2])
	return all, v.sameRows(ctx, all)
}

// sameRows drops a session whose rows are another student's. Where no row tells,
// the student's record is asked.
func (v *visit) sameRows(ctx context.Context, l gradeList) error {
	told := false
	for _, k := range l.keys {
		if err := v.Same(opGrades, k.student); err != nil {
			return err
		}
		told = told || k.student != ""
	}
	if told {
		return nil
	}
	return v.owned(ctx, opGrades)
}

const (
	pageSize = 300 // of the list of all terms
	maxPages = 10
)

// allTerms reads the list of all terms, page after page until all rows are
// there.
func (v *visit) allTerms(ctx context.Context) (gradeList, error) {
	var all gradeList
	for n := 1; n <= maxPages; n++ {
		form := fetch.Form{{Name: "zxjxjhh"}, {Name: "kch"}, {Name: "kcm"},
			{Name: "pageNum", Value: strconv.Itoa(n)}, {Name: "pageSize", Value: strconv.Itoa(pageSize)}}
		l, err := v.list(ctx, allTermsView, form, false)
		if err != nil {
			return gradeList{}, err
		}
		if n > 1 && len(l.keys) > 0 && sameRow(l.row(0), all.row(0)) {
			break
		}
		all.add(l.gradeList)
		if len(all.keys) >= l.total {
			return all, v.sameRows(ctx, all)
		}
		if len(l.keys) == 0 {
			break
		}
	}
	return gradeList{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list is shorter than it says"))
}

// list opens a list's page and fetches its data. A page whose token is not
// taken is read anew once.
func (v *visit) list(ctx context.Context, w view, form fetch.Form, bad bool) (jsonList, error) {
	for try := 0; ; try++ {
		p, err := v.data(ctx, opGrades, w, form)
		if err != nil {
			return jsonList{}, err
		}
		l, err := readJSON(p, bad)
		if try > 0 || !errors.Is(err, errToken) {
			return l, err
		}
	}
}

// data fetches what a page's script would: the page names the address, which
// has a part of its own for each time the page is opened in later builds.
func (v *visit) data(ctx context.Context, op string, w view, form fetch.Form) (jwxt.Page, error) {
	index := v.path(scoreQuery + w.page)
	p, err := v.send(ctx, op, fetch.Request{URL: index})
	if err != nil {
		return p, err
	}
	address, form, err := readIndex(op, p, w, form)
	if err != nil {
		return p, err
	}
	return v.send(ctx, op, fetch.Request{URL: address, Post: form != nil, Form: form, AJAX: true, Referer: index})
}

const tokenField = "tokenValue"

// readIndex finds the address of a page's data, and adds the page's token to a
// form that goes there.
func readIndex(op string, p jwxt.Page, w view, form fetch.Form) (string, fetch.Form, error) {
	g := readPage(p)
	m := regexp.MustCompile(`["']([^"'\s]*` + scoreQuery + `(?:[^"'/\s]+/)?` + regexp.QuoteMeta(w.data) + `)["'?]`).FindSubmatch(g.text)
	if m == nil || p.Status != http.StatusOK {
		if err := refused(op, g); err != nil {
			return "", nil, err
		}
		return "", nil, driver.Unread(op, g.said(), "the page does not say where its data are")
	}
	if token := g.doc.Find(`input[name="`+tokenField+`"]`).First().AttrOr("value", ""); token != "" && form != nil {
		form = form.Set(tokenField, token)
	}
	return string(m[1]), form, nil
}

// join puts this term's rows to those of passed and failed courses: what is on
// both lists is one row, with what either knows.
func join(passed, failed, now gradeList) gradeList {
	term := commonTerm(passed, now)
	var all gradeList
	all.add(passed)
	all.add(failed)
	all.unknown = append(all.unknown, now.unknown...)
	for i := range now.keys {
		r := now.row(i)
		if r.Term.IsZero() {
			r.Term = term
		}
		if o, known := all.find(r); known {
			o.take(r)
			continue
		}
		all.grades, all.keys = append(all.grades, *r.Grade), append(all.keys, *r.key)
	}
	return all
}

// find is the row that shows the same grade as one of this term's list.
func (l *gradeList) find(now row) (row, bool) {
	for i := range l.keys {
		if o := l.row(i); sameGrade(o, now) {
			return o, true
		}
	}
	return row{}, false
}

// commonTerm is the term of this term's rows, if their list does not tell it:
// the latest in which one of them was passed.
func commonTerm(passed, now gradeList) jwxt.Term {
	var t jwxt.Term
	for i := range now.keys {
		for j := range passed.keys {
			r, o := now.row(i), passed.row(j)
			if sameCourse(o, r) && marks.SameScore(o.Score, r.Score) && o.Term.Compare(t) > 0 {
				t = o.Term
			}
		}
	}
	return t
}

// sameCourse reports whether two rows may be of one course in one term. A row
// that names no term is of any.
func sameCourse(a, b row) bool {
	return a.CourseID == b.CourseID && a.seq == b.seq && (a.Term == b.Term || a.Term.IsZero() || b.Term.IsZero())
}

// sameGrade reports whether two lists show one and the same grade: now is this
// term's. One list may have a word where the other has a number; two numbers
// are an examination and its resit.
func sameGrade(o, now row) bool {
	if !sameCourse(o, now) {
		return false
	}
	oneTerm := !o.Term.IsZero() && o.Term == now.Term
	return marks.SameScore(o.Score, now.Score) || oneTerm && !(isNumber(o.Score) && isNumber(now.Score))
}

func sameRow(a, b row) bool {
	return sameCourse(a, b) && a.Course == b.Course && a.Score == b.Score && a.Detail == b.Detail
}

// take adds what another list knows of the same grade.
func (r row) take(o row) {
	if r.Term.IsZero() {
		r.Term = o.Term
	}
	r.Detail, r.student = first(r.Detail, o.Detail), first(r.student, o.student)
	if r.Score == "" {
		r.Mark = first(r.Mark, o.Mark)
	}
	if !r.Point.Valid() {
		r.Point = o.Point
	}
	for k, v := range o.Extra {
		r.extra(k, v)
	}
}

// transcript is the rows of a term, or all of them.
func (l gradeList) transcript(t jwxt.Term) jwxt.Transcript {
	out := jwxt.Transcript{Grades: l.grades}
	if !t.IsZero() {
		out.Grades = slices.DeleteFunc(l.grades, func(g jwxt.Grade) bool { return g.Term != t })
	}
	if out.Grades == nil {
		out.Grades = []jwxt.Grade{}
	}
	slices.Sort(l.unknown)
	out.UnknownColumns = slices.Compact(l.unknown)
	return out
}
