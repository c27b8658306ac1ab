package jwglxt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const (
	opGrades = "jwglxt: grades"

	pageSize = 100 // what the vendor's own page asks for at most
	maxPages = 20

	usualGrades = "/cjcx/cjcx_cxDgXscj.html?gnmkdm=N305005"
)

// Grades implements [jwxt.GradeReader]. It costs one request, one more for each
// hundred rows beyond the first, and one more for an empty list: 评教 that is
// missing empties it without a word.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.Transcript, error) {
		out, err := v.grades(ctx, t)
		if err == nil && len(out.Grades) == 0 {
			err = v.evaluated(ctx)
		}
		return out, err
	})
}

// grades reads page after page until all rows are there.
func (v *visit) grades(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	address := v.gradeList()
	all := jwxt.Transcript{Grades: []jwxt.Grade{}}
	rows := 0
	for n := 1; n <= maxPages; n++ {
		l, err := v.list(ctx, opGrades, address, query(asked(t), n, pageSize, " ", "asc"))
		if err != nil {
			return all, err
		}
		part, err := l.transcript()
		if err != nil {
			return all, err
		}
		if err := v.sameRows(opGrades, l); err != nil {
			return all, err
		}
		again := n > 1 && len(part.Grades) > 0 && sameRow(part.Grades[0], all.Grades[0])
		if again || n > 1 && len(part.Grades) == 0 {
			break
		}
		all.Grades = append(all.Grades, part.Grades...)
		all.UnknownColumns = append(all.UnknownColumns, part.UnknownColumns...)
		if rows += len(l.Items); rows >= l.total {
			slices.Sort(all.UnknownColumns)
			all.UnknownColumns = slices.Compact(all.UnknownColumns)
			all.Grades = driver.OfTerm(all.Grades, t)
			return all, nil
		}
	}
	return all, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list is shorter than it says"))
}

// gradeList is the address of the grade list with its doType.
func (v *visit) gradeList() string {
	address := v.path(strings.ReplaceAll(v.Option("grades", usualGrades), "{xh}", url.QueryEscape(v.Conn.Session.Student.Number)))
	if strings.Contains(address, "doType=") {
		return address
	}
	return with(address, "doType=query")
}

// with is an address with one parameter more.
func with(address, parameter string) string {
	if strings.Contains(address, "?") {
		return address + "&" + parameter
	}
	return address + "?" + parameter
}

// asked names a term as the form does: the year it begins in, and three times
// the square of its number, but 16 for the third.
func asked(t jwxt.Term) fetch.Form {
	year, part := "", ""
	if !t.IsZero() {
		year, part = strconv.Itoa(t.Year), map[int]string{1: "3", 2: "12", 3: "16"}[t.Part]
	}
	return fetch.Form{{Name: "xnm", Value: year}, {Name: "xqm", Value: part}, {Name: "sfzgcj"}, {Name: "kcbj"}}
}

func sameRow(a, b jwxt.Grade) bool {
	return a.Term == b.Term && a.CourseID == b.CourseID && a.Course == b.Course && a.Score == b.Score && a.Detail == b.Detail && a.Exam == b.Exam
}

// sameRows drops a session whose rows are another student's.
func (v *visit) sameRows(op string, l grid) error {
	for _, m := range l.Items {
		if err := v.Same(op, string(m["xh"])); err != nil {
			return err
		}
	}
	return nil
}

// evaluated is MustActFirst where the home page counts 学生评价 that are not
// handed in. What counts nothing, or is not there, stands in nobody's way.
func (v *visit) evaluated(ctx context.Context) error {
	const op = "jwglxt: evaluations"
	p, err := v.send(ctx, op, fetch.Request{URL: v.path("/xtgl/index_cxXspjWtjNum.html"), Post: true, AJAX: true})
	if err != nil {
		return err
	}
	return readEvaluations(op, p)
}

// readEvaluations reads that count, a bare number. The sentence is the menu's
// name for it.
func readEvaluations(op string, p jwxt.Page) error {
	g := readPage(p)
	if g.isLogin() {
		return refused(op, g)
	}
	n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(string(g.text)), `"`))
	if p.Status == http.StatusOK && err == nil && n > 0 {
		return jwxt.Refuse(jwxt.MustActFirst, op, fmt.Sprintf("学生评价未提交数：%d", n))
	}
	return nil
}
