package jwglxt

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// captcha is what a login page wants besides account and password.
type captcha string

const (
	noCaptcha captcha = "none"
	kaptcha   captcha = "kaptcha" // letters of a picture
	slider    captcha = "slider"  // zfcaptcha: a piece to drag
)

// maxLock is longer than any lock, in minutes.
const maxLock = 366 * 24 * 60

// form is an open login form: all that is needed to answer it later.
type form struct {
	Page    string     `json:"page"`   // where it was, the Referer of the answer
	Action  string     `json:"action"` // absolute, or relative to the host
	Fields  fetch.Form `json:"fields"`
	Plain   bool       `json:"plain,omitempty"` // mmsfjm is 0: the password goes as it is
	Captcha captcha    `json:"captcha"`
	Count   bool       `json:"count,omitempty"`   // failures lock the account, and are asked first
	Limit   int        `json:"limit,omitempty"`   // this many failures; 0 where there is no limit
	Minutes int        `json:"minutes,omitempty"` // how long; 0 where the page does not tell
	SMS     bool       `json:"sms,omitempty"`     // dxsyrz is 1
	Slide   slide      `json:"slide,omitzero"`    // of a slider, once it is drawn
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings, numbers and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Action != ""
}

// loginForm reads the login page. The captcha is fixed by the option where it
// is not "". ok is false where the page is no login page.
func (g *page) loginForm(root string, fixed captcha) (f form, ok bool) {
	if !g.isLogin() {
		return form{}, false
	}
	n := g.doc.Find(`form:has(input[name="mm"])`).First()
	if n.Length() == 0 {
		n = g.doc // broken markup has moved the inputs out of the form
	}
	f = form{Page: g.address(""), Action: root + "/xtgl/login_slogin.html", Fields: fields(n), Captcha: g.captcha()}
	if a := strings.TrimSpace(n.AttrOr("action", "")); a != "" && !strings.HasPrefix(a, "javascript:") && a != "#" {
		f.Action = g.address(a)
	}
	if token, ok := g.value("csrftoken"); ok && n.Find(`[name="csrftoken"]`).Length() == 0 {
		f.Fields = append(f.Fields, fetch.Field{Name: "csrftoken", Value: token})
	}
	if fixed != "" {
		f.Captcha = fixed
	}
	f.Plain = g.flag("mmsfjm") == "0"
	f.Count = g.flag("mmsrddcshkzfs") == "1"
	f.Limit = max(0, atoi(g.flag("yzcskz")))
	f.Minutes = min(max(0, atoi(g.flag("dlsbsdsj"))), maxLock)
	f.SMS = g.flag("dxsyrz") == "1"
	return f, true
}

// openForm is loginForm for a page that must have one and that a person can
// fill in here.
func (g *page) openForm(root string, fixed captcha) (form, error) {
	switch fixed {
	case "", noCaptcha, kaptcha, slider:
	default:
		return form{}, jwxt.Fail(jwxt.Internal, opLogin, errors.New("the school's option captcha is none, kaptcha or slider"))
	}
	f, ok := g.loginForm(root, fixed)
	if !ok {
		if err := spoken(opLogin, g.said()); err != nil {
			return f, err
		}
		return f, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	if f.SMS {
		return f, jwxt.Fail(jwxt.Changed, opLogin, errors.New("this school wants a code by SMS (dxsyrz), how is not known"))
	}
	return f, nil
}

// flag is one of the page's hidden settings, "" where it has none. Values may
// be unquoted and blank-led: value= 0.
func (g *page) flag(name string) string {
	v, _ := g.value(name)
	return v
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// captcha tells which captcha the page shows. The slider leaves nothing in the
// page but its script, or the box that this fills.
func (g *page) captcha() captcha {
	in := g.doc.Find("input#yzm, input[name=yzm]").First()
	switch {
	case g.has("zfcaptchaLogin", "zfdun_captcha"), g.doc.Find(".captcha_wrapper").Length() > 0:
		return slider
	case in.Length() > 0 && in.AttrOr("type", "") != "hidden" && !hidden(in):
		return kaptcha
	}
	return noCaptcha
}

// fields are the successful inputs of a form in order. A password that the page
// shows again is left out: an open form is stored.
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
		name, value := in.AttrOr("name", ""), strings.TrimSpace(in.AttrOr("value", ""))
		if name == "mm" {
			value = ""
		}
		if name != "" {
			out = append(out, fetch.Field{Name: name, Value: value})
		}
	})
	return out
}
