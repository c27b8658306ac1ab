package supwisdom_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
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
		v, err := supwisdom.New().ParsePage(as, jwxttest.Page(t, "http://jw.example.edu.cn/eams/x.action", body))
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
		if p := v.(supwisdom.LoginPage); p.Variant == "eams" && (p.Action == "" || p.Salt == "") {
			t.Errorf("a form that cannot be answered: %+v", p)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	fuzz(f, "answer", func(t *testing.T, v any) {
		if p := v.(supwisdom.AnswerPage); p.Next != "" {
			t.Errorf("a page without a head redirects: %+v", p)
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

func FuzzTerms(f *testing.F) {
	fuzz(f, "terms", func(t *testing.T, v any) {
		for term, id := range v.(map[jwxt.Term]string) {
			if term.IsZero() || id == "" {
				t.Errorf("no term: %v is %q", term, id)
			}
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

// FuzzGradeRow keeps the fuzzer inside the two kinds of lists.
func FuzzGradeRow(f *testing.F) {
	f.Add(`{"course":{"nameZh":"a","credits":1e400},"gaGrade":1,"gp":{},"x":[{"y":null}]}`, `<td>2024-2025 1</td><td colspan=2>a</td><td>--</td>`)
	f.Fuzz(func(t *testing.T, item, cells string) {
		for _, body := range []string{
			`{"semesterId2studentGrades":{"1":[` + item + `]}}`,
			`<table><tr><th>学年学期<th>课程名称<th>绩点<th>成绩</tr><tr>` + cells + `</tr></table>`,
		} {
			v, err := supwisdom.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x.action", []byte(body)))
			if err == nil {
				checkGrades(t, v)
			}
		}
	})
}
