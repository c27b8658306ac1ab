package kingosoft_test

import (
	"net/http"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// jspDriver is the driver with what the newer system is known to have.
type jspDriver struct {
	jwxt.Driver
	jwxt.GradeReader
	jwxt.TimetableReader
	jwxt.ExamReader
	jwxt.Keeper
}

func newJSP() jwxt.Driver {
	d := kingosoft.New()
	return jspDriver{d, d, d, d, d}
}

func isLogon(r *http.Request) bool { return isPost(r, "/cas/logon.action") }

// jspCase describes a school of the newer system.
func jspCase(p campus.Profile) jwxttest.Case {
	k, a := p.System.(campus.KingoJSP), p.Accounts[0]
	first := a.Grades[0].Term
	c := jwxttest.Case{
		New:    newJSP,
		School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
		At:     p.School, Student: jwxt.Student{Number: number, Name: name}, Password: password, Captcha: p.Captcha,
		Login: isLogon, Data: "/student/xscj.stuckcj_data", Begin: 1, Grades: 1,
		Rows: len(a.Grades), Exams: len(a.Exams(first)),
	}
	if !k.Original {
		c.Rows = len(k.Effective(a))
	}
	for _, l := range a.Lessons(first) {
		if !k.Grid || l.Weekday > 0 { // the grid has only what has a time
			c.Lessons++
		}
	}
	if k.Encrypted {
		c.Grades++
		if k.Temp {
			c.Grades += 2
		}
	}
	if p.Captcha {
		c.Begin++
	}
	return c
}

// TestJSPConformance runs the suite against the kinds of schools there are.
func TestJSPConformance(t *testing.T) {
	for name, p := range map[string]campus.Profile{
		"captcha always, GBK":                 {Charset: campus.GBK, Captcha: true, JPEG: true, System: campus.KingoJSP{Reissue: true}},
		"no captcha, UTF-8":                   {System: campus.KingoJSP{Count: true, Original: true, Expiry: campus.ExpireRedirect}},
		"captcha after failures, other root":  {Charset: campus.GBK, System: campus.KingoJSP{Root: "/dglgjw", CaptchaAfter: 2, Count: true, Parts: true, Expiry: campus.ExpireForm}},
		"older, plain login, sealed grades":   {Charset: campus.GBK, Captcha: true, System: campus.KingoJSP{Plain: true, Encrypted: true, Original: true, Parts: true}},
		"newest, keys one by one, one table":  {System: campus.KingoJSP{Temp: true, Encrypted: true, OneTable: true, Grid: true, ExamDate: true}},
		"no main page, captcha, grid, Tomcat": {Captcha: true, System: campus.KingoJSP{Root: "/tscjw", NoMain: true, Grid: true, Original: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := profile(p.System)
			q.Charset, q.Captcha, q.JPEG = p.Charset, p.Captcha, p.JPEG
			c := jspCase(q)
			if q.System.(campus.KingoJSP).NoMain { // which tells the system's own number only
				c.Student.Name = ""
			}
			jwxttest.Run(t, c)
		})
	}
}
