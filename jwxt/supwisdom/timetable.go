package supwisdom

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const opTimetable = "supwisdom: timetable"

// Timetable implements [jwxt.TimetableReader]. It costs three requests. At
// EAMS that is one that tells whose session it is, the page of timetables and a
// timetable's data, and one more for a term that is named. At EAMS5 the page
// redirects to the student's own, which tells; schools where it does not, or
// whose data are below the student's number, cost one more.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	return reading(opTimetable, c, func(v *visit) (jwxt.Timetable, error) {
		if v.eams5 {
			return v.timetable5(ctx, t)
		}
		return v.timetable(ctx, t)
	})
}

// noLessons is the timetable of a term that the school does not have.
func noLessons(t jwxt.Term) jwxt.Timetable { return jwxt.Timetable{Term: t, Lessons: []jwxt.Lesson{}} }

// timetable reads EAMS.
func (v *visit) timetable(ctx context.Context, t jwxt.Term) (out jwxt.Timetable, err error) {
	if err := v.mine(ctx, opTimetable); err != nil {
		return out, err
	}
	index := v.path("/courseTableForStd.action")
	g, err := v.send(ctx, opTimetable, fetch.Request{URL: index}, nil)
	if err != nil {
		return out, err
	}
	form, err := readTableForm(g)
	if err != nil {
		return out, err
	}
	if !t.IsZero() {
		terms, err := v.terms(ctx)
		if err != nil || terms[t] == "" {
			return noLessons(t), err
		}
		form = form.Set(semesterField, terms[t])
	}
	g, err = v.send(ctx, opTimetable, fetch.Request{
		URL: v.path("/courseTableForStd!courseTable.action"), Post: true, Form: form, AJAX: true, Referer: index,
	}, nil)
	if err != nil {
		return out, err
	}
	out, err = readCourseTable(g)
	out.Term = t
	return out, err
}

const semesterField = "semester.id"

var (
	// ownTable is the student's own number in the page's script; behind it
	// stands that of his class.
	ownTable = regexp.MustCompile(`\(\s*form\s*,\s*["']ids["']\s*,\s*["'](\d{1,12})["']`)
	// chosenSemester is the term that the page has chosen.
	chosenSemester = regexp.MustCompile(`semesterCalendar\(\{[^{}]{0,200}?\bvalue\s*:\s*["']?(\d{1,12})`)
)

// readTableForm makes the form by which the page of timetables asks for the
// student's own, of the term that it has chosen.
func readTableForm(g *page) (fetch.Form, error) {
	ids, semester := ownTable.FindSubmatch(g.text), g.semester()
	if ids == nil || semester == "" || g.Status != http.StatusOK {
		return nil, refusedOr(opTimetable, g, "the page of timetables does not say whose they are")
	}
	form := fetch.Form{{Name: "ignoreHead", Value: "1"}, {Name: "setting.kind", Value: "std"}, {Name: "startWeek"}}
	if project := g.doc.Find(`input[name="project.id"]`).First().AttrOr("value", ""); project != "" {
		form = form.Set("project.id", project)
	}
	return append(form, fetch.Field{Name: semesterField, Value: semester}, fetch.Field{Name: "ids", Value: string(ids[1])}), nil
}

// semester is the school's number of the term that a page has chosen, "" where
// it does not tell.
func (g *page) semester() string {
	if m := chosenSemester.FindSubmatch(g.text); m != nil {
		return string(m[1])
	}
	return g.doc.Find(`input[name="`+semesterField+`"]`).First().AttrOr("value", "")
}

// timetable5 reads EAMS5, for all of the student's majors.
func (v *visit) timetable5(ctx context.Context, t jwxt.Term) (out jwxt.Timetable, err error) {
	g, ids, err := v.tablePage(ctx, opTimetable)
	if err != nil {
		return out, err
	}
	t, semester, err := readSemester(opTimetable, g, t)
	if err != nil || semester == "" {
		return noLessons(t), err
	}
	printed := "/for-std/course-table/semester/" + semester + "/print-data"
	out, err = v.printed(ctx, printed, semester)
	if errors.Is(err, errNotThere) {
		out, err = noLessons(t), nil
		for _, id := range ids {
			one, err := v.printed(ctx, printed+"/"+id, semester)
			if err != nil {
				return out, err
			}
			out.Lessons = append(out.Lessons, one.Lessons...)
			out.UnknownColumns = unique(append(out.UnknownColumns, one.UnknownColumns...))
		}
	}
	out.Term = t
	return out, err
}

// tablePage opens EAMS5's page of timetables, and makes sure that it is the
// student's own: by the address that it redirects to or else as the grade sheet
// does. It returns the student's inner numbers.
func (v *visit) tablePage(ctx context.Context, op string) (g *page, ids []string, err error) {
	index := v.path("/for-std/course-table")
	g, err = v.send(ctx, op, fetch.Request{URL: index}, nil)
	if err != nil {
		return nil, nil, err
	}
	if m := innerNumber.FindStringSubmatch(g.URL.Path); m != nil {
		return g, m[1:], v.owned5(op, m[1:])
	}
	ids, err = v.sheetIDs(ctx, op)
	if err == nil && len(ids) > 1 { // the page lets one of them be chosen
		g, err = v.send(ctx, op, fetch.Request{URL: index + "/info/" + ids[0]}, nil)
	}
	return g, ids, err
}

// readSemester finds EAMS5's number of a term, "" where the school does not have
// it, or of the current term, which it tells.
func readSemester(op string, g *page, t jwxt.Term) (jwxt.Term, string, error) {
	terms, err := readTerms(g)
	if err != nil || !t.IsZero() {
		return t, terms[t], err
	}
	semester := g.current5()
	for named, id := range terms {
		if id == semester && semester != "" {
			return named, semester, nil
		}
	}
	return t, "", driver.Unread(op, g.said(), "the page does not say which term is now")
}

// errNotThere is a school that has a timetable at another address: with or
// without the student's number at its end.
var errNotThere = errors.New("there is no timetable at this address")

// printed reads what the school would print of a timetable.
func (v *visit) printed(ctx context.Context, address, semester string) (out jwxt.Timetable, err error) {
	g, err := v.send(ctx, opTimetable, fetch.Request{
		URL: v.path(address + "?semesterId=" + semester + "&hasExperiment=true"), AJAX: true, Referer: v.path("/for-std/course-table"),
	}, nil)
	switch {
	case err != nil:
		return out, err
	case g.Status == http.StatusNotFound:
		return out, jwxt.Fail(jwxt.Changed, opTimetable, errNotThere)
	}
	out, whose, err := readPrintData(g)
	for _, number := range whose {
		if err == nil && !v.alias {
			err = v.Same(opTimetable, number)
		}
	}
	return out, err
}

var (
	currentSemester = regexp.MustCompile(`currentSemester\s*=\s*\{[^{}]{0,200}?["']?id["']?\s*:\s*["']?(\d{1,12})`)
	// listedSemester is one of the list in the page's script, JSON within a string.
	listedSemester = regexp.MustCompile(`\{[^{}]{0,200}?\\?"id\\?"\s*:\s*(\d{1,12})\b[^{}]{0,400}?\\?"nameZh\\?"\s*:\s*\\?"([^"\\]{1,40})\\?"`)
)

// current5 is EAMS5's number of the term that a page has chosen, "" where it
// does not tell.
func (g *page) current5() string {
	if m := currentSemester.FindSubmatch(g.text); m != nil {
		return string(m[1])
	}
	return g.doc.Find("option[selected]").First().AttrOr("value", "")
}
