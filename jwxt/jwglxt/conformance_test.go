package jwglxt_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@12345"
)

func profile(j campus.Jwglxt) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: j, Captcha: true, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/xtgl/login_slogin.html")
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	bare := func(p *campus.Profile) { p.Captcha = false }
	tests := []struct {
		name   string
		change func(*campus.Profile)
		system campus.Jwglxt
	}{
		{"RSA, kaptcha, 901", nil, campus.Jwglxt{}},
		{"slider, failures are counted", nil, campus.Jwglxt{Slider: true, Count: true}},
		{"plain password, no token, JPEG, 302", func(p *campus.Profile) { p.JPEG = true }, campus.Jwglxt{
			PlainPassword: true, NoToken: true, Expiry: campus.ExpireRedirect,
		}},
		{"no captcha, at the root of the host, counted, 200", bare, campus.Jwglxt{Root: "/", Count: true, Expiry: campus.ExpireForm}},
		{"numbers, another root, plain slider", nil, campus.Jwglxt{Root: "/jsxsd_new", Slider: true, PlainPassword: true, Numbers: true, Timetable: "xskbcx_cxXsgrkb.html"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			if tt.change != nil {
				tt.change(&p)
			}
			first := p.Accounts[0].Grades[0].Term
			c := jwxttest.Case{
				New:    func() jwxt.Driver { return jwglxt.New() },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   "/cjcx/",

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  p.Captcha,
				Drag:     p.Captcha && tt.system.Slider,
				Rows:     len(p.Accounts[0].Grades),
				Lessons:  len(p.Accounts[0].Lessons(first)),
				Exams:    len(p.Accounts[0].Exams(first)),
				Notices:  15,
				Begin:    1,
				Grades:   1,
			}
			switch {
			case c.Drag:
				c.Begin, c.Redraw = 5, 3 // page, script, puzzle, two pictures
			case c.Captcha:
				c.Begin = 2
			}
			jwxttest.Run(t, c)
		})
	}
}
