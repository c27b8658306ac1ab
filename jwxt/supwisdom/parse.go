package supwisdom

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
	Variant string   `json:"variant"` // eams or eams5
	Action  string   `json:"action,omitempty"`
	Fields  []string `json:"fields,omitempty"`
	Salt    string   `json:"salt,omitempty"`
	Captcha bool     `json:"captcha"`
	Tip     string   `json:"tip,omitempty"` // what the page says
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next    string `json:"next,omitempty"`  // where it redirects to, without its query
	Again   string `json:"again,omitempty"` // the link by which to go on
	Number  string `json:"number,omitempty"`
	Captcha bool   `json:"captcha,omitempty"` // EAMS5 wants one with the next
}

// Pages implements [jwxt.PageParser].
func (Driver) Pages() []string {
	return []string{"login", "answer", "student", "terms", "grades", "timetable", "exams"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The
// value is a LoginPage, an AnswerPage, a jwxt.Student, a map of the school's
// term numbers by term, a jwxt.Transcript, a jwxt.Timetable or a jwxt.ExamList,
// of either variant.
func (Driver) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "supwisdom: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	g := readPage(p)
	if name == "answer" {
		return parseAnswer(g)
	}
	if fetch.Location(p) != nil {
		return nil, jwxt.Fail(jwxt.Expired, op, errors.New("redirected"))
	}
	if err := ended(op, g); err != nil {
		return nil, err
	}
	switch name {
	case "login":
		return parseLogin(g)
	case "student":
		return parseStudent(op, g)
	case "terms":
		return driver.Any(readTerms(g))
	case "grades", "timetable", "exams":
		if g.tooFast() {
			return nil, jwxt.Refuse(jwxt.Blocked, op, g.said())
		}
		return parsePlan(name, g)
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "supwisdom", errors.New("there is no such kind of page"))
}

func parsePlan(name string, g *page) (any, error) {
	switch {
	case name == "grades":
		return driver.Any(readGrades(g))
	case name == "exams":
		return driver.Any(readExams(g))
	case markup.IsJSON(g.text):
		out, _, err := readPrintData(g)
		return driver.Any(out, err)
	}
	return driver.Any(readCourseTable(g))
}

func parseLogin(g *page) (any, error) {
	if g.has("login-salt") {
		f, err := g.openForm5(settings{root: "/student", login: "/login"})
		return driver.Any(LoginPage{Variant: "eams5", Captcha: f.Captcha}, err)
	}
	f, err := g.openForm(settings{root: "/eams", login: "/login.action"})
	if err != nil {
		return nil, err
	}
	out := LoginPage{Variant: "eams", Action: f.Action, Salt: f.Salt, Captcha: f.Captcha, Tip: g.tip()}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}

func parseAnswer(g *page) (any, error) {
	if to := fetch.Location(g.Page); to != nil {
		return AnswerPage{Next: fetch.SafeURL(to)}, nil
	}
	if markup.IsJSON(g.text) {
		said, err := readVerdict(g.Page)
		if err == nil && !said.Result {
			err = said.err(false)
		}
		return driver.Any(AnswerPage{Captcha: said.NeedCaptcha}, err)
	}
	if g.endedOther() {
		return AnswerPage{Again: g.address(g.doc.Find("a[href]").First().AttrOr("href", ""))}, nil
	}
	if err := judge(g); err != nil {
		return nil, err
	}
	if !g.isHome() {
		return nil, driver.Unread(opLogin, g.said(), "this answers no login")
	}
	return AnswerPage{Number: g.homeStudent().Number}, nil
}

func parseStudent(op string, g *page) (any, error) {
	for _, s := range []jwxt.Student{g.homeStudent(), g.detailStudent(), g.infoStudent()} {
		if s.Number != "" {
			return s, nil
		}
	}
	return nil, refusedOr(op, g, "this page tells nobody's number")
}
