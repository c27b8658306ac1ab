package kingosoft_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

func FuzzASPXLogin(f *testing.F) {
	fuzz(f, "aspx.login", func(t *testing.T, v any) {
		if p := v.(kingosoft.ASPXLogin); p.User == "" || p.Hash == "" || len(p.Code) != 5 {
			t.Errorf("a form that cannot be answered: %+v", p)
		}
	})
}

func FuzzASPXAnswer(f *testing.F) {
	fuzz(f, "aspx.answer", func(t *testing.T, v any) {
		if p := v.(kingosoft.ASPXAnswer); p.Note == "" {
			t.Errorf("taken without a word: %+v", p)
		}
	})
}

func FuzzASPXStudent(f *testing.F) {
	fuzz(f, "aspx.student", func(t *testing.T, v any) {
		if s := v.(jwxt.Student); len(s.Number) < 4 || len(s.Number) > 20 || len([]rune(s.Name)) > 40 {
			t.Errorf("nobody: %+v", s)
		}
	})
}

func FuzzASPXGrades(f *testing.F) { fuzz(f, "aspx.grades", checkGrades) }

func FuzzASPXTimetable(f *testing.F) { fuzz(f, "aspx.timetable", checkTimetable) }

// FuzzASPXRow keeps the fuzzer inside the tables.
func FuzzASPXRow(f *testing.F) {
	f.Add(`<td>2020-2021学年第一学期<td>[1]a<td>2.0<td>88`, `<td>[1]a<td><a>b[c]</a><td>[1-13单周]星期三[1-2节]/x<br>y`)
	f.Add(`<td colspan=2>[1]a<td>--<td>缓考`, `<td hidevalue='[1]a'><td><td>星期天[11节][2-8 双周]/`)
	f.Fuzz(func(t *testing.T, grade, lesson string) {
		read := func(as, body string, check func(*testing.T, any)) {
			v, err := kingosoft.New().ParsePage(as, jwxttest.Page(t, address, []byte(body)))
			if err == nil {
				check(t, v)
			}
		}
		read("aspx.grades", `<table><tr><td>学年学期<td>课程/环节<td>学分<td>成绩</table><table><tr>`+grade+`</table>`, checkGrades)
		read("aspx.timetable", `<table><tr><td>课程<td>任课教师<td>上课时间/上课地点<tr>`+lesson+`</table>`, checkTimetable)
	})
}
