package cas

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt/fetch"
)

// The captchas of a front.
const (
	noCaptcha = "none"
	picture   = "picture" // letters of a picture
	slider    = "slider"  // a piece to drag
)

// form is an open login form: all that is needed to answer it later.
type form struct {
	Page    string     `json:"page"`   // where it was, the Referer of the answer
	Action  string     `json:"action"` // absolute, or relative to the host
	Fields  fetch.Form `json:"fields,omitempty"`
	Salt    string     `json:"salt,omitempty"`    // the password goes encrypted with it; "" as it is typed
	Old     bool       `json:"old,omitempty"`     // authserver of the older generation
	Captcha string     `json:"captcha,omitempty"` // what it asks where it asks one
	Letters string     `json:"letters,omitempty"` // the name of the field of a picture's letters
	Picture string     `json:"picture,omitempty"` // the picture's address, without what makes it another
	Check   bool       `json:"check,omitempty"`   // the front must be asked whether an account needs a captcha
	Needed  bool       `json:"needed,omitempty"`  // it does
	Slide   slide      `json:"slide,omitzero"`    // of a slider, once it is drawn
	Notice  string     `json:"notice,omitempty"`  // what the page said before anything was posted

	Second *second `json:"second,omitempty"` // a code is asked; nothing above counts any more
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings, numbers and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Page != ""
}

// fields are the successful inputs of a form in order, without what is typed.
func fields(n *goquery.Selection) fetch.Form {
	var out fetch.Form
	n.Find("input[name]").Each(func(_ int, in *goquery.Selection) {
		switch strings.ToLower(in.AttrOr("type", "text")) {
		case "submit", "button", "reset", "image", "file", "password":
			return
		case "checkbox", "radio":
			if _, checked := in.Attr("checked"); !checked {
				return
			}
		}
		if name := in.AttrOr("name", ""); name != "" && name != "password" {
			out = append(out, fetch.Field{Name: name, Value: strings.TrimSpace(in.AttrOr("value", ""))})
		}
	})
	return out
}

// fill puts the answers into a copy of the form's fields.
func (f form) fill(account, password, letters string) (fetch.Form, error) {
	if f.Salt != "" {
		var err error
		if password, err = encrypt(f.Salt, password, random); err != nil {
			return nil, err
		}
	}
	out := append(fetch.Form(nil), f.Fields...).Set("username", account).Set("password", password)
	if f.Captcha == picture && f.Needed {
		out = out.Set(f.Letters, letters)
	}
	return out, nil
}

// prefix is how many random characters go before the password.
const prefix = 64

// encrypt is how authserver's page hides a password: base64 of AES-CBC of 64
// random characters and the password. The vector is random too and is not sent:
// without it the first block cannot be read, which lies within the 64.
func encrypt(salt, plain string, random func(n int) string) (string, error) {
	block, err := aes.NewCipher([]byte(salt))
	if err != nil {
		return "", errors.New("the page's salt is no key")
	}
	text := []byte(random(prefix) + plain)
	n := aes.BlockSize - len(text)%aes.BlockSize
	text = append(text, strings.Repeat(string(rune(n)), n)...)
	cipher.NewCBCEncrypter(block, []byte(random(aes.BlockSize))).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(text), nil
}

// random is n characters of those that the page's script draws from.
func random(n int) string {
	const alphabet = "ABCDEFGHJKMNPQRSTWXYZabcdefhijkmnprstwxyz2345678"
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}
