package campus

import (
	"cmp"
	"time"

	"jwxtbot/jwxt"
)

// Profile is what one simulated school is like. The zero value of a field is
// the plain choice; ID, Name and System are required.
type Profile struct {
	ID   string // as jwxt.School.ID
	Name string
	// System is the vendor's software and its settings.
	System System
	Front  Front // what stands before it

	Charset Charset
	Captcha bool // the login form has a picture
	JPEG    bool // the picture is a JPEG instead of a PNG
	GIF     bool // or a GIF
	// SingleSession ends a person's older session when a newer one begins.
	SingleSession bool
	// LockAfter wrong passwords in a row lock the account; 0 never does.
	LockAfter   int
	Idle        time.Duration // life of an unused session; 0 means 30 min
	CaptchaLife time.Duration // 0 means 5 min

	// Accounts nil means the two of DemoAccounts, Notices nil those of
	// DemoNotices; both empty and not nil means none.
	Accounts []Account
	Notices  []Notice
}

// Charset is what pages are written in, and what forms are sent in.
type Charset string

// The charsets.
const (
	UTF8 Charset = "UTF-8" // also ""
	GBK  Charset = "GBK"
)

// System is a vendor's software. The vendors are the types of this package
// that implement it: Qiangzhi, Jwglxt, URPOld, URPNew, EAMS, EAMS5, KingoASPX,
// KingoJSP, Jwapp.
type System interface {
	// Vendor is the Driver.Name of the driver that speaks with it.
	Vendor() string
	// Options are what jwxt.School.Options must say for this school.
	Options() map[string]string

	open(*School) vendor
}

// vendor serves one school's pages.
type vendor interface {
	serve(*visit) answer
	loginPage(*visit) answer // the form, as it also answers the expired
	errorPage(*visit) answer // the vendor's own "something went wrong"
}

// School describes the school to a client that finds it at baseURL, the root
// of its host.
func (p Profile) School(baseURL string) jwxt.School {
	return jwxt.School{
		ID: p.ID, Name: p.Name, Vendor: p.System.Vendor(),
		BaseURL: baseURL, Options: p.System.Options(), Front: p.Front.describe(baseURL),
	}
}

func (p Profile) withDefaults() Profile {
	p.Charset = cmp.Or(p.Charset, UTF8)
	p.Idle = cmp.Or(p.Idle, 30*time.Minute)
	p.Front = p.Front.withDefaults()
	p.CaptchaLife = cmp.Or(p.CaptchaLife, 5*time.Minute)
	if p.Accounts == nil {
		p.Accounts = DemoAccounts()
	}
	if p.Notices == nil {
		p.Notices = DemoNotices()
	}
	return p
}
