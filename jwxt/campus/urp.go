package campus

import (
	"cmp"
	"fmt"

	"jwxtbot/jwxt"
)

// URPOld is the old build of URP 综合教务 (清元优软). Its pages are GBK, so
// Profile.Charset should be. The zero value is a plain one.
type URPOld struct {
	// FewColumns leaves 最高分, 最低分 and 平均分 out of this term's list.
	FewColumns bool
	// Expiry is ExpireText (请您登录后再使用), or ExpireForm, or ExpireError (the
	// server's 500 Servlet Exception).
	Expiry Expiry
}

// URPNew is the new build of URP.
type URPNew struct {
	Hide    Hide
	NoToken bool // an older build without tokenValue
	// NoRandom has the lists' data at a fixed address, as older builds do.
	NoRandom bool
	// AllTerms has the driver read the list of all terms; Capitals gives its
	// rows as objects, as later builds do, instead of lists of values.
	AllTerms, Capitals bool
	// Drafts shows a withheld score as a teacher's draft.
	Drafts bool
	// Calendar lists examinations in a calendar beside the page's cards.
	Calendar bool
	// Expiry is ExpireRedirect (/login), ExpireForm, ExpireText (a script that
	// goes to gotoLogin) or ExpireStatus (401).
	Expiry Expiry
}

// Hide is how the login page's script hides the password.
type Hide string

// The ways of hiding it.
const (
	HideMD5    Hide = "md5"    // md5; also ""
	HideSalted Hide = "salted" // md5(p+salt)*md5(p)
	HideTwice  Hide = "twice"  // md5(md5(p+salt))*md5(md5(p))
	HidePlain  Hide = "plain"  // a front of the school's own, which posts to /sigin
)

// Vendor is "urp".
func (URPOld) Vendor() string { return "urp" }

// Options name the build.
func (URPOld) Options() map[string]string { return map[string]string{"build": "old"} }

// Vendor is "urp".
func (URPNew) Vendor() string { return "urp" }

// Options name the build, and the list of all terms where it is read.
func (u URPNew) Options() map[string]string {
	out := map[string]string{"build": "new"}
	if u.AllTerms {
		out["grades"] = "terms"
	}
	return out
}

func (u URPOld) open(s *School) vendor {
	u.Expiry = cmp.Or(u.Expiry, ExpireText)
	return &urpOld{URPOld: u, school: s, pages: loadPages("urp")}
}

func (u URPNew) open(s *School) vendor {
	u.Hide, u.Expiry = cmp.Or(u.Hide, HideMD5), cmp.Or(u.Expiry, ExpireRedirect)
	return &urpNew{URPNew: u, school: s, pages: loadPages("urp")}
}

// The words for a locked account, for 评教 and for a closed function are
// invented: no capture of either build is known. Clients look for 评估.
const (
	urpLocked   = "您的账号已被锁定，请联系管理员！"
	urpEvaluate = "您还没有完成教学评估，请先进行评估！"
	urpClosed   = "成绩查询暂未开放！"
	urpOusted   = "您的账号已在其他地方登录，请重新登录！"
)

// urpRow is a grade as both builds list it.
type urpRow struct {
	jwxt.Grade
	Seq     string // 课序号
	English string
	Date    string // 考试时间
	Reason  string // 未通过原因
	Max     string
	Min     string
	Average string
	Rank    string
}

// urpRows dresses grades up. A resit is held soon enough to tell its term.
func urpRows(grades []jwxt.Grade) []urpRow {
	out := make([]urpRow, len(grades))
	for i, g := range grades {
		r := urpRow{Grade: g, Seq: fmt.Sprintf("%02d", i%3+1), English: "Course " + g.CourseID}
		r.Date = fmt.Sprintf("%d0108", g.Term.Year+1)
		if g.Term.Part == 2 {
			r.Date = fmt.Sprintf("%d0625", g.Term.Year+1)
		}
		if g.Attempt == jwxt.Resit || g.Attempt == jwxt.Deferred {
			r.Date = r.Date[:4] + map[bool]string{true: "0222", false: "0818"}[g.Term.Part == 1]
		}
		if g.Failed || g.Score == "" {
			r.Reason = g.Mark
		}
		r.Max, r.Min, r.Average, r.Rank = "98", "41", "77.35", fmt.Sprintf("%d", i*7%60+1)
		out[i] = r
	}
	return out
}

// passed reports whether a row is on the list of passed courses.
func (r urpRow) passed() bool { return !r.Failed && !r.Hidden && (r.Score != "" || r.Mark == "免修") }

// shown is what the score column of the lists shows.
func (r urpRow) shown() string {
	if r.Score == "" && !r.Hidden && r.Mark == "免修" {
		return r.Mark
	}
	return r.Score
}

// urpLists parts a student's grades as the three pages do.
func urpLists(account Account) (passed, bad, now []urpRow) {
	if account.Gate == GateEmpty {
		return nil, nil, nil
	}
	last := newest(account.Grades)
	for _, r := range urpRows(account.Grades) {
		switch {
		case r.passed():
			passed = append(passed, r)
		case !r.Hidden:
			bad = append(bad, r)
		}
		if r.Term == last {
			now = append(now, r)
		}
	}
	return passed, bad, now
}

// urpGate is the sentence that stands in a list's place, "" for none.
func urpGate(account Account) string {
	switch account.Gate {
	case GateEvaluate, GateNewest:
		return urpEvaluate
	case GateClosed:
		return urpClosed
	}
	return ""
}
