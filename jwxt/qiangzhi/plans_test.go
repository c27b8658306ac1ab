package qiangzhi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// plan is a page of a term, with a lesson and an examination, that names its
// student as older skins do.
func plan(number string, chosen string, offered ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<html><div id="Top1_divLoginName">张三(%s)</div><select name="xnxq01id" id="xnxq01id">`, number)
	for _, t := range append(offered, chosen) {
		fmt.Fprintf(&b, `<option value="%s" %s>%[1]s</option>`, t, map[bool]string{true: "selected"}[t == chosen])
	}
	b.WriteString(`</select><table id="kbtable"><tr><th></th>`)
	for _, day := range []string{"一", "二", "三", "四", "五"} {
		b.WriteString("<th>星期" + day + "</th>")
	}
	b.WriteString(`</tr><tr><th>1-2节</th><td><div class="kbcontent">线性代数<br><font title="周次(节次)">1-16(周)</font></div></td><td></td><td></td><td></td><td></td></tr></table>`)
	b.WriteString(`<table id="dataList"><tr><th>课程名称</th><th>考试时间</th></tr><tr><td>线性代数</td><td>2026-01-05 08:30~10:30</td></tr></table></html>`)
	return b.String()
}

func TestTimetableOfTerm(t *testing.T) {
	const mine, other = "2020000001", "2020000002"
	asked := jwxt.Term{Year: 2025, Part: 1}
	const address = "/jsxsd/xskb/xskb_list.do"
	tests := []struct {
		name   string
		term   jwxt.Term
		answer string
		kind   jwxt.Kind // Internal for none
	}{
		{"the current one", jwxt.Term{}, plan(mine, "2025-2026-2"), jwxt.Internal},
		{"one that is offered", asked, plan(mine, "2025-2026-1", "2025-2026-2"), jwxt.Internal},
		{"one that is not offered", asked, plan(mine, "2025-2026-2", "2024-2025-1"), jwxt.Closed},
		{"another one comes", asked, plan(mine, "2025-2026-2", "2025-2026-1"), jwxt.Changed},
		{"another student's", asked, plan(other, "2025-2026-1"), jwxt.KickedOut},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{"GET " + address: {tt.answer}, "POST " + address: {tt.answer}}}
			c := s.conn()
			c.Session.Student = jwxt.Student{Number: mine}
			got, err := qiangzhi.New().Timetable(t.Context(), c, tt.term)
			want(t, tt.kind, len(got.Lessons), err)
			if len(s.forms) > 0 && s.forms[0].Get("xnxq01id") != tt.term.String() {
				t.Errorf("asked with %v", s.forms)
			}
		})
	}
}

// want is one row and no error, or the kind and no row.
func want(t *testing.T, kind jwxt.Kind, rows int, err error) {
	t.Helper()
	switch {
	case kind == jwxt.Internal && (err != nil || rows != 1):
		t.Errorf("got %d rows and %v, want 1", rows, err)
	case kind != jwxt.Internal && (err == nil || jwxt.KindOf(err) != kind || rows != 0):
		t.Errorf("got %d rows and %v, want %v", rows, err, kind)
	case kind == jwxt.KickedOut && !errors.Is(err, jwxt.ErrOtherStudent):
		t.Errorf("got %v, want ErrOtherStudent", err)
	}
}

func TestExamsOfCurrentTerm(t *testing.T) {
	const mine, other = "2020000001", "2020000002"
	const form, list = "GET /jsxsd/xsks/xsksap_query", "POST /jsxsd/xsks/xsksap_list"
	form2 := strings.ReplaceAll(plan(mine, "2025-2026-2", "2025-2026-1"), "xnxq01id", "xnxqid")
	tests := []struct {
		name, form, list string
		kind             jwxt.Kind // Internal for none
	}{
		{"the form tells the term", form2, plan(mine, ""), jwxt.Internal},
		{"the form tells none", "<html>考试安排</html>", plan(mine, ""), jwxt.Changed},
		{"the form is another student's", strings.ReplaceAll(form2, mine, other), plan(mine, ""), jwxt.KickedOut},
		{"the list is another student's", form2, plan(other, ""), jwxt.KickedOut},
		{"the list is JSON", form2, `{"code":0,"data":[]}`, jwxt.Changed},
		{"the session has ended", loginPage("", ""), "", jwxt.Expired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{form: {tt.form}, list: {tt.list}}}
			c := s.conn()
			c.Session.Student = jwxt.Student{Number: mine}
			got, err := qiangzhi.New().Exams(t.Context(), c, jwxt.Term{})
			want(t, tt.kind, len(got.Exams), err)
			if tt.kind == jwxt.Internal {
				if asked := []string{form, list}; !slices.Equal(s.asked, asked) || s.forms[0].Get("xnxqid") != "2025-2026-2" {
					t.Errorf("asked %v with %v, want %v and the form's term", s.asked, s.forms, asked)
				}
				if got.Term != (jwxt.Term{Year: 2025, Part: 2}) {
					t.Errorf("the list is of %v", got.Term)
				}
			}
		})
	}
}

// Boxes in boxes are read once: 2 MB of them would take minutes.
func TestBoxesInBoxes(t *testing.T) {
	day := func(cell string) string {
		return `<table id="kbtable"><tr><th>节次<th>星期一<th>星期二<th>星期三<th>星期四<th>星期五<th>星期六<th>星期日</tr><tr><td>第一二节<td>` + cell +
			"<td><td><td><td><td><td></tr></table></html>"
	}
	deep := strings.Repeat(`<div class="kbcontent">`, 200) + "大学物理<br><font title='周次(节次)'>1-8(周)[01-02节]</font>"
	page := day(deep + strings.Repeat("<br>附注", 150_000) + strings.Repeat("</div>", 200))
	got := parse[jwxt.Timetable](t, "timetable", jwxttest.Page(t, "http://jw.example.edu.cn/jsxsd/xskb/xskb_list.do", []byte(page)))
	if len(got.Lessons) != 1 || got.Lessons[0].Course != "大学物理" || got.Lessons[0].To != 2 {
		t.Errorf("got %d lessons", len(got.Lessons))
	}
}
