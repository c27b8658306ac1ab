// Package jwglxt speaks the web protocol of 正方's newer system (zftal-ui, the
// "jwglxt" site), which answers its own pages' scripts with JSON.
//
// # How it works
//
// A visit is one call: a browser over the caller's cookies, a few requests, and
// a parser that turns each answer into data or into a Kind. Parsers take pages
// and know no network. Lists come from one kind of grid: a form with
// queryModel.currentPage goes in, items and totalResult come out, numbers and
// strings mixed. Only the open login form lies in Session.Memo.
//
// # What differs between schools
//
// The login page tells most of it: the password goes RSA-encrypted or plain
// (mmsfjm), with a csrftoken or without, with kaptcha (letters), with zfcaptcha
// (a piece to drag) or with neither; and whether an account is locked after
// failures (mmsrddcshkzfs, yzcskz), in which case the form first asks how often
// it has failed, and so does this driver: a locked account costs no try.
// School.Options says the rest:
//
//	root       path of the site, default "/jwglxt"; "/" where it is the host's root
//	grades     grade list, default "/cjcx/cjcx_cxDgXscj.html?gnmkdm=N305005"; some
//	           schools have "/cjcx/cjcx_cxXsgrcj.html?gnmkdm=N305005" instead. {xh}
//	           in it becomes the student's number
//	timetable  lessons, default "/kbcx/xskbcx_cxXsKb.html?gnmkdm=N2151"; some
//	           schools have xskbcx_cxXsgrkb.html, or gnmkdm=N253508, instead
//	exams      examinations, default "/kwgl/kscx_cxXsksxxIndex.html?gnmkdm=N358105"
//	captcha    none, kaptcha or slider, where the login page misleads
//	account    "alias" where people log in by something else than their 学号
//
// # Caveats
//
// A redirect to the login page is success after a login and the end of the
// session anywhere else. An ended session is answered with status 901, with a
// redirect, or with the login page and status 200. An empty grade list says
// nothing about why: then the count of open 学生评价 is asked, too. An empty
// timetable is taken as it is: no client knows of 评教 before it.
//
// The current term is what the page of a function has chosen, xnm and xqm or,
// for examinations, cx_xnm and cx_xqm; where a term is named, that page is not
// opened, which clients do not do either. The timetable has no clock: the times
// of a 节 are another list (xskbcx_cxRjc), which is not asked. cxbj of an
// examination is 补考 to one client and 重修 to others, so it stays as it is.
//
// No live server was asked. In no capture are the words for a wrong captcha, for
// a lock that the server itself tells and for 评教, a notice in full with its
// attachments, and what the board of a slider comes with besides si and imtk.
package jwglxt

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

// Driver is the 正方 jwglxt driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "jwglxt".
func (Driver) Name() string { return "jwglxt" }

// memoForm is the key of the open login form in Session.Memo.
const memoForm = "form"

// visit is one call: a person, a school and a browser.
type visit struct{ driver.Visit }

func open(c *jwxt.Conn) *visit { return &visit{driver.Open(c, memoForm)} }

// path is an address below the site's root.
func (v *visit) path(p string) string { return root(v.Conn.School) + p }

func root(s jwxt.School) string {
	r, ok := s.Options["root"]
	if !ok {
		r = "/jwglxt"
	}
	return strings.TrimSuffix(r, "/")
}

// now is the moment in milliseconds, which nearly all addresses carry.
func now() string { return strconv.FormatInt(time.Now().UnixMilli(), 10) }

// send makes one request for a data page. What stands for the end of the
// session in the answer's head is told here; what is in its body is refused's.
func (v *visit) send(ctx context.Context, op string, r fetch.Request) (jwxt.Page, error) {
	if r.Referer == "" {
		r.Referer = v.path("/xtgl/index_initMenu.html")
	}
	p, err := v.Web.Send(ctx, r)
	if err != nil {
		return p, driver.Under(op, err)
	}
	p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return leadsToLogin(p.URL, to) })
	if err != nil {
		return p, driver.Under(op, err)
	}
	return p, ended(op, p)
}

// statusExpired is what a script gets from jwglxt once its session has ended.
const statusExpired = 901

// ended is the error by which the head of a data page's answer tells that
// nobody is logged in, or nil.
func ended(op string, p jwxt.Page) error {
	if p.Status == statusExpired {
		return jwxt.Fail(jwxt.Expired, op, errors.New("status 901"))
	}
	if fetch.Location(p) != nil {
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
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
	for _, mark := range []string{"login", "/cas", "authserver", "sso"} {
		if strings.Contains(path, mark) {
			return true
		}
	}
	return false
}

// KeepAlive opens the fragment of the home page that shows who is logged in.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	v := open(c)
	_, err := driver.Read(v.Conn, func() (jwxt.Student, error) { return v.user(ctx, "jwglxt: keep alive") })
	return err
}

// user reads 姓名 from the home page's fragment.
func (v *visit) user(ctx context.Context, op string) (jwxt.Student, error) {
	address := v.path("/xtgl/index_cxYhxxIndex.html?xt=jw&localeKey=zh_CN&gnmkdm=index&_=") + now()
	p, err := v.send(ctx, op, fetch.Request{URL: address, AJAX: true})
	if err != nil {
		return jwxt.Student{}, err
	}
	g := readPage(p)
	if err := refused(op, g); err != nil {
		return jwxt.Student{}, err
	}
	if p.Status != http.StatusOK {
		return jwxt.Student{}, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("status %d", p.Status))
	}
	return jwxt.Student{Name: g.userName()}, nil
}

// Logout ends the session at the school and forgets it here, even if the
// school does not answer.
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	v := open(c)
	_, err := v.Web.Get(ctx, v.path("/xtgl/login_logoutAccount.html"), v.path("/xtgl/index_initMenu.html"))
	v.Drop()
	if err != nil {
		return driver.Under("jwglxt: logout", err)
	}
	return nil
}
