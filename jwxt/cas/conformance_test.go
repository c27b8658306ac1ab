package cas_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
	"jwxtbot/jwxt/supwisdom"
	"jwxtbot/jwxt/urp"
	"jwxtbot/jwxt/zhengfang"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@密码'\"12345"

	// frontHost is another name of the loopback, so that the cookies of the two
	// hosts are kept apart as in life.
	frontHost = "localhost"
)

func profile(system campus.System, front campus.Front) campus.Profile {
	front.Host = frontHost
	return campus.Profile{
		ID: "test", Name: "示范大学", System: system, Front: front, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 6, false),
		}},
	}
}

func isLogin(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/login")
}

// zhengfangNotice is the ID of a notice as 正方's lists give them.
var zhengfangNotice = base64.RawURLEncoding.EncodeToString([]byte("2026-07-28 09:00:00|2027-01-28|400"))

// TestConformance runs the suite against each kind of front, each before another
// vendor.
func TestConformance(t *testing.T) {
	tests := []struct {
		name     string
		vendor   cas.Vendor
		system   campus.System
		front    campus.Front
		data     string // part of the path of the grade list
		begin    int
		grades   int
		notices  int
		noticeID string
	}{
		{
			"authserver, picture, before 强智", qiangzhi.New(), campus.Qiangzhi{},
			campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture, Refuse401: true}, "/kscj/", 4, 1, 20, "",
		},
		{
			"authserver of old, picture, before 正方", zhengfang.New(), campus.Zhengfang{},
			campus.Front{Kind: campus.Authserver, Old: true, Captcha: campus.FrontPicture}, "xscj", 4, 2, 12, zhengfangNotice,
		},
		{
			"authserver, signed drag, before 新正方", jwglxt.New(), campus.Jwglxt{},
			campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSignedDrag}, "cjcx_", 4, 1, 15, "",
		},
		{
			"authserver, no captcha, before 树维", supwisdom.New(), campus.EAMS{Pause: 2 * time.Millisecond},
			campus.Front{Kind: campus.Authserver}, "/grade/", 2, 2, 0, "",
		},
		{
			"apereo, picture, before URP", urp.New(), campus.URPNew{},
			campus.Front{Kind: campus.Apereo, Captcha: campus.FrontPicture, Refuse401: true, Entrance: "/sso/login"}, "/callback", 3, 6, 0, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := profile(tt.system, tt.front)
			_, now := tt.system.(campus.URPNew)
			term := p.Accounts[0].Grades[0].Term
			if now { // it tells of the current term's examinations only
				term = jwxt.Term{}
			}
			jwxttest.Run(t, jwxttest.Case{
				New:    func() jwxt.Driver { return cas.Behind(tt.vendor) },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   tt.data,

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  tt.front.Captcha != campus.FrontNone,
				Drag:     tt.front.Captcha == campus.FrontSignedDrag,
				Later:    tt.front.Captcha != campus.FrontNone && tt.front.Kind == campus.Authserver,
				Rows:     len(p.Accounts[0].Grades),
				Lessons:  len(p.Accounts[0].Lessons(p.Accounts[0].Grades[0].Term)),
				Exams:    len(p.Accounts[0].Exams(term)),
				ExamsNow: now,
				Notices:  tt.notices,
				NoticeID: tt.noticeID,
				Begin:    tt.begin,
				Grades:   tt.grades,
			})
		})
	}
}

// TestEveryVendor logs in, reads, and renews the session behind a front of each
// sort, at each of the systems that the suite does not stand behind such a one.
func TestEveryVendor(t *testing.T) {
	drag := campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSlider}
	plain := campus.Front{Kind: campus.Authserver, Old: true, Plain: true}
	phone := campus.Front{Kind: campus.Authserver, SMS: true}
	for name, tt := range map[string]struct {
		vendor cas.Vendor
		system campus.System
		front  campus.Front
	}{
		"EAMS, slider":                   {supwisdom.New(), campus.EAMS{Pause: 2 * time.Millisecond}, drag},
		"EAMS5, nothing encrypted":       {supwisdom.New(), campus.EAMS5{}, plain},
		"EAMS5, another root, phone":     {supwisdom.New(), campus.EAMS5{Root: "/eams5-student", HTML: true}, phone},
		"强智, interleaved":                {qiangzhi.New(), campus.Qiangzhi{Encoding: campus.Interleave}, campus.Front{Kind: campus.Apereo}},
		"强智, another root, frames":       {qiangzhi.New(), campus.Qiangzhi{Root: "/xsd", Encoding: campus.Plain, Skin: campus.SkinApp}, phone},
		"正方, the session in the address": {zhengfang.New(), campus.Zhengfang{Cookieless: campus.CookielessS, Root: "/zjdxgc"}, plain},
		"新正方, root of the host":          {jwglxt.New(), campus.Jwglxt{Root: "/"}, campus.Front{Kind: campus.Apereo}},
		"URP of old":                     {urp.New(), campus.URPOld{}, campus.Front{Kind: campus.Authserver, Entrance: "/sso/login"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile(tt.system, tt.front)
			school := campus.New(p)
			at := p.School("http://jwxt.example.edu.cn")
			c := &jwxt.Conn{School: at, HTTP: jwxttest.InProcess(school)}
			through(t, cas.Behind(tt.vendor), c, jwxttest.Campus{School: school, Number: number})
			grades, _ := jwxt.As[jwxt.GradeReader](cas.Behind(tt.vendor))
			renewer, _ := jwxt.As[jwxt.Renewer](cas.Behind(tt.vendor))
			for range 2 {
				got, err := grades.Grades(t.Context(), c, jwxt.Term{})
				if err != nil || len(got.Grades) != len(p.Accounts[0].Grades) {
					t.Fatalf("got %d grades and %v", len(got.Grades), err)
				}
				school.Expire("")
				if _, err := grades.Grades(t.Context(), c, jwxt.Term{}); jwxt.KindOf(err) != jwxt.Expired {
					t.Errorf("an ended session reads %v", err)
				}
				if err := renewer.Renew(t.Context(), c); err != nil {
					t.Fatalf("Renew: %v (said %q)", err, jwxt.SaidOf(err))
				}
			}
		})
	}
}

// through goes through a login, whatever it asks.
func through(t *testing.T, d jwxt.Driver, c *jwxt.Conn, student jwxttest.Campus) {
	t.Helper()
	var a jwxt.Answers
	for range 4 {
		step, err := d.Login(t.Context(), c, a)
		if err != nil {
			t.Fatalf("Login: %v (said %q)", err, jwxt.SaidOf(err))
		}
		ask, more := step.(*jwxt.Ask)
		if !more {
			return
		}
		a = student.Answers(ask)
		if code, sent := student.PhoneCode(number); sent {
			a = jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldCode: code}
		}
	}
	t.Fatal("it asks again and again")
}
