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
//	api       "app" where all goes through the API of 强智's phone app instead,
//	          which asks no captcha; nothing but this option leads there
//	app       path of the API, default "/app.do"; "/app/app.ashx" on ASP.NET
//	plain_http "yes" where the API may be asked over plain http, which shows the
//	          password to whoever is on the way
//	by_term   "yes" where the API gives all terms' grades only term by term
//	weeks     of a term, each of which a timetable asks the API for, default "20"
//
// # Caveats
//
// Every page answers 200, an expired session's too, so pages are judged by what
// is in them: data first, then the school's sentences, and what is neither is
// Changed. Logging in ends the account's other sessions at many schools.
//
// The timetable is the table of /xskb/xskb_list.do in HTML; that of builds which
// fetch it as JSON is not read. Where a lesson does not say its 节, those of its
// row count. What 第二大节 is, schools know: such a lesson has the row's clock,
// or its label as a note. Examinations are asked for with an empty 考试类别 (xqlb),
// as several clients do and nobody explains; captures of the list are all empty,
// so how it writes a time is known from clients' code alone, as is 评教未完成，
// 不能查看课表. That it refuses examinations in like words is not known.
//
// No live server was asked. In no capture are the words for a locked account and
// for a password that must be changed first, those of 成绩标识, a second page of
// notices, which is asked for as the first one's script does, and what the
// API says of a token that has ended.
package qiangzhi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
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
type visit struct{ driver.Visit }

func open(c *jwxt.Conn) *visit { return &visit{driver.Open(c, memoForm)} }

// path is an address below the student site.
func (v *visit) path(p string) string { return root(v.Conn.School) + p }

func root(s jwxt.School) string {
	r, ok := s.Options["root"]
	if !ok {
		r = "/jsxsd"
	}
	return strings.TrimSuffix(r, "/")
}

// get fetches a data page. Redirects within the site are followed; one that
// leads to a login is the end of the session.
func (v *visit) get(ctx context.Context, op string, r fetch.Request) (jwxt.Page, error) {
	if r.Referer == "" {
		r.Referer = v.Option("main", v.path("/framework/xsMain.jsp"))
	}
	p, err := v.Web.Send(ctx, r)
	if err != nil {
		return p, driver.Under(op, err)
	}
	p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return leadsToLogin(p.URL, to) })
	if err != nil {
		return p, driver.Under(op, err)
	}
	if fetch.Location(p) != nil {
		return p, jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	return p, nil
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

// KeepAlive opens the page that every page of the site pings by itself.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	const op = "qiangzhi: keep alive"
	if isApp(c.School) {
		return keepAliveApp(ctx, c)
	}
	v := open(c)
	_, err := driver.Read(v.Conn, func() (jwxt.Page, error) {
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
