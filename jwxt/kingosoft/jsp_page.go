package kingosoft

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// jspPage is an answer that has been parsed as HTML.
type jspPage struct {
	jwxt.Page
	text      []byte // the body as UTF-8
	doc       *html.Node
	passwords int // fields for one
}

// readJSP parses p. It never fails: what is JSON, or what the HTML parser gives
// up on, is an empty document.
func readJSP(p jwxt.Page) *jspPage {
	g := &jspPage{Page: p, text: fetch.Text(p)}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil || markup.IsJSON(g.text) {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = root
	for n := range root.Descendants() {
		if n.DataAtom == atom.Input && strings.EqualFold(markup.Attr(n, "type"), "password") {
			g.passwords++
		}
	}
	return g
}

// isLogin reports whether the page asks for a password, one: two or three are a
// form to change it.
func (g *jspPage) isLogin() bool { return g.passwords == 1 }

var (
	alertText  = regexp.MustCompile(`alert\(\s*['"]([^'"]{1,800})['"]`)
	loginJump  = regexp.MustCompile(`location(?:\.href)?\s*=\s*['"][^'"]{0,200}cas/login`)
	nothingHas = "没有检索到记录"
)

// isNone reports whether the page says that there is nothing to list.
func (g *jspPage) isNone() bool { return markup.Has(g.text, nothingHas) }

// said is the sentence of a page that is nothing but one: what its script
// alerts, its JSON's message, or its text.
func (g *jspPage) said() string {
	var j struct{ Message markup.Loose }
	if json.Unmarshal(g.text, &j) == nil && j.Message != "" {
		return bounded(string(j.Message))
	}
	if m := alertText.FindSubmatch(g.text); m != nil {
		return bounded(string(m[1]))
	}
	if s := markup.Text(g.doc); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

func bounded(s string) string { return markup.Bounded(markup.Clean(s)) }

// errorMessage is the sentence in the address of the page of errors, which may
// be escaped once or twice, in UTF-8 or GBK.
func errorMessage(to *url.URL) string {
	for part := range strings.SplitSeq(to.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name != "errormsg" {
			continue
		}
		for range 2 {
			if plain, err := url.QueryUnescape(value); err == nil {
				value = plain
			}
		}
		return string(fetch.Text(jwxt.Page{Body: []byte(value)}))
	}
	return ""
}

// refused is the error by which a page denies data, or nil where it does not.
// It is asked only of pages without data.
func (g *jspPage) refused(op string) error {
	switch {
	case g.passwords > 1:
		return jwxt.Refuse(jwxt.MustActFirst, op, g.title())
	case g.isLogin():
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	}
	if err := jspSpoken(op, g.said()); err != nil {
		return err
	}
	if loginJump.Match(g.text) || markup.Has(g.text, "kingo.guest") {
		return jwxt.Fail(jwxt.Expired, op, errors.New("a script leads to the login"))
	}
	return nil
}

// refusedOr is refused, and Changed where the page does not say why.
func (g *jspPage) refusedOr(op, why string) error {
	if err := g.refused(op); err != nil {
		return err
	}
	return driver.Unread(op, g.said(), why)
}

func (g *jspPage) title() string {
	for n := range g.doc.Descendants() {
		if n.DataAtom == atom.Title {
			return bounded(markup.Text(n))
		}
	}
	return ""
}

// listed is the error of a list that is cut off or of another status than 200,
// or nil.
func (g *jspPage) listed(op string) error {
	switch {
	case g.Status != http.StatusOK:
		return g.refusedOr(op, "the list is not there")
	case endsInTable(g.text):
		return jwxt.Fail(jwxt.Unreachable, op, errors.New("the page ends inside the table"))
	}
	return nil
}

var pageNumber = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)

// labels are the texts behind 学号： and the like, wherever they stand.
var labels = map[string]*regexp.Regexp{
	"学号":   regexp.MustCompile(`学号\s*[：:]\s*([0-9A-Za-z]{4,20})`),
	"学年学期": regexp.MustCompile(`(?:学年学期\s*[：:])?\s*(\d{4}\s*[-–]\s*\d{4}\s*学年\s*(?:第\s*[一二三123]|[秋春夏]季?)\s*学期)`),
}

// labelled is the last text behind a label, "" without one.
func labelled(text, label string) string {
	m := labels[label].FindAllStringSubmatch(text, -1)
	if len(m) == 0 {
		return ""
	}
	return m[len(m)-1][1]
}

// seasons are how some schools call a term's part.
var seasons = strings.NewReplacer("秋季学期", "第一学期", "秋学期", "第一学期", "春季学期", "第二学期", "春学期", "第二学期", "夏季学期", "第三学期", "夏学期", "第三学期")

// jspTerm reads a term as the pages write it; the zero Term is none.
func jspTerm(text string) jwxt.Term {
	t, err := jwxt.ParseTerm(seasons.Replace(markup.Squeeze(text)))
	if err != nil {
		return jwxt.Term{}
	}
	return t
}
