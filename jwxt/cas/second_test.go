package cas_test

import (
	"slices"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
)

// phone are the answers of a front that sends a code, but for those given.
func phone(change ...string) map[string][]string {
	return usual(append([]string{
		"POST " + toLogin, second,
		"GET ids/authserver/reAuthCheck/reAuthLoginView.do", `<input id="dynamicCode" name="dynamicCode">`,
		"POST ids/authserver/reAuthCheck/changeReAuthType.do", `{"code":1}`,
		"POST ids/authserver/dynamicCode/getDynamicCodeByReauth.do", `{"res":"success"}`,
		code, `{"code":"reAuth_failed","msg":"验证码不正确"} | {"code":"reAuth_success"}`,
		"GET jwxt/sso", toFront + " | /",
	}, change...)...)
}

// TestCode: a wrong code leaves the question open, and sends none anew.
func TestCode(t *testing.T) {
	s := &stub{t: t, answers: phone("GET jwxt/sso", toFront+" | 302 https://jwxt.example.edu.cn/home")}
	c := s.conn("authserver")
	step, err := attempt(t, c)
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok || !slices.Equal(ask.Fields, []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldCode}) || ask.Unposted {
		t.Fatalf("got %+v, %v", step, err)
	}
	_, err = login(t, c, jwxt.Answers{jwxt.FieldAccount: account, jwxt.FieldCode: "000000"})
	wantKind(t, err, jwxt.WrongCaptcha, "验证码不正确")
	step, err = login(t, c, nil)
	if again, ok := step.(*jwxt.Ask); err != nil || !ok || again.ID == ask.ID || !slices.Equal(again.Fields, ask.Fields) {
		t.Fatalf("after a wrong code: %+v, %v", step, err)
	}
	step, err = login(t, c, jwxt.Answers{jwxt.FieldAccount: account, jwxt.FieldCode: " 123456 "})
	wantDone(t, step, err)
	if n := len(s.posted("ids/authserver/dynamicCode/getDynamicCodeByReauth.do")); n != 1 {
		t.Errorf("%d codes were sent", n)
	}
	sent := s.posted("ids/authserver/reAuthCheck/reAuthSubmit.do")
	if last := sent[len(sent)-1]; last.Get("dynamicCode") != "123456" || last.Get("password") != "" || last.Get("skipTmpReAuth") != "false" {
		t.Errorf("handed in %v", last)
	}
	if n := len(s.posted(toLogin)); n != 1 {
		t.Errorf("the password was posted %d times", n)
	}
}

// TestNoCode: a second factor that is none by phone is for the person to give
// elsewhere.
func TestNoCode(t *testing.T) {
	for name, tt := range map[string]struct {
		change []string
		kind   jwxt.Kind
		said   string
	}{
		"an app's":       {[]string{"GET ids/authserver/reAuthCheck/reAuthLoginView.do", "<h3>请使用动态口令</h3>"}, jwxt.MustActFirst, "动态口令"},
		"no phone":       {[]string{"POST ids/authserver/reAuthCheck/changeReAuthType.do", `{"code":"0","message":"未绑定手机"}`}, jwxt.MustActFirst, "未绑定手机"},
		"too often":      {[]string{"POST ids/authserver/dynamicCode/getDynamicCodeByReauth.do", `{"res":"fail","returnMessage":"发送过于频繁"}`}, jwxt.Blocked, "频繁"},
		"not understood": {[]string{"POST ids/authserver/reAuthCheck/changeReAuthType.do", `<p>?</p>`}, jwxt.Changed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: phone(tt.change...)}
			_, err := attempt(t, s.conn("authserver"))
			wantKind(t, err, tt.kind, tt.said)
		})
	}
}

// TestCodeTooLate: a login that is over ends the attempt.
func TestCodeTooLate(t *testing.T) {
	s := &stub{t: t, answers: phone(code, `{"code":"reAuth_unauthorized","msg":"登录已失效"}`)}
	c := s.conn("authserver")
	if _, err := attempt(t, c); err != nil {
		t.Fatal(err)
	}
	a := jwxt.Answers{jwxt.FieldAccount: account, jwxt.FieldCode: "123456"}
	_, err := login(t, c, a)
	wantKind(t, err, jwxt.Expired, "失效")
	_, err = login(t, c, a)
	wantKind(t, err, jwxt.Internal, "")
}

// TestWordsOfSecondFactor: its words in the address of a service are none.
func TestWordsOfSecondFactor(t *testing.T) {
	s := &stub{t: t, answers: usual(
		"POST "+toLogin, "302 https://jwxt.example.edu.cn/authserver/reAuthCheck/reAuthLoginView.do?ticket=ST-1",
		"GET jwxt/authserver/reAuthCheck/reAuthLoginView.do", "home of "+account,
	)}
	step, err := attempt(t, s.conn("authserver"))
	wantDone(t, step, err)
}

// held is a session that the front remembers.
func held(c *jwxt.Conn) *jwxt.Conn {
	c.Session = jwxt.Session{
		Cookies: []jwxt.Cookie{{Name: "CASTGC", Value: "TGT-1", Domain: "ids.example.edu.cn", Path: "/authserver", HostOnly: true}},
		Student: jwxt.Student{Number: account},
	}
	return c
}

// TestRenew: what the front answers decides what becomes of the session.
func TestRenew(t *testing.T) {
	for name, tt := range map[string]struct {
		front string
		kind  jwxt.Kind // Internal where it is renewed
		kept  bool
	}{
		"remembered":      {back, jwxt.Internal, true},
		"forgotten":       {form, jwxt.Expired, true},
		"a second factor": {second, jwxt.Expired, true},
		"unreachable":     {"502 x", jwxt.Unreachable, true},
		"too often":       {"<p>登录请求过于频繁</p>", jwxt.Blocked, true},
		"redesigned":      {"<div></div>", jwxt.Changed, true},
		"another's":       {"302 https://jwxt.example.edu.cn/other", jwxt.KickedOut, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: phone("GET "+toLogin, tt.front, "GET jwxt/sso", toFront, "GET jwxt/other", "home of 2020000002")}
			c := held(s.conn("authserver"))
			r, ok := jwxt.As[jwxt.Renewer](cas.Behind(system{}))
			if !ok {
				t.Fatal("it cannot renew")
			}
			err := r.Renew(t.Context(), c)
			if tt.kind != jwxt.Internal {
				wantKind(t, err, tt.kind, "")
			} else if err != nil {
				t.Errorf("got %v", err)
			}
			if kept := len(c.Session.Cookies) == 1 && c.Session.Student.Number == account; kept != tt.kept {
				t.Errorf("the session is %+v", c.Session.Student)
			}
			for _, asked := range s.asked {
				if asked == "POST "+toLogin {
					t.Error("a password was posted")
				}
			}
		})
	}
}

// TestLogout ends the login at the front and in the system, whichever of them
// fails.
func TestLogout(t *testing.T) {
	for _, front := range []string{"302 /authserver/login", "502 x"} {
		s := &stub{t: t, answers: usual("GET ids/authserver/logout", front, "GET jwxt/bye", "bye")}
		c := held(s.conn("authserver"))
		out, ok := jwxt.As[jwxt.LogoutCaller](cas.Behind(system{}))
		if !ok {
			t.Fatal("it cannot log out")
		}
		err := out.Logout(t.Context(), c)
		if (err == nil) != (front[:3] == "302") {
			t.Errorf("the front answers %s: got %v", front, err)
		}
		if want := []string{"GET ids/authserver/logout", "GET jwxt/bye"}; !slices.Equal(s.asked, want) || !c.Session.Empty() {
			t.Errorf("asked %q, want %q; the session is held: %v", s.asked, want, !c.Session.Empty())
		}
	}
}
