package kingosoft_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// read reads a page of a kind.
func read[T any](t *testing.T, as, page string) (T, error) {
	t.Helper()
	v, err := kingosoft.New().ParsePage(as, jwxttest.Page(t, address, []byte(page)))
	out, _ := v.(T)
	return out, err
}

// An answer that lists no round of this or another term is not understood; none
// of them may be taken for no examinations.
func TestJSPRoundsNotUnderstood(t *testing.T) {
	for answer, kind := range map[string]jwxt.Kind{
		`[{"code":"20251,1","name":"期末"}]`: jwxt.Changed, `null`: jwxt.Changed, `[{"code":"2024,0,1","name":"期末"}]`: 255, `[]`: 255,
	} {
		answers := map[string][]string{"GET /frame/home/js/SetMainInfo.jsp": {mine}, "POST /frame/droplist/getDropLists.action": {answer}}
		got, err := kingosoft.New().Exams(t.Context(), (&jspStub{t: t, answers: answers}).conn(), jwxt.Term{})
		if (err == nil) != (kind == 255) || err != nil && jwxt.KindOf(err) != kind || len(got.Exams) > 0 {
			t.Errorf("%s: got %+v, %v", answer, got, err)
		}
	}
}

// What a form's script would alert refuses nothing.
func TestJSPFormThatMayAlert(t *testing.T) {
	const page = `<html><script>function query(){ $.ajax({url:"x", error:function(){ alert('查询失败！'); }}); }</script>
		<form action="xscj.stuckcj_data10319.jsp"><input id="rxnj" value="2017"></form></html>`
	if _, err := read[any](t, "jsp.form", page); err != nil {
		t.Errorf("got %v (said %q)", err, jwxt.SaidOf(err))
	}
}

// Times need no comma between them, what is not understood of one is kept, and
// 节 that are no unbroken run are several lessons.
func TestJSPTimes(t *testing.T) {
	list := func(times string) string {
		return "<table><tr><td>课程</td><td>上课时间、地点</td></tr><tr><td>[A1]大学物理</td><td>" + times + "</td></tr></table></html>"
	}
	grid := func(when string) string {
		return "<table id=mytable><tr><td></td><td>星期一</td></tr><tr><td>1</td><td><div><b>大学物理</b><br>" + when + "<br>教一101</div></td></tr></table></html>"
	}
	for page, want := range map[string]string{
		list("1-8周 三[1-2] 教七301(110)<br>1-8周 五[3-4] 教七302"): "3 1-2 教七301 []|5 3-4 教七302 []",
		list("1-8周 三[1,2,5-6] 教七301"):                       "3 1-2 教七301 []|3 5-6 教七301 []",
		list("99周 三[1-2] 教七301"):                            "0 0-0  [99周 三[1-2] 教七301]",
		list("1-8周 三[4-2] 教七301,9周 三[3] 教七302,另行通知"):        "3 3-3 教七302 [1-8周 三[4-2] 教七301 另行通知]",
		grid("1-8[1,2,5,6]"):                                "1 1-2 教一101 []|1 5-6 教一101 []",
		grid("1-8[第1-2节]"):                                  "1 1-2 教一101 []",
	} {
		got, err := read[jwxt.Timetable](t, "jsp.timetable", page)
		var lessons []string
		for _, l := range got.Lessons {
			lessons = append(lessons, fmt.Sprintf("%d %d-%d %s [%s]", l.Weekday, l.From, l.To, l.Room, strings.ReplaceAll(l.Note, ",", " ")))
		}
		if s := strings.Join(lessons, "|"); s != want || err != nil {
			t.Errorf("%s:\ngot  %s, %v\nwant %s", page, s, err, want)
		}
	}
}

// A list without a 学号 on it does not undo what an earlier one had.
func TestJSPOtherNumberAfterNone(t *testing.T) {
	page := func(number string) string {
		return "<h1>学生成绩</h1><div>" + number + "</div><center>没有检索到记录!</center></html>"
	}
	answers := logonAnswers("0", taken)
	answers["POST /student/xscj.stuckcj_data.jsp"] = []string{page("学号：4154301125"), page(""), page("学号：4154301126")}
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

// A school that gives no key has not been sent the password: that was no try.
func TestJSPNoKeyIsNoTry(t *testing.T) {
	answers := logonAnswers("0", taken)
	answers["GET /custom/js/SetKingoEncypt.jsp"] = []string{"<html>x</html>"}
	answers["GET /frame/homepage"] = []string{"<html>x</html>"}
	s := &jspStub{t: t, answers: answers}
	_, err := logon(t, s.conn(), logonWith(""))
	if !errors.Is(err, jwxt.ErrUnposted) || jwxt.KindOf(err) != jwxt.Changed || strings.Contains(strings.Join(s.asked, " "), "logon.action") {
		t.Errorf("got %v, asked %q", err, s.asked)
	}
}

// A page that stops between two tables is cut off as one that stops in the
// midst of one, however its tags are written.
func TestCutBetweenTables(t *testing.T) {
	const table = "<TABLE><TR><TD>课程</TD><TD>成绩</TD></TR><TR><TD>大学物理</TD><TD>80</TD></TR></TABLE>"
	for _, as := range []string{"aspx.grades", "jsp.grades"} {
		for page, whole := range map[string]bool{
			"<HTML><BODY>" + table + table + "</BODY></HTML>": true, table: true,
			"<HTML><BODY>" + table: false, "<HTML><BODY>" + table + "<TABLE><TR><TD>课程</TD><TD>成": false,
			"<BODY>" + table + "<TABLE><TR><TD>课程</TD><TD>成绩": false,
		} {
			got, err := read[jwxt.Transcript](t, as, page)
			if whole != (err == nil) || !whole && jwxt.KindOf(err) != jwxt.Unreachable {
				t.Errorf("%s of %s: got %+v, %v", as, page, got, err)
			}
		}
	}
}

// A row above a header does not hide the table below it.
func TestRowAboveHeader(t *testing.T) {
	table := func(above string) string {
		return "<table>" + above + "<tr><td>课程<td>成绩<td>学分</tr><tr><td>大学物理<td>80<td>4</tr></table>"
	}
	for as, above := range map[string]string{
		"aspx.grades": "<tr><td>学号：2020000001<td>姓名：张三</tr>", "jsp.grades": "<tr><td colspan=3>平均学分绩点</tr>",
	} {
		got, err := read[jwxt.Transcript](t, as, table("")+table(above))
		if err != nil || len(got.Grades) != 2 {
			t.Errorf("%s: got %+v, %v", as, got, err)
		}
	}
}

// A login page whose script can say that there are no records says nothing of
// the kind.
func TestASPXLoginPageIsNoEmptyList(t *testing.T) {
	page := aspxLogin("", "") + "<script>function none() { alert('没有检索到记录'); }</script>"
	for _, as := range []string{"aspx.grades", "aspx.timetable"} {
		if _, err := read[any](t, as, page); err == nil || jwxt.KindOf(err) != jwxt.Expired {
			t.Errorf("%s: got %v", as, err)
		}
	}
}

// A list of more drawings than anybody has is not fetched whole.
func TestASPXManyDrawings(t *testing.T) {
	var list strings.Builder
	for i := range 500 {
		fmt.Fprintf(&list, "<img src='Stu_MyScore_Drawimg.aspx?x=%d&xnxq=20200'>", i)
	}
	s := &aspxStub{t: t, answers: map[string][]string{
		"GET /PUB/foot.aspx": {aspxFootPage}, "POST /xscj/Stu_MyScore_rpt.aspx": {list.String()}, "GET /xscj/Stu_MyScore_Drawimg.aspx": {"image:GIF89a"},
	}}
	got, err := kingosoft.New().Grades(t.Context(), s.conn(), jwxt.Term{})
	if err != nil || len(got.Pictures) != 500 || len(s.asked) > 50 {
		t.Errorf("%d pictures, asked %d times, %v", len(got.Pictures), len(s.asked), err)
	}
}

// Reading takes time as a page is long, and not as its square: 2 MB would take
// minutes.
func TestLongPages(t *testing.T) {
	long := func(head, unit, foot string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < 2<<20-200; i++ {
			b.WriteString(strings.ReplaceAll(unit, "#", fmt.Sprint(i)))
		}
		return b.String() + foot
	}
	for as, page := range map[string]string{
		"jsp.grades":  long("<table><tr><td>课程<td>成绩<tr><td>大学物理<td>80", "<tr><td>一行字", "</table></html>"),
		"aspx.grades": long("", "<img src='Stu_MyScore_Drawimg.aspx?x=#'>", ""),
	} {
		if _, err := read[any](t, as, page); err != nil {
			t.Errorf("%s: %v", as, err)
		}
	}
}
