package qiangzhi

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const (
	pageSize = 200
	maxPages = 20
)

// Grades implements [jwxt.GradeReader]. It costs one request; one more where
// the school wants its entry page opened first, which is found out once, and
// one per further page of a long list.
//
// Some schools refuse all terms while a single one lacks its 评教: that is
// MustActFirst, and asking term by term may give the others.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	if isApp(c.School) {
		return readApp(opGrades, c, func(a *app) (jwxt.Transcript, error) { return a.gradesOf(ctx, t) })
	}
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.Transcript, error) {
		out, err := v.grades(ctx, t)
		if errors.Is(err, errTrouble) && v.Noted(memoEntry) == "" {
			v.Note(memoEntry, "1")
			if out, err = v.grades(ctx, t); errors.Is(err, errTrouble) {
				v.Note(memoEntry, "")
			}
		}
		out.Grades = driver.OfTerm(out.Grades, t)
		return out, err
	})
}

func (v *visit) grades(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	if v.Noted(memoEntry) != "" {
		if _, err := v.get(ctx, opGrades, fetch.Request{URL: v.path("/kscj/cjcx_frm")}); err != nil {
			return jwxt.Transcript{}, err
		}
	}
	if v.Noted(memoGrades) == "json" {
		return v.gradesJSON(ctx, t)
	}
	return v.gradesHTML(ctx, t)
}

// gradesHTML reads the HTML variant, and moves to the JSON one where that is
// what answers.
func (v *visit) gradesHTML(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	q := url.Values{"kksj": {t.String()}, "kcxz": {""}, "kcmc": {""}, "xsfs": {"all"}}
	address := v.path("/kscj/cjcx_list")
	p, err := v.get(ctx, opGrades, fetch.Request{URL: address + "?" + q.Encode(), Referer: v.path("/kscj/cjcx_frm")})
	if err != nil {
		return jwxt.Transcript{}, err
	}
	if markup.IsJSON(fetch.Text(p)) {
		return v.gradesJSON(ctx, t)
	}
	first, err := readGrades(p)
	if errors.Is(err, errOtherVariant) {
		return v.gradesJSON(ctx, t)
	}
	if err != nil {
		return jwxt.Transcript{}, err
	}
	if err := v.Same(opGrades, first.Student.Number); err != nil {
		return jwxt.Transcript{}, err
	}
	for n := 2; n <= first.Pages; n++ {
		q.Set("pageIndex", strconv.Itoa(n))
		p, err := v.get(ctx, opGrades, fetch.Request{URL: address, Post: true, Form: ordered(q), Referer: address})
		if err != nil {
			return jwxt.Transcript{}, err
		}
		next, err := readGrades(p)
		if err != nil {
			return jwxt.Transcript{}, err
		}
		if slices.EqualFunc(next.Grades, first.Grades, sameRow) {
			return jwxt.Transcript{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the second page is the first again"))
		}
		first.Grades = append(first.Grades, next.Grades...)
	}
	return first.Transcript, nil
}

func sameRow(a, b jwxt.Grade) bool {
	return a.Term == b.Term && a.CourseID == b.CourseID && a.Course == b.Course && a.Score == b.Score && a.Detail == b.Detail
}

func ordered(q url.Values) fetch.Form {
	var f fetch.Form
	for _, k := range []string{"kksj", "kcxz", "kcmc", "xsfs", "pageIndex"} {
		f = append(f, fetch.Field{Name: k, Value: q.Get(k)})
	}
	return f
}

// gradesJSON reads the JSON variant, page after page until all rows are there.
func (v *visit) gradesJSON(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	var all jwxt.Transcript
	for n := 1; n <= maxPages; n++ {
		part, total, err := v.gradesJSONPage(ctx, t, n)
		if err != nil {
			return jwxt.Transcript{}, err
		}
		again := n > 1 && len(part.Grades) > 0 && sameRow(part.Grades[0], all.Grades[0])
		if again || n > 1 && len(part.Grades) == 0 {
			break
		}
		all.Grades = append(all.Grades, part.Grades...)
		all.UnknownColumns = append(all.UnknownColumns, part.UnknownColumns...)
		if len(all.Grades) >= total {
			slices.Sort(all.UnknownColumns)
			all.UnknownColumns = slices.Compact(all.UnknownColumns)
			return all, nil
		}
	}
	return jwxt.Transcript{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list is shorter than it says"))
}

func (v *visit) gradesJSONPage(ctx context.Context, t jwxt.Term, n int) (jwxt.Transcript, int, error) {
	q := url.Values{
		"pageNum": {strconv.Itoa(n)}, "pageSize": {strconv.Itoa(pageSize)}, "kksj": {t.String()},
		"kcxz": {""}, "kcsx": {""}, "kcmc": {""}, "xsfs": {"all"}, "sfxsbcxq": {"1"},
	}
	p, err := v.get(ctx, opGrades, fetch.Request{
		URL: v.path("/kscj/cjcx_list?") + q.Encode(), Referer: v.path("/kscj/cjcx_frm"), AJAX: true,
	})
	if err != nil {
		return jwxt.Transcript{}, 0, err
	}
	if markup.IsJSON(fetch.Text(p)) {
		v.Note(memoGrades, "json")
		return readGradeList(p, root(v.Conn.School))
	}
	// A page instead of JSON refuses, or the school has changed back.
	v.Note(memoGrades, "")
	g, err := readGrades(p)
	if err == nil && (n > 1 || g.Pages > 1) {
		err = jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list changes while it is read"))
	}
	return g.Transcript, len(g.Grades), err
}
