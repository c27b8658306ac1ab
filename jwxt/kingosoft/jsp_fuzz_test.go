package kingosoft_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

func FuzzJSPLogin(f *testing.F) {
	fuzz(f, "jsp.login", func(t *testing.T, v any) {
		if p := v.(kingosoft.JSPLogin); len(p.Session) > 80 {
			t.Errorf("no session: %+v", p)
		}
	})
}

func FuzzJSPKeys(f *testing.F) { fuzz(f, "jsp.keys", func(*testing.T, any) {}) }

func FuzzJSPAnswer(f *testing.F) { fuzz(f, "jsp.answer", func(*testing.T, any) {}) }

func FuzzJSPForm(f *testing.F) { fuzz(f, "jsp.form", func(*testing.T, any) {}) }

func FuzzJSPStudent(f *testing.F) { fuzz(f, "jsp.student", func(*testing.T, any) {}) }

func FuzzJSPGrades(f *testing.F) { fuzz(f, "jsp.grades", checkGrades) }

func FuzzJSPTimetable(f *testing.F) { fuzz(f, "jsp.timetable", checkTimetable) }

func FuzzJSPRounds(f *testing.F) { fuzz(f, "jsp.rounds", func(*testing.T, any) {}) }

func FuzzJSPExams(f *testing.F) { fuzz(f, "jsp.exams", checkExams) }

func checkExams(t *testing.T, v any) {
	for _, e := range v.(jwxt.ExamList).Exams {
		if e.Course == "" || e.Starts != "" && e.Date == "" {
			t.Errorf("no examination: %+v", e)
		}
	}
}

// FuzzJSPRow keeps the fuzzer inside the lists.
func FuzzJSPRow(f *testing.F) {
	f.Add(`<td>[1]甲</td><td>90</td><td>缓考`, `<td>甲<td>1-2,4周(单) 三[1-2] 教一(9),x`, `<div>甲<br>乙<br>1-3[1-2]<br>丙</div>`, `<td>甲<td>2026-1-2 3:04-5:06`)
	f.Fuzz(func(t *testing.T, grade, lesson, block, exam string) {
		for as, page := range map[string]struct {
			body  string
			check func(*testing.T, any)
		}{
			"jsp.grades":    {`<table><tr><td>课程<td>成绩<td>备注<tr>` + grade + `</table>`, checkGrades},
			"jsp.timetable": {`<table><tr><td>课程<td>上课时间、地点<tr>` + lesson + `</table>`, checkTimetable},
			"jsp.exams":     {`<table><tr><td>课程<td>考试时间<tr>` + exam + `</table>`, checkExams},
		} {
			wantRead(t, as, page.body, page.check)
		}
		wantRead(t, "jsp.timetable", `<table id=mytable><tr><td>节次<td>星期一<tr><td>1<td>`+block+`</table>`, checkTimetable)
	})
}

func wantRead(t *testing.T, as, body string, check func(*testing.T, any)) {
	v, err := kingosoft.New().ParsePage(as, jwxttest.Page(t, address, []byte(body)))
	if err == nil {
		check(t, v)
	}
}
