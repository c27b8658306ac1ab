package webvpn_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
	"jwxtbot/jwxt/webvpn"
)

// visitor is a student at a school behind a VPN.
type visitor struct {
	*testing.T
	behind
	driver jwxt.Driver
	conn   *jwxt.Conn
}

// visit opens a new URP with a picture behind a VPN.
func visit(t *testing.T, vpn campus.WebVPNProfile) *visitor {
	p := campus.Profile{ID: "test", Name: "示范大学", System: campus.URPNew{AllTerms: true}, Captcha: true, Accounts: []campus.Account{account()}}
	both := open(p, vpn)
	server := httptest.NewServer(both)
	t.Cleanup(server.Close)
	school := reached(p, vpn, server.URL)
	client, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return &visitor{t, both, webvpn.Behind(urp.New(), webvpn.Gate{}), &jwxt.Conn{School: school, HTTP: client}}
}

func (v *visitor) login(a jwxt.Answers) (jwxt.Step, error) {
	v.Helper()
	return v.driver.Login(v.Context(), v.conn, a)
}

// ask is the next question, which must have these fields besides the account.
func (v *visitor) ask(a jwxt.Answers, want ...jwxt.FieldKind) *jwxt.Ask {
	v.Helper()
	step, err := v.login(a)
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok {
		v.Fatalf("got %T, %v (said %q), want an Ask", step, err, jwxt.SaidOf(err))
	}
	if want = append([]jwxt.FieldKind{jwxt.FieldAccount}, want...); !slices.Equal(ask.Fields, want) {
		v.Fatalf("asked for %v, want %v", ask.Fields, want)
	}
	return ask
}

func (v *visitor) done(a jwxt.Answers) (ended bool) {
	v.Helper()
	step, err := v.login(a)
	done, ok := step.(*jwxt.Done)
	if err != nil || !ok {
		v.Fatalf("got %T, %v (said %q), want Done", step, err, jwxt.SaidOf(err))
	}
	return done.Ended
}

func (v *visitor) refused(a jwxt.Answers, kind jwxt.Kind) error {
	v.Helper()
	_, err := v.login(a)
	if err == nil || jwxt.KindOf(err) != kind {
		v.Fatalf("got %v, want %v", err, kind)
	}
	return err
}

// right are right answers to an Ask of either.
func (v *visitor) right(ask *jwxt.Ask) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}
	if len(ask.Image) > 0 {
		a[jwxt.FieldCaptcha], _ = v.Captcha(ask.Image)
	}
	return a
}

func (v *visitor) schoolPosts() (n int) {
	for _, e := range v.School.Log() {
		if e.Method == "POST" && strings.Contains(e.Path, "j_spring_security_check") {
			n++
		}
	}
	return n
}

// TestTwoQuestions: first the VPN asks, with a picture of its own, then the
// school, with another; each gets the password once.
func TestTwoQuestions(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{Captcha: true})
	first := v.ask(nil, jwxt.FieldPassword, jwxt.FieldCaptcha)
	second := v.ask(v.right(first), jwxt.FieldPassword, jwxt.FieldCaptcha)
	third := v.ask(nil, jwxt.FieldPassword, jwxt.FieldCaptcha) // another picture of the school's
	if first.ID == second.ID || second.ID == third.ID {
		t.Error("two questions have one name")
	}
	v.done(v.right(third))
	if v.vpn.Posts() != 1 || v.schoolPosts() != 1 {
		t.Errorf("the password was posted %d and %d times", v.vpn.Posts(), v.schoolPosts())
	}
	if got := v.conn.Session.Student; got != (jwxt.Student{Number: number, Name: name}) {
		t.Errorf("the student is %+v", got)
	}
	got, err := grades(v)
	if err != nil || len(got.Grades) == 0 || len(v.conn.Session.Memo) > 1 {
		t.Errorf("got %d grades, %v; memo %v", len(got.Grades), err, v.conn.Session.Memo)
	}
	for _, c := range v.conn.Session.Cookies {
		if c.Domain != "127.0.0.1" || c.Name == "JSESSIONID" {
			t.Errorf("the jar holds %s of %s", c.Name, c.Domain)
		}
	}
}

func grades(v *visitor) (jwxt.Transcript, error) {
	r, _ := jwxt.As[jwxt.GradeReader](v.driver)
	return r.Grades(v.Context(), v.conn, jwxt.Term{})
}

// TestWrongAtSchool: after a wrong answer at the school the login goes on there,
// and the VPN is not told the password again.
func TestWrongAtSchool(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{})
	second := v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)
	a := v.right(second)
	a[jwxt.FieldCaptcha] = "!!!!"
	v.refused(a, jwxt.WrongCaptcha)
	a = v.right(v.ask(nil, jwxt.FieldPassword, jwxt.FieldCaptcha))
	a[jwxt.FieldPassword] = "wrong"
	v.refused(a, jwxt.WrongPassword)
	v.refused(a, jwxt.Internal)
	v.done(v.right(v.ask(nil, jwxt.FieldPassword, jwxt.FieldCaptcha)))
	if v.vpn.Posts() != 1 {
		t.Errorf("the VPN was told the password %d times", v.vpn.Posts())
	}
}

// TestBeginAnew: who logs in although his session lives gets a new ticket, since
// the old one's still holds the school's cookies.
func TestBeginAnew(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{})
	for range 2 {
		v.done(v.right(v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)))
	}
	if v.vpn.Posts() != 2 || v.vpn.Sessions() != 2 {
		t.Errorf("%d posts, %d sessions", v.vpn.Posts(), v.vpn.Sessions())
	}
}

// TestVPNEnds: a VPN that has logged the person out ends the session, or has
// the login begin anew.
func TestVPNEnds(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{})
	v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)
	v.vpn.Expire()
	first := v.ask(nil, jwxt.FieldPassword)
	second := v.ask(v.right(first), jwxt.FieldPassword, jwxt.FieldCaptcha)
	a := v.right(second)
	v.vpn.Expire()
	v.refused(a, jwxt.Expired)
	if v.schoolPosts() != 0 {
		t.Error("the school was told the password")
	}
	v.done(v.right(v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)))
	v.vpn.Expire()
	if _, err := grades(v); jwxt.KindOf(err) != jwxt.Expired {
		t.Errorf("got %v, want Expired", err)
	}
}

// TestSecondStep: a code is asked besides, with the account and the password,
// and once more if it was wrong.
func TestSecondStep(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{Captcha: true, Code: "246810"})
	first := v.ask(nil, jwxt.FieldPassword, jwxt.FieldCaptcha)
	a := v.right(v.ask(v.right(first), jwxt.FieldPassword, jwxt.FieldCode))
	a[jwxt.FieldCode] = "1"
	v.refused(a, jwxt.WrongCaptcha)
	a = v.right(v.ask(nil, jwxt.FieldPassword, jwxt.FieldCode))
	a[jwxt.FieldCode] = " 246810 "
	v.done(v.right(v.ask(a, jwxt.FieldPassword, jwxt.FieldCaptcha)))
}

// TestElsewhere: older sessions of the person are ended where the VPN asks.
func TestElsewhere(t *testing.T) {
	for _, pages := range []bool{false, true} {
		v := visit(t, campus.WebVPNProfile{Single: true, Pages: pages})
		for round := range 2 {
			ended := v.done(v.right(v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)))
			if ended != (round == 1) {
				t.Errorf("pages %v, login %d: Ended is %v", pages, round+1, ended)
			}
		}
		if v.vpn.Posts() != 2 || v.vpn.Sessions() != 1 {
			t.Errorf("pages %v: %d posts, %d sessions", pages, v.vpn.Posts(), v.vpn.Sessions())
		}
	}
}

// TestVPNLocks: the VPN counts wrong passwords by itself.
func TestVPNLocks(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{LockAfter: 1})
	a := v.right(v.ask(nil, jwxt.FieldPassword))
	a[jwxt.FieldPassword] = "wrong"
	if err := v.refused(a, jwxt.WrongPassword); jwxt.SaidOf(err) != "用户名密码错误" {
		t.Errorf("the VPN said %q", jwxt.SaidOf(err))
	}
	v.refused(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.Locked)
	if v.schoolPosts() != 0 {
		t.Error("the school was told the password")
	}
}

// TestLogout ends both sessions, the school's and the VPN's.
func TestLogout(t *testing.T) {
	v := visit(t, campus.WebVPNProfile{})
	v.done(v.right(v.ask(v.right(v.ask(nil, jwxt.FieldPassword)), jwxt.FieldPassword, jwxt.FieldCaptcha)))
	l, _ := jwxt.As[jwxt.LogoutCaller](v.driver)
	if err := l.Logout(t.Context(), v.conn); err != nil {
		t.Fatal(err)
	}
	if v.vpn.Sessions() != 0 || v.School.Sessions(number) != 0 || !v.conn.Session.Empty() {
		t.Errorf("left: %d at the VPN, %d at the school, %v", v.vpn.Sessions(), v.School.Sessions(number), v.conn.Session.Cookies)
	}
}

// TestWithoutVPN: of a school without a WebVPN the wrapper is not to be seen.
func TestWithoutVPN(t *testing.T) {
	p := campus.Profile{ID: "test", Name: "示范大学", System: campus.URPNew{AllTerms: true}, Accounts: []campus.Account{account()}}
	s := jwxttest.Campus{School: campus.New(p), Number: number}
	v := &visitor{t, behind{Campus: s}, webvpn.Behind(urp.New(), webvpn.Gate{}), &jwxt.Conn{School: p.School(inner), HTTP: jwxttest.InProcess(s)}}
	v.done(s.Answers(v.ask(nil, jwxt.FieldPassword)))
	l, _ := jwxt.As[jwxt.LogoutCaller](v.driver)
	if err := l.Logout(t.Context(), v.conn); err != nil || s.Sessions(number) != 0 {
		t.Errorf("got %v, %d sessions are left", err, s.Sessions(number))
	}
}
