package qiangzhi

import (
	"context"
	"errors"
	"net/http"
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

const (
	opTimetable = "qiangzhi: timetable"
	opExams     = "qiangzhi: exams"
)

// Timetable implements [jwxt.TimetableReader]: one request. A term that the
// page does not offer is Closed.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	if isApp(c.School) {
		return readApp(opTimetable, c, func(a *app) (jwxt.Timetable, error) { return a.timetableOf(ctx, t) })
	}
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.Timetable, error) { return v.timetable(ctx, t) })
}

func (v *visit) timetable(ctx context.Context, t jwxt.Term) (jwxt.Timetable, error) {
	r := fetch.Request{URL: v.path("/xskb/xskb_list.do")}
	if !t.IsZero() {
		r.Post = true // as the page's own form does
		r.Form = fetch.Form{{Name: "cj0701id"}, {Name: "zc"}, {Name: "xnxq01id", Value: t.String()}, {Name: "sfFD", Value: "1"}}
	}
	p, err := v.get(ctx, opTimetable, r)
	if err != nil {
		return jwxt.Timetable{}, err
	}
	g := readPage(p)
	out, err := readTimetable(g)
	if err != nil {
		return out, err
	}
	if err := v.Same(opTimetable, g.headStudent().Number); err != nil {
		return out, err
	}
	return out, g.offers(opTimetable, t)
}

// termChoice is the page's choice of terms.
type termChoice struct {
	chosen  jwxt.Term
	offered []jwxt.Term
}

// terms is the select called xnxq01id or xnxqid. Its first option is chosen
// where none is marked.
func (g *page) terms() (c termChoice) {
	for s := range g.root.Descendants() {
		if s.DataAtom != atom.Select || !strings.HasPrefix(markup.Attr(s, "name")+markup.Attr(s, "id"), "xnxq") {
			continue
		}
		for o := range s.Descendants() {
			t, err := jwxt.ParseTerm(markup.Attr(o, "value"))
			if o.DataAtom != atom.Option || err != nil {
				continue
			}
			marked := slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" })
			if len(c.offered) == 0 || marked {
				c.chosen = t
			}
			c.offered = append(c.offered, t)
		}
		return c
	}
	return c
}

// offers makes sure that a page which names its term is one of t.
func (g *page) offers(op string, t jwxt.Term) error {
	c := g.terms()
	switch {
	case t.IsZero() || c.chosen.IsZero() || c.chosen == t:
		return nil
	case !slices.Contains(c.offered, t):
		return jwxt.Fail(jwxt.Closed, op, errors.New("the school offers no such term"))
	}
	return jwxt.Fail(jwxt.Changed, op, errors.New("the page is one of another term"))
}

// Exams implements [jwxt.ExamReader]: one request, and one more for the current
// term, which only the form before the list tells.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	if isApp(c.School) {
		return readApp(opExams, c, func(a *app) (jwxt.ExamList, error) { return a.examsOf(ctx, t) })
	}
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.ExamList, error) { return v.exams(ctx, t) })
}

func (v *visit) exams(ctx context.Context, t jwxt.Term) (out jwxt.ExamList, err error) {
	form := v.path("/xsks/xsksap_query")
	if t.IsZero() {
		if t, err = v.examTerm(ctx, form); err != nil {
			return out, err
		}
	}
	p, err := v.get(ctx, opExams, fetch.Request{
		URL: v.path("/xsks/xsksap_list"), Post: true, Referer: form,
		Form: fetch.Form{{Name: "xqlbmc"}, {Name: "xnxqid", Value: t.String()}, {Name: "xqlb"}},
	})
	if err != nil {
		return out, err
	}
	g := readPage(p)
	out, err = readExams(g)
	if err != nil {
		return out, err
	}
	out.Term = t
	return out, v.Same(opExams, g.headStudent().Number)
}

// examTerm is the term that the form before the list proposes.
func (v *visit) examTerm(ctx context.Context, form string) (jwxt.Term, error) {
	p, err := v.get(ctx, opExams, fetch.Request{URL: form})
	if err != nil {
		return jwxt.Term{}, err
	}
	g := readPage(p)
	if c := g.terms(); g.Status == http.StatusOK && !c.chosen.IsZero() {
		return c.chosen, v.Same(opExams, g.headStudent().Number)
	}
	if err := refused(opExams, g); err != nil {
		return jwxt.Term{}, err
	}
	return jwxt.Term{}, driver.Unread(opExams, g.said(), "the form names no term")
}

// readExams reads a list of examinations, which says in words that it is empty.
func readExams(g *page) (jwxt.ExamList, error) {
	table, found := plans.FindExams(g.tables)
	if !found || g.Status != http.StatusOK {
		if err := refused(opExams, g); err != nil {
			return jwxt.ExamList{}, err
		}
		return jwxt.ExamList{}, driver.Unread(opExams, g.said(), "this is no list of examinations")
	}
	rows, fits := table.Read()
	switch {
	case g.cut():
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Unreachable, opExams, errors.New("the page ends inside the table"))
	case !fits:
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row does not fit the header"))
	case len(rows.Exams) == 0:
		for _, sentence := range []string{g.alerted(), rows.Sentence} {
			if err := denied(opExams, sentence); err != nil {
				return jwxt.ExamList{}, err
			}
		}
	}
	return jwxt.ExamList{Exams: rows.Exams, UnknownColumns: table.Unknown}, nil
}
