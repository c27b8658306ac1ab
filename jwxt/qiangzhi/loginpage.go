package qiangzhi

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt/fetch"

	"jwxtbot/jwxt/markup"
)

// form is an open login form: all that is needed to answer it later.
type form struct {
	Page     string     `json:"page"`   // where it was, the Referer of the answer
	Action   string     `json:"action"` // absolute, or relative to the host
	Fields   fetch.Form `json:"fields"`
	Encoding string     `json:"encoding"`
	Key      string     `json:"key,omitempty"`     // address of the interleave key
	Picture  string     `json:"picture,omitempty"` // address of the captcha, if the page has one
	Captcha  bool       `json:"captcha,omitempty"` // it is asked for
	GBK      bool       `json:"gbk,omitempty"`     // the page, and so the post, is in GBK
	Notice   string     `json:"notice,omitempty"`  // a sentence the page shows before any answer
}

func (f form) encode() string {
	b, _ := json.Marshal(f) // strings and bools only
	return string(b)
}

func decodeForm(s string) (form, bool) {
	var f form
	return f, s != "" && json.Unmarshal([]byte(s), &f) == nil && f.Action != ""
}

// isLogin reports whether the page asks for account and password. A healthy
// page may have forms, links and menu entries that speak of login, and the
// page to change a password has password fields.
func (g *page) isLogin() bool {
	if g.input("userPassword") != nil || g.input("PASSWORD") != nil && g.input("USERNAME") != nil {
		return true
	}
	return g.input("encoded") != nil && (g.input("userAccount") != nil || g.input("RANDOMCODE") != nil)
}

var (
	keyAddress  = regexp.MustCompile(`["']([^"'\s]*flag=sess[^"'\s]*)["']`)
	postAddress = regexp.MustCompile(`["']([^"'\s]*(?:/xk/LoginToXk\w*|/Logon\.do\?method=logon\w*))["']`)
)

// loginForm reads the login page. Encoding is fixed by option where not "".
// ok is false where the page is no login page.
func (g *page) loginForm(root, encoding string) (f form, ok bool) {
	if !g.isLogin() {
		return form{}, false
	}
	n := g.formNode()
	f.Fields = g.fields(n)
	f.Page = g.address("")
	f.Action = g.action(n, root)
	f.Encoding, f.Key = g.encoding()
	f.Encoding = cmp.Or(encoding, f.Encoding)
	f.Picture, f.Captcha = g.picture(root)
	f.GBK = fetch.IsGBK(g.Page)
	f.Notice = g.shown()
	return f, true
}

// formNode is the form that holds the login fields, or nil where broken markup
// has moved them out of it.
func (g *page) formNode() *html.Node {
	for _, n := range g.forms {
		found := find(n, func(e *html.Node) bool {
			switch markup.Attr(e, "name") {
			case "userPassword", "PASSWORD", "encoded":
				return true
			}
			return false
		})
		if found != nil {
			return n
		}
	}
	return nil
}

// action is where the form goes: by its attribute, by the page's script, or
// where most schools have it.
func (g *page) action(n *html.Node, root string) string {
	if n == nil && len(g.forms) > 0 {
		n = g.forms[0]
	}
	if n != nil && !strings.Contains(markup.Attr(n, "action"), "#") {
		if a := strings.TrimSpace(markup.Attr(n, "action")); a != "" && !strings.HasPrefix(a, "javascript:") {
			return g.address(a)
		}
	}
	for _, s := range g.script {
		if m := postAddress.FindStringSubmatch(s); m != nil {
			return g.address(m[1])
		}
	}
	return root + "/xk/LoginToXk"
}

// fields are the successful inputs of the form, in order; of the whole page
// where markup has moved them out of the form. A password that the page shows
// again is left out: an open form is stored.
func (g *page) fields(n *html.Node) fetch.Form {
	var out fetch.Form
	for _, in := range g.inputs {
		if n != nil && !within(in, n) {
			continue
		}
		name, value := markup.Attr(in, "name"), markup.Attr(in, "value")
		switch name {
		case "userPassword", "PASSWORD", "encoded":
			value = ""
		}
		switch strings.ToLower(markup.Attr(in, "type")) {
		case "submit", "button", "reset", "file":
		case "image":
			if name != "" {
				name += "."
			}
			out = append(out, fetch.Field{Name: name + "x", Value: "0"}, fetch.Field{Name: name + "y", Value: "0"})
		case "checkbox", "radio":
			if find(in.Parent, func(e *html.Node) bool { return e == in && checked(e) }) != nil {
				out = append(out, fetch.Field{Name: name, Value: cmp.Or(value, "on")})
			}
		default:
			if name != "" {
				out = append(out, fetch.Field{Name: name, Value: value})
			}
		}
	}
	return out
}

func checked(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "checked" {
			return true
		}
	}
	return false
}

func within(n, ancestor *html.Node) bool {
	for a := range n.Ancestors() {
		if a == ancestor {
			return true
		}
	}
	return false
}

// encoding tells the way the password is sent, and where the key is.
func (g *page) encoding() (name, key string) {
	if g.input("encoded") == nil {
		return encodePlain, ""
	}
	for _, s := range g.script {
		if m := keyAddress.FindStringSubmatch(s); m != nil {
			return encodeInterleave, g.address(m[1])
		}
	}
	if g.has("flag=sess") {
		return encodeInterleave, "/Logon.do?method=logon&flag=sess"
	}
	return encodeBase64, ""
}

// picture is the captcha's address and whether a person sees that it is asked.
func (g *page) picture(root string) (address string, asked bool) {
	in := g.input("RANDOMCODE")
	img := find(g.root, func(n *html.Node) bool {
		return n.DataAtom == atom.Img && (markup.Attr(n, "id") == "SafeCodeImg" || strings.Contains(markup.Attr(n, "src"), "verifycode"))
	})
	if img == nil {
		if span := byID(g.root, "SafeCodeImg"); span != nil {
			img = find(span, func(n *html.Node) bool { return n.DataAtom == atom.Img })
		}
	}
	if in == nil && img == nil {
		return "", false
	}
	address = root + "/verifycode.servlet"
	switch {
	case img != nil && markup.Attr(img, "src") != "" && !strings.HasPrefix(markup.Attr(img, "src"), "data:"):
		address = g.address(markup.Attr(img, "src"))
	case g.has("/Logon.do?method=logon"):
		address = "/verifycode.servlet"
	}
	return address, in != nil && markup.Attr(in, "type") != "hidden" && !unseen(in)
}

// unseen reports whether n or what holds it is not displayed.
func unseen(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if strings.Contains(markup.Squeeze(strings.ToLower(markup.Attr(n, "style"))), "display:none") {
			return true
		}
	}
	return false
}

// address makes ref absolute against the page where that is known. A browser
// resolves it against the school otherwise.
func (g *page) address(ref string) string { return markup.Address(g.URL, ref) }

// withTime adds the moment to a picture's address, as the pages do, so that
// nothing on the way answers with an older picture.
func withTime(address, ms string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("t", ms)
	u.RawQuery = q.Encode()
	return u.String()
}
