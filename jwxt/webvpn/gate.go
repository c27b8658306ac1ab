package webvpn

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// Gate is the driver of a WebVPN's own login. The school of its Conn is the VPN:
// its BaseURL is the VPN's root. Its zero value is ready.
type Gate struct{}

// Name is "webvpn", which is no school's vendor.
func (Gate) Name() string { return "webvpn" }

// memoForm is the key of the open form in Session.Memo.
const memoForm = "webvpn form"

// The VPN's own pages.
const (
	loginPage   = "/login"
	picturePage = "/captcha/"
	postPage    = "/do-login?local_login=true"
	confirmPage = "/do-confirm-login"
	logoutPage  = "/logout"
	casPage     = "/login?cas_login=true"
)

// form is what is left open between two calls.
type form struct {
	Captcha string `json:"captcha,omitempty"` // id of the picture; "" where none is asked
	Code    bool   `json:"code,omitempty"`    // of the second step, which is what is missing
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings always marshal
	return string(b)
}

// Login implements [jwxt.Driver]. Beginning costs the login page and, where
// there is one, its picture, and so does a new picture; an answer costs the
// post, and one more request where another session must be ended for it.
func (Gate) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v := driver.Open(c, memoForm)
	var f form
	open := json.Unmarshal([]byte(v.Noted(memoForm)), &f) == nil
	switch {
	case len(a) > 0 && open:
		return answer(ctx, &v, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	case open && f.Code:
		return f.ask(), nil
	}
	return begin(ctx, &v)
}

// begin opens the login page. A new picture needs a new page: its id is there.
func begin(ctx context.Context, v *driver.Visit) (jwxt.Step, error) {
	p, err := v.Web.Get(ctx, loginPage, "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	f, err := readForm(p)
	if err != nil {
		return nil, err
	}
	ask := f.ask()
	if f.Captcha != "" {
		if ask.Image, err = picture(ctx, v, f); err != nil {
			return nil, err
		}
	}
	v.Note(memoForm, f.encode())
	return ask, nil
}

func (f form) ask() *jwxt.Ask {
	fields := []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}
	switch {
	case f.Code:
		fields = append(fields, jwxt.FieldCode)
	case f.Captcha != "":
		fields = append(fields, jwxt.FieldCaptcha)
	}
	return &jwxt.Ask{ID: rand.Text(), Fields: fields}
}

// readForm reads the login page: an input needCaptcha says whether a picture is
// asked, one called captcha_id which.
func readForm(p jwxt.Page) (form, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(fetch.Text(p)))
	if err != nil || p.Status != http.StatusOK || doc.Find(`input[type="password"], input[name="password"]`).Length() == 0 {
		return form{}, driver.Unread(opLogin, "", "this is not the WebVPN's login page")
	}
	if doc.Find(`input[name="needCaptcha"]`).AttrOr("value", "") != "true" {
		return form{}, nil
	}
	f := form{Captcha: doc.Find(`input[name="captcha_id"]`).AttrOr("value", "")}
	if f.Captcha == "" || strings.Trim(f.Captcha, idLetters) != "" {
		return form{}, driver.Unread(opLogin, "", "the WebVPN's login page has no picture")
	}
	return f, nil
}

// idLetters are those of a picture's id, which becomes part of an address.
const idLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

func picture(ctx context.Context, v *driver.Visit, f form) ([]byte, error) {
	p, err := v.Web.Get(ctx, picturePage+f.Captcha, loginPage)
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	if p.Status != http.StatusOK || !driver.IsPicture(p.Body) {
		return nil, driver.Unread(opLogin, "", fmt.Sprintf("status %d and no picture", p.Status))
	}
	return p.Body, nil
}

// fill is the form as its page's script posts it.
func (f form) fill(a jwxt.Answers) fetch.Form {
	out := fetch.Form{
		{Name: "auth_type", Value: "local"}, {Name: "username", Value: strings.TrimSpace(a[jwxt.FieldAccount])},
		{Name: "sms_code", Value: strings.TrimSpace(a[jwxt.FieldCode])}, {Name: "password", Value: a[jwxt.FieldPassword]},
	}
	if f.Captcha != "" {
		out = append(out, fetch.Form{
			{Name: "captcha", Value: strings.TrimSpace(a[jwxt.FieldCaptcha])},
			{Name: "needCaptcha", Value: "true"}, {Name: "captcha_id", Value: f.Captcha},
		}...)
	}
	return out
}

// answer posts the form once and judges what comes back.
func answer(ctx context.Context, v *driver.Visit, f form, a jwxt.Answers) (jwxt.Step, error) {
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	p, err := v.Web.Send(ctx, fetch.Request{URL: postPage, Post: true, Form: f.fill(a), Referer: loginPage, AJAX: true})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	r := readReply(p)
	switch {
	case r.done:
		return &jwxt.Done{Student: jwxt.Student{Number: strings.TrimSpace(a[jwxt.FieldAccount])}}, nil
	case r.token != "":
		return confirm(ctx, v, r.token, a)
	case r.secondStep() && !f.Code:
		f = form{Code: true}
		v.Note(memoForm, f.encode())
		return f.ask(), nil
	}
	err = r.refusal()
	if f.Code && (r.secondStep() || jwxt.KindOf(err) == jwxt.WrongCaptcha) {
		v.Note(memoForm, form{Code: true}.encode())
		return nil, jwxt.Refuse(jwxt.WrongCaptcha, opLogin, r.Message)
	}
	if jwxt.KindOf(err) == jwxt.WrongCaptcha {
		v.Note(memoForm, f.encode())
	}
	return nil, err
}

// confirm ends the sessions that the person has elsewhere, as the page asks him
// to who wants to go on.
func confirm(ctx context.Context, v *driver.Visit, token string, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	p, err := v.Web.Send(ctx, fetch.Request{URL: confirmPage, Post: true, Referer: loginPage, AJAX: true, Form: fetch.Form{
		{Name: "username", Value: account}, {Name: "logoutOtherToken", Value: token},
	}})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	r := readReply(p)
	if !r.done {
		return nil, r.refusal()
	}
	return &jwxt.Done{Student: jwxt.Student{Number: account}, Ended: true}, nil
}

// leave ends the VPN's session.
func leave(ctx context.Context, out *jwxt.Conn) error {
	_, err := fetch.Open(out).Get(ctx, logoutPage, "")
	if err != nil {
		return driver.Under("webvpn: logout", err)
	}
	return nil
}

// Entrance implements [jwxt.Fronted].
func (Gate) Entrance(s jwxt.School) (string, error) { return s.BaseURL + casPage, nil }

// Serves implements [jwxt.Fronted]: the VPN is no school's system.
func (Gate) Serves(*url.URL) (map[string]string, bool) { return nil, false }

// Arrive implements [jwxt.Fronted]: who is not at the VPN's login is in. The
// VPN tells nobody's name.
func (Gate) Arrive(_ context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	if landed.Status != http.StatusOK || landed.URL == nil || strings.HasPrefix(landed.URL.Path, loginPage) {
		return jwxt.Student{}, driver.Unread(opLogin, "", "the way back from the front does not lead into the WebVPN")
	}
	if !strings.HasPrefix(landed.URL.String()+"/", c.School.BaseURL+"/") {
		return jwxt.Student{}, driver.Unread(opLogin, "", "the way back from the front leads elsewhere")
	}
	return jwxt.Student{Number: account}, nil
}

// said is the sentence of an older answer, which is a page.
func said(text []byte) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	return markup.Bounded(markup.Clean(doc.Find(".upper-login-field .msg").First().Text()))
}
