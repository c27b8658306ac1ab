package zhengfang

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// cell reads the lessons of a cell, which stands in the column of a day and
// begins in the row of a 节. Blank lines part them; one more stands where a
// lesson has no room.
func (t *timetable) cell(td *html.Node, day, period, height int) bool {
	place := jwxt.Lesson{Weekday: day}
	if period > 0 {
		place.From, place.To = period, period+height-1
	}
	var last *jwxt.Lesson
	for _, block := range blocks(td) {
		lessons, ok := block.lessons(place)
		switch {
		case !ok && last != nil && len(block.lines) == 1:
			continued(last, block.lines[0])
		case !ok:
			return false
		default:
			t.out.Lessons = append(t.out.Lessons, lessons...)
			last = &t.out.Lessons[len(t.out.Lessons)-1]
		}
	}
	return true
}

// continued takes the single line behind a lesson's blank line: its room where
// the blank one was the teacher's, or a remark such as (调0123).
func continued(l *jwxt.Lesson, s string) {
	if l.Teacher == "" && l.Room == "" && !isRemark(s) {
		l.Room = s
		return
	}
	l.Note = markup.Join(l.Note, s)
}

var remark = regexp.MustCompile(`^[(（](?:调|停|补|换|代)`)

func isRemark(s string) bool { return remark.MatchString(s) }

// block is a lesson's lines, and the 选课课号 of its link where it has one.
type block struct {
	lines []string
	code  string
}

var selectionCode = regexp.MustCompile(`xkkh=([^&'"]{1,60})`)

// blocks are what blank lines part in a cell.
func blocks(td *html.Node) []block {
	var out []block
	var now block
	var line strings.Builder
	end := func() {
		s := markup.Clean(line.String())
		line.Reset()
		switch {
		case s != "":
			now.lines = append(now.lines, s)
		case len(now.lines) > 0:
			out = append(out, now)
			now = block{}
		}
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := range n.ChildNodes() {
			switch {
			case c.Type == html.TextNode:
				line.WriteString(c.Data)
			case c.DataAtom == atom.Br:
				end()
			case c.Type == html.ElementNode:
				if m := selectionCode.FindStringSubmatch(markup.Attr(c, "onclick") + markup.Attr(c, "href")); m != nil && len(now.lines) == 0 {
					now.code = m[1]
				}
				walk(c)
			}
		}
	}
	walk(td)
	end()
	end()
	return out
}

// Weeks, and before them day and 节 where they are told: 周一第1,2节{第1-14周|单周},
// {第1-16周|2节/周}.
var (
	inBraces  = regexp.MustCompile(`\{([^{}]*周[^{}]*)\}`)
	inPeriods = regexp.MustCompile(`第([\d,，、-]+)节`)
)

// lessons reads a block: the course, and a line of its 课程性质 at some schools,
// the time, the teacher, the room. ok is false for a block that is no lesson.
func (b block) lessons(place jwxt.Lesson) (out []jwxt.Lesson, ok bool) {
	time := -1
	for i, s := range b.lines {
		if inBraces.MatchString(s) {
			time = i
			break
		}
	}
	if time == 0 || time < 0 && len(b.lines) == 1 {
		return nil, false
	}
	l := place
	l.Course, l.Group, l.CourseID = b.lines[0], b.code, plans.CourseOf(b.code)
	rest := b.lines[1:]
	if time > 0 {
		l.Note = strings.Join(b.lines[1:time], " ")
		rest = b.lines[time+1:]
	}
	fields := []*string{&l.Teacher, &l.Room}
	for _, s := range rest {
		if len(fields) == 0 || isRemark(s) {
			l.Note = markup.Join(l.Note, s)
			continue
		}
		*fields[0] = s
		fields = fields[1:]
	}
	if time < 0 {
		return []jwxt.Lesson{l}, true
	}
	return timed(l, b.lines[time]), true
}

// timed puts a lesson where its time says; its place in the grid counts for
// what the time does not say. Several runs of 节 make several lessons.
func timed(l jwxt.Lesson, s string) (out []jwxt.Lesson) {
	l.WeekText, l.Weeks = weeksOf(s)
	s, _, _ = strings.Cut(s, "{")
	if day := plans.Weekday(s); day > 0 {
		l.Weekday = day
	}
	if m := inPeriods.FindStringSubmatch(s); m != nil {
		runs, _ := plans.Periods(m[1])
		for _, r := range runs {
			l.From, l.To = r.From, r.To
			out = append(out, l)
		}
	}
	if out == nil {
		out = []jwxt.Lesson{l}
	}
	return out
}

// weeksOf reads {第1-15周|单周} and {第1-15周|2节/单周}: the 单 belongs to all
// weeks before it.
func weeksOf(s string) (text string, weeks []int) {
	m := inBraces.FindStringSubmatch(s)
	if m == nil {
		return "", nil
	}
	which, rest, _ := strings.Cut(m[1], "|")
	for _, parity := range []string{"单", "双"} {
		if strings.Contains(rest, parity) {
			which = strings.ReplaceAll(which, ",", "("+parity+"),") + "(" + parity + ")"
		}
	}
	weeks, _ = jwxt.ParseWeeks(which)
	return m[1], weeks
}
