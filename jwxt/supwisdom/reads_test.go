package supwisdom_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/supwisdom"
)

// connected is a student of a campus, logged in.
func connected(t *testing.T, p campus.Profile) *jwxt.Conn {
	t.Helper()
	c := connTo(p, campus.New(p))
	if _, err := attempt(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

func wantOther(t *testing.T, c *jwxt.Conn, err error) {
	t.Helper()
	if !errors.Is(err, jwxt.ErrOtherStudent) || jwxt.KindOf(err) != jwxt.KickedOut || len(c.Session.Cookies) > 0 || !c.Session.Empty() {
		t.Errorf("got %v, session %+v", err, c.Session.Student)
	}
}

// What the campus has and what is read of it are the same, as far as a page has
// columns for it.
func TestGradesOfCampus(t *testing.T) {
	for name, system := range map[string]campus.System{
		"EAMS":  campus.EAMS{Pause: pause, Parts: true},
		"EAMS5": campus.EAMS5{}, "flat": campus.EAMS5{Flat: true}, "tables": campus.EAMS5{HTML: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile(system)
			got, err := supwisdom.New().Grades(t.Context(), connected(t, p), jwxt.Term{})
			if err != nil {
				t.Fatal(err)
			}
			want := p.Accounts[0].Grades
			for i := range want {
				comparable(&want[i], name)
				comparable(&got.Grades[i], name)
			}
			if diff := cmp.Diff(want, got.Grades, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || got.UnknownColumns != nil {
				t.Errorf("unknown %q (-want +got):\n%s", got.UnknownColumns, diff)
			}
		})
	}
}

// comparable leaves what this system's pages have.
func comparable(g *jwxt.Grade, system string) {
	*g = jwxt.Grade{
		Term: g.Term, CourseID: g.CourseID, Course: g.Course, Score: strings.TrimPrefix(g.Score, "--"), Mark: g.Mark,
		Credits: g.Credits, Point: g.Point, Failed: g.Failed, Nature: g.Nature, Parts: g.Parts, Attempt: g.Attempt,
	}
	if g.Score == g.Mark {
		g.Score = ""
	}
	if g.Mark == "缓考" {
		g.Attempt = jwxt.Deferred // its column tells no more
	}
	if system == "EAMS" {
		return
	}
	g.Attempt = jwxt.FirstAttempt // EAMS5 does not tell
	if system == "tables" {
		g.Nature, g.Parts = "", nil
	}
}

// TestOneTerm asks for a term by the school's own number of it.
func TestOneTerm(t *testing.T) {
	const person = "/eams/teach/grade/course/person!"
	row := `<table><tr><th>课程名称</th><th>成绩</th></tr><tr><td>线性代数</td><td>90</td></tr></table>`
	for _, tt := range []struct {
		term jwxt.Term
		want []string
		rows int
	}{
		{jwxt.Term{}, []string{"GET /eams/home.action", "GET " + person + "historyCourseGrade.action?projectType=MINOR"}, 1},
		{jwxt.Term{Year: 2024, Part: 1}, []string{
			"GET /eams/home.action", "POST /eams/dataQuery.action", "GET " + person + "search.action?semesterId=81&projectType=MINOR",
		}, 1},
		{jwxt.Term{Year: 2030, Part: 1}, []string{ // a term the calendar does not have
			"GET /eams/home.action", "POST /eams/dataQuery.action", "GET " + person + "historyCourseGrade.action?projectType=MINOR",
		}, 1},
	} {
		s := &stub{t: t, answers: map[string][]string{
			"GET /eams/home.action":                       {home},
			"POST /eams/dataQuery.action":                 {`{semesters:{y0:[{id:81,schoolYear:"2024-2025",name:"1"}]}}`},
			"GET " + person + "search.action":             {row},
			"GET " + person + "historyCourseGrade.action": {row},
		}}
		c := s.conn("project", "MINOR")
		c.Session.Student.Number, c.Session.Memo = "2020000001", map[string]string{"who": "home"}
		got, err := supwisdom.New().Grades(t.Context(), c, tt.term)
		if err != nil || len(got.Grades) != tt.rows || got.Grades[0].Term != tt.term {
			t.Errorf("%v: got %+v, %v", tt.term, got.Grades, err)
		}
		if diff := cmp.Diff(tt.want, s.asked); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.term, diff)
		}
		if !tt.term.IsZero() && query(t, s.bodies[1]).Get("dataType") != "semesterCalendar" {
			t.Errorf("the calendar was asked by %s", s.bodies[1])
		}
	}
}

// Two majors are two sheets.
func TestTwoMajors(t *testing.T) {
	sheet := func(course string) string {
		return `{"semesters":[{"id":1,"name":"2024-2025-1"}],"semesterId2studentGrades":{"1":[{"course":{"nameZh":"` + course + `"},"gaGrade":"90"}]}}`
	}
	s := &stub{t: t, answers: map[string][]string{
		"GET /student/for-std/grade/sheet":         {`<button value="71">主修</button><button class="btn" value="72">辅修</button>`},
		"GET /student/for-std/grade/sheet/info/71": {sheet("法学")},
		"GET /student/for-std/grade/sheet/info/72": {sheet("会计")},
	}}
	c := s.conn("variant", "eams5")
	c.Session.Memo = map[string]string{"ids": "72"}
	got, err := supwisdom.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil || len(got.Grades) != 2 || got.Grades[1].Course != "会计" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if s.asked[1] != "GET /student/for-std/grade/sheet/info/71?semester=" {
		t.Errorf("asked %q", s.asked)
	}
}

// Whose session it is shows before any row is read.
func TestOtherStudentsSession(t *testing.T) {
	for name, tt := range map[string]struct {
		variant, memo, value string
		answers              map[string][]string
	}{
		"home page": {"eams", "who", "home", map[string][]string{"GET /eams/home.action": {strings.Replace(home, "0001", "0009", 1)}}},
		"学籍信息": {"eams", "who", "detail", map[string][]string{
			"GET /eams/stdDetail.action": {`<table><tr><td>学号：</td><td>2020000009</td></tr></table>`},
		}},
		"sheet": {"eams5", "ids", "71", map[string][]string{
			"GET /student/for-std/grade/sheet":          {"302 /student/for-std/grade/sheet/semester-index/72"},
			"GET /student/for-std/course-table":         {"302 /student/for-std/course-table/info/72"},
			"GET /student/for-std/course-table/info/72": {"<select><option value=1 selected>2024-2025-1</option></select>"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, read := range []func(*jwxt.Conn) error{
				func(c *jwxt.Conn) error { return supwisdom.New().KeepAlive(t.Context(), c) },
				func(c *jwxt.Conn) error {
					_, err := supwisdom.New().Grades(t.Context(), c, jwxt.Term{})
					return err
				},
				func(c *jwxt.Conn) error {
					_, err := supwisdom.New().Timetable(t.Context(), c, jwxt.Term{})
					return err
				},
				func(c *jwxt.Conn) error {
					_, err := supwisdom.New().Exams(t.Context(), c, jwxt.Term{})
					return err
				},
			} {
				c := (&stub{t: t, answers: tt.answers}).conn("variant", tt.variant)
				c.Session.Student.Number, c.Session.Memo = "2020000001", map[string]string{tt.memo: tt.value}
				c.Session.Cookies = []jwxt.Cookie{{Name: "JSESSIONID", Value: "x", Domain: "jw.example.edu.cn", Path: "/"}}
				wantOther(t, c, read(c))
			}
		})
	}
}

// Who is told 请不要过快点击 waits for the pause and asks once more.
func TestTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := profile(campus.EAMS{Throttled: true})
		c := connected(t, p)
		begin := time.Now()
		for range 3 {
			got, err := supwisdom.New().Grades(t.Context(), c, jwxt.Term{})
			if err != nil || len(got.Grades) != len(p.Accounts[0].Grades) {
				t.Fatalf("got %d grades, %v", len(got.Grades), err)
			}
		}
		if took := time.Since(begin); took < time.Second || took > 5*time.Second {
			t.Errorf("three readings took %v", took)
		}
		always := `<div class="ui-state-error">请不要过快点击</div>`
		s := &stub{t: t, answers: map[string][]string{"GET /eams/home.action": {always}}}
		_, err := supwisdom.New().Grades(t.Context(), s.conn("pause", "1s"), jwxt.Term{})
		wantKind(t, err, jwxt.Blocked, "过快")
		if len(s.asked) != 2 {
			t.Errorf("asked %q", s.asked)
		}
	})
}
