package supwisdom

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const (
	opLogin = "supwisdom: login"
)

// Login implements [jwxt.Driver]. Beginning costs the login page and the
// picture, a new picture one request. An answer costs, at EAMS, the post and
// the home page, and the 学籍信息 where the home page tells no 学号; at EAMS5
// the salt, the post, and the student's page with its redirect.
//
// EAMS is answered no sooner than the pause after its page: this call waits.
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v, err := open(opLogin, c)
	if err != nil {
		return nil, err
	}
	f, isOpen := decodeForm(v.Noted(memoForm))
	switch {
	case len(a) > 0 && isOpen && v.eams5:
		return v.answer5(ctx, f, a)
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
// another session has forgotten the form's, and with it the salt: then the form
// is opened anew.
func (v *visit) askAgain(ctx context.Context, f form) (jwxt.Step, error) {
	before := v.Cookie("JSESSIONID", "SESSION")
	step, err := v.ask(ctx, f)
	if err == nil && v.Cookie("JSESSIONID", "SESSION") != before {
		return v.begin(ctx)
	}
	return step, err
}

// begin opens the login page with no cookies of an earlier session.
func (v *visit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.path(v.login), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	g := readPage(p)
	f, err := g.openForm(v.settings)
	if v.eams5 {
		f, err = g.openForm5(v.settings)
	}
	if err != nil {
		return nil, err
	}
	return v.ask(ctx, f)
}

// ask draws a picture if one is asked and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Captcha {
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		var err error
		if ask.Image, err = v.picture(ctx, f); err != nil {
			return nil, err
		}
	}
	f.At = time.Now().UnixMilli()
	v.Note(memoForm, f.encode())
	return ask, nil
}

func (v *visit) picture(ctx context.Context, f form) ([]byte, error) {
	const op = "supwisdom: captcha"
	address := v.path("/captcha/image.action?d=")
	if v.eams5 {
		address = v.path("/login-captcha?d=")
	}
	p, err := v.Web.Get(ctx, address+strconv.FormatInt(time.Now().UnixMilli(), 10), f.Page)
	if err != nil {
		return nil, driver.Under(op, err)
	}
	if !driver.IsPicture(p.Body) {
		return nil, driver.Unread(op, readPage(p).said(), "this is no picture")
	}
	return p.Body, nil
}

// answer posts the form of EAMS once and judges what comes back. While it waits
// the form stays open: no try is spent yet.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	if err := wait(ctx, opLogin, f.early(v.pause)); err != nil {
		return nil, err
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	filled, err := f.fill(account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	if err != nil {
		return nil, jwxt.Fail(jwxt.Changed, opLogin, err)
	}
	g, taken, err := v.post(ctx, f, filled)
	if err != nil {
		return nil, err
	}
	if taken && g.tooFast() { // it is the home page that comes too soon
		return v.arrive(ctx, g, account)
	}
	if err := judge(g); err != nil {
		return nil, v.failed(err, g)
	}
	return v.arrive(ctx, g, account)
}

// post posts the filled form and goes where it leads; taken tells that it led
// somewhere.
func (v *visit) post(ctx context.Context, f form, filled fetch.Form) (g *page, taken bool, err error) {
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Action, Post: true, Form: filled, Referer: f.Page})
	if err != nil {
		return nil, false, driver.Under(opLogin, err)
	}
	p, trail, err := v.Web.Follow(ctx, p, nil)
	if err != nil {
		return nil, false, driver.Under(opLogin, err)
	}
	g = readPage(p)
	if g.endedOther() {
		g, err = v.through(ctx, opLogin, g, fetch.Request{URL: v.path(v.home())}, nil)
	}
	return g, len(trail) > 0, err
}

// judge tells a refused login from one that may have worked.
func judge(g *page) error {
	switch {
	case g.isHome():
		return nil
	case !g.isLogin():
		return refused(opLogin, g)
	}
	if err := spoken(opLogin, g.tip()); err != nil {
		return err
	}
	return driver.Unread(opLogin, g.said(), "the login page came back without a known reason")
}

// failed opens the form that came back after a wrong captcha, so that the next
// picture costs no new page.
func (v *visit) failed(err error, g *page) error {
	if jwxt.KindOf(err) == jwxt.WrongCaptcha {
		if again, bad := g.openForm(v.settings); bad == nil {
			again.Captcha = true
			v.Note(memoForm, again.encode())
		}
	}
	return err
}

// isHome reports whether this is the page after login.
func (g *page) isHome() bool {
	return !g.isLogin() && (g.has("我的账户", "您当前位置", "logout.action") || g.doc.Find("a.personal-name").Length() > 0)
}

// arrive makes sure of the session on the home page and learns whose it is.
func (v *visit) arrive(ctx context.Context, g *page, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	if g.Status != http.StatusOK || !g.isHome() {
		var err error
		if g, err = v.send(ctx, opLogin, fetch.Request{URL: v.path(v.home())}, nil); err != nil {
			return nil, err
		}
		if g.Status != http.StatusOK || !g.isHome() {
			return nil, refusedOr(opLogin, g, "the page after the login is not known")
		}
	}
	s, where := g.homeStudent(), whoHome
	if s.Number == "" {
		// The session works; that nothing tells whose it is is no reason to lose it.
		where = ""
		if d, err := v.send(ctx, opLogin, fetch.Request{URL: v.path(detailPath)}, nil); err == nil {
			if told := d.detailStudent(); told.Number != "" {
				s, where = told, whoDetail
			}
		}
	}
	v.Note(memoWho, where)
	return v.done(s, account)
}

// done ends a login as the student that the school named, or as the account
// where it named none.
func (v *visit) done(s jwxt.Student, account string) (jwxt.Step, error) {
	if s.Number != "" && !strings.EqualFold(s.Number, account) && !v.alias {
		return nil, v.Another(opLogin)
	}
	if s.Number == "" {
		s.Number = account
	}
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
