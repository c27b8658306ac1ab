package campus_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus"
)

// behind is a school of 强智 behind a front on the school's own host.
func behind(f campus.Front) campus.Profile {
	return campus.Profile{ID: "test", Name: "测试大学", System: campus.Qiangzhi{}, Front: f, LockAfter: 3}
}

const (
	someone = "2022000001"
	hisWord = "Demo@2022"
)

var (
	frontSalt = regexp.MustCompile(`(?:id="pwd(?:Default)?EncryptSalt" value=")([^"]*)"`)
	execution = regexp.MustCompile(`name="execution" value="([^"]*)"`)
)

// frontForm reads the login page and fills it in as its script does, which is
// written here once more, independently of the server.
func frontForm(t testing.TB, p page, number, password string) url.Values {
	t.Helper()
	all := execution.FindAllStringSubmatch(p.Body, -1)
	if len(all) == 0 {
		t.Fatalf("no login page:\n%s", p.Body)
	}
	form := url.Values{
		"username": {number}, "password": {password}, "execution": {all[len(all)-1][1]},
		"_eventId": {"submit"}, "cllt": {"userNameLogin"}, "dllt": {"generalLogin"}, "lt": {""},
	}
	if lt := regexp.MustCompile(`name="lt" value="(LT-[^"]*)"`).FindStringSubmatch(p.Body); lt != nil {
		form.Set("lt", lt[1])
		form.Set("dllt", "userNamePasswordLogin")
	}
	if salt := frontSalt.FindStringSubmatch(p.Body); salt != nil {
		block, err := aes.NewCipher([]byte(salt[1]))
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(strings.Repeat("x", 64) + password)
		pad := 16 - len(text)%16
		text = append(text, strings.Repeat(string(rune(pad)), pad)...)
		cipher.NewCBCEncrypter(block, []byte("any vector at al")).CryptBlocks(text, text)
		form.Set("password", base64.StdEncoding.EncodeToString(text))
	}
	return form
}

// toFront goes in by the entrance, and gives the login page with where its form
// goes.
func (b *browser) toFront() (p page, action string) {
	b.t.Helper()
	p = b.get("/jsxsd/sso.jsp")
	all := formAction.FindAllStringSubmatch(p.Body, -1)
	if len(all) == 0 {
		b.t.Fatalf("the entrance leads to %s (%d)", p.Path, p.Status)
	}
	return p, strings.ReplaceAll(all[len(all)-1][1], "&amp;", "&")
}

func (b *browser) frontLogIn(number, password string) page {
	b.t.Helper()
	p, action := b.toFront()
	return b.post(action, frontForm(b.t, p, number, password))
}

const home = "/jsxsd/framework/xsMain.jsp"

func TestFrontLogin(t *testing.T) {
	for name, f := range map[string]campus.Front{
		"new": {Kind: campus.Authserver}, "old": {Kind: campus.Authserver, Old: true},
		"plain": {Kind: campus.Authserver, Plain: true}, "apereo": {Kind: campus.Apereo},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, behind(f))
			if p := b.frontLogIn(someone, hisWord); p.Path != home || !strings.Contains(p.Body, "张三") {
				t.Fatalf("the login ended at %s", p.Path)
			}
			b.school.Expire(someone)
			if p := b.get("/jsxsd/sso.jsp"); p.Path != home { // the front remembers
				t.Errorf("a known one is led to %s", p.Path)
			}
			b.school.Expire(someone)
			b.school.ExpireFront(someone)
			if p := b.get("/jsxsd/sso.jsp"); p.Path == home {
				t.Error("the front has not forgotten")
			}
		})
	}
}

func TestFrontRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		front  campus.Front
		change func(url.Values)
		status int
		said   string
	}{
		"password":     {campus.Front{Kind: campus.Authserver, Refuse401: true}, func(f url.Values) { f.Set("password", f.Get("password")[4:]) }, 401, "页面已失效"},
		"account":      {campus.Front{Kind: campus.Authserver}, func(f url.Values) { f.Set("username", "1") }, 200, "用户名或密码有误"},
		"old account":  {campus.Front{Kind: campus.Authserver, Old: true}, func(f url.Values) { f.Set("username", "1") }, 200, "您提供的用户名或者密码有误"},
		"decoy":        {campus.Front{Kind: campus.Authserver}, func(f url.Values) { f.Set("execution", "qr-"+f.Get("execution")) }, 200, "页面已失效"},
		"cllt":         {campus.Front{Kind: campus.Authserver}, func(f url.Values) { f.Set("cllt", "qrLogin") }, 200, "页面已失效"},
		"no captcha":   {campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture}, func(url.Values) {}, 200, "无效的验证码"},
		"letters":      {campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture}, func(f url.Values) { f.Set("captcha", "!!!!") }, 200, "验证码错误"},
		"not dragged":  {campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSlider}, func(url.Values) {}, 200, "验证码错误"},
		"as it is":     {campus.Front{Kind: campus.Authserver}, func(f url.Values) { f.Set("password", hisWord) }, 200, "页面已失效"},
		"of old's way": {campus.Front{Kind: campus.Authserver, Old: true}, func(f url.Values) { f.Set("dllt", "generalLogin") }, 200, "页面已失效"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, behind(tt.front))
			p, action := b.toFront()
			form := frontForm(t, p, someone, hisWord)
			tt.change(form)
			got := b.post(action, form)
			if got.Status != tt.status {
				t.Errorf("status %d, want %d", got.Status, tt.status)
			}
			wantText(t, got, tt.said)
			if b.school.Sessions("") != 0 {
				t.Error("somebody is logged in")
			}
		})
	}
}

// TestFrontTicket: a ticket is good once, and for whom it was made.
func TestFrontTicket(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver}))
	b.stay()
	p := b.get("/authserver/login?service=" + url.QueryEscape(b.base+"/jsxsd/sso.jsp"))
	got := b.post("/authserver/login?service="+url.QueryEscape(b.base+"/jsxsd/sso.jsp"), frontForm(t, p, someone, hisWord))
	to := strings.TrimPrefix(got.Header.Get("Location"), b.base)
	if got.Status != http.StatusFound || !strings.HasPrefix(to, "/jsxsd/sso.jsp?ticket=ST-") {
		t.Fatalf("got %d to %s", got.Status, to)
	}
	if first := b.get(to); first.Status != http.StatusFound || b.school.Sessions(someone) != 1 {
		t.Errorf("the ticket gives %d", first.Status)
	}
	if again := b.get(to); again.Status == http.StatusFound {
		t.Error("the ticket is good again")
	}
	other := b.get("/authserver/login?service=" + url.QueryEscape("http://library.example.edu.cn/"))
	if _, ticket, _ := strings.Cut(other.Header.Get("Location"), "ticket="); ticket == "" || b.get("/jsxsd/sso.jsp?ticket="+ticket).Status == http.StatusFound {
		t.Error("another service's ticket is taken")
	}
}

// TestFrontOfItsOwn: a front with a host of its own is not on the school's.
func TestFrontOfItsOwn(t *testing.T) {
	f := campus.Front{Kind: campus.Authserver, Host: "localhost"}
	b := open(t, behind(f))
	if p := b.get("/authserver/login"); p.Status != http.StatusNotFound {
		t.Errorf("the school's host answers for the front: %d", p.Status)
	}
	own := strings.Replace(b.base, "127.0.0.1", "localhost", 1)
	if got := behind(f).School(b.base).Front.URL; got != own+"/authserver/login" {
		t.Errorf("the front is told to be at %s", got)
	}
	b.stay()
	if to := b.get("/jsxsd/sso.jsp").Header.Get("Location"); !strings.HasPrefix(to, own+"/authserver/login?service=http") {
		t.Errorf("the entrance leads to %s", to)
	}
}

// TestFrontNeedsCaptcha asks as the page's script does, and solves what it draws.
func TestFrontNeedsCaptcha(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture, CaptchaAfter: 1}))
	const ask = "/authserver/checkNeedCaptcha.htl?username=" + someone
	wantText(t, b.get(ask), `{"isNeed":false}`)
	wantText(t, b.frontLogIn(someone, "wrong"), "用户名或密码有误")
	wantText(t, b.get(ask), `{"isNeed":true}`)
	p, action := b.toFront()
	form := frontForm(t, p, someone, hisWord)
	form.Set("captcha", b.read("/authserver/getCaptcha.htl?1"))
	if p := b.post(action, form); p.Path != home {
		t.Errorf("the login ended at %s", p.Path)
	}
	old := open(t, behind(campus.Front{Kind: campus.Authserver, Old: true, Captcha: campus.FrontPicture}))
	wantText(t, old.get("/authserver/needCaptcha.html?username="+someone), "true")
}

// TestFrontSlider drags by half a board too little, and then right.
func TestFrontSlider(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSlider}))
	b.toFront()
	for _, want := range []string{`"errorCode":0`, `"errorCode":1`} {
		var in struct {
			BigImage, SmallImage []byte
		}
		if err := json.Unmarshal([]byte(b.get("/authserver/common/openSliderCaptcha.htl").Body), &in); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(in.BigImage)
		gap, err := strconv.Atoi(b.get("/_campus/captcha?sha256=" + hex.EncodeToString(sum[:])).Body)
		if err != nil {
			t.Fatal(err)
		}
		moved := gap * 280 / 304
		if want == `"errorCode":0` {
			moved /= 2
		}
		wantText(t, b.post("/authserver/common/verifySliderCaptcha.htl", url.Values{"canvasLength": {"280"}, "moveLength": {strconv.Itoa(moved)}}), want)
	}
}

// TestFrontSecond goes through the second factor by phone.
func TestFrontSecond(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver, SMS: true}))
	if p := b.frontLogIn(someone, hisWord); p.Path != "/authserver/reAuthCheck/reAuthLoginView.do" {
		t.Fatalf("the login goes to %s", p.Path)
	}
	send := url.Values{"userName": {someone}, "authCodeTypeName": {"reAuthDynamicCodeType"}}
	wantText(t, b.post("/authserver/dynamicCode/getDynamicCodeByReauth.do", send), `"fail"`)
	wantText(t, b.post("/authserver/reAuthCheck/changeReAuthType.do", url.Values{"reAuthType": {"3"}}), `"code":"1"`)
	wantText(t, b.post("/authserver/dynamicCode/getDynamicCodeByReauth.do", send), `"success"`)
	hand := url.Values{"reAuthType": {"3"}, "dynamicCode": {"x"}, "skipTmpReAuth": {"false"}}
	wantText(t, b.post("/authserver/reAuthCheck/reAuthSubmit.do", hand), "reAuth_failed")
	hand.Set("dynamicCode", b.get("/_campus/code?account="+someone).Body)
	wantText(t, b.post("/authserver/reAuthCheck/reAuthSubmit.do", hand), "reAuth_success")
	if p := b.get("/jsxsd/sso.jsp"); p.Path != home {
		t.Errorf("then the entrance leads to %s", p.Path)
	}
	wantText(t, b.post("/authserver/reAuthCheck/reAuthSubmit.do", hand), "reAuth_unauthorized")
}

// TestFrontOneLogin: the second login of an account is asked about first.
func TestFrontOneLogin(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver, OneLogin: true}))
	b.frontLogIn(someone, hisWord)
	other := visit(t, b.school, b.base)
	p := other.frontLogIn(someone, hisWord)
	wantText(t, p, "单处登录提醒", `id="continue"`)
	action := formAction.FindAllStringSubmatch(p.Body, -1)[0][1]
	form := url.Values{"_eventId": {"continue"}, "execution": {execution.FindStringSubmatch(p.Body)[1]}}
	if p := other.post(strings.ReplaceAll(action, "&amp;", "&"), form); p.Path != home {
		t.Errorf("the login ended at %s", p.Path)
	}
	b.school.Expire("")
	if p := b.get("/jsxsd/sso.jsp"); p.Path == home {
		t.Error("the older login lives on")
	}
}

// TestFrontLife: what the front remembers ends by itself, and by logging out.
func TestFrontLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openPipe(t, behind(campus.Front{Kind: campus.Authserver, Life: time.Hour}))
		b.frontLogIn(someone, hisWord)
		time.Sleep(59 * time.Minute)
		if p := b.get("/jsxsd/sso.jsp"); p.Path != home {
			t.Errorf("within the hour the entrance leads to %s", p.Path)
		}
		time.Sleep(2 * time.Minute)
		if p := b.get("/jsxsd/sso.jsp"); p.Path == home {
			t.Error("after the hour the front still remembers")
		}
		b.frontLogIn(someone, hisWord)
		b.get("/authserver/logout")
		if p := b.get("/jsxsd/sso.jsp"); p.Path == home {
			t.Error("after the logout the front still remembers")
		}
	})
}

// TestFrontOrders: the hook reaches the front, and its locks are the school's.
func TestFrontOrders(t *testing.T) {
	b := open(t, behind(campus.Front{Kind: campus.Authserver}))
	b.frontLogIn(someone, hisWord)
	if p := b.post("/_campus/expire-front", url.Values{"account": {someone}}); p.Status != http.StatusNoContent {
		t.Errorf("the order is answered with %d", p.Status)
	}
	b.school.Expire("")
	if p := b.get("/jsxsd/sso.jsp"); p.Path == home {
		t.Error("the front has not forgotten")
	}
	if p := b.get("/_campus/code?account=" + someone); p.Status != http.StatusNotFound {
		t.Errorf("a code that was never sent: %d", p.Status)
	}
	for range 3 {
		b.frontLogIn(someone, "wrong")
	}
	if p := b.frontLogIn(someone, hisWord); !strings.Contains(p.Body, "冻结") || strings.Contains(p.Body, "EncryptSalt") {
		t.Errorf("a locked account sees:\n%s", p.Body)
	}
}
