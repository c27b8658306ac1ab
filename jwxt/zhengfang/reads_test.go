package zhengfang_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/zhengfang"
)

const selects = `<select name="ddlXN"><option value=""></option><option value="2024-2025">2024-2025</option><option selected="selected" value="2023-2024">2023-2024</option></select>
	<select name="ddlXQ"><option value=""></option><option value="1">1</option><option value="2">2</option></select><select name="ddl_kcxz"><option value="">全部</option></select>`

// gradePage has these buttons (name=text) and, once asked, a table.
func gradePage(fields, table, said string, buttons ...string) string {
	var b strings.Builder
	for _, one := range buttons {
		name, text, _ := strings.Cut(one, "=")
		fmt.Fprintf(&b, `<input type="submit" name="%s" value="%s" />`, name, text)
	}
	if said != "" {
		said = "<script language='javascript' defer>alert('" + said + "');</script>"
	}
	return `<html><head><title>现代教学管理信息系统</title></head><body><form method="post" action="xscj_gc.aspx?xh=2020000001&amp;xm=张三&amp;gnmkdm=N121605">
		<input type="hidden" name="__VIEWSTATE" value="dDw1" /><input type="hidden" name="__EVENTTARGET" value="" />` + fields + b.String() + table + `</form>` + said + `</body></html>`
}

const gcButtons = "Button1=按学期查询 Button5=按学年查询 Button2=在校学习成绩查询 Button3=未通过课程"

// gradeTable has a row for each: 学年 学期 课程名称 成绩 补考成绩 重修成绩.
func gradeTable(above string, rows ...string) string {
	var b strings.Builder
	b.WriteString(above + `<table class="datelist" id="DataGrid1"><tr class="datelisthead"><td>学年</td><td>学期</td><td><a href="#">课程名称</a></td><td>成绩</td><td>补考成绩</td><td>重修成绩</td></tr>`)
	for _, r := range rows {
		b.WriteString("<tr><td>" + strings.ReplaceAll(r, " ", "</td><td>") + "</td></tr>")
	}
	return b.String() + "</table>"
}

// asking is a school whose grade page has these buttons.
func asking(t *testing.T, fields, answer string, buttons ...string) *stub {
	return &stub{t: t, answers: map[string][]string{
		"GET /xscj_gc.aspx":  {gradePage(fields, "", "", buttons...)},
		"POST /xscj_gc.aspx": {answer},
	}}
}

// TestButtons presses one button, the one that asks for what is wanted.
func TestButtons(t *testing.T) {
	spring := jwxt.Term{Year: 2024, Part: 2}
	old := jwxt.Term{Year: 1999, Part: 2} // which the page does not offer
	tests := []struct {
		name    string
		buttons string
		fields  string
		term    jwxt.Term
		want    string // button, year, part; "" is Changed
	}{
		{"all by 在校学习成绩查询", gcButtons, selects, jwxt.Term{}, "Button2 / "},
		{"a term by 按学期查询", gcButtons, selects, spring, "Button1 2024-2025/2"},
		{"a term that is not offered", gcButtons, selects, old, "Button2 / "},
		{"all by 历年成绩", "btn_xq=学期成绩 btn_xn=学年成绩 btn_zcj=历年成绩", selects, jwxt.Term{}, "btn_zcj / "},
		{"a term by 学期成绩", "btn_xq=学期成绩 btn_xn=学年成绩 btn_zcj=历年成绩", selects, spring, "btn_xq 2024-2025/2"},
		{"all by empty fields", "btnCx=查询", selects, jwxt.Term{}, "btnCx / "},
		{"a term by its fields", "btnCx=查询", selects, spring, "btnCx 2024-2025/2"},
		{"all where only a year can be asked", "Button5=按学年查询", selects, jwxt.Term{}, ""},
		{"all where no field may be empty", "btnCx=查询", strings.ReplaceAll(selects, `<option value=""></option>`, ""), jwxt.Term{}, ""},
		{"no fields, only 历年成绩", "btn_zcj=历年成绩", "", spring, "btn_zcj /"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			buttons := strings.Fields(tt.buttons)
			s := asking(t, tt.fields, gradeTable(""), buttons...)
			_, err := zhengfang.New().Grades(t.Context(), s.loggedIn(nil), tt.term)
			if tt.want == "" {
				wantKind(t, err, jwxt.Changed, "")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			f := s.posted()
			var pressed []string
			for _, b := range buttons {
				if name, text, _ := strings.Cut(b, "="); f.Has(name) && f.Get(name) == gbk(text) {
					pressed = append(pressed, name)
				}
			}
			got := strings.Join(pressed, "+") + " " + f.Get("ddlXN") + "/" + f.Get("ddlXQ")
			if strings.TrimSpace(strings.ReplaceAll(got, " ", "")) != strings.ReplaceAll(tt.want, " ", "") {
				t.Errorf("pressed %q, want %q", got, tt.want)
			}
			if f.Get("__VIEWSTATE") != "dDw1" || !f.Has("__EVENTTARGET") || f.Has("ddlXN") != (tt.fields != "") {
				t.Errorf("posted %v", f)
			}
			if want := "POST /xscj_gc.aspx?xh=2020000001&xm=%D5%C5%C8%FD&gnmkdm=N121605"; s.asked[1] != want {
				t.Errorf("asked %q, want %q", s.asked[1], want)
			}
		})
	}
}

// Rows of other terms that come all the same are left out.
func TestOneTerm(t *testing.T) {
	s := asking(t, selects, gradeTable("", "2024-2025 1 数据库 88 &nbsp; &nbsp;", "2024-2025 2 编译原理 77 &nbsp; &nbsp;"), "Button2=在校学习成绩查询")
	got, err := zhengfang.New().Grades(t.Context(), s.loggedIn(nil), jwxt.Term{Year: 2024, Part: 2})
	if err != nil || len(got.Grades) != 1 || got.Grades[0].Course != "编译原理" {
		t.Errorf("got %+v, %v", got.Grades, err)
	}
}

// The page of one term names it in its fields alone.
func TestTermOfFields(t *testing.T) {
	fields := strings.Replace(strings.Replace(selects, `<option value="2">`, `<option value="2" selected>`, 1), "ddl_kcxz", "x", 1)
	table := `<table id="DataGrid1"><tr><td>课程代码</td><td>课程名称</td><td>成绩</td></tr><tr><td>A1</td><td>数据库</td><td>88</td></tr></table>`
	s := asking(t, selects, gradePage(fields, table, "", "btnCx=查询"), "btnCx=查询")
	got, err := zhengfang.New().Grades(t.Context(), s.loggedIn(nil), jwxt.Term{Year: 2023, Part: 2})
	if err != nil || len(got.Grades) != 1 || got.Grades[0].Term != (jwxt.Term{Year: 2023, Part: 2}) {
		t.Errorf("got %+v, %v", got.Grades, err)
	}
}

// TestRefusedGrades tells why there are none.
func TestRefusedGrades(t *testing.T) {
	usual := gradePage(selects, "", "", strings.Fields(gcButtons)...)
	tests := []struct {
		name, first, then string
		kind              jwxt.Kind
		said              string
	}{
		{"评教, at once", gradePage(selects, "", "请先完成教学质量评价！", "Button2=在校学习成绩查询"), "", jwxt.MustActFirst, "教学质量评价"},
		{"评教, when asked", usual, gradePage(selects, "", "您还没有评教，不能查询成绩！"), jwxt.MustActFirst, "评教"},
		{"评教, over an empty table", usual, gradePage(selects, gradeTable(""), "您还没有评教！"), jwxt.MustActFirst, "评教"},
		{"arrears", usual, gradePage(selects, gradeTable(""), "您有欠费，请缴费后查询"), jwxt.MustActFirst, "欠费"},
		{"closed", usual, gradePage(selects, gradeTable(""), "当前成绩查询功能未开放！"), jwxt.Closed, "未开放"},
		{"unknown words over an empty table", usual, gradePage(selects, gradeTable(""), "天有不测风云"), jwxt.Changed, "天有不测风云"},
		{"no table, no words", usual, usual, jwxt.Changed, ""},
		{"trouble, twice", trouble, "", jwxt.Unreachable, "系统正忙"},
		{"login page", loginPage(withCode, ""), "", jwxt.Expired, ""},
		{"login page when asked", usual, loginPage(withCode, ""), jwxt.Expired, ""},
		{"script to the login page", "<script>window.location='default2.aspx'</script>", "", jwxt.Expired, ""},
		{"redirect", "302 /default2.aspx", "", jwxt.Expired, ""},
		{"redirect to the folder", "302 /", "", jwxt.Expired, ""},
		{"kicked out", loginPage("", "您的账号在其它地方登录，您已被迫下线！"), "", jwxt.KickedOut, "其它地方"},
		{"a sentence of the login page", loginPage("", "密码错误！！"), "", jwxt.Expired, ""},
		{"must change the password", "<title>修改密码</title><form><input type=password name=TextBox2><input type=password name=TextBox3><input type=password name=TextBox4></form>", "", jwxt.MustActFirst, "修改密码"},
		{"a row too long", usual, gradePage(selects, gradeTable("", "2024-2025 1 数据库 88 1 2 3 4"), ""), jwxt.Changed, ""},
		{"cut", usual, `<table id="Datagrid1"><tr><td>课程名称</td><td>成绩</td></tr><tr><td>数据库</td><td>8`, jwxt.Unreachable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{"GET /xscj_gc.aspx": {tt.first}, "POST /xscj_gc.aspx": {tt.then}}}
			c := s.loggedIn(nil)
			got, err := zhengfang.New().Grades(t.Context(), c, jwxt.Term{})
			wantKind(t, err, tt.kind, tt.said)
			if len(got.Grades) > 0 {
				t.Errorf("%d rows beside the error", len(got.Grades))
			}
			if c.Session.Cookies[0].Value != "abc" || c.Session.Student.Number == "" {
				t.Errorf("the session is %+v", c.Session)
			}
		})
	}
}

// Where the grades are is the menu's to say, or the option's.
func TestGradeAddress(t *testing.T) {
	tests := []struct{ name, option, menu, want string }{
		{"menu", "", "xscj_gc.aspx?xh=2020000001&xm=%D5&gnmkdm=N1", "GET /xscj_gc.aspx?xh=2020000001&xm=%D5&gnmkdm=N1"},
		{"option", "Xscjcx.aspx?gnmkdm=N121605", "xscj_gc.aspx?xh=2020000001", "GET /Xscjcx.aspx?xh=2020000001&gnmkdm=N121605"},
		{"option without a query", "/xscjcx.aspx", "", "GET /xscjcx.aspx?xh=2020000001"},
		{"neither", "", "", ""},
		{"another host", "//evil.example/xscj.aspx", "", "GET /evil.example/xscj.aspx?xh=2020000001"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{}}
			path, _, _ := strings.Cut(tt.want, "?")
			s.answers[path] = []string{trouble}
			c := s.loggedIn(map[string]string{"grades": tt.option})
			c.Session.Memo["grades"] = tt.menu
			_, err := zhengfang.New().Grades(t.Context(), c, jwxt.Term{})
			if tt.want == "" {
				wantKind(t, err, jwxt.Changed, "")
				return
			}
			wantKind(t, err, jwxt.Unreachable, "")
			if s.asked[0] != tt.want {
				t.Errorf("asked %q, want %q", s.asked[0], tt.want)
			}
		})
	}
}

// Pages that name another student end the session.
func TestOtherStudent(t *testing.T) {
	row := "2024-2025 1 数据库 88 &nbsp; &nbsp;"
	for label, other := range map[string]bool{
		"学号：2020000002": true, "学 号: 2020000002 姓名：李四": true, "学号：2020000001": false, "学号：2020****01": false, "": false,
	} {
		s := asking(t, selects, gradeTable("<span>"+label+"</span>", row), "Button2=在校学习成绩查询")
		c := s.loggedIn(nil)
		got, err := zhengfang.New().Grades(t.Context(), c, jwxt.Term{})
		if errors.Is(err, jwxt.ErrOtherStudent) != other || (len(got.Grades) == 0) != other || (len(c.Session.Cookies) == 0) != other {
			t.Errorf("%q: got %v, %d rows, session %+v", label, err, len(got.Grades), c.Session)
		}
	}
	for greeting, other := range map[string]bool{"张三同学": false, "李四同学": true, "2020000002 张三同学": true, "2020000001  张三同学": false, "": false} {
		s := &stub{t: t, answers: map[string][]string{"GET /xs_main.aspx": {strings.Replace(home, "张三同学", greeting, 1)}}}
		c := s.loggedIn(nil)
		if err := zhengfang.New().KeepAlive(t.Context(), c); errors.Is(err, jwxt.ErrOtherStudent) != other || (len(c.Session.Cookies) == 0) != other {
			t.Errorf("keep alive, %q: got %v", greeting, err)
		}
	}
}

// A page says what it says in whatever charset.
func TestUTF8Page(t *testing.T) {
	answer := gradePage(selects, gradeTable("", "2024-2025 1 数据库 88 &nbsp; &nbsp;"), "", "Button2=在校学习成绩查询")
	var sent string
	c := (&stub{}).loggedIn(nil)
	c.HTTP = jwxttest.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			sent = r.FormValue("Button2") + r.URL.Query().Get("xm")
		}
		w.Write([]byte(answer))
	}))
	got, err := zhengfang.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil || len(got.Grades) != 1 || sent != "在校学习成绩查询张三" {
		t.Errorf("got %+v, %v; sent %q", got.Grades, err, sent)
	}
}

// The way out, where there is one, and what is forgotten in any case.
func TestLogout(t *testing.T) {
	out := strings.Replace(home, "<form>", `<form><input type="hidden" name="__VIEWSTATE" value="v"><a id="likTc" href="javascript:__doPostBack('likTc','')">退出</a>`, 1)
	for name, tt := range map[string]struct {
		answer string
		asked  int
		kind   jwxt.Kind
	}{
		"a way out": {out, 2, jwxt.Internal}, "none": {home, 1, jwxt.Internal}, "ended already": {"302 /default2.aspx", 1, jwxt.Internal}, "trouble": {trouble, 1, jwxt.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{"GET /xs_main.aspx": {tt.answer}, "POST /xs_main.aspx": {"302 /default2.aspx"}}}
			c := s.loggedIn(nil)
			err := zhengfang.New().Logout(t.Context(), c)
			if jwxt.KindOf(err) != tt.kind && err != nil || (err == nil) != (tt.kind == jwxt.Internal) || len(s.asked) != tt.asked || !c.Session.Empty() {
				t.Errorf("got %v, asked %q, session %+v", err, s.asked, c.Session)
			}
			if tt.asked == 2 {
				if f := s.posted(); f.Get("__EVENTTARGET") != "likTc" || f.Get("__VIEWSTATE") != "v" {
					t.Errorf("posted %v", f)
				}
			}
		})
	}
}

func noticePage(title, text, link string) string {
	return `<html><body><form><span id="Label2">` + title + `</span><textarea id="tbGGSM">` + text + `</textarea><div id="fj">` + link + `</div></form></body></html>`
}

func TestNotice(t *testing.T) {
	list := `<table><tr><td>相关新闻--公布标题</td><td>发布单位</td><td>发布时间</td></tr>
		<tr><td><a href="#" onclick="window.open('ggsm.aspx?fbsj=2024-3-9 8:05:00&amp;yxqx=&amp;xh= ','gxlb')">关于补考的通知</a></td><td>教务处</td><td>2024-3-9</td></tr></table>`
	s := &stub{t: t, answers: map[string][]string{
		"GET /content.aspx": {list},
		"GET /ggsm.aspx":    {noticePage("关于补考的通知", "\n  各学院：\r\n\r\n　　第18周补考。\n", `<a id="HyperLink1" href="/wbwj/安排.xls">安排表</a><a id="HyperLink2"></a><a href="javascript:close()">关闭</a>`)},
	}}
	c := s.loggedIn(nil)
	all, err := zhengfang.New().Notices(t.Context(), c, 1)
	if err != nil || len(all.Notices) != 1 {
		t.Fatalf("got %+v, %v", all, err)
	}
	got, err := zhengfang.New().Notice(t.Context(), c, all.Notices[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	want := jwxt.NoticeDetail{
		Notice: jwxt.Notice{ID: all.Notices[0].ID, Title: "关于补考的通知", Published: "2024-3-9 8:05:00"},
		Text:   "各学院：\n\n第18周补考。", URL: "http://jw.example.edu.cn/ggsm.aspx?fbsj=2024-3-9%208:05:00&yxqx=&xh=",
		Attachments: []jwxt.Attachment{{Name: "安排表", URL: "http://jw.example.edu.cn/wbwj/%B0%B2%C5%C5.xls"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, id := range []string{"", "x", "../", "fHx8", strings.Repeat("A", 90)} {
		_, err := zhengfang.New().Notice(t.Context(), c, id)
		wantKind(t, err, jwxt.Internal, "")
	}
	if len(s.asked) != 2 {
		t.Errorf("asked %q", s.asked)
	}
}

// Whatever goes wrong, __VIEWSTATE, which names the student, is in no error
// and, after a login, in no session.
func TestViewStateStays(t *testing.T) {
	const state = "VIEWSTATE-5byg5LiJ"
	page := strings.ReplaceAll(gradePage(selects, "", "天有不测风云", strings.Fields(gcButtons)...), "dDw1", state)
	s := letsIn(t, map[string][]string{"GET /xscj_gc.aspx": {page}, "POST /xscj_gc.aspx": {page}})
	c := s.conn(nil)
	if _, err := attempt(t, c, answers("captcha", "ab12")); err != nil {
		t.Fatal(err)
	}
	_, err := zhengfang.New().Grades(context.WithoutCancel(t.Context()), c, jwxt.Term{})
	if text := fmt.Sprintf("%v %+v %s %v", err, err, jwxt.SaidOf(err), c.Session); err == nil || strings.Contains(text, state) {
		t.Errorf("it is in the error or the session: %s", text)
	}
}
