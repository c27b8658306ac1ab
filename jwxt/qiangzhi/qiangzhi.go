// Package qiangzhi speaks the web protocol of 强智 (湖南强智科技), the "jsxsd"
// student site that several hundred schools run.
//
// # How it works
//
// A visit is one call: a browser over the caller's cookies, a few requests, and
// a parser that turns each answer into data or into a Kind. Parsers take pages
// and know no network, so a saved page reads exactly as a live one. Whatever
// must be known at the next call (the open login form, which variant of the
// grade list the school has) lies in Session.Memo.
//
// # What differs between schools
//
// The password is sent in one of three ways, told by the login page: base64,
// interleaved with a key from the server, or plain. A captcha is asked or not.
// The grade list is HTML or JSON and may need its entry page opened first.
// Notices are a list or a widget of the home page. All of this is found out,
// and may be fixed in School.Options:
//
//	root      path of the student site, default "/jsxsd"
//	entry     path of the login page, default root + "/"; "/" where /Logon.do logs in
//	main      path of the page after login, default root + "/framework/xsMain.jsp"
//	encoding  base64, interleave or plain, where the page misleads
//	account   "alias" where people log in by something else than their 学号
//
// # Caveats
//
// Every page answers 200, an expired session's too, so pages are judged by what
// is in them: data first, then the school's sentences, and what is neither is
// Changed. Logging in ends the account's other sessions at many schools.
package qiangzhi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// Driver is the 强智 driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "qiangzhi".
func (Driver) Name() string { return "qiangzhi" }

// Keys of Session.Memo.
const (
	memoForm    = "form"    // the open login form, JSON
	memoGrades  = "grades"  // "json" where the grade list is JSON
	memoEntry   = "entry"   // "1" where the grade list needs its entry page
	memoNotices = "notices" // "widget" where only the home page has notices
)

// visit is one call: a person, a school and a browser.
type visit struct {
	conn *jwxt.Conn
	web  *fetch.Browser
}

func open(c *jwxt.Conn) *visit { return &visit{c, fetch.Open(c)} }

// path is an address below the student site.
func (v *visit) path(p string) string { return root(v.conn.School) + p }

func root(s jwxt.School) string {
	r, ok := s.Options["root"]
	if !ok {
		r = "/jsxsd"
	}
	return strings.TrimSuffix(r, "/")
}

func (v *visit) option(key, otherwise string) string {
	if s := v.conn.School.Options[key]; s != "" {
		return s
	}
	return otherwise
}

func (v *visit) memo(key string) string { return v.conn.Session.Memo[key] }

// note writes a memo, or removes it for "".
func (v *visit) note(key, value string) {
	s := &v.conn.Session
	if value == "" {
		delete(s.Memo, key)
		return
	}
	if s.Memo == nil {
		s.Memo = map[string]string{}
	}
	s.Memo[key] = value
}

// drop forgets everything personal, so that nothing is sent with it again.
func (v *visit) drop() {
	v.conn.Session.Cookies = nil
	v.conn.Session.Student = jwxt.Student{}
	v.note(memoForm, "")
}

// get fetches a data page. Redirects within the site are followed; one that
// leads to a login is the end of the session.
func (v *visit) get(ctx context.Context, op string, r fetch.Request) (jwxt.Page, error) {
	if r.Referer == "" {
		r.Referer = v.option("main", v.path("/framework/xsMain.jsp"))
	}
	p, err := v.web.Send(ctx, r)
	if err != nil {
		return p, under(op, err)
	}
	p, _, err = v.web.Follow(ctx, p, func(to *url.URL) bool { return leadsToLogin(p.URL, to) })
	if err != nil {
		return p, under(op, err)
	}
	if fetch.Location(p) != nil {
		return p, jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	return p, nil
}

// reading runs one reading of data. An answer that shows a login page brings
// the cookie of a fresh session along; it must not replace one that may still
// be good, should the answer have been a passing fault.
func reading[T any](v *visit, read func() (T, error)) (T, error) {
	cookies := slices.Clone(v.conn.Session.Cookies)
	out, err := read()
	if err == nil {
		return out, nil
	}
	if k := jwxt.KindOf(err); (k == jwxt.Expired || k == jwxt.KickedOut) && !errors.Is(err, jwxt.ErrOtherStudent) {
		v.conn.Session.Cookies = cookies
	}
	var none T
	return none, err
}

// leadsToLogin reports whether a data page that redirects to an address has
// thereby said that nobody is logged in: the site's entry, a login page, or
// another host (the school's CAS).
func leadsToLogin(from, to *url.URL) bool {
	if to.Hostname() != from.Hostname() {
		return true
	}
	path := strings.ToLower(strings.TrimSuffix(to.Path, "/"))
	if strings.Count(path, "/") <= 1 && !strings.Contains(path, ".") {
		return true // "/" or "/jsxsd"
	}
	for _, mark := range []string{"logintoxk", "login", "logon.do", "/cas", "authserver", "sso"} {
		if strings.Contains(path, mark) {
			return true
		}
	}
	return false
}

// under puts the driver's step in front of an error of the browser.
func under(op string, err error) error {
	var e *jwxt.Error
	if errors.As(err, &e) {
		return &jwxt.Error{Kind: e.Kind, Op: op, Said: e.Said, TriesLeft: e.TriesLeft, Err: err}
	}
	return jwxt.Fail(jwxt.KindOf(err), op, err)
}

// same reports whether a page that names a student names this session's, and
// drops the session if not.
func (v *visit) same(op string, shown jwxt.Student) error {
	mine := v.conn.Session.Student.Number
	if shown.Number == "" || mine == "" || strings.EqualFold(shown.Number, mine) {
		return nil
	}
	v.drop()
	return jwxt.Fail(jwxt.KickedOut, op, jwxt.ErrOtherStudent)
}

// KeepAlive opens the page that every page of the site pings by itself.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	const op = "qiangzhi: keep alive"
	v := open(c)
	_, err := reading(v, func() (jwxt.Page, error) {
		p, err := v.get(ctx, op, fetch.Request{URL: v.path("/framework/blankPage.jsp")})
		if err != nil {
			return p, err
		}
		if err := refused(op, readPage(p)); err != nil {
			return p, err
		}
		if p.Status != http.StatusOK {
			return p, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("status %d", p.Status))
		}
		return p, nil
	})
	return err
}
