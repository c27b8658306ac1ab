package campus

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// handOut gives the session a new key and time to encrypt with, or tells those
// it has.
func (k *kingoJSP) handOut(v *visit, page string) answer {
	k.ensure(v)
	switch method := v.form.Get("method"); {
	case page == "custom/js/SetKingoEncypt.jsp" && k.Temp, page == "custom/js/GetKingoEncypt.jsp":
		return k.text("\r\n\r\nvar _encyptset = '1';\r\n")
	case page == "custom/js/SetKingoEncypt.jsp":
		k.newKeys(v)
		return k.text(fmt.Sprintf("\r\n\r\nvar _deskey = '%s';\r\nvar _nowtime = '%s';\r\n", v.noted("deskey"), v.noted("nowtime")))
	case k.Temp && method == "getTempDeskey":
		k.newKeys(v)
		return k.text(v.noted("deskey") + "\r\n")
	case k.Temp && method == "getTempNowtime" && v.noted("nowtime") != "":
		return k.text(v.noted("nowtime") + "\r\n")
	}
	return k.notFound()
}

func (k *kingoJSP) newKeys(v *visit) {
	n, _ := rand.Int(rand.Reader, big.NewInt(9e18)) // crypto/rand does not fail
	v.note("deskey", fmt.Sprintf("%019d", n))
	v.note("nowtime", time.Now().Format(time.DateTime))
}

// opened is what was sent encrypted, "" if it is not for this session: with
// another key or time, or with another token. Key and time are void afterwards.
func (k *kingoJSP) opened(v *visit) string {
	key, at := v.noted("deskey"), v.noted("nowtime")
	if key == "" || v.form.Get("timestamp") != at || !oneOf(v.form.Get("deskey"), "", key) {
		return ""
	}
	v.note("deskey", "")
	coded, err := base64.StdEncoding.DecodeString(v.form.Get("params"))
	if err != nil {
		return ""
	}
	plain, ok := KingoDecrypt(string(coded), key)
	if !ok || v.form.Get("token") != md5Hex(md5Hex(plain)+md5Hex(at)) {
		return ""
	}
	return plain
}

func oneOf(s string, of ...string) bool {
	for _, o := range of {
		if s == o {
			return true
		}
	}
	return false
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// fieldsOf reads a=b&c=d. Values are not escaped, and may have = in them.
func fieldsOf(plain string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(plain, "&") {
		name, value, _ := strings.Cut(part, "=")
		out[name] = value
	}
	return out
}

// logonFields are the fields of a posted login, nil if they are not for this
// session.
func (k *kingoJSP) logonFields(v *visit) map[string]string {
	if !k.Plain {
		if !oneOf(v.form.Get("ssessionid"), "", k.sessionID(v)) {
			return nil
		}
		plain := k.opened(v)
		if plain == "" {
			return nil
		}
		return fieldsOf(plain)
	}
	out := map[string]string{}
	for name := range v.form {
		out[name] = v.form.Get(name)
	}
	return out
}

// logon judges a posted login. The statuses are as clients know them; so are
// the sentences about passwords and locks. The others are invented.
func (k *kingoJSP) logon(v *visit) answer {
	if v.sess == nil || v.r.Method != http.MethodPost {
		return k.verdict("410", "会话已失效，请刷新页面!", "")
	}
	f := k.logonFields(v)
	code := f["randnumber"]
	user, err := base64.StdEncoding.DecodeString(f["_u"+code])
	number, id, ok := strings.Cut(string(user), ";;")
	if err != nil || !ok || id != k.sessionID(v) {
		return k.verdict("410", "登录数据已失效，请刷新页面!", "")
	}
	asked := k.needsCaptcha(number) || code != ""
	if asked && !v.captchaRight(code) {
		return k.verdict("401", "验证码有误!", "")
	}
	switch v.logInHashed(number, f["_p"+code], func(password string) string {
		return md5Hex(md5Hex(password) + md5Hex(strings.ToLower(code)))
	}) {
	case right:
		if k.Reissue {
			v.reissue()
		}
		return k.verdict("200", "操作成功!", k.Root+"/frame/homes.html")
	case locked:
		return k.verdict("402", "您的账号已被锁定", "")
	}
	if n := k.wrong(number); k.Count && n > 0 && k.school.profile.LockAfter > 0 {
		return k.verdict("402", fmt.Sprintf("您1小时内已输错%d次密码，若超过%d次，您的账号将被锁定！|%d", n, k.school.profile.LockAfter-1, n), "")
	}
	return k.verdict("402", "账号或密码有误!", "")
}

// wrong counts an account's wrong passwords.
func (k *kingoJSP) wrong(number string) int {
	k.school.mu.Lock()
	defer k.school.mu.Unlock()
	if p := k.school.people[number]; p != nil {
		return p.wrong
	}
	return 0
}

func (k *kingoJSP) needsCaptcha(number string) bool {
	return k.school.profile.Captcha || k.CaptchaAfter > 0 && k.wrong(number) >= k.CaptchaAfter
}

func (k *kingoJSP) verdict(status, message, result string) answer {
	return k.json(map[string]string{"status": status, "message": message, "result": result})
}

// json is JSON, which is UTF-8 at schools of GBK pages too.
func (k *kingoJSP) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "text/plain;charset=UTF-8", body)
}
