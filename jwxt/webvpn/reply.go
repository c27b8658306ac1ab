package webvpn

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// reply is what a posted form is answered: an object of newer builds, a page of
// older ones.
type reply struct {
	Success bool         `json:"success"`
	Error   markup.Loose `json:"error"` // a code in capitals
	Message string       `json:"message"`

	done  bool
	token string // ends the person's sessions elsewhere
}

// tokenShape finds the token in a page's script or in the object.
var tokenShape = regexp.MustCompile(`logoutOtherToken['"]?\s*[:=]\s*['"]([0-9A-Za-z_-]+)['"]`)

// readReply reads an answer of either build.
func readReply(p jwxt.Page) reply {
	var r reply
	text := fetch.Text(p)
	if m := tokenShape.FindSubmatch(text); m != nil {
		r.token = string(m[1])
	}
	if markup.IsJSON(text) {
		r.done = json.Unmarshal(text, &r) == nil && r.Success
		r.Message = markup.Bounded(markup.Clean(r.Message))
		return r
	}
	if to := fetch.Location(p); to != nil {
		r.done = !strings.HasPrefix(to.Path, loginPage)
		return r
	}
	r.Message = said(text)
	again := markup.Has(text, `name="password"`, `type="password"`)
	r.done = p.Status == http.StatusOK && r.token == "" && r.Message == "" && !again && len(text) > 0
	return r
}

func (r reply) secondStep() bool { return strings.HasPrefix(string(r.Error), "NEED_TWO_STEP") }

// kinds are the codes that are known.
var kinds = map[string]jwxt.Kind{
	"CAPTCHA_FAILED": jwxt.WrongCaptcha, "TOO_MANY_ATTEMPTS": jwxt.Locked, "IP_FORBIDDEN": jwxt.Blocked,
	"NEED_CONFIRM": jwxt.MustActFirst, "WEEK_PASSWORD_FORBID": jwxt.MustActFirst, "WECHAT_BINDING": jwxt.MustActFirst,
}

// words decide where there is no code that is known. Order counts.
var words = []struct {
	word string
	kind jwxt.Kind
}{
	{"次数过多", jwxt.Locked}, {"锁定", jwxt.Locked}, {"验证码", jwxt.WrongCaptcha},
	{"弱密码", jwxt.MustActFirst}, {"修改密码", jwxt.MustActFirst}, {"绑定", jwxt.MustActFirst},
	{"密码", jwxt.WrongPassword}, {"用户名", jwxt.WrongPassword}, {"账号", jwxt.WrongPassword},
}

// refusal is the error of an answer that let nobody in.
func (r reply) refusal() error {
	if k, ok := kinds[string(r.Error)]; ok {
		e := jwxt.Refuse(k, opLogin, r.Message)
		e.Err = fmt.Errorf("code %s", r.Error)
		return e
	}
	for _, w := range words {
		if strings.Contains(r.Message, w.word) {
			return jwxt.Refuse(w.kind, opLogin, r.Message)
		}
	}
	return driver.Unread(opLogin, r.Message, "the WebVPN refused a login and does not say why")
}
