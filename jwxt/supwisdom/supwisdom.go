// Package supwisdom speaks the web protocols of 树维's two systems: EAMS
// ("/eams", pages of beangle) and its successor EAMS5 ("/student", JSON).
//
// # How it works
//
// A visit is one call: a browser over the caller's cookies, a few requests, and
// a parser that turns each answer into data or into a Kind. Parsers take pages
// and know no network and no variant: a grade list is a table or JSON, as its
// bytes say. Session.Memo holds the open login form, the moment of the last
// request before it is answered, and what tells whose session it is.
//
// # What differs between schools
//
// School.Options says what no page tells:
//
//	variant   eams or eams5; required
//	root      path of the site, default "/eams" or "/student"; "/" where it is
//	          the host's root
//	login     login page below root, default "/login.action"; some schools of
//	          EAMS have "/localLogin.action" or "/loginExt.action"
//	captcha   none or always, where the page misleads. EAMS5 shows none before
//	          the school asks for one in answer to a login
//	password  "plain" for the oldest EAMS, whose page hashes nothing
//	pause     least time between a login page and its answer, default "1s"; EAMS
//	          refuses who is faster than half a second
//	project   MAJOR, which is the default, or MINOR: whose grades EAMS lists
//	account   "alias" where people log in by something else than their 学号
//
// # Caveats
//
// Passwords go as SHA-1 of a salt and the password. EAMS writes the salt, its
// hyphen included, into each login page; EAMS5 hands it out by itself, and the
// hyphen is added here. Who asks EAMS twice in a moment is told 请不要过快点击;
// what only reads is asked once more after the pause, a password never is.
//
// Before any list, one request makes sure whose session it is: the home page of
// EAMS with 姓名(学号) or else its 学籍信息; at EAMS5 the redirect of the grade
// sheet, which carries the student's inner number.
//
// A timetable of EAMS is a script that fills a grid, and a list of courses; one
// of EAMS5 is what the school would print, which has no courses without a time,
// for no capture tells how it shows them. EAMS asks for examinations by 考试批次
// or, at some schools, by 考试类型, as the page says. Those of EAMS5 are of all
// terms in one page, and are told apart by their days; a school whose page is
// larger than fetch.MaxBody, as one client reports, cannot be read. Timetables
// and examinations of EAMS are those of the project that the school has chosen.
//
// No live server was asked. In no capture are the words for a wrong captcha and
// for a lock, what EAMS5 says in message, and a logout of either: its address is
// what such a system has. EAMS5's slider is not spoken.
//
// The notices behind the login are known from server source only, under
// addresses nobody has seen in use; there is no reader for them. The check of a
// captcha before the login that one school's loginExt makes is left to the login
// itself.
package supwisdom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Driver is the 树维 driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "supwisdom".
func (Driver) Name() string { return "supwisdom" }

// The keys of Session.Memo.
const (
	memoForm = "form" // the open login form
	memoWho  = "who"  // the page of EAMS that tells the 学号
	memoIDs  = "ids"  // the student's inner numbers at EAMS5
)

// visit is one call: a person, a school and a browser.
type visit struct {
	driver.Visit
	settings
}

func open(op string, c *jwxt.Conn) (*visit, error) {
	s, err := settingsOf(c.School)
	if err != nil {
		return nil, jwxt.Fail(jwxt.Internal, op, err)
	}
	return &visit{driver.Open(c, memoForm, memoWho, memoIDs), s}, nil
}

// path is an address below the site's root.
func (v *visit) path(p string) string { return v.root + p }

// send makes one request for a page behind the login, which a second one may
// follow: who was too fast waits and asks again, and the notice that an older
// session has been ended is gone through. stop may be nil; it tells a redirect
// that is an answer by itself.
func (v *visit) send(ctx context.Context, op string, r fetch.Request, stop func(*url.URL) bool) (*page, error) {
	g, err := v.once(ctx, op, r, stop)
	if err == nil && g.tooFast() {
		if err = wait(ctx, op, v.pause); err == nil {
			g, err = v.once(ctx, op, r, stop)
		}
	}
	if err == nil && g.endedOther() {
		g, err = v.through(ctx, op, g, r, stop)
	}
	if err != nil {
		return nil, err
	}
	return g, ended(op, g)
}

func (v *visit) once(ctx context.Context, op string, r fetch.Request, stop func(*url.URL) bool) (*page, error) {
	if r.Referer == "" {
		r.Referer = v.path(v.home())
	}
	p, err := v.Web.Send(ctx, r)
	if err != nil {
		return nil, driver.Under(op, err)
	}
	p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool {
		return leadsToLogin(p.URL, to) || stop != nil && stop(to)
	})
	if err != nil {
		return nil, driver.Under(op, err)
	}
	return readPage(p), nil
}

// through opens the link of the notice 已将之前的登录踢出, once, and then what
// was asked, if the link led elsewhere.
func (v *visit) through(ctx context.Context, op string, g *page, r fetch.Request, stop func(*url.URL) bool) (*page, error) {
	asked, err1 := v.Web.Resolve(r.URL)
	link, err2 := v.Web.Resolve(g.address(g.doc.Find("a[href]").First().AttrOr("href", r.URL)))
	if err1 != nil || err2 != nil || leadsToLogin(asked, link) {
		return nil, driver.Unread(op, g.said(), "the notice of another login leads nowhere")
	}
	if link.Path != asked.Path {
		if _, err := v.once(ctx, op, fetch.Request{URL: link.String()}, nil); err != nil {
			return nil, err
		}
	}
	g, err := v.once(ctx, op, r, stop)
	if err == nil && g.endedOther() {
		err = driver.Unread(op, g.said(), "the notice of another login comes again")
	}
	return g, err
}

// home is the page after login.
func (s settings) home() string {
	if s.eams5 {
		return "/home"
	}
	return "/home.action"
}

// leadsToLogin reports whether a page that redirects to an address has thereby
// said that nobody is logged in: a login page, or another host (the school's
// CAS).
func leadsToLogin(from, to *url.URL) bool {
	if to.Hostname() != from.Hostname() {
		return true
	}
	path := strings.ToLower(to.Path)
	for _, mark := range []string{"login", "/cas", "authserver", "/sso"} {
		if strings.Contains(path, mark) {
			return true
		}
	}
	return false
}

// ended is the error by which the head of an answer tells that nobody is logged
// in, or nil.
func ended(op string, g *page) error {
	if to := fetch.Location(g.Page); to != nil && leadsToLogin(g.URL, to) {
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	if g.Status == http.StatusUnauthorized { // not seen; what it says is plain
		return jwxt.Fail(jwxt.Expired, op, errors.New("status 401"))
	}
	return nil
}

// reading runs one reading of data. An answer that shows a login page brings
// the cookie of a fresh session along; it must not replace one that may still
// be good, should the answer have been a passing fault.
func reading[T any](op string, c *jwxt.Conn, read func(*visit) (T, error)) (T, error) {
	var none T
	v, err := open(op, c)
	if err != nil {
		return none, err
	}
	return driver.Read(c, func() (T, error) { return read(v) })
}

// KeepAlive implements [jwxt.Keeper]: the request that tells whose session it is.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	const op = "supwisdom: keep alive"
	_, err := reading(op, c, func(v *visit) ([]string, error) {
		if v.eams5 {
			return v.sheetIDs(ctx, op)
		}
		return nil, v.mine(ctx, op)
	})
	return err
}

// Logout ends the session at the school and forgets it here, even if the school
// does not answer. The address is as several clients have it for EAMS, and as
// one has it for EAMS5.
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	const op = "supwisdom: logout"
	v, err := open(op, c)
	if err != nil {
		return err
	}
	address := "/logout.action"
	if v.eams5 {
		address = "/logout"
	}
	_, err = v.Web.Get(ctx, v.path(address), v.path(v.home()))
	v.Drop()
	if err != nil {
		return driver.Under(op, err)
	}
	return nil
}
