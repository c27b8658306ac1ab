package urp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
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
		v, err := urp.New().ParsePage(as, jwxttest.Page(t, "http://jw.example.edu.cn/x", body))
		if err == nil {
			check(t, v)
			return
		}
		if e, ok := err.(*jwxt.Error); !ok || e.Kind == jwxt.Internal || v != nil {
			t.Errorf("not classified, or half read: %v, %v", err, v)
		}
		if len([]rune(jwxt.SaidOf(err))) > 201 {
			t.Errorf("said too much: %q", jwxt.SaidOf(err))
		}
	})
}

func FuzzLogin(f *testing.F) {
	fuzz(f, "login", func(t *testing.T, v any) {
		if p := v.(urp.LoginPage); p.Action == "" || p.Hide == "" {
			t.Errorf("a form that cannot be answered: %+v", p)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	fuzz(f, "answer", func(t *testing.T, v any) {
		if p := v.(urp.AnswerPage); p.Next != "" {
			t.Errorf("a page without a head redirects: %+v", p)
		}
	})
}

func FuzzRecord(f *testing.F) {
	fuzz(f, "record", func(t *testing.T, v any) {
		if s := v.(jwxt.Student); len([]rune(s.Number+s.Name)) > 80 {
			t.Errorf("too long for a student: %+v", s)
		}
	})
}

func checkGrades(t *testing.T, v any) {
	for _, g := range v.(jwxt.Transcript).Grades {
		if g.Course == "" || strings.HasPrefix(g.Score, "-999") || g.Hidden && (g.Score != "" || g.Failed) {
			t.Errorf("a row that does not hold together: %+v", g)
		}
	}
}

// FuzzGrades reads lists of both builds.
func FuzzGrades(f *testing.F) { fuzz(f, "grades", checkGrades) }

// FuzzGradeRows keeps the fuzzer inside of a list.
func FuzzGradeRows(f *testing.F) {
	f.Add(`{"courseName":"数据库","cj":1e400,"gradePoint":true,"credit":"x","id":{"executiveEducationPlanNumber":"2024-2025-2-2"}}`)
	f.Add(`{"courseName":"a","inputStatusCode":"02","courseScore":"-999.999"},{"courseName":"b","id":"7","cj":null}`)
	f.Fuzz(func(t *testing.T, items string) {
		for _, body := range []string{`{"lnList":[{"cjList":[` + items + `]}]}`, `[{"list":[` + items + `]}]`, `{"list":{"records":[` + items + `]}}`} {
			v, err := urp.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/x", []byte(body)))
			if err == nil {
				checkGrades(t, v)
			}
		}
	})
}

func FuzzDetail(f *testing.F) {
	fuzz(f, "detail", func(t *testing.T, v any) {
		for _, p := range v.([]jwxt.ScorePart) {
			if p.Name == "" || p.Score == "" {
				t.Errorf("a part without name or score: %+v", p)
			}
		}
	})
}
