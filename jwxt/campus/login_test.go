package campus_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"jwxtbot/jwxt/campus"
)

func school(q campus.Qiangzhi) campus.Profile {
	return campus.Profile{ID: "test", Name: "测试大学", Captcha: true, System: q}
}

func TestLogin(t *testing.T) {
	tests := []struct {
		name string
		q    campus.Qiangzhi
		gbk  bool
		ends string
	}{
		{"base64", campus.Qiangzhi{}, false, "/jsxsd/framework/xsMain.jsp"},
		{"base64 ldap, new skin", campus.Qiangzhi{Ldap: true, Skin: campus.SkinNew}, false, "/jsxsd/framework/xsMain_new.jsp"},
		{"interleave", campus.Qiangzhi{Encoding: campus.Interleave}, true, "/jsxsd/framework/xsMain.jsp"},
		{"interleave ldap, app skin", campus.Qiangzhi{Encoding: campus.Interleave, Ldap: true, Skin: campus.SkinApp}, false, "/jsxsd/framework/xsMainV_new.htmlx"},
		{"plain", campus.Qiangzhi{Encoding: campus.Plain}, true, "/jsxsd/framework/xsMain.jsp"},
		{"plain, other root", campus.Qiangzhi{Encoding: campus.Plain, Root: "/xsd"}, false, "/xsd/framework/xsMain.jsp"},
		{"referer wanted", campus.Qiangzhi{Referer: true}, false, "/jsxsd/framework/xsMain.jsp"},
		{"fresh form", campus.Qiangzhi{FreshForm: true}, false, "/jsxsd/framework/xsMain.jsp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := school(tt.q)
			if tt.gbk {
				p.Charset = campus.GBK
			}
			b := open(t, p)
			got := b.logIn("2022000001", "Demo@2022")
			if got.Status != http.StatusOK || got.Path != tt.ends {
				t.Fatalf("got %d at %s, want 200 at %s", got.Status, got.Path, tt.ends)
			}
			wantText(t, got, "学生个人中心", "张三", "2022000001", "退出")
			if tt.gbk != strings.Contains(got.Body, "charset=GBK") {
				t.Errorf("charset of the page's head: GBK want %v", tt.gbk)
			}
		})
	}
}

// The vectors are computed from the algorithm; both sides must agree on them.
func TestEncodingVectors(t *testing.T) {
	tests := []struct{ name, code, scode, sxh, want string }{
		{
			"longer than sxh", "2020000001%%%Abc@12345", "abcdefghijklmnopqrstuvwxyz0123456789ABCD", "12341234123412341234",
			"2a0bc2def0ghij0k0lm0nop0qrst0u1vw%xyz%0123%4A56b789cABCD@12345",
		},
		{
			"13 digits", "1145141919810%%%mypassword", "X8E6q3nU4i79ZC262QY52atdu1rd9X4Rehk89", "32231121223122121321",
			"1X8E16q43n5U4i17491ZC921629QY852a1t0du%1r%d%9Xm4yRehpk8a9ssword",
		},
		{"shorter than sxh", "u%%%p", "ABC123", "201", "uAB%%C%p"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := interleave(tt.code, tt.scode, tt.sxh+strings.Repeat("0", 20-len(tt.sxh))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLoginRefused(t *testing.T) {
	const (
		badCaptcha = "验证码错误!!"
		noDog      = "请安装加密狗插件，插入加密狗！"
		badLogin   = "该帐号不存在或密码错误,请联系管理员!"
	)
	tests := []struct {
		name   string
		change func(b *browser, form url.Values, picture string)
		want   string
	}{
		{"wrong password", func(b *browser, f url.Values, _ string) { f.Set("encoded", "MjAyMjAwMDAwMQ==%%%d3Jvbmc=") }, badLogin},
		{"nobody", func(b *browser, f url.Values, _ string) { f.Set("encoded", "OTk5%%%d3Jvbmc=") }, badLogin},
		{"locked", func(b *browser, f url.Values, _ string) { b.school.Lock("2022000001") }, "该帐号已被锁定,请联系管理员!"},
		{"not encoded", func(b *browser, f url.Values, _ string) { f.Set("encoded", "2022000001%%%Demo@2022") }, badLogin},
		{"no captcha", func(b *browser, f url.Values, _ string) { f.Del("RANDOMCODE") }, noDog},
		{"wrong captcha", func(b *browser, f url.Values, _ string) { f.Set("RANDOMCODE", "0000") }, badCaptcha},
		{"other case", func(b *browser, f url.Values, _ string) { f.Set("RANDOMCODE", swapCase(f.Get("RANDOMCODE"))) }, badCaptcha},
		{"older picture", func(b *browser, f url.Values, picture string) { b.get(picture) }, badCaptcha},
		{"another's picture", func(b *browser, f url.Values, picture string) {
			f.Set("RANDOMCODE", visit(b.t, b.school, b.base).read(picture))
		}, badCaptcha},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, school(campus.Qiangzhi{}))
			action, picture := b.loginForm()
			form := b.credentials("2022000001", "Demo@2022")
			code := b.read(picture)
			for code == swapCase(code) { // digits only
				code = b.read(picture)
			}
			form.Set("RANDOMCODE", code)
			tt.change(b, form, picture)
			got := b.post(action, form)
			wantText(t, got, `id="showMsg" style="color:red">`+tt.want+"<", `name="loginForm"`)
			if n := b.school.Sessions(""); n != 0 {
				t.Errorf("got %d sessions, want none", n)
			}
		})
	}
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

func TestCaptchaIsUsedUp(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	action, picture := b.loginForm()
	form := url.Values{"encoded": {"MjAyMjAwMDAwMQ==%%%d3Jvbmc="}, "RANDOMCODE": {b.read(picture)}}
	wantText(t, b.post(action, form), "该帐号不存在或密码错误")
	wantText(t, b.post(action, form), "验证码错误!!")
}

func TestFreshFormVoidsThePicture(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{FreshForm: true}))
	action, picture := b.loginForm()
	form := b.credentials("2022000001", "Demo@2022")
	form.Set("RANDOMCODE", b.read(picture))
	b.loginForm()
	wantText(t, b.post(action, form), "验证码错误!!")
}

func TestChallengeIsBoundToItsSession(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{Encoding: campus.Interleave}))
	action, picture := b.loginForm()
	form := b.credentials("2022000001", "Demo@2022")

	other := visit(t, b.school, b.base)
	if got := other.post("/Logon.do?method=logon&flag=sess", nil).Body; got != "no" {
		t.Errorf("challenge without a session: got %q, want no", got)
	}
	other.loginForm()
	other.credentials("2022000001", "Demo@2022")
	form.Set("RANDOMCODE", other.read(picture))
	wantText(t, other.post(action, form), "该帐号不存在或密码错误")

	form.Set("RANDOMCODE", b.read(picture))
	wantText(t, b.post(action, form), "学生个人中心")
	form.Set("RANDOMCODE", b.read(picture))
	wantText(t, b.post(action, form), "该帐号不存在或密码错误") // scode is used up
}

func TestTicketIsGoodOnce(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{Encoding: campus.Interleave}))
	b.stay()
	res := b.logIn("2022000001", "Demo@2022")
	ticket := strings.TrimPrefix(res.Header.Get("Location"), b.base)
	if !strings.HasPrefix(ticket, "/jsxsd/xk/LoginToXk?method=jwxt&ticqzket=") {
		t.Fatalf("handover to %q", ticket)
	}
	if got := b.get("/jsxsd/framework/xsMain.jsp").Header.Get("Location"); got != "/jsxsd/" {
		t.Errorf("before the handover: sent to %q, want /jsxsd/", got)
	}
	for _, want := range []string{b.base + "/jsxsd/framework/xsMain.jsp", "/"} {
		if got := b.get(ticket).Header.Get("Location"); got != want {
			t.Errorf("ticket leads to %q, want %q", got, want)
		}
	}
}

func TestFailureText(t *testing.T) {
	const said = "该帐号不存在或密码错误,请联系管理员!"
	for where, want := range map[campus.Failure]string{
		campus.SayShowMsg:   `<font id="showMsg" style="color:red">` + said + `</font>`,
		campus.SayRedFont:   `<font color="red">` + said + `</font>`,
		campus.SayErrorInfo: `<span style="color: red;" id="errorinfo">` + said + `</span>`,
		campus.SayAlert:     `alert('` + said + `')`,
		campus.SayNothing:   `name="loginForm"`,
	} {
		t.Run(string(where), func(t *testing.T) {
			b := open(t, school(campus.Qiangzhi{Failure: where}))
			got := b.logIn("2022000001", "wrong")
			wantText(t, got, want)
			if where == campus.SayNothing && strings.Contains(got.Body, "错误") {
				t.Errorf("the page says why:\n%s", got.Body)
			}
		})
	}
}

func TestLockAfterWrongPasswords(t *testing.T) {
	p := school(campus.Qiangzhi{})
	p.LockAfter = 3
	b := open(t, p)
	for _, want := range []string{"密码错误", "密码错误", "已被锁定"} {
		wantText(t, b.logIn("2022000001", "wrong"), want)
	}
	wantText(t, b.logIn("2022000001", "Demo@2022"), "已被锁定")
	b.school.SetGate("2022000001", campus.Open)
	b.logInDemo()
}

func TestScriptHandover(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{ScriptHandover: true}))
	wantText(t, b.logIn("2022000001", "Demo@2022"), "window.location.href='/jsxsd/framework/xsMain.jsp'")
	wantText(t, b.get("/jsxsd/framework/xsMain.jsp"), "张三")
}

// A client that keeps one cookie per name, or the ids of before the login, is
// nobody here.
func TestCookies(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	b.stay()
	before := cookiesOf(b, b.get("/jsxsd/"))
	after := cookiesOf(b, b.logIn("2022000001", "Demo@2022"))
	if len(before) != 2 || len(after) != 2 {
		t.Fatalf("got cookies for paths %v and %v, want / and /jsxsd twice", keys(before), keys(after))
	}
	tests := []struct {
		name string
		send []string
		want int
	}{
		{"both", []string{after["/jsxsd"], after["/"]}, http.StatusOK},
		{"both and strange ones", []string{"X", after["/jsxsd"], rand.Text(), after["/"]}, http.StatusOK},
		{"one", []string{after["/jsxsd"]}, http.StatusFound},
		{"the other", []string{after["/"]}, http.StatusFound},
		{"of before the login", []string{before["/jsxsd"], before["/"]}, http.StatusFound},
		{"half old", []string{after["/jsxsd"], before["/"]}, http.StatusFound},
		{"none", nil, http.StatusFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+"/jsxsd/kscj/cjcx_list", nil)
			for _, id := range tt.send {
				r.AddCookie(&http.Cookie{Name: "JSESSIONID", Value: id})
			}
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != tt.want {
				t.Errorf("got %d, want %d", res.StatusCode, tt.want)
			}
		})
	}
}

// cookiesOf are the session ids that an answer sets, by path.
func cookiesOf(b *browser, p page) map[string]string {
	b.t.Helper()
	out := map[string]string{}
	for _, line := range p.Header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			b.t.Fatal(err)
		}
		out[c.Path] = c.Value
	}
	return out
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func TestRotateCookies(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	b.logInDemo()
	b.school.RotateCookies("2022000001")
	if got := len(cookiesOf(b, b.get("/jsxsd/framework/blankPage.jsp"))); got != 2 {
		t.Errorf("got %d new cookies, want 2", got)
	}
	p := b.get("/jsxsd/framework/xsMain.jsp")
	wantText(t, p, "张三")
	if got := cookiesOf(b, p); len(got) != 0 {
		t.Errorf("the next answer sets %d cookies, want none", len(got))
	}
}

func TestLogout(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	b.logInDemo()
	b.get("/jsxsd/xk/LoginToXk?method=exit&tktime=1")
	b.stay()
	if got := b.get("/jsxsd/kscj/cjcx_list").Status; got != http.StatusFound {
		t.Errorf("after logout: got %d, want 302", got)
	}
}

func TestCaptchaAndSessionAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openPipe(t, school(campus.Qiangzhi{}))
		action, picture := b.loginForm()
		form := b.credentials("2022000001", "Demo@2022")

		form.Set("RANDOMCODE", b.read(picture))
		time.Sleep(5*time.Minute + time.Second)
		wantText(t, b.post(action, form), "验证码错误!!")

		form.Set("RANDOMCODE", b.read(picture))
		time.Sleep(5 * time.Minute)
		wantText(t, b.post(action, form), "学生个人中心")

		b.stay()
		for range 3 {
			time.Sleep(29 * time.Minute)
			if got := b.get("/jsxsd/framework/blankPage.jsp").Status; got != http.StatusOK {
				t.Fatalf("kept alive: got %d, want 200", got)
			}
		}
		time.Sleep(30*time.Minute + time.Second)
		if got := b.get("/jsxsd/framework/blankPage.jsp").Status; got != http.StatusFound {
			t.Errorf("idle too long: got %d, want 302", got)
		}
	})
}
