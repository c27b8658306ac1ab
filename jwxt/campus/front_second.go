package campus

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// reAuthType of the second factors.
const (
	reAuthSMS = "3"
	reAuthOTP = "10"
)

// due reports whether the visitor owes a second factor, and of which account.
func (f *front) due(v *visit) (number string, ok bool) {
	return v.noted("number"), v.noted("second") != ""
}

// second is the page that asks for the second factor.
func (f *front) second(v *visit) answer {
	number, ok := f.due(v)
	if !ok {
		return redirect(f.Root + "/login")
	}
	kind := reAuthSMS
	if f.NoSMS {
		kind = reAuthOTP
	}
	return f.page(http.StatusOK, "second", map[string]any{"SMS": !f.NoSMS, "Type": kind, "Number": number})
}

// secondBySMS chooses the phone for the second factor.
func (f *front) secondBySMS(v *visit) answer {
	if _, ok := f.due(v); !ok || f.NoSMS || v.form.Get("reAuthType") != reAuthSMS {
		return f.json(map[string]any{"code": "0", "message": "不支持的认证方式"})
	}
	v.note("second", "chosen")
	return f.json(map[string]any{"code": "1", "data": map[string]string{"reAuthUserNameInput": "138****0000"}})
}

// sendCode sends a code to the phone, another each time.
func (f *front) sendCode(v *visit) answer {
	number, ok := f.due(v)
	if !ok || v.noted("second") != "chosen" || v.form.Get("userName") != number ||
		v.form.Get("authCodeTypeName") != "reAuthDynamicCodeType" {
		return f.json(map[string]any{"res": "fail", "returnMessage": "验证码发送失败"})
	}
	f.school.mu.Lock()
	code := fmt.Sprintf("%06d", f.school.random.IntN(1_000_000))
	f.codes[number] = code
	f.school.mu.Unlock()
	v.note("code", code)
	return f.json(map[string]any{"res": "success", "mobile": "138****0000", "returnMessage": "验证码已发送", "codeTime": 120})
}

// checkCode judges a code. The right one logs the visitor in at the front, which
// then sends him on from its login page.
func (f *front) checkCode(v *visit) answer {
	number, ok := f.due(v)
	if !ok {
		return f.json(map[string]any{"code": "reAuth_unauthorized", "msg": "登录已失效，请重新登录"})
	}
	if v.noted("code") == "" || v.form.Get("dynamicCode") != v.noted("code") || v.form.Get("reAuthType") != reAuthSMS || !v.form.Has("skipTmpReAuth") {
		return f.json(map[string]any{"code": "reAuth_failed", "msg": "验证码错误"})
	}
	v.note("code", "")
	v.note("second", "")
	v.note("number", "")
	f.grant(v, number) // its cookie; the redirect is the login page's
	return f.json(map[string]any{"code": "reAuth_success", "msg": "认证成功"})
}

func (f *front) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}
