package supwisdom

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// openForm5 recognises the login page of EAMS5, which is a script's.
func (g *page) openForm5(s settings) (form, error) {
	if !g.isLogin() && !g.has("login-salt") {
		if err := spoken(opLogin, g.said()); err != nil {
			return form{}, err
		}
		return form{}, driver.Unread(opLogin, g.said(), "this is no login page")
	}
	f := form{Page: s.root + s.login, Captcha: s.captcha == "always"}
	if g.URL != nil {
		f.Page = g.URL.String()
	}
	return f, nil
}

// answer5 posts a login to EAMS5 once. A school that wants a captcha says so
// only then: that is an Ask for all, picture included.
func (v *visit) answer5(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	account := strings.TrimSpace(a[jwxt.FieldAccount])
	salt, err := v.salt(ctx, f)
	if err != nil {
		return nil, err
	}
	v.Note(memoForm, "") // whatever comes back, this form has been answered
	body, _ := json.Marshal(map[string]string{
		"username": account, "password": hash(salt+"-", a[jwxt.FieldPassword]), "captcha": strings.TrimSpace(a[jwxt.FieldCaptcha]),
	})
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.path("/login"), Post: true, AJAX: true, JSON: body, Referer: f.Page})
	if err != nil {
		return nil, driver.Under(opLogin, err)
	}
	said, err := readVerdict(p)
	if err != nil {
		return nil, err
	}
	if said.Result {
		return v.arrive5(ctx, account)
	}
	err = said.err(f.Captcha)
	if jwxt.KindOf(err) != jwxt.WrongCaptcha {
		return nil, err
	}
	if f.Captcha {
		v.Note(memoForm, f.encode())
		return nil, err
	}
	f.Captcha = true
	return v.ask(ctx, f)
}

var saltOnly = regexp.MustCompile(`^[0-9A-Za-z-]{4,80}$`)

// salt asks for what the next password of this session is hashed with.
func (v *visit) salt(ctx context.Context, f form) (string, error) {
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.path("/login-salt"), AJAX: true, Referer: f.Page})
	if err != nil {
		return "", driver.Under(opLogin, err)
	}
	salt := strings.Trim(strings.TrimSpace(string(fetch.Text(p))), `"`)
	if p.Status != http.StatusOK || !saltOnly.MatchString(salt) {
		return "", driver.Unread(opLogin, readPage(p).said(), "the school gave no salt for the password")
	}
	return salt, nil
}

// verdict is the answer to a login at EAMS5.
type verdict struct {
	Result      bool   `json:"result"`
	NeedCaptcha bool   `json:"needCaptcha"`
	Message     string `json:"message"`
}

func readVerdict(p jwxt.Page) (verdict, error) {
	var said struct {
		verdict
		Result *bool `json:"result"`
	}
	g := readPage(p)
	if !markup.IsJSON(g.text) || p.Status != http.StatusOK || json.Unmarshal(g.text, &said) != nil || said.Result == nil {
		return verdict{}, refusedOr(opLogin, g, "this answers no login")
	}
	said.verdict.Result = *said.Result
	return said.verdict, nil
}

// err is why a login was refused; had tells that a captcha went with it. The
// messages are not known from any capture. A bare refusal is that of a wrong
// password: no client has seen another.
func (d verdict) err(had bool) error {
	message := markup.Bounded(markup.Clean(d.Message))
	if err := spoken(opLogin, message); err != nil {
		return err
	}
	switch {
	case d.NeedCaptcha && !had:
		return jwxt.Refuse(jwxt.WrongCaptcha, opLogin, message)
	case message == "" && !d.NeedCaptcha:
		return jwxt.Fail(jwxt.WrongPassword, opLogin, errors.New("refused without a reason"))
	}
	return &jwxt.Error{Kind: jwxt.Changed, Op: opLogin, Said: message, TriesLeft: -1, Err: errors.New("refused for a reason that is not known")}
}

// arrive5 opens the student's page, whose address carries the inner number.
func (v *visit) arrive5(ctx context.Context, account string) (jwxt.Step, error) {
	v.Conn.Session.Student = jwxt.Student{}
	g, err := v.send(ctx, opLogin, fetch.Request{URL: v.path("/for-std/student-info")}, nil)
	if err != nil {
		return nil, err
	}
	s := g.infoStudent()
	if id := innerNumber.FindStringSubmatch(g.URL.Path); id != nil && s.Number != "" {
		v.Note(memoIDs, id[1])
		return v.done(s, account)
	}
	if g.isLogin() {
		return nil, refused(opLogin, g)
	}
	// Not every school shows that page; the grade sheet tells the session works.
	if _, err := v.sheetIDs(ctx, opLogin); err != nil {
		return nil, err
	}
	return v.done(s, account)
}
