package zhengfang

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const opGrades = "zhengfang: grades"

// Grades implements [jwxt.GradeReader]: two requests, the page and its form,
// whose __VIEWSTATE is good for one answer.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	v := open(c)
	return reading(v, func() (jwxt.Transcript, error) { return v.grades(ctx, t) })
}

func (v *visit) grades(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	var none jwxt.Transcript
	address, err := v.gradePage()
	if err != nil {
		return none, err
	}
	g, err := v.send(ctx, opGrades, fetch.Request{URL: address})
	if err != nil {
		return none, err
	}
	form, err := readGradeForm(g, t)
	if err != nil {
		return none, err
	}
	if g, err = v.send(ctx, opGrades, fetch.Request{URL: g.action(), Post: true, Form: form, GBK: g.gbk, Referer: g.address("")}); err != nil {
		return none, err
	}
	out, who, err := readGrades(g)
	if err != nil {
		return none, err
	}
	if err := v.same(opGrades, who); err != nil {
		return none, err
	}
	out.Grades = driver.OfTerm(out.Grades, t)
	return out, nil
}

// gradePage is the address of the grade page.
func (v *visit) gradePage() (string, error) {
	return v.page(opGrades, "grades", v.Noted(memoGrades))
}

// page is the address of a data page: the option's with the student's own
// number, or the menu's.
func (v *visit) page(op, option, menu string) (string, error) {
	page := v.option(option)
	if page == "" {
		page = menu
	}
	if page == "" {
		return "", jwxt.Fail(jwxt.Changed, op, errors.New("the menu has no known page for it; the school's option "+option+" can name it"))
	}
	u, err := url.Parse(strings.TrimLeft(page, "/"))
	if err != nil || u.Host != "" {
		return "", jwxt.Fail(jwxt.Changed, op, errors.New("the address of the page cannot be read"))
	}
	if mine := v.Conn.Session.Student.Number; u.Query().Get("xh") == "" && mine != "" {
		u.RawQuery = strings.TrimSuffix("xh="+url.QueryEscape(mine)+"&"+u.RawQuery, "&")
	}
	return v.path(u.String()), nil
}
