package urp_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@12345"
)

// profile is a school of a build with one student.
func profile(system campus.System) campus.Profile {
	p := campus.Profile{
		ID: "test", Name: "示范大学", System: system, Captcha: true, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
	if _, old := system.(campus.URPOld); old {
		p.Charset, p.JPEG = campus.GBK, true
	}
	return p
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/loginAction.do") ||
		strings.HasSuffix(r.URL.Path, "/j_spring_security_check") || strings.HasSuffix(r.URL.Path, "/sigin"))
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	tests := []struct {
		name    string
		system  campus.System
		captcha bool
		data    string
		grades  int
	}{
		{"old", campus.URPOld{}, true, "/gradeLnAllAction.do", 4},
		{"old, no captcha, few columns, lost sessions", campus.URPOld{FewColumns: true, Expiry: campus.ExpireError}, false, "/gradeLnAllAction.do", 4},
		{"old, login page for the expired", campus.URPOld{Expiry: campus.ExpireForm}, true, "/bxqcjcxAction.do", 4},
		{"new, md5, token, random part", campus.URPNew{}, true, "/scoreQuery/", 6},
		{"new, twice, list of all terms", campus.URPNew{Hide: campus.HideTwice, AllTerms: true, Expiry: campus.ExpireForm}, true, "/scoreQuery/", 3},
		{"new, salted, capitals, fixed addresses", campus.URPNew{Hide: campus.HideSalted, NoRandom: true, AllTerms: true, Capitals: true, Expiry: campus.ExpireText}, true, "/allTermScores/data", 2},
		{"new, older, 401", campus.URPNew{NoToken: true, NoRandom: true, Expiry: campus.ExpireStatus}, true, "/allPassingScores/callback", 6},
		{"new, front of its own, calendar", campus.URPNew{Hide: campus.HidePlain, Calendar: true, NoRandom: true}, false, "/thisTermScores/", 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			p.Captcha = tt.captcha
			// The last term of a degree has no examinations, and no other's are told.
			p.Accounts[0].Grades = campus.Transcript(number, 2020, 6, false)
			c := jwxttest.Case{
				New:    func() jwxt.Driver { return urp.New() },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   tt.data,

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  p.Captcha,
				Rows:     len(p.Accounts[0].Grades),
				Begin:    1,
				Grades:   tt.grades,
				Lessons:  len(p.Accounts[0].Lessons(p.Accounts[0].Grades[0].Term)),
				Exams:    len(p.Accounts[0].Exams(jwxt.Term{})),
				ExamsNow: true,
			}
			if c.Captcha {
				c.Begin = 2
			}
			jwxttest.Run(t, c)
		})
	}
}
