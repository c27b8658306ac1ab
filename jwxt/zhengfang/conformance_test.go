package zhengfang_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/zhengfang"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@密码"
)

func profile(z campus.Zhengfang) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: z, Charset: campus.GBK, Captcha: true, GIF: true, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/default2.aspx")
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	tests := []struct {
		name   string
		change func(*campus.Profile)
		system campus.Zhengfang
	}{
		{"cookie, GIF, 302", nil, campus.Zhengfang{CountTries: true}},
		{"session in the address, 历年成绩, parts", nil, campus.Zhengfang{
			Cookieless: campus.CookielessPlain, Grades: campus.GradePageCX, Parts: true,
		}},
		{"(S()), RSA, below /zjdxgc, by the fields", nil, campus.Zhengfang{
			Cookieless: campus.CookielessS, RSA: true, Root: "/zjdxgc", Grades: campus.GradePageTerm, Expiry: campus.ExpireForm,
		}},
		{"no captcha, UTF-8, 200", func(p *campus.Profile) { p.Captcha, p.Charset = false, campus.UTF8 }, campus.Zhengfang{
			RSA: true, Expiry: campus.ExpireForm,
		}},
		{"old names, script", nil, campus.Zhengfang{OldNames: true, Expiry: campus.ExpireScript}},
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
				New:    func() jwxt.Driver { return zhengfang.New() },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   "/xscj",

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  p.Captcha,
				Rows:     len(p.Accounts[0].Grades),
				Lessons:  len(p.Accounts[0].Lessons(first)),
				Exams:    len(p.Accounts[0].Exams(first)),
				Notices:  12,
				NoticeID: base64.RawURLEncoding.EncodeToString([]byte("2026-07-28 09:00:00|2027-01-28|400")),
				Begin:    1,
				Grades:   2,
			}
			if c.Captcha {
				c.Begin++
			}
			if c.InAddress = tt.system.Cookieless != ""; c.InAddress {
				c.Begin++
			}
			jwxttest.Run(t, c)
		})
	}
}
