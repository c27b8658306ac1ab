package kingosoft

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

const aspxOpTimetable = "kingosoft: timetable"

// Timetable implements [jwxt.TimetableReader]. It costs two requests, the first
// of which tells whose session it is, and two more to learn the current term
// where 个人课表 is read. 正选结果 does not know terms: for any but the zero Term
// it is Unsupported.
func (aspx) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	v := openASPX(c)
	return driver.Read(c, func() (jwxt.Timetable, error) {
		personal := v.Option("timetable", "") == "personal"
		if !personal && !t.IsZero() {
			return jwxt.Timetable{}, jwxt.Fail(jwxt.Unsupported, aspxOpTimetable, errors.New("正选结果 are of the current term only"))
		}
		if err := v.mine(ctx, aspxOpTimetable); err != nil {
			return jwxt.Timetable{}, err
		}
		if personal {
			return v.personal(ctx, t)
		}
		return v.timetable(ctx, fetch.Request{URL: v.path(aspxSelection + "_rpt.aspx"), Referer: v.path(aspxSelection + ".aspx")})
	})
}

func (v *aspxVisit) timetable(ctx context.Context, r fetch.Request) (jwxt.Timetable, error) {
	g, err := v.send(ctx, aspxOpTimetable, r)
	if err != nil {
		return jwxt.Timetable{}, err
	}
	out, err := g.timetable()
	return out, aspxNoRight(err)
}

// personal reads 个人课表 as a list sorted by course.
func (v *aspxVisit) personal(ctx context.Context, t jwxt.Term) (jwxt.Timetable, error) {
	if t.IsZero() {
		g, err := v.send(ctx, aspxOpTimetable, fetch.Request{URL: v.path(aspxPersonal + ".aspx"), Referer: v.path(aspxFrames)})
		if err != nil {
			return jwxt.Timetable{}, err
		}
		if t = g.chosenTerm(); t.IsZero() {
			return jwxt.Timetable{}, g.refused(aspxOpTimetable, "the form of 个人课表 names no term")
		}
	}
	out, err := v.timetable(ctx, fetch.Request{
		URL: v.path(aspxPersonal + "_rpt.aspx"), Post: true, Referer: v.path(aspxPersonal + ".aspx"),
		Form: fetch.Form{{Name: "Sel_XNXQ", Value: strconv.Itoa(t.Year) + strconv.Itoa(t.Part-1)}, {Name: "rad", Value: "on"}, {Name: "px", Value: "0"}},
	})
	if err == nil {
		out.Term = t
	}
	return out, err
}

// chosenTerm is the term that the form of 个人课表 shows first.
func (g *aspxPage) chosenTerm() jwxt.Term {
	options := g.doc.Find(`select[name="Sel_XNXQ"] option`)
	if chosen := options.Filter("[selected]"); chosen.Length() > 0 {
		options = chosen
	}
	t, _ := aspxTerm(options.First().AttrOr("value", ""))
	return t
}

// timetable reads either list. A report may come twice, once for the printer:
// what is equal in all is one lesson.
func (g *aspxPage) timetable() (jwxt.Timetable, error) {
	out := jwxt.Timetable{Lessons: []jwxt.Lesson{}}
	found := false
	for _, n := range g.doc.Find("table").Nodes {
		table, ok := aspxPlanTable(n)
		if !ok {
			continue
		}
		found = true
		lessons, fits := table.read()
		if !fits {
			return jwxt.Timetable{}, aspxTorn(g)
		}
		out.Lessons = append(out.Lessons, lessons...)
		out.UnknownColumns = append(out.UnknownColumns, table.unknown()...)
	}
	switch {
	case g.Status == http.StatusOK && !found && g.saysNone():
		return out, nil
	case !found && g.doc.Find(`img[src*="rawimg"]`).Length() > 0:
		return jwxt.Timetable{}, jwxt.Fail(jwxt.Unsupported, aspxOpTimetable, errors.New("this school draws its timetables"))
	case g.Status != http.StatusOK, !found:
		return jwxt.Timetable{}, g.refused(aspxOpTimetable, "this is no timetable")
	case g.cut():
		return jwxt.Timetable{}, aspxTorn(g)
	}
	out.Lessons = plans.Distinct(out.Lessons)
	slices.Sort(out.UnknownColumns)
	out.UnknownColumns = slices.Compact(out.UnknownColumns)
	return out, nil
}

func aspxTorn(g *aspxPage) error {
	if g.cut() {
		return jwxt.Fail(jwxt.Unreachable, aspxOpTimetable, errors.New("the page ends inside the table"))
	}
	return jwxt.Fail(jwxt.Changed, aspxOpTimetable, errors.New("a row does not fit the header"))
}

// aspxPlan is a table whose header is one of lessons.
type aspxPlan struct {
	columns []aspxPlanColumn
	rows    []*html.Node
}

// aspxPlanTable reads n as a table of lessons, if its header is one.
func aspxPlanTable(n *html.Node) (aspxPlan, bool) {
	rows := markup.Rows(n)
	for i, tr := range rows[:min(len(rows), 3)] {
		names, more := aspxHeaders(tr, rows[i+1:])
		if !aspxIsPlan(names) {
			continue
		}
		p := aspxPlan{rows: rows[i+1+more:]}
		for _, name := range names {
			p.columns = append(p.columns, aspxPlanColumnOf(name))
		}
		return p, true
	}
	return aspxPlan{}, false
}

func aspxIsPlan(names []string) bool {
	course := slices.ContainsFunc(names, func(name string) bool { return slices.Contains(aspxCourseNames, name) })
	when := slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "上课时间") || name == "周次" })
	return course && when
}

// aspxHeaders are the headers of a row, of which some span columns that the row
// below names; more is how many rows below belong to the header.
func aspxHeaders(tr *html.Node, below []*html.Node) (names []string, more int) {
	if markup.Headers(tr) == nil {
		return nil, 0
	}
	var under []string
	cells := markup.Cells(tr, nil)
	if slices.ContainsFunc(cells, func(c *html.Node) bool { return markup.Attr(c, "rowspan") == "2" }) && len(below) > 0 {
		under, more = markup.Headers(below[0]), 1
	}
	for _, c := range cells {
		name, span := markup.Squeeze(markup.Text(c)), markup.Span(c)
		if more == 1 && markup.Attr(c, "rowspan") != "2" && len(under) >= span {
			names, under = append(names, under[:span]...), under[span:]
			continue
		}
		for range span {
			names = append(names, name)
		}
	}
	return names, more
}

// read reads the rows. A row that is blank where the one above it is not has the
// value in an attribute.
func (p aspxPlan) read() (lessons []jwxt.Lesson, fits bool) {
	var tds []*html.Node
	for _, tr := range p.rows {
		if tds = markup.Cells(tr, tds); len(tds) < 2 {
			continue
		}
		if slices.ContainsFunc(tds, markup.HoldsTable) {
			return nil, false
		}
		var r aspxPlanRow
		i := 0
		for _, td := range tds {
			if i >= len(p.columns) {
				return nil, false
			}
			c := p.columns[i]
			i += markup.Span(td)
			text := markup.Text(td)
			if text == "" {
				text = markup.Clean(markup.Attr(td, "hidevalue"))
			}
			if c.set != nil && text != "" {
				c.set(&r, c.name, text, td)
			}
		}
		if i != len(p.columns) || r.lesson.Course == "" {
			return nil, false
		}
		lessons = append(lessons, r.lessons()...)
	}
	return lessons, true
}

// unknown are the headers without a meaning here.
func (p aspxPlan) unknown() (names []string) {
	for _, c := range p.columns {
		if c.unknown {
			names = append(names, c.name)
		}
	}
	return names
}
