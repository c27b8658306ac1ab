package wisedu_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

// fuzz reads anything as a page of a kind: it must not panic, an error must be
// classified, and data must hold together. It begins with the golden pages.
func fuzz(f *testing.F, as string, check func(*testing.T, any)) {
	files, err := filepath.Glob("testdata/" + as + "-*.*[ln]")
	if err != nil || len(files) == 0 {
		f.Fatalf("no pages: %v", err)
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
		v, err := wisedu.New().ParsePage(as, jwxttest.Page(t, address, body))
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

func FuzzGrades(f *testing.F) {
	fuzz(f, "grades", func(t *testing.T, v any) {
		for _, g := range v.(jwxt.Transcript).Grades {
			if g.Course == "" || g.Score == "" && g.Mark == "" && !g.Hidden {
				t.Errorf("a row without course or score: %+v", g)
			}
		}
	})
}

func FuzzTimetable(f *testing.F) {
	fuzz(f, "timetable", func(t *testing.T, v any) {
		for _, l := range v.(jwxt.Timetable).Lessons {
			if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.From < 0 || l.To < l.From {
				t.Errorf("no lesson: %+v", l)
			}
		}
	})
}

func FuzzExams(f *testing.F) {
	fuzz(f, "exams", func(t *testing.T, v any) {
		for _, e := range v.(jwxt.ExamList).Exams {
			if e.Course == "" || e.Date == "" && e.Starts != "" {
				t.Errorf("no examination: %+v", e)
			}
		}
	})
}

func FuzzStudent(f *testing.F) {
	fuzz(f, "student", func(t *testing.T, v any) {
		if s := v.(jwxt.Student); len(s.Number) < 4 || len(s.Number) > 20 || len([]rune(s.Name)) > 40 {
			t.Errorf("nobody: %+v", s)
		}
	})
}

func FuzzTerm(f *testing.F) {
	fuzz(f, "term", func(t *testing.T, v any) {
		if v.(jwxt.Term).IsZero() {
			t.Error("no term")
		}
	})
}
