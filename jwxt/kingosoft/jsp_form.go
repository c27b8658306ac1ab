package kingosoft

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// jspLogin is an open login form: all that is needed to answer it later.
type jspLogin struct {
	Page    string `json:"page"`              // where it was, the Referer of the answer
	Session string `json:"session,omitempty"` // the session as the page's script calls it
	Captcha bool   `json:"captcha,omitempty"`
}

func (f jspLogin) encode() string {
	b, _ := json.Marshal(f) // strings and a bool only
	return string(b)
}

func decodeJSPLogin(s string) (jspLogin, bool) {
	var f jspLogin
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Page != ""
}

var (
	scriptSession = regexp.MustCompile(`\b_ssessionid\s*=\s*["']([0-9A-Za-z._!:-]{8,80})["']`)
	olderSession  = regexp.MustCompile(`\b_sessionid\s*=\s*["']([0-9A-Za-z._!:-]{8,80})["']`)
	captchaRule   = regexp.MustCompile(`\byzmbt\s*=\s*["']?(1?)`)
	scriptKey     = regexp.MustCompile(`\b_deskey\s*=\s*['"]([^'"\s]{1,64})['"]`)
	scriptTime    = regexp.MustCompile(`\b_nowtime\s*=\s*['"]([^'"]{1,64})['"]`)
	bareWord      = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z :./-]{3,63}$`)
)

func firstGroup(text []byte, patterns ...*regexp.Regexp) string {
	for _, p := range patterns {
		if m := p.FindSubmatch(text); m != nil {
			return string(m[1])
		}
	}
	return ""
}

// loginForm reads the login page.
func (g *jspPage) loginForm() (jspLogin, error) {
	f := jspLogin{Session: firstGroup(g.text, scriptSession, olderSession), Captcha: g.wantsCaptcha()}
	if g.URL != nil {
		f.Page = g.URL.String()
	}
	if g.Status != http.StatusOK || !g.isLogin() && f.Session == "" {
		return f, g.refusedOr(opJSPLogin, "this is no login page")
	}
	return f, nil
}

// wantsCaptcha reports whether the page wants a captcha at once: its script says
// so, or it has one and is older than that rule.
func (g *jspPage) wantsCaptcha() bool {
	if m := captchaRule.FindSubmatch(g.text); m != nil {
		return string(m[1]) == "1"
	}
	return markup.Has(g.text, "genValidateCode", "randnumber")
}

// jspKeys are what one message is encrypted with. The time is the server's and
// comes back to it as it was.
type jspKeys struct{ Key, Time, Session string }

// keys reads them from SetKingoEncypt.jsp (sic); ok is false where that script
// has none, as in the newest builds.
func (g *jspPage) keys() (k jspKeys, ok bool) {
	k = jspKeys{firstGroup(g.text, scriptKey), firstGroup(g.text, scriptTime), firstGroup(g.text, scriptSession)}
	return k, g.Status == http.StatusOK && k.Key != "" && k.Time != ""
}

// bare reads a key or a time that is a page by itself.
func (g *jspPage) bare(op string) (string, error) {
	word := strings.TrimSpace(string(g.text))
	if g.Status != http.StatusOK || !bareWord.MatchString(word) {
		return "", g.refusedOr(op, "the school gave no key to encrypt with")
	}
	return word, nil
}

// seal makes the fields of an encrypted message.
func (k jspKeys) seal(plain string) fetch.Form {
	return fetch.Form{
		{Name: "params", Value: sealed(plain, k.Key)}, {Name: "token", Value: token(plain, k.Time)}, {Name: "timestamp", Value: k.Time},
	}
}

// token proves that a message was not changed on its way.
func token(plain, at string) string { return md5Hex(md5Hex(plain) + md5Hex(at)) }

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// fields are those of a login in the order of the page's script. The names of
// two carry the captcha as typed. What the script computes of the password
// besides its hash (which kinds of characters it has, its length, whether the
// account is in it) the server wants, so it is computed here.
func (f jspLogin) fields(account, password, code string) fetch.Form {
	flag := "1"
	if f.Captcha {
		flag = ""
	}
	length := len(utf16.Encode([]rune(password)))
	return fetch.Form{
		{Name: "_u" + code, Value: base64.StdEncoding.EncodeToString([]byte(account + ";;" + f.Session))},
		{Name: "_p" + code, Value: md5Hex(md5Hex(password) + md5Hex(strings.ToLower(code)))},
		{Name: "randnumber", Value: code},
		{Name: "isPasswordPolicy", Value: flagOf(length >= 6 && password != account)},
		{Name: "txt_mm_expression", Value: strconv.Itoa(characterKinds(password))},
		{Name: "txt_mm_length", Value: strconv.Itoa(length)},
		{Name: "txt_mm_userzh", Value: flagOf(strings.Contains(strings.ToLower(password), strings.ToLower(account)))},
		{Name: "hid_flag", Value: flag}, {Name: "hidlag", Value: "1"}, {Name: "hid_dxyzm"},
	}
}

func flagOf(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// characterKinds are 8 for digits, 4 for small letters, 2 for large ones and 1
// for all else, added up.
func characterKinds(password string) (kinds int) {
	for _, c := range password {
		switch {
		case c >= '0' && c <= '9':
			kinds |= 8
		case c >= 'a' && c <= 'z':
			kinds |= 4
		case c >= 'A' && c <= 'Z':
			kinds |= 2
		default:
			kinds |= 1
		}
	}
	return kinds
}

// unescaped joins fields as the page's script does before it encrypts them.
func unescaped(f fetch.Form) string {
	parts := make([]string, len(f))
	for i, field := range f {
		parts[i] = field.Name + "=" + field.Value
	}
	return strings.Join(parts, "&")
}

// logonAnswer is the JSON that answers a login.
type logonAnswer struct{ Status, Message, Result string }

func (g *jspPage) logonAnswer() (logonAnswer, error) {
	var a struct{ Status, Message, Result markup.Loose }
	if g.Status != http.StatusOK || json.Unmarshal(g.text, &a) != nil || a.Status == "" {
		return logonAnswer{}, g.refusedOr(opJSPLogin, "this answers no login")
	}
	return logonAnswer{string(a.Status), string(a.Message), string(a.Result)}, nil
}

// err is why a login was refused. Behind a bar the message may count the
// failures, from the second of which on the page shows a captcha.
func (a logonAnswer) err() error {
	text, _, _ := strings.Cut(a.Message, "|")
	said := bounded(text)
	switch {
	case a.Status == "401":
		return jwxt.Refuse(jwxt.WrongCaptcha, opJSPLogin, said)
	case a.Status == "505":
		e := jwxt.Refuse(jwxt.MustActFirst, opJSPLogin, said)
		e.Err = errors.New("the school wants a code that it sends by SMS")
		return e
	}
	if err := jspSpoken(opJSPLogin, said); err != nil {
		return err
	}
	return driver.Unread(opJSPLogin, said, "refused for a reason that is not known")
}
