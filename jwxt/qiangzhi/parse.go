package qiangzhi

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// LoginPage is what ParsePage tells of a login page.
type LoginPage struct {
	Action   string   `json:"action"`
	Fields   []string `json:"fields"`
	Encoding string   `json:"encoding"` // base64, interleave or plain
	Captcha  bool     `json:"captcha"`  // a person is asked for it
	Picture  string   `json:"picture,omitempty"`
	Notice   string   `json:"notice,omitempty"` // what the page says before any answer
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next    string       `json:"next,omitempty"` // where it redirects to, without its query
	Main    bool         `json:"main"`           // this is a page for a logged-in student
	Student jwxt.Student `json:"student,omitzero"`
}

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string {
	return []string{
		"login", "answer", "grades", "timetable", "exams", "notices", "notice",
		"appauth", "appterms", "appgrades", "apptimetable", "appexams",
	}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a LoginPage, AnswerPage, jwxt.Transcript, jwxt.Timetable,
// jwxt.ExamList, jwxt.NoticePage or jwxt.NoticeDetail, and for answers of the
// phone app's API a jwxt.Student, a list of terms, or what their names say;
// apptimetable is one week.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under("qiangzhi: "+name, err)
	}
	to := fetch.Location(p)
	if to != nil && name != "answer" && p.URL != nil && leadsToLogin(p.URL, to) {
		return nil, jwxt.Fail(jwxt.Expired, "qiangzhi: "+name, errors.New("redirected to a login"))
	}
	switch name {
	case "login":
		return parseLogin(p)
	case "answer":
		if to != nil {
			return AnswerPage{Next: fetch.SafeURL(to)}, nil
		}
		return parseAnswer(p)
	case "grades":
		if markup.IsJSON(fetch.Text(p)) {
			t, _, err := readGradeList(p, "/jsxsd")
			return driver.Any(t, err)
		}
		g, err := readGrades(p)
		return driver.Any(g.Transcript, err)
	case "timetable":
		return driver.Any(readTimetable(readPage(p)))
	case "exams":
		return driver.Any(readExams(readPage(p)))
	case "notices":
		return driver.Any(readNotices(p))
	case "notice":
		return driver.Any(readNotice(p))
	}
	return parseApp(name, p)
}

func parseLogin(p jwxt.Page) (any, error) {
	g := readPage(p)
	f, ok := g.loginForm("/jsxsd", "")
	if !ok {
		return nil, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	out := LoginPage{Action: f.Action, Encoding: f.Encoding, Captcha: f.Captcha, Picture: f.Picture, Notice: f.Notice}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}

func parseAnswer(p jwxt.Page) (any, error) {
	g := readPage(p)
	if err := judge(g, form{}); err != nil {
		return nil, err
	}
	if !g.isMain() {
		return nil, driver.Unread(opLogin, g.said(), "this answers no login")
	}
	return AnswerPage{Main: true, Student: g.student()}, nil
}

// parseApp reads an answer of the phone app's API.
func parseApp(name string, p jwxt.Page) (any, error) {
	if name == "appauth" {
		w, err := readAuth(p)
		return driver.Any(jwxt.Student{Number: w.number(), Name: w.name()}, err)
	}
	op := "qiangzhi: " + name
	read, ok := map[string]func([]gradeItem) (any, error){
		"appterms":  func(rows []gradeItem) (any, error) { return driver.Any(readTermRows(op, rows)) },
		"appgrades": func(rows []gradeItem) (any, error) { return driver.Any(appGrades(rows)) },
		"appexams":  func(rows []gradeItem) (any, error) { return driver.Any(appExams(rows)) },
		"apptimetable": func(rows []gradeItem) (any, error) {
			plan := newAppPlan()
			err := plan.add(rows, 1)
			return driver.Any(plan.out, err)
		},
	}[name]
	if !ok {
		return nil, jwxt.Fail(jwxt.Unsupported, "qiangzhi", errors.New("there is no such kind of page"))
	}
	rows, err := readRows(op, p)
	if err != nil {
		return nil, err
	}
	return read(rows)
}
