package supwisdom

import (
	"crypto/aes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// form is an open login form: all that is needed to answer it later. At EAMS5
// there is no form but a script, and only Page and Captcha are of use.
type form struct {
	Page     string     `json:"page"`             // where it was, the Referer of the answer
	Action   string     `json:"action,omitempty"` // absolute, or relative to the host
	Fields   fetch.Form `json:"fields,omitempty"`
	Account  string     `json:"account,omitempty"`  // names of two of Fields
	Password string     `json:"password,omitempty"` // (the values are not kept)
	Salt     string     `json:"salt,omitempty"`     // with its hyphen; "" where the password goes as it is
	Key      string     `json:"key,omitempty"`      // the account goes encrypted with it
	Captcha  bool       `json:"captcha,omitempty"`
	At       int64      `json:"at"` // last request before the answer, Unix milliseconds
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings, numbers and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Page != ""
}

// early is how long the form must not be answered yet.
func (f form) early(pause time.Duration) time.Duration {
	return time.Until(time.UnixMilli(f.At).Add(pause))
}

var (
	saltText = regexp.MustCompile(`CryptoJS\.SHA1\(\s*['"]([^'"]{8,80})['"]\s*\+`)
	keyText  = regexp.MustCompile(`encrypt\([^()]{0,80},\s*['"]([^'"]{16}|[^'"]{24}|[^'"]{32})['"]\s*\)`)
)

// loginForm reads the login page of EAMS; ok is false where there is none. Its
// fields are called username and password, or loginForm.name and
// loginForm.password on the oldest.
func (g *page) loginForm(s settings) (f form, ok bool) {
	in := g.doc.Find(`input[type="password"][name]`)
	if !g.isLogin() || in.Length() == 0 {
		return f, false
	}
	n := in.Closest("form")
	if n.Length() == 0 {
		n = g.doc // broken markup has moved the inputs out of the form
	}
	f = form{Page: g.address(""), Action: s.root + s.login, Fields: fields(n), Password: in.AttrOr("name", "")}
	if g.URL == nil {
		f.Page = s.root + s.login
	}
	if a := strings.TrimSpace(n.AttrOr("action", "")); a != "" && !strings.HasPrefix(a, "javascript:") && a != "#" {
		f.Action = g.address(a)
	}
	f.Account = "username"
	if strings.HasPrefix(f.Password, "loginForm.") {
		f.Account = "loginForm.name"
	}
	if m := saltText.FindSubmatch(g.text); m != nil {
		f.Salt = string(m[1])
	}
	if m := keyText.FindSubmatch(g.text); m != nil {
		f.Key = string(m[1])
	}
	f.Captcha = s.captcha == "always" || s.captcha == "" && n.Find(`input[name="captcha_response"]`).Length() > 0
	return f, true
}

// openForm is loginForm for a page that must have one that can be answered.
func (g *page) openForm(s settings) (form, error) {
	f, ok := g.loginForm(s)
	switch {
	case !ok:
		if err := spoken(opLogin, g.said()); err != nil {
			return f, err
		}
		return f, driver.Unread(opLogin, g.said(), "this is no login page")
	case f.Salt == "" && !s.plain:
		return f, jwxt.Fail(jwxt.Changed, opLogin, errors.New("the login page has no salt, and the school's option password is not plain"))
	case f.Salt != "" && s.plain:
		return f, jwxt.Fail(jwxt.Internal, opLogin, errors.New("the school's option password is plain, but its page hashes it"))
	}
	return f, nil
}

// fields are the successful inputs of a form in order, without what is typed.
func fields(n *goquery.Selection) fetch.Form {
	var out fetch.Form
	n.Find("input[name], select[name]").Each(func(_ int, in *goquery.Selection) {
		value := in.AttrOr("value", "")
		switch strings.ToLower(in.AttrOr("type", "")) {
		case "submit", "button", "reset", "image", "file":
			return
		case "password":
			value = ""
		case "checkbox", "radio":
			if _, checked := in.Attr("checked"); !checked {
				return
			}
		}
		if in.Is("select") {
			chosen := in.Find("option[selected]").First()
			if chosen.Length() == 0 {
				chosen = in.Find("option").First()
			}
			value = chosen.AttrOr("value", markup.Clean(chosen.Text()))
		}
		if name := in.AttrOr("name", ""); name != "" {
			out = append(out, fetch.Field{Name: name, Value: strings.TrimSpace(value)})
		}
	})
	return out
}

// fill puts the answers into a copy of the form's fields.
func (f form) fill(account, password, code string) (fetch.Form, error) {
	if f.Salt != "" {
		password = hash(f.Salt, password)
	}
	if f.Key != "" {
		var err error
		if account, err = encrypt(f.Key, account); err != nil {
			return nil, err
		}
	}
	out := append(fetch.Form(nil), f.Fields...).Set(f.Account, account).Set(f.Password, password)
	if f.Captcha {
		out = out.Set("captcha_response", code)
	}
	return out, nil
}

// hash is what both systems send for a password.
func hash(salt, password string) string {
	sum := sha1.Sum([]byte(salt + password))
	return hex.EncodeToString(sum[:])
}

// encrypt is AES in ECB mode with PKCS #7 padding, in base64: how one school's
// loginExt sends the account.
func encrypt(key, plain string) (string, error) {
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return "", errors.New("the key of the login page is none")
	}
	n := aes.BlockSize - len(plain)%aes.BlockSize
	text := append([]byte(plain), strings.Repeat(string(rune(n)), n)...)
	for i := 0; i < len(text); i += aes.BlockSize {
		block.Encrypt(text[i:], text[i:])
	}
	return base64.StdEncoding.EncodeToString(text), nil
}
