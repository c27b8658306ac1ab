package supwisdom_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

// lessons are lessons in one line each, without what a system writes in its own
// way.
func lessons(ls []jwxt.Lesson) (out []string) {
	for _, l := range ls {
		if l.Weekday == 0 { // 实践课 have no weeks and no room here
			l.Weeks, l.Room = nil, ""
		}
		group := strings.TrimPrefix(l.Group, l.CourseID+".")
		out = append(out, fmt.Sprintf("%s %s-%s %v %s %d %d-%d %v %s %s", l.Course, l.CourseID, group, l.Credits, l.Teacher, l.Weekday, l.From, l.To, l.Weeks, l.Campus, l.Room))
	}
	slices.Sort(out)
	return out
}

// What the campus plans and what is read of it are the same.
func TestTimetableOfCampus(t *testing.T) {
	terms := []jwxt.Term{{}, {Year: 2020, Part: 1}, {Year: 2022, Part: 2}}
	for name, system := range map[string]campus.System{
		"EAMS": campus.EAMS{Pause: pause}, "EAMS5": campus.EAMS5{}, "by number": campus.EAMS5{PrintByID: true},
	} {
		p := profile(system)
		p.Accounts[0].Grades = campus.Transcript(number, 2020, 6, false)
		c := connected(t, p)
		for _, term := range terms {
			got, err := supwisdom.New().Timetable(t.Context(), c, term)
			want := lessons(lessonsOf(p, term))
			if diff := cmp.Diff(want, lessons(got.Lessons)); diff != "" || err != nil || got.UnknownColumns != nil || len(want) == 0 {
				t.Errorf("%s, %v: %v, unknown %q (-want +got):\n%s", name, term, err, got.UnknownColumns, diff)
			}
			if name != "EAMS" && (got.Lessons[0].Starts == "" || got.Term.IsZero()) {
				t.Errorf("%s, %v: no clock, or no term: %+v of %v", name, term, got.Lessons[0], got.Term)
			}
		}
	}
}

func TestExamsOfCampus(t *testing.T) {
	terms := []jwxt.Term{{}, {Year: 2020, Part: 1}, {Year: 2021, Part: 2}}
	for name, system := range map[string]campus.System{
		"EAMS": campus.EAMS{Pause: pause}, "batches": campus.EAMS{Pause: pause, Batches: true}, "EAMS5": campus.EAMS5{},
	} {
		p := profile(system)
		p.Accounts[0].Grades = campus.Transcript(number, 2020, 5, false)
		c := connected(t, p)
		for _, term := range terms {
			got, err := supwisdom.New().Exams(t.Context(), c, term)
			want := examsOf(p, term)
			for i := range want {
				w := &want[i]
				w.Group, w.Credits, w.Ticket, w.Teacher = w.CourseID+"."+w.Group, jwxt.Decimal{}, "", ""
				if name != "EAMS5" {
					w.CourseID, w.Mode = "", ""
				}
				if i < len(got.Exams) {
					g := &got.Exams[i]
					g.When, g.Note, g.Extra = "", "", nil
				}
			}
			if diff := cmp.Diff(want, got.Exams, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil || got.UnknownColumns != nil {
				t.Errorf("%s, %v: %v, unknown %q (-want +got):\n%s", name, term, err, got.UnknownColumns, diff)
			}
		}
	}
}

const (
	calendar   = `{semesters:{y0:[{id:81,schoolYear:"2024-2025",name:"1"}]}}`
	tableIndex = `<form><input name="project.id" value="1"></form><script>jQuery("#x").semesterCalendar({empty:"false",onChange:"",value:"84"},"y()");
		if(z=="std"){bg.form.addInput(form,"ids","131977");}else{bg.form.addInput(form,"ids","55");}</script>`
	courseTable = `<script>var table0 = new CourseTable(2024,84); table0.marshalTable(2,1,18);</script>`
	examTable   = `<table><tr><th>课程名称</th><th>考试日期</th></tr><tr><td>线性代数</td><td>2025-01-06</td></tr></table>`
)

// eamsStub is an EAMS with timetables and examinations.
func eamsStub(t *testing.T, change map[string][]string) (*stub, *jwxt.Conn) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /eams/home.action": {home}, "POST /eams/dataQuery.action": {calendar},
		"GET /eams/courseTableForStd.action": {tableIndex}, "POST /eams/courseTableForStd!courseTable.action": {courseTable},
		"GET /eams/stdExamTable.action": {`<div id="examTable"></div>`}, "GET /eams/stdExamTable!examTable.action": {examTable},
	}}
	maps.Copy(s.answers, change)
	c := s.conn()
	c.Session.Student.Number, c.Session.Memo = number, map[string]string{"who": "home"}
	return s, c
}

// The page of timetables says whose is to be asked for, and of which term.
func TestHowTimetablesAreAsked(t *testing.T) {
	for _, tt := range []struct {
		term jwxt.Term
		want []string
		form string
	}{
		{jwxt.Term{}, []string{"GET /eams/home.action", "GET /eams/courseTableForStd.action", "POST /eams/courseTableForStd!courseTable.action"},
			"ids=131977&ignoreHead=1&project.id=1&semester.id=84&setting.kind=std&startWeek="},
		{jwxt.Term{Year: 2024, Part: 1}, []string{"GET /eams/home.action", "GET /eams/courseTableForStd.action", "POST /eams/dataQuery.action", "POST /eams/courseTableForStd!courseTable.action"},
			"ids=131977&ignoreHead=1&project.id=1&semester.id=81&setting.kind=std&startWeek="},
		{jwxt.Term{Year: 2030, Part: 1}, []string{"GET /eams/home.action", "GET /eams/courseTableForStd.action", "POST /eams/dataQuery.action"}, ""},
	} {
		s, c := eamsStub(t, nil)
		got, err := supwisdom.New().Timetable(t.Context(), c, tt.term)
		if diff := cmp.Diff(tt.want, s.asked); diff != "" || err != nil || got.Lessons == nil || got.Term != tt.term {
			t.Errorf("%v: %+v, %v (-want +got):\n%s", tt.term, got, err, diff)
		}
		if last := query(t, s.bodies[len(s.bodies)-1]); tt.form != "" && last.Encode() != tt.form {
			t.Errorf("%v: asked with %s", tt.term, last.Encode())
		}
	}
}

// Each 考试批次 is a table, or each 考试类型; some schools have neither.
func TestHowExamsAreAsked(t *testing.T) {
	const list = "GET /eams/stdExamTable!examTable.action"
	batches := `<select name="examBatch.id"><option value="">...</option><option value="481">补考</option><option value="482">课程考试</option></select>`
	types := `<select name="examType.id"><option value="1">期末</option></select><script>x.semesterCalendar({value:"84"})</script>`
	for _, tt := range []struct {
		name, page string
		term       jwxt.Term
		want       []string
		exam       string
	}{
		{"one table", `<div id="examTable"></div>`, jwxt.Term{}, []string{list}, ""},
		{"one table of a term", `<div id="examTable"></div>`, jwxt.Term{Year: 2024, Part: 1}, []string{list + "?semester.id=81"}, ""},
		{"batches", batches, jwxt.Term{}, []string{list + "?examBatch.id=481", list + "?examBatch.id=482"}, "补考"},
		{"a link", `<a href="/eams/stdExamTable!examTable.action?examBatch.id=7">x</a>`, jwxt.Term{}, []string{list + "?examBatch.id=7"}, ""},
		{"types", types, jwxt.Term{}, []string{list + "?semester.id=84&examType.id=1"}, "期末"},
	} {
		s, c := eamsStub(t, map[string][]string{"GET /eams/stdExamTable.action": {tt.page}, "POST /eams/stdExamTable.action": {tt.page}})
		got, err := supwisdom.New().Exams(t.Context(), c, tt.term)
		asked := slices.DeleteFunc(slices.Clone(s.asked), func(a string) bool { return !strings.HasPrefix(a, list) })
		if diff := cmp.Diff(tt.want, asked); diff != "" || err != nil || len(got.Exams) == 0 || got.Exams[0].Name != tt.exam {
			t.Errorf("%s: %+v, %v (-want +got):\n%s", tt.name, got, err, diff)
		}
	}
	s, c := eamsStub(t, nil)
	if got, err := supwisdom.New().Exams(t.Context(), c, jwxt.Term{Year: 2030, Part: 1}); err != nil || len(got.Exams) > 0 || len(s.asked) != 2 {
		t.Errorf("a term that is not there: %+v, %v after %q", got, err, s.asked)
	}
}

// Two majors have one print, or one each, and two lists of examinations.
func TestPlansOfTwoMajors(t *testing.T) {
	const page = `<select><option value="121" selected>2024-2025学年第一学期</option></select>`
	print := func(course string) string {
		return `{"studentTableVm":{"activities":[{"courseName":"` + course + `"}]}}`
	}
	exam := func(course string) string {
		return `<table id="exams"><tr data-finished="false"><td><div class="time">2024-11-11 08:00~10:00</div></td><td><span>` + course + `</span><span class="tag-span">x</span></td></tr></table>`
	}
	s := &stub{t: t, answers: map[string][]string{
		"GET /student/for-std/grade/sheet":                             {`<button value="71">主修</button><button value="72">辅修</button>`},
		"GET /student/for-std/course-table":                            {`<button value="71">主修</button><button value="72">辅修</button>`},
		"GET /student/for-std/course-table/info/71":                    {page},
		"GET /student/for-std/course-table/semester/121/print-data":    {"404 x"},
		"GET /student/for-std/course-table/semester/121/print-data/71": {print("法学")}, "GET /student/for-std/course-table/semester/121/print-data/72": {print("会计")},
		"GET /student/for-std/exam-arrange/info/71": {exam("法学")}, "GET /student/for-std/exam-arrange/info/72": {exam("会计")},
	}}
	c := s.conn("variant", "eams5")
	c.Session.Memo = map[string]string{"ids": "72"}
	now := jwxt.Term{Year: 2024, Part: 1}
	table, err := supwisdom.New().Timetable(t.Context(), c, jwxt.Term{})
	if err != nil || len(table.Lessons) != 2 || table.Lessons[1].Course != "会计" || table.Term != now {
		t.Errorf("got %+v, %v", table, err)
	}
	exams, err := supwisdom.New().Exams(t.Context(), c, jwxt.Term{})
	if err != nil || len(exams.Exams) != 2 || exams.Exams[1].Course != "会计" || exams.Term != now {
		t.Errorf("got %+v, %v", exams, err)
	}
}

// A print that is another student's is dropped, unless people log in by another
// name than their 学号.
func TestOthersPrint(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /student/for-std/grade/sheet":                          {"302 /student/for-std/grade/sheet/semester-index/71"},
		"GET /student/for-std/course-table":                         {`<select><option value="121" selected>2024-2025-1</option></select>`},
		"GET /student/for-std/course-table/semester/121/print-data": {`{"studentTableVms":[{"code":"2020000009","activities":[]}]}`},
	}}
	c := s.conn("variant", "eams5", "account", "alias")
	c.Session = jwxt.Session{Student: jwxt.Student{Number: number}, Memo: map[string]string{"ids": "71"}}
	if _, err := supwisdom.New().Timetable(t.Context(), c, jwxt.Term{}); err != nil {
		t.Errorf("an alias: %v", err)
	}
	delete(c.School.Options, "account")
	c.Session.Cookies = []jwxt.Cookie{{Name: "SESSION", Value: "x", Domain: "jw.example.edu.cn", Path: "/"}}
	_, err := supwisdom.New().Timetable(t.Context(), c, jwxt.Term{})
	wantOther(t, c, err)
}

func checkLessons(t *testing.T, v any) {
	for _, l := range v.(jwxt.Timetable).Lessons {
		if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.From < 0 || l.To < l.From || l.To > 24 || !slices.IsSorted(l.Weeks) {
			t.Errorf("a lesson that does not hold together: %+v", l)
		}
	}
}

func FuzzTimetable(f *testing.F) { fuzz(f, "timetable", checkLessons) }

// FuzzActivity keeps the fuzzer inside of a timetable of either system.
func FuzzActivity(f *testing.F) {
	f.Add(`"","","1(a)","x,\"y(a)","",'r)',"0101",null);index=5*unitCount+11;index =3;`, `{"courseName":"a","weekday":8,"startUnit":-1,"endUnit":99,"weekIndexes":[3,"x",1],"teachers":[[]],"startTime":2570}`)
	f.Fuzz(func(t *testing.T, script, activity string) {
		for _, body := range []string{
			`<script>var unitCount = 12; new CourseTable(2024,84); activity = new TaskActivity(` + script + ` table0.marshalTable(2,1,18);</script>`,
			`{"studentTableVms":[{"activities":[` + activity + `]}]}`,
		} {
			v, err := supwisdom.New().ParsePage("timetable", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x.action", []byte(body)))
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

func weeks(from, to int) (out []int) {
	for w := from; w <= to; w++ {
		out = append(out, w)
	}
	return out
}

func TestSampleTimetables(t *testing.T) {
	kind := map[string]string{"教学班": "计算机类26-[4-6]班", "课程类别": "理论课（不含实践）"}
	for file, want := range map[string][]jwxt.Lesson{
		"RECONSTRUCTED-courseTable-TaskActivity.html": {{
			Course: "高等数学A（下）", Group: "776246", Teacher: "张三", Room: "西7-402c", Weekday: 1, From: 1, To: 2, Weeks: slices.Concat(weeks(1, 5), weeks(9, 14)),
		}},
		"campusclient-eams5-print-data-excerpt.json": {{
			Course: "道德与法治", CourseID: "160844M003", Group: "160844M003.18", Teacher: "教师5", Campus: "示例市校区", Room: "C4公共教学楼 A楼211", Credits: jwxt.Milli(2000),
			Weekday: 5, From: 8, To: 9, Starts: "17:55", Ends: "19:30", Weeks: weeks(3, 11), WeekText: "3~11", Extra: kind,
		}, {
			Course: "数学分析（I）", CourseID: "100616M016", Group: "100616M016.05", Teacher: "教师10", Campus: "示例市校区", Room: "A楼119", Credits: jwxt.Milli(6000),
			Weekday: 5, From: 4, To: 5, Starts: "12:15", Ends: "13:50", Weeks: weeks(3, 19), WeekText: "3~19", Extra: map[string]string{"课程类别": "理论课（不含实践）"},
		}},
	} {
		got, err := supwisdom.New().ParsePage("timetable", sample(t, file))
		if diff := cmp.Diff(jwxt.Timetable{Lessons: want}, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", file, err, diff)
		}
	}
}

// A layout tells the clock of activities that do not.
func TestSampleLayout(t *testing.T) {
	p := sample(t, "sues-eams5-timeTableLayout.json")
	p.Body = []byte(`{"studentTableVms":[{"activities":[{"courseName":"a","startUnit":1,"endUnit":1},{"courseName":"b","startUnit":2,"endUnit":15}]}],"timeTableLayout":` + string(p.Body) + `}`)
	got, err := supwisdom.New().ParsePage("timetable", p)
	want := []jwxt.Lesson{{Course: "a", From: 1, To: 1, Starts: "08:15", Ends: "08:55"}, {Course: "b", From: 2, To: 15, Starts: "08:55", Ends: "21:00"}}
	if diff := cmp.Diff(jwxt.Timetable{Lessons: want}, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// The sample is of rows without their table.
func TestSampleExams(t *testing.T) {
	p := sample(t, "fudan-eams5-exam-arrange.html")
	p.Body = []byte(`<table id="exams">` + string(p.Body) + `</table>`)
	exam := func(course, id, name, mode, day, starts, ends, building, room, state string) jwxt.Exam {
		return jwxt.Exam{
			Course: course, CourseID: id, Group: id + ".01", Name: name, When: day + " " + starts + "~" + ends, Date: day, Starts: starts, Ends: ends,
			Campus: "邯郸校区", Room: building + " " + room, Mode: mode, Note: "请携带学生证或一卡通，待考试时核查。", Extra: map[string]string{"考试情况": state},
		}
	}
	want := jwxt.ExamList{Exams: []jwxt.Exam{
		exam("数字集成电路设计原理(H)", "ICSE30021h", "期末", "闭卷", "2026-01-04", "08:30", "10:30", "H邯郸校区第六教学楼", "H6506", "未结束"),
		exam("半导体器件原理(H)", "ICSE30020h", "期中", "半开卷", "2025-11-11", "13:00", "15:00", "H邯郸校区第二教学楼", "H2115", "已结束"),
	}}
	got, err := supwisdom.New().ParsePage("exams", p)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// course is a timetable of EAMS: a script, and below it a list of courses.
func course(script, list string) string {
	return `<script>var unitCount = 12; var table = new CourseTable(2025,unitCount);` + script + `table.marshalTable(2,1,20);</script>
		<table class="gridtable"><thead><tr><th>课程序号</th><th>课程代码</th><th>课程名称</th></tr></thead><tbody>` + list + `</tbody></table></html>`
}

// Where neither a lesson nor the list tells a 课程序号, the name tells which
// course a lesson is of.
func TestCoursesWithoutNumber(t *testing.T) {
	page := course(`activity = new TaskActivity("1","张三","1","大学物理","2","教一101","0110");index =0*unitCount+0;`,
		`<tr><td></td><td>B2</td><td>线性代数</td></tr><tr><td></td><td>A1</td><td>大学物理</td></tr>`)
	v, err := supwisdom.New().ParsePage("timetable", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x", []byte(page)))
	got, _ := v.(jwxt.Timetable)
	if err != nil || len(got.Lessons) != 2 || got.Lessons[0].CourseID != "A1" || got.Lessons[1].CourseID != "B2" || got.Lessons[1].Weekday != 0 {
		t.Errorf("got %+v, %v", got.Lessons, err)
	}
}

// Each activity has the teachers that were set last before it, none where the
// list is empty.
func TestTeachersOfActivities(t *testing.T) {
	one := func(course string) string {
		return `activity = new TaskActivity(ids.join(','),names.join(','),"1",` + course + `,"2","教一101","0110");index =0*unitCount+0;`
	}
	page := course(`var courseName = "大学物理";var actTeachers = [{id:1,name:"张三"},{id:2,name:"李四"}];`+one(`courseName`)+one(`"体育"`)+`var actTeachers = [];`+one(`"劳动"`), "")
	v, err := supwisdom.New().ParsePage("timetable", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x", []byte(page)))
	var got []string
	for _, l := range v.(jwxt.Timetable).Lessons {
		got = append(got, l.Course+" "+l.Teacher)
	}
	if diff := cmp.Diff([]string{"大学物理 张三,李四", "体育 张三,李四", "劳动 "}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// More tables of examinations than a term has are not read in part.
func TestTooManyBatches(t *testing.T) {
	for n, many := range map[int]bool{12: false, 13: true} {
		page := `<select name="examBatch.id">`
		for i := range n {
			page += fmt.Sprintf(`<option value="%d">期末</option>`, i)
		}
		_, c := eamsStub(t, map[string][]string{"GET /eams/stdExamTable.action": {page + "</select>"}})
		_, err := supwisdom.New().Exams(t.Context(), c, jwxt.Term{})
		if many != (err != nil) || many && jwxt.KindOf(err) != jwxt.Changed {
			t.Errorf("%d tables: %v", n, err)
		}
	}
}

// Reading takes time as a page is long, and not as its square: 2 MB would take
// minutes.
func TestLongTimetables(t *testing.T) {
	var script, list, activities strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&script, `var actTeachers = [{id:1,name:"张%d"}];var c%d = "课%d";activity = new TaskActivity(a.join(','),b.join(','),"1(%d)",c%d,"2","教一","011");index =0*unitCount+0;`, i, i, i, i, i)
		fmt.Fprintf(&list, `<tr><td>%d</td><td>A</td><td>课%d</td></tr>`, i, i)
	}
	for range 10_000 {
		activities.WriteString(`{"courseName":"大学物理","weekday":1,"startUnit":1,"endUnit":2},`)
	}
	units := strings.Repeat(`{"indexNo":1,"startTime":800},`, 10_000)
	for page, lessons := range map[string]int{
		course(script.String(), list.String()): 4000,
		`{"studentTableVms":[{"code":"1","activities":[` + strings.TrimSuffix(activities.String(), ",") + `],"timeTableLayout":{"courseUnitList":[` + strings.TrimSuffix(units, ",") + `]}}]}`: 10_000,
	} {
		v, err := supwisdom.New().ParsePage("timetable", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x", []byte(page)))
		if got, _ := v.(jwxt.Timetable); err != nil || len(got.Lessons) != lessons {
			t.Errorf("%.40s: %d lessons, %v", page, len(got.Lessons), err)
		}
	}
}

// A grade list of many sentences is read in time, too.
func TestLongGrades(t *testing.T) {
	page := `<table class="gridtable"><tr><th>学年学期</th><th>课程代码</th><th>课程名称</th><th>学分</th><th>总评成绩</th></tr>
		<tr><td>2024-2025 1</td><td>A1</td><td>大学物理</td><td>4</td><td>80</td></tr>` + strings.Repeat("<tr><td>一行字", 100_000) + "</table></html>"
	v, err := supwisdom.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/eams/x", []byte(page)))
	if got, _ := v.(jwxt.Transcript); err != nil || len(got.Grades) != 1 || len(got.Summary) > 1000 {
		t.Errorf("got %d grades, %v", len(got.Grades), err)
	}
}
