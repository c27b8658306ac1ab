package kingosoft

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

const opJSPTimetable = "kingosoft: timetable"

// lessonList is a timetable and whose it is.
type lessonList struct {
	jwxt.Timetable
	number string
}

func (v *jspVisit) timetable(ctx context.Context, t jwxt.Term) (jwxt.Timetable, error) {
	var none jwxt.Timetable
	t, err := v.termAsked(ctx, opJSPTimetable, t)
	if err != nil {
		return none, err
	}
	address := "/wsxk/xkjg.ckdgxsxdkchj_data10319.jsp"
	if v.Option("timetable", "list") == "grid" {
		address = "/student/wsxk.xskcb10319.jsp"
	}
	xn, xq := xnxq(t)
	params := base64.StdEncoding.EncodeToString([]byte("xn=" + xn + "&xq=" + xq + "&xh=" + v.Noted(jspCode)))
	g, err := v.send(ctx, opJSPTimetable, fetch.Request{
		URL:     v.path(address + "?params=" + url.QueryEscape(params)),
		Referer: v.path("/student/xkjg.wdkb.jsp?menucode=S20301"),
	})
	if err != nil {
		return none, err
	}
	list, err := g.lessons()
	switch {
	case err != nil:
		return none, err
	case list.number != "":
		if err := v.own(ctx, opJSPTimetable, list.number); err != nil {
			return none, err
		}
	}
	if !list.Term.IsZero() && list.Term != t {
		return none, driver.Unread(opJSPTimetable, "", "the timetable is of another term than was asked for")
	}
	list.Term = t
	return list.Timetable, nil
}

// termAsked makes sure of the session, and takes the present term for none.
func (v *jspVisit) termAsked(ctx context.Context, op string, t jwxt.Term) (jwxt.Term, error) {
	id, err := v.confirm(ctx, op)
	if t.IsZero() && err == nil {
		if t = id.Now; t.IsZero() {
			err = jwxt.Fail(jwxt.Changed, op, errors.New("the school does not tell which term is the present one"))
		}
	}
	return t, err
}

// lessons reads a timetable: the list of courses, or the grid of the week.
func (g *jspPage) lessons() (lessonList, error) {
	var none lessonList
	out := lessonList{Timetable: jwxt.Timetable{Lessons: []jwxt.Lesson{}}}
	found, fits := false, true
	for n := range g.doc.Descendants() {
		if n.DataAtom != atom.Table || found {
			continue
		}
		if t, ok := lessonTable(n); ok {
			found = true
			out.Lessons, fits = t.read()
			out.UnknownColumns = t.unknown()
		} else if markup.Attr(n, "id") == "mytable" {
			found = true
			out.Lessons, fits = readGrid(n)
		}
	}
	if !found && !g.isNone() {
		return none, g.refusedOr(opJSPTimetable, "this is no timetable")
	}
	if err := g.listed(opJSPTimetable); err != nil {
		return none, err
	}
	if !fits {
		return none, jwxt.Fail(jwxt.Changed, opJSPTimetable, errors.New("a row or a cell does not fit"))
	}
	text := markup.Text(g.doc)
	out.number, out.Term = labelled(text, "学号"), jspTerm(labelled(text, "学年学期"))
	return out, nil
}

// lessonColumn is what one header means.
type lessonColumn struct {
	name    string
	set     func(*jwxt.Lesson, string, string)
	unknown bool
	times   bool
}

type lessons struct {
	rows    []*html.Node
	columns []lessonColumn
}

// lessonTable reads n as the list of courses, if its header is one.
func lessonTable(n *html.Node) (t lessons, ok bool) {
	rows := markup.Rows(n)
	for i, r := range rows[:min(len(rows), 3)] {
		t.columns = nil
		course, times := false, false
		for _, name := range markup.Headers(r) {
			c := lessonColumnOf(name)
			course, times = course || isLessonCourse(name), times || c.times
			t.columns = append(t.columns, c)
		}
		if course && times {
			t.rows = rows[i+1:]
			return t, true
		}
	}
	return lessons{}, false
}

func isLessonCourse(name string) bool { return isCourse(name) || name == "[课程号]课程名" }

func lessonColumnOf(name string) lessonColumn {
	c := lessonColumn{name: name}
	switch {
	case name == "序号" || name == "":
	case isLessonCourse(name):
		c.set = func(l *jwxt.Lesson, _, text string) { l.CourseID, l.Course = splitCourse(text) }
	case strings.HasPrefix(name, "上课时间") || name == "时间、地点" || name == "时间/地点":
		c.times = true
	case name == "学分":
		c.set = func(l *jwxt.Lesson, name, text string) {
			var err error
			if l.Credits, err = jwxt.ParseDecimal(text); err != nil {
				set(&l.Extra, name, text)
			}
		}
	case name == "上课班号" || name == "班号":
		c.set = func(l *jwxt.Lesson, _, text string) { l.Group = text }
	case name == "任课教师" || name == "教师" || name == "上课教师":
		c.set = func(l *jwxt.Lesson, _, text string) { l.Teacher = codeBefore.ReplaceAllString(text, "") }
	case name == "校区" || name == "上课校区":
		c.set = func(l *jwxt.Lesson, _, text string) { l.Campus = text }
	case name == "备注":
		c.set = func(l *jwxt.Lesson, _, text string) { l.Note = text }
	default:
		c.set = func(l *jwxt.Lesson, name, text string) { set(&l.Extra, name, text) }
		c.unknown = !slices.Contains([]string{"总学时", "学时", "修读性质", "辅修标识", "类别", "考核方式"}, name)
	}
	return c
}

func (t lessons) unknown() (names []string) {
	for _, c := range t.columns {
		if c.unknown {
			names = append(names, c.name)
		}
	}
	return names
}

// read reads the rows; each has a course with all its times in one cell.
func (t lessons) read() (out []jwxt.Lesson, fits bool) {
	out = []jwxt.Lesson{}
	var cells []*html.Node
	for _, r := range t.rows {
		cells = markup.Cells(r, cells)
		if len(cells) <= 1 && len(t.columns) > 1 {
			continue
		}
		if len(cells) != len(t.columns) {
			return nil, false
		}
		var l jwxt.Lesson
		times := ""
		for i, c := range t.columns {
			text := markup.Text(cells[i])
			if c.times {
				times = text
			} else if c.set != nil && text != "" {
				c.set(&l, c.name, text)
			}
		}
		if l.Course == "" {
			return nil, false
		}
		out = append(out, atTimes(l, times)...)
	}
	return out, true
}

// meeting is one time of a course: 3-18周 三[1-2] 教七301(110), or
// [1-13单周]星期三[1-2节]/XB517. The room stands behind it.
var meeting = regexp.MustCompile(`(?:^|[\s,，;；)）])\[?(\d{1,2}(?:[,，-]\d{1,2})*[,，]?)\s*([单双]?)周\s*(?:[(（]([单双])周?[)）])?\]?\s*(?:星期|周)?([一二三四五六日天])\s*\[([第\d,，\s-]{1,40}节?)\]`)

var seats = regexp.MustCompile(`\s*[(（]\d{1,4}[)）]$`)

// atTimes makes a lesson of each time of a course, several where its 节 are no
// unbroken run. What is not understood of the text stays with a lesson as its
// note; a course without any time is one lesson without.
func atTimes(l jwxt.Lesson, text string) (out []jwxt.Lesson) {
	at := meeting.FindAllStringSubmatchIndex(text, -1)
	if at == nil {
		l.Note = joined(l.Note, text)
		return []jwxt.Lesson{l}
	}
	rest := []string{text[:at[0][0]]}
	for i, m := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		lessons, behind, ok := meet(l, text[m[0]:m[1]], text[m[1]:end])
		if !ok {
			behind = text[m[0]:end]
		}
		out, rest = append(out, lessons...), append(rest, behind)
	}
	if len(out) == 0 {
		out = append(out, l)
	}
	out[0].Note = joined(out[0].Note, rest...)
	return out
}

// meet puts a course at one time. The room ends at the next comma; behind is
// what follows.
func meet(l jwxt.Lesson, when, where string) (out []jwxt.Lesson, behind string, ok bool) {
	m := meeting.FindStringSubmatch(when)
	l.WeekText = strings.Trim(m[1], ",，") + m[2] + "周"
	if m[3] != "" {
		l.WeekText += "(" + m[3] + ")"
	}
	l.Weeks, ok = jwxt.ParseWeeks(l.WeekText)
	runs, known := plans.Periods(m[5])
	if !ok || !known {
		return nil, "", false
	}
	if i := strings.IndexAny(where, ",，;；"); i >= 0 {
		where, behind = where[:i], where[i:]
	}
	l.Room = seats.ReplaceAllString(strings.Trim(where, "/ "), "")
	l.Weekday = plans.Weekday("周" + m[4])
	return onRuns(l, runs), behind, true
}

// onRuns is a lesson for each run of 节.
func onRuns(l jwxt.Lesson, runs []plans.Run) (out []jwxt.Lesson) {
	for _, r := range runs {
		l.From, l.To = r.From, r.To
		out = append(out, l)
	}
	return out
}

// joined puts texts behind a note, without the commas that parted them.
func joined(note string, texts ...string) string {
	for _, text := range texts {
		if text = strings.Trim(markup.Clean(text), ",，;； "); text != "" {
			note = markup.Join(note, text)
		}
	}
	return note
}
