package campus_test

import (
	"net/http"
	"testing"

	"jwxtbot/jwxt/campus"
)

func TestExpiryForms(t *testing.T) {
	tests := []struct {
		form     campus.Expiry
		status   int
		location string
		text     string
	}{
		{campus.ExpireRedirect, http.StatusFound, "/jsxsd/", ""},
		{campus.ExpireForm, http.StatusOK, "", "请输入密码"},
		{campus.ExpireText, http.StatusOK, "", `<font color="red">请先登录系统</font>`},
		{campus.ExpireError, http.StatusOK, "", "chucuole.gif"},
	}
	for _, tt := range tests {
		t.Run(string(tt.form), func(t *testing.T) {
			b := openLoggedIn(t, campus.Qiangzhi{Expiry: tt.form})
			b.stay()
			b.school.Expire("2024000002") // another's
			if got := b.get("/jsxsd/framework/blankPage.jsp").Body; got == "" {
				t.Fatal("the session ended with another's")
			}
			b.school.Expire("2022000001")
			for _, path := range []string{"/jsxsd/kscj/cjcx_list", "/jsxsd/ggly/ysgg_query", "/jsxsd/framework/blankPage.jsp", "/jsxsd/framework/xsMain.jsp"} {
				p := b.get(path)
				if p.Status != tt.status || p.Header.Get("Location") != tt.location {
					t.Errorf("%s: got %d to %q, want %d to %q", path, p.Status, p.Header.Get("Location"), tt.status, tt.location)
				}
				wantText(t, p, tt.text)
			}
		})
	}
}

func TestExpiryToSingleSignOn(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{Expiry: campus.ExpireCAS})
	b.school.Expire("")
	b.stay()
	const want = "https://cas.test.example/cas/login?service=http%3A%2F%2F"
	if got := b.get("/jsxsd/kscj/cjcx_list").Header.Get("Location"); len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("sent to %q, want %s…", got, want)
	}
}

func TestSingleSession(t *testing.T) {
	p := school(campus.Qiangzhi{})
	p.Captcha, p.SingleSession = false, true
	first := open(t, p)
	first.logInDemo()
	second := visit(t, first.school, first.base)
	second.logInDemo()
	other := visit(t, first.school, first.base)
	other.logIn("2024000002", "Demo@2024")

	wantText(t, first.get("/jsxsd/kscj/cjcx_list"), `<font color="red">您的账号在其它地方登录</font>`)
	first.script = true
	wantText(t, first.get("/jsxsd/kscj/cjcx_list"), `"msgContent":"您的账号在其它地方登录`)
	wantText(t, second.get("/jsxsd/kscj/cjcx_list"), "高等数学A（上）")
	wantText(t, other.get("/jsxsd/framework/xsMain.jsp"), "李四")

	second.logInDemo() // once more in the same browser kicks nobody
	wantText(t, second.get("/jsxsd/kscj/cjcx_list"), "高等数学A（上）")
	if got := second.school.Sessions("2022000001"); got != 1 {
		t.Errorf("got %d sessions, want 1", got)
	}
	first.logInDemo() // who was kicked out may come back
	wantText(t, second.get("/jsxsd/kscj/cjcx_list"), "您的账号在其它地方登录")
}

func TestManySessions(t *testing.T) {
	first := openLoggedIn(t, campus.Qiangzhi{})
	second := visit(t, first.school, first.base)
	second.logInDemo()
	wantText(t, first.get("/jsxsd/kscj/cjcx_list"), "高等数学A（上）")
	first.school.Kick("2022000001")
	for _, b := range []*browser{first, second} {
		wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "您的账号在其它地方登录")
	}
}

func TestReferer(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{Referer: true})
	b.shy = true
	wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "非法访问")
	wantText(t, b.logIn("2022000001", "Demo@2022"), "非法访问")
	b.shy = false
	wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "高等数学A（上）")
}

func TestMustChangePassword(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{})
	b.school.SetGate("2022000001", campus.GatePassword)
	wantText(t, b.get("/jsxsd/framework/xsMain.jsp"), "请先修改密码", "/jsxsd/grsz/grsz_xgmm_beg.do")
	wantText(t, b.get("/jsxsd/grsz/grsz_xgmm_beg.do"), "新密码")
	if !b.school.ChangePassword("2022000001", "New@2022") || b.school.ChangePassword("1", "x") {
		t.Error("ChangePassword misjudged who exists")
	}
	b.school.SetGate("2022000001", campus.Open)
	wantText(t, visit(t, b.school, b.base).logIn("2022000001", "New@2022"), "学生个人中心")
	wantText(t, visit(t, b.school, b.base).logIn("2022000001", "Demo@2022"), "密码错误")
}

func TestUnknownPages(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{})
	for _, path := range []string{"/nothing", "/jsxsd/nothing", "/jsxsdx/", "/Logon.do/x", "/verifycode.servlet", "/jsxsd/verifycode.servlet"} {
		if got := b.get(path).Status; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got)
		}
	}
}
