package jwglxt_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// letsIn is a stub that lets in, but for what a test changes.
func letsIn(t *testing.T, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET " + loginPath:  {loginPage("", ""), "302 " + homePath},
		"POST " + loginPath: {"302 " + loginPath},
		"GET " + homePath:   {home},
		"GET " + userPath:   {userPage},
	}}
	maps.Copy(s.answers, change)
	return s
}

// A form is posted as the page has it: both fields mm, the token whole, and
// nothing that is not in it.
func TestPostedForm(t *testing.T) {
	s := letsIn(t, nil)
	c := s.conn(nil)
	step, err := attempt(t, c, answers())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&jwxt.Done{Student: jwxt.Student{Number: "2020000001", Name: "张三"}}, step); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := map[string][]string{
		"csrftoken": {"a-b,ab"}, "language": {"zh_CN"}, "yhm": {"2020000001"}, "mm": {"x+/=密码", "x+/=密码"},
	}
	if diff := cmp.Diff(want, map[string][]string(s.form(loginPath))); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
}

// TestPasswordEncryption decrypts with an own key what the driver sends,
// keys that the standard library finds too short included.
func TestPasswordEncryption(t *testing.T) {
	for _, bits := range []int{512, 1024, 2048} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			key := ownKey(t, bits)
			s := letsIn(t, map[string][]string{
				"GET " + loginPath:                         {strings.Replace(loginPage("", ""), "value= 0", "value= 1", 1), "302 " + homePath},
				"GET /jwglxt/xtgl/login_getPublicKey.html": {keyJSON(key.N, 65537)},
			})
			if _, err := attempt(t, s.conn(nil), answers()); err != nil {
				t.Fatal(err)
			}
			secret, err := base64.StdEncoding.DecodeString(s.form(loginPath).Get("mm"))
			if err != nil || len(secret) != bits/8 {
				t.Fatalf("%d bytes, %v", len(secret), err)
			}
			block := new(big.Int).Exp(new(big.Int).SetBytes(secret), key.D, key.N).FillBytes(make([]byte, bits/8))
			zero := slices.Index(block[2:], 0) + 2
			if block[0] != 0 || block[1] != 2 || zero < 10 || string(block[zero+1:]) != "x+/=密码" {
				t.Errorf("decrypted to % x", block)
			}
		})
	}
}

func keyJSON(n *big.Int, e int64) string {
	b, _ := json.Marshal(map[string][]byte{"modulus": append([]byte{0}, n.Bytes()...), "exponent": big.NewInt(e).Bytes()})
	return string(b)
}

// ownKey makes a key of any length.
func ownKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	e := big.NewInt(65537)
	for {
		p, err1 := rand.Prime(rand.Reader, bits/2)
		q, err2 := rand.Prime(rand.Reader, bits/2)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		if d := new(big.Int).ModInverse(e, phi); d != nil {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d}
		}
	}
}

// A key that is none stops the login before anything is posted, and the form
// stays open.
func TestBadKeys(t *testing.T) {
	long := new(big.Int).SetBit(big.NewInt(1), 511, 1)
	for name, answer := range map[string]string{
		"empty": `{}`, "page": "<html>oops</html>", "no base64": `{"modulus":"***","exponent":"AQAB"}`,
		"short": `{"modulus":"AQAB","exponent":"AQAB"}`, "even": keyJSON(new(big.Int).Lsh(big.NewInt(1), 600), 65537),
		"exponent 1": keyJSON(long, 1), "too short for the password": keyJSON(long, 65537),
	} {
		t.Run(name, func(t *testing.T) {
			s := letsIn(t, map[string][]string{
				"GET " + loginPath:                         {strings.Replace(loginPage("", ""), "value= 0", "value= 1", 1)},
				"GET /jwglxt/xtgl/login_getPublicKey.html": {answer},
			})
			c := s.conn(nil)
			_, err := attempt(t, c, answers("password", strings.Repeat("x", 60)))
			wantKind(t, err, jwxt.Changed, "")
			if last := s.asked[len(s.asked)-1]; strings.HasPrefix(last, "POST") {
				t.Errorf("posted all the same: %s", last)
			}
			if c.Session.Memo["form"] == "" {
				t.Error("the form is closed")
			}
		})
	}
}

// TestRefusals gives every sentence that a login is refused with.
func TestRefusals(t *testing.T) {
	tests := []struct {
		tip  string
		kind jwxt.Kind
		open bool // the form
	}{
		{"用户名或密码不正确，请重新输入！", jwxt.WrongPassword, false},
		{"用户不存在", jwxt.WrongPassword, false},
		{"验证码输入错误！", jwxt.WrongCaptcha, true},
		{"请输入验证码！", jwxt.WrongCaptcha, true},
		{"请先滑动图片进行验证！", jwxt.WrongCaptcha, true},
		{"您已超过最大登录失败次数，请在598秒后再登", jwxt.Locked, false},
		{"您的账号已被锁定，请联系管理员", jwxt.Locked, false},
		{"密码过于简单，请先修改密码", jwxt.MustActFirst, false},
		{"系统维护中，暂停登录", jwxt.Closed, false},
		{"登录过于频繁，请稍后再试", jwxt.Blocked, false},
		{"系统繁忙", jwxt.Unreachable, false},
		{"页面已过期，请刷新后重试", jwxt.Expired, false},
		{"天有不测风云", jwxt.Changed, false},
		{"", jwxt.Changed, false},
	}
	for _, tt := range tests {
		t.Run(tt.tip, func(t *testing.T) {
			s := letsIn(t, map[string][]string{"POST " + loginPath: {loginPage("", tt.tip)}})
			c := s.conn(nil)
			_, err := attempt(t, c, answers())
			wantKind(t, err, tt.kind, tt.tip)
			if open := c.Session.Memo["form"] != ""; open != tt.open {
				t.Errorf("the form is open: %v, want %v", open, tt.open)
			}
		})
	}
}

// A form that showed no captcha and is refused for the lack of one asks for it.
func TestCaptchaComesLater(t *testing.T) {
	s := letsIn(t, map[string][]string{
		"POST " + loginPath:   {loginPage("", "请输入验证码！")},
		"GET /jwglxt/kaptcha": {"\xff\xd8\xff\xe0jpeg"},
	})
	c := s.conn(nil)
	_, err := attempt(t, c, answers())
	wantKind(t, err, jwxt.WrongCaptcha, "")
	step, err := jwglxt.New().Login(t.Context(), c, nil)
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok || !slices.Contains(ask.Fields, jwxt.FieldCaptcha) {
		t.Errorf("got %+v, %v; want to be asked for a captcha", step, err)
	}
}

// TestFailureCount reads how often an account has failed before it posts.
func TestFailureCount(t *testing.T) {
	flags := `<input id="yzcskz" value= 5><input id="mmsrddcshkzfs" value= 1><input id="dlsbsdsj" value= 10>`
	ago := func(d time.Duration, n int) string { return fmt.Sprintf(`"%d_%d"`, n, time.Now().Add(-d).UnixMilli()) }
	tests := []struct {
		name, count, forgiven string
		kind                  jwxt.Kind
		left                  int
		posted                bool
	}{
		{"two failures", ago(time.Minute, 2), "", jwxt.WrongPassword, 2, true},
		{"four failures", ago(time.Minute, 4), "", jwxt.WrongPassword, 0, true},
		{"no quotes", strings.Trim(ago(time.Minute, 0), `"`), "", jwxt.WrongPassword, 4, true},
		{"locked", ago(time.Minute, 5), "", jwxt.Locked, -1, false},
		{"lock is over", ago(11*time.Minute, 7), `"操作成功"`, jwxt.WrongPassword, 4, true},
		{"lock is over but stays", ago(11*time.Minute, 7), `"操作失败"`, jwxt.Locked, -1, false},
		{"nobody", `"0"`, "", jwxt.WrongPassword, -1, false},
		{"a page", "<html></html>", "", jwxt.Changed, -1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := letsIn(t, map[string][]string{
				"GET " + loginPath:                            {loginPage(flags, "")},
				"POST " + loginPath:                           {loginPage(flags, "用户名或密码不正确，请重新输入！")},
				"POST /jwglxt/xtgl/login_cxDlxgxx.html":       {tt.count},
				"POST /jwglxt/xtgl/login_cxUpdateDlsbcs.html": {tt.forgiven},
			})
			_, err := attempt(t, s.conn(nil), answers())
			wantKind(t, err, tt.kind, "")
			var e *jwxt.Error
			if !errors.As(err, &e) || e.TriesLeft != tt.left {
				t.Errorf("tries left: got %+v, want %d", e, tt.left)
			}
			posted := slices.ContainsFunc(s.asked, func(a string) bool { return strings.HasPrefix(a, "POST "+loginPath) })
			if posted != tt.posted {
				t.Errorf("the password was posted: %v, want %v", posted, tt.posted)
			}
			if got := s.form("/jwglxt/xtgl/login_cxDlxgxx.html").Encode(); got != "yhm=2020000001" {
				t.Errorf("asked with %q", got)
			}
		})
	}
}

// The track reaches the school as it was made, but for where it began.
func TestTrackIsSentAsMade(t *testing.T) {
	const at = "/jwglxt/zfcaptchaLogin"
	s := letsIn(t, map[string][]string{
		"GET " + loginPath: {loginPage(`<script src="/jwglxt/zfcaptchaLogin?type=resource"></script>`, ""), "302 " + homePath},
		"GET " + at:        {`{rtk:'7-c',x:1}`, `{"si":"s.png","mi":"m.png","imtk":"k","t":5}`, "\x89PNG\r\n\x1a\nboard", "\x89PNG\r\n\x1a\npiece"},
		"POST " + at:       {`{"vs":"verified","status":"success"}`},
	})
	made := jwxt.Track{{X: 0, Y: 0, T: 0}, {X: 40, Y: 1, T: 300}, {X: 151, Y: -2, T: 900}}
	if _, err := attempt(t, s.conn(nil), answers("drag", made.String())); err != nil {
		t.Fatal(err)
	}
	form := s.form(at)
	text, err := base64.StdEncoding.DecodeString(form.Get("mt"))
	var sent []struct{ X, Y, T int }
	if err != nil || json.Unmarshal(text, &sent) != nil || len(sent) != len(made) {
		t.Fatalf("mt is %q", text)
	}
	var got jwxt.Track
	for _, p := range sent {
		got = append(got, jwxt.Point{X: p.X - sent[0].X, Y: p.Y - sent[0].Y, T: p.T - sent[0].T})
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Errorf("the track (-made +sent):\n%s", diff)
	}
	if form.Get("rtk") != "7-c" || form.Get("type") != "verify" || form.Get("instanceId") != "zfcaptchaLogin" {
		t.Errorf("sent with %v", form)
	}
	if want := at + "?id=m.png&imtk=k&instanceId=zfcaptchaLogin&t=5&type=image"; !slices.Contains(s.asked, "GET "+want) {
		t.Errorf("the piece was not asked for: %q", s.asked)
	}
}

// A form that the school has forgotten is opened anew with the next picture,
// which would else be refused for ever.
func TestForgottenForm(t *testing.T) {
	for name, system := range map[string]campus.Jwglxt{"kaptcha": {}, "slider": {Slider: true}} {
		t.Run(name, func(t *testing.T) {
			s := jwxttest.Campus{School: campus.New(profile(system)), Number: number}
			forgets := false
			c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if forgets {
					r.Header.Del("Cookie")
					forgets = false
				}
				s.ServeHTTP(w, r)
			}))}
			if _, err := jwglxt.New().Login(t.Context(), c, nil); err != nil {
				t.Fatal(err)
			}
			forgets = true
			step, err := jwglxt.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jwglxt.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Errorf("the second picture was right: %v (said %q)", err, jwxt.SaidOf(err))
			}
		})
	}
}

// Who is logged in must be who logged in.
func TestOtherStudent(t *testing.T) {
	other := map[string][]string{"GET " + homePath: {strings.Replace(home, "2020000001", "2020000002", 1)}}
	c := letsIn(t, other).conn(nil)
	if _, err := attempt(t, c, answers()); !errors.Is(err, jwxt.ErrOtherStudent) || len(c.Session.Cookies) > 0 {
		t.Errorf("got %v", err)
	}
	c = letsIn(t, other).conn(map[string]string{"account": "alias"})
	if step, err := attempt(t, c, answers()); err != nil || step.(*jwxt.Done).Student.Number != "2020000002" {
		t.Errorf("by alias: got %+v, %v", step, err)
	}
	s := &stub{t: t, cookie: "JSESSIONID=x", answers: map[string][]string{
		"POST " + listPath: {`{"totalResult":"1","items":[{"kcmc":"数学","cj":"90","xh":"2020000002"}]}`},
	}}
	c = s.conn(nil)
	c.Session.Student.Number = "2020000001"
	got, err := jwglxt.New().Grades(t.Context(), c, jwxt.Term{})
	if !errors.Is(err, jwxt.ErrOtherStudent) || len(got.Grades) > 0 || len(c.Session.Cookies) > 0 || c.Session.Student.Number != "" {
		t.Errorf("grades: got %v, %d rows, session %+v", err, len(got.Grades), c.Session)
	}
}

// A school that wants an SMS code says so before a password is asked for.
func TestSMSIsNamed(t *testing.T) {
	s := letsIn(t, map[string][]string{"GET " + loginPath: {loginPage(`<input id="dxsyrz" value= 1>`, "")}})
	_, err := jwglxt.New().Login(t.Context(), s.conn(nil), nil)
	wantKind(t, err, jwxt.Changed, "")
	if len(s.asked) != 1 {
		t.Errorf("asked %q", s.asked)
	}
}

// TestLoginRequests is all that a login asks of a school, in order.
func TestLoginRequests(t *testing.T) {
	const root = "/jwglxt/"
	arrived := []string{"POST xtgl/login_slogin.html", "GET xtgl/login_slogin.html", "GET xtgl/index_initMenu.html", "GET xtgl/index_cxYhxxIndex.html"}
	tests := []struct {
		name   string
		system campus.Jwglxt
		want   []string
	}{
		{"kaptcha and RSA", campus.Jwglxt{}, []string{"GET xtgl/login_slogin.html", "GET kaptcha", "GET xtgl/login_getPublicKey.html"}},
		{"slider, counted, plain", campus.Jwglxt{Slider: true, Count: true, PlainPassword: true}, []string{
			"GET xtgl/login_slogin.html", "GET zfcaptchaLogin?resource", "GET zfcaptchaLogin?refresh", "GET zfcaptchaLogin?image",
			"GET zfcaptchaLogin?image", "POST xtgl/login_cxDlxgxx.html", "POST zfcaptchaLogin",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := jwxttest.Campus{School: campus.New(profile(tt.system)), Number: number}
			var asked []string
			c := &jwxt.Conn{School: s.Profile().School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				kind := ""
				if of := r.URL.Query().Get("type"); of != "" {
					kind = "?" + of
				}
				asked = append(asked, r.Method+" "+strings.TrimPrefix(r.URL.Path, root)+kind)
				s.ServeHTTP(w, r)
			}))}
			step, err := jwglxt.New().Login(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := jwglxt.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append(tt.want, arrived...), asked); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A login page that shows the password again does not bring it into what is
// stored of the form.
func TestEchoedPassword(t *testing.T) {
	echo := strings.ReplaceAll(loginPage("", "验证码输入错误！"), `name="mm"`, `name="mm" value="x+/=密码"`)
	c := letsIn(t, map[string][]string{"POST " + loginPath: {echo}}).conn(nil)
	_, err := attempt(t, c, answers())
	wantKind(t, err, jwxt.WrongCaptcha, "")
	if memo := c.Session.Memo["form"]; memo == "" || strings.Contains(memo, "密码") {
		t.Errorf("stored of the form: %s", memo)
	}
}

// A lock of which the page does not tell how long it lasts, or tells nonsense,
// is not taken back.
func TestLockWithoutEnd(t *testing.T) {
	for name, minutes := range map[string]string{
		"not told": "", "empty": `<input id="dlsbsdsj" value="">`, "none": `<input id="dlsbsdsj" value="0">`,
		"too long for a clock": `<input id="dlsbsdsj" value="1000000000000">`,
	} {
		t.Run(name, func(t *testing.T) {
			page := loginPage(`<input id="yzcskz" value="5"><input id="mmsrddcshkzfs" value="1">`+minutes, "")
			s := letsIn(t, map[string][]string{
				"GET " + loginPath:                            {page},
				"POST /jwglxt/xtgl/login_cxDlxgxx.html":       {fmt.Sprintf(`"5_%d"`, time.Now().Add(-time.Hour).UnixMilli())},
				"POST /jwglxt/xtgl/login_cxUpdateDlsbcs.html": {`"操作成功"`},
			})
			_, err := attempt(t, s.conn(nil), answers())
			wantKind(t, err, jwxt.Locked, "超过最大登录失败次数")
			if slices.ContainsFunc(s.asked, func(a string) bool { return strings.Contains(a, "cxUpdateDlsbcs") }) {
				t.Error("the failures were taken back")
			}
		})
	}
}
