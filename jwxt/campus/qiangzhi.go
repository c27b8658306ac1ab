package campus

import "cmp"

// Qiangzhi is 强智's student system (jsxsd). The zero value is a plain one:
// base64 login at /jsxsd/, old skin, 15 columns.
type Qiangzhi struct {
	Encoding Encoding
	// Ldap posts the login to …LoginToXkLdap, or logonLdap with Interleave.
	Ldap bool
	Root string // of the student site; "" means /jsxsd
	Skin Skin
	// Columns of the grade table, 10 to 21; 0 means 15. See gradeColumns.
	Columns     int
	PartColumns bool // the grade table also has 平时成绩 and 期末成绩
	JSON        bool // newer build: grades come as pages of JSON
	// FormFirst gives the error page for cjcx_list unless this session has
	// opened cjcx_frm or cjcx_query before.
	FormFirst bool
	Widgets   bool // notices are on the home page instead of ysgg_query
	Expiry    Expiry
	Failure   Failure
	// Referer answers requests without a Referer of this host with 非法访问.
	Referer bool
	// FreshForm starts a new session each time the login page is loaded, so
	// that the older picture's answer is worth nothing.
	FreshForm bool
	// ScriptHandover ends a login with a script that leads on, not with a 302.
	ScriptHandover bool
}

// Encoding is how the login form hides the password.
type Encoding string

// The encodings.
const (
	Base64     Encoding = "base64"     // encoded = b64(account)%%%b64(password); also ""
	Interleave Encoding = "interleave" // encoded = account%%%password mixed with scode by sxh
	Plain      Encoding = "plain"      // USERNAME and PASSWORD
)

// Skin is the generation of the pages.
type Skin string

// The skins.
const (
	SkinOld Skin = "old" // xsMain.jsp, name in #Top1_divLoginName, notice links in onclick; also ""
	SkinNew Skin = "new" // xsMain_new.jsp?t1=1, name in .middletopdwxxcont, summary line, broken cells
	SkinApp Skin = "app" // xsMainV_new.htmlx?t1=1, name in .infoContentTitle
)

// Expiry is how a data page answers who is not logged in.
type Expiry string

// The forms of expiry.
const (
	ExpireRedirect Expiry = "redirect" // 302 to the login page; also ""
	ExpireForm     Expiry = "form"     // 200, the login page
	ExpireText     Expiry = "text"     // 200, 请先登录系统
	ExpireError    Expiry = "error"    // 200, the small error page with chucuole.gif
	ExpireCAS      Expiry = "cas"      // 302 to the school's single sign-on on another host
)

// Failure is where the login page says why it is shown again.
type Failure string

// The places of the failure text.
const (
	SayShowMsg   Failure = "showmsg"   // font#showMsg; also ""
	SayRedFont   Failure = "redfont"   // font color=red
	SayErrorInfo Failure = "errorinfo" // span#errorinfo
	SayAlert     Failure = "alert"     // a script's alert()
	SayNothing   Failure = "nothing"   // the page just appears again
)

// Vendor is "qiangzhi".
func (Qiangzhi) Vendor() string { return "qiangzhi" }

// Options are the driver's: root, entry (the login page) and main (the page
// after login), each where it is not the usual one.
func (q Qiangzhi) Options() map[string]string {
	q = q.withDefaults()
	out := map[string]string{}
	if q.Root != usualRoot {
		out["root"] = q.Root
	}
	if q.Encoding == Interleave {
		out["entry"] = "/"
	}
	if q.Skin != SkinOld {
		out["main"] = q.Root + q.mainPath()
	}
	return out
}

const usualRoot = "/jsxsd"

func (q Qiangzhi) withDefaults() Qiangzhi {
	q.Encoding = cmp.Or(q.Encoding, Base64)
	q.Root = cmp.Or(q.Root, usualRoot)
	q.Skin = cmp.Or(q.Skin, SkinOld)
	q.Expiry = cmp.Or(q.Expiry, ExpireRedirect)
	q.Failure = cmp.Or(q.Failure, SayShowMsg)
	q.Columns = cmp.Or(q.Columns, 15)
	return q
}

func (q Qiangzhi) open(s *School) vendor {
	return &qiangzhi{Qiangzhi: q.withDefaults(), school: s, pages: loadPages("qiangzhi")}
}
