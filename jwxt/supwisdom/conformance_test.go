package supwisdom_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@密码'\"12345"

	// pause is a school's patience in tests that log in often.
	pause = 2 * time.Millisecond
)

func profile(system campus.System) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: system, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

// described is how a client is told of a school. An EAMS5 that always wants a
// captcha is one whose option says so.
func described(p campus.Profile, baseURL string) jwxt.School {
	s := p.School(baseURL)
	if p.Captcha && s.Options["variant"] == "eams5" {
		s.Options["captcha"] = "always"
	}
	return s
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.Contains(strings.ToLower(r.URL.Path), "login")
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	tests := []struct {
		name    string
		captcha bool
		system  campus.System
	}{
		{"EAMS", false, campus.EAMS{Pause: pause}},
		{"EAMS, captcha, more columns, login page", true, campus.EAMS{Pause: pause, Parts: true, Batches: true, Expiry: campus.ExpireForm}},
		{"EAMS, loginExt, no number on the home page, text", true, campus.EAMS{
			Root: "/ahpu", Login: "/loginExt.action", Pause: pause, EncryptAccount: true, NoNumber: true, Expiry: campus.ExpireText,
		}},
		{"EAMS, oldest, root of the host", false, campus.EAMS{Root: "/", Plain: true, Pause: pause}},
		{"EAMS5", false, campus.EAMS5{}},
		{"EAMS5, captcha, flat rows, login page", true, campus.EAMS5{Flat: true, Expiry: campus.ExpireForm}},
		{"EAMS5, tables, another root", false, campus.EAMS5{Root: "/eams5-student", HTML: true, PrintByID: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			p.Captcha = tt.captcha
			c := jwxttest.Case{
				New:    func() jwxt.Driver { return supwisdom.New() },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     func(baseURL string) jwxt.School { return described(p, baseURL) },
				Login:  isLogin,
				Data:   "/grade/",

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  p.Captcha,
				Rows:     len(p.Accounts[0].Grades),
				Begin:    1,
				Grades:   2,
				Lessons:  len(lessonsOf(p, p.Accounts[0].Grades[0].Term)),
				Exams:    len(examsOf(p, p.Accounts[0].Grades[0].Term)),
			}
			if p.Captcha {
				c.Begin = 2
			}
			jwxttest.Run(t, c)
		})
	}
}

// lessonsOf are a term's lessons as the system tells them: EAMS5 has none
// without a time.
func lessonsOf(p campus.Profile, t jwxt.Term) []jwxt.Lesson {
	all := p.Accounts[0].Lessons(t)
	if _, five := p.System.(campus.EAMS5); five {
		all = slices.DeleteFunc(all, func(l jwxt.Lesson) bool { return l.Weekday == 0 })
	}
	return all
}

// examsOf are a term's examinations as the system tells them: EAMS5 has none
// without a day.
func examsOf(p campus.Profile, t jwxt.Term) []jwxt.Exam {
	all := p.Accounts[0].Exams(t)
	if _, five := p.System.(campus.EAMS5); five {
		all = slices.DeleteFunc(all, func(e jwxt.Exam) bool { return e.Date == "" })
	}
	return all
}
