package supwisdom

import (
	"context"
	"net/url"
	"slices"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opGrades = "supwisdom: grades"

// Grades implements [jwxt.GradeReader]. It costs two requests, the first of
// which tells whose session it is; one term costs a third, for the school's own
// number of the term.
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	return reading(opGrades, c, func(v *visit) (jwxt.Transcript, error) {
		read := v.grades
		if v.eams5 {
			read = v.grades5
		}
		out, err := read(ctx, t)
		out.Grades = driver.OfTerm(out.Grades, t)
		return out, err
	})
}

// grades reads EAMS. A term that the school's calendar does not have is looked
// for among all.
func (v *visit) grades(ctx context.Context, t jwxt.Term) (out jwxt.Transcript, err error) {
	if err := v.mine(ctx, opGrades); err != nil {
		return out, err
	}
	const list = "/teach/grade/course/person"
	address := list + "!historyCourseGrade.action?projectType=" + v.project
	if !t.IsZero() {
		terms, err := v.terms(ctx)
		if err != nil {
			return out, err
		}
		if id := terms[t]; id != "" {
			address = list + "!search.action?semesterId=" + url.QueryEscape(id) + "&projectType=" + v.project
		}
	}
	g, err := v.send(ctx, opGrades, fetch.Request{URL: v.path(address), Referer: v.path(list + ".action"), AJAX: true}, nil)
	if err != nil {
		return out, err
	}
	out, err = readGrades(g)
	for i := range out.Grades {
		if out.Grades[i].Term.IsZero() { // a list of one term need not name it
			out.Grades[i].Term = t
		}
	}
	return out, err
}

// grades5 reads EAMS5, for each of the student's majors.
func (v *visit) grades5(ctx context.Context, t jwxt.Term) (all jwxt.Transcript, err error) {
	ids, err := v.sheetIDs(ctx, opGrades)
	if err != nil {
		return all, err
	}
	all.Grades = []jwxt.Grade{}
	for _, id := range ids {
		one, err := v.sheet(ctx, id, t)
		if err != nil {
			return all, err
		}
		all.Grades = append(all.Grades, one.Grades...)
		all.UnknownColumns = append(all.UnknownColumns, one.UnknownColumns...)
	}
	all.UnknownColumns = unique(all.UnknownColumns)
	return all, nil
}

// sheet reads the grade sheet of one inner number.
func (v *visit) sheet(ctx context.Context, id string, t jwxt.Term) (out jwxt.Transcript, err error) {
	index, term := "/for-std/grade/sheet/semester-index/"+id, ""
	if !t.IsZero() {
		g, err := v.send(ctx, opGrades, fetch.Request{URL: v.path(index)}, nil)
		if err != nil {
			return out, err
		}
		terms, err := readTerms(g)
		if err != nil {
			return out, err
		}
		term = terms[t]
	}
	address := v.path("/for-std/grade/sheet/info/" + id + "?semester=" + url.QueryEscape(term))
	g, err := v.send(ctx, opGrades, fetch.Request{URL: address, Referer: v.path(index), AJAX: true}, nil)
	if err != nil {
		return out, err
	}
	return readGrades(g)
}

// readGrades reads a list as whichever of the two systems wrote it.
func readGrades(g *page) (jwxt.Transcript, error) {
	if markup.IsJSON(g.text) {
		return readSheet(g)
	}
	return readTables(g)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
