package campus

import "cmp"

// KingoJSP is 青果's newer system, of JSP pages (/cas/login.action). The zero
// value is a plain one at the root of its host, whose login is encrypted.
// Where Profile.Captcha is set, each login needs a captcha.
type KingoJSP struct {
	Root string // "" is the root of the host; else "/dglgjw" and the like
	// Plain takes the fields of a login as they are, as older builds do.
	Plain bool
	// Temp hands out key and time one by one, as the newest builds do.
	Temp bool
	// CaptchaAfter wrong passwords of an account have its logins need a
	// captcha; 0 never does.
	CaptchaAfter int
	Count        bool // wrong passwords are counted in the message
	Reissue      bool // a login gets a new session id
	Encrypted    bool // the grade list takes its parameters encrypted only
	Original     bool // the client is to read 原始成绩
	Parts        bool // 原始成绩 lists 取得方式, 总学时 and what a score is made of
	OneTable     bool // grades of all terms are one table with a term column
	Grid         bool // the client is to read the timetable's grid
	ExamDate     bool // examinations are at ksap.ksapb_date.jsp
	// NoMain is a build without SetMainInfo.jsp.
	NoMain bool
	Expiry Expiry // ExpireText unless ExpireRedirect or ExpireForm
}

// Vendor is "kingosoft".
func (KingoJSP) Vendor() string { return "kingosoft" }

// Options are the driver's.
func (k KingoJSP) Options() map[string]string {
	out := map[string]string{"variant": "jsp"}
	for _, o := range []struct {
		set         bool
		name, value string
	}{
		{k.Root != "", "root", k.Root},
		{k.Plain, "login", "plain"},
		{k.Encrypted, "params", "encrypted"},
		{k.Original, "grades", "original"},
		{k.Grid, "timetable", "grid"},
		{k.ExamDate, "exams", "date"},
	} {
		if o.set {
			out[o.name] = o.value
		}
	}
	return out
}

func (k KingoJSP) open(s *School) vendor {
	k.Expiry = cmp.Or(k.Expiry, ExpireText)
	return &kingoJSP{k, kingo{s, loadPages("kingo")}}
}

// kingoJSP is a running system.
type kingoJSP struct {
	KingoJSP
	kingo
}
