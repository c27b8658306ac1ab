package urp

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opTimetable = "urp: timetable"

// Timetable implements [jwxt.TimetableReader]. It costs two requests on an old
// build, the student's record and the list of chosen courses, and two on a new
// one, the page and its data; and one more for a term that is named on an old
// build, or where no row of a new one tells whose it is.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	v, err := open(c)
	if err != nil {
		return jwxt.Timetable{}, err
	}
	return driver.Read(v.Conn, func() (jwxt.Timetable, error) {
		if v.gbk {
			return v.oldTimetable(ctx, t)
		}
		return v.newTimetable(ctx, t)
	})
}

// noLessons is the timetable of a term that the school does not have.
func noLessons(t jwxt.Term) jwxt.Timetable { return jwxt.Timetable{Term: t, Lessons: []jwxt.Lesson{}} }

// oldTimetable reads 本学期课表 of an old build, or one of its 历年课表.
func (v *visit) oldTimetable(ctx context.Context, t jwxt.Term) (jwxt.Timetable, error) {
	if err := v.owned(ctx, opTimetable); err != nil {
		return jwxt.Timetable{}, err
	}
	r := fetch.Request{URL: v.path("/xkAction.do?actionType=6")}
	if !t.IsZero() {
		past := v.path("/lnkbcxAction.do")
		p, err := v.send(ctx, opTimetable, fetch.Request{URL: past})
		if err != nil {
			return jwxt.Timetable{}, err
		}
		plans, err := readPlans(p)
		if err != nil || plans[t] == "" {
			return noLessons(t), err
		}
		r = fetch.Request{URL: past, Post: true, Form: fetch.Form{{Name: "zxjxjhh", Value: plans[t]}}, GBK: true, Referer: past}
	}
	p, err := v.send(ctx, opTimetable, r)
	if err != nil {
		return jwxt.Timetable{}, err
	}
	out, err := readScheduleTable(p)
	out.Term = t
	return out, err
}

// readPlans reads a page's own names of the terms to choose from.
func readPlans(p jwxt.Page) (map[jwxt.Term]string, error) {
	g := readPage(p)
	out := map[jwxt.Term]string{}
	for _, o := range g.doc.Find("option[value]").Nodes {
		value := markup.Attr(o, "value")
		t := termOf(value)
		if t.IsZero() {
			t = termOf(ownText(o))
		}
		if !t.IsZero() && value != "" && out[t] == "" {
			out[t] = value
		}
	}
	if len(out) > 0 && p.Status == http.StatusOK {
		return out, nil
	}
	if err := refused(opTimetable, g); err != nil {
		return nil, err
	}
	return nil, driver.Unread(opTimetable, g.said(), "no term is listed")
}

const (
	schedules    = "/student/courseSelect/"
	thisSchedule = schedules + "thisSemesterCurriculum/index"
	pastSchedule = schedules + "calendarSemesterCurriculum/index"
)

// newTimetable reads 本学期课表 of a new build, or one of its 历年课表. A page
// whose token is not taken is read anew once.
func (v *visit) newTimetable(ctx context.Context, t jwxt.Term) (jwxt.Timetable, error) {
	for try := 0; ; try++ {
		p, err := v.schedule(ctx, t)
		if err != nil || p.URL == nil {
			return noLessons(t), err
		}
		out, whose, err := readSchedule(p)
		if try == 0 && errors.Is(err, errToken) {
			continue
		}
		if err == nil {
			err = v.sameAs(ctx, opTimetable, whose)
		}
		if out.Term.IsZero() {
			out.Term = t
		}
		return out, err
	}
}

// schedule fetches a timetable's data: the page names their address, as those
// of grades do, and by which method they are asked for. It returns no page for a
// term that the school does not have.
func (v *visit) schedule(ctx context.Context, t jwxt.Term) (jwxt.Page, error) {
	index := v.path(thisSchedule)
	if !t.IsZero() {
		index = v.path(pastSchedule)
	}
	p, err := v.send(ctx, opTimetable, fetch.Request{URL: index})
	if err != nil {
		return p, err
	}
	address, post, err := readScheduleIndex(p)
	if err != nil {
		return p, err
	}
	r := fetch.Request{URL: address, Post: post, AJAX: true, Referer: index}
	if !t.IsZero() {
		plans, err := readPlans(p)
		if err != nil || plans[t] == "" {
			return jwxt.Page{}, err
		}
		r.Post, r.Form = true, fetch.Form{{Name: "planCode", Value: plans[t]}}
	}
	return v.send(ctx, opTimetable, r)
}

var (
	scheduleData = regexp.MustCompile(`["']([^"'\s]*` + schedules + `thisSemesterCurriculum/(?:[^"'/\s]+/)?ajaxStudentSchedule/(?:(?:curr|past)/)?callback)["'?]`)
	asPost       = regexp.MustCompile(`(?i)^[^{}]{0,200}?\b(?:type|method)\s*:\s*["']post`)
)

// readScheduleIndex finds where a page's data are, and whether its script posts
// for them.
func readScheduleIndex(p jwxt.Page) (address string, post bool, err error) {
	g := readPage(p)
	m := scheduleData.FindSubmatchIndex(g.text)
	if m != nil && p.Status == http.StatusOK {
		return string(g.text[m[2]:m[3]]), asPost.Match(g.text[m[1]:]), nil
	}
	if err := refused(opTimetable, g); err != nil {
		return "", false, err
	}
	return "", false, driver.Unread(opTimetable, g.said(), "the page does not say where its data are")
}

// sameAs drops a session whose rows are another student's: whose are the 学号
// that they tell. Where they tell none, the student's record is asked.
func (v *visit) sameAs(ctx context.Context, op string, whose []string) error {
	for _, number := range whose {
		if err := v.Same(op, number); err != nil {
			return err
		}
	}
	if len(whose) > 0 {
		return nil
	}
	return v.owned(ctx, op)
}
