package kingosoft

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opJSPLogin = "kingosoft: login"

// Login implements [jwxt.Driver]. Beginning costs the login page, and the
// picture where the page says that it wants one; a new picture one request. An
// answer costs the key (two requests more in the newest builds), the post, the
// page it leads to, and who is logged in.
func (jsp) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v := openJSP(c)
	f, isOpen := decodeJSPLogin(v.Noted(jspForm))
	switch {
	case len(a) > 0 && isOpen:
		return v.answer(ctx, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opJSPLogin, errors.New("an answer, but no form is open"))
	case isOpen:
		return v.askAgain(ctx, f)
	}
	return v.begin(ctx)
}

// begin opens the login page with no cookies of an earlier session.
func (v *jspVisit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.path(jspLoginPage), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opJSPLogin, err)
	}
	f, err := readJSP(p).loginForm()
	if err != nil {
		return nil, err
	}
	if o := v.Option("captcha", ""); o != "" {
		f.Captcha = o == "always"
	}
	return v.ask(ctx, f)
}

// askAgain draws another picture for an open form. A school that answers with
// another session has forgotten the form's: then the form is opened anew.
func (v *jspVisit) askAgain(ctx context.Context, f jspLogin) (jwxt.Step, error) {
	before := v.Cookie("JSESSIONID")
	step, err := v.ask(ctx, f)
	if err == nil && v.Cookie("JSESSIONID") != before {
		return v.begin(ctx)
	}
	return step, err
}

// ask draws a picture if one is asked and leaves the form open.
func (v *jspVisit) ask(ctx context.Context, f jspLogin) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Captcha {
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
		var err error
		if ask.Image, err = v.picture(ctx, f); err != nil {
			return nil, err
		}
	}
	v.Note(jspForm, f.encode())
	return ask, nil
}

func (v *jspVisit) picture(ctx context.Context, f jspLogin) ([]byte, error) {
	const op = "kingosoft: captcha"
	number := strconv.FormatInt(time.Now().UnixMilli()%100+1, 10)
	p, err := v.Web.Get(ctx, v.path("/cas/genValidateCode?v="+number), f.Page)
	if err != nil {
		return nil, driver.Under(op, err)
	}
	if !driver.IsPicture(p.Body) {
		return nil, driver.Unread(op, "", "this is no picture")
	}
	return p.Body, nil
}

// answer posts a login once. A school may want a captcha only then: that is an
// Ask for all, picture included.
func (v *jspVisit) answer(ctx context.Context, f jspLogin, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	form, err := v.logonForm(ctx, f, account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	if err != nil {
		return nil, unposted(err)
	}
	v.Note(jspForm, "") // whatever comes back, this form has been answered
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.path("/cas/logon.action"), Post: true, AJAX: true, GBK: true, Form: form, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opJSPLogin, err)
	}
	said, err := readJSP(p).logonAnswer()
	if err != nil {
		return nil, err
	}
	if said.Status == "200" {
		return v.arrive(ctx, f, said.Result, account)
	}
	if err = said.err(); jwxt.KindOf(err) != jwxt.WrongCaptcha {
		return nil, err
	}
	if f.Captcha {
		v.Note(jspForm, f.encode())
		return nil, err
	}
	f.Captcha = true
	return v.ask(ctx, f)
}

// unposted is an error that came before the password was sent: that was no try.
func unposted(err error) error {
	e := *driver.Under(opJSPLogin, err).(*jwxt.Error)
	e.Err = errors.Join(err, jwxt.ErrUnposted)
	return &e
}

// logonForm are the fields that are posted: the login's own, or those sealed.
func (v *jspVisit) logonForm(ctx context.Context, f jspLogin, account, password, code string) (fetch.Form, error) {
	f.Session = cmp.Or(f.Session, v.Cookie("JSESSIONID")) // older pages do not say
	if v.Option("login", "") == "plain" {
		return f.fields(account, password, code), nil
	}
	k, err := v.newKeys(ctx, opJSPLogin, f.Page)
	if err != nil {
		return nil, err
	}
	f.Session = cmp.Or(k.Session, f.Session)
	form := k.seal(unescaped(f.fields(account, password, code)))
	return append(form, fetch.Field{Name: "deskey", Value: k.Key}, fetch.Field{Name: "ssessionid", Value: f.Session}), nil
}

// newKeys asks for what the next message is encrypted with: the script that has
// both, or else each by itself.
func (v *jspVisit) newKeys(ctx context.Context, op, referer string) (k jspKeys, err error) {
	g, err := v.send(ctx, op, fetch.Request{URL: v.path("/custom/js/SetKingoEncypt.jsp"), Referer: referer})
	if err != nil {
		return k, err
	}
	k, ok := g.keys()
	if ok {
		return k, nil
	}
	for _, w := range []struct {
		method string
		to     *string
	}{{"getTempDeskey", &k.Key}, {"getTempNowtime", &k.Time}} {
		if g, err = v.send(ctx, op, fetch.Request{URL: v.path("/frame/homepage?method=" + w.method), Referer: referer, AJAX: true}); err != nil {
			return k, err
		}
		if *w.to, err = g.bare(op); err != nil {
			return k, err
		}
	}
	return k, nil
}

// arrive opens the page that a login leads to and learns whose session it is.
func (v *jspVisit) arrive(ctx context.Context, f jspLogin, to, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	if to != "" {
		// Some servers write an address here that only they can reach. Whether
		// the login worked, the next request tells.
		page, _ := v.Web.Resolve(f.Page) // which was asked for once already
		_, _ = v.send(ctx, opJSPLogin, fetch.Request{URL: markup.Address(page, to), Referer: f.Page})
	}
	id, err := v.identify(ctx, opJSPLogin)
	if jwxt.KindOf(err) == jwxt.Changed {
		// Not every build has the usual page.
		v.Note(jspWho, whoTerm)
		id, err = v.identify(ctx, opJSPLogin)
	}
	if err != nil {
		return nil, err
	}
	s := jwxt.Student{Number: id.Number, Name: id.Name}
	switch {
	case s.Number == "":
		s.Number = account
	case !strings.EqualFold(s.Number, account) && v.Option("account", "") != "alias":
		return nil, v.Another(opJSPLogin)
	}
	v.Note(jspCode, id.Code)
	v.Note(jspNow, id.Now.String())
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
