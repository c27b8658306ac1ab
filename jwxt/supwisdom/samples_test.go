package supwisdom_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "eams", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, "http://jw.example/eams/x.action", body)
}

// The page of 52 courses, one of them failed, whose credits the page itself
// adds up.
func TestSampleHistory(t *testing.T) {
	v, err := supwisdom.New().ParsePage("grades", sample(t, "uestc-historyCourseGrade.html"))
	if err != nil {
		t.Fatal(err)
	}
	got := v.(jwxt.Transcript)
	if len(got.Grades) != 52 || got.UnknownColumns != nil || got.Summary != "在校汇总，门数 52，总学分 135.5，平均绩点 3.16" {
		t.Fatalf("%d rows, unknown %q, summary %q", len(got.Grades), got.UnknownColumns, got.Summary)
	}
	var all, passed int64
	var failed []string
	for _, g := range got.Grades {
		all += g.Credits.Milli()
		if g.Failed {
			failed = append(failed, g.Course+" "+g.Score)
			continue
		}
		passed += g.Credits.Milli()
	}
	if diff := cmp.Diff([]string{"政治经济学原理与实践 45"}, failed); diff != "" || all != 137_500 || passed != 135_500 {
		t.Errorf("credits %d, passed %d (-want +got):\n%s", all, passed, diff)
	}
	halves, odd := 0, map[string]string{}
	for _, g := range got.Grades {
		if g.Credits == jwxt.Milli(3500) {
			halves++
		}
		if group := g.Extra["课程序号"]; !strings.Contains(group, ".") {
			odd[g.CourseID] = group
		}
	}
	if diff := cmp.Diff(map[string]string{"I2219620": "I2219620", "J9515220": ""}, odd); diff != "" || halves == 0 {
		t.Errorf("%d courses have 3.5 credits; groups without a number (-want +got):\n%s", halves, diff)
	}
	want := []jwxt.Grade{{
		Term: jwxt.Term{Year: 2014, Part: 2}, CourseID: "B1300620", Course: "高级英语读写", Score: "74",
		Credits: jwxt.Milli(2000), Nature: "A类语言技能类", Extra: map[string]string{"课程序号": "B1300620.08"},
	}, {
		Term: jwxt.Term{Year: 2015, Part: 2}, CourseID: "G2225130", Course: "COBOL程序设计", Score: "81",
		Credits: jwxt.Milli(3000), Nature: "专业核心课程", Extra: map[string]string{"课程序号": "G2225130.01"},
	}}
	ends := []jwxt.Grade{got.Grades[0], got.Grades[51]}
	if diff := cmp.Diff(want, ends, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("first and last (-want +got):\n%s", diff)
	}
}

func TestSampleSheet(t *testing.T) {
	got, err := supwisdom.New().ParsePage("grades", sample(t, "SYNTHETIC-eams5-grade-info.json"))
	first := jwxt.Term{Year: 2025, Part: 1}
	want := jwxt.Transcript{Grades: []jwxt.Grade{{
		Term: first, CourseID: "MATH0001", Course: "示例课程甲", Score: "92", Credits: jwxt.Milli(4000), Point: jwxt.Milli(4100), Nature: "必修",
		Parts: map[string]string{"平时": "90", "期末": "93"}, Extra: map[string]string{"课程序号": "MATH0001.01"},
	}, {
		Term: first, CourseID: "PHYS0002", Course: "示例课程乙", Score: "P", Credits: jwxt.Milli(500), Nature: "选修",
		Extra: map[string]string{"课程序号": "PHYS0002.03"},
	}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestSampleValues(t *testing.T) {
	for _, tt := range []struct {
		file, as string
		want     any
	}{
		{"SYNTHETIC-login-page.html", "login", supwisdom.LoginPage{
			Variant: "eams", Action: "http://jw.example/eams/login.action", Salt: "0f4e5c2a-1b7d-4c6e-9a3f-2d8b7c6a5e41-", Captcha: true,
			Fields: []string{"username", "password", "encodedPassword", "captcha_response", "session_locale"},
		}},
		{"hfut-eams5-login-ok.json", "answer", supwisdom.AnswerPage{}},
		{"SYNTHETIC-duplicate-login-kicked.html", "answer", supwisdom.AnswerPage{Again: "http://jw.example/eams/home.action"}},
		{"SYNTHETIC-dataQuery-semesterCalendar.txt", "terms", map[jwxt.Term]string{
			{Year: 2018, Part: 1}: "62", {Year: 2018, Part: 2}: "63", {Year: 2019, Part: 1}: "64",
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			got, err := supwisdom.New().ParsePage(tt.as, sample(t, tt.file))
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What is not what it is asked for never comes back as data. One school's own
// data table (my.fudan, not EAMS) is among it, which nothing here reads; that
// school's lists of this system are. What the samples of timetables and
// examinations have is held in TestSampleTimetables and its like.
func TestSamplesRefused(t *testing.T) {
	for _, tt := range []struct {
		file, as string
		kind     jwxt.Kind
	}{
		{"SYNTHETIC-login-too-fast.html", "answer", jwxt.Blocked},
		{"SYNTHETIC-login-too-fast.html", "grades", jwxt.Blocked},
		{"SYNTHETIC-expired-duplicate-login.html", "grades", jwxt.KickedOut},
		{"SYNTHETIC-expired-duplicate-login.html", "student", jwxt.KickedOut},
		{"SYNTHETIC-login-page.html", "grades", jwxt.Expired},
		{"SYNTHETIC-login-page.html", "terms", jwxt.Expired},
		{"RECONSTRUCTED-courseTable-TaskActivity.html", "grades", jwxt.Changed},
		{"campusclient-eams5-print-data-excerpt.json", "grades", jwxt.Changed},
		{"fudan-eams5-exam-arrange.html", "grades", jwxt.Changed},
		{"fudan-myscore-datatable.json", "grades", jwxt.Changed},
		{"sues-eams5-timeTableLayout.json", "grades", jwxt.Changed},
		{"hfut-eams5-login-ok.json", "grades", jwxt.Changed},
		{"SYNTHETIC-expired-duplicate-login.html", "timetable", jwxt.KickedOut},
		{"SYNTHETIC-expired-duplicate-login.html", "exams", jwxt.KickedOut},
		{"SYNTHETIC-login-page.html", "timetable", jwxt.Expired},
		{"SYNTHETIC-login-page.html", "exams", jwxt.Expired},
		{"SYNTHETIC-login-too-fast.html", "exams", jwxt.Blocked},
		{"SYNTHETIC-eams5-grade-info.json", "timetable", jwxt.Changed},
		{"uestc-historyCourseGrade.html", "timetable", jwxt.Changed},
		{"uestc-historyCourseGrade.html", "exams", jwxt.Changed},
		{"campusclient-eams5-print-data-excerpt.json", "exams", jwxt.Changed},
	} {
		t.Run(tt.file+" as "+tt.as, func(t *testing.T) {
			_, err := supwisdom.New().ParsePage(tt.as, sample(t, tt.file))
			wantKind(t, err, tt.kind, "")
		})
	}
}
