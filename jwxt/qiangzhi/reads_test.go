package qiangzhi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/qiangzhi"
)

const list = "GET /jsxsd/kscj/cjcx_list"

// gradeRows is a page with the rows from to below to.
func gradeRows(head string, from, to int) string {
	var s strings.Builder
	s.WriteString(`<html><title>学生个人考试成绩</title>` + head + `<table id="dataList"><tr><th>序号</th><th>开课学期</th><th>课程编号</th><th>课程名称</th><th>成绩</th></tr>`)
	for i := from; i < to; i++ {
		fmt.Fprintf(&s, "<tr><td>%d</td><td>%d-%d-1</td><td>C%d</td><td>课程%d</td><td>80</td></tr>", i, 2020+i%2, 2021+i%2, i, i)
	}
	return s.String() + "</table></html>"
}

func gradeItems(from, to, count int) string {
	var items []string
	for i := from; i < to; i++ {
		items = append(items, fmt.Sprintf(`{"xnxqid":"2024-2025-1","kch":"C%d","kc_mc":"课程%d","zcjstr":"80"}`, i, i))
	}
	return fmt.Sprintf(`{"code":0,"count":%d,"data":[%s]}`, count, strings.Join(items, ","))
}

// TestLongLists: no row is lost where a list has pages, and a list that turns
// out incomplete is not taken for the whole.
func TestLongLists(t *testing.T) {
	pager := func(n int) string { return fmt.Sprintf("<span>共%d页 3条</span>", n) }
	tests := []struct {
		name    string
		answers map[string][]string
		memo    string
		rows    int
		kind    jwxt.Kind // Internal for none
	}{
		{"JSON in three pages", map[string][]string{list: {gradeItems(0, 200, 450), gradeItems(200, 400, 450), gradeItems(400, 450, 450)}}, "json", 450, jwxt.Internal},
		{"JSON that repeats its first page", map[string][]string{list: {gradeItems(0, 200, 450)}}, "json", 0, jwxt.Changed},
		{"JSON that ends early", map[string][]string{list: {gradeItems(0, 200, 450), gradeItems(0, 0, 450)}}, "json", 0, jwxt.Changed},
		{"JSON longer than it says", map[string][]string{list: {gradeItems(0, 3, 2)}}, "json", 3, jwxt.Internal},
		{"HTML in two pages", map[string][]string{list: {gradeRows(pager(2), 0, 2)}, "POST /jsxsd/kscj/cjcx_list": {gradeRows(pager(2), 2, 3)}}, "", 3, jwxt.Internal},
		{"HTML that repeats its first page", map[string][]string{list: {gradeRows(pager(2), 0, 2)}, "POST /jsxsd/kscj/cjcx_list": {gradeRows(pager(2), 0, 2)}}, "", 0, jwxt.Changed},
		{"JSON became HTML", map[string][]string{list: {gradeRows("", 0, 2)}}, "json", 2, jwxt.Internal},
		{"HTML became JSON", map[string][]string{list: {gradeItems(0, 2, 2)}}, "", 2, jwxt.Internal},
		{"no byte, then JSON", map[string][]string{list: {"", gradeItems(0, 2, 2)}}, "", 2, jwxt.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: tt.answers}
			c := s.conn()
			if tt.memo != "" {
				c.Session.Memo = map[string]string{"grades": tt.memo}
			}
			got, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
			if tt.kind == jwxt.Internal && err != nil || tt.kind != jwxt.Internal && (err == nil || jwxt.KindOf(err) != tt.kind) {
				t.Fatalf("got %v, want %v", err, tt.kind)
			}
			if len(got.Grades) != tt.rows {
				t.Errorf("got %d rows, want %d", len(got.Grades), tt.rows)
			}
		})
	}
}

// TestOtherStudent: a page that names somebody else ends the session here.
func TestOtherStudent(t *testing.T) {
	head := `<div id="Top1_divLoginName">李四(2020000002)</div>`
	s := &stub{t: t, answers: map[string][]string{list: {gradeRows(head, 0, 2)}}}
	c := s.conn()
	c.Session = jwxt.Session{Student: jwxt.Student{Number: "2020000001"}, Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: "1", Domain: "jw.example.edu.cn", Path: "/"}}}
	got, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
	if !errors.Is(err, jwxt.ErrOtherStudent) || jwxt.KindOf(err) != jwxt.KickedOut || len(got.Grades) != 0 {
		t.Errorf("got %d rows and %v, want ErrOtherStudent", len(got.Grades), err)
	}
	if len(c.Session.Cookies) != 0 {
		t.Error("the session is still held")
	}
}

func TestTermIsFilteredHere(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{list: {gradeRows("", 0, 5)}}}
	got, err := qiangzhi.New().Grades(t.Context(), s.conn(), jwxt.Term{Year: 2021, Part: 1})
	if err != nil || len(got.Grades) != 2 {
		t.Errorf("got %d rows, %v; want the 2 of the term", len(got.Grades), err)
	}
}

func TestNoticePages(t *testing.T) {
	row := `<tr><td>1</td><td>通知</td><td>类</td><td>人</td><td>2026-09-01</td><td><a href="javascript:openWindow('/jsxsd/ggly/ggly_show?ggid=AB12')">查看</a></td></tr>`
	table := func(n int) string {
		return fmt.Sprintf(`<html><table><tr><th>序号</th><th>标题</th><th>类别</th><th>发送人</th><th>发送时间</th><th>操作</th></tr>%s</table><input name="pageIndex" value="%d">共2页 21条</html>`, row, n)
	}
	widget := `<li class="list-group-item" title="通知"><a onclick="gotoTzgg('AB12')">通</a></li>`
	s := &stub{t: t, answers: map[string][]string{
		"GET /jsxsd/ggly/ysgg_query": {table(1)}, "POST /jsxsd/ggly/ysgg_query": {table(2), table(1)},
	}}
	d, c := qiangzhi.New(), s.conn()
	if got, err := d.Notices(t.Context(), c, 1); err != nil || got.Pages != 2 || got.Total != 21 || got.Notices[0].ID != "AB12" {
		t.Errorf("first page: %+v, %v", got, err)
	}
	if got, err := d.Notices(t.Context(), c, 2); err != nil || got.Page != 2 {
		t.Errorf("second page: %+v, %v", got, err)
	}
	if _, err := d.Notices(t.Context(), c, 2); err == nil || jwxt.KindOf(err) != jwxt.Changed {
		t.Errorf("the first page as the second: %v, want Changed", err)
	}
	s = &stub{t: t, answers: map[string][]string{"GET /jsxsd/framework/main_index_loadtzgg.jsp": {widget}}}
	c = s.conn()
	for want := range []int{2, 1} { // the second time it is known
		s.asked = nil
		got, err := d.Notices(t.Context(), c, 1)
		if err != nil || got.Notices[0].ID != "tzgg-AB12" || len(s.asked) != 2-want {
			t.Errorf("widget: %+v, %v after %q", got, err, s.asked)
		}
	}
	if _, err := d.Notice(t.Context(), c, "../../x?y=1"); err == nil || jwxt.KindOf(err) != jwxt.Internal {
		t.Errorf("an ID from nowhere: %v, want Internal", err)
	}
}

func TestKeepAlive(t *testing.T) {
	const blank = "GET /jsxsd/framework/blankPage.jsp"
	for answer, kind := range map[string]jwxt.Kind{
		"<html></html>": jwxt.Internal, "302 /jsxsd/": jwxt.Expired, "302 /jsxsd/xk/LoginToXk": jwxt.Expired,
		"302 https://cas.example.com/cas/login": jwxt.Expired, loginPage("", ""): jwxt.Expired,
		"302 https://id.example.com/": jwxt.Expired, "302 /jsxsd/framework/moved.jsp": jwxt.Changed,
		loginPage("", "您的账号在其它地方登录"): jwxt.KickedOut, "<html><a>退出登录</a></html>": jwxt.Internal,
	} {
		s := &stub{t: t, answers: map[string][]string{blank: {answer}}}
		err := qiangzhi.New().KeepAlive(t.Context(), s.conn())
		if kind == jwxt.Internal && err != nil || kind != jwxt.Internal && (err == nil || jwxt.KindOf(err) != kind) {
			t.Errorf("%.40q: got %v, want %v", answer, err, kind)
		}
	}
}
