package kingosoft_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/kingosoft"
)

var exact = cmp.AllowUnexported(jwxt.Decimal{})

// What the campus has and what is read of it are the same, as far as a page has
// columns for it.
func TestJSPGradesOfCampus(t *testing.T) {
	for name, k := range map[string]campus.KingoJSP{
		"effective": {}, "original": {Original: true}, "parts": {Original: true, Parts: true}, "one table": {OneTable: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile(k)
			got, err := kingosoft.New().Grades(t.Context(), jspConnected(t, p), jwxt.Term{})
			if err != nil {
				t.Fatal(err)
			}
			want := p.Accounts[0].Grades
			if !k.Original {
				want = k.Effective(p.Accounts[0])
			}
			for i := range want {
				want[i] = jspShown(want[i], k)
				got.Grades[i].Extra, got.Grades[i].Exam = nil, ""
			}
			if diff := cmp.Diff(want, got.Grades, exact); diff != "" || got.UnknownColumns != nil {
				t.Errorf("unknown %q (-want +got):\n%s", got.UnknownColumns, diff)
			}
			if (got.Summary != "") != (!k.Original && !k.OneTable) {
				t.Errorf("the summary is %q", got.Summary)
			}
		})
	}
}

// jspShown is what a page of this system shows of a grade.
func jspShown(g jwxt.Grade, k campus.KingoJSP) jwxt.Grade {
	out := jwxt.Grade{
		Term: g.Term, CourseID: g.CourseID, Course: g.Course, Score: g.Score, Mark: g.Mark, Credits: g.Credits,
		Nature: g.Nature, Attribute: g.Attribute + "课", Assessment: g.Assessment, Attempt: g.Attempt, Failed: g.Failed,
	}
	if g.Mark == "缓考" {
		out.Attempt = jwxt.Deferred // its column tells no more
	}
	if !k.Original {
		out.Point = g.Point
	}
	if k.Parts {
		out.Hours, out.Parts = g.Hours, g.Parts
	}
	return out
}

// The fields of the form, for all terms and for one. The page before the list
// is read once in a session.
func TestJSPGradeFields(t *testing.T) {
	s := &jspStub{t: t, answers: logonAnswers("0", taken)}
	c := s.conn("menu", "JW130705", "grades", "original")
	if _, err := logon(t, c, logonWith("")); err != nil {
		t.Fatal(err)
	}
	s.asked, s.bodies = nil, nil
	for _, term := range []jwxt.Term{{}, {Year: 2018, Part: 1}} {
		if _, err := kingosoft.New().Grades(t.Context(), c, term); err != nil {
			t.Fatal(err)
		}
	}
	const list = "POST /student/xscj.stuckcj_data.jsp"
	if diff := cmp.Diff([]string{"GET /student/xscj.stuckcj.jsp?menucode=JW130705", list, list}, s.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, want := range []string{"sjxz=sjxz1", "sjxz=sjxz3"} {
		year := []string{"&xn=2025&xn1=2026&xq=1", "&xn=2018&xn1=2019&xq=0"}[i]
		want += "&ysyx=yscj&zx=1&fx=0&rxnj=2017&nj=2018&btnExport=%B5%BC%B3%F6" + year + "&ysyxS=on&sjxzS=on&zxC=on&xsjd=1&menucode_current=JW130705"
		if got := s.bodies[i+1]; got != want {
			t.Errorf("posted %s, want %s", got, want)
		}
	}
}

// Whose session it is shows before any row is given out: by the 学号 on the
// page, or by asking.
func TestJSPOtherStudent(t *testing.T) {
	row := `<table><tr><td>课程</td><td>成绩</td></tr><tr><td>[1]甲</td><td>90</td></tr></table></html>`
	other := strings.ReplaceAll(mine, "201730269", "201730270")
	for name, tt := range map[string]struct {
		page, who string
		requests  int
		ok        bool
	}{
		"own number":                 {"<div>学号：201730269</div>" + row, mine, 2, true},
		"own inner number":           {"<div>学号：00201730269</div>" + row, mine, 2, true},
		"another's number":           {"<div>学号：201730270</div>" + row, mine, 2, false},
		"no number, own session":     {row, mine, 3, true},
		"no number, another session": {row, other, 3, false},
		"nothing, another session":   {"<center>没有检索到记录!</center></html>", other, 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			answers := logonAnswers("0", taken)
			answers["GET /frame/home/js/SetMainInfo.jsp"] = []string{mine, tt.who}
			answers["POST /student/xscj.stuckcj_data.jsp"] = []string{tt.page}
			s := &jspStub{t: t, answers: answers}
			c := s.conn()
			if _, err := logon(t, c, logonWith("")); err != nil {
				t.Fatal(err)
			}
			s.asked = nil
			term := jwxt.Term{Year: 2024, Part: 1}
			got, err := kingosoft.New().Grades(t.Context(), c, term)
			if tt.ok && (err != nil || len(got.Grades) != 1 || got.Grades[0].Term != term) || !tt.ok && (!errors.Is(err, jwxt.ErrOtherStudent) || !c.Session.Empty()) {
				t.Errorf("got %d rows, %v, session %+v", len(got.Grades), err, c.Session)
			}
			if len(s.asked) != tt.requests {
				t.Errorf("asked %q", s.asked)
			}
		})
	}
}

// Every other reading asks first.
func TestJSPOtherStudentEverywhere(t *testing.T) {
	for name, read := range jspReads(t) {
		for _, who := range []string{strings.ReplaceAll(mine, "201730269", "201730270"), strings.Replace(mine, "G_USER_CODE = '0", "G_USER_CODE = '9", 1)} {
			answers := logonAnswers("0", taken)
			answers["GET /frame/home/js/SetMainInfo.jsp"] = []string{mine, who}
			s := &jspStub{t: t, answers: answers}
			c := s.conn()
			if _, err := logon(t, c, logonWith("")); err != nil {
				t.Fatal(err)
			}
			if err := read(c); !errors.Is(err, jwxt.ErrOtherStudent) || !c.Session.Empty() {
				t.Errorf("%s: got %v, session %+v", name, err, c.Session)
			}
		}
	}
}

func jspReads(t *testing.T) map[string]func(*jwxt.Conn) error {
	return map[string]func(*jwxt.Conn) error{
		"keep alive": func(c *jwxt.Conn) error { return kingosoft.New().KeepAlive(t.Context(), c) },
		"timetable": func(c *jwxt.Conn) error {
			_, err := kingosoft.New().Timetable(t.Context(), c, jwxt.Term{})
			return err
		},
		"exams": func(c *jwxt.Conn) error {
			_, err := kingosoft.New().Exams(t.Context(), c, jwxt.Term{})
			return err
		},
	}
}

// Where people log in by something else than their 学号, the first that a page
// shows is noted; another one later is another student's.
func TestJSPAliasOnPages(t *testing.T) {
	page := func(number string) string {
		return "<div>学号：" + number + "</div><center>没有检索到记录!</center></html>"
	}
	answers := logonAnswers("0", taken)
	answers["POST /student/xscj.stuckcj_data.jsp"] = []string{page("4154301125"), page("4154301125"), page("4154301126")}
	c := (&jspStub{t: t, answers: answers}).conn("account", "alias")
	if _, err := logon(t, c, logonWith("")); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		_, err := kingosoft.New().Grades(t.Context(), c, jwxt.Term{})
		if want := i == 2; errors.Is(err, jwxt.ErrOtherStudent) != want || !want && err != nil {
			t.Errorf("reading %d: %v", i, err)
		}
	}
}

// A guest's main page is an ended session.
func TestJSPGuest(t *testing.T) {
	answers := map[string][]string{"GET /frame/home/js/SetMainInfo.jsp": {"var _loginid = '';\nvar G_USER_CODE = 'kingo.guest';"}}
	for name, read := range jspReads(t) {
		err := read((&jspStub{t: t, answers: answers}).conn())
		if jwxt.KindOf(err) != jwxt.Expired {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What the campus teaches and examines is read as it is, of a term and of the
// present one.
func TestJSPPlansOfCampus(t *testing.T) {
	for name, k := range map[string]campus.KingoJSP{"list": {}, "grid, by date": {Grid: true, ExamDate: true, Root: "/jw"}} {
		t.Run(name, func(t *testing.T) {
			p := profile(k)
			a := p.Accounts[0]
			c := jspConnected(t, p)
			for _, term := range []jwxt.Term{{}, {Year: 2021, Part: 1}, a.Grades[0].Term} {
				lessons, err1 := kingosoft.New().Timetable(t.Context(), c, term)
				exams, err2 := kingosoft.New().Exams(t.Context(), c, term)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				if term.IsZero() {
					term = a.Current()
				}
				if lessons.Term != term || exams.Term != term {
					t.Errorf("asked for %v, got %v and %v", term, lessons.Term, exams.Term)
				}
				wantSame(t, shownLessons(a.Lessons(term), k), shownLessons(lessons.Lessons, k))
				wantSame(t, shownExams(a.Exams(term)), shownExams(exams.Exams))
			}
		})
	}
}

func wantSame(t *testing.T, want, got map[string]bool) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func shownLessons(all []jwxt.Lesson, k campus.KingoJSP) map[string]bool {
	out := map[string]bool{}
	for _, l := range all {
		if k.Grid {
			l.Group, l.CourseID, l.Credits = "", "", jwxt.Decimal{}
			if l.Weekday == 0 {
				continue
			}
		}
		if l.Weekday == 0 {
			l.Weeks, l.Room = nil, ""
		}
		out[fmt.Sprint(l.Course, l.CourseID, l.Group, l.Teacher, l.Room, l.Credits, l.Weekday, l.From, l.To, l.Weeks)] = true
	}
	return out
}

func shownExams(all []jwxt.Exam) map[string]bool {
	out := map[string]bool{}
	for _, e := range all {
		out[fmt.Sprint(e.Course, e.CourseID, e.Room, e.Seat, e.Date, e.Starts, e.Ends, e.Credits)] = true
	}
	return out
}

// What a timetable is asked with: the term and the student's own number.
func TestJSPTimetableAddress(t *testing.T) {
	answers := logonAnswers("0", taken)
	answers["GET /wsxk/xkjg.ckdgxsxdkchj_data10319.jsp"] = []string{"<center>没有检索到记录!</center></html>"}
	s := &jspStub{t: t, answers: answers}
	c := s.conn()
	if _, err := logon(t, c, logonWith("")); err != nil {
		t.Fatal(err)
	}
	s.asked = nil
	if _, err := kingosoft.New().Timetable(t.Context(), c, jwxt.Term{}); err != nil {
		t.Fatal(err)
	}
	params := base64.StdEncoding.EncodeToString([]byte("xn=2025&xq=1&xh=00201730269"))
	want := []string{"GET /frame/home/js/SetMainInfo.jsp", "GET /wsxk/xkjg.ckdgxsxdkchj_data10319.jsp?params=" + url.QueryEscape(params)}
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A page of another term than was asked for is none.
func TestJSPTimetableOfAnotherTerm(t *testing.T) {
	answers := logonAnswers("0", taken)
	answers["GET /wsxk/xkjg.ckdgxsxdkchj_data10319.jsp"] = []string{"<p>学年学期：2024-2025学年第一学期</p><center>没有检索到记录!</center></html>"}
	c := (&jspStub{t: t, answers: answers}).conn()
	if _, err := logon(t, c, logonWith("")); err != nil {
		t.Fatal(err)
	}
	_, err := kingosoft.New().Timetable(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Changed, "")
}

// All rounds of a term are one list, each examination under its round's name.
func TestJSPExamRounds(t *testing.T) {
	list := func(course string) string {
		return `<table><tr><td>课程</td><td>考试时间</td></tr><tr><td>` + course + `</td><td>2026-06-25 8:30-10:30</td></tr></table></html>`
	}
	answers := logonAnswers("0", taken)
	answers["POST /frame/droplist/getDropLists.action"] = []string{`[{"code":"2025,1,1","name":"随堂考试"},{"code":"2025,0,3","name":"去年"},{"code":"2025,1,3","name":"期末考试"}]`}
	answers["POST /taglib/DataTable.jsp"] = []string{list("甲"), list("乙")}
	s := &jspStub{t: t, answers: answers}
	c := s.conn()
	if _, err := logon(t, c, logonWith("")); err != nil {
		t.Fatal(err)
	}
	s.asked = nil
	got, err := kingosoft.New().Exams(t.Context(), c, jwxt.Term{})
	want := jwxt.ExamList{Term: jwxt.Term{Year: 2025, Part: 2}, Exams: []jwxt.Exam{
		{Course: "甲", Name: "随堂考试", When: "2026-06-25 8:30-10:30", Date: "2026-06-25", Starts: "08:30", Ends: "10:30"},
		{Course: "乙", Name: "期末考试", When: "2026-06-25 8:30-10:30", Date: "2026-06-25", Starts: "08:30", Ends: "10:30"},
	}}
	if diff := cmp.Diff(want, got, exact); diff != "" || err != nil || len(s.asked) != 4 {
		t.Errorf("%v after %q (-want +got):\n%s", err, s.asked, diff)
	}
}
