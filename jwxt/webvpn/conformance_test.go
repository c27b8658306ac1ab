package webvpn_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
	"jwxtbot/jwxt/urp"
	"jwxtbot/jwxt/webvpn"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@12345"

	host  = "jw.example.test"
	inner = "http://" + host
)

func account() campus.Account {
	return campus.Account{Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false)}
}

// behind is a school behind a WebVPN, under the suite's orders.
type behind struct {
	jwxttest.Campus
	vpn *campus.WebVPN
}

func (b behind) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.vpn.ServeHTTP(w, r) }

// Rotate changes what the client holds, which is the VPN's ticket.
func (b behind) Rotate() { b.vpn.Rotate() }

// Captcha knows the pictures of both.
func (b behind) Captcha(picture []byte) (string, bool) {
	sum := sha256.Sum256(picture)
	if text, ok := b.vpn.Captcha(hex.EncodeToString(sum[:])); ok {
		return text, ok
	}
	return b.Campus.Captcha(picture)
}

// open opens a school and a VPN before it.
func open(school campus.Profile, vpn campus.WebVPNProfile) behind {
	s := campus.New(school)
	vpn.Accounts, vpn.Inner = school.Accounts, map[string]http.Handler{host: s}
	return behind{jwxttest.Campus{School: s, Number: number}, campus.NewWebVPN(vpn)}
}

// reached is a school as one behind the VPN at root is described.
func reached(p campus.Profile, vpn campus.WebVPNProfile, root string) jwxt.School {
	s := p.School(inner)
	s.Link.WebVPN = jwxt.WebVPN{URL: root, Key: vpn.Key, IV: vpn.IV}
	return s
}

// TestConformance runs the suite against schools behind a WebVPN. A school that
// asks for no picture is answered with what the VPN was answered, so that the
// person sees one login.
func TestConformance(t *testing.T) {
	tests := []struct {
		name   string
		driver jwxt.Driver
		system campus.System
		vpn    campus.WebVPNProfile
		data   string
		grades int
	}{
		{"EAMS, objects", supwisdom.New(), campus.EAMS{Pause: 2 * time.Millisecond}, campus.WebVPNProfile{}, "/grade/", 2},
		{"EAMS, picture, key of the school's", supwisdom.New(), campus.EAMS{Pause: 2 * time.Millisecond, Expiry: campus.ExpireForm},
			campus.WebVPNProfile{Captcha: true, Key: "Wxzxvpn2023key@$"}, "/grade/", 2},
		{"EAMS5, pages", supwisdom.New(), campus.EAMS5{}, campus.WebVPNProfile{Pages: true, IV: "0123456789abcdef"}, "/grade/", 2},
		{"new URP, pages, picture", urp.New(), campus.URPNew{Hide: campus.HideTwice, AllTerms: true, Expiry: campus.ExpireForm},
			campus.WebVPNProfile{Pages: true, Captcha: true}, "/scoreQuery/", 3},
		{"old URP in GBK", urp.New(), campus.URPOld{}, campus.WebVPNProfile{}, "/gradeLnAllAction.do", 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := campus.Profile{ID: "test", Name: "示范大学", System: tt.system, LockAfter: 5, Accounts: []campus.Account{account()}}
			if _, old := tt.system.(campus.URPOld); old {
				p.Charset = campus.GBK
			}
			c := jwxttest.Case{
				New:    func() jwxt.Driver { return webvpn.Behind(tt.driver, webvpn.Gate{}) },
				School: func(testing.TB) jwxttest.School { return open(p, tt.vpn) },
				At:     func(root string) jwxt.School { return reached(p, tt.vpn, root) },
				Login:  func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/do-login") },
				Data:   tt.data,

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  tt.vpn.Captcha,
				Rows:     len(p.Accounts[0].Grades),
				Begin:    1,
				Grades:   tt.grades,
			}
			c.Lessons, c.Exams, c.ExamsNow = plans(p)
			if tt.vpn.Captcha {
				c.Begin, c.Redraw = 2, 2
			}
			jwxttest.Run(t, c)
		})
	}
}

// plans are how many lessons and examinations a school tells of: URP those of the
// last term's examinations only, EAMS5 nothing without a day.
func plans(p campus.Profile) (lessons, exams int, now bool) {
	a := p.Accounts[0]
	first := a.Grades[0].Term
	switch p.System.(type) {
	case campus.URPOld, campus.URPNew:
		return len(a.Lessons(first)), len(a.Exams(jwxt.Term{})), true
	case campus.EAMS5:
		for _, l := range a.Lessons(first) {
			if l.Weekday != 0 {
				lessons++
			}
		}
		for _, e := range a.Exams(first) {
			if e.Date != "" {
				exams++
			}
		}
		return lessons, exams, false
	}
	return len(a.Lessons(first)), len(a.Exams(first)), false
}
