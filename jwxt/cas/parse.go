package cas

import (
	"errors"
	"net/http"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Pages reads saved pages of fronts, for bug reports. It implements
// [jwxt.PageParser].
type Pages struct{}

// LoginPage is what ParsePage tells of a login page.
type LoginPage struct {
	Action  string   `json:"action"`
	Fields  []string `json:"fields"` // that are sent besides what is typed
	Salt    string   `json:"salt,omitempty"`
	Old     bool     `json:"old,omitempty"`     // authserver of the older generation
	Captcha string   `json:"captcha"`           // none, picture or slider, where one is needed
	Letters string   `json:"letters,omitempty"` // the field of a picture's letters
	Needed  bool     `json:"needed"`            // by everybody; else authserver tells of an account
	Tip     string   `json:"tip,omitempty"`     // what the page says
}

// AnswerPage is what ParsePage tells of the answer to a login that was not
// refused.
type AnswerPage struct {
	Next     string   `json:"next,omitempty"`     // where it redirects to, without its query
	Continue []string `json:"continue,omitempty"` // fields of the form of 单处登录
}

// Pages implements [jwxt.PageParser]. The first two are the login pages of
// authserver and of Apereo, the last three what scripts of the first ask.
func (Pages) Pages() []string {
	return []string{"login", "apereo", "answer", "need", "slider", "second"}
}

// ParsePage implements [jwxt.PageParser]. A zero Status counts as 200. The value
// is a LoginPage, an AnswerPage, whether a captcha is needed, the width of a
// slider's board and whether its drag is signed, or true for a second factor's
// call that was taken.
func (Pages) ParsePage(name string, p jwxt.Page) (any, error) {
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under("cas: "+name, err)
	}
	switch name {
	case "login":
		return parseLogin(readPage(p), authserver)
	case "apereo":
		return parseLogin(readPage(p), apereo)
	case "answer":
		return parseAnswer(p)
	case "need":
		return driver.Any(readNeed(p))
	case "slider":
		_, _, s, err := readSlider(p)
		return driver.Any(map[string]any{"width": s.Width, "signed": s.Key != ""}, err)
	case "second":
		return driver.Any(true, readReAuth(p))
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "cas", errors.New("there is no such kind of page"))
}

func parseLogin(g *page, kind string) (any, error) {
	f, err := g.openForm(kind, "", false)
	if err != nil {
		return nil, err
	}
	out := LoginPage{
		Action: f.Action, Salt: f.Salt, Old: f.Old, Captcha: f.Captcha, Letters: f.Letters, Needed: f.Needed, Tip: f.Notice,
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
	if again := g.continueForm(); again != nil {
		var out AnswerPage
		for _, f := range again {
			out.Continue = append(out.Continue, f.Name)
		}
		return out, nil
	}
	return nil, refused(g, "")
}
