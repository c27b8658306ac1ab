package campus

import (
	"cmp"
	"maps"
)

// Zhengfang is 正方's older system (ASP.NET, default2.aspx). The zero value is
// a plain one at the root of its host, with a cookie. Its pages are GBK, which
// Profile.Charset must say.
type Zhengfang struct {
	Root string // "" means the host's root; "/zjdxgc" is another
	// Cookieless puts the session into the address: CookielessPlain or
	// CookielessS; "" is the cookie ASP.NET_SessionId.
	Cookieless Cookieless
	RSA        bool // the password goes encrypted, as lower-case hex
	OldNames   bool // TextBox1 and TextBox3 for account and captcha
	CountTries bool // a wrong password is answered with the tries left
	Grades     GradePage
	Parts      bool   // the grade table has 平时成绩 and 期末成绩
	Expiry     Expiry // ExpireRedirect, ExpireForm, ExpireScript or ExpireError
}

// Cookieless is how a session's id stands in the address.
type Cookieless string

// The forms of addresses.
const (
	CookielessPlain Cookieless = "plain" // /(24 letters)/
	CookielessS     Cookieless = "S"     // /(S(24 letters))/
)

// GradePage is which of the vendor's grade pages the school has.
type GradePage string

// The grade pages. They differ in their buttons.
const (
	GradePageGC   GradePage = "xscj_gc.aspx"   // 按学期查询, 按学年查询, 在校学习成绩查询; also ""
	GradePageCX   GradePage = "xscjcx.aspx"    // 学期成绩, 学年成绩, 历年成绩
	GradePageTerm GradePage = "xscjcx_dq.aspx" // 查询, by the two fields
)

// ExpireScript answers with a script that leads to the login page.
const ExpireScript Expiry = "script"

// Vendor is "zhengfang".
func (Zhengfang) Vendor() string { return "zhengfang" }

// Options are the driver's: root, where it is not the usual one.
func (z Zhengfang) Options() map[string]string {
	out := map[string]string{"root": z.Root}
	maps.DeleteFunc(out, func(_, v string) bool { return v == "" })
	return out
}

func (z Zhengfang) open(s *School) vendor {
	z.Grades = cmp.Or(z.Grades, GradePageGC)
	z.Expiry = cmp.Or(z.Expiry, ExpireRedirect)
	return &zhengfang{Zhengfang: z, school: s, pages: loadPages("zhengfang"), key: newRSAKey(), seal: newID()}
}
