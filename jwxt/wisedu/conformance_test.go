package wisedu_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@密码'\"12345"
)

func profile(system campus.Jwapp) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: system, LockAfter: 5,
		Front: campus.Front{Kind: campus.Authserver, Host: "localhost"}, // another name of the loopback
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/login")
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	tests := []struct {
		name   string
		system campus.Jwapp
		begin  int
		grades int
	}{
		{"behind a portal", campus.Jwapp{}, 3, 1},
		{"no portal, pages of 10 rows, a count too small, login page", campus.Jwapp{NoPortal: true, PageSize: 10, Doubling: true, Expiry: campus.ExpireForm}, 2, 7},
		{"rows of nobody, strings, 401", campus.Jwapp{Nameless: true, Texts: true, Expiry: campus.ExpireError}, 3, 2},
		{"postgraduates", campus.Jwapp{Graduate: true}, 3, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			a := p.Accounts[0]
			first := a.Grades[0].Term
			jwxttest.Run(t, jwxttest.Case{
				New:    func() jwxt.Driver { return driverOf(tt.system) },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   "/xscjcx.do",

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Rows:     len(a.Grades),
				Lessons:  len(a.Lessons(first)),
				Exams:    len(a.Exams(first)),
				Begin:    tt.begin,
				Grades:   tt.grades,
			})
		})
	}
}

// driverOf is the driver behind a front. Of postgraduates it reads grades only.
func driverOf(system campus.Jwapp) jwxt.Driver {
	if !system.Graduate {
		return cas.Behind(wisedu.New())
	}
	d := wisedu.New()
	return cas.Behind(struct {
		cas.Vendor
		jwxt.GradeReader
		jwxt.Keeper
	}{d, d, d})
}
