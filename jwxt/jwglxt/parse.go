package jwglxt

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// LoginPage is what ParsePage tells of a login page.
type LoginPage struct {
	Action  string   `json:"action"`
	Fields  []string `json:"fields"`
	Plain   bool     `json:"plain"`             // the password is sent as it is
	Captcha string   `json:"captcha"`           // none, kaptcha or slider
	Limit   int      `json:"limit,omitempty"`   // failures that lock the account, 0 where none do
	Minutes int      `json:"minutes,omitempty"` // how long
	Tip     string   `json:"tip,omitempty"`     // what the page says
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next   string `json:"next,omitempty"` // where it redirects to, without its query
	Number string `json:"number,omitempty"`
}

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string {
	return []string{"login", "answer", "grades", "detail", "timetable", "exams", "notices", "notice", "messages"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a LoginPage, AnswerPage, jwxt.Transcript, []jwxt.ScorePart,
// jwxt.Timetable, jwxt.ExamList, jwxt.NoticePage, jwxt.NoticeDetail or
// jwxt.MessagePage. A list of grades or examinations must be there as a whole:
// what its later pages hold, one page does not tell.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "jwglxt: " + name
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
	case "grades":
		return parseGrades(p)
	case "detail":
		return driver.Any(readDetail(p))
	case "timetable":
		t, _, err := readTimetable(p)
		return driver.Any(t, err)
	case "exams":
		return parseExams(p)
	case "notices":
		l, err := readGrid(op, p)
		if err != nil {
			return nil, err
		}
		return driver.Any(l.notices(1))
	case "notice":
		return driver.Any(readNotice(p))
	case "messages":
		l, err := readGrid(op, p)
		if err != nil {
			return nil, err
		}
		return driver.Any(l.messages(1))
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "jwglxt", errors.New("there is no such kind of page"))
}

func parseGrades(p jwxt.Page) (any, error) {
	l, err := wholeGrid(opGrades, p)
	if err != nil {
		return nil, err
	}
	return driver.Any(l.transcript())
}

func parseExams(p jwxt.Page) (any, error) {
	l, err := wholeGrid(opExams, p)
	if err != nil {
		return nil, err
	}
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	err = l.exams(&out)
	return driver.Any(out, err)
}

// wholeGrid is a list that is all on one page.
func wholeGrid(op string, p jwxt.Page) (grid, error) {
	l, err := readGrid(op, p)
	if err == nil && len(l.Items) < l.total {
		err = jwxt.Fail(jwxt.Changed, op, errors.New("this page is not the whole list"))
	}
	return l, err
}

func parseLogin(p jwxt.Page) (any, error) {
	g := readPage(p)
	f, err := g.openForm("/jwglxt", "")
	if err != nil {
		return nil, err
	}
	out := LoginPage{
		Action: f.Action, Plain: f.Plain, Captcha: string(f.Captcha), Tip: g.tip(),
		Limit: f.Limit, Minutes: f.Minutes,
	}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}

func parseAnswer(p jwxt.Page) (any, error) {
	if to := fetch.Location(p); to != nil {
		return AnswerPage{Next: fetch.SafeURL(to)}, nil
	}
	g := readPage(p)
	if err := judge(g, false); err != nil {
		return nil, err
	}
	if !g.isHome() {
		return nil, driver.Unread(opLogin, g.said(), "this answers no login")
	}
	number, _ := g.value("sessionUserKey")
	return AnswerPage{Number: number}, nil
}
