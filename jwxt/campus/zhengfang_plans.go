package campus

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// timetable is xskbcx.aspx: the current term's, and another's once it has been
// chosen in the form. The alert of a closed page is invented.
func (z *zhengfang) timetable(v *visit) answer {
	account, _ := v.who()
	term, ok := z.chosenTerm(v, "xskbcx.aspx")
	switch {
	case !ok:
		return z.errorPage(v)
	case account.Gate == GateClosed:
		return z.plan(v, "xskbcx.aspx", "学生个人课程表", term, z.kbTable(nil), "当前课表查询功能未开放！")
	}
	lessons := account.Lessons(term)
	return z.plan(v, "xskbcx.aspx", "学生个人课程表", term, z.kbTable(lessons)+z.besideTables(lessons), "")
}

// exams is xskscx.aspx, likewise. A post of the term that the page has chosen
// already changes nothing in it and gives an empty table.
func (z *zhengfang) exams(v *visit) answer {
	account, _ := v.who()
	term, ok := z.chosenTerm(v, "xskscx.aspx")
	switch {
	case !ok:
		return z.errorPage(v)
	case account.Gate == GateClosed:
		return z.plan(v, "xskscx.aspx", "学生考试查询", term, z.examTable(account, term, nil), "当前考试查询功能未开放！")
	case v.r.Method == http.MethodPost && term == account.Current():
		return z.plan(v, "xskscx.aspx", "学生考试查询", term, z.examTable(account, term, nil), "")
	}
	return z.plan(v, "xskscx.aspx", "学生考试查询", term, z.examTable(account, term, account.Exams(term)), "")
}

// chosenTerm is the current term, or the one that a post of the form chose. It
// reports false for a post that no page of ours makes.
func (z *zhengfang) chosenTerm(v *visit, page string) (jwxt.Term, bool) {
	account, _ := v.who()
	if v.r.Method != http.MethodPost {
		return account.Current(), true
	}
	target := v.form.Get("__EVENTTARGET")
	t, err := jwxt.ParseTerm(v.form.Get("xnd") + "-" + v.form.Get("xqd"))
	offered := slices.Contains(zfYears(account), v.form.Get("xnd"))
	return t, err == nil && offered && z.stated(v, page) && (target == "xnd" || target == "xqd")
}

// zfYears are the years that the forms offer, newest first.
func zfYears(account Account) []string {
	var out []string
	for _, t := range newestFirst(account) {
		out = append(out, fmt.Sprintf("%d-%d", t.Year, t.Year+1))
	}
	return slices.Compact(out)
}

func (z *zhengfang) plan(v *visit, page, title string, term jwxt.Term, tables, alert string) answer {
	account, _ := v.who()
	return z.render("plan", map[string]any{
		"Page": page, "Title": title, "Number": account.Number, "Name": account.Name, "State": z.viewState(v, page),
		"Years": zfYears(account), "Year": fmt.Sprintf("%d-%d", term.Year, term.Year+1),
		"Parts": []string{"1", "2", "3"}, "Part": strconv.Itoa(term.Part), "Tables": tables, "Alert": alert,
	})
}

// kbTable writes the grid: a lesson spans as many rows as it has 节, and the
// rows below have no cell there.
func (z *zhengfang) kbTable(lessons []jwxt.Lesson) string {
	var b strings.Builder
	b.WriteString(`<table id="Table1" class="blacktab" bordercolor="Black" border="0" width="100%">` + "\n\t<tr>\n\t\t<td colspan=\"2\" rowspan=\"1\" width=\"2%\">时间</td>")
	for _, day := range []string{"一", "二", "三", "四", "五", "六", "日"} {
		b.WriteString(`<td align="Center" width="14%">星期` + day + "</td>")
	}
	b.WriteString("\n\t</tr><tr>\n\t\t<td colspan=\"2\">早晨</td>" + strings.Repeat(`<td align="Center">&nbsp;</td>`, 7))
	covered := [8]int{} // the last 节 that a cell of the day spans
	for period := 1; period <= 11; period++ {
		b.WriteString("\n\t</tr><tr>\n\t\t")
		if part := map[int]string{1: "上午", 5: "下午", 9: "晚上"}[period]; part != "" {
			fmt.Fprintf(&b, `<td rowspan="%d" width="1%%">%s</td>`, min(4, 12-period), part)
		}
		fmt.Fprintf(&b, "<td>第%d节</td>", period)
		for day := 1; day <= 7; day++ {
			if period > covered[day] {
				covered[day] = z.kbCell(&b, lessons, day, period)
			}
		}
	}
	b.WriteString("\n\t</tr>\n</table>\n<br>\n")
	return b.String()
}

// kbCell writes the lessons that begin there and tells the last 节 they take.
func (z *zhengfang) kbCell(b *strings.Builder, lessons []jwxt.Lesson, day, period int) int {
	var texts []string
	last := period
	for _, l := range lessons {
		if l.Weekday == day && l.From == period {
			texts = append(texts, zfLesson(l))
			last = max(last, l.To)
		}
	}
	if texts == nil {
		b.WriteString(`<td align="Center">&nbsp;</td>`)
		return last
	}
	fmt.Fprintf(b, `<td align="Center" rowspan="%d">%s</td>`, last-period+1, strings.Join(texts, "<br><br>"))
	return last
}

// zfLesson is a lesson's text. On Tuesdays it leaves its time to the grid.
func zfLesson(l jwxt.Lesson) string {
	from, to, parity := span(l.Weeks)
	when := fmt.Sprintf("{第%d-%d周", from, to)
	if l.Weekday == 2 {
		when += fmt.Sprintf("|%d节/%s周}", l.To-l.From+1, parity)
	} else {
		var periods []string
		for n := l.From; n <= l.To; n++ {
			periods = append(periods, strconv.Itoa(n))
		}
		day := []string{"", "一", "二", "三", "四", "五", "六", "日"}[l.Weekday]
		if parity != "" {
			parity = "|" + parity + "周"
		}
		when = "周" + day + "第" + strings.Join(periods, ",") + "节" + when + parity + "}"
	}
	return html.EscapeString(l.Course) + "<br>" + when + "<br>" + l.Teacher + "<br>" + l.Room
}

// besideTables are the tables below the grid: a lesson that has moved once,
// 实践课 without a time, and two that are empty.
func (z *zhengfang) besideTables(lessons []jwxt.Lesson) string {
	var moved, practice strings.Builder
	for _, l := range lessons {
		from, to, _ := span(l.Weeks)
		switch {
		case l.Weekday == 0:
			fmt.Fprintf(&practice, "<tr>\n\t\t<td>%s</td><td>%s</td><td>%s</td><td>%d-%d</td><td>&nbsp;</td><td>&nbsp;</td>\n\t</tr>",
				html.EscapeString(l.Course), l.Teacher, l.Credits, from, to)
		case moved.Len() == 0:
			fmt.Fprintf(&moved, "<tr>\n\t\t<td>调0012</td><td>%s</td><td>周%d第%d节连续2节{第%d周}/%s/%s</td><td>周6第%[3]d节连续2节{第%[4]d周}/%[5]s/%[6]s</td><td>2026-03-02-10-20</td>\n\t</tr>",
				html.EscapeString(l.Course), l.Weekday, l.From, from, l.Room, l.Teacher)
		}
	}
	table := func(title, id, headers, rows string) string {
		return `<div class="noprint" align="left">` + title + `：</div>` + "\n" + `<table class="datelist noprint" cellspacing="0" cellpadding="3" border="0" id="` + id + `" width="100%">` +
			"\n\t<tr class=\"datelisthead\">\n\t\t<td>" + strings.ReplaceAll(headers, " ", "</td><td>") + "</td>\n\t</tr>" + rows + "\n</table>\n"
	}
	return table("调、停（补）课信息", "DBGrid", "编号 课程名称 原上课时间地点教师 现上课时间地点教师 申请时间", moved.String()) +
		table("实践课(或无上课时间)信息", "DataGrid1", "课程名称 教师 学分 起止周 上课时间 上课地点", practice.String()) +
		table("实习课信息", "DBGridYxkc", "学年 学期 课程名称 实习时间 模块代号 先修模块 实习编号", "") +
		table("未安排上课时间的课程", "Datagrid2", "学年 学期 课程名称 教师姓名 学分", "")
}

func (z *zhengfang) examTable(account Account, term jwxt.Term, exams []jwxt.Exam) string {
	var b strings.Builder
	b.WriteString(`<table class="datelist" cellspacing="0" cellpadding="3" border="0" id="DataGrid1" width="100%">` + "\n\t<tr class=\"datelisthead\">\n\t\t")
	b.WriteString("<td>选课课号</td><td>课程名称</td><td>姓名</td><td>考试时间</td><td>考试地点</td><td>考试形式</td><td>座位号</td><td>校区</td>\n\t</tr>")
	for i, e := range exams {
		when := "&nbsp;"
		if e.Date != "" {
			when = e.Date[:4] + "年" + e.Date[5:7] + "月" + e.Date[8:] + "日(" + e.Starts + "-" + e.Ends + ")"
		}
		fmt.Fprintf(&b, "<tr%s>\n\t\t<td>(%s)-%s-0001-%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td> </td><td>%s</td><td>%s</td>\n\t</tr>",
			[]string{"", ` class="alt"`}[i%2], term, e.CourseID, e.Group, html.EscapeString(e.Course), account.Name, when, e.Room, e.Seat, e.Campus)
	}
	b.WriteString("\n</table>\n")
	return b.String()
}
