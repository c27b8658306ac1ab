package campus_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

func urpOld(u campus.URPOld) campus.Profile {
	return campus.Profile{ID: "urp", Name: "示范大学", Charset: campus.GBK, Captcha: true, LockAfter: 3, System: u}
}

func urpNew(u campus.URPNew) campus.Profile {
	return campus.Profile{ID: "urp", Name: "示范大学", Captcha: true, LockAfter: 3, System: u}
}

// checkURPDemo logs in and looks at the grades.
func checkURPDemo(t *testing.T, b *browser) {
	if _, old := b.school.Profile().System.(campus.URPOld); old {
		wantText(t, b.urpOldIn("2022000001", "Demo@2022"), "<title>学分制综合教务</title>")
		wantText(t, b.get("/gradeLnAllAction.do?type=ln&oper=qbinfo"), "高等数学A（上）", "2022-2023学年秋(两学期)")
		wantText(t, b.get("/gradeLnAllAction.do?type=ln&oper=bjg"), "高等数学A（下）", "曾不及格")
		return
	}
	wantText(t, b.urpNewIn("2022000001", "Demo@2022"), "本学期课程表")
	wantText(t, b.urpList("allPassingScores/index"), "高等数学A（上）")
	wantText(t, b.urpList("unpassedScores/index"), "高等数学A（下）")
}

// urpOldIn is a plain client of the old build: it posts what a page's form
// does, in GBK.
func (b *browser) urpOldIn(number, password string) page {
	b.t.Helper()
	code := ""
	if strings.Contains(b.get("/").Body, `name="v_yzm"`) {
		code = b.read("/validateCodeAction.do?random=0.5")
	}
	return b.urpOldPost(number, password, code)
}

func (b *browser) urpOldPost(number, password, code string) page {
	b.t.Helper()
	secret, err := simplifiedchinese.GBK.NewEncoder().String(password)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.post("/loginAction.do", url.Values{"zjh": {number}, "mm": {secret}, "v_yzm": {code}})
}

var (
	tokenValue = regexp.MustCompile(`name="tokenValue" value="([^"]+)"`)
	dataURL    = regexp.MustCompile(`var url = "([^"]+)"`)
)

// urpNewIn is a plain client of the new build.
func (b *browser) urpNewIn(number, password string) page {
	b.t.Helper()
	if b.school.Profile().System.(campus.URPNew).Hide == campus.HidePlain {
		b.get("/login")
		return b.post("/sigin", url.Values{"username": {number}, "password": {password}})
	}
	return b.post("/j_spring_security_check", b.urpForm(number, b.urpHidden(password)))
}

// urpHidden hides a password in the way that Profile names.
func (b *browser) urpHidden(password string) string {
	md5Of := func(s string) string {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	hidden, salted := md5Of(password), md5Of(password+"{Urp602019}")
	switch b.school.Profile().System.(campus.URPNew).Hide {
	case campus.HideSalted:
		hidden = salted + "*" + hidden
	case campus.HideTwice:
		hidden = md5Of(salted) + "*" + md5Of(hidden)
	}
	return hidden
}

// urpForm opens the login page and fills it in.
func (b *browser) urpForm(number, hidden string) url.Values {
	b.t.Helper()
	form := url.Values{"j_username": {number}, "j_password": {hidden}}
	body := b.get("/login").Body
	if m := tokenValue.FindStringSubmatch(body); m != nil {
		form.Set("tokenValue", m[1])
	}
	if strings.Contains(body, `name="j_captcha"`) {
		form.Set("j_captcha", b.read("/img/captcha.jpg?1"))
	}
	return form
}

// urpList opens a list's page and fetches its data.
func (b *browser) urpList(index string) page {
	b.t.Helper()
	p := b.get("/student/integratedQuery/scoreQuery/" + index)
	m := dataURL.FindStringSubmatch(p.Body)
	if m == nil {
		b.t.Fatalf("%s does not say where its data are:\n%s", index, p.Body)
	}
	return b.get(m[1])
}

// The four sentences of an old build, and a password that only GBK can carry.
func TestURPOldLogin(t *testing.T) {
	p := urpOld(campus.URPOld{})
	p.Accounts = []campus.Account{{Number: "2020000001", Name: "张三", Password: "密码+1"}}
	tests := []struct{ name, number, password, code, says string }{
		{"wrong captcha", "2020000001", "密码+1", "0000", "你输入的验证码错误，请您重新输入！"},
		{"nobody", "2020000009", "密码+1", "", "你输入的证件号不存在，请您重新输入！"},
		{"wrong password", "2020000001", "密码-1", "", "您的密码不正确，请您重新输入！"},
		{"right", "2020000001", "密码+1", "", "<title>学分制综合教务</title>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, p)
			b.get("/loginAction.do")
			code := b.read("/validateCodeAction.do?random=0.5")
			if tt.code != "" {
				code = tt.code
			}
			wantText(t, b.urpOldPost(tt.number, tt.password, code), tt.says)
		})
	}
}

// The session's id is the same before and after the login.
func TestURPOldKeepsSession(t *testing.T) {
	b := open(t, urpOld(campus.URPOld{}))
	b.get("/")
	before := b.http.Jar.Cookies(mustURL(t, b.base))
	b.urpOldIn("2022000001", "Demo@2022")
	after := b.http.Jar.Cookies(mustURL(t, b.base))
	if len(before) != 1 || len(after) != 1 || before[0].Value != after[0].Value {
		t.Errorf("cookies before %v, after %v", before, after)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// This term's list is cut unless asked for more, and its rows lie in thead.
func TestURPOldThisTerm(t *testing.T) {
	p := urpOld(campus.URPOld{FewColumns: true})
	many := campus.Transcript("2022000001", 2022, 8, false)
	for i := range many {
		many[i].Term = many[0].Term
	}
	p.Accounts = []campus.Account{{Number: "2022000001", Name: "张三", Password: "x", Grades: many}}
	b := open(t, p)
	b.urpOldIn("2022000001", "x")
	for query, want := range map[string]int{"": 20, "?pageSize=100": len(many)} {
		body := b.get("/bxqcjcxAction.do" + query).Body
		if got := strings.Count(body, `<tr class="even"`); got != want || strings.Contains(body, "<tbody") || strings.Contains(body, "课程最高分") {
			t.Errorf("%q: got %d rows, want %d", query, got, want)
		}
	}
}

// What an old build answers who is not logged in, and who was kicked out.
func TestURPOldExpiry(t *testing.T) {
	for expiry, want := range map[campus.Expiry]struct {
		status int
		text   string
	}{
		campus.ExpireText: {200, "请您登录后再使用"}, campus.ExpireForm: {200, `name="zjh"`}, campus.ExpireError: {500, "<title>500 Servlet Exception</title>"},
	} {
		b := open(t, urpOld(campus.URPOld{Expiry: expiry}))
		p := b.get("/bxqcjcxAction.do")
		if p.Status != want.status {
			t.Errorf("%s: status %d", expiry, p.Status)
		}
		wantText(t, p, want.text)
		b.urpOldIn("2022000001", "Demo@2022")
		wantText(t, b.get("/xjInfoAction.do?oper=xjxx"), "2022000001", "张三")
		b.school.Kick("2022000001")
		wantText(t, b.get("/xjInfoAction.do?oper=xjxx"), "其他地方登录")
		b.get("/logout.do")
		wantText(t, b.get("/bxqcjcxAction.do"), want.text)
	}
}

// The hashes of 111111 are known from clients; only that of the school's own
// kind lets in.
func TestURPNewPassword(t *testing.T) {
	hashes := map[campus.Hide]string{
		campus.HideMD5:    "96e79218965eb72c92a549dd5a330112",
		campus.HideSalted: "b29bd66d6426752b5e238f5b6a298cd8*96e79218965eb72c92a549dd5a330112",
		campus.HideTwice:  "e0fd641d006d305a90fa4ce3df9bc90d*9db06bcff9248837f86d1a6bcf41c9e7",
	}
	for hide := range hashes {
		for sent, hidden := range hashes {
			p := urpNew(campus.URPNew{Hide: hide})
			p.Accounts = []campus.Account{{Number: "2020000001", Name: "张三", Password: "111111"}}
			b := open(t, p)
			b.stay()
			to := b.post("/j_spring_security_check", b.urpForm("2020000001", hidden)).Header.Get("Location")
			if want := map[bool]string{true: "/index.jsp", false: "/login?errorCode=badCredentials"}[hide == sent]; to != want {
				t.Errorf("%s at a school of %s: sent to %q, want %q", sent, hide, to, want)
			}
		}
	}
}

// What a login must bring with it is looked at, each by itself.
func TestURPNewLoginRefused(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(url.Values)
		to    string // "" is a page that speaks of the token
	}{
		{"captcha", func(f url.Values) { f.Set("j_captcha", "0000") }, "/login?errorCode=badCaptcha"},
		{"password", func(f url.Values) { f.Set("j_password", "Demo@2022") }, "/login?errorCode=badCredentials"},
		{"nobody", func(f url.Values) { f.Set("j_username", "1") }, "/login?errorCode=badCredentials"},
		{"token", func(f url.Values) { f.Set("tokenValue", "0") }, ""},
		{"no token", func(f url.Values) { f.Del("tokenValue") }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, urpNew(campus.URPNew{}))
			b.stay()
			form := b.urpForm("2022000001", b.urpHidden("Demo@2022"))
			tt.spoil(form)
			p := b.post("/j_spring_security_check", form)
			if p.Header.Get("Location") != tt.to {
				t.Errorf("sent to %q, want %q", p.Header.Get("Location"), tt.to)
			}
			if tt.to == "" {
				wantText(t, p, "tokenValue无效")
			}
		})
	}
}

// A list's data are where its page said last, and nowhere else.
func TestURPNewRandomPath(t *testing.T) {
	b := open(t, urpNew(campus.URPNew{}))
	b.urpNewIn("2022000001", "Demo@2022")
	const index = "/student/integratedQuery/scoreQuery/thisTermScores/index"
	first := dataURL.FindStringSubmatch(b.get(index).Body)[1]
	second := dataURL.FindStringSubmatch(b.get(index).Body)[1]
	plain := "/student/integratedQuery/scoreQuery/thisTermScores/data"
	for address, want := range map[string]int{first: http.StatusNotFound, plain: http.StatusNotFound, second: http.StatusOK} {
		if got := b.get(address).Status; got != want {
			t.Errorf("%s: got status %d, want %d", address, got, want)
		}
	}
	older := open(t, urpNew(campus.URPNew{NoRandom: true}))
	older.urpNewIn("2022000001", "Demo@2022")
	if got := older.get(plain).Status; got != http.StatusOK {
		t.Errorf("at an older build: got status %d", got)
	}
}

// A withheld score is in the data: as −999.999, or as a draft.
func TestURPNewWithheld(t *testing.T) {
	for drafts, want := range map[bool][2]string{false: {"-999.999", "05"}, true: {"88", "02"}} {
		b := open(t, urpNew(campus.URPNew{Drafts: drafts}))
		b.urpNewIn("2024000002", "Demo@2024")
		var in []struct {
			List []struct {
				CourseScore, InputStatusCode string
				Credit                       jwxt.Decimal
			}
		}
		if err := json.Unmarshal([]byte(b.urpList("thisTermScores/index").Body), &in); err != nil || len(in) != 1 || len(in[0].List) == 0 {
			t.Fatalf("got %+v, %v", in, err)
		}
		last := in[0].List[len(in[0].List)-1]
		if got := [2]string{last.CourseScore, last.InputStatusCode}; got != want || !last.Credit.Valid() {
			t.Errorf("drafts %v: got %v, want %v", drafts, got, want)
		}
	}
}

// What a new build answers who is not logged in, and who was kicked out.
func TestURPNewExpiry(t *testing.T) {
	const home = "/index.jsp"
	for expiry, want := range map[campus.Expiry]struct {
		status int
		text   string
	}{
		campus.ExpireRedirect: {302, ""}, campus.ExpireForm: {200, "j_spring_security_check"},
		campus.ExpireText: {200, "gotoLogin"}, campus.ExpireStatus: {401, ""},
	} {
		b := open(t, urpNew(campus.URPNew{Expiry: expiry}))
		b.stay()
		p := b.get(home)
		if p.Status != want.status || p.Status == 302 && p.Header.Get("Location") != "/login" {
			t.Errorf("%s: status %d to %q", expiry, p.Status, p.Header.Get("Location"))
		}
		wantText(t, p, want.text)
		b.urpNewIn("2022000001", "Demo@2022")
		wantText(t, b.get(home), "张三")
		if to := b.get("/").Header.Get("Location"); to != home {
			t.Errorf("%s: the root leads the logged-in to %q", expiry, to)
		}
		b.school.Kick("2022000001")
		if to := b.get(home).Header.Get("Location"); to != "/login?errorCode=concurrentSessionExpired" {
			t.Errorf("%s: kicked out to %q", expiry, to)
		}
	}
}
