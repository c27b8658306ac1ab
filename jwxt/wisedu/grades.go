package wisedu

import (
	"context"
	"errors"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const (
	pageSize = 500 // more courses than anybody takes, so that one page is all
	maxPages = 40  // for schools that give fewer rows than are asked for
)

// Grades implements [jwxt.GradeReader]. It costs one request for each page of
// the list, of which most schools have one; the first reading of a session asks
// once more whose it is, and so does each where the rows do not tell.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	return reading(opGrades, c, func(v *visit) (jwxt.Transcript, error) {
		rows, out, err := v.gradeList(ctx)
		if err == nil {
			err = v.mine(ctx, opGrades, rows)
		}
		out.Grades = driver.OfTerm(out.Grades, t)
		return out, err
	})
}

// gradeList reads all pages. Terms are told apart afterwards: a school that
// writes their codes otherwise would answer a query for one with no row.
func (v *visit) gradeList(ctx context.Context) (rows []row, all jwxt.Transcript, err error) {
	all.Grades = []jwxt.Grade{}
	seen, size := map[string]bool{}, 0
	for n := 1; n <= maxPages; n++ {
		p, err := v.query(ctx, opGrades, v.grades(), v.gradeQuery(), v.gradeForm(n))
		if err != nil {
			return nil, all, err
		}
		l, part, err := readGrades(p)
		if err != nil {
			return nil, all, err
		}
		if again(seen, l.Rows) {
			return nil, all, driver.Unread(opGrades, "", "the list changes while it is read")
		}
		rows = append(rows, l.Rows...)
		all.Grades = append(all.Grades, part.Grades...)
		all.UnknownColumns = unique(append(all.UnknownColumns, part.UnknownColumns...))
		if size = max(size, len(l.Rows)); l.last(n, len(rows), size) {
			return rows, all, nil
		}
		if len(l.Rows) == 0 {
			break
		}
	}
	return nil, all, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list is shorter than it says"))
}

// last reports whether nothing follows after the n-th page, got rows having come
// so far. Schools' totals are wrong at times, so that one is believed which is
// what came on the first page; where there are more pages, or more rows than the
// total, the last page is one that is shorter than others.
func (l list) last(n, got, size int) bool {
	return got >= l.total && (n == 1 && got == l.total || len(l.Rows) < size)
}

// again reports whether a row has been on an earlier page, and remembers those
// of this one. A page has the same row twice where the school's query has.
func again(seen map[string]bool, rows []row) bool {
	for _, m := range rows {
		if id := m.text("WID"); seen[id] {
			return true
		}
	}
	for _, m := range rows {
		if id := m.text("WID"); id != "" {
			seen[id] = true
		}
	}
	return false
}

func (v *visit) gradeQuery() string {
	if v.graduate {
		return "wdcj/" + inGrades
	}
	return "cjcx/" + inGrades
}

const (
	settingValid = `{"name":"SFYX","caption":"是否有效","linkOpt":"AND","builderList":"cbl_m_List","builder":"m_value_equal","value":"1","value_display":"是"}`
	settingAll   = `,{"name":"SHOWMAXCJ","caption":"显示最高成绩","linkOpt":"AND","builderList":"cbl_String","builder":"equal","value":"0","value_display":"否"}`
)

func (v *visit) gradeForm(page int) fetch.Form {
	setting, order := "["+settingValid+"]", "-XNXQDM,-KCH,-KXH"
	switch {
	case v.graduate:
		setting, order = "[]", "-XNXQDM,-KCDM"
	case v.all:
		setting = "[" + settingValid + settingAll + "]"
	}
	return fetch.Form{
		{Name: "querySetting", Value: setting}, {Name: "*json", Value: "1"}, {Name: "*order", Value: order},
		{Name: "pageSize", Value: strconv.Itoa(pageSize)}, {Name: "pageNumber", Value: strconv.Itoa(page)},
	}
}

// whole makes sure that a list that is not paged is all there, of the term that
// was asked for as far as it tells, and the student's own.
func (v *visit) whole(ctx context.Context, op string, l list, got, asked jwxt.Term) error {
	switch {
	case len(l.Rows) < l.total:
		return jwxt.Fail(jwxt.Changed, op, errors.New("the list is shorter than it says"))
	case !got.IsZero() && got != asked:
		return jwxt.Fail(jwxt.Changed, op, errors.New("the list is of another term"))
	}
	return v.mine(ctx, op, l.Rows)
}
