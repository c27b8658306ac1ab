// Package urp speaks the web protocol of URP 综合教务 (清元优软) in its two
// builds, which share a name and a way of showing grades and nothing on the
// wire: the old one of Struts pages (*.do) in GBK, and the new one behind
// Spring Security, whose pages' scripts fetch JSON.
//
// # How it works
//
// A visit is one call: a browser over the caller's cookies, a few requests, and
// a parser that turns each answer into data or into a Kind. Parsers take pages
// and know no network. Only the open login form lies in Session.Memo. A system
// shows passed, failed and this term's grades on three pages; this package
// reads all three and joins them.
//
// # What differs between schools
//
// The login page tells whether there is a captcha, which further fields the
// form has (tokenValue), and by what expression of hex_md5 its script hides the
// password, which is computed as it stands there. School.Options says the rest;
// what is not listed here is refused:
//
//	build     "old" or "new"; there is no default
//	root      path of the site, default "" (the root of its host)
//	entry     the login page, default "/" of an old build and "/login" of a new one
//	password  new builds: "plain", "md5", "salted" (a salted md5, a star, a plain
//	          one) or "twice" (the same of md5s), where the page's script misleads
//	grades    new builds: "terms" reads one list of all terms in place of three
//	account   "alias" where people log in by something else than their 学号
//
// # Caveats
//
// No list of the old build says whose it is, so each reading first opens the
// page of the student's record, which does. Old lists of failed courses name no
// term but a 考试时间: the term is taken from that where the month leaves no
// doubt, and is absent otherwise; this term's list names none at all, and gets
// that of any of its rows which is on the list of passed courses, too.
//
// A new build's list of this term holds drafts that its page does not show
// (inputStatusCode is not 05): they come with a mark and without their score. A
// score of −999.999 is one that is withheld until 评教.
//
// Timetables of an old build are its list of chosen courses, whose first 节 and
// number of 节 are read; a first 大节 stays as it is written, in Extra, for
// schools alone know how many 节 those have. Examinations are those of the
// current term, and name none: another one that is asked for is refused as
// Unsupported. Those of a new build are the cards of a page or the events of a
// calendar, as the page says; the lines of an event have no labels and are read
// by their place, as one school writes them.
//
// Invented for want of a capture, and so the first to look at where a school
// answers otherwise: the words for a locked account, for an account that logs in
// elsewhere (of an old build), for 评教 and for timetables and examinations that
// are closed or none. The keys of 分项成绩 and the places of
// values in the list of all terms are those of one client each.
package urp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Driver is the URP driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "urp".
func (Driver) Name() string { return "urp" }

// memoForm is the key of the open login form in Session.Memo.
const memoForm = "form"

// build is what differs between the two builds outside of their grades.
type build struct {
	entry, home, info, logout string
	gbk                       bool
}

var (
	oldBuild = build{entry: "/", home: "/loginAction.do", info: "/xjInfoAction.do?oper=xjxx", logout: "/logout.do", gbk: true}
	newBuild = build{entry: "/login", home: "/index.jsp", info: "/student/rollManagement/rollInfo/index", logout: "/logout"}
)

// visit is one call: a person, a school and a browser.
type visit struct {
	driver.Visit
	build
}

// values are what an option may say; nil is anything.
var values = map[string][]string{
	"build": {"old", "new"}, "root": nil, "entry": nil, "account": {"alias"},
	"password": {"plain", "md5", "salted", "twice"}, "grades": {"terms"},
}

// CheckSchool implements [jwxt.SchoolChecker].
func (Driver) CheckSchool(s jwxt.School) error {
	if s.Options["build"] == "" {
		return errors.Join(&jwxt.OptionError{Key: "build", Text: "the option build must be old or new"}, jwxt.CheckOptions(s.Options, values))
	}
	return jwxt.CheckOptions(s.Options, values)
}

// open refuses a school whose options say nothing to this driver.
func open(c *jwxt.Conn) (*visit, error) {
	if err := (Driver{}).CheckSchool(c.School); err != nil {
		return nil, jwxt.Fail(jwxt.Internal, "urp", err)
	}
	v := &visit{Visit: driver.Open(c, memoForm), build: newBuild}
	if c.School.Options["build"] == "old" {
		v.build = oldBuild
	}
	if entry := c.School.Options["entry"]; entry != "" {
		v.entry = entry
	}
	return v, nil
}

// path is an address below the site's root.
func (v *visit) path(p string) string {
	return strings.TrimSuffix(v.Conn.School.Options["root"], "/") + p
}

// random is what addresses of pictures end with.
func random() string { return strconv.FormatInt(time.Now().UnixNano(), 10) }

// send makes one request for a data page. An old build that is busy is asked
// once more. What stands for the end of the session in the answer's head is
// told here; what is in its body is refused's.
func (v *visit) send(ctx context.Context, op string, r fetch.Request) (jwxt.Page, error) {
	if r.Referer == "" {
		r.Referer = v.path(v.home)
	}
	for try := 0; ; try++ {
		p, err := v.Web.Send(ctx, r)
		if err == nil {
			p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return leadsToLogin(p.URL, to) })
		}
		if err != nil && isLost(p) {
			return p, jwxt.Fail(jwxt.Expired, op, errLost)
		}
		if err != nil {
			return p, driver.Under(op, err)
		}
		if try == 0 && v.gbk && !r.Post && busy(p) {
			continue
		}
		return p, ended(op, p)
	}
}

var errLost = errors.New("the server has lost the session")

// isLost reports whether a refusal stands for the end of the session: that of
// a new build that sends to its gotoLogin by script.
func isLost(p jwxt.Page) bool {
	return p.Status == http.StatusForbidden && strings.Contains(string(p.Body), "gotoLogin")
}

// ended is the error by which the head of a data page's answer tells that
// nobody is logged in, or nil.
func ended(op string, p jwxt.Page) error {
	if to := fetch.Location(p); to != nil {
		if to.Query().Get("errorCode") == "concurrentSessionExpired" {
			return jwxt.Fail(jwxt.KickedOut, op, errors.New("concurrentSessionExpired"))
		}
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	if p.Status == http.StatusUnauthorized {
		return jwxt.Fail(jwxt.Expired, op, errors.New("status 401"))
	}
	return nil
}

// leadsToLogin reports whether a data page that redirects to an address has
// thereby said that nobody is logged in: a login page, or another host (the
// school's CAS).
func leadsToLogin(from, to *url.URL) bool {
	if to.Hostname() != from.Hostname() {
		return true
	}
	path := strings.ToLower(to.Path)
	return strings.Contains(path, "login") || strings.Contains(path, "/cas") || strings.Contains(path, "authserver")
}

// KeepAlive opens the student's record, which shows who is logged in.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	v, err := open(c)
	if err != nil {
		return err
	}
	_, err = driver.Read(v.Conn, func() (jwxt.Student, error) { return v.mine(ctx, "urp: keep alive") })
	return err
}

// mine reads the student's record and makes sure that it is his.
func (v *visit) mine(ctx context.Context, op string) (jwxt.Student, error) {
	s, err := v.record(ctx, op)
	if err == nil {
		err = v.Same(op, s.Number)
	}
	return s, err
}

// owned makes sure that the session is the student's own. A school whose record
// is closed, or looks unlike any other, cannot be asked: that bars nobody from
// his grades.
func (v *visit) owned(ctx context.Context, op string) error {
	_, err := v.mine(ctx, op)
	if k := jwxt.KindOf(err); err != nil && (k == jwxt.Changed || k == jwxt.Closed) {
		return nil
	}
	return err
}

// record reads 学号 and 姓名 from the student's record, each "" where the page
// does not tell it.
func (v *visit) record(ctx context.Context, op string) (jwxt.Student, error) {
	p, err := v.send(ctx, op, fetch.Request{URL: v.path(v.info)})
	switch {
	case err == nil:
		return readRecord(op, p)
	case v.gbk && readPage(p).lost():
		// Of other pages this may be an error of their own.
		return jwxt.Student{}, jwxt.Fail(jwxt.Expired, op, errLost)
	}
	return jwxt.Student{}, err
}

// readRecord reads the student's record of either build.
func readRecord(op string, p jwxt.Page) (jwxt.Student, error) {
	g := readPage(p)
	if s := g.student(); s.Number != "" {
		return s, nil
	}
	if err := refused(op, g); err != nil {
		return jwxt.Student{}, err
	}
	if p.Status != http.StatusOK {
		return jwxt.Student{}, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("status %d", p.Status))
	}
	return g.student(), nil
}

// Logout ends the session at the school and forgets it here, even if the
// school does not answer.
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	v, err := open(c)
	if err != nil {
		return err
	}
	_, err = v.Web.Get(ctx, v.path(v.logout), v.path(v.home))
	v.Drop()
	if err != nil {
		return driver.Under("urp: logout", err)
	}
	return nil
}
