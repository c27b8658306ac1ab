package kingosoft

import (
	"cmp"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// aspxPlanRow is a row on its way to its lessons.
type aspxPlanRow struct {
	lesson jwxt.Lesson
	times  []string // of 上课时间/上课地点, one for each line of the cell
	runs   []plans.Run
}

// aspxPlanColumn is what one header means.
type aspxPlanColumn struct {
	name    string
	set     func(r *aspxPlanRow, name, text string, td *html.Node) // nil: not of interest
	unknown bool
}

// aspxPlanColumnOf tells what a header means. An unknown one goes to
// Lesson.Extra.
func aspxPlanColumnOf(name string) aspxPlanColumn {
	c := aspxPlanColumn{name: name}
	switch name {
	case "", "序号", "选定", "限选", "已选", "可选", "人数", "上课班级名称", "类别", "授课方式", "考核方式", "总学时", "讲授学时", "上机学时":
	case "课程", "课程/环节", "课程名称", "环节":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) {
			r.lesson.CourseID, r.lesson.Course = splitCourse(text)
		}
	case "学分":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) { r.lesson.Credits, _ = jwxt.ParseDecimal(text) }
	case "任课教师", "指导教师":
		c.set = func(r *aspxPlanRow, _, text string, td *html.Node) { r.lesson.Teacher = aspxTeachers(text, td) }
	case "上课班号":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) { r.lesson.Group = text }
	case "上课时间/上课地点", "上课时间/地点", "上课时间地点":
		c.set = func(r *aspxPlanRow, _, _ string, td *html.Node) { r.times = linesOf(td) }
	case "周次":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) { r.setWeeks(text) }
	case "节次":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) { r.setTime(text) }
	case "地点":
		c.set = func(r *aspxPlanRow, _, text string, _ *html.Node) { r.lesson.Room = text }
	default:
		c.unknown = true
		c.set = func(r *aspxPlanRow, name, text string, _ *html.Node) {
			set(&r.lesson.Extra, name, text)
		}
	}
	return c
}

var (
	aspxPeriods  = regexp.MustCompile(`\[([^\[\]周]{1,40})\]`)
	aspxWeekText = regexp.MustCompile(`\[([^\[\]]{1,60}周)\]`)
	aspxTitle    = regexp.MustCompile(`\[[^\[\]]{0,20}\]`)
)

// lessons are a row's: one for each line of its times, or the row itself where
// it has a column for each. What is not one run of 节 is several.
func (r *aspxPlanRow) lessons() (out []jwxt.Lesson) {
	for _, line := range r.times {
		one := aspxPlanRow{lesson: r.lesson}
		one.line(line)
		out = append(out, one.lessons()...)
	}
	if len(r.times) > 0 {
		return out
	}
	for _, run := range r.runs {
		r.lesson.From, r.lesson.To = run.From, run.To
		out = append(out, r.lesson)
	}
	if len(r.runs) == 0 {
		out = append(out, r.lesson)
	}
	return out
}

// line reads [1-13单周]星期三[1-2节]/XB517, or 星期三[1-2节][1-13周]/XB517. What is
// not understood is kept as a note.
func (r *aspxPlanRow) line(text string) {
	when, room, _ := strings.Cut(text, "/")
	weeks := aspxWeekText.FindStringSubmatch(when)
	if weeks == nil || !r.setTime(when) || !r.setWeeks(weeks[1]) {
		r.runs, r.lesson.Weekday, r.lesson.Weeks, r.lesson.WeekText, r.lesson.Note = nil, 0, nil, "", text
		return
	}
	r.lesson.Room = strings.TrimSpace(room)
}

// setWeeks reads the weeks, and reports whether it could.
func (r *aspxPlanRow) setWeeks(text string) (ok bool) {
	r.lesson.WeekText = text
	r.lesson.Weeks, ok = jwxt.ParseWeeks(text)
	return ok
}

// setTime reads 星期三[1-2节] or 三[1-2节], and reports whether it could.
func (r *aspxPlanRow) setTime(text string) bool {
	day := cmp.Or(plans.Weekday(text), plans.Weekday("周"+text))
	at := aspxPeriods.FindStringSubmatch(text)
	if day == 0 || at == nil {
		r.lesson.Note = text
		return false
	}
	runs, ok := plans.Periods(at[1])
	if !ok {
		r.lesson.Note = text
		return false
	}
	r.lesson.Weekday, r.runs = day, runs
	return true
}

// aspxTeachers are the names of a cell without their titles, which stand in
// brackets behind them.
func aspxTeachers(text string, td *html.Node) string {
	var names []string
	for d := range td.Descendants() {
		if d.DataAtom == atom.A {
			names = append(names, strings.TrimSpace(aspxTitle.ReplaceAllString(markup.Text(d), "")))
		}
	}
	if len(names) == 0 {
		return strings.TrimSpace(aspxTitle.ReplaceAllString(text, ""))
	}
	return strings.Join(names, ",")
}
