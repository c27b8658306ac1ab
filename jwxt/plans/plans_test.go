package plans_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/plans"
)

func TestPeriods(t *testing.T) {
	for in, want := range map[string][]plans.Run{
		"1-2节":         {{1, 2}},
		"01-02-03-04节": {{1, 4}},
		"[":            nil,
		"第1,2节":        {{1, 2}},
		"3":            {{3, 3}},
		"1-2,4-5":      {{1, 2}, {4, 5}},
		"9、10、11节":     {{9, 11}},
		"第一二节":         {{1, 2}},
		"第九十节":         {{9, 10}},
		"第十一、十二节":      {{11, 12}},
		"第九十十一节":       {{9, 11}},
		"0102节":        {{1, 2}},
		"第一大节":         nil,
		"":             nil,
		"0-2":          nil,
		"1-99":         nil,
		"2-1":          nil,
		"中午":           nil,
	} {
		got, ok := plans.Periods(in)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want != nil) {
			t.Errorf("Periods(%q) = %v, %v (-want +got):\n%s", in, got, ok, diff)
		}
	}
}

func TestWeekdayAndClock(t *testing.T) {
	for in, want := range map[string]int{"星期一": 1, "周日": 7, "星期天": 7, "礼拜六": 6, "1-16周": 0, "": 0, "周三第1,2节": 3} {
		if got := plans.Weekday(in); got != want {
			t.Errorf("Weekday(%q) = %d, want %d", in, got, want)
		}
	}
	for in, want := range map[string][2]string{
		"第一大节 8:00-09:40": {"08:00", "09:40"}, "10：10~11：50": {"10:10", "11:50"}, "8:00": {}, "": {},
	} {
		if starts, ends := plans.Clock(in); starts != want[0] || ends != want[1] {
			t.Errorf("Clock(%q) = %q, %q", in, starts, ends)
		}
	}
}

func TestDistinct(t *testing.T) {
	a := jwxt.Lesson{Course: "大学物理实验", Weekday: 5, From: 5, To: 8, WeekText: "2-16(双周)"}
	b := a
	b.Room = "实验楼101"
	if got := plans.Distinct([]jwxt.Lesson{a, a, b, a}); len(got) != 2 || got[1].Room != b.Room {
		t.Errorf("got %+v", got)
	}
}

// tables are the tables of a page.
func tables(t testing.TB, page string) (out []*html.Node) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Table {
			out = append(out, n)
		}
	}
	return out
}

func read(t testing.TB, page string) (plans.ExamTable, plans.ExamRows, bool) {
	t.Helper()
	table, ok := plans.FindExams(tables(t, page))
	if !ok {
		return table, plans.ExamRows{}, false
	}
	rows, fits := table.Read()
	return table, rows, fits
}

func TestExams(t *testing.T) {
	table, got, fits := read(t, `<table><tr><td>查询条件</table><table>
		<tr><th>序号<th>校区<th>考场校区<th>选课课号<th>课程名称<th>姓名<th>考试日期<th>考试时间<th>教学楼<th>考场<th>学分<th>监考人
		<tr><td>1<td>东区<td>西区<td>(2025-2026-1)-A01-0001-2<td>线性代数<td>张三<td>2026-01-05<td>8:30-10:30<td>明德楼<td>201<td>2.5<td>某人
		<tr><td>2<td>东区<td>&nbsp;<td>A02<td>体育<td>张三<td>&nbsp;<td>&nbsp;<td>&nbsp;<td>&nbsp;<td>一<td>&nbsp;
		<tr><td colspan=12>以上</table>`)
	want := plans.ExamRows{
		Exams: []jwxt.Exam{
			{
				Course: "线性代数", CourseID: "A01", Group: "(2025-2026-1)-A01-0001-2", When: "2026-01-05 8:30-10:30",
				Date: "2026-01-05", Starts: "08:30", Ends: "10:30", Campus: "西区", Room: "明德楼 201",
				Credits: jwxt.Milli(2500), Extra: map[string]string{"监考人": "某人"},
			},
			{Course: "体育", Group: "A02", Campus: "东区", Extra: map[string]string{"学分": "一"}},
		},
		Owner: jwxt.Student{Name: "张三"}, Sentence: "以上",
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || !fits {
		t.Errorf("fits %v (-want +got):\n%s", fits, diff)
	}
	if !slices.Equal(table.Unknown, []string{"监考人"}) {
		t.Errorf("unknown columns %v", table.Unknown)
	}
}

func TestExamsThatDoNotFit(t *testing.T) {
	for _, page := range []string{
		"", "<table><tr><th>课程名称<th>成绩</table>",
		"<table><tr><th>课程名称<th>考试时间<tr><td>线性代数<td>2026-01-05<td>明德楼</table>",
		"<table><tr><th>课程名称<th>考试时间<tr><td><td>2026-01-05</table>",
	} {
		if _, got, fits := read(t, page); fits {
			t.Errorf("%q: %+v", page, got)
		}
	}
}

func FuzzPeriods(f *testing.F) {
	for _, s := range []string{"1-2节", "01-02-03", "第九十节", "1-2,4", "0102"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plans.Periods(s)
		for i, r := range got {
			if r.From < 1 || r.To < r.From || r.To > 20 || i > 0 && r.From <= got[i-1].To+1 {
				t.Errorf("Periods(%q) = %v", s, got)
			}
		}
		if ok != (len(got) > 0) {
			t.Errorf("Periods(%q) = %v, %v", s, got, ok)
		}
		plans.Weekday(s)
		plans.Clock(s)
	})
}

func FuzzExams(f *testing.F) {
	f.Add("<table><tr><th>课程名称<th>考试时间<tr><td>线性代数<td>2026-01-05(8:30-10:30)</table>")
	f.Fuzz(func(t *testing.T, page string) {
		_, got, _ := read(t, page)
		for _, e := range got.Exams {
			if e.Course == "" {
				t.Errorf("no course: %+v", e)
			}
		}
	})
}

// A list of many lessons takes no time to go through: their pairs would.
func TestDistinctOfMany(t *testing.T) {
	lessons := make([]jwxt.Lesson, 400_000)
	for i := range lessons {
		lessons[i] = jwxt.Lesson{Course: "大学物理", From: i}
	}
	if got := plans.Distinct(append(lessons, lessons[:9]...)); len(got) != len(lessons) {
		t.Errorf("got %d lessons", len(got))
	}
}

// A cell said again and again is not copied each time.
func TestFieldOfMany(t *testing.T) {
	var e jwxt.Exam
	for range 200_000 {
		plans.SetExam(&e, "备注", "随堂考试")
	}
	if e.Note == "" || len(e.Note) > 4000 {
		t.Errorf("a note of %d bytes", len(e.Note))
	}
}
