package campus_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus"
)

func supwisdom(s campus.System) campus.Profile {
	return campus.Profile{ID: "sw", Name: "示范大学", LockAfter: 3, System: s}
}

var eamsSalt = regexp.MustCompile(`CryptoJS\.SHA1\('([^']+)' \+`)

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// The vector by which clients of both systems are known to hash.
func TestSupwisdomHash(t *testing.T) {
	if got := sha1Hex("0f4e5c2a-1b7d-4c6e-9a3f-2d8b7c6a5e41-" + "111111"); got != "0c5354a0b462184976b238457a56e0a5e17ebb5c" {
		t.Errorf("got %s", got)
	}
}

// eamsLogin is a plain client's login at EAMS, written here once more,
// independently of the driver.
func (b *browser) eamsLogin(number, password string, think time.Duration) page {
	b.t.Helper()
	form := b.get("/eams/login.action").Body
	salt := eamsSalt.FindStringSubmatch(form)
	if salt == nil {
		b.t.Fatalf("no salt on the login page:\n%s", form)
	}
	v := url.Values{"username": {number}, "password": {sha1Hex(salt[1] + password)}, "encodedPassword": {""}, "session_locale": {"zh_CN"}}
	if strings.Contains(form, `name="captcha_response"`) {
		v.Set("captcha_response", b.read("/eams/captcha/image.action?d=1"))
	}
	time.Sleep(think)
	return b.post("/eams/login.action", v)
}

// json posts an object and reads one.
func (b *browser) json(path string, form map[string]string) (answer map[string]any) {
	b.t.Helper()
	body, err := json.Marshal(form)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.base+path, strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Mozilla/5.0")
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		b.t.Fatal(err)
	}
	return answer
}

func (b *browser) eams5Login(number, password, captcha string) map[string]any {
	b.t.Helper()
	salt := b.get("/student/login-salt").Body
	return b.json("/student/login", map[string]string{"username": number, "password": sha1Hex(salt + "-" + password), "captcha": captcha})
}

func checkSupwisdomDemo(t *testing.T, b *browser) {
	if _, ok := b.school.Profile().System.(campus.EAMS); ok {
		wantText(t, b.eamsLogin("2022000001", "Demo@2022", 600*time.Millisecond), "我的账户", "张三")
		wantText(t, b.get("/eams/teach/grade/course/person!historyCourseGrade.action?projectType=MAJOR"), "高等数学A（上）", "重修", "缓考", "在校汇总")
		return
	}
	if p := b.get("/student/login"); p.Status != http.StatusForbidden {
		t.Errorf("a client that is no browser: status %d", p.Status)
	}
	b.agent = "Mozilla/5.0"
	if got := b.eams5Login("2022000001", "Demo@2022", ""); got["result"] != true {
		t.Fatalf("got %v", got)
	}
	sheet := b.get("/student/for-std/grade/sheet")
	id := sheet.Path[strings.LastIndex(sheet.Path, "/")+1:]
	wantText(t, b.get("/student/for-std/grade/sheet/info/"+id+"?semester="), "高等数学A（上）", `"semesterId2studentGrades"`, `"gaGrade":"缓考"`)
	if p := b.get("/student/for-std/grade/sheet/info/100001?semester="); p.Status != http.StatusNotFound {
		t.Errorf("another student's sheet: status %d", p.Status)
	}
}

func TestEAMSRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := supwisdom(campus.EAMS{})
		p.Captcha = true
		b := openPipe(t, p)
		for _, tt := range []struct {
			number, password string
			think            time.Duration
			want             string
		}{
			{"2022000001", "Demo@2022", 0, "请不要过快点击"},
			{"2022000001", "Demo@2022", 400 * time.Millisecond, "请不要过快点击"},
			{"2022000001", "wrong", time.Second, "密码错误"},
			{"1999000001", "wrong", time.Second, "账户不存在"},
			{"2021000005", "Demo@2021", time.Second, "锁定"},
			{"2022000001", "Demo@2022", time.Second, "我的账户"},
		} {
			wantText(t, b.eamsLogin(tt.number, tt.password, tt.think), tt.want)
		}
	})
}

// A second login is told that it has ended the first, once, and the first is
// told when it comes back.
func TestEAMSSecondLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := supwisdom(campus.EAMS{})
		p.SingleSession = true
		first := openPipe(t, p)
		first.eamsLogin("2022000001", "Demo@2022", time.Second)
		second := first.beside()
		wantText(t, second.eamsLogin("2022000001", "Demo@2022", time.Second), "已将之前的登录踢出", "点击此处")
		wantText(t, second.get("/eams/home.action"), "我的账户")
		wantText(t, first.get("/eams/home.action"), "本次会话已经被过期")
	})
}

func TestEAMS5Captcha(t *testing.T) {
	b := open(t, supwisdom(campus.EAMS5{CaptchaAfter: 1}))
	b.get("/student/login")
	steps := []struct {
		password, captcha string
		want              map[string]any
	}{
		{"wrong", "", map[string]any{"result": false, "needCaptcha": true, "message": "用户名或密码错误"}},
		{"Demo@2022", "", map[string]any{"result": false, "needCaptcha": true}},
		{"Demo@2022", "!!!!", map[string]any{"result": false, "needCaptcha": true, "message": "验证码错误"}},
	}
	for _, s := range steps {
		got := b.eams5Login("2022000001", s.password, s.captcha)
		for _, key := range []string{"result", "needCaptcha", "message"} {
			if got[key] != s.want[key] {
				t.Errorf("%q with %q: %s is %v, want %v", s.password, s.captcha, key, got[key], s.want[key])
			}
		}
	}
	if got := b.eams5Login("2022000001", "Demo@2022", b.read("/student/login-captcha?d=1")); got["result"] != true {
		t.Errorf("with the right captcha: %v", got)
	}
}
