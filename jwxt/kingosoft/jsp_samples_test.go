package kingosoft_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/kingosoft"
)

// The pages are made after a client's tests; no captured one is known.
func TestJSPSampleGrades(t *testing.T) {
	got, err := kingosoft.New().ParsePage("jsp.grades", sample(t, "SYNTHETIC-new-stuckcj-effective.html"))
	term := jwxt.Term{Year: 2025, Part: 1}
	want := jwxt.Transcript{Grades: []jwxt.Grade{{
		Term: term, CourseID: "080101", Course: "示例课程甲", Score: "88.0", Credits: jwxt.Milli(3000), Point: jwxt.Milli(3800),
		Assessment: "考试", Exam: "初修", Attribute: "必修课", Extra: map[string]string{"获得学分": "3.0", "学分绩点": "11.4"},
	}, {
		Term: term, CourseID: "080102", Course: "示例课程乙", Score: "优秀", Credits: jwxt.Milli(1000), Point: jwxt.Milli(4500),
		Assessment: "考查", Exam: "初修", Attribute: "任选课", Extra: map[string]string{"获得学分": "1.0", "学分绩点": "4.5"},
	}}}
	if diff := cmp.Diff(any(want), got, exact); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	got, err = kingosoft.New().ParsePage("jsp.grades", sample(t, "SYNTHETIC-new-stuckcj-empty.html"))
	if list, ok := got.(jwxt.Transcript); err != nil || !ok || len(list.Grades) != 0 {
		t.Errorf("no grades: got %+v, %v", got, err)
	}
}

// What is not what it is asked for never comes back as data.
func TestJSPSamplesRefused(t *testing.T) {
	for _, page := range []string{"form", "student", "grades", "timetable", "rounds", "exams", "answer"} {
		_, err := kingosoft.New().ParsePage("jsp."+page, sample(t, "SYNTHETIC-new-expired.html"))
		wantKind(t, err, jwxt.Expired, "凭证已失效")
	}
	for _, file := range []string{"lit-stu_zxjg_rpt.html", "lit-class-timetable.html", "lit-KBFB_ClassSel-form.html"} {
		_, err := kingosoft.New().ParsePage("jsp.grades", sample(t, file))
		wantKind(t, err, jwxt.Changed, "")
	}
}

func TestJSPSampleAnswers(t *testing.T) {
	all := sample(t, "SYNTHETIC-new-logon-responses.jsonl")
	lines := bytes.Split(bytes.TrimSpace(all.Body), []byte("\n"))
	if len(lines) != 3 {
		t.Fatalf("%d answers", len(lines))
	}
	answer := func(i int) (any, error) {
		p := all
		p.Body = lines[i]
		return kingosoft.New().ParsePage("jsp.answer", p)
	}
	if got, err := answer(0); got != (kingosoft.JSPAnswer{Next: "/frame/homes.html"}) || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err := answer(1)
	wantKind(t, err, jwxt.WrongCaptcha, "验证码")
	_, err = answer(2) // the second failure, which is no part of what is said
	wantKind(t, err, jwxt.WrongPassword, "账号或密码有误")
	if said := jwxt.SaidOf(err); said != "账号或密码有误!" {
		t.Errorf("said %q", said)
	}
}
