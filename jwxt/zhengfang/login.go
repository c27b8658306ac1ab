package zhengfang

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const (
	opLogin   = "zhengfang: login"
	opCaptcha = "zhengfang: captcha"
)

// Login implements [jwxt.Driver]. Beginning costs the login page, the redirect
// that tells the session where it is in the address, and the picture. A new
// picture costs one request, an answer the post and the main page.
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v := open(c)
	f, isOpen := decodeForm(v.Noted(memoForm))
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

// askAgain draws another picture for an open form. A school that has nothing
// to draw has forgotten the session; then the form is opened anew.
func (v *visit) askAgain(ctx context.Context, f form) (jwxt.Step, error) {
	step, err := v.ask(ctx, f)
	if k := jwxt.KindOf(err); err != nil && (k == jwxt.Expired || errors.Is(err, errTrouble)) {
		return v.begin(ctx)
	}
	return step, err
}

// begin opens the login page with nothing of an earlier session.
func (v *visit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	if err := (Driver{}).CheckSchool(v.Conn.School); err != nil {
		return nil, jwxt.Fail(jwxt.Internal, opLogin, err)
	}
	p, err := v.Web.Get(ctx, v.path(v.entry()), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	f, err := readPage(p).loginForm(v.Conn.School)
	if err != nil {
		return nil, err
	}
	path := p.URL.EscapedPath()
	v.Note(memoFolder, path[:strings.LastIndexByte(path, '/')+1])
	return v.ask(ctx, f)
}

func (v *visit) entry() string {
	if s := v.option("entry"); s != "" {
		return strings.TrimPrefix(s, "/")
	}
	return "default2.aspx"
}

// ask draws a picture if one is asked and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Code != "" {
		picture, err := v.picture(ctx, f)
		if err != nil {
			return nil, err
		}
		ask.Image = picture
		ask.Fields = append(ask.Fields, jwxt.FieldCaptcha)
	}
	v.Note(memoForm, f.encode())
	return ask, nil
}

func (v *visit) picture(ctx context.Context, f form) ([]byte, error) {
	address, _, _ := strings.Cut(f.Picture, "?")
	address += "?t=" + strconv.FormatInt(time.Now().UnixMilli(), 10)
	p, err := v.Web.Send(ctx, fetch.Request{URL: address, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opCaptcha, err)
	}
	if err := ended(opCaptcha, p); err != nil {
		return nil, err
	}
	if p.Status != http.StatusOK || !driver.IsPicture(p.Body) {
		g := readPage(p)
		if err := refused(opCaptcha, g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opCaptcha, g.said(), "this is no picture")
	}
	return p.Body, nil
}

// answer posts the form once and judges what comes back.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	filled, err := f.fill(account, a[jwxt.FieldPassword], strings.TrimSpace(a[jwxt.FieldCaptcha]))
	if err != nil {
		return nil, err // nothing is posted; the form stays open
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Action, Post: true, Form: filled, GBK: f.GBK, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	to := fetch.Location(p)
	if to == nil {
		return nil, v.failed(readPage(p))
	}
	number, err := arrivedAs(to)
	if err != nil {
		return nil, err
	}
	if p, _, err = v.Web.Follow(ctx, p, nil); err != nil {
		return nil, driver.Under(opLogin, err)
	}
	return v.arrive(readPage(p), number, account)
}

// fill puts the answers into a copy of the form's fields.
func (f form) fill(account, password, code string) (fetch.Form, error) {
	if f.Modulus != "" {
		secret, err := encrypt(password, f.Modulus, f.Exponent)
		if err != nil {
			return nil, jwxt.Fail(jwxt.Changed, opLogin, err)
		}
		password = secret
	}
	out := append(fetch.Form(nil), f.Fields...).Set(f.Account, account).Set(passwordField, password)
	if f.Code != "" {
		out = out.Set(f.Code, code)
	}
	return out, nil
}

// arrivedAs tells from where a posted login redirects to whether it was taken,
// and as whom: xs_main.aspx?xh=2020000001.
func arrivedAs(to *url.URL) (number string, err error) {
	path := strings.ToLower(to.Path)
	page := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case strings.HasPrefix(page, "xs_main"):
		return to.Query().Get("xh"), nil
	case strings.HasPrefix(page, "js_main"):
		return "", jwxt.Fail(jwxt.Unsupported, opLogin, errors.New("this is a teacher's account"))
	case strings.Contains(page, "xsjxpj"):
		// Where one client ends up before 评教; the sentence is its own.
		return "", jwxt.Refuse(jwxt.MustActFirst, opLogin, "请登录教务系统完成教师评价后再登录")
	}
	return "", nil // some page on the way; the one after it will tell
}

// judge reads why a login was refused, nil where it was not.
func judge(g *page) error {
	if g.isHome() {
		return nil
	}
	if err := spoken(opLogin, g.alerted()); err != nil {
		return err
	}
	if g.isLogin() {
		return driver.Unread(opLogin, g.said(), "the login page came back without a known reason")
	}
	if err := refused(opLogin, g); err != nil {
		return err
	}
	return driver.Unread(opLogin, g.said(), "this answers no login")
}

// failed is why a login was refused. After a wrong captcha it opens the form
// that came back, so that the next picture costs no new page.
func (v *visit) failed(g *page) error {
	err := judge(g)
	switch {
	case err == nil:
		return driver.Unread(opLogin, g.said(), "the main page came without its address")
	case jwxt.KindOf(err) != jwxt.WrongCaptcha:
		return err
	}
	if f, ferr := g.loginForm(v.Conn.School); ferr == nil {
		if f.Code == "" { // it is hidden, and wanted all the same
			f.Code, f.Picture = g.captcha("image")
		}
		v.Note(memoForm, f.encode())
	}
	return err
}

// arrive makes sure of the main page and learns whose it is, and where its menu
// has the grades.
func (v *visit) arrive(g *page, number, account string) (jwxt.Step, error) {
	if g.Status != http.StatusOK || !g.isHome() {
		if err := judge(g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opLogin, g.said(), "the page after the login is not known")
	}
	shown := g.student()
	for _, n := range []string{number, shown.Number} {
		if n != "" && !strings.EqualFold(n, account) && v.option("account") != "alias" {
			v.Drop()
			return nil, jwxt.Fail(jwxt.KickedOut, opLogin, jwxt.ErrOtherStudent)
		}
	}
	s := jwxt.Student{Number: account, Name: shown.Name}
	for _, n := range []string{shown.Number, number} {
		if n != "" {
			s.Number = n
		}
	}
	v.Note(memoGrades, g.menuLink(gradePages))
	v.Note(memoTimetable, g.menuLink(timetablePages))
	v.Note(memoExams, g.menuLink(examPages))
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}
