// Package cas speaks with the logins that stand before a vendor's system: 金智's
// authserver in both generations, and plain Apereo CAS.
//
// # How it works
//
// [Behind] wraps a vendor's driver. Its Login opens the system's entrance, which
// sends a stranger to the front; answers the front's form; and goes the way back
// with the ticket, hop by hop, to where the vendor's Arrive takes over. All else
// the vendor does, see [jwxt.As]. The front remembers a login in a cookie of its
// own, so Renew makes an ended session work again without anybody's password.
//
// # What differs between schools
//
// School.Front.Kind is authserver or apereo, School.Front.URL the login page.
// What of the form differs is read from the page. School.Front.Options says what
// no page tells:
//
//	entrance  address or path that leads to the front and back into the system,
//	          in place of the vendor's usual one; required for a vendor whose
//	          usual one is not known. Where no path of the system leads to the
//	          front, it is the login page with ?service=
//	captcha   none, picture or slider, where the page misleads
//	password  "plain", where a page looks as if it hid the password and does not
//
// # Caveats
//
// Authserver tells only of an account whether it needs a captcha. The first
// question is therefore without one; the answer to it may bring another with
// Unposted set, and no password has been sent then.
//
// A second factor is answered where the front sends a code to the phone; where
// it wants an app's or a key's, the person must log in elsewhere. A front that
// allows one login at a time (单处登录) asks before it ends the older one; the
// person who logs in here means to, so the answer is yes, and is told.
//
// No live front was asked. How exact a drag must be, after how many failures a
// front locks or asks for a captcha, and how long it remembers a login are not
// known; refusals come with status 200 or 401, and both are read.
//
// The IAP variant of authserver and fronts whose page hides the password in ways
// of their own are refused before anything is posted.
package cas

import (
	"context"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// Vendor is a driver whose system may stand behind a front.
type Vendor interface {
	jwxt.Driver
	jwxt.Fronted
}

// Behind is the driver of a vendor's system that stands behind the front which
// a school's Front describes.
func Behind(v Vendor) jwxt.Driver { return front{v} }

type front struct{ inner Vendor }

// Name is the vendor's.
func (w front) Name() string { return w.inner.Name() }

// Unwrap is the vendor's driver, for [jwxt.As].
func (w front) Unwrap() jwxt.Driver { return w.inner }

// Kinds are the fronts that can be spoken with, as School.Front.Kind names them.
func Kinds() []string { return []string{authserver, apereo} }

const (
	authserver = "authserver"
	apereo     = "apereo"
)

const (
	opLogin  = "cas: login"
	opRenew  = "cas: renew"
	opLogout = "cas: logout"

	// memoForm is the key of the open form in Session.Memo.
	memoForm = "cas"

	// maxHops is more than the longest way there and back that is known.
	maxHops = 30
)

// visit is one call: a person, a school and a browser.
type visit struct {
	driver.Visit
	inner    Vendor
	kind     string
	front    *url.URL // the login page
	entrance string
	captcha  string // an option
	plain    bool   // an option
}

func (w front) open(op string, c *jwxt.Conn) (*visit, error) {
	v := &visit{Visit: driver.Open(c), inner: w.inner, kind: c.School.Front.Kind}
	if err := v.configure(c.School); err != nil {
		return nil, jwxt.Fail(jwxt.Internal, op, err)
	}
	return v, nil
}

func (v *visit) configure(s jwxt.School) (err error) {
	if !slices.Contains(Kinds(), v.kind) {
		return errors.New("a front is one of " + strings.Join(Kinds(), ", "))
	}
	if v.front, err = url.Parse(s.Front.URL); err != nil || v.front.Host == "" || v.front.Scheme != "http" && v.front.Scheme != "https" {
		return errors.New("the front's address must look like https://ids.example.edu.cn/authserver/login")
	}
	for key, value := range s.Front.Options {
		switch {
		case key == "entrance":
			v.entrance = value
		case key == "captcha" && (value == noCaptcha || value == picture || value == slider):
			v.captcha = value
		case key == "password" && value == "plain":
			v.plain = true
		default:
			return errors.New("an option of the school's front means nothing: " + key)
		}
	}
	if v.entrance == "" {
		v.entrance, err = v.inner.Entrance(s)
	}
	return err
}

// Check is why a school cannot be logged in to through its front, or nil.
func Check(vendor Vendor, s jwxt.School) error {
	if _, err := (front{vendor}).open("cas", &jwxt.Conn{School: s}); err != nil {
		return errors.Unwrap(err)
	}
	return nil
}

// at is an address beside the front's login page.
func (v *visit) at(name string) string {
	u := *v.front
	u.Path, u.RawPath, u.RawQuery = path.Join(path.Dir(u.Path), name), "", ""
	return u.String()
}

// atFront reports whether an address is the front's. A front on the system's own
// host is told by its folder.
func (v *visit) atFront(u *url.URL) bool {
	folder := strings.TrimSuffix(path.Dir(v.front.Path), "/") + "/"
	return sameHost(u, v.front) && strings.HasPrefix(u.Path, folder)
}

// sameHost reports whether two addresses are of one host and port. The usual
// ports are one, whether written or not: a front may be asked in clear first.
func sameHost(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if p := u.Port(); p != "80" && p != "443" {
			return p
		}
		return ""
	}
	return a != nil && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

// lead opens the entrance and goes where it leads: to the front's login page
// or, of who is known there, back into the system.
func (v *visit) lead(ctx context.Context, op string) (jwxt.Page, error) {
	p, err := v.Web.Get(ctx, v.entrance, "")
	if err != nil {
		return p, driver.Under(op, err)
	}
	return v.follow(ctx, op, p)
}

// follow goes where an answer leads, by redirect or by the script of a short
// page, until a page comes. Every hop is a GET.
func (v *visit) follow(ctx context.Context, op string, p jwxt.Page) (jwxt.Page, error) {
	for range maxHops {
		next := fetch.Location(p)
		if next == nil {
			next = scripted(p)
		}
		if next == nil {
			return p, nil
		}
		var err error
		if p, err = v.Web.Get(ctx, next.String(), p.URL.String()); err != nil {
			return p, driver.Under(op, err)
		}
	}
	return p, jwxt.Fail(jwxt.Changed, op, errors.New("too many redirects"))
}
