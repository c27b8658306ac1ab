package qiangzhi

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// timetable is a table whose header names the days of the week.
type timetable struct {
	header int   // index of the header row
	days   []int // of the columns; 0 for the labels'
	rows   []*html.Node
	cells  string // class of the boxes with lessons

	out jwxt.Timetable
}

// readTimetable reads xskb_list.do. A table without a lesson is how it says
// that there are none; before that, an alert has its say.
func readTimetable(g *page) (jwxt.Timetable, error) {
	t, found := g.findTimetable()
	if !found || g.Status != http.StatusOK {
		if err := refused(opTimetable, g); err != nil {
			return jwxt.Timetable{}, err
		}
		return jwxt.Timetable{}, driver.Unread(opTimetable, g.said(), "this is no timetable")
	}
	fits := t.read()
	switch {
	case g.cut():
		return jwxt.Timetable{}, jwxt.Fail(jwxt.Unreachable, opTimetable, errors.New("the page ends inside the table"))
	case !fits:
		return jwxt.Timetable{}, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a cell of the timetable was not understood"))
	case len(t.out.Lessons) == 0:
		if err := denied(opTimetable, g.alerted()); err != nil {
			return jwxt.Timetable{}, err
		}
	}
	t.out.Term = g.terms().chosen
	t.out.Lessons = plans.Distinct(t.out.Lessons)
	slices.Sort(t.out.UnknownColumns)
	t.out.UnknownColumns = slices.Compact(t.out.UnknownColumns)
	return t.out, nil
}

func (g *page) findTimetable() (timetable, bool) {
	for _, n := range g.tables {
		rows := markup.Rows(n)
		for i, r := range rows[:min(len(rows), 3)] {
			t := timetable{header: i, rows: rows}
			named := 0
			for _, name := range markup.Headers(r) {
				day := plans.Weekday(name)
				t.days = append(t.days, day)
				named += min(day, 1)
			}
			if named >= 5 {
				t.cells = boxClass(n)
				return t, true
			}
		}
	}
	return timetable{}, false
}

// boxClass is the class of the boxes that are read: the full ones, unless the
// table has only the short ones.
func boxClass(table *html.Node) string {
	if find(table, func(n *html.Node) bool { return hasClass(n, "kbcontent") }) == nil {
		return "kbcontent1"
	}
	return "kbcontent"
}

// read reads the rows below the header. It reports false for one that it does
// not understand.
func (t *timetable) read() bool {
	t.out.Lessons = []jwxt.Lesson{}
	var remarks []string
	var cells []*html.Node
	for _, r := range t.rows[t.header+1:] {
		cells = markup.Cells(r, cells)
		if len(cells) == 0 {
			continue
		}
		text := markup.Text(r)
		if label := markup.Squeeze(markup.Text(cells[0])); strings.HasPrefix(label, "备注") {
			_, rest, _ := cutLabel(text)
			remarks = append(remarks, rest)
			continue
		}
		if !t.row(cells) {
			return false
		}
	}
	for _, s := range remarks {
		t.remark(s)
	}
	return true
}

// row reads the lessons of a row, whose label names its 节.
func (t *timetable) row(cells []*html.Node) bool {
	label, i := "", 0
	for _, c := range cells {
		if i >= len(t.days) {
			return false
		}
		day := t.days[i]
		i += markup.Span(c)
		if day == 0 {
			label = strings.TrimSpace(label + " " + markup.Text(c))
			continue
		}
		boxes := boxesIn(c, t.cells, nil)
		for _, n := range boxes {
			if !t.box(n, day, label) {
				return false
			}
		}
		if len(boxes) == 0 && markup.Text(c) != "" {
			return false // lessons in boxes of another kind
		}
	}
	return i == len(t.days)
}

// boxesIn adds the boxes of a class below n, of one in another the outer.
func boxesIn(n *html.Node, class string, boxes []*html.Node) []*html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && hasClass(c, class) {
			boxes = append(boxes, c)
		} else {
			boxes = boxesIn(c, class, boxes)
		}
	}
	return boxes
}

// remark reads 备注: lessons that have no time, and all that a person may want
// to know besides. An entry of a lesson is course, teacher and weeks; the
// entries of lessons that have a time say it once more.
func (t *timetable) remark(s string) {
	planned := slices.Clone(t.out.Lessons)
	for entry := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '；' }) {
		entry = markup.Clean(entry)
		l, ok := withoutTime(entry)
		course := func(p jwxt.Lesson) bool { return p.Course == l.Course }
		again := func(p jwxt.Lesson) bool {
			return course(p) && p.Teacher == l.Teacher && slices.Equal(p.Weeks, l.Weeks)
		}
		switch {
		case entry == "" || ok && slices.ContainsFunc(planned, again):
		case ok && !slices.ContainsFunc(planned, course):
			t.out.Lessons = append(t.out.Lessons, l)
		default:
			t.out.Notes = append(t.out.Notes, entry)
		}
	}
}

func withoutTime(entry string) (l jwxt.Lesson, ok bool) {
	if m := untimed.FindStringSubmatch(entry); m != nil {
		l = jwxt.Lesson{Course: m[1], Teacher: m[2], WeekText: m[3]}
		l.Weeks, ok = jwxt.ParseWeeks(m[3])
	}
	return l, ok
}

var untimed = regexp.MustCompile(`^(\S.*?) (\S+) (\d[\d,、-]*周\S*)$`)
