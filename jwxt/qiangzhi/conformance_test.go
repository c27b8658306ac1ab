package qiangzhi_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc@12345"
)

func profile(q campus.Qiangzhi) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: q, Captcha: true,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Query().Get("flag") == "" &&
		(strings.Contains(r.URL.Path, "LoginToXk") || r.URL.Path == "/Logon.do")
}

// TestConformance runs the suite against the kinds of schools there are.
func TestConformance(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*campus.Profile)
		system  campus.Qiangzhi
		grades  int // requests
		notices int
	}{
		{"base64", nil, campus.Qiangzhi{}, 1, 20},
		{"base64, new skin, 21 columns, Ldap", nil, campus.Qiangzhi{
			Skin: campus.SkinNew, Columns: 21, Ldap: true, Failure: campus.SayRedFont, Expiry: campus.ExpireForm, FreshForm: true,
		}, 1, 20},
		{"interleave", nil, campus.Qiangzhi{Encoding: campus.Interleave, Failure: campus.SayAlert}, 1, 20},
		{"interleave, GBK, entry page first, error page", func(p *campus.Profile) { p.Charset, p.JPEG = campus.GBK, true }, campus.Qiangzhi{
			Encoding: campus.Interleave, Ldap: true, FormFirst: true, Widgets: true, Expiry: campus.ExpireError,
		}, 2, 12},
		{"plain, no captcha, JSON", func(p *campus.Profile) { p.Captcha = false }, campus.Qiangzhi{
			Encoding: campus.Plain, Skin: campus.SkinApp, JSON: true, Referer: true, Expiry: campus.ExpireText, Failure: campus.SayErrorInfo,
		}, 1, 20},
		{"plain, CAS, script handover, 10 columns", nil, campus.Qiangzhi{
			Encoding: campus.Plain, ScriptHandover: true, Columns: 10, PartColumns: true, Expiry: campus.ExpireCAS,
		}, 1, 20},
		{"another root, JSON after the entry page", nil, campus.Qiangzhi{Root: "/dblydx_jsxsd", JSON: true, FormFirst: true}, 2, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system)
			if tt.change != nil {
				tt.change(&p)
			}
			first := p.Accounts[0].Grades[0].Term
			begin := 1 // the login page; the picture is another
			if p.Captcha {
				begin = 2
			}
			jwxttest.Run(t, jwxttest.Case{
				New:    func() jwxt.Driver { return qiangzhi.New() },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   "/kscj/cjcx_list",

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  p.Captcha,
				Rows:     len(p.Accounts[0].Grades),
				Lessons:  len(p.Accounts[0].Lessons(first)),
				Exams:    len(p.Accounts[0].Exams(first)),
				Notices:  tt.notices,
				Begin:    begin,
				Grades:   tt.grades,
			})
		})
	}
}
