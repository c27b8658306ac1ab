package kingosoft

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// JSPLogin is what ParsePage tells of a login page of the newer system.
type JSPLogin struct {
	Session string `json:"session,omitempty"`
	Captcha bool   `json:"captcha"`
}

// JSPAnswer is what ParsePage tells of the answer to a login that was not
// refused.
type JSPAnswer struct {
	Next string `json:"next,omitempty"`
}

// Pages implements [jwxt.PageParser].
func (jsp) Pages() []string {
	return []string{"login", "keys", "answer", "student", "form", "grades", "timetable", "rounds", "exams"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200.
func (jsp) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "kingosoft: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	g := readJSP(p)
	if err := g.ended(op); err != nil {
		return nil, err
	}
	switch name {
	case "login":
		f, err := g.loginForm()
		return driver.Any(JSPLogin{f.Session, f.Captcha}, err)
	case "keys":
		k, ok := g.keys()
		if !ok {
			return nil, g.refusedOr(op, "the script has no key")
		}
		return k, nil
	case "answer":
		a, err := g.logonAnswer()
		if err == nil && a.Status != "200" {
			err = a.err()
		}
		return driver.Any(JSPAnswer{a.Result}, err)
	case "student":
		return driver.Any(g.identity(op))
	case "form":
		return driver.Any(g.gradeForm())
	case "grades":
		list, err := g.grades()
		return driver.Any(list.Transcript, err)
	case "timetable":
		list, err := g.lessons()
		return driver.Any(list.Timetable, err)
	case "rounds":
		return driver.Any(g.rounds())
	case "exams":
		return driver.Any(g.exams())
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "kingosoft", errors.New("there is no such kind of page"))
}
