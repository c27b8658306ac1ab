package supwisdom_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

// hashed is what the known vector has: the salt of loginForm, and 111111.
const hashed = "0c5354a0b462184976b238457a56e0a5e17ebb5c"

func TestPostedForm(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /eams/login.action":  {loginForm(`<input type="hidden" name="hashCookie" value="c0de"><input type="hidden" name="encodedPassword">`, "")},
		"POST /eams/login.action": {"302 /eams/home.action"},
		"GET /eams/home.action":   {home},
	}}
	c := s.conn()
	step, err := attempt(t, c, answers())
	want := jwxt.Student{Number: "2020000001", Name: "张三"}
	if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student != want {
		t.Fatalf("got %+v, %v", step, err)
	}
	const body = "username=2020000001&password=" + hashed + "&hashCookie=c0de&encodedPassword="
	if s.bodies[1] != body {
		t.Errorf("posted %s, want %s", s.bodies[1], body)
	}
}

// The vector is the same at EAMS5, whose salt has no hyphen.
func TestPostedJSON(t *testing.T) {
	for _, salt := range []string{"0f4e5c2a-1b7d-4c6e-9a3f-2d8b7c6a5e41", ` "0f4e5c2a-1b7d-4c6e-9a3f-2d8b7c6a5e41"` + "\n"} {
		s := &stub{t: t, answers: map[string][]string{
			"GET /student/login":                        {`<input type="password"><script>'/login-salt'</script>`},
			"GET /student/login-salt":                   {salt},
			"POST /student/login":                       {`{"result":true,"needCaptcha":false}`},
			"GET /student/for-std/student-info":         {"302 /student/for-std/student-info/info/77"},
			"GET /student/for-std/student-info/info/77": {`<li><span>学号</span><span>2020000001</span></li>`},
		}}
		if _, err := attempt(t, s.conn("variant", "eams5"), answers()); err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(s.bodies[2]), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"username": "2020000001", "password": hashed, "captcha": ""}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// The oldest page hashes nothing, which its school must say.
func TestPlainPassword(t *testing.T) {
	form := `<form action="login.action" method="post"><input name="loginForm.name"><input type="password" name="loginForm.password"></form>`
	s := &stub{t: t, answers: map[string][]string{
		"GET /eams/login.action": {form}, "POST /eams/login.action": {home},
	}}
	_, err := supwisdom.New().Login(t.Context(), s.conn(), nil)
	wantKind(t, err, jwxt.Changed, "")
	if _, err := attempt(t, s.conn("password", "plain"), answers()); err != nil {
		t.Fatal(err)
	}
	if got := s.bodies[len(s.bodies)-1]; got != "loginForm.name=2020000001&loginForm.password=111111" {
		t.Errorf("posted %s", got)
	}
	s.answers["GET /eams/login.action"] = []string{loginForm("", "")}
	_, err = supwisdom.New().Login(t.Context(), s.conn("password", "plain"), nil)
	wantKind(t, err, jwxt.Internal, "")
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, answer string
		kind         jwxt.Kind
		said         string
	}{
		{"wrong password", loginForm("", "密码错误"), jwxt.WrongPassword, "密码错误"},
		{"no such account", loginForm("", "账户不存在"), jwxt.WrongPassword, "账户不存在"},
		{"wrong captcha", loginForm("", "验证码错误"), jwxt.WrongCaptcha, "验证码"},
		{"locked", loginForm("", "账户已被锁定"), jwxt.Locked, "锁定"},
		{"silent", loginForm("", ""), jwxt.Changed, ""},
		{"too fast", `<div class="ui-state-error"><span>请不要过快点击</span></div>`, jwxt.Blocked, "过快"},
		{"campus only", `<h2>只允许校内访问</h2>`, jwxt.Blocked, "校内"},
		{"other words", loginForm("", "请联系管理员"), jwxt.Changed, "请联系管理员"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"GET /eams/login.action": {loginForm("", "")}, "POST /eams/login.action": {tt.answer},
			}}
			_, err := attempt(t, s.conn(), answers())
			wantKind(t, err, tt.kind, tt.said)
			if len(s.asked) != 2 {
				t.Errorf("asked %q", s.asked)
			}
		})
	}
}

// A school is not answered before the pause after its page is over, and no
// later than that.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := profile(campus.EAMS{})
		p.Captcha = true
		s := jwxttest.Campus{School: campus.New(p), Number: number}
		for _, think := range []time.Duration{0, 300 * time.Millisecond, 5 * time.Second} {
			c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
			step, err := supwisdom.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			time.Sleep(think)
			if _, err = supwisdom.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Fatal(err)
			}
			if got, want := time.Since(begin), max(think, time.Second); got != want {
				t.Errorf("after %v: logged in after %v, want %v", think, got, want)
			}
		}
	})
}

// The home page right after a login may be too soon; the login was taken.
func TestTooFastAfterLogin(t *testing.T) {
	fast := `<div class="ui-state-error"><span>请不要过快点击</span></div>`
	s := &stub{t: t, answers: map[string][]string{
		"GET /eams/login.action": {loginForm("", "")}, "POST /eams/login.action": {"302 /eams/home.action"},
		"GET /eams/home.action": {fast, fast, home},
	}}
	if step, err := attempt(t, s.conn(), answers()); err != nil || len(s.asked) != 5 {
		t.Errorf("got %+v, %v after %q", step, err, s.asked)
	}
}

// EAMS5 wants a captcha only once a login has failed: it is asked for, and the
// password is posted no second time without an answer.
func TestNeedCaptcha(t *testing.T) {
	p := profile(campus.EAMS5{CaptchaAfter: 1})
	s := jwxttest.Campus{School: campus.New(p), Number: number}
	posts := 0
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isLogin(r) {
			posts++
		}
		s.ServeHTTP(w, r)
	}))}
	right := jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}
	_, err := attempt(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: "wrong"})
	wantKind(t, err, jwxt.WrongPassword, "用户名或密码错误")
	step, err := attempt(t, c, right)
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok || len(ask.Image) == 0 || len(ask.Fields) != 3 || posts != 2 {
		t.Fatalf("got %+v, %v after %d posts", step, err, posts)
	}
	right[jwxt.FieldCaptcha] = "!!!!"
	_, err = supwisdom.New().Login(t.Context(), c, right)
	wantKind(t, err, jwxt.WrongCaptcha, "验证码")
	if step, err = supwisdom.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	step, err = supwisdom.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask)))
	if _, ok := step.(*jwxt.Done); err != nil || !ok || posts != 4 {
		t.Errorf("got %+v, %v after %d posts", step, err, posts)
	}
}

// A login that ends another is told so; the notice is gone through, once.
func TestSecondLogin(t *testing.T) {
	p := profile(campus.EAMS{Pause: pause})
	p.SingleSession = true
	s := campus.New(p)
	first, second := connTo(p, s), connTo(p, s)
	for _, c := range []*jwxt.Conn{first, second} {
		if _, err := attempt(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}); err != nil {
			t.Fatal(err)
		}
	}
	if err := supwisdom.New().KeepAlive(t.Context(), second); err != nil {
		t.Error(err)
	}
	err := supwisdom.New().KeepAlive(t.Context(), first)
	wantKind(t, err, jwxt.KickedOut, "重复登录")

	notice := `已将之前的登录踢出：<a href="/eams/home.action">点击此处</a>`
	st := &stub{t: t, answers: map[string][]string{
		"GET /eams/login.action": {loginForm("", "")}, "POST /eams/login.action": {notice}, "GET /eams/home.action": {notice},
	}}
	_, err = attempt(t, st.conn(), answers())
	wantKind(t, err, jwxt.Changed, "")
	if len(st.asked) != 3 {
		t.Errorf("asked %q", st.asked)
	}
}

func connTo(p campus.Profile, s *campus.School) *jwxt.Conn {
	return &jwxt.Conn{School: described(p, "http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
}

// TestLoginRequests is all that a login asks of a school, in order.
func TestLoginRequests(t *testing.T) {
	for _, tt := range []struct {
		name    string
		captcha bool
		system  campus.System
		want    []string
	}{
		{"EAMS", true, campus.EAMS{Pause: pause}, []string{
			"GET /eams/login.action", "GET /eams/captcha/image.action", "POST /eams/login.action", "GET /eams/home.action",
		}},
		{"EAMS, no number on the home page", false, campus.EAMS{Pause: pause, NoNumber: true}, []string{
			"GET /eams/login.action", "POST /eams/login.action", "GET /eams/home.action", "GET /eams/stdDetail.action",
		}},
		{"EAMS5", true, campus.EAMS5{}, []string{
			"GET /student/login", "GET /student/login-captcha", "GET /student/login-salt", "POST /student/login",
			"GET /student/for-std/student-info", "GET /student/for-std/student-info/info/",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := profile(tt.system)
			p.Captcha = tt.captcha
			s := jwxttest.Campus{School: campus.New(p), Number: number}
			var asked []string
			c := &jwxt.Conn{School: described(p, "http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.Method+" "+strings.TrimRight(r.URL.Path, "0123456789"))
				s.ServeHTTP(w, r)
			}))}
			step, err := supwisdom.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := supwisdom.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// An option that is not understood is refused before anything is asked.
func TestOptionsRefused(t *testing.T) {
	for name, value := range map[string]string{
		"variant": "eams4", "captcha": "sometimes", "password": "md5", "pause": "one second", "project": "BOTH", "account": "any",
	} {
		c := (&stub{t: t}).conn(name, value)
		_, err := supwisdom.New().Login(t.Context(), c, nil)
		wantKind(t, err, jwxt.Internal, "")
		if err != nil && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error does not name it: %v", name, err)
		}
	}
	c := (&stub{t: t}).conn()
	delete(c.School.Options, "variant")
	_, err := supwisdom.New().Grades(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Internal, "")
}

// The account that was typed must be the one that is logged in.
func TestOtherStudent(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /eams/login.action": {loginForm("", "")}, "POST /eams/login.action": {home},
	}}
	a := answers()
	a[jwxt.FieldAccount] = "2020000002"
	c := s.conn()
	_, err := attempt(t, c, a)
	wantOther(t, c, err)
	c = s.conn("account", "alias")
	if _, err := attempt(t, c, a); err != nil || c.Session.Student.Number != "2020000001" {
		t.Errorf("an alias: %v", err)
	}
}

// A picture that comes with a new session means that the salt is void.
func TestNewSessionWithPicture(t *testing.T) {
	n := 0
	c := (&stub{t: t}).conn()
	c.HTTP = jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "image.action") {
			n++
			http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: []string{"a", "a", "b", "b"}[min(n-1, 3)], Path: "/eams"})
			w.Write([]byte("\xff\xd8\xff\xe0jpeg"))
			return
		}
		w.Write([]byte(loginForm(`<input name="captcha_response">`, "")))
	}))
	for i, want := range []int{1, 2, 4} { // the third picture opens the form anew
		if _, err := supwisdom.New().Login(t.Context(), c, nil); err != nil || n != want {
			t.Errorf("call %d: %d pictures, %v; want %d", i, n, err, want)
		}
	}
}

// query is a form as it was posted.
func query(t *testing.T, body string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
