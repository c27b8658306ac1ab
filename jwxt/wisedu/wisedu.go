// Package wisedu speaks the protocol of 金智's 教务系统, "jwapp": apps of the
// EMAP platform that a page's script asks for rows in JSON.
//
// # How it works
//
// The system has no login of its own: it stands behind 金智's authserver or
// another CAS, so a school of this vendor needs a [jwxt.Front]. What a front
// has opened, [Driver.Arrive] takes over.
//
// A list belongs to an app, and an app must be entered before its lists answer:
// its index page sets the cookie _WEU, which is for this app until another is
// entered. Session.Memo holds the app entered last, so that reading the same
// list twice costs one request and no entry. Who asks without having entered is
// answered as an ended session is (401, 403, a login page), so the way in is
// tried once before a session is called ended. A list that says 403 even to whom
// its app has just given the cookie is refused and not ended.
//
// # What differs between schools
//
//	system    jwapp, which is the default, or gsapp: the postgraduates', which
//	          has grades only
//	entrance  path or address that leads from the front into the grade app,
//	          default "/appShow?appId=4768574631264620" of the portal 网上办事大厅;
//	          schools without one have "/jwapp/sys/cjcx/*default/index.do?EMAP_LANG=zh"
//	root      path or address that the apps lie below, default "/jwapp" or "/gsapp"
//	who       page that tells whose session it is: ehall, the portal's, is the
//	          default; homeapp for jwapp's own home page; none
//	account   "alias" where people log in by something else than their 学号
//	attempts  "all" where the list shows a course's best attempt unless asked
//	timetable name of the query, xskcb or cxxszhxqkb; the default is xskcb
//
// # Caveats
//
// Every reading makes sure whose rows it has: by the 学号 in them, which the
// first reading checks against the page that who names, or else by that page
// each time. With who none, rows that name nobody are taken on trust.
//
// No session that another login ended has been seen, nor a list that is closed
// or waits for 评教; such are known by words alone. That SFJG 0 is failed is
// inferred. Postgraduates' field names are from clients of three schools. There
// is no reader for notices: no client has one.
package wisedu

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

// Driver is the 金智 driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "wisedu".
func (Driver) Name() string { return "wisedu" }

const opLogin = "wisedu: login"

// Login implements [jwxt.Driver] for a school that was described without its
// front: Internal, since only the operator can mend that.
func (Driver) Login(context.Context, *jwxt.Conn, jwxt.Answers) (jwxt.Step, error) {
	return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("this system has no login of its own: the school needs a front"))
}

// The keys of Session.Memo.
const (
	memoApp = "app" // the app entered last
	memoXH  = "xh"  // the 学号 that rows carry, which need not be the account
)

// visit is one call: a person, a school and a browser.
type visit struct {
	driver.Visit
	settings
	welcome bool // the app entered last in this visit gave its cookie
}

func open(op string, c *jwxt.Conn) (*visit, error) {
	s, err := settingsOf(c.School)
	if err != nil {
		return nil, jwxt.Fail(jwxt.Internal, op, err)
	}
	return &visit{Visit: driver.Open(c, memoApp, memoXH), settings: s}, nil
}

// reading runs one reading of data.
func reading[T any](op string, c *jwxt.Conn, read func(*visit) (T, error)) (T, error) {
	return driver.Read(c, func() (T, error) {
		v, err := open(op, c)
		if err != nil {
			var none T
			return none, err
		}
		return read(v)
	})
}

// away reports whether an address is a login's: the front's, or a host that is
// none of the school's.
func (v *visit) away(to *url.URL) bool {
	path := strings.ToLower(to.Path)
	for _, mark := range []string{"authserver/", "/cas/", "/iap/", "/sso/"} {
		if strings.Contains(path, mark) {
			return true
		}
	}
	return strings.HasSuffix(path, "/login") || !v.own(to)
}

func ended(op, why string) error { return jwxt.Fail(jwxt.Expired, op, errors.New(why)) }
