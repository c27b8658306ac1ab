package kingosoft

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const aspxOpLogin = "kingosoft: login"

// Login implements [jwxt.Driver]. Beginning costs two requests, one without a
// captcha, and a new picture one; an answer costs the post and the line that
// tells who is logged in, and 学籍信息 where that line does not.
func (aspx) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v := openASPX(c)
	f, isOpen := decodeASPXForm(v.Noted(aspxMemoForm))
	switch {
	case len(a) > 0 && isOpen:
		return v.answer(ctx, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, aspxOpLogin, errors.New("an answer, but no form is open"))
	case isOpen:
		return v.ask(ctx, f)
	}
	return v.begin(ctx)
}

// begin opens the login page with no cookies of an earlier session.
func (v *aspxVisit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.login(), v.path("/home.aspx"))
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(aspxOpLogin, err)
	}
	f, err := readASPX(p).form(v)
	if err != nil {
		return nil, err
	}
	return v.ask(ctx, f)
}

// ask draws a picture if one is asked and leaves the form open.
func (v *aspxVisit) ask(ctx context.Context, f aspxForm) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Captcha {
		const op = "kingosoft: captcha"
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		image, _, _ := strings.Cut(f.Image, "?")
		p, err := v.Web.Get(ctx, image+"?t="+strconv.Itoa(time.Now().Nanosecond()/1e6), f.Page)
		if err != nil {
			return nil, driver.Under(op, err)
		}
		if !driver.IsPicture(p.Body) {
			return nil, readASPX(p).refused(op, "this is no picture")
		}
		ask.Image = p.Body
	}
	v.Note(aspxMemoForm, f.encode())
	return ask, nil
}

// answer posts the form once and judges what comes back.
func (v *aspxVisit) answer(ctx context.Context, f aspxForm, a jwxt.Answers) (jwxt.Step, error) {
	v.Note(aspxMemoForm, "") // whatever comes back, this form has been answered
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	form := f.fill(account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Action, Post: true, Form: form, GBK: f.GBK, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(aspxOpLogin, err)
	}
	if to := fetch.Location(p); to != nil && strings.HasSuffix(strings.ToLower(to.Path), strings.ToLower(aspxFrames)) {
		return v.arrive(ctx, account) // not seen: the page goes there by a script
	}
	g := readASPX(p)
	if err := aspxJudge(g); err != nil {
		return nil, v.failed(err, g)
	}
	return v.arrive(ctx, account)
}

// aspxJudge tells a refused login from one that worked.
func aspxJudge(g *aspxPage) error {
	switch note := g.note(); {
	case strings.Contains(note, "正在加载"):
		return nil
	case note != "":
		if err := aspxSpoken(aspxOpLogin, note); err != nil {
			return err
		}
		return driver.Unread(aspxOpLogin, note, "refused for a reason that is not known")
	case g.isLogin():
		return driver.Unread(aspxOpLogin, "", "the login page came back without a reason")
	}
	return g.refused(aspxOpLogin, "this answers no login")
}

// failed opens the form that came back after a wrong captcha, so that the next
// picture costs no new page.
func (v *aspxVisit) failed(err error, g *aspxPage) error {
	if jwxt.KindOf(err) == jwxt.WrongCaptcha {
		if again, bad := g.form(v); bad == nil && again.CaptchaHash != "" {
			again.Captcha = true
			v.Note(aspxMemoForm, again.encode())
		}
	}
	return err
}

// arrive learns whose session it is, which makes sure that it works.
func (v *aspxVisit) arrive(ctx context.Context, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	s, err := v.who(ctx, aspxOpLogin, aspxFoot)
	if err == nil && s.Number == "" {
		s, err = v.who(ctx, aspxOpLogin, aspxInfo)
	}
	switch {
	case err != nil:
		return nil, err
	case s.Number == "":
		return nil, jwxt.Fail(jwxt.Changed, aspxOpLogin, errors.New("no page tells whose session this is"))
	case !strings.EqualFold(s.Number, account) && v.Option("account", "") != "alias":
		return nil, v.Another(aspxOpLogin)
	}
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
