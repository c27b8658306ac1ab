package jwglxt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// fuzz reads anything as a page of a kind: it must not panic, an error must be
// classified, and data must hold together. It begins with the golden pages.
func fuzz(f *testing.F, as string, check func(*testing.T, any)) {
	files, err := filepath.Glob("testdata/" + as + "-*.*[ln]")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if !strings.HasSuffix(file, ".golden") {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := jwglxt.New().ParsePage(as, jwxttest.Page(t, "http://jw.example.edu.cn/jwglxt/x", body))
		if err == nil {
			check(t, v)
			return
		}
		if e, ok := err.(*jwxt.Error); !ok || e.Kind == jwxt.Internal {
			t.Errorf("not classified: %v", err)
		}
		if len([]rune(jwxt.SaidOf(err))) > 201 {
			t.Errorf("said too much: %q", jwxt.SaidOf(err))
		}
	})
}

func FuzzLogin(f *testing.F) {
	fuzz(f, "login", func(t *testing.T, v any) {
		if p := v.(jwglxt.LoginPage); p.Action == "" || p.Captcha == "" || p.Limit < 0 || p.Minutes < 0 {
			t.Errorf("a form that cannot be answered: %+v", p)
		}
	})
}

func FuzzTimetable(f *testing.F) {
	fuzz(f, "timetable", func(t *testing.T, v any) {
		for _, l := range v.(jwxt.Timetable).Lessons {
			if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.From < 0 || l.To < l.From {
				t.Errorf("a lesson that cannot be: %+v", l)
			}
		}
	})
}

func FuzzExams(f *testing.F) {
	fuzz(f, "exams", func(t *testing.T, v any) {
		for _, e := range v.(jwxt.ExamList).Exams {
			if e.Course == "" {
				t.Errorf("an examination without a course: %+v", e)
			}
		}
	})
}

func FuzzAnswer(f *testing.F) {
	fuzz(f, "answer", func(t *testing.T, v any) {
		if p := v.(jwglxt.AnswerPage); p.Next != "" {
			t.Errorf("a page without a head redirects: %+v", p)
		}
	})
}

func checkGrades(t *testing.T, v any) {
	for _, g := range v.(jwxt.Transcript).Grades {
		if g.Course == "" || g.Score == "" && g.Mark == "" && !g.Hidden {
			t.Errorf("a row without course or score: %+v", g)
		}
	}
}

func FuzzGrades(f *testing.F) { fuzz(f, "grades", checkGrades) }

// FuzzGradeRows keeps the fuzzer inside the list.
func FuzzGradeRows(f *testing.F) {
	f.Add(`{"kcmc":"数据库","cj":1e400,"jd":true,"xf":"x","xkkh":"(2024-2025-2)-A-"}`, "1")
	f.Add(`{"kcmc":"a","cj":"P"},{"kcmc":"b","cj":null,"bfzcj":"缺考","queryModel":{}}`, `"2"`)
	f.Fuzz(func(t *testing.T, items, total string) {
		body := `{"totalResult":` + total + `,"items":[` + items + `]}`
		v, err := jwglxt.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/jwglxt/x", []byte(body)))
		if err == nil {
			checkGrades(t, v)
		}
	})
}

func FuzzDetail(f *testing.F) {
	fuzz(f, "detail", func(t *testing.T, v any) {
		for _, p := range v.([]jwxt.ScorePart) {
			if p.Name == "" {
				t.Errorf("a part without a name: %+v", p)
			}
		}
	})
}

func FuzzNotices(f *testing.F) {
	fuzz(f, "notices", func(t *testing.T, v any) {
		p := v.(jwxt.NoticePage)
		if p.Page < 1 || p.Pages < p.Page {
			t.Errorf("page %d of %d", p.Page, p.Pages)
		}
		for _, n := range p.Notices {
			if n.ID == "" || n.Title == "" {
				t.Errorf("an incomplete notice: %+v", n)
			}
		}
	})
}

func FuzzNotice(f *testing.F) {
	fuzz(f, "notice", func(t *testing.T, v any) {
		d := v.(jwxt.NoticeDetail)
		if d.Title == "" || d.Text == "" {
			t.Errorf("an incomplete notice: %+v", d)
		}
		for _, a := range d.Attachments {
			if !strings.HasPrefix(a.URL, "http") {
				t.Errorf("an attachment that is no web address: %+v", a)
			}
		}
	})
}

func FuzzMessages(f *testing.F) {
	fuzz(f, "messages", func(t *testing.T, v any) {
		for _, m := range v.(jwxt.MessagePage).Messages {
			if m.Title == "" && m.Text == "" {
				t.Errorf("an empty message: %+v", m)
			}
		}
	})
}
