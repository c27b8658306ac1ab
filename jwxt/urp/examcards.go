package urp

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

var examData = regexp.MustCompile(`["']([^"'\s]*/student/examinationManagement/examPlan/(?:[^"'/\s]+/)?detail)["'?]`)

// readExamPage reads the cards of a new build's page, one for each examination,
// and where the page has a calendar, the address of its data.
func readExamPage(p jwxt.Page) (out jwxt.ExamList, calendar string, err error) {
	g := readPage(p)
	out.Exams = []jwxt.Exam{}
	boxes := g.doc.Find(".widget-box")
	for i, n := range boxes.Nodes {
		if i+1 < len(boxes.Nodes) && holds(n, boxes.Nodes[i+1]) {
			continue // a box of boxes
		}
		if e := examCard(boxes.Eq(i)); e.Course != "" {
			out.Exams = append(out.Exams, e)
		}
	}
	if m := examData.FindSubmatch(g.text); m != nil {
		calendar = string(m[1])
	}
	if len(out.Exams) > 0 && !g.has("</html") {
		return jwxt.ExamList{}, "", jwxt.Fail(jwxt.Unreachable, opExams, errors.New("the page ends among its cards"))
	}
	return out, calendar, g.trusted(opExams, calendar != "", len(out.Exams), "this is no list of examinations")
}

// holds reports whether inner is below outer.
func holds(outer, inner *html.Node) bool {
	for p := inner.Parent; p != nil; p = p.Parent {
		if p == outer {
			return true
		}
	}
	return false
}

// cardTitle is a card's course: （31131862-01）内部审计, 高等数学（已结束）.
var cardTitle = regexp.MustCompile(`^(?:[（(]\s*([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?\s*[)）])?\s*(.*?)\s*(?:[（(](已结束|进行中|未开始)[)）])?$`)

// examCard reads a card: a title, and below it lines of labels and values.
func examCard(box *goquery.Selection) jwxt.Exam {
	var e jwxt.Exam
	if m := cardTitle.FindStringSubmatch(markup.Clean(box.Find(".widget-title").First().Text())); m != nil {
		e.CourseID, e.Group, e.Course = m[1], m[2], m[3]
		if m[4] != "" {
			plans.SetExam(&e, "状态", m[4])
		}
	}
	for _, line := range linesOf(box.Find(".widget-main, .widget-body")) {
		cardLine(&e, line)
	}
	plans.Finish(&e)
	return e
}

// cardLabel is a label of a card, as far as clients know them.
var cardLabel = regexp.MustCompile(`(考试名称|考试时间|考试地点|地点|座位号|准考证号|考试方式|考试提示信息|考试周次|备注)\s*[:：]`)

// cardLine reads a line of labels and values. The time stands without a label
// at some schools.
func cardLine(e *jwxt.Exam, s string) {
	at := cardLabel.FindAllStringSubmatchIndex(s, -1)
	for i, m := range at {
		end := len(s)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		label, value := s[m[2]:m[3]], markup.Clean(s[m[1]:end])
		if label == "考试提示信息" {
			label = "备注"
		}
		if value != "" {
			plans.SetExam(e, label, value)
		}
	}
	if _, dated := jwxt.ParseSpan(s); len(at) == 0 && dated && e.When == "" {
		e.When = s
	}
}

// linesOf are the lines of text below the first of s, as a browser breaks them.
func linesOf(s *goquery.Selection) (out []string) {
	if s.Length() == 0 {
		return nil
	}
	var b strings.Builder
	for n := range s.Nodes[0].Descendants() {
		switch {
		case n.Type == html.TextNode && (n.Parent.DataAtom == atom.Script || n.Parent.DataAtom == atom.Style):
		case n.Type == html.TextNode:
			b.WriteString(strings.Join(strings.Fields(n.Data), " ") + " ")
		case n.DataAtom == atom.Br || n.DataAtom == atom.Div || n.DataAtom == atom.P || n.DataAtom == atom.Li || n.DataAtom == atom.Tr:
			b.WriteByte('\n')
		}
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if line = markup.Clean(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// readExamCalendar reads a calendar's events. A title is lines without labels:
// course, time, 校区, 教学楼, 教室, as one school's are.
func readExamCalendar(p jwxt.Page) (jwxt.ExamList, error) {
	text := bytes.TrimSpace(fetch.Text(p))
	var events []item
	if len(text) == 1 && text[0] == ']' { // one school's way to write an empty list
		text = []byte("[]")
	}
	if !markup.IsJSON(text) || p.Status != http.StatusOK && p.Status != 0 {
		g := readPage(p)
		if err := refused(opExams, g); err != nil {
			return jwxt.ExamList{}, err
		}
		return jwxt.ExamList{}, driver.Unread(opExams, g.said(), "this is no calendar")
	}
	if text[0] != '[' || json.Unmarshal(text, &events) != nil {
		return jwxt.ExamList{}, said(opExams, text)
	}
	var titles []struct{ Title string }
	if json.Unmarshal(text, &titles) != nil || len(titles) != len(events) {
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("an event has no title"))
	}
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	unknown := map[string]bool{}
	for i, m := range events {
		e := examEvent(titles[i].Title, m, unknown)
		if e.Course == "" {
			return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("an event has no course"))
		}
		out.Exams = append(out.Exams, e)
	}
	out.UnknownColumns = slices.Sorted(maps.Keys(unknown))
	return out, nil
}

func examEvent(title string, m item, unknown map[string]bool) jwxt.Exam {
	lines := strings.Split(title, "\n")
	line := func(i int) string {
		if i < len(lines) {
			return markup.Clean(lines[i])
		}
		return ""
	}
	e := jwxt.Exam{Course: line(0), Campus: line(2), When: markup.Clean(m.first("start") + " " + line(1))}
	e.Room = room(strings.TrimSpace(strings.TrimPrefix(line(3), e.Campus)), line(4))
	for k, v := range m {
		if v != "" && !strings.Contains(eventKeys, " "+k+" ") {
			plans.SetExam(&e, k, string(v))
			unknown[k] = true
		}
	}
	plans.Finish(&e)
	return e
}

// eventKeys are those of a calendar's event that are read or only for looks.
const eventKeys = " id title start end color textColor backgroundColor borderColor className allDay editable url "
