package campus

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// timetable is xskb_list.do: a term's lessons in rows of two 节, the last of
// three. What has no time stands under 备注. The old skin writes no 节 into a
// lesson and the student into its head; the new ones write 节, the building,
// and an empty twin beside each box.
func (q *qiangzhi) timetable(v *visit) answer {
	account, _ := v.who()
	if account.Gate == GateClosed {
		return q.page(http.StatusOK, "closed", map[string]any{"Head": q.head("提示")})
	}
	term := q.askedTerm(account, v.form.Get("xnxq01id"))
	lessons, alert := account.Lessons(term), ""
	if unevaluated(account, term.String()) {
		lessons, alert = nil, "评教未完成，不能查看课表！"
	}
	return q.page(http.StatusOK, "timetable", map[string]any{
		"Head": q.head("学期理论课表"), "Skin": q.Skin, "Name": account.Name, "Number": account.Number,
		"Terms": newestFirst(account), "Term": term, "Rows": q.kbRows(lessons), "Remark": remark(lessons), "Alert": alert,
	})
}

// askedTerm is the term of a form, the current one for what the school does
// not offer.
func (q *qiangzhi) askedTerm(account Account, asked string) jwxt.Term {
	if t, err := jwxt.ParseTerm(asked); err == nil && slices.Contains(terms(account.Grades), t) {
		return t
	}
	return account.Current()
}

// newestFirst are the terms that the forms offer.
func newestFirst(account Account) []jwxt.Term {
	out := terms(account.Grades)
	slices.Reverse(out)
	return out
}

// kbRow is a row of the timetable.
type kbRow struct {
	Label string
	Cells string
}

// kbLabels are the labels of the rows, of two 节 each and the last of three.
func (q *qiangzhi) kbLabels() []string {
	switch q.Skin {
	case SkinNew:
		return []string{"1-2节", "3-4节", "5-6节", "7-8节", "9-11节"}
	case SkinApp:
		var out []string
		for i, n := range []string{"一", "二", "三", "四", "五"} {
			starts, _ := bell(2*i + 1)
			_, ends := bell(2*i + 2 + i/4)
			out = append(out, "第"+n+"大节<br>"+starts+"-"+ends)
		}
		return out
	}
	return []string{"第一二节", "第三四节", "第五六节", "第七八节", "第九十十一节"}
}

func (q *qiangzhi) kbRows(lessons []jwxt.Lesson) []kbRow {
	var out []kbRow
	for i, label := range q.kbLabels() {
		var cells strings.Builder
		for day := 1; day <= 7; day++ {
			var full, short []string
			for _, l := range lessons {
				if l.Weekday == day && l.From <= 2*i+2 && l.To > 2*i {
					full, short = append(full, q.kbLesson(l, true)), append(short, q.kbLesson(l, false))
				}
			}
			q.kbCell(&cells, fmt.Sprintf("266AB0FB8D594AAFAAFA407F782D%04X-%d", i+10000, day), short, full)
		}
		out = append(out, kbRow{label, cells.String()})
	}
	return out
}

// kbCell writes a cell with its two boxes, and with the twins of newer builds.
func (q *qiangzhi) kbCell(b *strings.Builder, id string, short, full []string) {
	const between = "---------------------<br>"
	fill := func(parts []string) string {
		if len(parts) == 0 {
			return "&nbsp;"
		}
		return strings.Join(parts, between)
	}
	b.WriteString("<td width=\"123\" height=\"28\" align=\"center\" valign=\"top\">\n")
	fmt.Fprintf(b, "<div id=\"%s-1\" class=\"kbcontent1\">%s</div>\n", id, fill(short))
	if q.Skin != SkinOld {
		b.WriteString("<div class=\"kbcontent1 sykb1\"></div>\n")
	}
	fmt.Fprintf(b, "<div id=\"%s-2\" style=\"display: none;\" class=\"kbcontent\" >%s</div>\n", id, fill(full))
	if q.Skin != SkinOld {
		b.WriteString("<div style=\"display: none;\" class=\"kbcontent sykb2\"></div>\n")
	}
	b.WriteString("</td>\n")
}

func (q *qiangzhi) kbLesson(l jwxt.Lesson, full bool) string {
	var b strings.Builder
	b.WriteString(html.EscapeString(l.Course))
	teacher := "教师"
	if q.Skin == SkinOld {
		teacher = "老师"
		b.WriteString("</br>(讲课学时)") // a wrong tag, as seen
	}
	b.WriteString("<br/>")
	if full {
		fmt.Fprintf(&b, "<font title='%s'>%s</font><br/>", teacher, l.Teacher)
	}
	fmt.Fprintf(&b, "<font title='周次(节次)'>%s</font><br/>", q.kbWhen(l))
	room := l.Room
	if building := strings.TrimRight(l.Room, "0123456789"); q.Skin != SkinOld && building != l.Room {
		fmt.Fprintf(&b, "<font title='教学楼'>【%s】</font><br/>", building)
		room = strings.TrimPrefix(l.Room, building)
	}
	fmt.Fprintf(&b, "<font title='教室'>%s</font><br/>", room)
	return b.String()
}

// kbWhen are weeks and 节: 1-16(周)[01-02节], 1-15(单周).
func (q *qiangzhi) kbWhen(l jwxt.Lesson) string {
	from, to, parity := span(l.Weeks)
	s := fmt.Sprintf("%d-%d(%s周)", from, to, parity)
	if q.Skin == SkinOld {
		return s
	}
	var periods []string
	for n := l.From; n <= l.To; n++ {
		periods = append(periods, fmt.Sprintf("%02d", n))
	}
	return s + "[" + strings.Join(periods, "-") + "节]"
}

// remark is 备注: what has no time.
func remark(lessons []jwxt.Lesson) string {
	var b strings.Builder
	for _, l := range lessons {
		if l.Weekday == 0 {
			fmt.Fprintf(&b, "%s %s %s;", html.EscapeString(l.Course), l.Teacher, l.WeekText)
		}
	}
	return b.String()
}

// examForm is xsksap_query, whose only use to a client is the current term.
func (q *qiangzhi) examForm(v *visit) answer {
	account, _ := v.who()
	return q.page(http.StatusOK, "exam-query", map[string]any{
		"Head": q.head("我的考试 - 考试安排查询"), "Terms": newestFirst(account), "Term": account.Current(),
	})
}

// exams is xsksap_list. That 评教 stands before it, too, is invented.
func (q *qiangzhi) exams(v *visit) answer {
	account, _ := v.who()
	if account.Gate == GateClosed {
		return q.page(http.StatusOK, "closed", map[string]any{"Head": q.head("提示")})
	}
	term, err := jwxt.ParseTerm(v.form.Get("xnxqid"))
	if v.r.Method != http.MethodPost || err != nil {
		return q.errorPage(v)
	}
	exams, alert := account.Exams(term), ""
	if unevaluated(account, term.String()) {
		exams, alert = nil, "评教未完成，不能查询考试安排！"
	}
	return q.page(http.StatusOK, "exam-list", map[string]any{
		"Head": q.head("我的考试 - 考试安排查询"), "Wide": q.Skin != SkinOld, "Exams": exams, "Alert": alert,
	})
}
