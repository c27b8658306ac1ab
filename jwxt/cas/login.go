package cas

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Login implements [jwxt.Driver]. Beginning costs the way from the entrance to
// the login page, and a picture where the page itself shows one. An answer costs
// the question whether the account needs a captcha (once), a drag where there is
// a slider, the post, the way back, and what the vendor needs to learn whose
// session it is.
func (w front) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v, err := w.open(opLogin, c)
	if err != nil {
		return nil, err
	}
	f, isOpen := decodeForm(c.Session.Memo[memoForm])
	switch {
	case len(a) > 0 && isOpen && f.Second != nil:
		return v.answerCode(ctx, f, a)
	case len(a) > 0 && isOpen:
		return v.answer(ctx, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	case isOpen && f.Second != nil:
		return v.askCode(f), nil
	case isOpen:
		return v.askAgain(ctx, f)
	}
	return v.begin(ctx, false)
}

// begin opens the login page with nothing of an earlier session. needed tells
// that a captcha is known to be wanted.
func (v *visit) begin(ctx context.Context, needed bool) (jwxt.Step, error) {
	v.Conn.Session = jwxt.Session{}
	p, err := v.lead(ctx, opLogin)
	if err != nil {
		return nil, err
	}
	g := readPage(p)
	if !v.atFront(g.URL) {
		return nil, spokenOr(opLogin, g, "the entrance does not lead to the front")
	}
	f, err := v.openForm(g)
	if err != nil {
		return nil, err
	}
	f.Needed = f.Needed || needed && f.Captcha != noCaptcha
	return v.ask(ctx, f)
}

// askAgain draws another picture for an open form. A front that answers with
// another session has forgotten the form's: then the form is opened anew.
func (v *visit) askAgain(ctx context.Context, f form) (jwxt.Step, error) {
	before := v.sessionID()
	step, err := v.ask(ctx, f)
	if err == nil && v.sessionID() != before {
		return v.begin(ctx, f.Needed)
	}
	return step, err
}

func (v *visit) sessionID() string {
	for _, c := range v.Conn.Session.Cookies {
		if c.Name == "JSESSIONID" && strings.EqualFold(c.Domain, v.front.Hostname()) && strings.HasPrefix(v.front.Path, c.Path) {
			return c.Value
		}
	}
	return ""
}

// ask draws the captcha if one is needed and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (*jwxt.Ask, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	var err error
	switch {
	case !f.Needed:
	case f.Captcha == slider:
		ask.Fields = append(ask.Fields, jwxt.FieldDrag)
		ask.Image, ask.Puzzle, err = v.drawSlider(ctx, &f)
	default:
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		ask.Image, err = v.drawPicture(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	v.Note(memoForm, f.encode())
	return ask, nil
}

// answer posts the form once and goes the way back. What goes before the post
// leaves the form open when it fails: no try is spent yet. A captcha that turns
// out to be needed is asked with all else once more.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	more, err := v.prepare(ctx, &f, account, a)
	if err != nil {
		return nil, unposted(err)
	}
	if more != nil {
		return more, nil
	}
	filled, err := f.fill(account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	if err != nil {
		return nil, jwxt.Fail(jwxt.Changed, opLogin, err)
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	landed, err := v.post(ctx, f.Action, f.Page, filled)
	if err != nil {
		return nil, err
	}
	return v.judge(ctx, f, landed, account)
}

// prepare does what the page's script does before it posts: it asks whether the
// account needs a captcha, and has a drag judged.
func (v *visit) prepare(ctx context.Context, f *form, account string, a jwxt.Answers) (jwxt.Step, error) {
	if f.Check && !f.Needed {
		need, err := v.needsCaptcha(ctx, *f, account)
		if err != nil {
			return nil, err
		}
		if need {
			f.Needed = true
			ask, err := v.ask(ctx, *f)
			if err != nil {
				return nil, err
			}
			ask.Unposted = true
			return ask, nil
		}
	}
	if f.Needed && f.Captcha == slider {
		return nil, v.drag(ctx, *f, a[jwxt.FieldDrag])
	}
	return nil, nil
}

// unposted is the error of what goes before the password.
func unposted(err error) error {
	var e *jwxt.Error
	if !errors.As(err, &e) {
		return err
	}
	cause := jwxt.ErrUnposted
	if e.Err != nil {
		cause = fmt.Errorf("%w: %w", cause, e.Err)
	}
	return &jwxt.Error{Kind: e.Kind, Op: e.Op, Said: e.Said, TriesLeft: e.TriesLeft, Err: cause}
}

// post posts a form once and goes where that leads.
func (v *visit) post(ctx context.Context, action, from string, filled fetch.Form) (jwxt.Page, error) {
	p, err := v.Web.Send(ctx, fetch.Request{URL: action, Post: true, Form: filled, Referer: from})
	if err != nil {
		return p, driver.Under(opLogin, err)
	}
	return v.follow(ctx, opLogin, p)
}

// judge tells by where a login has led what became of it: into the system, to a
// second factor, to 单处登录, or back to the login page.
func (v *visit) judge(ctx context.Context, f form, landed jwxt.Page, account string) (jwxt.Step, error) {
	g := readPage(landed)
	if again := g.continueForm(); again != nil && v.atFront(g.URL) {
		return v.goOn(ctx, g, again, account)
	}
	switch {
	case !v.atFront(g.URL):
		return v.arrive(ctx, landed, account)
	case v.isSecond(g.URL):
		return v.beginSecond(ctx, g, account)
	}
	return nil, v.failed(refused(g, f.Notice), f, g)
}

// refused is why a login came back to the front.
func refused(g *page, notice string) error {
	said := g.said()
	if said == notice {
		said = "" // it stood there before
	}
	if err := spoken(opLogin, said); err != nil {
		return err
	}
	return unread(opLogin, g, "the front came back without a known reason")
}

// failed opens the form that came back after a wrong captcha, so that the next
// picture costs no new page.
func (v *visit) failed(err error, f form, g *page) error {
	if jwxt.KindOf(err) != jwxt.WrongCaptcha {
		return err
	}
	if again, bad := v.openForm(g); bad == nil && again.Captcha != noCaptcha {
		again.Needed, again.Notice = true, f.Notice
		v.Note(memoForm, again.encode())
	}
	return err
}

// arrive hands a login over to the vendor.
func (v *visit) arrive(ctx context.Context, landed jwxt.Page, account string) (jwxt.Step, error) {
	s, err := v.inner.Arrive(ctx, v.Conn, landed, account)
	if err != nil {
		return nil, err
	}
	return &jwxt.Done{Student: s}, nil
}

// goOn answers 单处登录 with yes: the form holds no password.
func (v *visit) goOn(ctx context.Context, g *page, filled fetch.Form, account string) (jwxt.Step, error) {
	action := g.address(g.doc.Find("form#continue").First().AttrOr("action", ""))
	if !v.mayPost(action) {
		return nil, unread(opLogin, g, "the form of 单处登录 leads elsewhere than to the front")
	}
	landed, err := v.post(ctx, action, g.address(""), filled)
	if err != nil {
		return nil, err
	}
	if readPage(landed).continueForm() != nil {
		return nil, unread(opLogin, g, "单处登录 is asked again and again")
	}
	step, err := v.judge(ctx, form{}, landed, account)
	if done, ok := step.(*jwxt.Done); ok {
		done.Ended = true
	}
	return step, err
}

// continueForm is what the form of 单处登录 sends, or nil. One that asks for
// anything typed is none.
func (g *page) continueForm() fetch.Form {
	n := g.doc.Find("form#continue").First()
	if n.Length() == 0 || n.Find(`input[type="password"], input[name="password"]`).Length() > 0 {
		return nil
	}
	out := fields(n)
	return slices.DeleteFunc(out, func(f fetch.Field) bool { return f.Name == "username" })
}
