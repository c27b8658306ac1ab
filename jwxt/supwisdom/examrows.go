package supwisdom

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// examRows reads the rows of EAMS5's page, whose cells hold several things
// each: time and place, course, 课程序号 and way of examination, a note, and
// whether it is over. found tells that the page has such a table.
func (g *page) examRows() (out []jwxt.Exam, found bool) {
	rows := g.doc.Find("tr[data-finished]").Nodes
	if rows == nil {
		empty := g.doc.Find("#exams, .exam-table")
		return nil, empty.Length() > 0 && empty.Find("td").Length() == 0
	}
	seats := seatsOf(string(g.text))
	for _, r := range rows {
		out = append(out, examRow(r, seats))
	}
	return out, true
}

func examRow(row *html.Node, seats map[string]string) (e jwxt.Exam) {
	for _, td := range markup.Cells(row, nil) {
		text := markup.Text(td)
		switch {
		case within(td, "time") != nil:
			e.When = markup.Text(within(td, "time"))
			setPlace(&e, td, seats)
		case within(td, "tag-span") != nil:
			setCourse(&e, td)
		case slices.Contains([]string{"已结束", "未结束", "已完成", "未开始", "进行中"}, text):
			plans.SetExam(&e, "考试情况", text)
		case text != "":
			plans.SetExam(&e, "备注", text)
		}
	}
	plans.Finish(&e)
	return e
}

// within is the first element below n of a class, or nil.
func within(n *html.Node, class string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(strings.Fields(markup.Attr(d, "class")), class) {
			return d
		}
	}
	return nil
}

// setPlace reads 校区, 教学楼 and 教室, spans beside the time. The seat is a
// number in a script, by the span's id.
func setPlace(e *jwxt.Exam, td *html.Node, seats map[string]string) {
	var places []string
	for _, s := range spans(td) {
		if id, ok := strings.CutPrefix(markup.Attr(s, "id"), "seat-"); ok {
			e.Seat = first(seats[id], strings.TrimSpace(strings.TrimPrefix(markup.Text(s), "座位")))
			continue
		}
		if text := markup.Text(s); text != "" {
			places = append(places, text)
		}
	}
	if len(places) > 1 {
		e.Campus, places = places[0], places[1:]
	}
	e.Room = strings.Join(places, " ")
}

// lessonCode is a 课程序号: a course's number and, behind a point, that of a class.
var lessonCode = regexp.MustCompile(`^([0-9A-Za-z_-]+)\.[0-9A-Za-z.]+$`)

func setCourse(e *jwxt.Exam, td *html.Node) {
	for _, s := range spans(td) {
		text := markup.Text(s)
		code := lessonCode.FindStringSubmatch(text)
		switch mode := strings.Trim(text, "（）()"); {
		case text == "":
		case slices.Contains(strings.Fields(markup.Attr(s, "class")), "tag-span"):
			e.Name = text
		case code != nil:
			e.Group, e.CourseID = text, code[1]
		case e.Course == "":
			e.Course = text
		case mode != text && strings.HasSuffix(mode, "卷"):
			e.Mode = mode
		default:
			plans.SetExam(e, "备注", text)
		}
	}
}

// spans are the spans below n that hold no other.
func spans(n *html.Node) (out []*html.Node) {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Span && !holdsSpan(d) {
			out = append(out, d)
		}
	}
	return out
}

func holdsSpan(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Span {
			return true
		}
	}
	return false
}

var (
	seatList = regexp.MustCompile(`\bstudentExamList\s*=\s*\[`)
	seatID   = regexp.MustCompile(`["']?\bid["']?\s*:\s*["']?(\d{1,12})`)
	seatNo   = regexp.MustCompile(`["']?\bseatNo["']?\s*:\s*["']?([0-9A-Za-z-]{1,10})`)
)

// seatsOf are the numbers of seats by the examinations' own.
func seatsOf(script string) map[string]string {
	at := seatList.FindStringIndex(script)
	if at == nil {
		return nil
	}
	out := map[string]string{}
	objects, _ := arguments(script[at[1]:])
	for _, o := range objects {
		id, no := seatID.FindStringSubmatch(o), seatNo.FindStringSubmatch(o)
		if id != nil && no != nil && no[1] != "null" {
			out[id[1]] = no[1]
		}
	}
	return out
}

// ofTerm are the examinations of a term. One without a day yet is of the last
// that has any.
func ofTerm(exams []jwxt.Exam, t jwxt.Term) []jwxt.Exam {
	var last jwxt.Term
	for _, e := range exams {
		if held := plans.TermOf(e.Date); held.Compare(last) > 0 {
			last = held
		}
	}
	return slices.DeleteFunc(exams, func(e jwxt.Exam) bool {
		held := plans.TermOf(e.Date)
		if held.IsZero() {
			held = last
		}
		return held != t && !held.IsZero()
	})
}
