package cas_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
)

// TestPostedForm compares all that is posted, but for a password that is
// encrypted, of which only the length is known.
func TestPostedForm(t *testing.T) {
	encrypted := strings.Repeat("*", 108) // 80 bytes in base64: 64 random characters and the padded password
	for name, tt := range map[string]struct {
		kind, page string
		want       url.Values
	}{
		"new": {"authserver", form, url.Values{
			"username": {account}, "password": {encrypted}, "execution": {"e1"},
			"_eventId": {"submit"}, "cllt": {"userNameLogin"}, "dllt": {"generalLogin"}, "lt": {""},
		}},
		"of old": {"authserver", `<form id="casLoginForm"><input name="username"><input name="password" type="password"><input type="hidden" name="lt" value="LT-1">
			<input type="hidden" name="execution" value="e1s1"><input type="checkbox" name="rememberMe"></form><script>var pwdDefaultEncryptSalt = "abcdefABCDEF2345"</script>`, url.Values{
			"username": {account}, "password": {encrypted}, "lt": {"LT-1"}, "execution": {"e1s1"},
			"_eventId": {"submit"}, "dllt": {"userNamePasswordLogin"}, "rmShown": {"1"},
		}},
		"of old, as typed": {"authserver", `<form id="casLoginForm"><input name="password" type="password"><input type="hidden" name="lt" value="LT-1"></form>`, url.Values{
			"username": {account}, "password": {secret}, "lt": {"LT-1"}, "_eventId": {"submit"}, "dllt": {"userNamePasswordLogin"}, "rmShown": {"1"},
		}},
		"apereo": {"apereo", `<form id="fm1"><input name="username"><input name="password" type="password"><input type="hidden" name="execution" value="u_l"><input type="submit" name="submit"></form>`, url.Values{
			"username": {account}, "password": {secret}, "execution": {"u_l"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: usual("GET "+toLogin, tt.page, "GET ids/authserver/needCaptcha.html", "false")}
			step, err := attempt(t, s.conn(tt.kind))
			wantDone(t, step, err)
			got := s.posted(toLogin)
			if len(got) != 1 {
				t.Fatalf("posted %d times", len(got))
			}
			if p := got[0].Get("password"); p != secret {
				got[0].Set("password", strings.Repeat("*", len(p)))
			}
			if diff := cmp.Diff(tt.want, got[0]); diff != "" {
				t.Errorf("posted (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnposted: what fails before the password is sent is told as such, and
// leaves the form open.
func TestUnposted(t *testing.T) {
	for name, need := range map[string]string{"unreachable": "502 x", "blocked": "403 x", "unknown": "<p>?</p>"} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: usual("GET ids/authserver/checkNeedCaptcha.htl", need+` | {"isNeed":false}`)}
			c := s.conn("authserver")
			_, err := attempt(t, c)
			if !errors.Is(err, jwxt.ErrUnposted) || jwxt.KindOf(err) == jwxt.Internal {
				t.Errorf("got %v", err)
			}
			if n := len(s.posted(toLogin)); n != 0 {
				t.Errorf("the password was posted %d times", n)
			}
			step, err := login(t, c, answers())
			wantDone(t, step, err)
		})
	}
	s := &stub{t: t, answers: usual("GET ids/authserver/checkNeedCaptcha.htl", "404 ")}
	step, err := attempt(t, s.conn("authserver")) // a front that cannot be asked asks nothing
	wantDone(t, step, err)
}

// TestOnlyToTheFront: a password goes to the front, as it is reached, and to
// nobody else.
func TestOnlyToTheFront(t *testing.T) {
	for name, action := range map[string]string{
		"another host": "https://evil.example.com/authserver/login",
		"the system":   "https://jwxt.example.edu.cn/authserver/login", "another folder": "/phish/login", "a script": "javascript:send()",
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: usual("GET "+toLogin, strings.Replace(form, "/authserver/login?service=x", action, 1))}
			_, err := login(t, s.conn("authserver"), nil)
			wantKind(t, err, jwxt.Changed, "")
		})
	}
}

// TestActionInClear: a form that would be sent in clear is sent over TLS, or not
// at all where the front's host is the school's, which is asked in clear.
func TestActionInClear(t *testing.T) {
	inClear := strings.Replace(form, "/authserver/login?service=x", "http://ids.example.edu.cn/authserver/login", 1)
	s := &stub{t: t, answers: usual("GET "+toLogin, inClear)}
	step, err := attempt(t, s.conn("authserver"))
	wantDone(t, step, err)
	s = &stub{t: t, answers: usual("GET "+toLogin, inClear)}
	c := s.conn("authserver", "entrance", "https://jwxt.example.edu.cn/sso")
	c.School.BaseURL = "http://ids.example.edu.cn"
	_, err = login(t, c, nil)
	wantKind(t, err, jwxt.Changed, "")
}

// TestEntrance: where no front stands at the end of the way, nothing is asked.
func TestEntrance(t *testing.T) {
	for name, tt := range map[string]struct {
		entrance string
		kind     jwxt.Kind
	}{
		"a page of the system": {"<p>welcome</p>", jwxt.Changed},
		"closed":               {"<p>系统维护中</p>", jwxt.Closed},
		"not there":            {"404 x", jwxt.Changed},
		"in a ring":            {"302 /sso", jwxt.Changed},
		"unreachable":          {"502 x", jwxt.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: usual("GET jwxt/sso", tt.entrance)}
			_, err := login(t, s.conn("authserver"), nil)
			wantKind(t, err, tt.kind, "")
			if n := len(s.asked); n > 40 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// TestLongWay: the way may be long, partly by script, and by an entrance of the
// school's own.
func TestLongWay(t *testing.T) {
	a := usual("GET jwxt/in", `<script>window.location.href="/in0";</script>`, "GET jwxt/in20", toFront)
	for i := range 20 {
		a[fmt.Sprintf("GET jwxt/in%d", i)] = []string{fmt.Sprintf("302 /in%d", i+1)}
	}
	s := &stub{t: t, answers: a}
	step, err := attempt(t, s.conn("authserver", "entrance", "/in"))
	wantDone(t, step, err)
}

// TestOptions: an option that means nothing is refused, and so is a front that
// cannot be.
func TestOptions(t *testing.T) {
	for name, change := range map[string]func(*jwxt.Front){
		"unknown kind":   func(f *jwxt.Front) { f.Kind = "shibboleth" },
		"unknown option": func(f *jwxt.Front) { f.Options["captchas"] = "none" },
		"unknown value":  func(f *jwxt.Front) { f.Options["captcha"] = "ocr" },
		"no address":     func(f *jwxt.Front) { f.URL = "ids.example.edu.cn" },
		"no web address": func(f *jwxt.Front) { f.URL = "ftp://ids.example.edu.cn/login" },
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t}
			c := s.conn("authserver")
			change(&c.School.Front)
			_, err := login(t, c, nil)
			wantKind(t, err, jwxt.Internal, "")
			if cas.Check(system{}, c.School) == nil {
				t.Error("Check finds nothing")
			}
		})
	}
}

// TestPorts: an address may write its usual port, and the way may begin in clear.
func TestPorts(t *testing.T) {
	at := strings.Replace(toFront, "ids.example.edu.cn", "ids.example.edu.cn:443", 1)
	s := &stub{t: t, answers: usual("GET jwxt/sso", at)}
	step, err := attempt(t, s.conn("authserver"))
	wantDone(t, step, err)

	s = &stub{t: t, answers: usual("GET jwxt/sso", strings.Replace(toFront, "https://ids", "http://ids", 1),
		"GET "+toLogin, toFront+" | "+form)}
	step, err = attempt(t, s.conn("authserver"))
	wantDone(t, step, err)
}

// TestCaptchaForced: an option says that a plain CAS has a picture, which its
// page shows by script only.
func TestCaptchaForced(t *testing.T) {
	page := `<form id="fm1"><input type="password" name="password"></form>`
	s := &stub{t: t, answers: usual("GET "+toLogin, page, "GET ids/authserver/captcha.jpg", "\x89PNG\r\n\x1a\n")}
	c := s.conn("apereo", "captcha", "picture")
	step, err := login(t, c, nil)
	if ask, ok := step.(*jwxt.Ask); err != nil || !ok || len(ask.Image) == 0 {
		t.Fatalf("got %+v, %v", step, err)
	}
	step, err = login(t, c, answers("captcha", "ab3d"))
	wantDone(t, step, err)
	if got := s.posted(toLogin)[0].Get("captcha"); got != "ab3d" {
		t.Errorf("posted the letters %q", got)
	}
}

// TestCaptchaOption: where an option says there is none, nobody is asked.
func TestCaptchaOption(t *testing.T) {
	a := usual()
	delete(a, "GET ids/authserver/checkNeedCaptcha.htl")
	s := &stub{t: t, answers: a}
	step, err := attempt(t, s.conn("authserver", "captcha", "none"))
	wantDone(t, step, err)
}

// TestNoticeOfBefore: what stood on the page before is no answer.
func TestNoticeOfBefore(t *testing.T) {
	page := `<div id="showErrorTip">忘记密码或帐号错误请联系管理员</div>` + form
	s := &stub{t: t, answers: usual("GET "+toLogin, page, "POST "+toLogin, "401 "+page)}
	_, err := attempt(t, s.conn("authserver"))
	wantKind(t, err, jwxt.Changed, "")
}

const onePlace = `<h3>单处登录提醒</h3><form id="continue" method="post"><input name="execution" type="hidden" value="e2"><input name="_eventId" type="hidden" value="continue"></form>`

// TestOneLogin: 单处登录 is answered once, without a password, and told.
func TestOneLogin(t *testing.T) {
	s := &stub{t: t, answers: usual("POST "+toLogin, onePlace+" | "+back)}
	step, err := attempt(t, s.conn("authserver"))
	if !wantDone(t, step, err).Ended {
		t.Error("nobody is told that another login was ended")
	}
	want := url.Values{"execution": {"e2"}, "_eventId": {"continue"}}
	if got := s.posted(toLogin); len(got) != 2 || !cmp.Equal(got[1], want) {
		t.Errorf("posted %v, want %v at the end", got, want)
	}

	for name, answer := range map[string]string{
		"again and again": onePlace, "elsewhere": strings.Replace(onePlace, "<form", `<form action="https://evil.example.com/"`, 1),
		"with a password": strings.Replace(onePlace, "</form>", `<input type="password" name="password"></form>`, 1),
	} {
		s := &stub{t: t, answers: usual("POST "+toLogin, answer)}
		_, err := attempt(t, s.conn("authserver"))
		wantKind(t, err, jwxt.Changed, "")
		if n := len(s.posted(toLogin)); n > 2 {
			t.Errorf("%s: posted %d times", name, n)
		}
	}
}
