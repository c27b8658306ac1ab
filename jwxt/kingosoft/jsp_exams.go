package kingosoft

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const (
	opJSPExams = "kingosoft: exams"

	// maxRounds is more rounds of examinations than a term has.
	maxRounds = 12
)

// examRound is a 考试轮次 of a term.
type examRound struct {
	Code string `json:"code"` // of the round within its term
	Name string `json:"name"`
}

func (v *jspVisit) exams(ctx context.Context, t jwxt.Term) (jwxt.ExamList, error) {
	var none jwxt.ExamList
	t, err := v.termAsked(ctx, opJSPExams, t)
	if err != nil {
		return none, err
	}
	rounds, err := v.rounds(ctx, t)
	if err != nil {
		return none, err
	}
	out := jwxt.ExamList{Term: t, Exams: []jwxt.Exam{}}
	for _, r := range rounds {
		list, err := v.round(ctx, t, r)
		if err != nil {
			return none, err
		}
		for i := range list.Exams {
			list.Exams[i].Name = cmp.Or(list.Exams[i].Name, r.Name)
		}
		out.Exams = append(out.Exams, list.Exams...)
		out.UnknownColumns = append(out.UnknownColumns, list.UnknownColumns...)
	}
	slices.Sort(out.UnknownColumns)
	out.UnknownColumns = slices.Compact(out.UnknownColumns)
	return out, nil
}

func (v *jspVisit) byDate() bool { return v.Option("exams", "") == "date" }

const examReferer = "/student/ksap.ksapb.html"

// rounds asks which rounds of a term are published.
func (v *jspVisit) rounds(ctx context.Context, t jwxt.Term) ([]examRound, error) {
	xn, xq := xnxq(t)
	form := fetch.Form{{Name: "comboBoxName", Value: "Ms_KSSW_FBXNXQKSLC"}, {Name: "paramValue"}, {Name: "isNeedNull", Value: "false"}}
	prefix := xn + "," + xq + ","
	if v.byDate() {
		form = fetch.Form{{Name: "comboBoxName", Value: "Ms_KSSW_FBKSLC"}, {Name: "paramValue", Value: "xtdm=jw&zxtdm=7&kgmc=kw_fbksap&xnxq=" + xn + xq}}
		prefix = ""
	}
	g, err := v.send(ctx, opJSPExams, fetch.Request{
		URL: v.path("/frame/droplist/getDropLists.action"), Post: true, AJAX: true, Form: form, Referer: v.path(examReferer),
	})
	if err != nil {
		return nil, err
	}
	all, err := g.rounds()
	if err != nil {
		return nil, err
	}
	var out []examRound
	for _, r := range all {
		code, ok := strings.CutPrefix(r.Code, prefix)
		switch {
		case ok && code != "":
			out = append(out, examRound{code, r.Name})
		case r.Code != "" && !roundOfTerm.MatchString(r.Code):
			return nil, jwxt.Fail(jwxt.Changed, opJSPExams, errors.New("a round of examinations does not say its term"))
		}
	}
	if len(out) > maxRounds {
		return nil, jwxt.Fail(jwxt.Changed, opJSPExams, errors.New("there are more rounds of examinations than a term can have"))
	}
	return out, nil
}

// roundOfTerm is a round's code where all terms' are listed: year, part, round.
var roundOfTerm = regexp.MustCompile(`^\d{4},\d,`)

// rounds reads a selection: a list of code and name.
func (g *jspPage) rounds() ([]examRound, error) {
	var list []struct{ Code, Name markup.Loose }
	if g.Status != http.StatusOK || json.Unmarshal(g.text, &list) != nil || list == nil {
		return nil, g.refusedOr(opJSPExams, "the rounds of examinations are not listed")
	}
	out := []examRound{}
	for _, r := range list {
		out = append(out, examRound{string(r.Code), string(r.Name)})
	}
	return out, nil
}

// round reads the list of one round.
func (v *jspVisit) round(ctx context.Context, t jwxt.Term, r examRound) (jwxt.ExamList, error) {
	xn, xq := xnxq(t)
	address := "/taglib/DataTable.jsp?tableId=2538"
	form := fetch.Form{{Name: "xh"}, {Name: "xn", Value: xn}, {Name: "xq", Value: xq}, {Name: "kslc", Value: r.Code}, {Name: "xnxqkslc", Value: xn + "," + xq + "," + r.Code}}
	if v.byDate() {
		address = "/student/ksap.ksapb_date.jsp"
		form = fetch.Form{{Name: "xn", Value: xn}, {Name: "xq", Value: xq}, {Name: "title"}, {Name: "xnxq", Value: xn + xq}, {Name: "kslc", Value: r.Code}}
	}
	g, err := v.send(ctx, opJSPExams, fetch.Request{URL: v.path(address), Post: true, Form: form, Referer: v.path(examReferer)})
	if err != nil {
		return jwxt.ExamList{}, err
	}
	return g.exams()
}

var (
	pageOf    = regexp.MustCompile(`共\s*(\d{1,3})\s*页`)
	pagesSeen = regexp.MustCompile(`第\s*\d{1,3}\s*页`)
)

// exams reads the list of a round. A report that says that it has more pages
// than are printed is none: a part is no list.
func (g *jspPage) exams() (jwxt.ExamList, error) {
	var none jwxt.ExamList
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	found := false
	for n := range g.doc.Descendants() {
		if n.DataAtom != atom.Table {
			continue
		}
		columns, rows, ok := examTable(n)
		if !ok {
			continue
		}
		found = true
		exams, fits := readExams(columns, rows)
		if !fits {
			return none, jwxt.Fail(jwxt.Changed, opJSPExams, errors.New("a row does not fit the header"))
		}
		out.Exams = append(out.Exams, exams...)
		for _, c := range columns {
			if c.unknown {
				out.UnknownColumns = append(out.UnknownColumns, c.name)
			}
		}
	}
	switch {
	case !found && !g.isNone(), found && len(out.Exams) == 0 && !g.isNone():
		return none, g.refusedOr(opJSPExams, "this is no list of examinations")
	case g.missesPages():
		return none, jwxt.Fail(jwxt.Changed, opJSPExams, errors.New("the list has more pages than came"))
	}
	return out, g.listed(opJSPExams)
}

func (g *jspPage) missesPages() bool {
	m := pageOf.FindSubmatch(g.text)
	return m != nil && number(string(m[1])) > len(pagesSeen.FindAll(g.text, -1))
}

// examColumn is what one header means.
type examColumn struct {
	name    string
	set     func(*jwxt.Exam, string, string)
	unknown bool
}

func examTable(n *html.Node) (columns []examColumn, rows []*html.Node, ok bool) {
	all := markup.Rows(n)
	for i, r := range all[:min(len(all), 3)] {
		names := markup.Headers(r)
		if slices.ContainsFunc(names, isCourse) && slices.Contains(names, "考试时间") {
			for _, name := range names {
				columns = append(columns, examColumnOf(name))
			}
			return columns, all[i+1:], true
		}
	}
	return nil, nil, false
}

func examColumnOf(name string) examColumn {
	c := examColumn{name: name}
	switch name {
	case "序号", "操作", "":
	case "课程", "课程/环节", "课程环节", "课程名称":
		c.set = func(e *jwxt.Exam, _, text string) { e.CourseID, e.Course = splitCourse(text) }
	case "学分":
		c.set = func(e *jwxt.Exam, name, text string) {
			var err error
			if e.Credits, err = jwxt.ParseDecimal(text); err != nil {
				set(&e.Extra, name, text)
			}
		}
	case "考试时间":
		c.set = func(e *jwxt.Exam, _, text string) {
			span, _ := jwxt.ParseSpan(text)
			e.When, e.Date, e.Starts, e.Ends = text, span.Date, span.Starts, span.Ends
		}
	case "考试地点", "地点", "考场":
		c.set = func(e *jwxt.Exam, _, text string) { e.Room = text }
	case "座位号", "座号":
		c.set = func(e *jwxt.Exam, _, text string) { e.Seat = strings.Trim(text, "*") } // ** is not out yet
	case "考试轮次名称", "考试轮次", "轮次":
		c.set = func(e *jwxt.Exam, _, text string) { e.Name = text }
	case "校区":
		c.set = func(e *jwxt.Exam, _, text string) { e.Campus = text }
	case "备注":
		c.set = func(e *jwxt.Exam, _, text string) { e.Note = text }
	default:
		c.set = func(e *jwxt.Exam, name, text string) { set(&e.Extra, name, text) }
		c.unknown = name != "类别" && name != "考核方式"
	}
	return c
}

func readExams(columns []examColumn, rows []*html.Node) (out []jwxt.Exam, fits bool) {
	var cells []*html.Node
	for _, r := range rows {
		cells = markup.Cells(r, cells)
		if len(cells) <= 1 && len(columns) > 1 {
			continue
		}
		if len(cells) != len(columns) || slices.ContainsFunc(cells, markup.HoldsTable) {
			return nil, false
		}
		var e jwxt.Exam
		for i, c := range columns {
			if text := markup.Text(cells[i]); c.set != nil && text != "" {
				c.set(&e, c.name, text)
			}
		}
		if e.Course == "" {
			return nil, false
		}
		out = append(out, e)
	}
	return out, true
}
