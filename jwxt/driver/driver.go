// Package driver is what all drivers have in common: a visit of one person at
// one school, what it remembers between two calls, and how it names errors.
//
// A vendor embeds a [Visit] in a type of its own that knows the vendor's
// addresses. Nothing here knows a page.
package driver

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// Visit is one call: a person's connection and a browser over its cookies.
type Visit struct {
	Conn  *jwxt.Conn
	Web   *fetch.Browser
	notes []string
}

// Open begins a visit. notes are the keys of Session.Memo that belong to the
// session and are forgotten with it.
func Open(c *jwxt.Conn, notes ...string) Visit { return Visit{c, fetch.Open(c), notes} }

// Option is what the school's options say under key.
func (v *Visit) Option(key, otherwise string) string {
	if o, ok := v.Conn.School.Options[key]; ok {
		return o
	}
	return otherwise
}

// Note writes a memo, or removes it for "".
func (v *Visit) Note(key, value string) {
	s := &v.Conn.Session
	if value == "" {
		delete(s.Memo, key)
		return
	}
	if s.Memo == nil {
		s.Memo = map[string]string{}
	}
	s.Memo[key] = value
}

// Noted is the memo under key.
func (v *Visit) Noted(key string) string { return v.Conn.Session.Memo[key] }

// Drop forgets everything personal, so that nothing is sent with it again.
func (v *Visit) Drop() {
	v.Conn.Session.Cookies = nil
	v.Conn.Session.Student = jwxt.Student{}
	for _, key := range v.notes {
		v.Note(key, "")
	}
}

// Cookie is the value of the first cookie that has one of the names.
func (v *Visit) Cookie(names ...string) string {
	for _, c := range v.Conn.Session.Cookies {
		if slices.Contains(names, c.Name) {
			return c.Value
		}
	}
	return ""
}

// Same makes sure that the 学号 on a page is that of the login, as far as both
// are known. Otherwise the session is dropped and the error is Another's.
func (v *Visit) Same(op, number string) error {
	mine := v.Conn.Session.Student.Number
	if number == "" || mine == "" || strings.EqualFold(number, mine) {
		return nil
	}
	return v.Another(op)
}

// Another drops a session that has turned out to be another student's (串号).
func (v *Visit) Another(op string) error {
	v.Drop()
	return jwxt.Fail(jwxt.KickedOut, op, jwxt.ErrOtherStudent)
}

// Read runs one reading of data. An answer that shows a login page brings the
// cookie of a fresh session along; it must not replace one that may still be
// good, should the answer have been a passing fault.
func Read[T any](c *jwxt.Conn, read func() (T, error)) (T, error) {
	cookies := slices.Clone(c.Session.Cookies)
	out, err := read()
	if err == nil {
		return out, nil
	}
	if k := jwxt.KindOf(err); (k == jwxt.Expired || k == jwxt.KickedOut) && !errors.Is(err, jwxt.ErrOtherStudent) {
		c.Session.Cookies = cookies
	}
	var none T
	return none, err
}

// Under puts a driver's step in front of an error of the browser.
func Under(op string, err error) error {
	var e *jwxt.Error
	if errors.As(err, &e) {
		return &jwxt.Error{Kind: e.Kind, Op: op, Said: e.Said, TriesLeft: e.TriesLeft, Err: err}
	}
	return jwxt.Fail(jwxt.KindOf(err), op, err)
}

// Unread is the error of a page that was not understood; said is what it says
// to a person.
func Unread(op, said, why string) error {
	e := jwxt.Fail(jwxt.Changed, op, errors.New(why))
	e.Said = said
	return e
}

// maxPicture is the largest captcha that is taken for one.
const maxPicture = 256 << 10

// IsPicture reports whether these bytes are a captcha.
func IsPicture(b []byte) bool {
	return len(b) > 0 && len(b) <= maxPicture && strings.HasPrefix(http.DetectContentType(b), "image/")
}

// OfTerm are the grades of a term, all for the zero Term. Rows that do not say
// their term are taken to be of the one that was asked for.
func OfTerm(grades []jwxt.Grade, t jwxt.Term) []jwxt.Grade {
	if t.IsZero() {
		return grades
	}
	return slices.DeleteFunc(grades, func(g jwxt.Grade) bool { return g.Term != t && !g.Term.IsZero() })
}

// Any is a parser's result as [jwxt.PageParser] gives it: no value beside an error.
func Any[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}
