package urp

import (
	"errors"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
)

// sitting is an examination on its way: what several columns say together is
// known at its end.
type sitting struct {
	jwxt.Exam
	day, clock, building string
}

// examColumns are the known headers. Schools name the same column with and
// without 考试.
var examColumns = map[string]func(e *sitting, name, value string){
	"": nil, "序号": nil, "学号": nil, "姓名": nil,
	"考试名": (*sitting).setName, "考试名称": (*sitting).setName, "考试类型": (*sitting).setName,
	"课程": (*sitting).setCourse, "课程名": (*sitting).setCourse, "课程名称": (*sitting).setCourse, "考试课程": (*sitting).setCourse,
	"课程号":  func(e *sitting, _, v string) { e.CourseID = v },
	"课序号":  func(e *sitting, _, v string) { e.Group = v },
	"校区":   func(e *sitting, _, v string) { e.Campus = v },
	"教学楼":  func(e *sitting, _, v string) { e.building = v },
	"教室":   (*sitting).setRoom,
	"考场":   (*sitting).setRoom,
	"考试地点": (*sitting).setRoom,
	"日期":   func(e *sitting, _, v string) { e.day = v },
	"考试日期": func(e *sitting, _, v string) { e.day = v },
	"时间":   func(e *sitting, _, v string) { e.clock = v },
	"考试时间": func(e *sitting, _, v string) { e.clock = v },
	"座位":   (*sitting).setSeat,
	"座位号":  (*sitting).setSeat,
	"准考证号": func(e *sitting, _, v string) { e.Ticket = v },
	"考试方式": func(e *sitting, _, v string) { e.Mode = v },
	"备注":   func(e *sitting, _, v string) { e.Note = v },
	"周次":   (*sitting).extra, "考试周次": (*sitting).extra, "星期": (*sitting).extra, "考试星期": (*sitting).extra,
}

func (e *sitting) setName(_, v string)   { e.Name = first(e.Name, v) }
func (e *sitting) setCourse(_, v string) { e.Course = v }
func (e *sitting) setRoom(_, v string)   { e.Room = v }
func (e *sitting) setSeat(_, v string)   { e.Seat = v }

func (e *sitting) extra(name, value string) {
	if e.Extra == nil {
		e.Extra = map[string]string{}
	}
	e.Extra[name] = value
}

// finished is the examination with its time and place put together.
func (e *sitting) finished() jwxt.Exam {
	e.Room = room(e.building, e.Room)
	e.When = clean(e.day + " " + e.clock)
	setSpan(&e.Exam)
	return e.Exam
}

// setSpan reads When.
func setSpan(e *jwxt.Exam) {
	if s, ok := jwxt.ParseSpan(e.When); ok {
		e.Date, e.Starts, e.Ends = s.Date, s.Starts, s.Ends
	}
}

// readExamTable reads the list of examinations of an old build.
func readExamTable(p jwxt.Page) (jwxt.ExamList, error) {
	g := readPage(p)
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	found := false
	for n := range g.doc.Nodes[0].Descendants() {
		if n.DataAtom != atom.Table {
			continue
		}
		header, below := examHeader(n)
		if header == nil {
			continue
		}
		found = true
		exams, ok := examRows(header, below)
		if !ok && !g.cut() {
			return jwxt.ExamList{}, jwxt.Fail(jwxt.Changed, opExams, errors.New("a row does not fit the header"))
		}
		out.Exams = append(out.Exams, exams...)
		out.UnknownColumns = append(out.UnknownColumns, unknownOf(header, examColumns)...)
	}
	return out, g.trusted(opExams, found, len(out.Exams), "this is no list of examinations")
}

// examHeader finds the header of a table of examinations, by any of the names
// that schools give to the course and to the time.
func examHeader(n *html.Node) (header []string, below []*html.Node) {
	for _, course := range []string{"课程", "课程名", "课程名称", "考试课程"} {
		for _, when := range []string{"时间", "考试时间"} {
			if header, below = namesOf(n, course, when); header != nil {
				return header, below
			}
		}
	}
	return nil, nil
}

func examRows(header []string, below []*html.Node) (out []jwxt.Exam, ok bool) {
	var tds []*html.Node
	for _, r := range below {
		tds = cells(tds[:0], r, atom.Td)
		if len(tds) <= 1 {
			continue // a gap, or a sentence
		}
		if len(tds) != len(header) {
			return nil, false
		}
		var e sitting
		for i, name := range header {
			set, known := examColumns[name]
			value := cellText(tds[i])
			switch {
			case value == "" || known && set == nil:
			case known:
				set(&e, name, value)
			default:
				e.extra(name, value)
			}
		}
		if e.Course == "" {
			return nil, false
		}
		out = append(out, e.finished())
	}
	return out, true
}
