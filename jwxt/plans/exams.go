package plans

import (
	"regexp"
	"slices"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// ExamTable is a table of examinations.
type ExamTable struct {
	Node    *html.Node
	Unknown []string // headers that no field of Exam takes

	header  int // index of the header row
	columns []string
}

// FindExams is the first table whose header has a course and a time.
func FindExams(tables []*html.Node) (ExamTable, bool) {
	for _, n := range tables {
		rows := markup.Rows(n)
		for i, r := range rows[:min(len(rows), 3)] {
			names := markup.Headers(r)
			if slices.ContainsFunc(names, isCourse) && slices.ContainsFunc(names, isTime) {
				return newExamTable(n, i, names), true
			}
		}
	}
	return ExamTable{}, false
}

func isCourse(name string) bool {
	return slices.Contains([]string{"课程名称", "课程名", "课程", "考试课程"}, name)
}

func isTime(name string) bool {
	return slices.Contains([]string{"考试时间", "考试日期", "时间", "日期"}, name)
}

func newExamTable(n *html.Node, header int, names []string) ExamTable {
	t := ExamTable{Node: n, header: header, columns: names}
	for _, name := range names {
		if !SetExam(new(jwxt.Exam), name, "") {
			t.Unknown = append(t.Unknown, name)
		}
	}
	return t
}

// ExamRows are what stands below the header.
type ExamRows struct {
	Exams    []jwxt.Exam
	Owner    jwxt.Student // as far as the rows have columns for 学号 and 姓名
	Sentence string       // of a row of a single cell
}

// Read reads the rows. It reports false where a row has other columns than the
// header: what stands where is then unknown, and no guess is better than none.
// Rows without any text are there for their looks.
func (t ExamTable) Read() (out ExamRows, fits bool) {
	out.Exams = []jwxt.Exam{}
	var tds []*html.Node
	for _, r := range markup.Rows(t.Node)[t.header+1:] {
		tds = markup.Cells(r, tds)
		switch {
		case !slices.ContainsFunc(tds, func(td *html.Node) bool { return markup.Text(td) != "" }):
		case len(tds) == 1 && len(t.columns) > 1:
			out.Sentence = markup.Text(tds[0])
		default:
			e, who, ok := t.row(tds)
			if !ok {
				return ExamRows{}, false
			}
			out.Exams, out.Owner = append(out.Exams, e), who
		}
	}
	return out, true
}

func (t ExamTable) row(tds []*html.Node) (e jwxt.Exam, who jwxt.Student, fits bool) {
	i := 0
	for _, td := range tds {
		if i >= len(t.columns) {
			return e, who, false
		}
		name, text := t.columns[i], markup.Text(td)
		i += markup.Span(td)
		switch name {
		case "学号":
			who.Number = text
		case "姓名":
			who.Name = text
		}
		if text != "" {
			SetExam(&e, name, text)
		}
	}
	Finish(&e)
	return e, who, i == len(t.columns) && e.Course != ""
}

// selection is a 选课课号, which holds the course's number:
// (2015-2016-2)-PHY34400T-2011500066-1.
var selection = regexp.MustCompile(`^\(\d{4}-\d{4}-\d\)-([0-9A-Za-z]+)-`)

// CourseOf is the course of a 选课课号; "" where s is none.
func CourseOf(s string) string {
	if m := selection.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// SetExam puts text where a header says that it belongs. It reports false for
// an unknown header, whose text goes to Extra. [Finish] must follow the last.
func SetExam(e *jwxt.Exam, header, text string) (known bool) {
	field := examField(e, header)
	switch {
	case field != nil && *field == "":
		*field = text
		return true
	case field != nil && (header == "考场校区" || header == "考试校区"):
		*field = text // 校区 alone is the course's
		return true
	case field != nil:
		*field = markup.Join(*field, text) // day and time, building and room
		return true
	}
	switch header {
	case "", "序号", "操作", "学号", "姓名":
		return true
	case "选课课号":
		e.Group = text
		e.CourseID = CourseOf(text)
		return true
	case "学分":
		if d, err := jwxt.ParseDecimal(text); err == nil {
			e.Credits = d
			return true
		}
	}
	if text != "" {
		if e.Extra == nil {
			e.Extra = map[string]string{}
		}
		e.Extra[header] = text
	}
	return slices.Contains([]string{"学分", "周次", "星期", "考试周次", "考试星期", "考试情况"}, header)
}

// examField is the text field for a header, nil where there is none.
func examField(e *jwxt.Exam, header string) *string {
	switch header {
	case "课程名称", "课程名", "课程", "考试课程":
		return &e.Course
	case "课程编号", "课程代码", "课程号":
		return &e.CourseID
	case "课序号", "课程序号", "教学班":
		return &e.Group
	case "考试场次", "考试名称", "考试名", "考试类型", "考试类别", "场次":
		return &e.Name
	case "授课教师", "任课教师", "教师", "教师姓名":
		return &e.Teacher
	case "考试日期", "考试时间", "日期", "时间", "考试安排":
		return &e.When
	case "校区", "考场校区", "考试校区":
		return &e.Campus
	case "考场", "考试地点", "考场名称", "地点", "考试教室", "教室", "教学楼", "考场教学楼", "考场教室":
		return &e.Room
	case "座位号", "座位", "考试座位", "考场座位":
		return &e.Seat
	case "准考证号":
		return &e.Ticket
	case "考试形式", "考试方式":
		return &e.Mode
	case "备注", "其它说明", "其他说明":
		return &e.Note
	}
	return nil
}

// Finish reads the time that the columns told.
func Finish(e *jwxt.Exam) {
	if s, ok := jwxt.ParseSpan(e.When); ok {
		e.Date, e.Starts, e.Ends = s.Date, s.Starts, s.Ends
	}
}
