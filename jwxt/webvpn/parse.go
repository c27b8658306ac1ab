package webvpn

import (
	"fmt"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// LoginPage is what ParsePage makes of the VPN's login page.
type LoginPage struct {
	Picture string // its address; "" where none is asked
}

// AnswerPage is what ParsePage makes of an answer that is no refusal.
type AnswerPage struct {
	In   bool // the login is done
	Code bool // a code of a second step is asked
	Ends bool // asks before it ends the person's older session
}

// Pages implements [jwxt.PageParser].
func (Gate) Pages() []string { return []string{"login", "answer"} }

// ParsePage implements [jwxt.PageParser].
func (Gate) ParsePage(page string, p jwxt.Page) (any, error) {
	if err := fetch.Check(p); err != nil {
		return nil, driver.Under("webvpn: "+page, err)
	}
	switch page {
	case "login":
		f, err := readForm(p)
		out := LoginPage{}
		if f.Captcha != "" {
			out.Picture = picturePage + f.Captcha
		}
		return driver.Any(out, err)
	case "answer":
		r := readReply(p)
		out := AnswerPage{In: r.done, Code: r.secondStep(), Ends: r.token != "" && !r.done}
		if out == (AnswerPage{}) {
			return nil, r.refusal()
		}
		return out, nil
	}
	return nil, jwxt.Fail(jwxt.Unsupported, "webvpn", fmt.Errorf("no page is called %q", page))
}
