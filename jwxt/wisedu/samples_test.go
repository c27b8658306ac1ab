package wisedu_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "wisedu", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, address, body)
}

// Two schools' lists: a point is a number, a decimal in a string or N/A, and a
// score is a number, a word, or in ZCJ_DISPLAY alone.
func TestSampleGrades(t *testing.T) {
	term := jwxt.Term{Year: 2025, Part: 2}
	for file, want := range map[string][]jwxt.Grade{
		"xmu-xscjcx.json": {
			{CourseID: "C001", Course: "示例课程A", Score: "87", Credits: jwxt.Milli(3000), Point: jwxt.Milli(3700), Nature: "必修", Extra: map[string]string{"课程类别": "公共课"}},
			{CourseID: "C002", Course: "示例课程B", Score: "合格", Credits: jwxt.Milli(2500)},
			{CourseID: "C003", Course: "示例课程C", Score: "60", Credits: jwxt.Milli(2000), Point: jwxt.Milli(1000)},
		},
		"nuist-xscjcx.json": {
			{Term: term, Course: "人工智能与科技前沿（科学广场）", Score: "83", Credits: jwxt.Milli(2000), Point: jwxt.Milli(3300), Assessment: "线上考试", Exam: "初修", Nature: "通识(选)"},
			{Term: term, Course: "数据结构", Score: "86", Credits: jwxt.Milli(4000), Point: jwxt.Milli(3700), Nature: "专业必修"},
		},
	} {
		t.Run(file, func(t *testing.T) {
			got, err := wisedu.New().ParsePage("grades", sample(t, file))
			if diff := cmp.Diff(jwxt.Transcript{Grades: want}, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// The front's pages, of every generation, are an ended session, and what
// answers another question is no list.
func TestSamplesRefused(t *testing.T) {
	for file, want := range map[string]jwxt.Kind{
		"nbt-authserver-login.html": jwxt.Expired, "nbt-authserver-login-badpw.html": jwxt.Expired,
		"SYNTHETIC-old-casLoginForm.html": jwxt.Expired, "checkNeedCaptcha-false.json": jwxt.Changed,
	} {
		for _, as := range []string{"grades", "timetable", "exams", "student", "term"} {
			if _, err := wisedu.New().ParsePage(as, sample(t, file)); err == nil || jwxt.KindOf(err) != want {
				t.Errorf("%s as %s: got %v, want %v", file, as, err, want)
			}
		}
	}
}
