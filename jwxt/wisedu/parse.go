package wisedu

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string { return []string{"student", "term", "grades", "timetable", "exams"} }

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a jwxt.Student, the current jwxt.Term, a jwxt.Transcript, a
// jwxt.Timetable or a jwxt.ExamList.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "wisedu: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	if fetch.Location(p) != nil || p.Status == http.StatusUnauthorized {
		return nil, ended(op, "redirected, or status 401")
	}
	switch name {
	case "student":
		return driver.Any(readPerson(op, p))
	case "term":
		_, t, err := readTerm(op, p)
		return driver.Any(t, err)
	case "grades":
		_, out, err := readGrades(p)
		return driver.Any(out, err)
	case "timetable":
		return parseTimetable(p)
	case "exams":
		_, out, err := readExams(p)
		return driver.Any(out, err)
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "wisedu", errors.New("there is no such kind of page"))
}

// parseTimetable reads the answer to either of the queries that schools have.
func parseTimetable(p jwxt.Page) (any, error) {
	name := "xskcb"
	var e envelope
	if err := readObject(opTimetable, p, &e); err == nil && e.Datas["cxxszhxqkb"] != nil {
		name = "cxxszhxqkb"
	}
	_, out, err := readTimetable(p, name)
	return driver.Any(out, err)
}
