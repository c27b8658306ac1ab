package qiangzhi

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opLogin = "qiangzhi: login"

// Login implements [jwxt.Driver]. Beginning costs the login page and the
// picture, a new picture costs one request, an answer costs the post (and its
// key where the page interleaves) and whatever the school redirects to.
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	if isApp(c.School) {
		return loginApp(ctx, c, a)
	}
	v := open(c)
	f, isOpen := decodeForm(v.Noted(memoForm))
	switch {
	case len(a) > 0 && isOpen:
		return v.answer(ctx, f, a)
	case len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	case isOpen:
		return v.ask(ctx, f)
	}
	return v.begin(ctx)
}

// begin opens the login page with no cookies of an earlier session.
func (v *visit) begin(ctx context.Context) (jwxt.Step, error) {
	v.Drop()
	p, err := v.Web.Get(ctx, v.Option("entry", v.path("/")), "")
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, nil)
	}
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	g := readPage(p)
	f, ok := g.loginForm(root(v.Conn.School), v.Conn.School.Options["encoding"])
	if !ok {
		if err := spoken(opLogin, g.said()); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	return v.ask(ctx, f)
}

// ask draws a picture if one is asked and leaves the form open.
func (v *visit) ask(ctx context.Context, f form) (jwxt.Step, error) {
	ask := &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}
	if f.Captcha {
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
	const op = "qiangzhi: captcha"
	address := withTime(f.Picture, strconv.FormatInt(time.Now().UnixMilli(), 10))
	p, err := v.Web.Send(ctx, fetch.Request{URL: address, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(op, err)
	}
	if p.Status != http.StatusOK || !driver.IsPicture(p.Body) {
		if err := refused(op, readPage(p)); err != nil {
			return nil, err
		}
		return nil, jwxt.Fail(jwxt.Changed, op, errors.New("this is no picture"))
	}
	return p.Body, nil
}

// answer posts the form once and judges what comes back.
func (v *visit) answer(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	filled, err := v.fill(ctx, f, a)
	if err != nil {
		return nil, err
	}
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Action, Post: true, Form: filled, GBK: f.GBK, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	g, err := v.chain(ctx, p)
	if err == nil {
		err = judge(g, f)
	}
	if err != nil {
		return nil, v.failed(err, f, g)
	}
	return v.arrive(ctx, g, a[jwxt.FieldAccount])
}

// fill puts the answers into a copy of the form's fields. Where the password
// goes encoded, its own field stays as the page has it: empty.
func (v *visit) fill(ctx context.Context, f form, a jwxt.Answers) (fetch.Form, error) {
	account, password := strings.TrimSpace(a[jwxt.FieldAccount]), a[jwxt.FieldPassword]
	out := append(fetch.Form(nil), f.Fields...)
	switch f.Encoding {
	case encodePlain:
		out = out.Set("USERNAME", account).Set("PASSWORD", password)
	case encodeInterleave:
		scode, sxh, err := v.key(ctx, f)
		if err != nil {
			return nil, err
		}
		out = out.Set("userAccount", account).Set("encoded", interleave(account, password, scode, sxh))
	default:
		if has(out, "loginMethod") {
			out = out.Set("userAccount", account)
		}
		out = out.Set("encoded", b64(account, password))
	}
	if f.Captcha {
		out = out.Set("RANDOMCODE", strings.TrimSpace(a[jwxt.FieldCaptcha]))
	}
	return out, nil
}

func has(f fetch.Form, name string) bool {
	for _, field := range f {
		if field.Name == name {
			return true
		}
	}
	return false
}

// key asks for the interleave key, which belongs to this session. A server
// that gives none has forgotten the session the form was opened with.
func (v *visit) key(ctx context.Context, f form) (scode, sxh string, err error) {
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Key, Post: true, Referer: f.Page, AJAX: true})
	if err != nil {
		return "", "", driver.Under(opLogin, err)
	}
	scode, sxh, ok := strings.Cut(strings.TrimSpace(string(fetch.Text(p))), "#")
	if !ok || p.Status != http.StatusOK || !digits.MatchString(sxh) {
		v.Note(memoForm, "")
		return "", "", jwxt.Fail(jwxt.Expired, opLogin, errors.New("the school gave no key for the password"))
	}
	return scode, sxh, nil
}

var digits = regexp.MustCompile(`^[0-9]{1,64}$`)

// scripted matches the short pages that send a browser on by script.
var scripted = regexp.MustCompile(`(?:location(?:\.href)?\s*=|location\.replace\s*\()\s*['"]([^'"]+)['"]`)

// chain goes where the answer leads, redirects and the one or two script hops
// of older builds included. The session may only work after the whole chain.
func (v *visit) chain(ctx context.Context, p jwxt.Page) (*page, error) {
	var err error
	for hops := 0; ; hops++ {
		if p, _, err = v.Web.Follow(ctx, p, nil); err != nil {
			return nil, driver.Under(opLogin, err)
		}
		g := readPage(p)
		m := scripted.FindSubmatch(g.text)
		if m == nil || len(g.text) > 4<<10 || hops == 3 || g.isLogin() || g.shown() != "" {
			return g, nil
		}
		if p, err = v.Web.Get(ctx, g.address(string(m[1])), g.address("")); err != nil {
			return nil, driver.Under(opLogin, err)
		}
	}
}

// failed keeps the form open after a wrong captcha, renewed from the page that
// came back, and closes it after anything else that the school decided.
func (v *visit) failed(err error, f form, g *page) error {
	switch jwxt.KindOf(err) {
	case jwxt.Unreachable, jwxt.Blocked:
		return err
	case jwxt.WrongCaptcha:
		if again, ok := g.loginForm(root(v.Conn.School), v.Conn.School.Options["encoding"]); ok {
			again.Notice = f.Notice
			f = again
		}
		f.Captcha = f.Captcha || f.Picture != "" // it was hidden, and wanted all the same
		v.Note(memoForm, f.encode())
		return err
	}
	v.Note(memoForm, "")
	return err
}

// judge tells a refused login from one that may have worked.
func judge(g *page, f form) error {
	said := g.shown()
	if said == f.Notice {
		said = "" // it stood there before
	}
	if g.isMain() {
		return nil
	}
	if err := spoken(opLogin, said); err != nil {
		return err
	}
	switch {
	case g.isLogin() && said == "":
		return jwxt.Fail(jwxt.WrongPassword, opLogin, errors.New("the login page came back without a reason"))
	case g.isLogin():
		return jwxt.Refuse(jwxt.Changed, opLogin, said)
	}
	return refused(opLogin, g)
}

// isMain reports whether the page is one that only a logged-in student sees: it
// names him, holds the frame that does, or lets him out and refuses nothing.
// Error pages have a way out too.
func (g *page) isMain() bool {
	switch {
	case g.isLogin():
		return false
	case g.has("Top1_divLoginName", "middletopdwxx", "infoContentTitle") || g.title == "学生个人中心":
		return true
	case slices.ContainsFunc(g.frames, isMainFrame):
		return true
	}
	return g.has("退出", "注销", "method=exit", "Logout(", "教学一体化服务平台") && refused(opLogin, g) == nil
}

func isMainFrame(n *html.Node) bool {
	return strings.Contains(markup.Attr(n, "src"), "/framework/xsMain")
}

// arrive makes sure of the session on the main page and learns whose it is.
func (v *visit) arrive(ctx context.Context, g *page, account string) (jwxt.Step, error) {
	v.Note(memoForm, "")
	v.Conn.Session.Student = jwxt.Student{}
	if g.Status != http.StatusOK || !g.isMain() || !strings.Contains(g.URL.Path, "/framework/") {
		p, err := v.get(ctx, opLogin, fetch.Request{URL: v.Option("main", v.path("/framework/xsMain.jsp"))})
		if err != nil {
			return nil, err
		}
		if g = readPage(p); !g.isMain() || p.Status != http.StatusOK {
			if err := refused(opLogin, g); err != nil {
				return nil, err
			}
			return nil, driver.Unread(opLogin, g.said(), "the page after the login is not known")
		}
	}
	s, err := v.who(ctx, g)
	if err != nil {
		return nil, err
	}
	account = strings.TrimSpace(account)
	if s.Number != "" && !strings.EqualFold(s.Number, account) && v.Option("account", "") != "alias" {
		v.Drop()
		return nil, jwxt.Fail(jwxt.KickedOut, opLogin, jwxt.ErrOtherStudent)
	}
	if s.Number == "" {
		s.Number = account
	}
	v.Conn.Session.Student = s
	return &jwxt.Done{Student: s}, nil
}

// who reads the student from the main page, or from the frame that the newer
// skins keep him in.
func (v *visit) who(ctx context.Context, g *page) (jwxt.Student, error) {
	if s := g.student(); s.Number != "" {
		return s, nil
	}
	i := slices.IndexFunc(g.frames, isMainFrame)
	if i < 0 {
		return g.student(), nil
	}
	p, err := v.get(ctx, opLogin, fetch.Request{URL: g.address(markup.Attr(g.frames[i], "src")), Referer: g.address("")})
	if err != nil {
		return jwxt.Student{}, err
	}
	return readPage(p).student(), nil
}

// Logout ends the session at the school and forgets it here, even if the
// school does not answer.
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	if isApp(c.School) {
		return logoutApp(c)
	}
	v := open(c)
	address := v.path("/xk/LoginToXk?method=exit&tktime=") + strconv.FormatInt(time.Now().UnixMilli(), 10)
	_, err := v.Web.Get(ctx, address, v.Option("main", v.path("/framework/xsMain.jsp")))
	v.Drop()
	if err != nil {
		return driver.Under("qiangzhi: logout", err)
	}
	return nil
}
