package urp

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
)

// salt is what newer builds' hex_md5 adds to what it hashes, unless its second
// argument is '1.8'.
const salt = "{Urp602019}"

// recipe is how a login page's script hides the password: an expression of
// hex_md5, in which p is the password. Plain is no recipe at all.
type recipe struct {
	Text   string `json:"text"`             // hex_md5(hex_md5(p),'1.8')+'*'+…
	Salted bool   `json:"salted,omitempty"` // hex_md5 of one argument adds the salt
}

// recipes are those that a school's option names.
var recipes = map[string]recipe{
	"plain":  {Text: "p"},
	"md5":    {Text: "hex_md5(p)"},
	"salted": {Text: "hex_md5(p)+'*'+hex_md5(p,'1.8')", Salted: true},
	"twice":  {Text: "hex_md5(hex_md5(p),'1.8')+'*'+hex_md5(hex_md5(p,'1.8'),'1.8')", Salted: true},
}

var (
	// passwordValue is how scripts name the password: $('#input_password').val(),
	// document.getElementById("j_password").value, or a variable of such a name.
	passwordValue = regexp.MustCompile(`(?i)(?:\$\(["']#?\w*(?:pass|pwd)\w*["']\)\.val\(\)|` +
		`document\.getElementById\(["']\w*(?:pass|pwd)\w*["']\)\.value|\b\w*(?:pass|pwd)\w*\b(?:\.value\b)?)`)
	versioned = regexp.MustCompile(`,["']1\.8["']\)`)
	hashed    = regexp.MustCompile(`(?:function)?hex_md5\(`)
	blank     = regexp.MustCompile(`\s+`)
)

// findRecipe reads the expression out of a login page; ok is false where the
// page has none that is understood.
func findRecipe(text string) (r recipe, ok bool) {
	text = blank.ReplaceAllString(strings.NewReplacer("&quot;", `"`, "&#39;", "'").Replace(text), "")
	r.Salted = versioned.MatchString(text)
	text = passwordValue.ReplaceAllString(text, "p")
	end := 0
	for _, at := range hashed.FindAllStringIndex(text, 50) {
		if at[0] < end || strings.HasPrefix(text[at[0]:], "function") {
			continue
		}
		end = closing(text, at[1])
		c := cook{text: text[at[0]:], password: "p", salted: r.Salted}
		_, err := c.sum(0)
		if err != nil || !c.used || strings.HasSuffix(text[:at[0]], "+") || c.text != "" && strings.ContainsAny(c.text[:1], ".[+-*?") {
			continue // a part of something else
		}
		r.Text = strings.TrimSuffix(text[at[0]:], c.text)
		return r, true
	}
	return recipe{}, false
}

// closing is where the bracket closes that is open at i.
func closing(text string, i int) int {
	for open := 1; i < len(text) && open > 0; i++ {
		switch text[i] {
		case '(':
			open++
		case ')':
			open--
		}
	}
	return i
}

// hide makes what the page's script would send.
func (r recipe) hide(password string) (string, error) {
	c := cook{text: r.Text, password: password, salted: r.Salted}
	out, err := c.sum(0)
	if err == nil && c.text != "" {
		err = errRecipe
	}
	return out, err
}

var errRecipe = errors.New("how this page hides a password is not understood")

// cook works an expression off, from its left end on: literals, p, and hex_md5
// with one or two arguments, joined by +.
type cook struct {
	text     string
	password string
	salted   bool
	used     bool // the password
}

const maxNesting = 8

func (c *cook) sum(depth int) (string, error) {
	out, err := c.term(depth)
	for err == nil && c.take("+") {
		var more string
		more, err = c.term(depth)
		out += more
	}
	return out, err
}

func (c *cook) term(depth int) (string, error) {
	switch {
	case depth > maxNesting:
		return "", errRecipe
	case c.take("hex_md5("):
		return c.hash(depth)
	case c.take("p"):
		c.used = true
		return c.password, nil
	}
	return c.literal()
}

// hash is what follows an open bracket.
func (c *cook) hash(depth int) (string, error) {
	what, err := c.sum(depth + 1)
	if err != nil {
		return "", err
	}
	version := ""
	if c.take(",") {
		if version, err = c.literal(); err != nil {
			return "", err
		}
	}
	if !c.take(")") {
		return "", errRecipe
	}
	if c.salted && version != "1.8" {
		what += salt
	}
	sum := md5.Sum([]byte(what))
	return hex.EncodeToString(sum[:]), nil
}

func (c *cook) literal() (string, error) {
	if c.text == "" || c.text[0] != '\'' && c.text[0] != '"' {
		return "", errRecipe
	}
	s, rest, ok := strings.Cut(c.text[1:], c.text[:1])
	if !ok || len(s) > 40 {
		return "", errRecipe
	}
	c.text = rest
	return s, nil
}

func (c *cook) take(s string) bool {
	rest, ok := strings.CutPrefix(c.text, s)
	if ok {
		c.text = rest
	}
	return ok
}
