package zhengfang_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

// fuzz reads anything as pages of these kinds: it must not panic, an error must
// be classified, and data must hold together. It begins with the golden pages.
func fuzz(f *testing.F, check func(*testing.T, any), kinds ...string) {
	for _, as := range kinds {
		files, err := filepath.Glob("testdata/" + as + "-*.html")
		if err != nil || len(files) == 0 {
			f.Fatal("no pages", err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(body))
			f.Add(gbk(string(body)))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, as := range kinds {
			v, err := zhengfang.New().ParsePage(as, page(t, body))
			if err == nil {
				check(t, v)
				continue
			}
			if e, ok := err.(*jwxt.Error); !ok || e.Kind == jwxt.Internal {
				t.Errorf("not classified: %v", err)
			}
			if len([]rune(jwxt.SaidOf(err))) > 201 {
				t.Errorf("said too much: %q", jwxt.SaidOf(err))
			}
		}
	})
}

func FuzzLogin(f *testing.F) {
	fuzz(f, func(t *testing.T, v any) {
		switch p := v.(type) {
		case zhengfang.LoginPage:
			if p.Action == "" || p.Account == "" || p.Captcha != "" && p.Picture == "" {
				t.Errorf("a form that cannot be answered: %+v", p)
			}
		case zhengfang.AnswerPage:
			if p.Next != "" || len([]rune(p.Student.Name)) > 40 {
				t.Errorf("not what a page without a head tells: %+v", p)
			}
		}
	}, "login", "answer")
}

func FuzzGrades(f *testing.F) {
	fuzz(f, func(t *testing.T, v any) {
		switch p := v.(type) {
		case zhengfang.GradeForm:
			if p.Button == "" {
				t.Errorf("no button is pressed: %+v", p)
			}
		case jwxt.Transcript:
			for _, g := range p.Grades {
				if g.Course == "" {
					t.Errorf("a row without a course: %+v", g)
				}
			}
		}
	}, "gradeform", "grades")
}

func FuzzPlans(f *testing.F) {
	fuzz(f, func(t *testing.T, v any) {
		switch p := v.(type) {
		case jwxt.Timetable:
			for _, l := range p.Lessons {
				if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.From < 0 || l.To < l.From {
					t.Errorf("a lesson that cannot be: %+v", l)
				}
			}
		case jwxt.ExamList:
			for _, e := range p.Exams {
				if e.Course == "" {
					t.Errorf("an examination without a course: %+v", e)
				}
			}
		}
	}, "timetable", "exams")
}

// FuzzCell keeps the fuzzer inside a cell of the timetable.
func FuzzCell(f *testing.F) {
	f.Add("线性代数<br>周一第1,2节{第1-15周|2节/单周}<br>陈测试<br>明德楼101<br><br>(调0012)", 2)
	f.Add("<a onclick=\"x?xkkh=(2025-2026-1)-A01-1\">体育<br>必修<br>{第1-8,10周}<br><br>操场", 64)
	f.Fuzz(func(t *testing.T, cell string, height int) {
		head := "<tr><td>时间</td><td>星期一</td><td>星期二</td><td>星期三</td><td>星期四</td><td>星期五</td></tr>"
		body := fmt.Sprintf(`<form><table>%s<tr><td>第1节</td><td rowspan="%d">%s</td><td></td><td></td><td></td><td></td></tr></table></form>`, head, height, cell)
		v, err := zhengfang.New().ParsePage("timetable", page(t, body))
		if err != nil {
			return
		}
		for _, l := range v.(jwxt.Timetable).Lessons {
			if l.Course == "" || l.To < l.From {
				t.Errorf("a lesson that cannot be: %+v", l)
			}
		}
	})
}

// FuzzGradeRows keeps the fuzzer inside the table.
func FuzzGradeRows(f *testing.F) {
	f.Add("<td>学年</td><td>学期</td><td>课程名称</td><td>成绩</td><td>补考成绩</td>", "<td>2024-2025</td><td>1</td><td>数据库</td><td>缓考</td><td>60</td>")
	f.Add("<td>课程名称</td><td colspan=2>成绩</td><td>绩点</td>", "<td>数据库</td><td colspan=9>1e400<td>NaN")
	f.Fuzz(func(t *testing.T, header, row string) {
		body := `<form><table id="Datagrid1"><tr>` + header + `</tr><tr>` + row + `</tr></table></form>`
		v, err := zhengfang.New().ParsePage("grades", page(t, body))
		if err != nil {
			return
		}
		for _, g := range v.(jwxt.Transcript).Grades {
			if g.Course == "" {
				t.Errorf("a row without a course: %+v", g)
			}
		}
	})
}

func FuzzNotices(f *testing.F) {
	fuzz(f, func(t *testing.T, v any) {
		for _, n := range v.(jwxt.NoticePage).Notices {
			if n.Title == "" || len(n.ID) > 64 {
				t.Errorf("an incomplete notice: %+v", n)
			}
			s := &stub{t: t, answers: map[string][]string{"GET /ggsm.aspx": {noticePage("x", "y", "")}}}
			if _, err := zhengfang.New().Notice(t.Context(), s.loggedIn(nil), n.ID); err != nil {
				t.Errorf("%q cannot be opened: %v", n.ID, err)
			}
		}
	}, "notices")
}

func FuzzNotice(f *testing.F) {
	fuzz(f, func(t *testing.T, v any) {
		d := v.(jwxt.NoticeDetail)
		if d.Title == "" || d.Text == "" && len(d.Attachments) == 0 {
			t.Errorf("an incomplete notice: %+v", d)
		}
		for _, a := range d.Attachments {
			if !strings.HasPrefix(a.URL, "http") {
				t.Errorf("an attachment that is no web address: %+v", a)
			}
		}
	}, "notice")
}
