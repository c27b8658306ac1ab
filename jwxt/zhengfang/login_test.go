package zhengfang_test

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/zhengfang"
)

// letsIn is a stub that lets in, but for what a test changes.
func letsIn(t *testing.T, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET /default2.aspx":  {loginPage(withCode, "")},
		"GET /CheckCode.aspx": {gif},
		"POST /default2.aspx": {"302 /xs_main.aspx?xh=2020000001"},
		"GET /xs_main.aspx":   {home},
	}}
	maps.Copy(s.answers, change)
	return s
}

// A form is posted as the page has it, in GBK, with one button and as a
// student, whatever role the page suggests.
func TestPostedForm(t *testing.T) {
	s := letsIn(t, nil)
	c := s.conn(nil)
	step, err := attempt(t, c, answers("captcha", " Ab12 "))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&jwxt.Done{Student: jwxt.Student{Number: "2020000001", Name: "张三"}}, step); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := map[string][]string{
		"__VIEWSTATE": {"dDw+/="}, "txtUserName": {"2020000001"}, "TextBox2": {gbk("x+/=密码")}, "txtSecretCode": {"Ab12"},
		"RadioButtonList1": {gbk("学生")}, "Button1": {""}, "hidPdrs": {""}, "hidsc": {""},
	}
	if diff := cmp.Diff(want, map[string][]string(s.posted())); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
	if body := s.bodies[2]; !strings.Contains(body, "RadioButtonList1=%D1%A7%C9%FA") {
		t.Errorf("学生 is not in GBK: %s", body)
	}
	if got, want := c.Session.Memo["grades"], "xscj_gc.aspx?xh=2020000001&xm=%D5%C5%C8%FD&gnmkdm=N121605"; got != want {
		t.Errorf("the grades are at %q, want %q", got, want)
	}
}

// default_ysdx.aspx and older pages have other names, and a list of roles.
func TestOldNames(t *testing.T) {
	page := strings.NewReplacer("txtUserName", "TextBox1", "txtSecretCode", "TextBox3").Replace(loginPage(withCode, ""))
	page = strings.Replace(page, `<input type="radio" name="RadioButtonList1" value="部门" checked="checked" /><input type="radio" name="RadioButtonList1" value="学生" />`,
		`<select name="RadioButtonList1"><option value="部门" selected>部门</option><option>学生</option></select>`, 1)
	page = strings.Replace(page, `<input type="submit" name="Button1" value="" />`, `<input type="image" name="Button1" src="a.gif" />`, 1)
	s := letsIn(t, map[string][]string{"GET /default2.aspx": {page}})
	if _, err := attempt(t, s.conn(nil), answers("captcha", "ab12")); err != nil {
		t.Fatal(err)
	}
	f := s.posted()
	got := []string{f.Get("TextBox1"), f.Get("TextBox3"), f.Get("RadioButtonList1"), f.Get("Button1.x")}
	if diff := cmp.Diff([]string{"2020000001", "ab12", gbk("学生"), "0"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPasswordEncryption decrypts with an own key what the driver sends, keys
// that the standard library finds too short included.
func TestPasswordEncryption(t *testing.T) {
	for _, bits := range []int{512, 1024} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			n, d := ownKey(t, bits)
			s := letsIn(t, map[string][]string{"GET /default2.aspx": {loginPage(withCode+keyFields(n.Text(16), "010001"), "")}})
			if _, err := attempt(t, s.conn(nil), answers("captcha", "ab12")); err != nil {
				t.Fatal(err)
			}
			sent := s.posted().Get("TextBox2")
			secret, err := hex.DecodeString(sent)
			if err != nil || len(secret) != bits/8 || sent != strings.ToLower(sent) {
				t.Fatalf("sent %q, %v", sent, err)
			}
			block := new(big.Int).Exp(new(big.Int).SetBytes(secret), d, n).FillBytes(make([]byte, bits/8))
			zero := slices.Index(block[2:], 0) + 2
			if block[0] != 0 || block[1] != 2 || zero < 10 || string(block[zero+1:]) != "x+/=密码" {
				t.Errorf("decrypted to % x", block)
			}
		})
	}
}

func keyFields(modulus, exponent string) string {
	return `<input name="txtKeyExponent" type="hidden" value="` + exponent + `" /><input name="txtKeyModulus" type="hidden" value="` + modulus + `" />`
}

// ownKey makes a key of any length.
func ownKey(t *testing.T, bits int) (n, d *big.Int) {
	t.Helper()
	one := big.NewInt(1)
	for {
		p, err1 := rand.Prime(rand.Reader, bits/2)
		q, err2 := rand.Prime(rand.Reader, bits/2)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(big.NewInt(65537), phi); d != nil {
			return new(big.Int).Mul(p, q), d
		}
	}
}

// A key that is none stops the login before anything is posted, and the form
// stays open.
func TestBadKeys(t *testing.T) {
	long := new(big.Int).SetBit(big.NewInt(1), 511, 1).Text(16)
	for name, fields := range map[string]string{
		"no hex": keyFields("zz", "010001"), "short": keyFields("ff", "010001"), "no exponent": keyFields(long, ""),
		"exponent 1": keyFields(long, "1"), "even": keyFields(long[:len(long)-1]+"0", "010001"), "negative": keyFields("-"+long, "010001"),
		"too short for the password": keyFields(long, "010001"),
	} {
		t.Run(name, func(t *testing.T) {
			s := letsIn(t, map[string][]string{"GET /default2.aspx": {loginPage(fields, "")}})
			c := s.conn(nil)
			_, err := attempt(t, c, answers("password", strings.Repeat("x", 60)))
			wantKind(t, err, jwxt.Changed, "")
			if last := s.asked[len(s.asked)-1]; strings.HasPrefix(last, "POST") || c.Session.Memo["form"] == "" {
				t.Errorf("posted all the same, or closed the form: %s", last)
			}
		})
	}
}

// TestRefusals gives every sentence that a login is refused with.
func TestRefusals(t *testing.T) {
	tests := []struct {
		said string
		kind jwxt.Kind
		left int
	}{
		{"验证码不正确！！", jwxt.WrongCaptcha, -1},
		{"密码错误！！", jwxt.WrongPassword, -1},
		{"密码错误，您还有4次尝试机会！如忘记密码，请与教务处联系!", jwxt.WrongPassword, 4},
		{"密码错误，您还有0次尝试机会！如忘记密码，请与教务处联系!", jwxt.WrongPassword, 0},
		{"密码错误，您密码输入错误已达5次，账号已锁定无法登录，次日自动解锁！如忘记密码，请与教务处联系!", jwxt.Locked, -1},
		{"用户名不存在或未按照要求参加教学活动！！", jwxt.WrongPassword, -1},
		{"请登录教务系统完成教师评价后在登录", jwxt.MustActFirst, -1},
		{"您的密码过于简单，请先修改密码！", jwxt.MustActFirst, -1},
		{"系统维护中，暂停登录", jwxt.Closed, -1},
		{"系统正忙！", jwxt.Unreachable, -1},
		{"天有不测风云", jwxt.Changed, -1},
		{"", jwxt.Changed, -1},
	}
	for _, tt := range tests {
		t.Run(tt.said, func(t *testing.T) {
			s := letsIn(t, map[string][]string{"POST /default2.aspx": {loginPage(withCode, tt.said)}})
			c := s.conn(nil)
			_, err := attempt(t, c, answers("captcha", "ab12"))
			wantKind(t, err, tt.kind, tt.said)
			var e *jwxt.Error
			if !errors.As(err, &e) || e.TriesLeft != tt.left {
				t.Errorf("tries left: got %+v, want %d", e, tt.left)
			}
			if open := c.Session.Memo["form"] != ""; open != (tt.kind == jwxt.WrongCaptcha) {
				t.Errorf("the form is open: %v", open)
			}
			posts := slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return !strings.HasPrefix(a, "POST") })
			if len(posts) != 1 {
				t.Errorf("posted %q", posts)
			}
		})
	}
}

// TestAnswers reads what else a posted login is answered with. One client,
// school-api, takes any redirect for success.
func TestAnswers(t *testing.T) {
	tests := map[string]struct {
		answer, then string
		kind         jwxt.Kind
	}{
		"trouble":             {trouble, "", jwxt.Unreachable},
		"led to trouble":      {"302 /zdy.htm", trouble, jwxt.Unreachable},
		"teacher":             {"302 /js_main.aspx?xh=1", "", jwxt.Unsupported},
		"evaluation":          {"302 /xsjxpj.aspx?xh=2020000001", "", jwxt.MustActFirst},
		"sent back":           {"302 /default2.aspx", "", jwxt.Changed},
		"another student":     {"302 /xs_main.aspx?xh=2020000002", home, jwxt.KickedOut},
		"greets another":      {"302 /xs_main.aspx?xh=2020000001", strings.Replace(home, "张三同学", "2020000002 李四同学", 1), jwxt.KickedOut},
		"must change it":      {"302 /xs_main.aspx?xh=2020000001", "<script>alert('请先修改密码！');window.location='mmxg.aspx'</script>", jwxt.MustActFirst},
		"new design":          {"302 /xs_main.aspx?xh=2020000001", "<html><body>你好</body></html>", jwxt.Changed},
		"a page, no redirect": {home, "", jwxt.Changed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := letsIn(t, map[string][]string{"POST /default2.aspx": {tt.answer}, "GET /zdy.htm": {tt.then}})
			if tt.then != "" {
				s.answers["GET /xs_main.aspx"] = []string{tt.then}
			}
			c := s.conn(nil)
			_, err := attempt(t, c, answers("captcha", "ab12"))
			wantKind(t, err, tt.kind, "")
			if c.Session.Memo["form"] != "" || c.Session.Student != (jwxt.Student{}) {
				t.Errorf("the session is %+v", c.Session)
			}
		})
	}
}

// Who is logged in must be who logged in, unless people log in by another name.
func TestAlias(t *testing.T) {
	s := letsIn(t, map[string][]string{"POST /default2.aspx": {"302 xs_main.aspx?xh=2020000009"}})
	step, err := attempt(t, s.conn(map[string]string{"account": "alias"}), answers("captcha", "ab12"))
	if err != nil || step.(*jwxt.Done).Student.Number != "2020000009" {
		t.Errorf("got %+v, %v", step, err)
	}
}

// A form that showed no captcha and is refused for the lack of one asks for it.
func TestCaptchaComesLater(t *testing.T) {
	s := letsIn(t, map[string][]string{"GET /default2.aspx": {loginPage("", "")}, "POST /default2.aspx": {loginPage("", "验证码不正确！！")}})
	c := s.conn(nil)
	_, err := attempt(t, c, answers())
	wantKind(t, err, jwxt.WrongCaptcha, "")
	step, err := zhengfang.New().Login(t.Context(), c, nil)
	if ask, ok := step.(*jwxt.Ask); err != nil || !ok || !slices.Contains(ask.Fields, jwxt.FieldCaptcha) {
		t.Errorf("got %+v, %v; want to be asked for a captcha", step, err)
	}
}

// TestPictures takes nothing for a captcha that is none.
func TestPictures(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		kind   jwxt.Kind
	}{
		"too large": {gif + strings.Repeat("x", 300<<10), jwxt.Changed}, "empty": {"", jwxt.Changed}, "a page": {"<html>x</html>", jwxt.Changed},
		"trouble": {trouble, jwxt.Unreachable}, "login page": {loginPage("", ""), jwxt.Expired}, "redirect": {"302 /default2.aspx", jwxt.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			s := letsIn(t, map[string][]string{"GET /CheckCode.aspx": {tt.answer}})
			c := s.conn(nil)
			_, err := zhengfang.New().Login(t.Context(), c, nil)
			wantKind(t, err, tt.kind, "")
			if c.Session.Memo["form"] != "" {
				t.Error("a form is open without its picture")
			}
		})
	}
}

// TestOptions takes what a school says and refuses what says nothing.
func TestOptions(t *testing.T) {
	tests := []struct {
		name    string
		options map[string]string
		at      string // of the login page; "" where the options are refused
	}{
		{"usual", nil, "/default2.aspx"},
		{"root", map[string]string{"root": "/zjdxgc"}, "/zjdxgc/default2.aspx"},
		{"root without slashes", map[string]string{"root": "zjdxgc/"}, "/zjdxgc/default2.aspx"},
		{"entry", map[string]string{"entry": "/default3.aspx"}, "/default3.aspx"},
		{"no captcha", map[string]string{"captcha": "none"}, "/default2.aspx"},
		{"page without a captcha", map[string]string{"entry": "default_ysdx.aspx"}, ""},
		{"page without a captcha, where none is", map[string]string{"entry": "default_ysdx.aspx", "captcha": "none"}, "/default_ysdx.aspx"},
		{"captcha", map[string]string{"captcha": "skip"}, ""},
		{"password", map[string]string{"password": "md5"}, ""},
		{"account", map[string]string{"account": "x"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"GET " + tt.at:        {loginPage(withCode, "")},
				"GET /CheckCode.aspx": {gif}, "GET /zjdxgc/CheckCode.aspx": {gif},
			}}
			step, err := zhengfang.New().Login(t.Context(), s.conn(tt.options), nil)
			if tt.at == "" {
				wantKind(t, err, jwxt.Internal, "")
				if len(s.asked) > 0 {
					t.Errorf("asked %q", s.asked)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(step.(*jwxt.Ask).Fields, jwxt.FieldCaptcha); got != (tt.options["captcha"] != "none") {
				t.Errorf("a captcha is asked: %v", got)
			}
		})
	}
	s := letsIn(t, nil)
	_, err := attempt(t, s.conn(map[string]string{"password": "rsa"}), answers())
	wantKind(t, err, jwxt.Changed, "")
	s = letsIn(t, map[string][]string{"GET /default2.aspx": {loginPage(keyFields("zz", "1"), "")}})
	if _, err := attempt(t, s.conn(map[string]string{"password": "plain"}), answers()); err != nil || s.posted().Get("TextBox2") != gbk("x+/=密码") {
		t.Errorf("plain where a key is: %v", err)
	}
}

var segment = regexp.MustCompile(`\((?:S\()?[0-9a-z]{24}\)+`)

// TestLoginRequests is all that a login, grades and a logout ask of a school,
// in order, and with what Referer.
func TestLoginRequests(t *testing.T) {
	tests := []struct {
		name   string
		system campus.Zhengfang
		begin  []string
		root   string
	}{
		{"cookie", campus.Zhengfang{}, nil, "/"},
		{"address", campus.Zhengfang{Cookieless: campus.CookielessS, Root: "/zjdxgc"}, []string{"GET /zjdxgc/default2.aspx <- "}, "/zjdxgc/…/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := jwxttest.Campus{School: campus.New(profile(tt.system)), Number: number}
			var asked []string
			c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				from := strings.TrimPrefix(r.Referer(), "http://jw.example.edu.cn")
				from, _, _ = strings.Cut(from[strings.LastIndex(from, "/")+1:], "?")
				asked = append(asked, r.Method+" "+segment.ReplaceAllString(r.URL.Path, "…")+" <- "+from)
				s.ServeHTTP(w, r)
			}))}
			d := zhengfang.New()
			step, err := d.Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Grades(t.Context(), c, jwxt.Term{}); err != nil {
				t.Fatal(err)
			}
			if err := d.Logout(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			first := "default2.aspx <- "
			if tt.begin != nil {
				first += "default2.aspx"
			}
			want := tt.begin
			for _, w := range []string{
				"GET " + first, "GET CheckCode.aspx <- default2.aspx", "POST default2.aspx <- default2.aspx", "GET xs_main.aspx <- default2.aspx",
				"GET xscj_gc.aspx <- xs_main.aspx", "POST xscj_gc.aspx <- xscj_gc.aspx",
				"GET xs_main.aspx <- xs_main.aspx", "POST xs_main.aspx <- xs_main.aspx",
			} {
				method, rest, _ := strings.Cut(w, " ")
				want = append(want, method+" "+tt.root+rest)
			}
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := s.Sessions(""); n != 0 {
				t.Errorf("%d sessions live on", n)
			}
		})
	}
}

// An address that the school has forgotten is opened anew with the next
// picture, and one that dies later is the end of the session.
func TestDeadAddress(t *testing.T) {
	s := jwxttest.Campus{School: campus.New(profile(campus.Zhengfang{Cookieless: campus.CookielessPlain})), Number: number}
	forgets := false
	c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forgets {
			r.URL.Path = segment.ReplaceAllString(r.URL.Path, "("+strings.Repeat("0", 24)+")")
			forgets = false
		}
		s.ServeHTTP(w, r)
	}))}
	d := zhengfang.New()
	if _, err := d.Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	forgets = true
	step, err := d.Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
		t.Fatalf("the second picture was right: %v (said %q)", err, jwxt.SaidOf(err))
	}
	forgets = true // once: the page is given a second chance
	if got, err := d.Grades(t.Context(), c, jwxt.Term{}); err != nil || len(got.Grades) == 0 {
		t.Errorf("after a passing trouble: %d rows, %v", len(got.Grades), err)
	}
	s.Expire()
	_, err = d.Grades(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Expired, "")
}
