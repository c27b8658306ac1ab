package supwisdom

import (
	"cmp"
	"slices"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// courseColumns are the known headers of the list of courses; nil is not of
// interest.
var courseColumns = map[string]func(l *jwxt.Lesson, text string){
	"": nil, "序号": nil, "操作": nil, "教学大纲": nil, "课程介绍": nil, "课程安排": nil, "考试类型": nil, "起止周": nil, "开课院系": nil,
	"课程序号": func(l *jwxt.Lesson, s string) { l.Group = s },
	"课程代码": func(l *jwxt.Lesson, s string) { l.CourseID = s },
	"课程名称": func(l *jwxt.Lesson, s string) { l.Course = s },
	"教师":   func(l *jwxt.Lesson, s string) { l.Teacher = s },
	"授课教师": func(l *jwxt.Lesson, s string) { l.Teacher = s },
	"校区":   func(l *jwxt.Lesson, s string) { l.Campus = s },
	"备注":   func(l *jwxt.Lesson, s string) { l.Note = s },
	"学分": func(l *jwxt.Lesson, s string) {
		if n, err := jwxt.ParseDecimal(s); err == nil {
			l.Credits = n
		}
	},
}

// courseList reads the list of courses below the grid, which some schools do
// not show.
func courseList(g *page) (list []jwxt.Lesson, unknown []string, fits bool) {
	for _, n := range g.doc.Find("table").Nodes {
		rows := markup.Rows(n)
		for i, r := range rows[:min(len(rows), 3)] {
			names := markup.Headers(r)
			if slices.Contains(names, "课程序号") && slices.Contains(names, "课程名称") {
				return courseRows(names, rows[i+1:])
			}
		}
	}
	return nil, nil, true
}

func courseRows(names []string, rows []*html.Node) (list []jwxt.Lesson, unknown []string, fits bool) {
	for _, name := range names {
		if _, ok := courseColumns[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	for _, r := range rows {
		tds := markup.Cells(r, nil)
		if len(tds) <= 1 || markup.ContainsAny(markup.Text(tds[0]), "合计", "总计") {
			continue
		}
		if len(tds) != len(names) {
			return nil, nil, false
		}
		var l jwxt.Lesson
		for i, name := range names {
			set, known := courseColumns[name]
			text := markup.Text(tds[i])
			switch {
			case text == "" || known && set == nil:
			case known:
				set(&l, text)
			default:
				if l.Extra == nil {
					l.Extra = map[string]string{}
				}
				l.Extra[name] = text
			}
		}
		if l.Course == "" {
			return nil, nil, false
		}
		list = append(list, l)
	}
	return list, unique(unknown), true
}

// joinCourses tells lessons what the list says of their course, and adds the
// courses that have none. A lesson is of a course that has its 课程序号, or, where
// one of the two is not told, its name.
func joinCourses(lessons, list []jwxt.Lesson) []jwxt.Lesson {
	out := append([]jwxt.Lesson{}, lessons...)
	byGroup, byName := map[string][]int{}, map[string][]int{}
	for i, l := range lessons {
		byGroup[l.Group] = append(byGroup[l.Group], i)
		byName[l.Course] = append(byName[l.Course], i)
	}
	for _, c := range list {
		timed := false
		for _, i := range append(slices.Clone(byGroup[c.Group]), byName[c.Course]...) {
			l := &out[i]
			if c.Group != l.Group && c.Group != "" && l.Group != "" || c.Course != l.Course && (c.Group == "" || l.Group == "") {
				continue
			}
			timed = true
			l.CourseID, l.Credits, l.Campus, l.Note, l.Extra = c.CourseID, c.Credits, c.Campus, c.Note, c.Extra
			l.Teacher = cmp.Or(l.Teacher, c.Teacher)
		}
		if !timed {
			out = append(out, c)
		}
	}
	return out
}
