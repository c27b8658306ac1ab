package urp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// sample reads a page that others have kept, if the folder of such pages is
// there.
func sample(t *testing.T, name string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "urp", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, "http://jw.example.edu.cn/x", body)
}

func one(g jwxt.Grade) []jwxt.Grade { return []jwxt.Grade{g} }

func TestSampleGrades(t *testing.T) {
	marks := one(jwxt.Grade{
		CourseID: "120000011", Course: "思想政治理论课实践教学", Credits: jwxt.Milli(2000), Attribute: "必修", Score: "中等",
		Extra: map[string]string{"课程最高分": "95", "课程最低分": "0", "课程平均分": "74.23", "名次": "2031"},
	})
	autumn, spring := jwxt.Term{Year: 2016, Part: 1}, jwxt.Term{Year: 2016, Part: 2}
	tests := map[string][]jwxt.Grade{
		"hpu-old-bxqcj-one-row.html":             marks,
		"DERIVED-hpu-old-bxqcj-one-row.gbk.html": marks,
		"SYNTHETIC-old-gradeLnAll-qbinfo.gbk.html": {
			{Term: autumn, CourseID: "105366020", Course: "示例课程甲", Credits: jwxt.Milli(2000), Attribute: "必修", Score: "86.0"},
			{Term: spring, CourseID: "105366030", Course: "示例课程乙", Credits: jwxt.Milli(1500), Attribute: "任选", Score: "优秀"},
			{Term: spring, CourseID: "105366040", Course: "示例课程丙", Credits: jwxt.Milli(3000), Attribute: "必修"},
		},
		"hbu-new-thisTermScores.json": one(jwxt.Grade{
			Term: jwxt.Term{Year: 2025, Part: 2}, CourseID: "2023S01003", Course: "软件工程", Score: "97",
			Credits: jwxt.Milli(3000), Point: jwxt.Milli(4500), Assessment: "考试", Attribute: "必修",
			Detail: "kch=2023S01003&kssj=1&kxh=01&zxjxjhh=2025-2026-2-2",
			Extra:  map[string]string{"课程最高分": "99", "课程最低分": "61", "课程平均分": "88.2", "名次": "3/78"},
		}),
		"hbu-new-allPassingScores.json": one(jwxt.Grade{
			Term: jwxt.Term{Year: 2023, Part: 1}, CourseID: "2023D00001", Course: "程序设计",
			Credits: jwxt.Milli(3000), Point: jwxt.Milli(4500), Attribute: "必修",
		}),
		"qgxy-new-thisTermScores.json": one(jwxt.Grade{
			Term: jwxt.Term{Year: 2026, Part: 1}, Course: "Linux操作系统", Score: "86",
			Credits: jwxt.Milli(3500), Point: jwxt.Milli(4200), Attribute: "必修",
			Extra: map[string]string{"课程最高分": "98", "课程最低分": "56", "课程平均分": "82.4", "名次": "6"},
		}),
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := urp.New().ParsePage("grades", sample(t, name))
			if diff := cmp.Diff(jwxt.Transcript{Grades: want}, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// The login pages of failed logins are login pages, too.
func TestSampleLogins(t *testing.T) {
	for name, want := range map[string]struct {
		kind jwxt.Kind
		said string
	}{
		"captcha": {jwxt.WrongCaptcha, "你输入的验证码错误，请您重新输入！"},
		"nouser":  {jwxt.WrongPassword, "你输入的证件号不存在，请您重新输入！"},
		"badpw":   {jwxt.WrongPassword, "您的密码不正确，请您重新输入！"},
		"dbbusy":  {jwxt.Unreachable, "数据库忙请稍候再试"},
	} {
		t.Run(name, func(t *testing.T) {
			p := sample(t, "SYNTHETIC-old-login-"+name+".gbk.html")
			_, err := urp.New().ParsePage("answer", p)
			wantKind(t, err, want.kind, want.said)
			got, err := urp.New().ParsePage("login", p)
			form := urp.LoginPage{
				Build: "old", Action: "http://jw.example.edu.cn/loginAction.do", Captcha: true, Hide: "p", Said: want.said,
				Fields: strings.Fields("zjh1 tips lx evalue eflag fs dzslh zjh mm v_yzm"),
			}
			if diff := cmp.Diff(form, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What is not what it is asked for never comes back as data.
func TestSamplesRefused(t *testing.T) {
	tests := []struct {
		file, as string
		kind     jwxt.Kind
	}{
		{"SYNTHETIC-old-expired.gbk.html", "grades", jwxt.Expired},
		{"SYNTHETIC-old-expired.gbk.html", "record", jwxt.Expired},
		{"SYNTHETIC-old-login-badpw.gbk.html", "grades", jwxt.Expired},
		{"hbu-new-schedule.json", "grades", jwxt.Changed},
		{"hbu-new-examPlan-detail.json", "grades", jwxt.Changed},
		{"hbu-new-allPassingScores.json", "detail", jwxt.Changed},
		{"hbu-new-allPassingScores.json", "timetable", jwxt.Changed},
		{"hbu-new-thisTermScores.json", "timetable", jwxt.Changed},
		{"hbu-new-schedule.json", "exams", jwxt.Changed},
		{"hbu-new-thisTermScores.json", "exams", jwxt.Changed},
		{"hpu-old-bxqcj-one-row.html", "timetable", jwxt.Changed},
		{"hpu-old-bxqcj-one-row.html", "exams", jwxt.Changed},
		{"SYNTHETIC-old-expired.gbk.html", "timetable", jwxt.Expired},
		{"SYNTHETIC-old-expired.gbk.html", "exams", jwxt.Expired},
		{"hpu-old-bxqcj-one-row.html", "login", jwxt.Changed},
		{"hpu-old-bxqcj-one-row.html", "answer", jwxt.Changed},
	}
	for _, tt := range tests {
		t.Run(tt.file+" as "+tt.as, func(t *testing.T) {
			_, err := urp.New().ParsePage(tt.as, sample(t, tt.file))
			wantKind(t, err, tt.kind, "")
		})
	}
}
