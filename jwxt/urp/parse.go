package urp

import (
	"bytes"
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// LoginPage is what ParsePage tells of a login page.
type LoginPage struct {
	Build   string   `json:"build"` // old or new
	Action  string   `json:"action"`
	Fields  []string `json:"fields"`
	Captcha bool     `json:"captcha"`
	Hide    string   `json:"hide"` // the expression that hides the password p
	Said    string   `json:"said,omitempty"`
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next string `json:"next,omitempty"` // where it redirects to, without its query
}

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string {
	return []string{"login", "answer", "record", "grades", "detail", "terms", "timetable", "exams"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a LoginPage, AnswerPage, jwxt.Student, jwxt.Transcript,
// []jwxt.ScorePart, a map of the school's own names of terms, jwxt.Timetable or
// jwxt.ExamList. Which build a page is of, it tells itself. A page does not
// tell that its courses are failed ones; their scores do.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "urp: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	if name == "answer" {
		return parseAnswer(p)
	}
	if err := ended(op, p); err != nil {
		return nil, err
	}
	switch name {
	case "login":
		return parseLogin(p)
	case "record":
		return driver.Any(readRecord(op, p))
	case "grades":
		return parseGrades(p)
	case "detail":
		parts, _, err := readDetail(p)
		return driver.Any(parts, err)
	case "terms":
		return driver.Any(readPlans(p))
	case "timetable":
		return driver.Any(parseTimetable(p))
	case "exams":
		return driver.Any(parseExams(p))
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "urp", errors.New("there is no such kind of page"))
}

func parseGrades(p jwxt.Page) (any, error) {
	text := fetch.Text(p)
	if markup.IsJSON(text) {
		l, err := readJSON(p, false)
		if err == nil && l.total > len(l.keys) {
			err = jwxt.Fail(jwxt.Changed, opGrades, errors.New("this page is not the whole list"))
		}
		return driver.Any(l.transcript(jwxt.Term{}), err)
	}
	l, err := readTables(readText(p, text), bytes.Contains(text, []byte("尚不及格")))
	return driver.Any(l.transcript(jwxt.Term{}), err)
}

func parseTimetable(p jwxt.Page) (jwxt.Timetable, error) {
	if !markup.IsJSON(fetch.Text(p)) {
		return readScheduleTable(p)
	}
	out, _, err := readSchedule(p)
	return out, err
}

func parseExams(p jwxt.Page) (jwxt.ExamList, error) {
	text := fetch.Text(p)
	switch {
	case markup.IsJSON(text):
		return readExamCalendar(p)
	case !bytes.Contains(text, []byte("widget-box")) && !examData.Match(text):
		return readExamTable(p)
	}
	cards, calendar, err := readExamPage(p)
	if err == nil && len(cards.Exams) == 0 && calendar != "" {
		err = jwxt.Fail(jwxt.Changed, opExams, errors.New("the examinations are in the page's calendar"))
	}
	return cards, err
}

func parseLogin(p jwxt.Page) (any, error) {
	g := readPage(p)
	f, err := g.openForm("", "")
	if err != nil {
		return nil, err
	}
	out := LoginPage{Build: "new", Action: f.Action, Captcha: f.Captcha != "", Hide: f.Hide.Text, Said: g.said()}
	if f.Old {
		out.Build = "old"
	}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}

func parseAnswer(p jwxt.Page) (any, error) {
	code := errorCode(p)
	if to := fetch.Location(p); to != nil && code == "" {
		return AnswerPage{Next: fetch.SafeURL(to)}, nil
	}
	if err := judge(readPage(p), code); err != nil {
		return nil, err
	}
	return AnswerPage{}, nil
}
