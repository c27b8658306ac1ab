package kingosoft

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// aspxForm is an open login form: all that is needed to answer it later.
type aspxForm struct {
	Page   string     `json:"page"`   // where it was, the Referer of the answer
	Action string     `json:"action"` // absolute
	Image  string     `json:"image"`  // of the captcha
	Fields fetch.Form `json:"fields"` // as they stand on the page; no password
	User   string     `json:"user"`   // names of some of Fields
	Hash   string     `json:"hash"`   // of the password; where Code is "", the password itself

	CaptchaHash string `json:"captcha_hash,omitempty"` // of the captcha; likewise
	Code        string `json:"code,omitempty"`         // the school's, part of the hashes
	Captcha     bool   `json:"captcha,omitempty"`      // one is asked
	GBK         bool   `json:"gbk,omitempty"`
}

func (f aspxForm) encode() string {
	b, _ := json.Marshal(f) // strings and bools only
	return string(b)
}

func decodeASPXForm(s string) (aspxForm, bool) {
	var f aspxForm
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Page != "" && f.User != ""
}

// errScript is for a page whose script hides the password in a way of its own.
var errScript = errors.New("the login page's script does not tell how it hides the password")

// form reads the login page. Its field names differ from school to school; the
// script that fills them in tells which is which.
func (g *aspxPage) form(v *aspxVisit) (aspxForm, error) {
	const op = aspxOpLogin
	in := g.doc.Find(`input[type="password"][name]`)
	if in.Length() == 0 {
		return aspxForm{}, g.refused(op, "this is no login page")
	}
	n := in.Closest("form")
	if n.Length() == 0 {
		n = g.doc // broken markup has moved the inputs out of the form
	}
	f := aspxForm{Page: v.login(), Fields: aspxFields(n), GBK: fetch.IsGBK(g.Page)}
	if g.URL != nil {
		f.Page = g.URL.String()
	}
	f.Action = f.Page
	if a := strings.TrimSpace(n.AttrOr("action", "")); a != "" {
		f.Action = markup.Address(g.URL, a)
	}
	f.Image = markup.Address(g.URL, n.Find(`img[src*="alidateCode"]`).AttrOr("src", "../sys/ValidateCode.aspx"))
	f.Captcha = g.wantsCaptcha(v.Option("captcha", ""), n)
	switch plain := v.Option("password", "") == "plain"; {
	case plain && g.hashes():
		return f, jwxt.Fail(jwxt.Internal, op, errors.New("the school's option password is plain, but its page hashes it"))
	case plain:
		return f.plainNames(n, in)
	}
	return f.hashedNames(g.text)
}

// hashes reports whether the page's script hides the password.
func (g *aspxPage) hashes() bool { return markup.Has(g.text, "function chkpwd(") }

// hashedNames finds the fields in the page's chkpwd and chkyzm.
func (f aspxForm) hashedNames(text []byte) (aspxForm, error) {
	body := aspxFunction(text, "chkpwd")
	hash, code, user := aspxSet.FindStringSubmatch(body), aspxCode.FindStringSubmatch(body), aspxUser.FindStringSubmatch(body)
	if hash == nil || code == nil || user == nil || !aspxHashes.MatchString(body) {
		return f, jwxt.Fail(jwxt.Changed, aspxOpLogin, errScript)
	}
	f.Hash, f.Code, f.User = hash[1], code[1], user[1]
	captcha := aspxSet.FindStringSubmatch(aspxFunction(text, "chkyzm"))
	if captcha != nil {
		f.CaptchaHash = captcha[1]
	} else if f.Captcha {
		return f, jwxt.Fail(jwxt.Changed, aspxOpLogin, errors.New("the login page's script does not tell where the captcha goes"))
	}
	return f, nil
}

// plainNames finds the fields of the oldest build by their places: what is typed
// before the password is the account, what is typed behind it the captcha.
func (f aspxForm) plainNames(n, password *goquery.Selection) (aspxForm, error) {
	f.Hash = password.AttrOr("name", "")
	behind := false
	for _, in := range n.Find("input[name]").EachIter() {
		name, kind := in.AttrOr("name", ""), strings.ToLower(in.AttrOr("type", "text"))
		switch {
		case name == f.Hash:
			behind = true
		case kind == "text" && !behind && f.User == "":
			f.User = name
		case kind == "text" && behind && f.CaptchaHash == "":
			f.CaptchaHash = name
		}
	}
	if f.User == "" || f.Captcha && f.CaptchaHash == "" {
		return f, jwxt.Fail(jwxt.Changed, aspxOpLogin, errors.New("the login page has no field for the account or the captcha"))
	}
	return f, nil
}

const aspxField = `(?:document\.all\.|\$\(['"]|getElementById\(['"])(\w{1,64})(?:['"]\))?\.value`

var (
	aspxSet    = regexp.MustCompile(aspxField + `\s*=\s*s\s*;`)
	aspxUser   = regexp.MustCompile(`[=(]\s*` + aspxField + `\s*[+;]`)
	aspxCode   = regexp.MustCompile(`['"](\d{5})['"]`)
	aspxHashes = regexp.MustCompile(`(?s)md5\(.*md5\(obj\.value\)\.substring\(0,\s*30\)\.toUpperCase\(\).*\.substring\(0,\s*30\)\.toUpperCase\(\)`)
	aspxFlag   = regexp.MustCompile(`vcFlag\s*=\s*['"](YES|NO)['"]`)
)

// aspxFunction is the text of a script's function, up to the next.
func aspxFunction(text []byte, name string) string {
	_, body, _ := strings.Cut(string(text), "function "+name+"(")
	for _, end := range []string{"function ", "</script"} {
		body, _, _ = strings.Cut(body, end)
	}
	return body
}

// wantsCaptcha tells whether a login needs one. A field of the page says so, or
// else a flag of its script; a page with neither wants what it has a picture for.
func (g *aspxPage) wantsCaptcha(option string, form *goquery.Selection) bool {
	if option != "" {
		return option == "always"
	}
	if state, ok := form.Find(`input[name="validcodestate"]`).Attr("value"); ok && state != "" {
		return state == "1"
	}
	if m := aspxFlag.FindSubmatch(g.text); m != nil {
		return string(m[1]) == "YES"
	}
	return markup.Has(g.text, "function chkyzm(") || form.Find(`img[src*="alidateCode"]`).Length() > 0
}

// aspxFields are the successful inputs of a form in order, decoys included,
// without what is typed as a password.
func aspxFields(n *goquery.Selection) fetch.Form {
	var out fetch.Form
	for _, in := range n.Find("input[name], select[name]").EachIter() {
		value := in.AttrOr("value", "")
		switch strings.ToLower(in.AttrOr("type", "")) {
		case "submit", "button", "reset", "image", "file":
			continue
		case "password":
			value = ""
		case "checkbox", "radio":
			if _, checked := in.Attr("checked"); !checked {
				continue
			}
		}
		if in.Is("select") {
			value = in.Find("option").First().AttrOr("value", "")
			if chosen := in.Find("option[selected]"); chosen.Length() > 0 {
				value = chosen.AttrOr("value", "")
			}
		}
		out = append(out, fetch.Field{Name: in.AttrOr("name", ""), Value: value})
	}
	return out
}

// aspxPC is what the page's script notes of the browser.
var aspxPC = fetch.UserAgent + "undefined" + strings.TrimPrefix(fetch.UserAgent, "Mozilla/") + " SN:NULL"

// fill puts the answers into a copy of the form's fields, as the page's script
// does. An empty captcha stays empty.
func (f aspxForm) fill(account, password, captcha string) fetch.Form {
	out := append(fetch.Form(nil), f.Fields...)
	noted := aspxStrength(account, password)
	for i, field := range out {
		switch field.Name {
		case "Sel_Type":
			out[i].Value = "STU"
		case "typeName":
			out[i].Value = "学生"
		case "pcInfo":
			out[i].Value = aspxPC
		default:
			if value, ok := noted[field.Name]; ok {
				out[i].Value = value
			}
		}
	}
	if f.Code != "" {
		password, captcha = aspxHash(account, password, f.Code), aspxCaptchaHash(captcha, f.Code)
	}
	out = out.Set(f.User, account).Set(f.Hash, password)
	if f.Captcha {
		out = out.Set(f.CaptchaHash, captcha)
	}
	return out
}

// aspxUpper30 is how this system hashes: 30 digits of an md5, in capitals. Of
// what is not ASCII the UTF-8 is taken, which no client has tried.
func aspxUpper30(s string) string {
	sum := md5.Sum([]byte(s))
	return strings.ToUpper(hex.EncodeToString(sum[:]))[:30]
}

func aspxHash(account, password, code string) string {
	return aspxUpper30(account + aspxUpper30(password) + code)
}

func aspxCaptchaHash(text, code string) string {
	if text == "" {
		return ""
	}
	return aspxUpper30(aspxUpper30(strings.ToUpper(text)) + code)
}

// aspxStrength is what newer builds want to know of the password: the classes of
// its characters, its length, whether the account is in it, and whether three
// characters in a row are equal or follow each other.
func aspxStrength(account, password string) map[string]string {
	classes, run := 0, ""
	units := utf16.Encode([]rune(password))
	for i, u := range units {
		switch {
		case u >= '0' && u <= '9':
			classes |= 8
		case u >= 'a' && u <= 'z':
			classes |= 4
		case u >= 'A' && u <= 'Z':
			classes |= 2
		default:
			classes |= 1
		}
		if i >= 2 {
			a, b := int(units[i-1])-int(units[i-2]), int(u)-int(units[i-1])
			if a == b && (a == 0 || a == 1) {
				run = "1"
			}
		}
	}
	within := "0"
	if account != "" && strings.Contains(strings.ToLower(password), strings.ToLower(account)) {
		within = "1"
	}
	return map[string]string{
		"txt_mm_expression": strconv.Itoa(classes), "txt_mm_length": strconv.Itoa(len(units)),
		"txt_mm_userzh": within, "txt_mm_lxpd": run,
	}
}
