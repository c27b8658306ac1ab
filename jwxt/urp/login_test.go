package urp_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// oldStub and newStub let in, but for what a test changes.
func oldStub(t *testing.T, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET /": {oldLogin("")}, "POST /loginAction.do": {frames}, "GET " + infoPath: {oldRecord("2020000001")},
	}}
	maps.Copy(s.answers, change)
	return s
}

func newStub(t *testing.T, script string, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET /login": {newLogin(script, "")}, "POST /j_spring_security_check": {"302 /index.jsp"},
		"GET /index.jsp": {newHome}, "GET " + rollPath: {newRecord("2020000001")},
	}}
	maps.Copy(s.answers, change)
	return s
}

// A form is posted as the page has it, in GBK at an old build.
func TestPostedForm(t *testing.T) {
	s := oldStub(t, nil)
	step, err := attempt(t, s.conn("build", "old"), answers("password", "密码+1"))
	if diff := cmp.Diff(&jwxt.Done{Student: jwxt.Student{Number: "2020000001", Name: "张三"}}, step); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, want := s.bodies[1], "zjh1=&lx=1&zjh=2020000001&mm=%C3%DC%C2%EB%2B1"; got != want {
		t.Errorf("posted %q, want %q", got, want)
	}
	s = newStub(t, md5Script, nil)
	if _, err := attempt(t, s.conn("build", "new"), answers()); err != nil {
		t.Fatal(err)
	}
	want := "tokenValue=t0ken&lang=zh&j_username=2020000001&j_password=96e79218965eb72c92a549dd5a330112"
	if got := s.bodies[1]; got != want {
		t.Errorf("posted %q, want %q", got, want)
	}
}

// TestPasswordScripts computes what login pages' scripts do with 111111.
func TestPasswordScripts(t *testing.T) {
	const (
		val    = `$('#input_password').val()`
		plain  = "96e79218965eb72c92a549dd5a330112"
		salted = "b29bd66d6426752b5e238f5b6a298cd8"
		twice  = "e0fd641d006d305a90fa4ce3df9bc90d*9db06bcff9248837f86d1a6bcf41c9e7"
	)
	tests := []struct{ name, script, option, want string }{
		{"md5", "hex_md5(" + val + ")", "", plain},
		{"other quotes", `hex_md5($(&quot;#input_password&quot;).val())`, "", plain},
		{"by id", `hex_md5(document.getElementById('j_password').value)`, "", plain},
		{"salted, then plain", "hex_md5(" + val + ")+'*'+hex_md5(" + val + ", '1.8')", "", salted + "*" + plain},
		{"salt written out", "hex_md5(" + val + " + '{Urp602019}') + '*' + hex_md5(" + val + ")", "", salted + "*" + plain},
		{"twice", "hex_md5(hex_md5(" + val + "), '1.8') + '*' + hex_md5(hex_md5(" + val + ", '1.8'), '1.8')", "", twice},
		{"option plain", md5Script, "plain", "111111"},
		{"option md5", "sm2(" + val + ")", "md5", plain},
		{"option salted", md5Script, "salted", salted + "*" + plain},
		{"option twice", md5Script, "twice", twice},
		{"no hash", "sm2(" + val + ")", "", ""},
		{"not of the password", "hex_md5('x')", "", ""},
		{"with something else", "hex_md5(hex_md5(" + val + ")+rand)", "", ""},
		{"something else before", "hex_md5(rand+hex_md5(" + val + "))", "", ""},
		{"something in front", "rand+hex_md5(" + val + ")", "", ""},
		{"in capitals", "hex_md5(" + val + ").toUpperCase()", "", ""},
		{"too deep", strings.Repeat("hex_md5(", 20) + val + strings.Repeat(")", 20), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStub(t, tt.script, nil)
			c := s.conn("build", "new")
			if tt.option != "" {
				c.School.Options["password"] = tt.option
			}
			_, err := attempt(t, c, answers())
			if tt.want == "" {
				wantKind(t, err, jwxt.Changed, "")
				if s.posts() > 0 {
					t.Error("posted all the same")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := s.form("/j_spring_security_check").Get("j_password"); got != tt.want {
				t.Errorf("posted %q, want %q", got, tt.want)
			}
		})
	}
}

// TestRefusals gives every sentence that a login is refused with. The password
// is posted once, whatever comes back.
func TestRefusals(t *testing.T) {
	tests := []struct {
		said string
		kind jwxt.Kind
		open bool // the form
	}{
		{"你输入的验证码错误，请您重新输入！", jwxt.WrongCaptcha, true},
		{"你输入的证件号不存在，请您重新输入！", jwxt.WrongPassword, false},
		{"您的密码不正确，请您重新输入！", jwxt.WrongPassword, false},
		{"账号不存在", jwxt.WrongPassword, false},
		{"用户名或密码错误", jwxt.WrongPassword, false},
		{"账号或密码错误", jwxt.WrongPassword, false},
		{"数据库忙请稍候再试", jwxt.Unreachable, false},
		{"您的账号已被锁定", jwxt.Locked, false},
		{"密码过于简单，请先修改密码", jwxt.MustActFirst, false},
		{"您没有注册", jwxt.MustActFirst, false},
		{"系统维护中，暂停登录", jwxt.Closed, false},
		{"登录过于频繁", jwxt.Blocked, false},
		{"tokenValue无效", jwxt.Expired, false},
		{"天有不测风云", jwxt.Changed, false},
		{"", jwxt.Changed, false},
	}
	for _, tt := range tests {
		t.Run(tt.said, func(t *testing.T) {
			old := oldStub(t, map[string][]string{"POST /loginAction.do": {oldLogin(tt.said)}})
			new := newStub(t, md5Script, map[string][]string{"POST /j_spring_security_check": {newLogin(md5Script, tt.said)}})
			for build, s := range map[string]*stub{"old": old, "new": new} {
				c := s.conn("build", build)
				_, err := attempt(t, c, answers())
				wantKind(t, err, tt.kind, tt.said)
				if open := c.Session.Memo["form"] != ""; open != tt.open {
					t.Errorf("the form is open: %v, want %v", open, tt.open)
				}
				if s.posts() != 1 {
					t.Errorf("posted %d times", s.posts())
				}
			}
		})
	}
}

// TestErrorCodes gives every code that a new build redirects with.
func TestErrorCodes(t *testing.T) {
	for code, kind := range map[string]jwxt.Kind{
		"badCaptcha": jwxt.WrongCaptcha, "badCredentials": jwxt.WrongPassword, "concurrentSessionExpired": jwxt.KickedOut, "else": jwxt.Changed,
	} {
		to := "/login?errorCode=" + code
		s := newStub(t, md5Script, map[string][]string{"POST /j_spring_security_check": {"302 " + to}, "GET " + to: {newLogin(md5Script, "")}})
		_, err := attempt(t, s.conn("build", "new"), answers())
		wantKind(t, err, kind, "")
		if s.posts() != 1 {
			t.Errorf("%s: posted %d times", code, s.posts())
		}
	}
}

// What an option says must mean something, and the login page must be of the
// build that it names.
func TestOptions(t *testing.T) {
	for _, options := range [][]string{
		nil, {"build", ""}, {"build", "newer"}, {"build", "new", "password", "sm2"}, {"build", "new", "Password", "md5"},
		{"build", "new", "grades", "all"}, {"build", "new", "account", "yes"},
	} {
		s := &stub{t: t}
		c := s.conn(options...)
		_, err := urp.New().Login(t.Context(), c, nil)
		wantKind(t, err, jwxt.Internal, "")
		_, err = urp.New().Grades(t.Context(), c, jwxt.Term{})
		wantKind(t, err, jwxt.Internal, "")
		wantKind(t, urp.New().KeepAlive(t.Context(), c), jwxt.Internal, "")
		wantKind(t, urp.New().Logout(t.Context(), c), jwxt.Internal, "")
	}
	s := &stub{t: t, answers: map[string][]string{"GET /urp/loginAction.do": {oldLogin("")}}}
	if _, err := urp.New().Login(t.Context(), s.conn("build", "old", "root", "/urp", "entry", "/loginAction.do"), nil); err != nil {
		t.Error(err)
	}
	_, err := urp.New().Login(t.Context(), s.conn("build", "new", "root", "/urp/", "entry", "/loginAction.do"), nil)
	wantKind(t, err, jwxt.Changed, "")
}

// A form that the school has forgotten is opened anew with the next picture,
// which would else be refused for ever.
func TestForgottenForm(t *testing.T) {
	for name, system := range map[string]campus.System{"old": campus.URPOld{}, "new": campus.URPNew{}} {
		t.Run(name, func(t *testing.T) {
			s := jwxttest.Campus{School: campus.New(profile(system)), Number: number}
			c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
			if _, err := urp.New().Login(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
			c.Session.Cookies[0].Value = "gone"
			step, err := urp.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := urp.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Errorf("the second picture was right: %v (said %q)", err, jwxt.SaidOf(err))
			}
		})
	}
}

// Who is logged in must be who logged in, then and with every reading.
func TestOtherStudent(t *testing.T) {
	old := oldStub(t, map[string][]string{"GET " + infoPath: {oldRecord("2020000002")}})
	new := newStub(t, md5Script, map[string][]string{"GET " + rollPath: {newRecord("2020000002")}})
	for build, s := range map[string]*stub{"old": old, "new": new} {
		c := s.conn("build", build)
		if _, err := attempt(t, c, answers()); !errors.Is(err, jwxt.ErrOtherStudent) || len(c.Session.Cookies) > 0 {
			t.Errorf("%s: got %v", build, err)
		}
		c = s.conn("build", build, "account", "alias")
		if step, err := attempt(t, c, answers()); err != nil || step.(*jwxt.Done).Student.Number != "2020000002" {
			t.Errorf("%s, by alias: got %+v, %v", build, step, err)
		}
		c = s.conn("build", build)
		c.Session.Student.Number = "2020000001"
		if err := urp.New().KeepAlive(t.Context(), c); !errors.Is(err, jwxt.ErrOtherStudent) || c.Session.Student.Number != "" {
			t.Errorf("%s, keep alive: got %v", build, err)
		}
	}
	c := old.conn("build", "old")
	c.Session.Student.Number = "2020000001"
	if _, err := urp.New().Grades(t.Context(), c, jwxt.Term{}); !errors.Is(err, jwxt.ErrOtherStudent) {
		t.Errorf("grades of an old build: got %v", err)
	}
	rows := func(id string) *stub {
		return listStub(t, `{"lnList":[{"cjList":[{"id":{`+id+`"courseNumber":"1"},"courseName":"数学","cj":"90"}]}]}`, `{"lnList":[]}`,
			`[{"list":[]}]`, map[string][]string{"GET " + rollPath: {newRecord("2020000002")}})
	}
	for name, s := range map[string]*stub{"in a row": rows(`"studentId":"2020000002",`), "in the record": rows("")} {
		c := s.conn("build", "new")
		c.Session.Student.Number = "2020000001"
		got, err := urp.New().Grades(t.Context(), c, jwxt.Term{})
		if !errors.Is(err, jwxt.ErrOtherStudent) || len(got.Grades) > 0 || c.Session.Student.Number != "" {
			t.Errorf("another's %s: got %v, %d rows", name, err, len(got.Grades))
		}
	}
}

// A record that does not say whose it is, or does not come, costs no login.
func TestRecordIsNoGate(t *testing.T) {
	for _, record := range []string{"<p>学籍</p>", sorry("您没有注册"), "500 <title>x</title>", "404 x"} {
		s := oldStub(t, map[string][]string{"GET " + infoPath: {record}})
		step, err := attempt(t, s.conn("build", "old"), answers())
		if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student != (jwxt.Student{Number: "2020000001"}) {
			t.Errorf("%q: got %+v, %v", record, step, err)
		}
		// An alias is no number: rows with the right one would look like another's.
		step, err = attempt(t, s.conn("build", "old", "account", "alias"), answers())
		if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student != (jwxt.Student{}) {
			t.Errorf("%q, by alias: got %+v, %v", record, step, err)
		}
	}
	s := oldStub(t, map[string][]string{"GET " + infoPath: {sorry("请您登录后再使用")}})
	_, err := attempt(t, s.conn("build", "old"), answers())
	wantKind(t, err, jwxt.Expired, "")
}

// TestLoginRequests is all that a login asks of a school, in order.
func TestLoginRequests(t *testing.T) {
	tests := []struct {
		name   string
		system campus.System
		want   []string
	}{
		{"old", campus.URPOld{}, []string{"GET /", "GET /validateCodeAction.do", "POST /loginAction.do", "GET /xjInfoAction.do"}},
		{"new", campus.URPNew{Hide: campus.HideTwice}, []string{
			"GET /login", "GET /img/captcha.jpg", "POST /j_spring_security_check", "GET /index.jsp", "GET " + rollPath,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := jwxttest.Campus{School: campus.New(profile(tt.system)), Number: number}
			c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
			step, err := urp.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := urp.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, paths(s.Log())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if i := slices.IndexFunc(s.Log(), func(e campus.Entry) bool { return e.Method == "POST" }); !s.Log()[i].Referer {
				t.Error("the form was posted without a Referer")
			}
		})
	}
}

func paths(log []campus.Entry) (out []string) {
	for _, e := range log {
		out = append(out, e.Method+" "+e.Path)
	}
	return out
}
