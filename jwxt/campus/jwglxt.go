package campus

import "cmp"

// Jwglxt is 正方's newer system (zftal-ui, jwglxt). The zero value is a plain
// one: /jwglxt, csrftoken, RSA, and kaptcha where Profile.Captcha asks for one.
type Jwglxt struct {
	Root          string // "" means /jwglxt; "/" is a system at the root of its host
	PlainPassword bool   // mmsfjm is 0: the password is sent as it is
	NoToken       bool   // an older build without csrftoken
	// Slider makes the captcha of Profile.Captcha a zfcaptcha slider.
	Slider bool
	// Count has the form ask how often an account failed before it spends a
	// try (mmsrddcshkzfs is 1). Profile.LockAfter is then yzcskz, and a lock
	// lasts ten minutes. Without it a locked account is refused by words.
	Count  bool
	Expiry Expiry // ExpireStatus unless ExpireRedirect or ExpireForm
	// Timetable is the name of the timetable's list; "" means
	// xskbcx_cxXsKb.html, xskbcx_cxXsgrkb.html is another.
	Timetable string
	Numbers   bool // credits, points and totals are JSON numbers, not strings
}

// ExpireStatus answers a script with HTTP status 901, and a page as
// ExpireRedirect does.
const ExpireStatus Expiry = "status"

// Vendor is "jwglxt".
func (Jwglxt) Vendor() string { return "jwglxt" }

// Options are the driver's: root and timetable, where they are not the usual ones.
func (j Jwglxt) Options() map[string]string {
	out := map[string]string{}
	if j.Root != "" {
		out["root"] = j.Root
	}
	if j.Timetable != "" {
		out["timetable"] = "/kbcx/" + j.Timetable + "?gnmkdm=N2151"
	}
	return out
}

func (j Jwglxt) withDefaults() Jwglxt {
	switch j.Root {
	case "":
		j.Root = "/jwglxt"
	case "/":
		j.Root = ""
	}
	j.Expiry = cmp.Or(j.Expiry, ExpireStatus)
	j.Timetable = cmp.Or(j.Timetable, "xskbcx_cxXsKb.html")
	return j
}

func (j Jwglxt) open(s *School) vendor {
	return &jwglxt{Jwglxt: j.withDefaults(), school: s, pages: loadPages("jwglxt"), keys: newKeys()}
}
