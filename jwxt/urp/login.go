package urp

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opLogin = "urp: login"

// Login implements [jwxt.Driver]. Beginning costs the login page and the
// picture, a new picture one request; an answer costs the post, the way to the
// home page of a new build, and the student's record.
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v, err := open(c)
	if err != nil {
		return nil, err
	}
	f, isOpen := decodeForm(c.Session.Memo[memoForm])
	switch {
	case len(a) > 0 && isOpen:
		return v.answer(ctx, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	case isOpen:
		return v.askAgain(ctx, f)
	}
	return v.begin(ctx)
}

// askAgain draws another picture for an open form. A school that answers with
// another session has forgotten the form's, and with it the token: then the
// form is opened anew.
func (v *visit) askAgain(ctx context.Context, f form) (jwxt.Step, error) {
	before := v.Cookie("JSESSIONID")
	step, err := v.ask(ctx, f)
	if err == nil && f.Captcha != "" && v.Cookie("JSESSIONID") != before {
		return v.begin(ctx)
	}
	return step, err
}

// begin opens the login page with no cookies of an earlier session.
func (v *visit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.path(v.entry), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	f, err := readPage(p).openForm(v.path(""), v.Conn.School.Options["password"])
	if err != nil {
		return nil, err
	}
	if f.Old != v.gbk {
		return nil, jwxt.Fail(jwxt.Changed, opLogin, errors.New("the login page is not of the build that the school's option names"))
	}
	return v.ask(ctx, f)
}

// ask draws a picture if one is asked and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Captcha != "" {
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		var err error
		if ask.Image, err = v.picture(ctx, f); err != nil {
			return nil, err
		}
	}
	v.Note(memoForm, f.encode())
	return ask, nil
}

func (v *visit) picture(ctx context.Context, f form) ([]byte, error) {
	p, err := v.Web.Get(ctx, f.Picture+random(), f.Page)
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	if p.Status != http.StatusOK || !driver.IsPicture(p.Body) {
		return nil, driver.Unread(opLogin, readPage(p).said(), "this is no picture")
	}
	return p.Body, nil
}

// answer posts the form once and judges what comes back.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	filled, err := f.fill(account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	if err != nil {
		return nil, jwxt.Fail(jwxt.Changed, opLogin, err)
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Action, Post: true, Form: filled, GBK: v.gbk, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	code := errorCode(p)
	if p, _, err = v.Web.Follow(ctx, p, nil); err != nil {
		return nil, driver.Under(opLogin, err)
	}
	g := readPage(p)
	if err := judge(g, code); err != nil {
		return nil, v.failed(err, g)
	}
	return v.arrive(ctx, account)
}

// errorCode is what a new build says of a login in the address it redirects to.
func errorCode(p jwxt.Page) string {
	to := fetch.Location(p)
	if to == nil {
		return ""
	}
	return markup.Bounded(to.Query().Get("errorCode"))
}

// judge tells a refused login from one that may have worked.
func judge(g *page, code string) error {
	said := g.said()
	if !g.isLogin() && code == "" {
		if g.isHome() {
			return nil
		}
		if err := refused(opLogin, g); err != nil {
			return err
		}
		return driver.Unread(opLogin, g.said(), "the page after the login is not known")
	}
	switch code {
	case "badCaptcha":
		return jwxt.Refuse(jwxt.WrongCaptcha, opLogin, said)
	case "badCredentials":
		// A lock has no code of its own: only words tell it.
		if err := spoken(opLogin, said); jwxt.KindOf(err) == jwxt.Locked || jwxt.KindOf(err) == jwxt.MustActFirst {
			return err
		}
		return jwxt.Refuse(jwxt.WrongPassword, opLogin, said)
	case "concurrentSessionExpired":
		return jwxt.Refuse(jwxt.KickedOut, opLogin, said)
	}
	if err := spoken(opLogin, said); err != nil {
		return err
	}
	e := jwxt.Fail(jwxt.Changed, opLogin, errNoReason)
	e.Said = said
	return e
}

// failed opens the form that came back after a wrong captcha, so that the next
// picture costs no new page.
func (v *visit) failed(err error, g *page) error {
	if jwxt.KindOf(err) != jwxt.WrongCaptcha {
		return err
	}
	if again, e := g.openForm(v.path(""), v.Conn.School.Options["password"]); e == nil {
		v.Note(memoForm, again.encode())
	}
	return err
}

// arrive learns from the student's record whose session it is. That works, so
// a record that does not tell is no reason to lose it.
func (v *visit) arrive(ctx context.Context, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	s, err := driver.Read(v.Conn, func() (jwxt.Student, error) { return v.record(ctx, opLogin) })
	alias := v.Conn.School.Options["account"] == "alias"
	switch k := jwxt.KindOf(err); {
	case err != nil && (k == jwxt.Expired || k == jwxt.KickedOut):
		return nil, err
	case alias:
	case s.Number == "":
		s.Number = account
	case !strings.EqualFold(s.Number, account):
		v.Drop()
		return nil, jwxt.Fail(jwxt.KickedOut, opLogin, jwxt.ErrOtherStudent)
	}
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
