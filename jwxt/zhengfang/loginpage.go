package zhengfang

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// form is an open login form: all that is needed to answer it later.
type form struct {
	Page     string     `json:"page"`   // where it was, the Referer of the answer
	Action   string     `json:"action"` // absolute, or relative to the host
	Fields   fetch.Form `json:"fields"`
	Account  string     `json:"account"`           // name of the field for it
	Code     string     `json:"code,omitempty"`    // name of the captcha's field, if one is asked
	Picture  string     `json:"picture,omitempty"` // address of the captcha
	Modulus  string     `json:"modulus,omitempty"` // hex; the password goes RSA-encrypted
	Exponent string     `json:"exponent,omitempty"`
	GBK      bool       `json:"gbk,omitempty"` // the page, and so the post, is in GBK
}

const passwordField = "TextBox2"

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Action != ""
}

// accountField is the name of the field for the account, "" where the page has
// none beside a password.
func (g *page) accountField() string {
	if g.input(passwordField) == nil {
		return ""
	}
	for _, name := range []string{"txtUserName", "TextBox1"} {
		if g.input(name) != nil {
			return name
		}
	}
	return ""
}

// isLogin reports whether the page asks for account and password. The page to
// change a password has fields of these names as well, but more of them.
func (g *page) isLogin() bool {
	return g.accountField() != "" && !g.changesPassword() ||
		strings.HasPrefix(g.title, "欢迎使用") && strings.Contains(g.title, "登录")
}

// loginForm reads the login page as this school's options have it.
func (g *page) loginForm(s jwxt.School) (form, error) {
	f := form{
		Page: g.address(""), Action: g.action(), Fields: g.loginFields(),
		Account: g.accountField(), GBK: g.gbk,
	}
	if f.Account == "" {
		if err := refused(opLogin, g); err != nil && !g.isLogin() {
			return f, err
		}
		return f, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	f.Code, f.Picture = g.captcha(s.Options["captcha"])
	return f, g.key(s.Options["password"], &f)
}

// captcha is the captcha's field and address, "" where none is asked.
func (g *page) captcha(option string) (field, address string) {
	for _, name := range []string{"txtSecretCode", "TextBox3"} {
		if in := g.input(name); in != nil && field == "" && !strings.EqualFold(markup.Attr(in, "type"), "hidden") {
			field = name
		}
	}
	address = g.address("CheckCode.aspx")
	for _, img := range g.images {
		if src := markup.Attr(img, "src"); markup.Attr(img, "id") == "icode" || strings.Contains(strings.ToLower(src), "checkcode") {
			address = g.address(src)
			break
		}
	}
	switch {
	case option == "none" || option == "" && field == "":
		return "", ""
	case field == "":
		field = "txtSecretCode"
	}
	return field, address
}

// key reads how the password is sent. That a page with txtKeyModulus wants
// PKCS#1 v1.5 padding is what one client does; no page's script was seen.
func (g *page) key(option string, f *form) error {
	if option == "plain" {
		return nil
	}
	if in := g.input("txtKeyModulus"); in != nil {
		f.Modulus = markup.Attr(in, "value")
	}
	if in := g.input("txtKeyExponent"); in != nil {
		f.Exponent = markup.Attr(in, "value")
	}
	if option == "rsa" && f.Modulus == "" {
		return jwxt.Fail(jwxt.Changed, opLogin, errors.New("the page has no key for the password"))
	}
	return nil
}

// loginFields are the successful inputs of the form in order, 学生 chosen among
// the roles, and of its buttons the one that logs in. A password that the page
// shows again is left out: an open form is stored.
func (g *page) loginFields() fetch.Form {
	var out fetch.Form
	pressed, role := false, false
	for _, in := range g.inputs {
		name, value := markup.Attr(in, "name"), markup.Attr(in, "value")
		switch name {
		case "":
			continue
		case passwordField:
			value = ""
		}
		switch strings.ToLower(markup.Attr(in, "type")) {
		case "submit":
			if !pressed {
				out, pressed = append(out, fetch.Field{Name: name, Value: value}), true
			}
		case "image":
			if !pressed {
				out, pressed = append(out, fetch.Field{Name: name + ".x", Value: "0"}, fetch.Field{Name: name + ".y", Value: "0"}), true
			}
		case "radio":
			if value == student || hasAttr(in, "checked") && !role {
				out, role = out.Set(name, value), role || value == student
			}
		case "checkbox":
			if hasAttr(in, "checked") {
				out = append(out, fetch.Field{Name: name, Value: value})
			}
		case "button", "reset", "file":
		default:
			out = append(out, fetch.Field{Name: name, Value: value})
		}
	}
	for _, s := range g.selects {
		c := readChoice(s)
		if slices.Contains(c.values, student) {
			c.chosen = student
		}
		if c.name != "" {
			out = append(out, fetch.Field{Name: c.name, Value: c.chosen})
		}
	}
	return out
}

// student is what a student is called among the roles.
const student = "学生"

// choice is a select and what of it is chosen: the first, if nothing is.
type choice struct {
	name, chosen string
	values       []string
}

func readChoice(s *html.Node) choice {
	c := choice{name: markup.Attr(s, "name")}
	for o := range s.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		value := markup.Text(o)
		if hasAttr(o, "value") {
			value = markup.Attr(o, "value")
		}
		if len(c.values) == 0 || hasAttr(o, "selected") {
			c.chosen = value
		}
		c.values = append(c.values, value)
	}
	return c
}
