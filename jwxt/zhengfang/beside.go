package zhengfang

import (
	"slices"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// readBeside reads the tables below the timetable: 实践课, 实习课 and 未安排上课
// 时间的课程 are lessons without a time, 调、停（补）课信息 are notes. It reports
// false where a row does not fit its header.
func (t *timetable) readBeside(tables []*html.Node) bool {
	for _, n := range tables {
		rows := markup.Rows(n)
		if n == t.node || len(rows) == 0 {
			continue
		}
		names := markup.Headers(rows[0])
		if !isBeside(names) {
			continue
		}
		if len(rows) > 1 && !slices.Contains(names, changedFrom) {
			t.unknownOf(names)
		}
		for _, r := range rows[1:] {
			tds := markup.Cells(r, nil)
			if isBlank(tds) {
				continue
			}
			if len(tds) != len(names) || !t.besideRow(names, tds) {
				return false
			}
		}
	}
	return true
}

// isBeside knows the tables by columns that only they have.
func isBeside(names []string) bool {
	own := func(name string) bool {
		return slices.Contains([]string{changedFrom, "起止周", "实习时间", "教师姓名"}, name)
	}
	return slices.Contains(names, "课程名称") && slices.ContainsFunc(names, own)
}

// Headers of 调、停（补）课信息.
const (
	changedFrom = "原上课时间地点教师"
	changedTo   = "现上课时间地点教师"
)

func (t *timetable) besideRow(names []string, tds []*html.Node) bool {
	text := func(name string) string {
		if i := slices.Index(names, name); i >= 0 {
			return markup.Text(tds[i])
		}
		return ""
	}
	if slices.Contains(names, changedFrom) {
		note := text("编号") + " " + text("课程名称") + "：" + text(changedFrom) + " → " + text(changedTo)
		t.out.Notes = append(t.out.Notes, markup.Clean(note+" "+text("申请时间")))
		return true
	}
	var l jwxt.Lesson
	for i, name := range names {
		if s := markup.Text(tds[i]); s != "" {
			setBeside(&l, name, s)
		}
	}
	t.out.Lessons = append(t.out.Lessons, l)
	return l.Course != ""
}

func (t *timetable) unknownOf(names []string) {
	for _, name := range names {
		if !setBeside(new(jwxt.Lesson), name, "") {
			t.out.UnknownColumns = append(t.out.UnknownColumns, name)
		}
	}
}

// setBeside puts text where a header says that it belongs. It reports false for
// an unknown header, whose text goes to Extra.
func setBeside(l *jwxt.Lesson, name, text string) (known bool) {
	switch name {
	case "课程名称":
		l.Course = text
	case "课程代码":
		l.CourseID = text
	case "选课课号":
		l.Group = text
	case "教师", "教师姓名", "任课教师":
		l.Teacher = text
	case "起止周":
		l.WeekText = text
		l.Weeks, _ = jwxt.ParseWeeks(text)
	case "上课地点":
		l.Room = text
	case "上课时间", "实习时间":
		l.Note = markup.Join(l.Note, text)
	case "学分":
		d, err := jwxt.ParseDecimal(text)
		if l.Credits = d; err != nil {
			setLessonExtra(l, name, text)
		}
	case "", "序号", "编号", "学年", "学期":
	case "模块代号", "先修模块", "实习编号":
		setLessonExtra(l, name, text)
	default:
		setLessonExtra(l, name, text)
		return false
	}
	return true
}

func setLessonExtra(l *jwxt.Lesson, name, text string) {
	if text == "" {
		return
	}
	if l.Extra == nil {
		l.Extra = map[string]string{}
	}
	l.Extra[name] = text
}
