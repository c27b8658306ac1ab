package zhengfang_test

import (
	"errors"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

const mine = "2020000001"

// planPage is a page of a term that names its student, with a timetable of one
// lesson and a list of one examination.
func planPage(student, owner, year, part string) string {
	var b strings.Builder
	b.WriteString(`<html><form method="post" action="plan.aspx"><input type="hidden" name="__VIEWSTATE" value="state"><select name="xnd">`)
	for _, y := range []string{"2025-2026", "2024-2025"} {
		b.WriteString(`<option ` + map[bool]string{true: "selected"}[y == year] + ` value="` + y + `">` + y + `</option>`)
	}
	b.WriteString(`</select><select name="xqd">`)
	for _, p := range []string{"1", "2", "3"} {
		b.WriteString(`<option ` + map[bool]string{true: "selected"}[p == part] + ` value="` + p + `">` + p + `</option>`)
	}
	b.WriteString(`</select><span>学号：` + student + `</span><table id="Table1"><tr><td>时间</td><td>星期一</td><td>星期二</td><td>星期三</td><td>星期四</td><td>星期五</td></tr>` +
		`<tr><td>第1节</td><td>线性代数<br>周一第1节{第1-16周}<br>陈测试<br>明德楼101</td><td></td><td></td><td></td><td></td></tr></table>` +
		`<table id="DataGrid1"><tr><td>课程名称</td><td>姓名</td><td>考试时间</td></tr><tr><td>线性代数</td><td>` + owner + `</td><td>2026年01月05日(08:30-10:30)</td></tr></table></form></html>`)
	return b.String()
}

// TestPlansOfTerm reads both of the current and of other terms, which costs a
// post of the form's choice. The current term is never posted.
func TestPlansOfTerm(t *testing.T) {
	now := planPage(mine, "张三", "2025-2026", "2")
	term := func(year, part int) jwxt.Term { return jwxt.Term{Year: year, Part: part} }
	tests := []struct {
		name        string
		term        jwxt.Term
		get, post   string
		kind        jwxt.Kind // Internal for none
		target, set string    // of the post; "" where none is made
	}{
		{"the current one", jwxt.Term{}, now, "", jwxt.Internal, "", ""},
		{"the current one by name", term(2025, 2), now, "", jwxt.Internal, "", ""},
		{"another part", term(2025, 1), now, planPage(mine, "张三", "2025-2026", "1"), jwxt.Internal, "xqd", "2025-2026 1"},
		{"another year", term(2024, 2), now, planPage(mine, "张三", "2024-2025", "2"), jwxt.Internal, "xnd", "2024-2025 2"},
		{"both", term(2024, 1), now, planPage(mine, "张三", "2024-2025", "1"), jwxt.Internal, "xqd", "2024-2025 1"},
		{"one that is not offered", term(2019, 1), now, "", jwxt.Closed, "", ""},
		{"the current one comes again", term(2024, 1), now, now, jwxt.Changed, "xqd", "2024-2025 1"},
		{"another student's number", jwxt.Term{}, planPage("2020000002", "张三", "2025-2026", "2"), "", jwxt.KickedOut, "", ""},
		{"a login page", term(2024, 1), loginPage(withCode, ""), "", jwxt.Expired, "", ""},
	}
	for _, tt := range tests {
		for page, read := range planReaders() {
			t.Run(tt.name+" of "+page, func(t *testing.T) {
				s := &stub{t: t, answers: map[string][]string{"GET /" + page: {tt.get}, "POST /plan.aspx": {tt.post}}}
				rows, err := read(t, s, tt.term)
				wantRow(t, tt.kind, rows, err)
				if !strings.HasPrefix(s.asked[0], "GET /"+page+"?xh="+mine+"&gnmkdm=N12160") {
					t.Errorf("asked for %q", s.asked[0])
				}
				if tt.target == "" {
					if len(s.asked) != 1 {
						t.Errorf("asked %q", s.asked)
					}
					return
				}
				form := s.posted()
				if got := form.Get("xnd") + " " + form.Get("xqd"); got != tt.set || form.Get("__EVENTTARGET") != tt.target || form.Get("__VIEWSTATE") != "state" {
					t.Errorf("posted %v, want %s by %s", form, tt.set, tt.target)
				}
			})
		}
	}
}

// planReaders read a page's rows, by the page's name.
func planReaders() map[string]func(*testing.T, *stub, jwxt.Term) (int, error) {
	return map[string]func(*testing.T, *stub, jwxt.Term) (int, error){
		"xskbcx.aspx": func(t *testing.T, s *stub, term jwxt.Term) (int, error) {
			got, err := zhengfang.New().Timetable(t.Context(), loggedIn(s), term)
			return len(got.Lessons), err
		},
		"xskscx.aspx": func(t *testing.T, s *stub, term jwxt.Term) (int, error) {
			got, err := zhengfang.New().Exams(t.Context(), loggedIn(s), term)
			return len(got.Exams), err
		},
	}
}

func loggedIn(s *stub) *jwxt.Conn {
	c := s.conn(nil)
	c.Session.Student = jwxt.Student{Number: mine, Name: "张三"}
	return c
}

// wantRow is one row and no error, or the kind and no row.
func wantRow(t *testing.T, kind jwxt.Kind, rows int, err error) {
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

// The list of examinations names the student in each row.
func TestExamsOfAnotherName(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{"GET /xskscx.aspx": {planPage("", "李四", "2025-2026", "2")}}}
	got, err := zhengfang.New().Exams(t.Context(), loggedIn(s), jwxt.Term{})
	wantRow(t, jwxt.KickedOut, len(got.Exams), err)
}

// TestPlanAddresses: the school's option wins over the menu.
func TestPlanAddresses(t *testing.T) {
	page := planPage(mine, "张三", "2025-2026", "2")
	menu := map[string]string{"timetable": "xskbcx.aspx?xh=" + mine + "&gnmkdm=N999"}
	for _, tt := range []struct {
		options map[string]string
		want    string
	}{
		{nil, "GET /xskbcx.aspx?xh=" + mine + "&gnmkdm=N999"},
		{map[string]string{"timetable": "tjkbcx.aspx?gnmkdm=N1"}, "GET /tjkbcx.aspx?xh=" + mine + "&gnmkdm=N1"},
	} {
		s := &stub{t: t, answers: map[string][]string{"GET /xskbcx.aspx": {page}, "GET /tjkbcx.aspx": {page}}}
		c := loggedIn(s)
		c.School.Options, c.Session.Memo = tt.options, menu
		if _, err := zhengfang.New().Timetable(t.Context(), c, jwxt.Term{}); err != nil || s.asked[0] != tt.want {
			t.Errorf("asked %q, %v; want %q", s.asked, err, tt.want)
		}
	}
}
