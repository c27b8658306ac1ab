package urp_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// lesson is a lesson in one line, without what its school writes in its own way.
func lesson(l jwxt.Lesson) string {
	place := l.Campus + " " + strings.ReplaceAll(l.Room, " ", "")
	if l.Weekday == 0 { // 实践课 have no place and no weeks here
		place, l.Weeks = "", nil
	}
	teacher := strings.ReplaceAll(l.Teacher, " ", ",")
	return fmt.Sprintf("%s %s-%s %v %s %d %d-%d %v %s", l.Course, l.CourseID, l.Group, l.Credits, teacher, l.Weekday, l.From, l.To, l.Weeks, place)
}

func lessons(ls []jwxt.Lesson) (out []string) {
	for _, l := range ls {
		out = append(out, lesson(l))
	}
	slices.Sort(out)
	return out
}

// What the campus plans and what is read of it are the same.
func TestTimetableOfCampus(t *testing.T) {
	terms := []jwxt.Term{{}, {Year: 2020, Part: 1}, {Year: 2022, Part: 2}}
	for name, system := range map[string]campus.System{"old": campus.URPOld{}, "new": campus.URPNew{}, "fixed": campus.URPNew{NoRandom: true}} {
		p := profile(system)
		_, c := connected(t, p)
		for _, term := range terms {
			got, err := urp.New().Timetable(t.Context(), c, term)
			want := lessons(p.Accounts[0].Lessons(term))
			if diff := cmp.Diff(want, lessons(got.Lessons)); diff != "" || err != nil || got.UnknownColumns != nil || len(want) == 0 {
				t.Errorf("%s, %v: %v, unknown %q (-want +got):\n%s", name, term, err, got.UnknownColumns, diff)
			}
			if got.Term != term && !term.IsZero() {
				t.Errorf("%s: asked for %v, got %v", name, term, got.Term)
			}
		}
	}
}

func TestExamsOfCampus(t *testing.T) {
	for name, system := range map[string]campus.System{"old": campus.URPOld{}, "cards": campus.URPNew{}, "calendar": campus.URPNew{Calendar: true}} {
		p := profile(system)
		p.Accounts[0].Grades = campus.Transcript(number, 2020, 5, false)
		_, c := connected(t, p)
		got, err := urp.New().Exams(t.Context(), c, jwxt.Term{Year: 2022, Part: 1})
		if err != nil || got.Term != (jwxt.Term{Year: 2022, Part: 1}) {
			t.Fatalf("%s: %v, %v", name, got.Term, err)
		}
		want := p.Accounts[0].Exams(jwxt.Term{})
		for i := range want {
			w := &want[i]
			if w.Campus+w.Room != "" && name == "cards" { // one field there
				w.Campus, w.Room = "", strings.TrimSpace(w.Campus+" "+w.Room)
			}
			if w.Date == "" && name != "old" { // a card without a place
				w.Campus, w.Room = "", ""
			}
			w.Teacher, w.Mode, w.Credits = "", "", jwxt.Decimal{}
			if name == "old" {
				w.CourseID, w.Group = "", ""
			}
			got.Exams[i].When = ""
			got.Exams[i].Room = strings.TrimPrefix(got.Exams[i].Room, "教学楼 ")
		}
		if diff := cmp.Diff(want, got.Exams, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || got.UnknownColumns != nil {
			t.Errorf("%s: unknown %q (-want +got):\n%s", name, got.UnknownColumns, diff)
		}
	}
}

// The examinations of a term that is over are not told, and a list of others is
// not taken for them.
func TestExamsOfAnotherTerm(t *testing.T) {
	head := "<tr><th>课程</th><th>考试时间</th></tr>"
	for rows, want := range map[string]any{
		"": 0,
		"<tr><td>a</td><td>2025-01-06 08:00-10:00</td></tr>": jwxt.Unsupported,
		"<tr><td>a</td><td>随堂</td></tr>":                     jwxt.Unsupported,
		"<tr><td>a</td><td>2025-06-26 08:00-10:00</td></tr><tr><td>b</td><td></td></tr><tr><td>c</td><td>2025-09-01</td></tr>": 2,
	} {
		s := oldLists(t, "", "", "")
		s.answers["GET /ksApCxAction.do"] = []string{"<table>" + head + rows + "</table>"}
		got, err := urp.New().Exams(t.Context(), s.conn("build", "old"), jwxt.Term{Year: 2024, Part: 2})
		if n, ok := want.(int); ok && (err != nil || len(got.Exams) != n) {
			t.Errorf("%q: got %+v, %v; want %d", rows, got.Exams, err, n)
		} else if kind, ok := want.(jwxt.Kind); ok {
			wantKind(t, err, kind, "")
		}
	}
}

const (
	thisPage = "/student/courseSelect/thisSemesterCurriculum/index"
	pastPage = "/student/courseSelect/calendarSemesterCurriculum/index"
	thisData = "/student/courseSelect/thisSemesterCurriculum/7f3a/ajaxStudentSchedule/curr/callback"
	pastData = "/student/courseSelect/thisSemesterCurriculum/7f3a/ajaxStudentSchedule/past/callback"
	examPage = "/student/examinationManagement/examPlan/index"
	examData = "/student/examinationManagement/examPlan/detail"
	courses  = `{"dateList":[{"selectCourseList":[{"courseName":"a","id":{"studentNumber":"2020000001"}}]}]}`
)

// plansStub is a new build with its pages of timetables and examinations.
func plansStub(t *testing.T, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET " + thisPage: {`$.ajax({url: "` + thisData + `", cache: false, type: "post"})`}, "POST " + thisData: {courses},
		"GET " + pastPage:  {`<select><option value="2024-2025-1-2">x</option></select><script>var url = '` + pastData + `'</script>`},
		"POST " + pastData: {courses}, "GET " + examPage: {`<script>events: "` + examData + `"</script>`}, "GET " + examData: {"[]"},
		"GET " + rollPath: {newRecord("2020000001")},
	}}
	maps.Copy(s.answers, change)
	return s
}

// A page's script says how its data are asked for, and by what name a term.
func TestHowTimetablesAreAsked(t *testing.T) {
	tests := []struct {
		name   string
		term   jwxt.Term
		change map[string][]string
		want   []string
		body   string
	}{
		{"posted", jwxt.Term{}, nil, []string{"GET " + thisPage, "POST " + thisData}, ""},
		{"got", jwxt.Term{}, map[string][]string{"GET " + thisPage: {`$.get("` + thisData + `")`}, "GET " + thisData: {courses}}, []string{"GET " + thisPage, "GET " + thisData}, ""},
		{"a term", jwxt.Term{Year: 2024, Part: 1}, nil, []string{"GET " + pastPage, "POST " + pastData}, "planCode=2024-2025-1-2"},
		{"a term that is not there", jwxt.Term{Year: 2030, Part: 1}, nil, []string{"GET " + pastPage}, ""},
		{"nobody's rows", jwxt.Term{}, map[string][]string{"POST " + thisData: {`{"dateList":[]}`}}, []string{"GET " + thisPage, "POST " + thisData, "GET " + rollPath}, ""},
		{"a token", jwxt.Term{}, map[string][]string{"POST " + thisData: {`{"errorMessage":"tokenValue无效"}`, courses}}, []string{"GET " + thisPage, "POST " + thisData, "GET " + thisPage, "POST " + thisData}, ""},
	}
	for _, tt := range tests {
		s := plansStub(t, tt.change)
		c := s.conn("build", "new")
		c.Session.Student.Number = number
		got, err := urp.New().Timetable(t.Context(), c, tt.term)
		if diff := cmp.Diff(tt.want, s.asked); diff != "" || err != nil || got.Lessons == nil || !strings.Contains(strings.Join(s.bodies, ""), tt.body) {
			t.Errorf("%s: %+v, %v, bodies %q (-want +got):\n%s", tt.name, got, err, s.bodies, diff)
		}
	}
}

// Whose session it is shows before any plan is given away.
func TestOthersPlans(t *testing.T) {
	theirs := strings.Replace(courses, "0001", "0009", 1)
	record := map[string][]string{"GET " + rollPath: {newRecord("2020000009")}}
	for name, tt := range map[string]struct {
		stub  *stub
		build string
		exams bool
	}{
		"old timetable":     {&stub{t: t, answers: map[string][]string{"GET " + infoPath: {oldRecord("2020000009")}}}, "old", false},
		"old exams":         {&stub{t: t, answers: map[string][]string{"GET " + infoPath: {oldRecord("2020000009")}}}, "old", true},
		"new rows":          {plansStub(t, map[string][]string{"POST " + thisData: {theirs}}), "new", false},
		"new, without rows": {plansStub(t, map[string][]string{"POST " + thisData: {`{"dateList":[]}`}, "GET " + rollPath: record["GET "+rollPath]}), "new", false},
		"new exams":         {plansStub(t, record), "new", true},
	} {
		c := tt.stub.conn("build", tt.build)
		c.Session = jwxt.Session{Student: jwxt.Student{Number: number}, Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: "x", Domain: "jw.example.edu.cn", Path: "/"}}}
		var err error
		if tt.exams {
			_, err = urp.New().Exams(t.Context(), c, jwxt.Term{})
		} else {
			_, err = urp.New().Timetable(t.Context(), c, jwxt.Term{})
		}
		if !errors.Is(err, jwxt.ErrOtherStudent) || len(c.Session.Cookies) > 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// An examination on a card and in the calendar is one.
func TestCardsAndCalendarJoin(t *testing.T) {
	card := func(title, text string) string {
		return `<div class="widget-box"><h5 class="widget-title">` + title + `</h5><div class="widget-main">` + text + `</div></div>`
	}
	page := "<html>" + card("（1-01）a", "座位号:7") + card("b", "2025-01-06 08:00-10:00<br>座位号:8") + card("c", "") + `<script>events: "` + examData + `"</script></html>`
	events := `[{"title":"a\n14:00-16:00\n主校区\n主校区1号楼\n101","start":"2025-01-07"},{"title":"b\n","start":"2025-02-20"},{"title":"d","start":"2025-01-08"}]`
	s := plansStub(t, map[string][]string{"GET " + examPage: {page}, "GET " + examData: {events}})
	got, err := urp.New().Exams(t.Context(), s.conn("build", "new"), jwxt.Term{})
	var brief []string
	for _, e := range got.Exams {
		brief = append(brief, strings.Join([]string{e.CourseID, e.Course, e.Date, e.Starts, e.Room, e.Seat}, " "))
	}
	want := []string{"1 a 2025-01-07 14:00 1号楼 101 7", " b 2025-01-06 08:00  8", " c    ", " b 2025-02-20   ", " d 2025-01-08   "}
	if diff := cmp.Diff(want, brief); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func checkLessons(t *testing.T, v any) {
	for _, l := range v.(jwxt.Timetable).Lessons {
		if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.To < l.From || l.To > 40 || !slices.IsSorted(l.Weeks) {
			t.Errorf("a lesson that does not hold together: %+v", l)
		}
	}
}

func FuzzTimetable(f *testing.F) { fuzz(f, "timetable", checkLessons) }

// FuzzLessonRows keeps the fuzzer inside of a timetable.
func FuzzLessonRows(f *testing.F) {
	f.Add(`{"courseName":"a","unit":1e400,"timeAndPlaceList":[{"classDay":[],"classSessions":-3,"continuingSession":99,"classWeek":"0102"},null]},null`, "<td>1</td><td>a<td>1-16周上<td>1<td>1<td>2</tr><tr><td>单周<td>8<td>-1<td>x")
	f.Fuzz(func(t *testing.T, items, cells string) {
		for _, body := range []string{
			`{"dateList":[{"selectCourseList":[` + items + `]}]}`,
			"<table><tr><th>课程号<th>课程名<th>周次<th>星期<th>节次<th>节数</tr><tr>" + cells + "</tr></table>",
		} {
			v, err := urp.New().ParsePage("timetable", jwxttest.Page(t, "http://jw.example.edu.cn/x", []byte(body)))
			if err == nil {
				checkLessons(t, v)
			}
		}
	})
}

func FuzzExams(f *testing.F) {
	fuzz(f, "exams", func(t *testing.T, v any) {
		for _, e := range v.(jwxt.ExamList).Exams {
			if e.Course == "" || e.Date == "" && e.Starts != "" {
				t.Errorf("an examination that does not hold together: %+v", e)
			}
		}
	})
}

func FuzzTerms(f *testing.F) {
	fuzz(f, "terms", func(t *testing.T, v any) {
		for term, name := range v.(map[jwxt.Term]string) {
			if term.IsZero() || name == "" {
				t.Errorf("no term: %v is %q", term, name)
			}
		}
	})
}

func TestSamplePlans(t *testing.T) {
	tests := []struct {
		file, as string
		want     any
	}{
		{"hbu-new-schedule.json", "timetable", jwxt.Timetable{Term: jwxt.Term{Year: 2025, Part: 2}, Lessons: []jwxt.Lesson{{
			Course: "软件工程", CourseID: "2023S01003", Group: "01", Teacher: "张三", Campus: "七一路校区", Room: "A5座 312",
			Credits: jwxt.Milli(2000), Weekday: 1, From: 1, To: 2, Weeks: []int{1, 2}, WeekText: "1-2周",
			Extra: map[string]string{"课程属性": "必修", "课程类别": "专业课", "考试类型": "考试", "选课状态": "选中"},
		}}}},
		{"hbu-new-examPlan-detail.json", "exams", jwxt.ExamList{Exams: []jwxt.Exam{{
			Course: "软件工程", When: "2026-06-29 09:30-11:00", Date: "2026-06-29", Starts: "09:30", Ends: "11:00", Campus: "七一路校区", Room: "A5座 101",
		}}}},
	}
	for _, tt := range tests {
		got, err := urp.New().ParsePage(tt.as, sample(t, tt.file))
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tt.file, err, diff)
		}
	}
}

// Boxes of boxes are no cards, and are not read once for each of them.
func TestCardsInBoxes(t *testing.T) {
	const deep = 200
	page := "<html>" + strings.Repeat(`<div class="widget-box"><h5 class="widget-title">大学物理</h5><div class="widget-main">`, deep) +
		strings.Repeat("备注:随堂<br>", 20_000) + strings.Repeat("</div></div>", deep) + "</html>"
	v, err := urp.New().ParsePage("exams", jwxttest.Page(t, "http://jw.example.edu.cn/student/examinationManagement/examPlan/index", []byte(page)))
	if got, _ := v.(jwxt.ExamList); err != nil || len(got.Exams) != 1 {
		t.Errorf("got %d examinations, %v", len(got.Exams), err)
	}
}
