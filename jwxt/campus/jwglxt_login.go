package campus

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The words of a refused login. The second and the third are as seen; of the
// others no capture is known but that the captcha's contain 验证码.
const (
	tipCaptcha   = "验证码输入错误！"
	tipWrong     = "用户名或密码不正确，请重新输入！"
	tipSlide     = "请先滑动图片进行验证！"
	tipNoCaptcha = "请输入验证码！"
	tipLocked    = "您的账号已被锁定，请稍后再试！"
	tipToken     = "页面已过期，请刷新后重新登录！"
)

// lockLasts is dlsbsdsj: how long an account of a counting form is locked.
const lockLasts = 10 * time.Minute

type privateKey = *rsa.PrivateKey

// newKeys makes two keys when the first is asked for: the school hands them
// out in turn.
func newKeys() func() []privateKey {
	return sync.OnceValue(func() []privateKey {
		var keys []privateKey
		for range 2 {
			k, err := rsa.GenerateKey(rand.Reader, 1024) // what the real ones have
			if err != nil {
				panic(err)
			}
			keys = append(keys, k)
		}
		return keys
	})
}

// publicKey gives the key that the next login of this session is read with.
func (j *jwglxt) publicKey(v *visit) answer {
	j.ensure(v)
	j.school.mu.Lock()
	n := j.school.random.IntN(2)
	j.school.mu.Unlock()
	v.note("key", strconv.Itoa(n))
	key := j.keys()[n].PublicKey
	b64 := base64.StdEncoding.EncodeToString
	return j.json(map[string]string{
		"modulus":  b64(append([]byte{0}, key.N.Bytes()...)), // as Java writes a positive number
		"exponent": b64(big.NewInt(int64(key.E)).Bytes()),
	})
}

// entrance is the login page and where its form goes. Who is logged in is
// sent on.
func (j *jwglxt) entrance(v *visit) answer {
	if v.r.Method == http.MethodPost {
		return j.logIn(v)
	}
	if _, at := v.who(); at == insider {
		return redirect(j.Root + "/xtgl/index_initMenu.html?jsdm=xs&_t=" + strconv.FormatInt(time.Now().UnixMilli(), 10))
	}
	return j.form(v, "")
}

// form shows the login page with a fresh token. The older one is void.
func (j *jwglxt) form(v *visit, tip string) answer {
	j.ensure(v)
	token := ""
	if !j.NoToken {
		token = newToken()
		v.note("token", token)
	}
	limit, after := -1, 0
	if j.school.profile.LockAfter > 0 {
		limit = j.school.profile.LockAfter
	}
	if j.Count {
		after = 1
	}
	return j.page(http.StatusOK, "login", map[string]any{
		"Root": j.Root, "School": j.school.profile.Name, "Token": token, "Tip": tip,
		"Encrypt": !j.PlainPassword, "Limit": limit, "AfterFailures": after, "LockMinutes": int(lockLasts.Minutes()),
		"Kaptcha": j.school.profile.Captcha && !j.Slider, "Slider": j.school.profile.Captcha && j.Slider,
	})
}

// newToken is a UUID and the same without its dashes.
func newToken() string {
	id := strings.ToLower(newID())
	uuid := id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
	return uuid + "," + id
}

func (j *jwglxt) kaptcha(v *visit) answer {
	if !j.school.profile.Captcha || j.Slider {
		return j.notFound()
	}
	j.ensure(v)
	kind := "image/png"
	if j.school.profile.JPEG {
		kind = "image/jpeg"
	}
	return bytesAnswer(http.StatusOK, kind, v.draw())
}

// logIn judges a posted form. Success is a 302 to the login page itself, which
// sends the logged-in on; failure is the login page.
func (j *jwglxt) logIn(v *visit) answer {
	if tip := j.judge(v); tip != "" {
		return j.form(v, tip)
	}
	v.reissue()
	return redirect(j.loginPath())
}

// judge returns the words of refusal, "" if the person is now logged in.
func (j *jwglxt) judge(v *visit) string {
	if v.sess == nil || !j.NoToken && (v.noted("token") == "" || v.form.Get("csrftoken") != v.noted("token")) {
		return tipToken
	}
	if tip := j.captchaTip(v); tip != "" {
		return tip
	}
	password, ok := j.password(v)
	if !ok {
		return tipWrong
	}
	switch v.logIn(v.form.Get("yhm"), password) {
	case right:
		return ""
	case locked:
		return tipLocked
	}
	return tipWrong
}

func (j *jwglxt) captchaTip(v *visit) string {
	if !j.school.profile.Captcha {
		return ""
	}
	if j.Slider {
		passed := v.noted("slider") == "verified"
		v.note("slider", "")
		if !passed {
			return tipSlide
		}
		return ""
	}
	code := v.form.Get("yzm")
	switch right := v.captchaRight(code); {
	case code == "":
		return tipNoCaptcha
	case !right:
		return tipCaptcha
	}
	return ""
}

// password reads mm, which the page sends once or twice, each time the same.
func (j *jwglxt) password(v *visit) (string, bool) {
	sent := v.form["mm"]
	if len(sent) == 0 || sent[0] != sent[len(sent)-1] {
		return "", false
	}
	if j.PlainPassword {
		return sent[0], true
	}
	n, err := strconv.Atoi(v.noted("key"))
	if err != nil {
		return "", false
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(sent[0]))
	if err != nil {
		return "", false
	}
	//lint:ignore SA1019 the vendor's page pads in this way and no other
	plain, err := rsa.DecryptPKCS1v15(nil, j.keys()[n], secret)
	return string(plain), err == nil
}

// failures is how often an account has failed, and when the last time was.
// The page asks before it sends a password.
func (j *jwglxt) failures(v *visit) answer {
	j.school.mu.Lock()
	defer j.school.mu.Unlock()
	p := j.school.people[v.form.Get("yhm")]
	if p == nil {
		return j.json("0")
	}
	n, last := p.wrong, p.failed
	if p.Gate == GateLocked {
		n = max(n, j.school.profile.LockAfter)
	}
	if last.IsZero() {
		last = time.Now() // never failed, or locked by hand
	}
	return j.json(fmt.Sprintf("%d_%d", n, last.UnixMilli()))
}

// forgive takes the failures back when the time of the lock is over.
func (j *jwglxt) forgive(v *visit) answer {
	j.school.mu.Lock()
	defer j.school.mu.Unlock()
	p := j.school.people[v.form.Get("yhm")]
	if p == nil || p.failed.IsZero() || time.Since(p.failed) < lockLasts {
		return j.json("操作失败")
	}
	if p.wrong = 0; p.Gate == GateLocked {
		p.Gate = Open
	}
	return j.json("操作成功")
}

func (j *jwglxt) logOut(v *visit) answer {
	v.leave()
	return redirect(j.loginPath())
}
