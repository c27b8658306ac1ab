package kingosoft_test

import (
	"net/http"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// aspxDriver is the driver with what the older system is known to have at each
// school; withTimetable has 个人课表 besides.
type aspxDriver struct {
	jwxt.Driver
	jwxt.GradeReader
	jwxt.Keeper
	jwxt.LogoutCaller
}

type withTimetable struct {
	aspxDriver
	jwxt.TimetableReader
}

func newASPX() jwxt.Driver {
	d := kingosoft.New()
	return aspxDriver{d, d, d, d}
}

func newASPXWithTimetable() jwxt.Driver {
	return withTimetable{newASPX().(aspxDriver), kingosoft.New()}
}

func isASPXLogin(r *http.Request) bool { return isPost(r, "login") }

// TestASPXConformance runs the suite against the kinds of schools there are.
func TestASPXConformance(t *testing.T) {
	tests := []struct {
		name    string
		captcha bool
		utf8    bool
		system  campus.KingoASPX
	}{
		{"captcha", true, false, campus.KingoASPX{}},
		{"no captcha, below a root, sorry page", false, false, campus.KingoASPX{Root: "/jwweb", Expiry: campus.ExpireRedirect}},
		{"names of LIT, captcha, script, in UTF-8", true, true, campus.KingoASPX{Names: campus.KingoLIT, Expiry: campus.ExpireScript}},
		{"names of LIT, captcha off", false, false, campus.KingoASPX{Names: campus.KingoLIT, NoFoot: true}},
		{"names of CQU, 个人课表, login page", false, false, campus.KingoASPX{Names: campus.KingoCQU, Personal: true, Expiry: campus.ExpireForm}},
		{"plain password, captcha", true, false, campus.KingoASPX{Names: campus.KingoPlain, NoFoot: true}},
		{"原始成绩", true, false, campus.KingoASPX{Original: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			p.Captcha, p.JPEG, p.Charset = tt.captcha, tt.captcha, campus.GBK
			if tt.utf8 {
				p.Charset = campus.UTF8
			}
			c := jwxttest.Case{New: newASPX, Login: isASPXLogin, Data: "/Stu_MyScore_rpt", Rows: courses(p), Begin: 1, Grades: 2}
			if tt.system.Original {
				c.Rows = len(p.Accounts[0].Grades)
			}
			if p.Captcha {
				c.Begin = 2
			}
			if tt.system.Personal {
				c.New, c.Lessons = newASPXWithTimetable, len(p.Accounts[0].Lessons(p.Accounts[0].Grades[0].Term))
			}
			conform(t, p, c)
		})
	}
}

// courses are how many rows 有效成绩 has: each course counts once.
func courses(p campus.Profile) int {
	ids := map[string]bool{}
	for _, g := range p.Accounts[0].Grades {
		ids[g.CourseID] = true
	}
	return len(ids)
}
