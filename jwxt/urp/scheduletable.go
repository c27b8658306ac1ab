package urp

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// readScheduleTable reads the list of chosen courses of an old build, which
// stands below a grid of the week. A course that meets several times has a row
// for each: the first says what it is, those below only when and where.
func readScheduleTable(p jwxt.Page) (jwxt.Timetable, error) {
	g := readPage(p)
	out := jwxt.Timetable{Lessons: []jwxt.Lesson{}}
	found := false
	for n := range g.doc.Nodes[0].Descendants() {
		if n.DataAtom != atom.Table {
			continue
		}
		header, below := namesOf(n, "课程名", "周次", "星期")
		if header == nil {
			continue
		}
		found = true
		lessons, ok := scheduleRows(header, below)
		if !ok && !g.cut() {
			return jwxt.Timetable{}, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a row does not fit the header"))
		}
		out.Lessons = append(out.Lessons, lessons...)
		out.UnknownColumns = append(out.UnknownColumns, unknownOf(header)...)
	}
	return out, g.trusted(opTimetable, found, len(out.Lessons), "this is no timetable")
}

// trusted tells why a page's list of n rows is not to be trusted, nil if it is.
func (g *page) trusted(op string, found bool, n int, why string) error {
	ok := g.Status == http.StatusOK || g.Status == 0
	switch {
	case ok && found && g.cut():
		return jwxt.Fail(jwxt.Unreachable, op, errors.New("the page ends inside a table"))
	case ok && n > 0:
		return nil
	}
	if err := refused(op, g); err != nil {
		return err
	}
	if ok && (found || g.saysNone()) {
		return nil
	}
	return driver.Unread(op, g.said(), why)
}

// namesOf finds a table's header, which must have all of the names, and the
// rows below.
func namesOf(table *html.Node, want ...string) (names []string, below []*html.Node) {
	all := rowsOf(table)
	for i, r := range all[:min(len(all), 3)] {
		names = names[:0]
		for _, c := range cells(nil, r, atom.Th) {
			names = append(names, markup.Squeeze(cellText(c)))
		}
		if !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(names, w) }) {
			return names, all[i+1:]
		}
	}
	return nil, nil
}

// unknownOf are the headers without a meaning here.
func unknownOf(header []string) (out []string) {
	for _, name := range header {
		if _, ok := lessonColumns[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

// place is a lesson on its way: what two columns say together is known at its
// end.
type place struct {
	jwxt.Lesson
	from, count, building string // 节次, 节数, 教学楼
}

// lessonColumns are the known headers; nil is not of interest.
var lessonColumns = map[string]func(l *place, name, value string){
	"": nil, "序号": nil, "培养方案": nil, "大纲日历": nil, "英文课程名": nil,
	"课程号":  func(l *place, _, v string) { l.CourseID = v },
	"课程名":  func(l *place, _, v string) { l.Course = v },
	"课序号":  func(l *place, _, v string) { l.Group = v },
	"课序":   func(l *place, _, v string) { l.Group = v },
	"教师":   func(l *place, _, v string) { l.Teacher = teachers(v) },
	"学分":   (*place).credits,
	"课程属性": (*place).extra, "考试类型": (*place).extra, "修读方式": (*place).extra, "选课状态": (*place).extra,
	"周次":  func(l *place, _, v string) { l.WeekText, l.Weeks = v, weeks(v) },
	"星期":  func(l *place, _, v string) { l.Weekday = weekday(v) },
	"节次":  func(l *place, _, v string) { l.from = v },
	"节数":  func(l *place, _, v string) { l.count = v },
	"校区":  func(l *place, _, v string) { l.Campus = v },
	"教学楼": func(l *place, _, v string) { l.building = v },
	"教室":  func(l *place, _, v string) { l.Room = v },
}

func (l *place) credits(name, value string) {
	n, err := jwxt.ParseDecimal(value)
	if err != nil {
		l.extra(name, value)
	}
	l.Credits = n
}

func (l *place) extra(name, value string) {
	if l.Extra == nil {
		l.Extra = map[string]string{}
	}
	l.Extra[name] = value
}

// scheduleRows reads the rows below a header. It reports false where a row has
// neither all columns nor just those from 周次 on.
func scheduleRows(header []string, below []*html.Node) (out []jwxt.Lesson, ok bool) {
	when := slices.Index(header, "周次")
	course := make([]string, when) // of the row above
	var tds []*html.Node
	for _, r := range below {
		tds = cells(tds[:0], r, atom.Td)
		values := make([]string, 0, len(header))
		for _, td := range tds {
			values = append(values, cellText(td))
		}
		switch len(tds) {
		case 0, 1: // a gap, or a sentence
			continue
		case len(header):
			course = values[:when]
		case len(header) - when:
			values = slices.Concat(course, values)
		default:
			return nil, false
		}
		l := lessonOf(header, values)
		if l.Course == "" {
			return nil, false
		}
		out = append(out, l)
	}
	return out, true
}

func lessonOf(header, values []string) jwxt.Lesson {
	var l place
	for i, name := range header {
		set, known := lessonColumns[name]
		switch {
		case values[i] == "" || known && set == nil:
		case known:
			set(&l, name, values[i])
		default:
			l.extra(name, values[i])
		}
	}
	l.Room = room(l.building, l.Room)
	if l.From, l.To = periods(l.from, l.count); l.From == 0 && l.from != "" {
		l.extra("节次", l.from)
	}
	return l.Lesson
}

// weeks reads 周次, which is written 1-18周上 here.
func weeks(s string) []int {
	out, _ := jwxt.ParseWeeks(strings.ReplaceAll(strings.ReplaceAll(s, "上", ""), " ", ""))
	return out
}

// periods reads a first 节 and how many there are: 1 and 2, or 1-2 alone. What
// is not understood is 0, 大节 included.
func periods(from, count string) (first, last int) {
	runs, ok := plans.Periods(strings.ReplaceAll(from, "小", ""))
	if !ok || len(runs) > 1 {
		return 0, 0
	}
	first, last = runs[0].From, runs[0].To
	if n, err := strconv.Atoi(count); err == nil && first == last && n >= 1 && n <= maxPeriods {
		last = first + n - 1
	}
	return first, last
}

// maxPeriods is more 节 than a day has anywhere.
const maxPeriods = 20
