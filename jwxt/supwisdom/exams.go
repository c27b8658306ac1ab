package supwisdom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

const opExams = "supwisdom: exams"

// Exams implements [jwxt.ExamReader]. At EAMS it costs one request that tells
// whose session it is, the page of examinations, and its table, or one for each
// 考试批次 that the page names; and one more for a term that is named. At EAMS5
// it costs two: the page lists all terms', which are told apart by their days;
// and one or two more where no term is named, for the page of timetables says
// which is now.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	return reading(opExams, c, func(v *visit) (jwxt.ExamList, error) {
		if v.eams5 {
			return v.exams5(ctx, t)
		}
		return v.exams(ctx, t)
	})
}

// exams reads EAMS.
func (v *visit) exams(ctx context.Context, t jwxt.Term) (out jwxt.ExamList, err error) {
	out = jwxt.ExamList{Term: t, Exams: []jwxt.Exam{}}
	if err := v.mine(ctx, opExams); err != nil {
		return out, err
	}
	semester := ""
	if !t.IsZero() {
		terms, err := v.terms(ctx)
		if semester = terms[t]; err != nil || semester == "" {
			return out, err
		}
	}
	batches, err := v.batches(ctx, semester)
	if err != nil {
		return out, err
	}
	for _, b := range batches {
		one, err := v.batch(ctx, b)
		if err != nil {
			return out, err
		}
		out.Exams, out.UnknownColumns = append(out.Exams, one.Exams...), append(out.UnknownColumns, one.UnknownColumns...)
	}
	out.Exams, out.UnknownColumns = distinct(out.Exams), unique(out.UnknownColumns)
	return out, nil
}

const examIndex = "/stdExamTable.action"

// batches asks the page of examinations which tables there are, of the term of
// the school's number, or of the current one for "".
func (v *visit) batches(ctx context.Context, semester string) ([]batch, error) {
	r := fetch.Request{URL: v.path(examIndex)}
	if semester != "" {
		r.Post, r.Form = true, fetch.Form{{Name: semesterField, Value: semester}}
	}
	g, err := v.send(ctx, opExams, r, nil)
	if err != nil {
		return nil, err
	}
	return readBatches(g, semester)
}

// batch reads one table.
func (v *visit) batch(ctx context.Context, b batch) (jwxt.ExamList, error) {
	g, err := v.send(ctx, opExams, fetch.Request{URL: v.path("/stdExamTable!examTable.action" + b.query), AJAX: true, Referer: v.path(examIndex)}, nil)
	if err != nil {
		return jwxt.ExamList{}, err
	}
	out, err := readExams(g)
	for i := range out.Exams {
		out.Exams[i].Name = first(out.Exams[i].Name, b.name)
	}
	return out, err
}

// batch is one table of examinations that a page of EAMS leads to.
type batch struct{ query, name string }

// maxBatches is more 考试批次 than a term has.
const maxBatches = 12

var (
	batchLink  = regexp.MustCompile(`\bexamBatch\.id=(\d{1,12})\b`)
	onlyDigits = regexp.MustCompile(`^\d{1,12}$`)
)

// readBatches reads which tables there are: one for each 考试批次 to choose from
// or, at some schools, for each 考试类型; or a single one. semester is the
// school's number of the term, "" for the one that the page has chosen.
func readBatches(g *page, semester string) (out []batch, err error) {
	if g.Status != http.StatusOK || g.isLogin() || !g.has("examTable", "examBatch", "semesterCalendar(") {
		return nil, refusedOr(opExams, g, "this is no page of examinations")
	}
	semester = first(semester, g.semester())
	within := ""
	if semester != "" {
		within = semesterField + "=" + url.QueryEscape(semester)
	}
	add := func(query, name string) {
		b := batch{"?" + query, name}
		if len(out) <= maxBatches && !slices.ContainsFunc(out, func(o batch) bool { return o.query == b.query }) {
			out = append(out, b)
		}
	}
	for _, o := range g.options("examBatch.id") {
		add("examBatch.id="+o.query, o.name)
	}
	for _, m := range batchLink.FindAllSubmatch(g.text, -1) {
		add("examBatch.id="+string(m[1]), "")
	}
	if len(out) == 0 {
		for _, o := range g.options("examType.id") {
			add(strings.TrimPrefix(within+"&examType.id="+o.query, "&"), o.name)
		}
	}
	switch {
	case len(out) > maxBatches:
		return nil, jwxt.Fail(jwxt.Changed, opExams, errors.New("there are more tables of examinations than a term can have"))
	case len(out) == 0:
		out = []batch{{strings.TrimSuffix("?"+within, "?"), ""}}
	}
	return out, nil
}

// options are the choices of a select by its name, those that have a number.
func (g *page) options(name string) (out []batch) {
	g.doc.Find(`select[name="` + name + `"] option`).Each(func(_ int, o *goquery.Selection) {
		if value := o.AttrOr("value", ""); onlyDigits.MatchString(value) {
			out = append(out, batch{value, markup.Clean(o.Text())})
		}
	})
	return out
}

// readExams reads a table of examinations of either system.
func readExams(g *page) (out jwxt.ExamList, err error) {
	out.Exams = []jwxt.Exam{}
	rows, found := g.examRows()
	out.Exams = append(out.Exams, rows...)
	if !found {
		var t plans.ExamTable
		if t, found = plans.FindExams(g.doc.Find("table").Nodes); found {
			read, fits := t.Read()
			if !fits && !g.cut() {
				return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row does not fit the header"))
			}
			out.Exams, out.UnknownColumns = append(out.Exams, read.Exams...), t.Unknown
		}
	}
	switch {
	case !found && g.Status == http.StatusOK && g.saysNone():
		return out, nil
	case !found || g.Status != http.StatusOK:
		return jwxt.ExamList{}, refusedOr(opExams, g, "this is no list of examinations")
	case g.cut():
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Unreachable, opExams, errors.New("the page ends inside the table"))
	case slices.ContainsFunc(out.Exams, func(e jwxt.Exam) bool { return e.Course == "" }):
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row has no course"))
	}
	return out, nil
}

var noneWords = regexp.MustCompile(`(?:暂无|没有|未查询到).{0,6}(?:考试|安排|数据|记录)`)

// saysNone reports whether the page's own sentence is that there is nothing.
func (g *page) saysNone() bool { return !g.isLogin() && noneWords.MatchString(g.said()) }

// distinct leaves out examinations that are listed in two batches.
func distinct(exams []jwxt.Exam) []jwxt.Exam {
	out := exams[:0]
	seen := map[[5]string]bool{}
	for _, e := range exams {
		if key := [5]string{e.Course, e.Group, e.When, e.Room, e.Name}; !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	return out
}

// exams5 reads EAMS5, for each of the student's majors.
func (v *visit) exams5(ctx context.Context, t jwxt.Term) (all jwxt.ExamList, err error) {
	t, ids, err := v.current(ctx, t)
	if err != nil {
		return all, err
	}
	all.Exams = []jwxt.Exam{}
	for _, id := range ids {
		g, err := v.send(ctx, opExams, fetch.Request{URL: v.path("/for-std/exam-arrange/info/" + id)}, nil)
		if err != nil {
			return all, err
		}
		one, err := readExams(g)
		if err != nil {
			return all, err
		}
		all.Exams, all.UnknownColumns = append(all.Exams, one.Exams...), append(all.UnknownColumns, one.UnknownColumns...)
	}
	all.Term, all.Exams, all.UnknownColumns = t, ofTerm(distinct(all.Exams), t), unique(all.UnknownColumns)
	return all, nil
}

// current is t, or the term that the page of timetables calls current, and the
// student's inner numbers.
func (v *visit) current(ctx context.Context, t jwxt.Term) (jwxt.Term, []string, error) {
	if !t.IsZero() {
		ids, err := v.sheetIDs(ctx, opExams)
		return t, ids, err
	}
	g, ids, err := v.tablePage(ctx, opExams)
	if err != nil {
		return t, nil, err
	}
	t, _, err = readSemester(opExams, g, t)
	return t, ids, err
}
