package cas_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwxttest"
)

// sample is a page of a real front, or one that a client's tests have.
func sample(t *testing.T, file string) jwxt.Page {
	t.Helper()
	folder := os.Getenv("JWXTBOT_SAMPLES")
	if folder == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: it names a folder of pages that are not ours to publish")
	}
	body, err := os.ReadFile(filepath.Join(folder, "wisedu", file))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, at, body)
}

func TestSampleLogins(t *testing.T) {
	for file, want := range map[string]cas.LoginPage{
		"nbt-authserver-login.html": {
			Action: "https://ids.example.edu.cn/authserver/login", Salt: "1234567890abcdef", Captcha: "slider", Letters: "captcha",
			Fields: []string{"execution", "_eventId", "cllt", "dllt", "lt"},
		},
		"SYNTHETIC-old-casLoginForm.html": {
			Action: "https://ids.example.edu.cn/authserver/login?service=x", Salt: "abcdefABCDEF2345", Old: true,
			Captcha: "picture", Letters: "captchaResponse", Tip: "您提供的用户名或者密码有误",
			Fields: []string{"username", "lt", "dllt", "execution", "_eventId", "rmShown"},
		},
	} {
		t.Run(file, func(t *testing.T) {
			got, err := cas.Pages{}.ParsePage("login", sample(t, file))
			if diff := cmp.Diff(any(want), got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// Of several forms the one for 学号 and password is posted: the execution of the
// others is a decoy.
func TestSampleForm(t *testing.T) {
	page := string(sample(t, "nbt-authserver-login.html").Body)
	s := &stub{t: t, answers: usual("GET "+toLogin, page)}
	step, err := attempt(t, s.conn("authserver"))
	wantDone(t, step, err)
	if got := s.posted(toLogin); len(got) != 1 || got[0].Get("execution") != "execution-token" || got[0].Get("cllt") != "userNameLogin" {
		t.Errorf("posted %v", got)
	}
}

func TestSampleAnswers(t *testing.T) {
	for file, want := range map[string]struct {
		kind jwxt.Kind
		said string
	}{
		"nbt-authserver-login-badpw.html":    {jwxt.WrongPassword, "用户名或密码错误"},
		"njust-formErrorTip-captcha.html":    {jwxt.WrongCaptcha, "验证码错误，请重新输入"},
		"SYNTHETIC-old-casLoginForm.html":    {jwxt.WrongPassword, "您提供的用户名或者密码有误"},
		"sylu-webvpn-wengine-rewritten.html": {jwxt.Changed, ""},
	} {
		t.Run(file, func(t *testing.T) {
			_, err := cas.Pages{}.ParsePage("answer", sample(t, file))
			if jwxt.KindOf(err) != want.kind || jwxt.SaidOf(err) != want.said {
				t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), want.kind, want.said)
			}
		})
	}
}

func TestSampleNeed(t *testing.T) {
	got, err := cas.Pages{}.ParsePage("need", sample(t, "checkNeedCaptcha-false.json"))
	if err != nil || got != any(false) {
		t.Errorf("got %v, %v, want false", got, err)
	}
}
