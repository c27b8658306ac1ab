package qiangzhi_test

import (
	"net/http"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

func appProfile(q campus.QiangzhiApp) campus.Profile {
	p := profile(campus.Qiangzhi{})
	p.Captcha, p.System = false, q
	return p
}

// inApp is what the API can do. It reads examinations of the current term only,
// and cannot end a session at the school.
type inApp struct {
	jwxt.Driver
	jwxt.GradeReader
	jwxt.TimetableReader
	jwxt.Keeper
}

// TestAppConformance runs the suite against schools that offer the phone app's
// API. Their session is a token and no cookie.
func TestAppConformance(t *testing.T) {
	for kind, tt := range map[string]struct {
		system campus.QiangzhiApp
		grades int
	}{
		"app.do":                      {campus.QiangzhiApp{}, 1},
		"app.ashx, wrapped, by terms": {campus.QiangzhiApp{Path: "/app/app.ashx", Wrapped: true, ByTerm: true}, 9},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := appProfile(tt.system)
			a := p.Accounts[0]
			d := qiangzhi.New()
			jwxttest.Run(t, jwxttest.Case{
				New:    func() jwxt.Driver { return inApp{d, d, d, d} },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  func(r *http.Request) bool { return r.URL.Query().Get("method") == "authUser" },
				Data:   "/app",

				Student:   jwxt.Student{Number: number, Name: name},
				Password:  password,
				InAddress: true,
				Rows:      len(a.Grades),
				Lessons:   len(a.Lessons(a.Grades[0].Term)),
				Begin:     1,
				Grades:    tt.grades,
			})
		})
	}
}
