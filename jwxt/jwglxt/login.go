package jwglxt

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const opLogin = "jwglxt: login"

// Login implements [jwxt.Driver]. Beginning costs the login page and the
// picture; a slider is its script, a puzzle and two pictures. A new picture
// costs one request, a new puzzle three. An answer costs the count of failures
// and the drag where the page has them, the key, the post, and the way to the
// home page.
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v := open(c)
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
// another session has forgotten the form's, and with it the token and all that
// a drag is judged by: then the form is opened anew.
func (v *visit) askAgain(ctx context.Context, f form) (jwxt.Step, error) {
	before := v.Cookie("JSESSIONID")
	step, err := v.ask(ctx, f)
	if err == nil && f.Captcha != noCaptcha && v.Cookie("JSESSIONID") != before {
		return v.begin(ctx)
	}
	return step, err
}

// begin opens the login page with no cookies of an earlier session.
func (v *visit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.path("/xtgl/login_slogin.html"), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	f, err := readPage(p).openForm(root(v.Conn.School), captcha(v.Option("captcha", "")))
	if err != nil {
		return nil, err
	}
	return v.ask(ctx, f)
}

// ask draws a picture if one is asked and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	var err error
	switch f.Captcha {
	case kaptcha:
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		ask.Image, err = v.picture(ctx, f, v.path("/kaptcha?time=")+now())
	case slider:
		ask.Fields = append(ask.Fields, jwxt.FieldDrag)
		if f.Slide.Key == "" {
			f.Slide, err = v.openSlider(ctx, f)
		}
		if err == nil {
			ask.Image, ask.Puzzle, err = v.drawSlider(ctx, f)
		}
	}
	if err != nil {
		return nil, err
	}
	v.Note(memoForm, f.encode())
	return ask, nil
}

func (v *visit) picture(ctx context.Context, f form, address string) ([]byte, error) {
	p, err := v.captchaPage(ctx, f, address)
	if err != nil {
		return nil, err
	}
	if !driver.IsPicture(p.Body) {
		return nil, driver.Unread(opCaptcha, readPage(p).said(), "this is no picture")
	}
	return p.Body, nil
}

// answer posts the form once and judges what comes back. What goes before the
// post leaves the form open when it fails: no try is spent yet.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	left, filled, err := v.prepare(ctx, f, a)
	if err != nil {
		if k := jwxt.KindOf(err); k == jwxt.Locked || k == jwxt.WrongPassword {
			v.Note(memoForm, "")
		}
		return nil, err
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	p, err := v.Web.Send(ctx, fetch.Request{URL: withTime(f.Action), Post: true, Form: filled, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	redirected := fetch.Location(p) != nil
	if p, _, err = v.Web.Follow(ctx, p, nil); err != nil {
		return nil, driver.Under(opLogin, err)
	}
	g := readPage(p)
	if err := judge(g, redirected); err != nil {
		return nil, v.failed(err, f, g, left)
	}
	return v.arrive(ctx, g, strings.TrimSpace(a[jwxt.FieldAccount]))
}

// prepare does all that the page's script does before it posts: it asks how
// many tries are left, has the drag judged, and encrypts the password.
func (v *visit) prepare(ctx context.Context, f form, a jwxt.Answers) (left int, filled fetch.Form, err error) {
	account, password := strings.TrimSpace(a[jwxt.FieldAccount]), a[jwxt.FieldPassword]
	var track jwxt.Track
	if f.Captcha == slider {
		if track, err = jwxt.ParseTrack(a[jwxt.FieldDrag]); err != nil {
			return 0, nil, jwxt.Fail(jwxt.WrongCaptcha, opCaptcha, errors.New("the answer holds no drag"))
		}
	}
	if left, err = v.tries(ctx, f, account); err != nil {
		return left, nil, err
	}
	if track != nil {
		if err := v.drag(ctx, f, track); err != nil {
			return left, nil, err
		}
	}
	if !f.Plain {
		if password, err = v.encrypted(ctx, f, password); err != nil {
			return left, nil, err
		}
	}
	return left, f.fill(account, password, strings.TrimSpace(a[jwxt.FieldCaptcha])), nil
}

// fill puts the answers into a copy of the form's fields. The page has one or
// two fields mm and sends the password in each.
func (f form) fill(account, password, code string) fetch.Form {
	out := append(fetch.Form(nil), f.Fields...)
	for i := range out {
		if out[i].Name == "mm" {
			out[i].Value = password
		}
	}
	out = out.Set("yhm", account)
	if f.Captcha == kaptcha {
		out = out.Set("yzm", code)
	}
	return out
}

// encrypted encrypts a password with the key that the school gives this
// session for it.
func (v *visit) encrypted(ctx context.Context, f form, password string) (string, error) {
	address := v.path("/xtgl/login_getPublicKey.html?time=") + now() + "&_=" + now()
	p, err := v.Web.Send(ctx, fetch.Request{URL: address, AJAX: true, Referer: f.Page})
	if err != nil {
		return "", driver.Under(opLogin, err)
	}
	var k publicKey
	if p.Status != http.StatusOK || json.Unmarshal(fetch.Text(p), &k) != nil || k.Modulus == "" {
		return "", driver.Unread(opLogin, readPage(p).said(), "the school gave no key for the password")
	}
	secret, err := k.encrypt(password)
	if err != nil {
		return "", jwxt.Fail(jwxt.Changed, opLogin, err)
	}
	return secret, nil
}

// withTime adds the moment, as the form's script does.
func withTime(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("time", now())
	u.RawQuery = q.Encode()
	return u.String()
}

// judge tells a refused login from one that may have worked: the post of a
// good one is redirected, be it to the login page, and that of a bad one is
// answered by the login page.
func judge(g *page, redirected bool) error {
	if !g.isLogin() {
		if g.isHome() {
			return nil
		}
		return refused(opLogin, g)
	}
	if err := spoken(opLogin, g.tip()); err != nil {
		return err
	}
	why := "the login page came back without a known reason"
	if redirected {
		why = "the login page came back after a login that was taken"
	}
	return driver.Unread(opLogin, g.said(), why)
}

// failed opens the form that came back after a wrong captcha, so that the next
// picture costs no new page, and tells how many tries a wrong password leaves.
func (v *visit) failed(err error, f form, g *page, left int) error {
	var e *jwxt.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case jwxt.WrongCaptcha:
		again, ok := g.loginForm(root(v.Conn.School), captcha(v.Option("captcha", "")))
		if !ok {
			return err
		}
		if again.Captcha == noCaptcha {
			again.Captcha = kaptcha // it is hidden, and wanted all the same
		}
		again.Slide = f.Slide
		v.Note(memoForm, again.encode())
	case jwxt.WrongPassword:
		if left > 0 {
			e.TriesLeft = left - 1
		}
	}
	return err
}

// isHome reports whether this is the page after login: it names the student
// for its scripts, or lets him out.
func (g *page) isHome() bool {
	if g.isLogin() {
		return false
	}
	_, named := g.value("sessionUserKey")
	return named || g.has("login_logoutAccount")
}

// arrive makes sure of the session on the home page and learns whose it is.
func (v *visit) arrive(ctx context.Context, g *page, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	if g.Status != http.StatusOK || !g.isHome() {
		p, err := v.send(ctx, opLogin, fetch.Request{URL: v.path("/xtgl/index_initMenu.html?jsdm=xs&_t=") + now()})
		if err != nil {
			return nil, err
		}
		if g = readPage(p); !g.isHome() || p.Status != http.StatusOK {
			if err := refused(opLogin, g); err != nil {
				return nil, err
			}
			return nil, driver.Unread(opLogin, g.said(), "the page after the login is not known")
		}
	}
	number, _ := g.value("sessionUserKey")
	if number != "" && !strings.EqualFold(number, account) && v.Option("account", "") != "alias" {
		v.Drop()
		return nil, jwxt.Fail(jwxt.KickedOut, opLogin, jwxt.ErrOtherStudent)
	}
	s := jwxt.Student{Number: number}
	if number == "" {
		s.Number = account
	}
	// The session works; that the name is not told is no reason to lose it.
	u, err := driver.Read(v.Conn, func() (jwxt.Student, error) { return v.user(ctx, opLogin) })
	if err == nil {
		s.Name = u.Name
	}
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
