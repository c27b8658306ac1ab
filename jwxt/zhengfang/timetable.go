package zhengfang

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/plans"
)

const (
	opTimetable = "zhengfang: timetable"
	opExams     = "zhengfang: exams"

	usualTimetable = "xskbcx.aspx?gnmkdm=N121603"
	usualExams     = "xskscx.aspx?gnmkdm=N121604"
)

// Timetable implements [jwxt.TimetableReader]: one request, and one more where
// another term than the current one is asked. A term that the page does not
// offer is Closed.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	v := open(c)
	return reading(v, func() (jwxt.Timetable, error) {
		g, err := v.ofTerm(ctx, opTimetable, "timetable", cmp.Or(v.Noted(memoTimetable), usualTimetable), t)
		if err != nil {
			return jwxt.Timetable{}, err
		}
		out, who, err := readTimetable(g)
		if err != nil {
			return out, err
		}
		return out, cmp.Or(v.same(opTimetable, who), isOf(opTimetable, t, out.Term))
	})
}

// Exams implements [jwxt.ExamReader]. Its requests are those of Timetable.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	v := open(c)
	return reading(v, func() (jwxt.ExamList, error) {
		g, err := v.ofTerm(ctx, opExams, "exams", cmp.Or(v.Noted(memoExams), usualExams), t)
		if err != nil {
			return jwxt.ExamList{}, err
		}
		out, who, err := readExams(g)
		if err != nil {
			return out, err
		}
		return out, cmp.Or(v.same(opExams, who), isOf(opExams, t, out.Term))
	})
}

// isOf makes sure that a page is of the term that was asked for.
func isOf(op string, asked, got jwxt.Term) error {
	if asked.IsZero() || asked == got {
		return nil
	}
	return jwxt.Fail(jwxt.Changed, op, errors.New("the page is of another term"))
}

// The fields of the timetable's and the examinations' page for the year and the
// part of it.
const (
	planYear = "xnd"
	planPart = "xqd"
)

// ofTerm opens a page, which is one of the current term, and where another one
// is asked chooses that. A page without a choice is for its reader to refuse.
func (v *visit) ofTerm(ctx context.Context, op, option, menu string, t jwxt.Term) (*page, error) {
	address, err := v.page(op, option, menu)
	if err != nil {
		return nil, err
	}
	g, err := v.send(ctx, op, fetch.Request{URL: address})
	if err != nil {
		return nil, err
	}
	if chosen := g.term(); t.IsZero() || chosen.IsZero() || chosen == t {
		return g, nil
	}
	if !slices.Contains(g.choice(planYear).values, yearName(t)) || !slices.Contains(g.choice(planPart).values, strconv.Itoa(t.Part)) {
		return nil, jwxt.Fail(jwxt.Closed, op, errors.New("the school offers no such term"))
	}
	return v.send(ctx, op, fetch.Request{URL: g.action(), Post: true, Form: g.choosing(t), GBK: g.gbk, Referer: g.address("")})
}

// term is the one that the page has chosen, zero where it has no such choice.
func (g *page) term() jwxt.Term {
	t, err := jwxt.ParseTerm(g.choice(planYear).chosen + "-" + g.choice(planPart).chosen)
	if err != nil {
		return jwxt.Term{}
	}
	return t
}

// choosing is what the page's script posts once a term has been chosen. A
// person chooses the year and the part one after the other; both at once is
// what clients do.
func (g *page) choosing(t jwxt.Term) fetch.Form {
	target := planPart
	if t.Part == g.term().Part {
		target = planYear
	}
	form := g.hidden().Set("__EVENTTARGET", target).Set("__EVENTARGUMENT", "")
	return form.Set(planYear, yearName(t)).Set(planPart, strconv.Itoa(t.Part))
}

// readExams reads the list of examinations, and whose they are as far as the
// page tells. A table that is nothing but its header is how this system says
// that there are none; before that, an alert has its say.
func readExams(g *page) (out jwxt.ExamList, who jwxt.Student, err error) {
	table, found := plans.FindExams(g.tables)
	if !found || g.Status != http.StatusOK {
		if err := refused(opExams, g); err != nil {
			return out, who, err
		}
		return out, who, driver.Unread(opExams, g.said(), "this is no list of examinations")
	}
	rows, fits := table.Read()
	switch {
	case g.cut(table.Node):
		return out, who, jwxt.Fail(jwxt.Unreachable, opExams, errors.New("the page ends inside the table"))
	case !fits:
		return out, who, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row does not fit the header"))
	case len(rows.Exams) == 0:
		if err := denied(opExams, cmp.Or(g.alerted(), rows.Sentence)); err != nil {
			return out, who, err
		}
	}
	who = owner(g.around(table.Node))
	who.Number, who.Name = cmp.Or(rows.Owner.Number, who.Number), cmp.Or(rows.Owner.Name, who.Name)
	return jwxt.ExamList{Term: g.term(), Exams: rows.Exams, UnknownColumns: table.Unknown}, who, nil
}

// denied is the error of a sentence beside a table without rows.
func denied(op, said string) error {
	if said == "" {
		return nil
	}
	if err := spoken(op, said); err != nil {
		return err
	}
	return jwxt.Refuse(jwxt.Changed, op, said)
}
