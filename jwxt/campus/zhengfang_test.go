package campus_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt/campus"
)

func zhengfang(z campus.Zhengfang) campus.Profile {
	return campus.Profile{ID: "old", Name: "示范大学", Charset: campus.GBK, Captcha: true, GIF: true, LockAfter: 3, System: z}
}

// oldZF is a plain client of the older system, written here once more,
// independently of the driver.
type oldZF struct {
	*browser
	folder string
	form   url.Values
}

var (
	hiddenField = regexp.MustCompile(`<input [^>]*name="(__VIEWSTATE|__EVENTTARGET)"[^>]* value="([^"]*)"`)
	keyModulus  = regexp.MustCompile(`id="txtKeyModulus" value="([0-9a-f]+)"`)
	alertText   = regexp.MustCompile(`defer>alert\('([^']*)'\)`)
)

func openOldZF(t testing.TB, p campus.Profile) *oldZF {
	z := &oldZF{browser: open(t, p)}
	z.start("2022000001", "Demo@2022")
	return z
}

// start opens the login page and fills its form in.
func (z *oldZF) start(number, password string) {
	z.t.Helper()
	root := z.school.Profile().System.Options()["root"]
	p := z.get(root + "/")
	z.folder = p.Path[:strings.LastIndex(p.Path, "/")+1]
	z.form = z.hidden(p)
	user, code := "txtUserName", "txtSecretCode"
	if strings.Contains(p.Body, `name="TextBox1"`) {
		user, code = "TextBox1", "TextBox3"
	}
	if m := keyModulus.FindStringSubmatch(p.Body); m != nil {
		n, _ := new(big.Int).SetString(m[1], 16)
		//lint:ignore SA1019 as the school wants it
		secret, err := rsa.EncryptPKCS1v15(rand.Reader, &rsa.PublicKey{N: n, E: 65537}, []byte(password))
		if err != nil {
			z.t.Fatal(err)
		}
		password = hex.EncodeToString(secret)
	}
	z.form.Set(user, number)
	z.form.Set("TextBox2", password)
	z.form.Set("RadioButtonList1", inGBK("学生"))
	z.form.Set("Button1", "")
	if strings.Contains(p.Body, "CheckCode.aspx") {
		sum := sha256.Sum256([]byte(z.get(z.folder + "CheckCode.aspx").Body))
		z.form.Set(code, z.get("/_campus/captcha?sha256="+hex.EncodeToString(sum[:])).Body)
	}
}

func (z *oldZF) hidden(p page) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(p.Body, -1) {
		out.Set(m[1], m[2])
	}
	return out
}

func inGBK(s string) string {
	out, _ := simplifiedchinese.GBK.NewEncoder().String(s)
	return out
}

func (z *oldZF) send() page { return z.post(z.folder+"default2.aspx", z.form) }

// in logs in and is at the main page, the Referer of what follows.
func (z *oldZF) in() page {
	z.t.Helper()
	p := z.send()
	if !strings.HasSuffix(p.Path, "/xs_main.aspx") {
		z.t.Fatalf("login ended at %s:\n%s", p.Path, p.Body)
	}
	z.referer = z.base + z.folder + "xs_main.aspx?xh=2022000001"
	return p
}

// grades presses a button of the grade page.
func (z *oldZF) grades(address, button, text string) page {
	z.t.Helper()
	form := z.hidden(z.get(z.folder + address))
	form.Set("ddlXN", "")
	form.Set("ddlXQ", "")
	form.Set(button, inGBK(text))
	return z.post(z.folder+address, form)
}

// checkZhengfangDemo logs in and looks at the grades.
func checkZhengfangDemo(t *testing.T, b *browser) {
	z := &oldZF{browser: b}
	z.start("2022000001", "Demo@2022")
	wantText(t, z.in(), "张三同学", "成绩查询")
	button, address := "Button2", "xscj_gc.aspx?xh=2022000001"
	if b.school.Profile().System.(campus.Zhengfang).Grades == campus.GradePageCX {
		button, address = "btn_zcj", "xscjcx.aspx?xh=2022000001"
	}
	wantText(t, z.grades(address, button, "x"), "高等数学A（上）", "缓考", "补考成绩", "免修")
}

func TestZhengfangLogin(t *testing.T) {
	for name, system := range map[string]campus.Zhengfang{
		"cookie": {}, "address": {Cookieless: campus.CookielessPlain}, "S": {Cookieless: campus.CookielessS, Root: "/zjdxgc"},
		"RSA": {RSA: true}, "old names": {OldNames: true},
	} {
		t.Run(name, func(t *testing.T) {
			z := openOldZF(t, zhengfang(system))
			want := map[campus.Cookieless]string{
				campus.CookielessPlain: `^/\([0-9a-z]{24}\)/$`, campus.CookielessS: `^/zjdxgc/\(S\([0-9a-z]{24}\)\)/$`, "": `^/$`,
			}[system.Cookieless]
			if !regexp.MustCompile(want).MatchString(z.folder) {
				t.Errorf("the site is at %s", z.folder)
			}
			z.in()
		})
	}
}

// What a login must bring with it is looked at, each by itself.
func TestZhengfangLoginRefused(t *testing.T) {
	tests := []struct {
		name   string
		system campus.Zhengfang
		spoil  func(z *oldZF)
		says   string
	}{
		{"captcha", campus.Zhengfang{}, func(z *oldZF) { z.form.Set("txtSecretCode", "0000") }, "验证码不正确！！"},
		{"password", campus.Zhengfang{}, func(z *oldZF) { z.form.Set("TextBox2", "x") }, "密码错误！！"},
		{"password, counted", campus.Zhengfang{CountTries: true}, func(z *oldZF) { z.form.Set("TextBox2", "x") }, "密码错误，您还有2次尝试机会！如忘记密码，请与教务处联系!"},
		{"nobody", campus.Zhengfang{}, func(z *oldZF) { z.form.Set("txtUserName", "1") }, "用户名不存在或未按照要求参加教学活动！！"},
		{"plain where RSA is", campus.Zhengfang{RSA: true}, func(z *oldZF) { z.form.Set("TextBox2", "Demo@2022") }, "密码错误！！"},
		{"role in UTF-8", campus.Zhengfang{}, func(z *oldZF) { z.form.Set("RadioButtonList1", "学生") }, "密码错误！！"},
		{"no VIEWSTATE", campus.Zhengfang{}, func(z *oldZF) { z.form.Del("__VIEWSTATE") }, "ERROR - 出错啦！"},
		{"no button", campus.Zhengfang{}, func(z *oldZF) { z.form.Del("Button1") }, "ERROR - 出错啦！"},
		{"address without its session", campus.Zhengfang{Cookieless: campus.CookielessPlain}, func(z *oldZF) { z.folder = "/(" + strings.Repeat("a", 24) + ")/" }, "ERROR - 出错啦！"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := openOldZF(t, zhengfang(tt.system))
			tt.spoil(z)
			wantText(t, z.send(), tt.says)
			if n := z.school.Sessions(""); n != 0 {
				t.Errorf("%d sessions are logged in", n)
			}
		})
	}
}

// A picture is good for one answer, and wrong passwords lock.
func TestZhengfangLock(t *testing.T) {
	z := openOldZF(t, zhengfang(campus.Zhengfang{CountTries: true}))
	z.form.Set("TextBox2", "x")
	wantText(t, z.send(), "2次")
	wantText(t, z.send(), "验证码不正确")
	for _, want := range []string{"1次", "已达3次，账号已锁定", "账号已锁定"} {
		z.start("2022000001", "x")
		if m := alertText.FindStringSubmatch(z.send().Body); m == nil || !strings.Contains(m[1], want) {
			t.Errorf("got %q, want %q", m, want)
		}
	}
}

// The state of a page names the student, and only its own page takes it.
func TestZhengfangViewState(t *testing.T) {
	z := openOldZF(t, zhengfang(campus.Zhengfang{}))
	main := z.hidden(z.in()).Get("__VIEWSTATE")
	if b, err := base64.StdEncoding.DecodeString(main); err != nil || !strings.Contains(string(b), "张三") {
		t.Errorf("the state is %q, %v", b, err)
	}
	const address = "xscj_gc.aspx?xh=2022000001"
	wantText(t, z.grades(address, "Button2", "x"), "Datagrid1", "datelisthead")
	wantText(t, z.post("/"+address, url.Values{"__VIEWSTATE": {main}, "Button2": {"x"}}), "出错啦")
	form := z.hidden(z.get("/" + address))
	form.Set("Button1", "x")
	form.Set("Button2", "x")
	wantText(t, z.post("/"+address, form), "出错啦") // nobody presses two buttons
	wantText(t, z.get("/xscj_gc.aspx?xh=2024000002"), "出错啦")
	z.referer = z.base + "/"
	wantText(t, z.get("/"+address), "出错啦")
}

func TestZhengfangExpiry(t *testing.T) {
	for expiry, says := range map[campus.Expiry]string{
		"": "Object moved", campus.ExpireForm: "欢迎使用正方教务管理系统！请登录", campus.ExpireScript: "window.location='default2.aspx'", campus.ExpireError: "出错啦",
	} {
		t.Run(fmt.Sprint(expiry), func(t *testing.T) {
			z := openOldZF(t, zhengfang(campus.Zhengfang{Expiry: expiry}))
			z.in()
			z.school.Expire("")
			z.stay()
			wantText(t, z.get("/content.aspx"), says)
		})
	}
}

func TestZhengfangNotices(t *testing.T) {
	z := openOldZF(t, zhengfang(campus.Zhengfang{}))
	z.in()
	list := z.get("/content.aspx")
	m := regexp.MustCompile(`window\.open\('([^']+)'`).FindStringSubmatch(list.Body)
	if m == nil {
		t.Fatalf("no notice in:\n%s", list.Body)
	}
	one := z.get("/" + strings.ReplaceAll(m[1], " ", "%20"))
	wantText(t, one, "2026-2027学年秋季学期课表", "各学院、全体同学")
	file := regexp.MustCompile(`id="HyperLink1" href="([^"]+)"`).FindStringSubmatch(one.Body)
	if file == nil || z.get(file[1]).Status != 200 {
		t.Errorf("no file: %q", file)
	}
}

// The way out is the link of the main page.
func TestZhengfangLogout(t *testing.T) {
	z := openOldZF(t, zhengfang(campus.Zhengfang{}))
	form := z.hidden(z.in())
	form.Set("__EVENTTARGET", "likTc")
	z.post("/xs_main.aspx?xh=2022000001", form)
	if n := z.school.Sessions(""); n != 0 {
		t.Errorf("%d sessions are logged in", n)
	}
}
