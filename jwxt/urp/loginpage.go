package urp

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// form is an open login form: all that is needed to answer it later.
type form struct {
	Page     string     `json:"page"`   // where it was, the Referer of the answer
	Action   string     `json:"action"` // absolute, or relative to the host
	Fields   fetch.Form `json:"fields"`
	Account  string     `json:"account"` // names of fields
	Password string     `json:"password"`
	Captcha  string     `json:"captcha,omitempty"` // "" where there is none
	Picture  string     `json:"picture,omitempty"`
	Old      bool       `json:"old,omitempty"`
	Hide     recipe     `json:"hide"`
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Action != ""
}

// loginForm reads the login page of either build. ok is false where the page
// is none. A new build's recipe may be missing.
func (g *page) loginForm(root string) (f form, ok bool) {
	switch {
	case g.input("zjh") && g.input("mm"):
		f = form{
			Old: true, Account: "zjh", Password: "mm", Captcha: "v_yzm", Hide: recipes["plain"],
			Action: root + "/loginAction.do", Picture: root + "/validateCodeAction.do?random=",
		}
	case g.input("j_username"):
		f = form{
			Account: "j_username", Password: "j_password", Captcha: "j_captcha",
			Action: root + "/j_spring_security_check", Picture: root + "/img/captcha.jpg?",
		}
		f.Hide, _ = findRecipe(string(g.text))
	case g.signsIn():
		f = form{Account: "username", Password: "password", Action: root + "/sigin", Hide: recipes["plain"]}
	default:
		return form{}, false
	}
	if !g.input(f.Captcha) {
		f.Captcha, f.Picture = "", ""
	}
	n := g.doc.Find(`form:has(input[name="` + f.Password + `"])`).First()
	if n.Length() == 0 {
		n = g.doc // broken markup has moved the inputs out of the form
	}
	f.Page, f.Fields = g.address(""), fields(n).Set(f.Password, "") // the form is stored, and pages may show the password again
	if a := strings.TrimSpace(n.AttrOr("action", "")); a != "" && !strings.HasPrefix(a, "javascript:") && a != "#" {
		f.Action = g.address(a)
	}
	return f, true
}

// openForm is loginForm for a page that must have one and that a person can
// fill in here. A recipe that the school's option names goes before the page's.
func (g *page) openForm(root, password string) (form, error) {
	f, ok := g.loginForm(root)
	if !ok {
		if err := spoken(opLogin, g.said()); err != nil {
			return f, err
		}
		return f, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	if r, named := recipes[password]; named && !f.Old {
		f.Hide = r
	}
	if f.Hide.Text == "" {
		return f, jwxt.Fail(jwxt.Changed, opLogin, errRecipe)
	}
	return f, nil
}

// fill puts the answers into a copy of the form's fields.
func (f form) fill(account, password, code string) (fetch.Form, error) {
	hidden, err := f.Hide.hide(password)
	if err != nil {
		return nil, err
	}
	out := append(fetch.Form(nil), f.Fields...).Set(f.Account, account).Set(f.Password, hidden)
	if f.Captcha != "" {
		out = out.Set(f.Captcha, code)
	}
	return out, nil
}

// fields are the successful inputs of a form in order.
func fields(n *goquery.Selection) fetch.Form {
	var out fetch.Form
	n.Find("input[name]").Each(func(_ int, in *goquery.Selection) {
		switch strings.ToLower(in.AttrOr("type", "")) {
		case "submit", "button", "reset", "image", "file":
			return
		case "checkbox", "radio":
			if _, checked := in.Attr("checked"); !checked {
				return
			}
		}
		if name := in.AttrOr("name", ""); name != "" {
			out = append(out, fetch.Field{Name: name, Value: strings.TrimSpace(in.AttrOr("value", ""))})
		}
	})
	return out
}

// errNoReason is a login page that came back and does not say why.
var errNoReason = errors.New("the login page came back without a known reason")
