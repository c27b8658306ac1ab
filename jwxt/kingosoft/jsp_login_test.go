package kingosoft_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// The vectors are what the maker's own script gives.
func TestStrEnc(t *testing.T) {
	for _, tt := range []struct{ plain, key, want string }{
		{"abcd", "1234", "C838AA4ECEC70B02"},
		{"A", "1700000000123456789", "89FDF4895D047185"},
		{"_u=abc&_p=def", "1700000000123456789", "18EB81EE3810D52958B35B08619B936BDAF12ACF583310443F63D59FC6385243"},
		{"中文abc", "1234567890123456789", "003ABE2CFA15ADEA05005F079F15768E"},
		{"hello-kingo", "tempKey", "3B998112B2A67363B44D0045E2FC13D120745DEFBBA6012D"},
	} {
		if got := kingosoft.StrEnc(tt.plain, tt.key); got != tt.want {
			t.Errorf("%q with %q: got %s, want %s", tt.plain, tt.key, got, tt.want)
		}
		if got, ok := campus.KingoDecrypt(tt.want, tt.key); got != tt.plain || !ok {
			t.Errorf("the simulated school reads %q, want %q", got, tt.plain)
		}
	}
}

func FuzzStrEnc(f *testing.F) {
	f.Add("_u=abc&_p=def", "1700000000123456789")
	f.Fuzz(func(t *testing.T, plain, key string) {
		plain = strings.ReplaceAll(strings.ToValidUTF8(plain, "?"), "\x00", "")
		if plain == "" || key == "" {
			return
		}
		if got, ok := campus.KingoDecrypt(kingosoft.StrEnc(plain, key), key); got != plain || !ok {
			t.Errorf("the simulated school reads %q, want %q", got, plain)
		}
	})
}

// The whole login of a known vector.
func TestJSPPostedForm(t *testing.T) {
	s := &jspStub{t: t, answers: logonAnswers("1", taken)}
	step, err := logon(t, s.conn(), logonWith("ab3d"))
	want := jwxt.Student{Number: "201730269", Name: "张三"}
	if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student != want {
		t.Fatalf("got %+v, %v", step, err)
	}
	posted, err := url.ParseQuery(s.bodies[slices.Index(s.asked, "POST /cas/logon.action")])
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum([]byte(posted.Get("params")))
	posted.Set("params", hex.EncodeToString(sum[:]))
	if diff := cmp.Diff(url.Values{
		"params": {"b96caf1b691f851eef5505720017a271"}, "token": {"e37dfe1befe7c2c0501dafe9cd06dfea"},
		"timestamp": {"2026-01-02 03:04:05"}, "deskey": {"1234567890123456789"}, "ssessionid": {"0123456789ABCDEF0123456789ABCDEF"},
	}, posted); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Without a captcha the fields' names end where it would begin. The hashes are
// known vectors.
func TestJSPPlainForm(t *testing.T) {
	for _, tt := range []struct{ account, password, captcha, want string }{
		{"201730269", "111111", "ab3d", "_pab3d=0dfc2720b82f80682a25cb1649af8701&randnumber=ab3d&isPasswordPolicy=1" +
			"&txt_mm_expression=8&txt_mm_length=6&txt_mm_userzh=0&hid_flag=&hidlag=1&hid_dxyzm="},
		{"201730269", "111111", "", "_p=118c3ec5e8b073f978fc0b4d45e601c5&randnumber=&isPasswordPolicy=1" +
			"&txt_mm_expression=8&txt_mm_length=6&txt_mm_userzh=0&hid_flag=1&hidlag=1&hid_dxyzm="},
		{"20260000001", "secret-value", "", "_p=fe89e8eac4b27a7ed47561527e52ac60&randnumber=&isPasswordPolicy=1" +
			"&txt_mm_expression=5&txt_mm_length=12&txt_mm_userzh=0&hid_flag=1&hidlag=1&hid_dxyzm="},
		{"111", "x1111", "", "&randnumber=&isPasswordPolicy=0" +
			"&txt_mm_expression=12&txt_mm_length=5&txt_mm_userzh=1&hid_flag=1&hidlag=1&hid_dxyzm="},
		{"密码密码密码", "密码密码密码", "", "&randnumber=&isPasswordPolicy=0" +
			"&txt_mm_expression=1&txt_mm_length=6&txt_mm_userzh=1&hid_flag=1&hidlag=1&hid_dxyzm="},
	} {
		first := "0"
		if tt.captcha != "" {
			first = "1"
		}
		s := &jspStub{t: t, answers: logonAnswers(first, `{"status":"402","message":"账号或密码有误!"}`)}
		a := jwxt.Answers{jwxt.FieldAccount: tt.account, jwxt.FieldPassword: tt.password, jwxt.FieldCaptcha: tt.captcha}
		_, err := logon(t, s.conn("login", "plain"), a)
		wantKind(t, err, jwxt.WrongPassword, "有误")
		user := "_u" + tt.captcha + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(tt.account+";;0123456789ABCDEF0123456789ABCDEF")))
		if got := s.bodies[len(s.bodies)-1]; !strings.HasPrefix(got, user+"&_p") || !strings.HasSuffix(got, tt.want) {
			t.Errorf("posted %s, want %s …%s", got, user, tt.want)
		}
	}
}

// Newest builds hand out key and time one by one.
func TestJSPKeysOneByOne(t *testing.T) {
	answers := logonAnswers("0", taken)
	answers["GET /custom/js/SetKingoEncypt.jsp"] = []string{"\r\nvar _encyptset='1';"}
	answers["GET /frame/homepage"] = []string{"1234567890123456789\r\n", "2026-01-02 03:04:05\r\n"}
	s := &jspStub{t: t, answers: answers}
	if _, err := logon(t, s.conn(), logonWith("")); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET /cas/login.action", "GET /custom/js/SetKingoEncypt.jsp", "GET /frame/homepage?method=getTempDeskey",
		"GET /frame/homepage?method=getTempNowtime", "POST /cas/logon.action", "GET /frame/homes.html", "GET /frame/home/js/SetMainInfo.jsp",
	}
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	answers["GET /frame/homepage"] = []string{"<html>系统维护</html>"}
	_, err := logon(t, s.conn(), logonWith(""))
	wantKind(t, err, jwxt.Closed, "维护")
}

func TestJSPTriesLeft(t *testing.T) {
	for message, want := range map[string]int{
		"您1小时内已输错2次密码，若超过8次，您的账号将被锁定！|2": 6,
		"您1小时内已输错8次密码，若超过8次，您的账号将被锁定！|8": 0,
		"您1小时内已输错9次密码，若超过8次，您的账号将被锁定！|9": 0,
		"账号或密码有误!|2": -1, "账号或密码有误!": -1,
	} {
		s := &jspStub{t: t, answers: logonAnswers("0", `{"status":"402","message":"`+message+`","result":null}`)}
		_, err := logon(t, s.conn(), logonWith(""))
		wantKind(t, err, jwxt.WrongPassword, "")
		var e *jwxt.Error
		if !errors.As(err, &e) || e.TriesLeft != want || strings.Contains(e.Said, "|") {
			t.Errorf("%q leaves %d tries, want %d", message, e.TriesLeft, want)
		}
	}
}

// A school wants a captcha only once logins have failed: it is asked for, and
// the password is posted no second time without an answer.
func TestJSPCaptchaAfterFailures(t *testing.T) {
	p := profile(campus.KingoJSP{CaptchaAfter: 2, Count: true})
	s := jwxttest.Campus{School: campus.New(p), Number: number}
	posts := 0
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isLogon(r) {
			posts++
		}
		s.ServeHTTP(w, r)
	}))}
	for _, said := range []string{"已输错1次", "已输错2次"} {
		_, err := logon(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: "wrong"})
		wantKind(t, err, jwxt.WrongPassword, said)
	}
	right := jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}
	step, err := logon(t, c, right)
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok || len(ask.Image) == 0 || len(ask.Fields) != 3 || posts != 3 {
		t.Fatalf("got %+v, %v after %d posts", step, err, posts)
	}
	right[jwxt.FieldCaptcha] = "!!!!"
	_, err = kingosoft.New().Login(t.Context(), c, right)
	wantKind(t, err, jwxt.WrongCaptcha, "验证码")
	if step, err = kingosoft.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	step, err = kingosoft.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask)))
	if _, ok := step.(*jwxt.Done); err != nil || !ok || posts != 5 {
		t.Errorf("got %+v, %v after %d posts", step, err, posts)
	}
}

// A session that ended while the picture was looked at has forgotten the form.
func TestJSPFormAgedOut(t *testing.T) {
	p := profile(campus.KingoJSP{Root: "/jw"})
	p.Captcha = true
	c := jspConn(p, campus.New(p))
	if _, err := kingosoft.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	other := jwxttest.Campus{School: campus.New(p), Number: number} // a restart of the server
	c.HTTP = jwxttest.InProcess(other)
	step, err := kingosoft.New().Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = kingosoft.New().Login(t.Context(), c, other.Answers(step.(*jwxt.Ask))); err != nil {
		t.Errorf("%v (said %q)", err, jwxt.SaidOf(err))
	}
}

// Whom the school names must be who logged in, unless people log in by
// something else.
func TestJSPAlias(t *testing.T) {
	answers := logonAnswers("0", taken)
	answers["GET /frame/home/js/SetMainInfo.jsp"] = []string{strings.Replace(mine, "'201730269'", "'201730270'", 1)}
	s := &jspStub{t: t, answers: answers}
	c := s.conn()
	_, err := logon(t, c, logonWith(""))
	if !errors.Is(err, jwxt.ErrOtherStudent) || !c.Session.Empty() {
		t.Errorf("got %v, session %+v", err, c.Session)
	}
	step, err := logon(t, s.conn("account", "alias"), logonWith(""))
	if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student.Number != "201730270" {
		t.Errorf("with the option: got %+v, %v", step, err)
	}
}

// A rate limit leads to the page of errors, whose address says why.
func TestJSPSentAway(t *testing.T) {
	for to, tt := range map[string]struct {
		kind jwxt.Kind
		said string
	}{
		"/frame/errors/error.jsp?errormsg=" + url.QueryEscape("请稍后再来"):                       {jwxt.Blocked, "请稍后再来"},
		"/frame/errors/error.jsp?a=1&errormsg=" + url.QueryEscape(url.QueryEscape("操作过于频繁")): {jwxt.Blocked, "频繁"},
		"/frame/errors/error.jsp?errormsg=%B2%D9%D7%F7%B9%FD%D3%DA%C6%B5%B7%B1":              {jwxt.Blocked, "频繁"},
		"/frame/errors/error.jsp?errormsg=" + url.QueryEscape("成绩查询功能未开放"):                   {jwxt.Closed, "未开放"},
		"/frame/errors/error.jsp":    {jwxt.Blocked, ""},
		"/cas/login.action":          {jwxt.Expired, ""},
		"http://cas.example.cn/cas/": {jwxt.Expired, ""},
	} {
		s := &jspStub{t: t, answers: map[string][]string{"GET /student/xscj.stuckcj.jsp": {"302 " + to}}}
		_, err := kingosoft.New().Grades(t.Context(), s.conn(), jwxt.Term{})
		wantKind(t, err, tt.kind, tt.said)
	}
}
