package kingosoft

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// ASPXLogin is what ParsePage tells of a login page of the older system.
type ASPXLogin struct {
	Action  string   `json:"action"`
	Fields  []string `json:"fields"`
	User    string   `json:"user"` // names of fields
	Hash    string   `json:"hash"`
	Captcha string   `json:"captcha,omitempty"` // "" where none is asked
	Code    string   `json:"code"`              // the school's
	Note    string   `json:"note,omitempty"`    // what the page says
}

// ASPXAnswer is what ParsePage tells of the answer to a login that was taken.
type ASPXAnswer struct {
	Note string `json:"note"`
}

// Pages implements [jwxt.PageParser].
func (aspx) Pages() []string { return []string{"login", "answer", "student", "grades", "timetable"} }

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The value
// is an ASPXLogin, an ASPXAnswer, a jwxt.Student, a jwxt.Transcript, whose
// pictures have no image, or a jwxt.Timetable.
func (aspx) ParsePage(name string, p jwxt.Page) (any, error) {
	op := "kingosoft: " + name
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under(op, err)
	}
	if fetch.Location(p) != nil {
		return nil, jwxt.Fail(jwxt.Expired, op, errors.New("redirected"))
	}
	g := readASPX(p)
	switch name {
	case "login":
		return parseASPXLogin(g)
	case "answer":
		return driver.Any(ASPXAnswer{g.note()}, aspxJudge(g))
	case "student":
		s, told := g.student()
		if !told || s.Number == "" {
			return nil, g.refused(op, "this page tells nobody's number")
		}
		return s, nil
	case "grades":
		return parseASPXGrades(g)
	case "timetable":
		return driver.Any(g.timetable())
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "kingosoft", errors.New("there is no such kind of page"))
}

func parseASPXLogin(g *aspxPage) (any, error) {
	f, err := g.form(openASPX(&jwxt.Conn{School: jwxt.School{BaseURL: "http://jw.invalid"}}))
	if err != nil {
		return nil, err
	}
	out := ASPXLogin{Action: f.Action, User: f.User, Hash: f.Hash, Code: f.Code, Note: g.note()}
	if f.Captcha {
		out.Captcha = f.CaptchaHash
	}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, field.Name)
	}
	return out, nil
}
