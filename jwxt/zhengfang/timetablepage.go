package zhengfang

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// timetable is a table whose header names the days of the week. Its rows are
// 节, and a lesson of several spans as many.
type timetable struct {
	node *html.Node
	days []int        // of the columns; 0 for those of labels
	rows []*html.Node // below the header

	out jwxt.Timetable
}

// readTimetable reads the page, and whose timetable it is as far as the page
// tells. A table without a lesson is how this system says that there are none;
// before that, an alert has its say.
func readTimetable(g *page) (out jwxt.Timetable, who jwxt.Student, err error) {
	t, found := g.findTimetable()
	if !found || g.Status != http.StatusOK {
		if err := refused(opTimetable, g); err != nil {
			return out, who, err
		}
		return out, who, driver.Unread(opTimetable, g.said(), "this is no timetable")
	}
	fits := t.read() && t.readBeside(g.tables)
	switch {
	case !bytes.Contains(bytes.ToLower(g.text), []byte("</form")):
		return out, who, jwxt.Fail(jwxt.Unreachable, opTimetable, errors.New("the page ends inside its form"))
	case !fits:
		return out, who, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a cell was not understood"))
	case len(t.out.Lessons) == 0:
		if err := denied(opTimetable, g.alerted()); err != nil {
			return out, who, err
		}
	}
	t.out.Term = g.term()
	t.out.Lessons = plans.Distinct(t.out.Lessons)
	slices.Sort(t.out.UnknownColumns)
	t.out.UnknownColumns = slices.Compact(t.out.UnknownColumns)
	return t.out, owner(g.around(t.node)), nil
}

func (g *page) findTimetable() (timetable, bool) {
	for _, n := range g.tables {
		rows := markup.Rows(n)
		for i, r := range rows[:min(len(rows), 3)] {
			t := timetable{node: n, rows: rows[i+1:]}
			named := 0
			for _, name := range markup.Headers(r) {
				day := plans.Weekday(name)
				t.days = append(t.days, day)
				named += min(day, 1)
			}
			if named >= 5 {
				return t, true
			}
		}
	}
	return timetable{}, false
}

// maxRowspan is more rows than a timetable has.
const maxRowspan = 64

// read reads the cells, each at its place in the grid: cells that span rows
// push those of the rows below to the right. It reports false where a row does
// not fit the header, or a cell is no lesson.
func (t *timetable) read() bool {
	t.out.Lessons = []jwxt.Lesson{}
	taken := make([]int, len(t.days)) // rows that a cell of the column still spans
	var cells []*html.Node
	for _, r := range t.rows {
		cells = markup.Cells(r, cells)
		period, at := 0, 0
		for _, td := range cells {
			for at < len(taken) && taken[at] > 0 {
				at++
			}
			if at >= len(t.days) {
				return false
			}
			height := rowspan(td)
			if t.days[at] == 0 {
				period = max(period, periodOf(td))
			} else if !t.cell(td, t.days[at], period, height) {
				return false
			}
			for range markup.Span(td) {
				if at < len(taken) {
					taken[at] = height
				}
				at++
			}
		}
		for i := range taken {
			if at <= i && taken[i] == 0 {
				return false // the row is short of cells
			}
			taken[i] = max(taken[i]-1, 0)
		}
	}
	return true
}

func rowspan(td *html.Node) int {
	n, err := strconv.Atoi(markup.Attr(td, "rowspan"))
	if err != nil || n < 1 || n > maxRowspan {
		return 1
	}
	return n
}

// periodOf is the 节 of a label such as 第1节; 0 for 上午.
func periodOf(td *html.Node) int {
	runs, ok := plans.Periods(markup.Text(td))
	if !ok {
		return 0
	}
	return runs[0].From
}
