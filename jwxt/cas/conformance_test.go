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
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
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
		{"authserver before 强智", qiangzhi.New(), campus.Qiangzhi{}, campus.Front{Kind: campus.Authserver}, "/kscj/", 2, 1, 20, ""},
		{
			"authserver, picture, before 新正方", jwglxt.New(), campus.Jwglxt{},
			campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture, Refuse401: true}, "cjcx_", 4, 1, 15, "",
		},
		{
			"authserver of old, picture, before 正方", zhengfang.New(), campus.Zhengfang{},
			campus.Front{Kind: campus.Authserver, Old: true, Captcha: campus.FrontPicture}, "xscj", 4, 2, 12, zhengfangNotice,
		},
		{
			"authserver, slider, before 树维", supwisdom.New(), campus.EAMS{Pause: 2 * time.Millisecond},
			campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSlider}, "/grade/", 4, 2, 0, "",
		},
		{
			"authserver, signed drag, before EAMS5", supwisdom.New(), campus.EAMS5{},
			campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSignedDrag}, "/grade/", 4, 2, 0, "",
		},
		{"authserver that encrypts nothing", qiangzhi.New(), campus.Qiangzhi{}, campus.Front{Kind: campus.Authserver, Old: true, Plain: true}, "/kscj/", 2, 1, 20, ""},
		{
			"apereo before URP", urp.New(), campus.URPNew{},
			campus.Front{Kind: campus.Apereo, Refuse401: true, Entrance: "/sso/login"}, "/callback", 2, 6, 0, "",
		},
		{
			"apereo, picture, before URP of old", urp.New(), campus.URPOld{},
			campus.Front{Kind: campus.Apereo, Captcha: campus.FrontPicture, Entrance: "/sso/login"}, "/gradeLnAll", 3, 4, 0, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := profile(tt.system, tt.front)
			drag := tt.front.Captcha == campus.FrontSlider || tt.front.Captcha == campus.FrontSignedDrag
			jwxttest.Run(t, jwxttest.Case{
				New:    func() jwxt.Driver { return cas.Behind(tt.vendor) },
				School: func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} },
				At:     p.School,
				Login:  isLogin,
				Data:   tt.data,

				Student:  jwxt.Student{Number: number, Name: name},
				Password: password,
				Captcha:  tt.front.Captcha != campus.FrontNone,
				Drag:     drag,
				Later:    tt.front.Captcha != campus.FrontNone && tt.front.Kind == campus.Authserver,
				Rows:     len(p.Accounts[0].Grades),
				Lessons:  len(p.Accounts[0].Lessons(p.Accounts[0].Grades[0].Term)),
				Exams:    len(p.Accounts[0].Exams(p.Accounts[0].Grades[0].Term)),
				Notices:  tt.notices,
				NoticeID: tt.noticeID,
				Begin:    tt.begin,
				Grades:   tt.grades,
			})
		})
	}
}
