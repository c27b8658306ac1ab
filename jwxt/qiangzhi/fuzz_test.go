package qiangzhi_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// seed adds the golden pages of a kind.
func seed(f *testing.F, as string) {
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
}

// fuzz reads anything as a page of a kind: it must not panic, an error must be
// classified, and data must hold together.
func fuzz(f *testing.F, as string, check func(*testing.T, any)) {
	seed(f, as)
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := qiangzhi.New().ParsePage(as, jwxttest.Page(t, "http://jw.example.edu.cn/jsxsd/x", body))
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

func checkGrades(t *testing.T, v any) {
	for _, g := range v.(jwxt.Transcript).Grades {
		if g.Course == "" {
			t.Errorf("a grade without a course: %+v", g)
		}
	}
}

func FuzzLogin(f *testing.F) {
	fuzz(f, "login", func(t *testing.T, v any) {
		if p := v.(qiangzhi.LoginPage); p.Action == "" || p.Encoding == "" || p.Captcha && p.Picture == "" {
			t.Errorf("a form that cannot be answered: %+v", p)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	fuzz(f, "answer", func(t *testing.T, v any) {
		if p := v.(qiangzhi.AnswerPage); !p.Main {
			t.Errorf("neither refused nor arrived: %+v", p)
		}
	})
}

// FuzzGrades covers both variants: the pages are HTML and JSON.
func FuzzGrades(f *testing.F) { fuzz(f, "grades", checkGrades) }

// FuzzGradesJSON keeps the fuzzer inside the JSON variant.
func FuzzGradesJSON(f *testing.F) {
	f.Add(`{"kc_mc":"数据库","zcj":1e400,"kz":true,"xf":"x"}`, "1")
	f.Add(`{"kcmc":"a"},{"kcmc":"b","jd":null}`, `"2"`)
	f.Fuzz(func(t *testing.T, items, count string) {
		body := `{"code":0,"count":` + count + `,"data":[` + items + `]}`
		v, err := qiangzhi.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/jsxsd/x", []byte(body)))
		if err == nil {
			checkGrades(t, v)
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

func FuzzNotices(f *testing.F) {
	fuzz(f, "notices", func(t *testing.T, v any) {
		if p := v.(jwxt.NoticePage); p.Page < 1 || p.Pages < p.Page {
			t.Errorf("page %d of %d", p.Page, p.Pages)
		}
	})
}

func FuzzNotice(f *testing.F) {
	fuzz(f, "notice", func(t *testing.T, v any) {
		for _, a := range v.(jwxt.NoticeDetail).Attachments {
			if !strings.HasPrefix(a.URL, "http://") && !strings.HasPrefix(a.URL, "https://") {
				t.Errorf("an attachment that is no web address: %+v", a)
			}
		}
	})
}
