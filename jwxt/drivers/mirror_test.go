package drivers_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/jwxttest"
)

// TestMirrored runs the suite against schools whose first root nobody serves: no
// driver knows that it speaks with a mirror, and a session stays there.
func TestMirrored(t *testing.T) {
	const number, password = "2020000001", "Abc+/=&@12345"
	tests := []struct {
		name      string
		system    campus.System
		login     string
		data      string
		grades    int
		inAddress bool
	}{
		{"new URP", campus.URPNew{AllTerms: true}, "/j_spring_security_check", "/scoreQuery/", 3, false},
		{"zhengfang, session in the address", campus.Zhengfang{Cookieless: campus.CookielessPlain}, "/default2.aspx", "/xscj", 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := campus.Profile{ID: "test", Name: "示范大学", System: tt.system, LockAfter: 5, Accounts: []campus.Account{{
				Number: number, Name: "张三", Password: password, Grades: campus.Transcript(number, 2020, 8, false),
			}}}
			c := jwxttest.Case{
				New:    func() jwxt.Driver { return drivers.All()[tt.system.Vendor()] },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At: func(root string) jwxt.School {
					s := p.School("http://127.0.0.2:1")
					s.Mirrors = []string{root}
					return s
				},
				Login: func(r *http.Request) bool {
					return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, tt.login)
				},
				Data: tt.data, Student: jwxt.Student{Number: number, Name: "张三"}, Password: password,
				InAddress: tt.inAddress, Rows: len(p.Accounts[0].Grades), Begin: 1, Grades: tt.grades,
				Notices: 12, NoticeID: base64.RawURLEncoding.EncodeToString([]byte("2026-07-28 09:00:00|2027-01-28|400")),
			}
			a := p.Accounts[0]
			first := a.Grades[0].Term
			c.Lessons, c.Exams = len(a.Lessons(first)), len(a.Exams(first))
			if tt.inAddress {
				c.Begin++
			} else { // URP tells of the last term's examinations only
				c.Exams, c.ExamsNow = len(a.Exams(jwxt.Term{})), true
			}
			jwxttest.Run(t, c)
		})
	}
}
