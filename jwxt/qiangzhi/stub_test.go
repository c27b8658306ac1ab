package qiangzhi_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/qiangzhi"
)

// stub is a school of fixed answers: the answer to "GET /path" or "POST /path",
// then the next one to the same, the last one for ever.
type stub struct {
	t       *testing.T
	answers map[string][]string // a body, or "302 address"
	asked   []string
	forms   []url.Values
}

func (s *stub) Do(r *http.Request) (*http.Response, error) {
	key := r.Method + " " + r.URL.Path
	if m := r.URL.Query().Get("method") + r.URL.Query().Get("flag"); m != "" {
		key += "?" + m
	}
	s.asked = append(s.asked, key)
	if r.Body != nil {
		if err := r.ParseForm(); err != nil {
			s.t.Error(err)
		}
		s.forms = append(s.forms, r.PostForm)
	}
	rec := httptest.NewRecorder()
	list := s.answers[key]
	if len(list) == 0 {
		rec.WriteHeader(http.StatusNotFound)
		return rec.Result(), nil
	}
	if len(list) > 1 {
		s.answers[key] = list[1:]
	}
	if to, ok := strings.CutPrefix(list[0], "302 "); ok {
		rec.Header().Set("Location", to)
		rec.WriteHeader(http.StatusFound)
	}
	rec.WriteString(list[0])
	return rec.Result(), nil
}

func (s *stub) conn() *jwxt.Conn {
	return &jwxt.Conn{School: jwxt.School{BaseURL: "http://jw.example.edu.cn"}, HTTP: s}
}

const (
	png      = "\x89PNG\r\n\x1a\n"
	mainPage = `<html><title>学生个人中心</title><div id="Top1_divLoginName">张三(2020000001)</div></html>`
)

// loginPage is a form of one of the encodings, with a sentence on it.
func loginPage(extra, said string) string {
	return `<html><form action="/jsxsd/xk/LoginToXk"><input name="userAccount"><input type="password" name="userPassword"><input name="encoded">` +
		extra + `</form><font id="showMsg">` + said + `</font></html>`
}

const captchaField = `<input name="RANDOMCODE"><img id="SafeCodeImg" src="/jsxsd/verifycode.servlet">`

func answers(account, password string) jwxt.Answers {
	return jwxt.Answers{jwxt.FieldAccount: account, jwxt.FieldPassword: password, jwxt.FieldCaptcha: "aB3d"}
}

// attempt begins a login and answers it.
func attempt(t *testing.T, s *stub, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
		t.Fatalf("begin: %v", err)
	}
	s.forms, s.asked = nil, nil
	return qiangzhi.New().Login(t.Context(), c, a)
}

func TestPasswordEncodings(t *testing.T) {
	const key = "abcdefghijklmnopqrstuvwxyz0123456789ABCD#12341234123412341234"
	interleaved := `<html><form action="/Logon.do?method=logon"><input name="userAccount"><input type="password" name="userPassword"><input name="encoded"></form><script>x="/Logon.do?method=logon&flag=sess"</script></html>`
	tests := []struct {
		name, page, key   string
		account, password string
		want              url.Values
	}{
		{
			"base64", loginPage("", ""), "", "2020000001", "Abc@12345",
			url.Values{"userAccount": {""}, "userPassword": {""}, "encoded": {"MjAyMDAwMDAwMQ==%%%QWJjQDEyMzQ1"}},
		},
		{
			"base64 with loginMethod and captcha", loginPage(`<input type="hidden" name="loginMethod" value="LoginToXk">`+captchaField, ""), "", "2020000001", "密码",
			url.Values{"userAccount": {"2020000001"}, "userPassword": {""}, "encoded": {"MjAyMDAwMDAwMQ==%%%5a+G56CB"}, "loginMethod": {"LoginToXk"}, "RANDOMCODE": {"aB3d"}},
		},
		{
			"interleave", interleaved, key, "2020000001", "Abc@12345",
			url.Values{"userAccount": {"2020000001"}, "userPassword": {""}, "encoded": {"2a0bc2def0ghij0k0lm0nop0qrst0u1vw%xyz%0123%4A56b789cABCD@12345"}},
		},
		{
			"interleave, a long account", interleaved, "X8E6q3nU4i79ZC262QY52atdu1rd9X4Rehk89#32231121223122121321", "1145141919810", "mypassword",
			url.Values{"userAccount": {"1145141919810"}, "userPassword": {""}, "encoded": {"1X8E16q43n5U4i17491ZC921629QY852a1t0du%1r%d%9Xm4yRehpk8a9ssword"}},
		},
		{
			"interleave, short", interleaved, "ABC123#201", "u", "p",
			url.Values{"userAccount": {"u"}, "userPassword": {""}, "encoded": {"uAB%%C%p"}},
		},
		{
			"plain", `<html><form action="/jsxsd/xk/LoginToXk"><input name="USERNAME"><input type="password" name="PASSWORD"><input type="image" src="x"></form></html>`, "", "2020000001", "a b&c",
			url.Values{"USERNAME": {"2020000001"}, "PASSWORD": {"a b&c"}, "x": {"0"}, "y": {"0"}},
		},
		{
			"plain, the page is GBK", "<html>\xb5\xc7\xc2\xbc<form action=\"/jsxsd/xk/LoginToXk\"><input name=\"USERNAME\"><input type=\"password\" name=\"PASSWORD\"></form></html>", "", "2020000001", "密码",
			url.Values{"USERNAME": {"2020000001"}, "PASSWORD": {"\xc3\xdc\xc2\xeb"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"GET /jsxsd/":                     {tt.page},
				"GET /jsxsd/verifycode.servlet":   {png},
				"POST /Logon.do?logonsess":        {tt.key},
				"POST /Logon.do?logon":            {mainPage},
				"POST /jsxsd/xk/LoginToXk":        {mainPage},
				"GET /jsxsd/framework/xsMain.jsp": {mainPage},
			}}
			a := answers(tt.account, tt.password)
			c := s.conn()
			c.School.Options = map[string]string{"account": "alias"}
			if _, err := attempt(t, s, c, a); err != nil {
				t.Fatal(err)
			}
			if got := s.forms[len(s.forms)-1]; got.Encode() != tt.want.Encode() {
				t.Errorf("posted %v, want %v", got, tt.want)
			}
		})
	}
}

// TestSentences: what the login page says decides the Kind.
func TestSentences(t *testing.T) {
	tests := []struct {
		said string
		kind jwxt.Kind
		left int
	}{
		{"验证码错误!!", jwxt.WrongCaptcha, -1},
		{"验证码不正确", jwxt.WrongCaptcha, -1},
		{"请安装加密狗插件，插入加密狗！", jwxt.WrongCaptcha, -1},
		{"该帐号不存在或密码错误,请联系管理员!", jwxt.WrongPassword, -1},
		{"用户名或密码错误", jwxt.WrongPassword, -1},
		{"用户名密码错误", jwxt.WrongPassword, -1},
		{"账号不存在", jwxt.WrongPassword, -1},
		{"密码错误，您还有4次尝试机会！否则账号将被锁定", jwxt.WrongPassword, 4},
		{"密码错误次数过多，账号已被锁定", jwxt.Locked, -1},
		{"该帐号已被锁定,请联系管理员!", jwxt.Locked, -1},
		{"您的账号在其它地方登录", jwxt.KickedOut, -1},
		{"您的密码为初始密码，请修改密码", jwxt.MustActFirst, -1},
		{"您尚未缴费，不能登录", jwxt.MustActFirst, -1},
		{"系统暂未开放", jwxt.Closed, -1},
		{"操作过于频繁，请稍后再试", jwxt.Blocked, -1},
		{"系统繁忙", jwxt.Unreachable, -1},
		{"请先登录系统", jwxt.Expired, -1},
		{"系统更新了选课数据,请重新登录系统", jwxt.Expired, -1},
		{"", jwxt.WrongPassword, -1},
		{"内部错误 ORA-00001", jwxt.Changed, -1},
	}
	for _, tt := range tests {
		t.Run(tt.said, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"GET /jsxsd/": {loginPage("", "")}, "POST /jsxsd/xk/LoginToXk": {loginPage("", tt.said)},
			}}
			_, err := attempt(t, s, s.conn(), answers("2020000001", "x"))
			e, ok := err.(*jwxt.Error)
			if !ok || e.Kind != tt.kind || e.Said != tt.said || e.TriesLeft != tt.left {
				t.Errorf("got %+v, want %v with %d tries left", err, tt.kind, tt.left)
			}
		})
	}
}

// TestStandingNotice: a red sentence that stood on the page before is not the
// reason of a failure.
func TestStandingNotice(t *testing.T) {
	notice := loginPage("", "首次登录请修改密码")
	s := &stub{t: t, answers: map[string][]string{"GET /jsxsd/": {notice}, "POST /jsxsd/xk/LoginToXk": {notice}}}
	_, err := attempt(t, s, s.conn(), answers("2020000001", "x"))
	if err == nil || jwxt.KindOf(err) != jwxt.WrongPassword {
		t.Errorf("got %v, want WrongPassword", err)
	}
}

// TestBeginForgets: a login begins without the cookies of an earlier session.
func TestBeginForgets(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{"GET /jsxsd/": {loginPage("", "")}}}
	c := s.conn()
	c.Session = jwxt.Session{
		Student: jwxt.Student{Number: "2020000002"}, Memo: map[string]string{"grades": "json"},
		Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: "old", Domain: "jw.example.edu.cn", Path: "/"}},
	}
	if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	if len(c.Session.Cookies) != 0 || c.Session.Student != (jwxt.Student{}) || c.Session.Memo["grades"] != "json" {
		t.Errorf("left of the old session: %d cookies, student %v; of what was learned: %v",
			len(c.Session.Cookies), c.Session.Student.Number, c.Session.Memo["grades"])
	}
}

// TestHiddenCaptcha: the page hides the captcha until an answer without it has
// failed; from then on it is asked.
func TestHiddenCaptcha(t *testing.T) {
	hidden := loginPage(`<div style="display:none">`+captchaField+`</div>`, "")
	s := &stub{t: t, answers: map[string][]string{
		"GET /jsxsd/": {hidden}, "POST /jsxsd/xk/LoginToXk": {loginPage("", "验证码错误!!"), "302 /jsxsd/framework/xsMain.jsp"},
		"GET /jsxsd/verifycode.servlet": {png}, "GET /jsxsd/framework/xsMain.jsp": {mainPage},
	}}
	s.answers["POST /jsxsd/xk/LoginToXk"][0] = strings.Replace(hidden, `showMsg">`, `showMsg">验证码错误!!`, 1)
	c := s.conn()
	if _, err := attempt(t, s, c, answers("2020000001", "x")); err == nil || jwxt.KindOf(err) != jwxt.WrongCaptcha {
		t.Fatalf("got %v, want WrongCaptcha", err)
	}
	step, err := qiangzhi.New().Login(t.Context(), c, nil)
	if err != nil || !slices.Contains(step.(*jwxt.Ask).Fields, jwxt.FieldCaptcha) {
		t.Fatalf("got %+v, %v; want the captcha asked", step, err)
	}
	if _, err := qiangzhi.New().Login(t.Context(), c, answers("2020000001", "x")); err != nil {
		t.Error(err)
	}
}

// TestNoKey: a school without a key for the password has forgotten the form's
// session; the password is not sent.
func TestNoKey(t *testing.T) {
	for _, key := range []string{"no", "", "<html>#</html>", "abc"} {
		s := &stub{t: t, answers: map[string][]string{
			"GET /jsxsd/":              {loginPage(`<script>"/Logon.do?method=logon&flag=sess"</script>`, "")},
			"POST /Logon.do?logonsess": {key},
		}}
		c := s.conn()
		_, err := attempt(t, s, c, answers("2020000001", "x"))
		if err == nil || jwxt.KindOf(err) != jwxt.Expired || len(s.asked) != 1 {
			t.Errorf("key %q: got %v after %q, want Expired and no post", key, err, s.asked)
		}
		if step, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil || s.asked[1] != "GET /jsxsd/" {
			t.Errorf("key %q: a new form did not open: %v, %v", key, step, err)
		}
	}
}

func TestArrival(t *testing.T) {
	frames := `<html><title>教学一体化服务平台</title><iframe src="/jsxsd/framework/xsMain_new.jsp?t1=1"></iframe></html>`
	newMain := `<html>教学一体化服务平台<div class="middletopdwxxtit">学生姓名：</div><div class="middletopdwxxcont">张三</div><div class="middletopdwxxtit">学生编号：</div><div class="middletopdwxxcont">2020000001</div></html>`
	tests := []struct {
		name    string
		answers map[string][]string
		asked   int
		want    jwxt.Student
		kind    jwxt.Kind // of the error; Internal for none
	}{
		{"the name is in a frame", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"302 /jsxsd/framework/xsMain.jsp"}, "GET /jsxsd/framework/xsMain.jsp": {frames}, "GET /jsxsd/framework/xsMain_new.jsp": {newMain},
		}, 3, jwxt.Student{Number: "2020000001", Name: "张三"}, jwxt.Internal},
		{"nobody is named", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"302 /jsxsd/framework/xsMain.jsp"}, "GET /jsxsd/framework/xsMain.jsp": {"<html><a>退出</a></html>"},
		}, 2, jwxt.Student{Number: "2020000001"}, jwxt.Internal},
		{"script hop", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"<script>window.location.href='/jsxsd/framework/xsMain.jsp';</script>"}, "GET /jsxsd/framework/xsMain.jsp": {mainPage},
		}, 2, jwxt.Student{Number: "2020000001", Name: "张三"}, jwxt.Internal},
		{"200 without a page: the main page decides", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"<html>ok</html>"}, "GET /jsxsd/framework/xsMain.jsp": {mainPage},
		}, 2, jwxt.Student{Number: "2020000001", Name: "张三"}, jwxt.Internal},
		{"the main page is the login page again", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"302 /jsxsd/framework/xsMain.jsp"}, "GET /jsxsd/framework/xsMain.jsp": {loginPage("", "")},
		}, 2, jwxt.Student{}, jwxt.WrongPassword},
		{"the main page leads to the login", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"<html>ok</html>"}, "GET /jsxsd/framework/xsMain.jsp": {"302 /jsxsd/"},
		}, 2, jwxt.Student{}, jwxt.Expired},
		{"an unknown page: 请 is no sign of success", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"<html>请稍候</html>"}, "GET /jsxsd/framework/xsMain.jsp": {"<html>请稍候</html>"},
		}, 2, jwxt.Student{}, jwxt.Changed},
		{"the error page for who logs in too often, which has a way out", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {`<html><img src="chucuole.gif"><a href="/jsxsd/xk/LoginToXk?method=exit">退出</a></html>`},
		}, 1, jwxt.Student{}, jwxt.Expired},
		{"kicked out at once", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {`<html><font color="red">您的账号在其它地方登录</font><a href="/jsxsd/xk/LoginToXk?method=exit">退出</a></html>`},
		}, 1, jwxt.Student{}, jwxt.KickedOut},
		{"another student's page", map[string][]string{
			"POST /jsxsd/xk/LoginToXk": {"302 /jsxsd/framework/xsMain.jsp"}, "GET /jsxsd/framework/xsMain.jsp": {strings.Replace(mainPage, "2020000001", "2020000002", 1)},
		}, 2, jwxt.Student{}, jwxt.KickedOut},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.answers["GET /jsxsd/"] = []string{loginPage("", "")}
			s := &stub{t: t, answers: tt.answers}
			c := s.conn()
			_, err := attempt(t, s, c, answers("2020000001", "x"))
			if tt.kind != jwxt.Internal && (err == nil || jwxt.KindOf(err) != tt.kind) || tt.kind == jwxt.Internal && err != nil {
				t.Fatalf("got %v, want %v", err, tt.kind)
			}
			if c.Session.Student != tt.want || len(s.asked) != tt.asked {
				t.Errorf("the student is %+v after %q, want %+v after %d requests", c.Session.Student, s.asked, tt.want, tt.asked)
			}
		})
	}
}
