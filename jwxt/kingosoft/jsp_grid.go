package kingosoft

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

var (
	dayHeader = regexp.MustCompile(`^(?:星期|周)?([一二三四五六日天])$`)
	// gridTime is 3-18[1-2], 2-16(双)[3-4] or 5[9,10]: weeks, and 节 in brackets.
	gridTime = regexp.MustCompile(`^(\d[\d,，-]*)周?(?:[(（]?([单双])周?[)）]?)?周?\s*\[(第?[\d,，-]{1,40}节?)\]$`)
)

// readGrid reads the grid of a week: a row for each time of the day, a cell for
// each weekday of the header, and in it a block for each lesson.
func readGrid(table *html.Node) (out []jwxt.Lesson, fits bool) {
	out = []jwxt.Lesson{}
	var days []int
	for i, r := range markup.Rows(table) {
		cells := markup.Cells(r, nil)
		if i == 0 {
			days = gridDays(cells)
			continue
		}
		at := dayCells(cells, len(days))
		if len(days) == 0 || at == nil {
			return nil, false
		}
		for j, c := range at {
			lessons, ok := cellLessons(c, days[j])
			if !ok {
				return nil, false
			}
			out = append(out, lessons...)
		}
	}
	return out, len(days) > 0
}

func gridDays(header []*html.Node) (days []int) {
	for _, c := range header {
		if m := dayHeader.FindStringSubmatch(markup.Squeeze(markup.Text(c))); m != nil {
			days = append(days, plans.Weekday("周"+m[1]))
		}
	}
	return days
}

// dayCells are the cells of a row that stand under the weekdays: those behind
// the names of the time, of which a row has one or two.
func dayCells(cells []*html.Node, days int) []*html.Node {
	if len(cells) <= days || days == 0 {
		return nil
	}
	return cells[len(cells)-days:]
}

// cellLessons reads a cell's blocks. Text outside of them is no timetable's.
func cellLessons(cell *html.Node, day int) (out []jwxt.Lesson, ok bool) {
	for n := range cell.Descendants() {
		if n.DataAtom == atom.Div && firstOf(n, atom.Div) == nil && markup.Text(n) != "" {
			lessons, ok := blockLessons(n, day)
			if !ok {
				return nil, false
			}
			out = append(out, lessons...)
		}
	}
	return out, len(out) > 0 || markup.Text(cell) == ""
}

func firstOf(n *html.Node, a atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.DataAtom == a {
			return d
		}
	}
	return nil
}

// blockLessons reads a block of lines: the course in bold, who teaches it, when,
// and where. It is several lessons where its 节 are no unbroken run.
func blockLessons(block *html.Node, day int) (out []jwxt.Lesson, ok bool) {
	lines := linesOf(block)
	at := -1
	var m []string
	for i, line := range lines {
		if m = gridTime.FindStringSubmatch(markup.Squeeze(line)); m != nil {
			at = i
			break
		}
	}
	if at < 1 {
		return nil, false
	}
	l := jwxt.Lesson{Weekday: day}
	l.CourseID, l.Course = splitCourse(lines[0])
	l.Teacher = strings.TrimPrefix(strings.TrimPrefix(strings.Join(lines[1:at], " "), "教师:"), "教师：")
	l.Room = seats.ReplaceAllString(strings.Join(lines[at+1:], " "), "")
	l.WeekText = strings.Trim(m[1], ",，") + "周"
	if m[2] != "" {
		l.WeekText += "(" + m[2] + ")"
	}
	l.Weeks, ok = jwxt.ParseWeeks(l.WeekText)
	runs, known := plans.Periods(m[3])
	return onRuns(l, runs), ok && known
}
