package zhengfang

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
	Account string   `json:"account"`           // name of its field
	Captcha string   `json:"captcha,omitempty"` // name of its field, "" where none is asked
	Picture string   `json:"picture,omitempty"`
	RSA     bool     `json:"rsa,omitempty"`    // the password goes encrypted
	Notice  string   `json:"notice,omitempty"` // what the page alerts
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next    string       `json:"next,omitempty"` // where it redirects to, without its query
	Student jwxt.Student `json:"student,omitzero"`
	Grades  bool         `json:"grades,omitempty"` // the menu has a known grade page
}

// GradeForm is what ParsePage tells of the grade page before it is asked: the
// button and the fields that ask for all terms.
type GradeForm struct {
	Button string `json:"button"`
	Year   string `json:"year,omitempty"`
	Part   string `json:"part,omitempty"`
}

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string {
	return []string{"login", "answer", "gradeform", "grades", "timetable", "exams", "notices", "notice"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a LoginPage, AnswerPage, GradeForm, jwxt.Transcript, jwxt.Timetable,
// jwxt.ExamList, jwxt.NoticePage or jwxt.NoticeDetail.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "zhengfang: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	if to := fetch.Location(p); to != nil && name == "answer" {
		if _, err := arrivedAs(to); err != nil {
			return nil, err
		}
		return AnswerPage{Next: fetch.SafeURL(to)}, nil
	}
	if err := ended(op, p); err != nil {
		return nil, err
	}
	g := readPage(p)
	switch name {
	case "login":
		return parseLogin(g)
	case "answer":
		return parseAnswer(g)
	case "gradeform":
		if _, err := readGradeForm(g, jwxt.Term{}); err != nil {
			return nil, err
		}
		b, year, part, _ := g.press(jwxt.Term{})
		return GradeForm{b.value, year, part}, nil
	case "grades":
		t, _, err := readGrades(g)
		return driver.Any(t, err)
	case "timetable":
		t, _, err := readTimetable(g)
		return driver.Any(t, err)
	case "exams":
		l, _, err := readExams(g)
		return driver.Any(l, err)
	case "notices":
		return driver.Any(readNotices(g))
	case "notice":
		return driver.Any(readNotice(g))
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "zhengfang", errors.New("there is no such kind of page"))
}

func parseLogin(g *page) (any, error) {
	f, err := g.loginForm(jwxt.School{})
	if err != nil {
		return nil, err
	}
	out := LoginPage{Action: f.Action, Account: f.Account, Captcha: f.Code, Picture: f.Picture, RSA: f.Modulus != "", Notice: g.alerted()}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}

func parseAnswer(g *page) (any, error) {
	if err := judge(g); err != nil {
		return nil, err
	}
	return AnswerPage{Student: g.student(), Grades: g.menuLink(gradePages) != ""}, nil
}
