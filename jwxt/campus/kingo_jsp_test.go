package campus_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt/campus"
)

func kingoJSP(k campus.KingoJSP) campus.Profile {
	return campus.Profile{ID: "kj", Name: "星湖示范学院", Charset: campus.GBK, LockAfter: 3, System: k}
}

func hexMD5(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

var (
	kingoSession = regexp.MustCompile(`var _ssessionid = "(\w+)"`)
	kingoKeys    = regexp.MustCompile(`var _deskey = '(\d+)';\s+var _nowtime = '([^']+)'`)
)

// sealedKingo are a message's fields, written here once more.
func (b *browser) sealedKingo(root, plain string) url.Values {
	b.t.Helper()
	m := kingoKeys.FindStringSubmatch(b.get(root + "/custom/js/SetKingoEncypt.jsp").Body)
	if m == nil {
		b.t.Fatal("no key")
	}
	return url.Values{
		"params": {base64.StdEncoding.EncodeToString([]byte(campus.KingoEncrypt(plain, m[1])))},
		"token":  {hexMD5(hexMD5(plain) + hexMD5(m[2]))}, "timestamp": {m[2]}, "deskey": {m[1]},
	}
}

// kingoLogon is a plain client's login and what it was answered. change spoils
// what is posted.
func (b *browser) kingoLogon(number, password, captcha string, change func(url.Values)) (answer struct{ Status, Message, Result string }) {
	b.t.Helper()
	k := b.school.Profile().System.(campus.KingoJSP)
	m := kingoSession.FindStringSubmatch(b.get(k.Root + "/cas/login.action").Body)
	if m == nil {
		b.t.Fatal("the login page names no session")
	}
	plain := "_u" + captcha + "=" + base64.StdEncoding.EncodeToString([]byte(number+";;"+m[1])) +
		"&_p" + captcha + "=" + hexMD5(hexMD5(password)+hexMD5(strings.ToLower(captcha))) + "&randnumber=" + captcha + "&isPasswordPolicy=1"
	form, _ := url.ParseQuery(plain)
	if !k.Plain {
		form = b.sealedKingo(k.Root, plain)
		form.Set("ssessionid", m[1])
	}
	if change != nil {
		change(form)
	}
	if err := json.Unmarshal([]byte(b.post(k.Root+"/cas/logon.action", form).Body), &answer); err != nil {
		b.t.Fatal(err)
	}
	return answer
}

func checkKingoJSPDemo(t *testing.T, b *browser) {
	root := b.school.Profile().System.(campus.KingoJSP).Root
	if got := b.kingoLogon("2022000001", "Demo@2022", "", nil); got.Status != "200" || got.Result != root+"/frame/homes.html" {
		t.Fatalf("got %+v", got)
	}
	wantText(t, b.get(root+"/frame/home/js/SetMainInfo.jsp"), "var _loginid = '2022000001'", "var _userName = '张三'")
	list := b.post(root+"/student/xscj.stuckcj_data.jsp", url.Values{"sjxz": {"sjxz1"}, "ysyx": {"yscj"}})
	wantText(t, list, "高等数学A（上）", "重修", "缓考", "学年学期：2022-2023学年第一学期", "学号：2022000001")
}

// What a login must have right, each by itself.
func TestKingoJSPRefusals(t *testing.T) {
	set := func(name, value string) func(url.Values) { return func(f url.Values) { f.Set(name, value) } }
	b := open(t, kingoJSP(campus.KingoJSP{Count: true, CaptchaAfter: 2}))
	for _, tt := range []struct {
		name, number, password string
		change                 func(url.Values)
		status, message        string
	}{
		{"another time", "2022000001", "Demo@2022", set("timestamp", "2020-01-01 00:00:00"), "410", "失效"},
		{"another key", "2022000001", "Demo@2022", set("deskey", "1234567890123456789"), "410", "失效"},
		{"another token", "2022000001", "Demo@2022", set("token", hexMD5("")), "410", "失效"},
		{"another session", "2022000001", "Demo@2022", set("ssessionid", strings.Repeat("A", 32)), "410", "失效"},
		{"no message", "2022000001", "Demo@2022", set("params", "!"), "410", "失效"},
		{"no account", "1999000001", "Demo@2022", nil, "402", "账号或密码有误!"},
		{"locked", "2021000005", "Demo@2021", nil, "402", "您的账号已被锁定"},
		{"wrong", "2022000001", "wrong", nil, "402", "已输错1次密码，若超过2次，您的账号将被锁定！|1"},
		{"right", "2022000001", "Demo@2022", nil, "200", "操作成功!"},
		{"wrong once", "2024000002", "wrong", nil, "402", "|1"},
		{"wrong twice", "2024000002", "wrong", nil, "402", "|2"},
		{"captcha wanted", "2024000002", "Demo@2024", nil, "401", "验证码"},
	} {
		got := b.kingoLogon(tt.number, tt.password, "", tt.change)
		if got.Status != tt.status || !strings.Contains(got.Message, tt.message) {
			t.Errorf("%s: got %+v", tt.name, got)
		}
	}
	if got := b.kingoLogon("2024000002", "Demo@2024", b.read("/cas/genValidateCode?v=7"), nil); got.Status != "200" {
		t.Errorf("with the captcha: got %+v", got)
	}
}

// A key is good for one message.
func TestKingoJSPKeyOnce(t *testing.T) {
	b := open(t, kingoJSP(campus.KingoJSP{Encrypted: true, Root: "/jw"}))
	b.kingoLogon("2022000001", "Demo@2022", "", nil)
	const list = "/jw/student/xscj.stuckcj_data.jsp"
	form := b.sealedKingo("/jw", "sjxz=sjxz3&ysyx=yxcj&xn=2022&xq=0")
	wantText(t, b.post(list, form), "高等数学A（上）")
	b.stay()
	for name, again := range map[string]url.Values{"the same": form, "in the open": {"sjxz": {"sjxz1"}, "ysyx": {"yxcj"}}} {
		if p := b.post(list, again); p.Status != http.StatusFound || !strings.Contains(p.Header.Get("Location"), "/frame/errors/") {
			t.Errorf("%s: status %d", name, p.Status)
		}
	}
}

func TestKingoJSPExpiry(t *testing.T) {
	for expiry, want := range map[campus.Expiry]string{"": "凭证已失效", campus.ExpireForm: "_ssessionid"} {
		b := open(t, kingoJSP(campus.KingoJSP{Expiry: expiry}))
		wantText(t, b.post("/student/xscj.stuckcj_data.jsp", nil), want)
		wantText(t, b.get("/frame/home/js/SetMainInfo.jsp"), "kingo.guest")
	}
	b := open(t, kingoJSP(campus.KingoJSP{Expiry: campus.ExpireRedirect}))
	b.stay()
	if got := b.get("/student/xscj.stuckcj.jsp").Header.Get("Location"); got != "/cas/login.action" {
		t.Errorf("led to %q", got)
	}
	b.http.CheckRedirect = nil
	b.kingoLogon("2022000001", "Demo@2022", "", nil)
	b.school.Kick("")
	wantText(t, b.get("/frame/home/js/SetMainInfo.jsp"), "其他地方登录")
}

// Only one's own timetable is shown, and terms are apart.
func TestKingoJSPTimetable(t *testing.T) {
	b := open(t, kingoJSP(campus.KingoJSP{}))
	b.kingoLogon("2022000001", "Demo@2022", "", nil)
	at := func(query string) page {
		return b.get("/wsxk/xkjg.ckdgxsxdkchj_data10319.jsp?params=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(query))))
	}
	wantText(t, at("xn=2022&xq=0"), "[A0200101]高等数学A（上）", "1-16周 ", "学年学期：2022-2023学年第一学期")
	wantText(t, at("xn=2030&xq=0"), "没有检索到记录!")
	if p := at("xn=2022&xq=0&xh=2024000002"); !strings.Contains(p.Path, "/frame/errors/") {
		t.Errorf("another's timetable is at %s", p.Path)
	}
}

// Each of the effective rows is the last of its course.
func TestKingoJSPEffective(t *testing.T) {
	a := campus.DemoAccounts()[0]
	var ids []string
	for _, g := range (campus.KingoJSP{}).Effective(a) {
		ids = append(ids, g.CourseID)
		if g.CourseID == "A0200102" && g.Score != "76" {
			t.Errorf("a course passed in the end counts as %s", g.Score)
		}
	}
	n := len(ids)
	if slices.Sort(ids); len(slices.Compact(ids)) != n || n < 50 || n >= len(a.Grades) {
		t.Errorf("%d rows of %d", n, len(a.Grades))
	}
}
