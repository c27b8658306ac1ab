package campus

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

var kingoDays = []string{"", "一", "二", "三", "四", "五", "六", "日"}

// timetable is the list of courses or the grid of the week, for xn, xq and xh
// in params, which is base64. A foreign xh is refused; here the words are
// invented.
func (k *kingoJSP) timetable(v *visit, a Account, page string) answer {
	q := base64Query(v)
	if xh := q.Get("xh"); !oneOf(xh, "", a.Number, userCode(a.Number)) {
		return k.sorry("您无权查看他人的课表！")
	}
	term := termOfQuery(q)
	lessons := a.Lessons(term)
	if term.IsZero() || len(lessons) == 0 {
		return k.page("jsp-lessons-none", map[string]any{"A": a})
	}
	data := map[string]any{"A": a, "Term": semesterName(term)}
	if page == "grid" {
		data["Days"], data["Rows"], data["Rest"] = kingoDays[1:], kingoGrid(lessons), kingoUntimed(lessons)
	} else {
		data["Rows"] = kingoCourses(lessons)
	}
	return k.page("jsp-"+page, data)
}

// kingoCourse is a line of the list: a course with all its times.
type kingoCourse struct {
	jwxt.Lesson
	Times []string
}

func (c kingoCourse) When() string { return strings.Join(c.Times, ",") }

func kingoCourses(lessons []jwxt.Lesson) (out []*kingoCourse) {
	byID := map[string]*kingoCourse{}
	for _, l := range lessons {
		c := byID[l.CourseID]
		if c == nil {
			c = &kingoCourse{Lesson: l}
			byID[l.CourseID], out = c, append(out, c)
		}
		if l.Weekday > 0 {
			c.Times = append(c.Times, fmt.Sprintf("%s %s[%d-%d] %s(%d)", kingoWeekText(l), kingoDays[l.Weekday], l.From, l.To, l.Room, 60))
		}
	}
	return out
}

// kingoWeekText writes 3-18周, 2-16周(双) and 5周.
func kingoWeekText(l jwxt.Lesson) string {
	from, to, parity := span(l.Weeks)
	text := strconv.Itoa(from)
	if to > from {
		text += "-" + strconv.Itoa(to)
	}
	text += "周"
	if parity != "" {
		text += "(" + parity + ")"
	}
	return text
}

// kingoGrid are the rows of the grid: for each pair of 节 seven cells of lessons.
func kingoGrid(lessons []jwxt.Lesson) (rows []map[string]any) {
	for from := 1; from <= 11; from += 2 {
		cells := make([][]map[string]string, 7)
		for _, l := range lessons {
			if l.Weekday > 0 && (l.From == from || l.From == from+1) {
				weeks := strings.Replace(kingoWeekText(l), "周", "", 1)
				cells[l.Weekday-1] = append(cells[l.Weekday-1], map[string]string{
					"Course": l.Course, "Teacher": l.Teacher, "Time": fmt.Sprintf("%s[%d-%d]", weeks, l.From, l.To), "Room": l.Room,
				})
			}
		}
		rows = append(rows, map[string]any{"Name": fmt.Sprintf("%d-%d", from, from+1), "Part": []string{"上午", "上午", "下午", "下午", "晚上", "晚上"}[from/2], "Cells": cells})
	}
	return rows
}

// kingoUntimed are the lessons without a time, which stand below the grid.
func kingoUntimed(lessons []jwxt.Lesson) (out []jwxt.Lesson) {
	for _, l := range lessons {
		if l.Weekday == 0 {
			out = append(out, l)
		}
	}
	return out
}

// droplist is what a selection on a page may choose from: here the rounds of
// examinations.
func (k *kingoJSP) droplist(v *visit, a Account) answer {
	rounds := []map[string]string{}
	for _, t := range termsOf(a.Grades) {
		code := "1"
		switch box := v.form.Get("comboBoxName"); {
		case box == "Ms_KSSW_FBXNXQKSLC" && !k.ExamDate:
			code = fmt.Sprintf("%d,%s,1", t.Year, season(t))
		case box == "Ms_KSSW_FBKSLC" && k.ExamDate:
			if !strings.Contains(v.form.Get("paramValue")+"&", fmt.Sprintf("xnxq=%d%s&", t.Year, season(t))) {
				continue
			}
		default:
			continue
		}
		rounds = append(rounds, map[string]string{"code": code, "name": semesterName(t) + "期末考试"})
	}
	return k.json(rounds)
}

// exams is the list of a round.
func (k *kingoJSP) exams(v *visit, a Account, columns []string) answer {
	term := termOfQuery(v.form)
	exams := a.Exams(term)
	if term.IsZero() || len(exams) == 0 || v.form.Get("kslc") != "1" {
		return k.page("jsp-exams-none", nil)
	}
	var rows [][]string
	for i, e := range exams {
		var cells []string
		for _, c := range columns {
			cells = append(cells, examCell(c, e, i))
		}
		rows = append(rows, cells)
	}
	return k.page("jsp-exams", map[string]any{"Columns": columns, "Rows": rows, "Term": semesterName(term)})
}

func examCell(column string, e jwxt.Exam, i int) string {
	switch column {
	case "序号":
		return strconv.Itoa(i + 1)
	case "课程":
		return "[" + e.CourseID + "]" + e.Course
	case "学分":
		return e.Credits.String()
	case "考核方式":
		return "考试"
	case "考试时间":
		day, err := time.Parse(time.DateOnly, e.Date)
		if err != nil {
			return ""
		}
		return fmt.Sprintf("%s(18周 星期%s)%s-%s", e.Date, kingoDays[(int(day.Weekday())+6)%7+1], e.Starts, e.Ends)
	case "考试地点":
		return e.Room
	case "座位号":
		if e.Seat == "" {
			return "**"
		}
		return e.Seat
	}
	return ""
}
