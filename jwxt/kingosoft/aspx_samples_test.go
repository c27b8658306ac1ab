package kingosoft_test

import (
	"bytes"
	"image/jpeg"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/kingosoft"
)

// A real 正选结果, which has seven courses, each twice on the page.
func TestASPXSampleSelection(t *testing.T) {
	v, err := kingosoft.New().ParsePage("aspx.timetable", sample(t, "lit-stu_zxjg_rpt.html"))
	if err != nil {
		t.Fatal(err)
	}
	got := v.(jwxt.Timetable)
	courses := map[string]bool{}
	for _, l := range got.Lessons {
		courses[l.CourseID] = true
		if l.Weekday == 0 || len(l.Weeks) == 0 || l.Room == "" {
			t.Errorf("not read in full: %+v", l)
		}
	}
	if len(courses) != 7 || len(got.Lessons) != 13 || got.UnknownColumns != nil {
		t.Errorf("%d courses, %d lessons, unknown %q", len(courses), len(got.Lessons), got.UnknownColumns)
	}
	second := jwxt.Lesson{
		Course: "组织行为学", CourseID: "1071129017", Group: "001", Teacher: "某教丙", Room: "XB308", Credits: jwxt.Milli(2500),
		Weekday: 5, From: 3, To: 4, Weeks: []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, WeekText: "1-13周",
	}
	if diff := cmp.Diff(second, got.Lessons[1], exact); diff != "" {
		t.Errorf("second (-want +got):\n%s", diff)
	}
	want := []jwxt.Lesson{{
		Course: "组织行为学", CourseID: "1071129017", Group: "001", Teacher: "某教丙", Room: "XB517", Credits: jwxt.Milli(2500),
		Weekday: 3, From: 1, To: 2, Weeks: []int{1, 3, 5, 7, 9, 11, 13}, WeekText: "1-13单周",
	}, {
		Course: "形势与政策（5）", CourseID: "1141119010", Group: "032", Teacher: "某教丁,某庚", Room: "XA3", Credits: jwxt.Milli(250),
		Weekday: 2, From: 3, To: 4, Weeks: []int{1, 3, 5, 7}, WeekText: "1-8单周",
	}}
	ends := []jwxt.Lesson{got.Lessons[0], got.Lessons[len(got.Lessons)-1]}
	if diff := cmp.Diff(want, ends, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("first and last (-want +got):\n%s", diff)
	}
}

// The line of a real refusal.
func TestASPXSampleAnswer(t *testing.T) {
	_, err := kingosoft.New().ParsePage("aspx.answer", sample(t, "jwmis-divLogNote-captcha-error.html"))
	wantKind(t, err, jwxt.WrongCaptcha, "验证码错误！ 登录失败！")
}

// A picture is handed on as it is; what it says is for people to read.
func TestASPXSamplePictures(t *testing.T) {
	for _, file := range []string{"lit-validatecode-1.jpeg", "lit-validatecode-2.jpeg"} {
		picture := sample(t, file).Body
		if size, err := jpeg.DecodeConfig(bytes.NewReader(picture)); err != nil || size.Width != 72 || size.Height != 32 {
			t.Errorf("%s: %dx%d, %v", file, size.Width, size.Height, err)
		}
		s := &aspxStub{t: t, answers: map[string][]string{
			"GET " + aspxLoginPath:       {aspxLogin("<img src=../sys/ValidateCode.aspx>", "")},
			"GET /sys/ValidateCode.aspx": {"image:" + string(picture)},
		}}
		step, err := kingosoft.New().Login(t.Context(), s.conn(), nil)
		if ask, ok := step.(*jwxt.Ask); err != nil || !ok || !bytes.Equal(ask.Image, picture) {
			t.Errorf("%s: got %T, %v", file, step, err)
		}
	}
}

// What is not what it is asked for never comes back as data. The public
// timetable of a class, its form, and the scripts that fill that form's lists
// are of pages that nothing here reads.
func TestASPXSamplesRefused(t *testing.T) {
	for _, file := range []string{
		"lit-class-timetable.html", "lit-KBFB_ClassSel-form.html", "lit-List_NJYXZY-option-script.html", "lit-List_ZYBJ-option-script.html",
		"lit-validatecode-1.jpeg",
	} {
		for _, as := range []string{"aspx.grades", "aspx.timetable", "aspx.login", "aspx.student"} {
			t.Run(file+" as "+as, func(t *testing.T) {
				_, err := kingosoft.New().ParsePage(as, sample(t, file))
				wantKind(t, err, jwxt.Changed, "")
			})
		}
	}
	_, err := kingosoft.New().ParsePage("aspx.grades", sample(t, "lit-stu_zxjg_rpt.html"))
	wantKind(t, err, jwxt.Changed, "")
}
