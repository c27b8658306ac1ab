// Package zhengfang speaks the web protocol of 正方's older system, ASP.NET
// pages such as default2.aspx and xs_main.aspx. The vendor's newer one is
// package jwglxt.
//
// # How it works
//
// A visit is one call: a browser over the caller's cookies, a few requests, and
// a parser that turns each answer into data or into a Kind. Parsers take pages
// and know no network. Pages and forms are GBK both ways. Every page is one
// form; __VIEWSTATE and its kin are hidden inputs, carried over from the page
// that is answered and not kept after a login: they hold the student's name in
// clear.
//
// A session is a cookie, or it is a segment of every address, /(24 letters)/
// or /(S(24 letters))/, which only the redirect of the first request tells.
// So the folder in which the login page was found is remembered in
// Session.Memo and all later addresses are below it.
//
// # What differs between schools
//
// The login page tells the names of its fields, whether a captcha is asked and
// whether the password goes plain or RSA-encrypted. The menu of the main page
// tells where grades, timetable and examinations are, and the grade page which
// of its buttons asks for what. School.Options says the rest:
//
//	root       path of the site, default "/"; "/zjdxgc" where it has one
//	entry      the login page, default "default2.aspx"
//	captcha    image or none, where the login page misleads
//	password   rsa or plain, where the login page misleads
//	grades     the grade page, "xscjcx.aspx?gnmkdm=N121605", where the menu misleads
//	timetable  its page, "xskbcx.aspx?gnmkdm=N121603", likewise
//	exams      their page, "xskscx.aspx?gnmkdm=N121604", likewise
//	account    "alias" where people log in by something else than their 学号
//
// # Caveats
//
// default_ysdx.aspx is a second login page without a captcha. It is opened only
// where captcha = "none" says that the school asks for none at all.
//
// A row of the grade list holds up to three scores, of the examination, of its
// 补考 and of its 重修. Each becomes a Grade. The 绩点 of a row is that of its
// last score, as rows with a failed examination and a passed 补考 show.
//
// No live server was asked. How a page's script pads a password for RSA (PKCS#1
// v1.5 here, as one client does), the link of the logout (likTc) and the words for
// a lock are each from one source. Where the session is in the address, clients begin
// at the site's root; that its login page is redirected in the same way is how
// ASP.NET works. The school's own words about 评教, a closed page or a session
// that another login ended are in no capture: they are told by what such
// sentences say.
//
// A page of the timetable or the examinations is opened as one of the current
// term; another term is chosen in its form, as its script does. Posting the
// term that is chosen already gives an empty list of examinations, as one
// client's manual says. Two captures of a timetable are known and none of
// examinations: the columns of their table and how it writes a time are from
// that one manual, the address and the table's id from several clients. Whether
// 评教 stands before either is not known.
package zhengfang

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// Driver is the driver of 正方's older system. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "zhengfang".
func (Driver) Name() string { return "zhengfang" }

// Keys of Session.Memo.
const (
	memoForm   = "form"   // the open login form, JSON
	memoFolder = "folder" // the path of the site, session segment included

	// What the menu says where these are.
	memoGrades    = "grades"
	memoTimetable = "timetable"
	memoExams     = "exams"
)

// visit is one call: a person, a school and a browser.
type visit struct{ driver.Visit }

func open(c *jwxt.Conn) *visit {
	return &visit{driver.Open(c, memoForm, memoFolder, memoGrades, memoTimetable, memoExams)}
}

// path is the address of a page of the site.
func (v *visit) path(page string) string {
	folder := v.Noted(memoFolder)
	if folder == "" {
		folder = root(v.Conn.School)
	}
	return folder + page
}

// root is the path of the site with a slash at its end.
func root(s jwxt.School) string {
	return strings.TrimSuffix("/"+strings.Trim(s.Options["root"], "/"), "/") + "/"
}

// main is the page after login, which data pages want as their Referer.
func (v *visit) main() string {
	return v.path("xs_main.aspx?xh=" + url.QueryEscape(v.Conn.Session.Student.Number))
}

func (v *visit) option(key string) string { return v.Conn.School.Options[key] }

// cookieless reports whether the session is a segment of the address.
func (v *visit) cookieless() bool { return strings.Contains(v.Noted(memoFolder), "/(") }

// send makes one request for a data page. A redirect that leads away from it
// is the end of the session, or 正方's way to say that something went wrong.
func (v *visit) send(ctx context.Context, op string, r fetch.Request) (*page, error) {
	if r.Referer == "" {
		r.Referer = v.main()
	}
	p, err := v.Web.Send(ctx, r)
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return leadsToLogin(p.URL, to) })
	}
	if err != nil {
		return nil, driver.Under(op, err)
	}
	if err := ended(op, p); err != nil {
		return nil, err
	}
	return readPage(p), nil
}

// ended is the error by which a data page's answer tells with its head that
// nobody is logged in, or nil.
func ended(op string, p jwxt.Page) error {
	if fetch.Location(p) != nil {
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	return nil
}

// leadsToLogin reports whether a data page that redirects to an address has
// thereby said that nobody is logged in: the site's entry, a login page, or
// another host (the school's CAS).
func leadsToLogin(from, to *url.URL) bool {
	if to.Hostname() != from.Hostname() {
		return true
	}
	path := strings.ToLower(to.Path)
	if strings.HasSuffix(path, "/") || path == "" {
		return true
	}
	page := path[strings.LastIndexByte(path, '/')+1:]
	return strings.HasPrefix(page, "default") || strings.HasPrefix(page, "index") ||
		markup.ContainsAny(path, "login", "logout", "/cas", "authserver", "sso")
}

// reading runs one reading of data. The 出错啦 page is said to pass by itself
// at some schools, so it is given a second chance; where the session is a
// segment of the address, it is what an ended one is answered with. An answer
// that shows a login page brings the cookie of a fresh session along; it must
// not replace one that may still be good.
func reading[T any](v *visit, read func() (T, error)) (T, error) {
	return driver.Read(v.Conn, func() (T, error) {
		out, err := read()
		if errors.Is(err, errTrouble) {
			out, err = read()
		}
		var e *jwxt.Error
		if errors.As(err, &e) && errors.Is(err, errTrouble) && v.cookieless() {
			err = jwxt.Fail(jwxt.Expired, e.Op, errTrouble)
		}
		return out, err
	})
}

// home opens the page after login and checks whose it is.
func (v *visit) home(ctx context.Context, op string) (*page, error) {
	g, err := v.send(ctx, op, fetch.Request{URL: v.main()})
	if err != nil {
		return nil, err
	}
	if g.Status != http.StatusOK || !g.isHome() {
		if err := refused(op, g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(op, g.said(), "the page after the login is not known")
	}
	return g, v.same(op, g.student())
}

// same makes sure that number and name on a page, as far as it has them, are
// those of the login.
func (v *visit) same(op string, shown jwxt.Student) error {
	if mine := v.Conn.Session.Student.Name; shown.Name != "" && mine != "" && shown.Name != mine {
		return v.Another(op)
	}
	return v.Same(op, shown.Number)
}

// KeepAlive opens the main page, which tells whose session it is. That any
// request keeps a session alive is how ASP.NET works.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	v := open(c)
	_, err := reading(v, func() (*page, error) { return v.home(ctx, "zhengfang: keep alive") })
	return err
}

// Logout ends the session at the school and forgets it here, even if the
// school does not answer. It does what the link 退出 of the main page does,
// where there is one: two requests. That the link is called likTc was seen in
// no capture.
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	const op, link = "zhengfang: logout", "likTc"
	v := open(c)
	defer v.Drop()
	g, err := v.home(ctx, op)
	switch k := jwxt.KindOf(err); {
	case err != nil && (k == jwxt.Expired || k == jwxt.KickedOut):
		return nil // it has ended already
	case err != nil:
		return err
	case !g.has(link):
		return nil
	}
	form := g.hidden().Set("__EVENTTARGET", link).Set("__EVENTARGUMENT", "")
	if _, err = v.Web.Send(ctx, fetch.Request{URL: v.main(), Post: true, Form: form, GBK: g.gbk, Referer: v.main()}); err != nil {
		return driver.Under(op, err)
	}
	return nil
}
