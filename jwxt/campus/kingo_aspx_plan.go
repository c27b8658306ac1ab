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

const kingoWeekdays = "一二三四五六日"

// selection is 正选结果, which knows no term but the current one. The whole
// report comes twice, the second time for the printer.
func (k *kingoASPX) selection(_ *visit, a Account) answer {
	var b strings.Builder
	for i, g := range a.taken(jwxt.Term{}) {
		if a.Gate == GateEmpty {
			break
		}
		fmt.Fprintf(&b, "<tr style='background-color:#f4fffb;'><td align=center rowspan=1><input name=chkDel%d type=checkbox disabled></td>"+
			"<td rowspan=1><a href='javascript:void(0)' onclick=openWin(this,'kc') id=showD>[%s]%s</a></td><td rowspan=1 align=right>%s<br></td>"+
			"<td rowspan=1>%s/%s课<br></td><td align=left>%s</td><td align=center>%s<br></td><td align=center><br></td>"+
			"<td align=right>&ensp;64</td><td align=right>&ensp;60</td><td align=right>&ensp;4</td><td align=left>%s</td></tr>\n",
			i, g.CourseID, html.EscapeString(g.Course), g.Credits, g.Nature, g.Attribute, kingoTeachers(a, g), kingoGroup(a, g), kingoTimes(a, g))
	}
	return k.page("aspx-selection", map[string]any{"Rows": b.String()})
}

// lessonsOf are a course's lessons in the current term.
func lessonsOf(a Account, g jwxt.Grade) []jwxt.Lesson {
	return slices.DeleteFunc(a.Lessons(jwxt.Term{}), func(l jwxt.Lesson) bool { return l.CourseID != g.CourseID })
}

func kingoTeachers(a Account, g jwxt.Grade) string {
	var b strings.Builder
	for _, l := range lessonsOf(a, g)[:min(1, len(lessonsOf(a, g)))] {
		for name := range strings.SplitSeq(l.Teacher, ",") {
			b.WriteString("<a href='javascript:void(0)' id=showD onclick=openWin(this,'Tea')>" + name + "[讲师]</a><br>")
		}
	}
	return b.String()
}

func kingoGroup(a Account, g jwxt.Grade) string {
	for _, l := range lessonsOf(a, g) {
		return l.Group
	}
	return ""
}

func kingoTimes(a Account, g jwxt.Grade) string {
	var b strings.Builder
	for _, l := range lessonsOf(a, g) {
		if l.Weekday == 0 {
			continue // 实践课 have no time
		}
		fmt.Fprintf(&b, "[%s]星期%s[%d-%d节]/%s<br>", kingoWeeks(l), kingoDay(l), l.From, l.To, l.Room)
	}
	return b.String()
}

func kingoDay(l jwxt.Lesson) string { return string([]rune(kingoWeekdays)[l.Weekday-1]) }

// kingoWeeks writes 1-13单周, or 1-13周.
func kingoWeeks(l jwxt.Lesson) string {
	from, to, parity := span(l.Weeks)
	return fmt.Sprintf("%d-%d%s周", from, to, parity)
}

// personalForm offers the terms, the current one first.
func (k *kingoASPX) personalForm(_ *visit, a Account) answer {
	terms := termsOf(a.Grades)
	slices.Reverse(terms)
	var b strings.Builder
	for _, t := range terms {
		fmt.Fprintf(&b, "<option value='%d%d'>%s</option>", t.Year, t.Part-1, semesterName(t))
	}
	return k.page("aspx-personal-form", map[string]any{"Terms": b.String()})
}

// personal is the 个人课表 of a term as a list. What a row has in common with
// the one above is blank in it and stands in an attribute.
func (k *kingoASPX) personal(v *visit, a Account) answer {
	code := v.form.Get("Sel_XNXQ")
	year, err := strconv.Atoi(code)
	if v.r.Method != http.MethodPost || !k.Personal || err != nil || len(code) != 5 || v.form.Get("px") == "" || v.form.Get("rad") == "" {
		return k.errorPage(v)
	}
	lessons := a.Lessons(jwxt.Term{Year: year / 10, Part: year%10 + 1})
	slices.SortStableFunc(lessons, func(x, y jwxt.Lesson) int { return strings.Compare(x.CourseID, y.CourseID) })
	var theory, practice strings.Builder
	last := ""
	for i, l := range lessons {
		cells := []string{"[" + l.CourseID + "]" + l.Course, l.Credits.String(), "48", "48", "0", "必修", "讲授", "考试", l.Teacher}
		b := &theory
		if l.Weekday == 0 {
			b, cells = &practice, []string{"[" + l.CourseID + "]" + l.Course, l.Credits.String(), l.Teacher}
		}
		fmt.Fprintf(b, "<tr ><td >%d<br></td>", i+1)
		for _, c := range cells {
			c = html.EscapeString(c)
			if l.CourseID == last {
				b.WriteString("<td hidevalue='" + c + "'><br></td>")
			} else {
				b.WriteString("<td >" + c + "<br></td>")
			}
		}
		weeks := strings.TrimSuffix(kingoWeeks(l), "周")
		if l.Weekday == 0 {
			fmt.Fprintf(b, "<td >%s<br></td></tr>\n", weeks)
		} else {
			fmt.Fprintf(b, "<td >%s<br></td><td >%s[%d-%d节]<br></td><td >%s<br></td></tr>\n", weeks, kingoDay(l), l.From, l.To, l.Room)
		}
		last = l.CourseID
	}
	return k.page("aspx-personal", map[string]any{"Theory": theory.String(), "Practice": practice.String(), "None": len(lessons) == 0})
}
