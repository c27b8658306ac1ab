package kingosoft

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// jspColumn is what one header means.
type jspColumn struct {
	name    string
	set     func(*jspRow, string, string) // nil: not of interest
	unknown bool
}

// jspRow is a grade on its way: what several columns say together is known at
// its end.
type jspRow struct {
	jwxt.Grade
	category string // 类别
	study    string // 修读性质: 初修, 重修
	way      string // 取得方式
	remark   string // 备注
}

// jspTable is a table whose header is one of grades.
type jspTable struct {
	above   string       // the text above the header
	rows    []*html.Node // below it
	columns []jspColumn
}

func isCourse(name string) bool {
	return slices.Contains([]string{"课程/环节", "课程环节", "课程", "课程名称"}, name)
}

func isScore(name string) bool {
	return slices.Contains([]string{"成绩", "综合成绩", "总评成绩", "总评", "有效成绩", "最终成绩"}, name)
}

// jspGradeTable reads n as a table of grades, if one of its first rows is their
// header.
func jspGradeTable(n *html.Node) (t jspTable, ok bool) {
	rows := markup.Rows(n)
	for i, r := range rows[:min(len(rows), 3)] {
		names := markup.Headers(r)
		if slices.ContainsFunc(names, isCourse) && slices.ContainsFunc(names, isScore) {
			t.rows = rows[i+1:]
			for _, name := range names {
				t.columns = append(t.columns, jspColumnOf(name))
			}
			return t, true
		}
		t.above += strings.Join(names, " ") + " "
	}
	return jspTable{}, false
}

// jspColumnOf tells what a header means. An unknown one goes to Grade.Extra.
func jspColumnOf(name string) jspColumn {
	c := jspColumn{name: name}
	switch name {
	case "序号", "操作", "":
	case "学年学期":
		c.set = (*jspRow).setTerm
	case "课程/环节", "课程环节", "课程", "课程名称":
		c.set = (*jspRow).setCourse
	case "课程代码", "课程编号", "课程号":
		c.set = func(r *jspRow, _, text string) { r.CourseID = text }
	case "学分":
		c.set = func(r *jspRow, name, text string) { r.setDecimal(&r.Credits, name, text) }
	case "绩点":
		c.set = func(r *jspRow, name, text string) { r.setDecimal(&r.Point, name, text) }
	case "总学时", "学时":
		c.set = func(r *jspRow, name, text string) { r.setDecimal(&r.Hours, name, text) }
	case "类别", "课程类别", "课程性质":
		c.set = func(r *jspRow, _, text string) { r.category = text }
	case "修读性质", "修读方式":
		c.set = func(r *jspRow, _, text string) { r.study = text }
	case "取得方式", "考试性质":
		c.set = func(r *jspRow, _, text string) { r.way = text }
	case "考核方式":
		c.set = func(r *jspRow, _, text string) { r.Assessment = text }
	case "备注":
		c.set = func(r *jspRow, _, text string) { r.remark = text }
	case "成绩", "综合成绩", "总评成绩", "总评", "有效成绩", "最终成绩":
		c.set = func(r *jspRow, _, text string) { r.Score = text }
	case "平时", "期中", "期末", "技能":
		c.set = func(r *jspRow, name, text string) { r.setPart(name+"成绩", text) }
	case "获得学分", "学分绩点", "辅修标识":
		c.set = (*jspRow).setExtra // known, and without a field of their own
	default:
		c.set, c.unknown = (*jspRow).setExtra, true
		if strings.HasSuffix(name, "成绩") {
			c.set, c.unknown = (*jspRow).setPart, false
		}
	}
	return c
}

func (r *jspRow) setCourse(_, text string) {
	id, name := splitCourse(text)
	r.CourseID, r.Course = cmp.Or(id, r.CourseID), name
}

func (r *jspRow) setTerm(name, text string) {
	if r.Term = jspTerm(text); r.Term.IsZero() {
		r.setExtra(name, text)
	}
}

// setDecimal reads a number; what is none is kept as it is.
func (r *jspRow) setDecimal(d *jwxt.Decimal, name, text string) {
	n, err := jwxt.ParseDecimal(text)
	switch {
	case err == nil:
		*d = n
	case strings.Trim(text, "-—") != "": // -- stands for none
		r.setExtra(name, text)
	}
}

func (r *jspRow) setExtra(name, text string) { set(&r.Extra, name, text) }
func (r *jspRow) setPart(name, text string)  { set(&r.Parts, name, text) }

// unknown are the headers without a meaning here.
func (t jspTable) unknown() (names []string) {
	for _, c := range t.columns {
		if c.unknown {
			names = append(names, c.name)
		}
	}
	return names
}

// read reads the rows. A row of one cell, or one of totals, is no grade but a
// sentence. A row that does not name its term is of the one before. fits is
// false where a row has other columns than the header: no guess is better than
// what might stand where.
func (t jspTable) read(term jwxt.Term) (grades []jwxt.Grade, sentence string, fits bool) {
	var cells []*html.Node
	var sentences []string
	for _, r := range t.rows {
		cells = markup.Cells(r, cells)
		switch {
		case len(cells) == 0:
		case len(cells) == 1 && len(t.columns) > 1, isTotal(cells):
			sentences = append(sentences, markup.Text(r))
		default:
			g, ok := t.row(cells)
			if !ok {
				return nil, "", false
			}
			if g.Term.IsZero() {
				g.Term = term
			}
			term = g.Term
			grades = append(grades, g)
		}
	}
	return grades, markup.Clean(strings.Join(sentences, " ")), true
}

// isTotal reports whether a row adds up others.
func isTotal(cells []*html.Node) bool {
	for _, c := range cells[:min(len(cells), 2)] {
		text := markup.Text(c)
		if len(text) < 40 && markup.ContainsAny(text, "合计", "小计", "总计", "平均学分绩点", "获得学分") {
			return true
		}
	}
	return false
}

func (t jspTable) row(cells []*html.Node) (jwxt.Grade, bool) {
	var r jspRow
	i := 0
	for _, c := range cells {
		if i >= len(t.columns) {
			return r.Grade, false
		}
		col := t.columns[i]
		i += markup.Span(c)
		if text := markup.Text(c); col.set != nil && text != "" {
			col.set(&r, col.name, text)
		}
	}
	return r.finished(), i == len(t.columns) && r.Course != ""
}

// unpublished is our word for a row without a score.
const unpublished = "未发布"

// finished makes the grade of a row.
func (r *jspRow) finished() jwxt.Grade {
	g := &r.Grade
	g.Nature, g.Attribute = splitCategory(r.category)
	if markup.ContainsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	r.readRemark()
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	r.readAttempt()
	if g.Mark == "" && g.Score == "" && !g.Hidden {
		g.Mark = unpublished
	}
	g.Failed = !g.Hidden && marks.Failed(g.Score, g.Mark)
	return *g
}

var attributeOnly = regexp.MustCompile(`^(?:必修|选修|任选|限选|任意选修|限定选修)课?$`)

// splitCategory parts 学科基础课/必修课 into 课程性质 and 课程属性. A school may
// have one of the two only.
func splitCategory(category string) (nature, attribute string) {
	switch {
	case strings.Count(category, "/") == 1:
		nature, attribute, _ = strings.Cut(category, "/")
		return nature, attribute
	case attributeOnly.MatchString(category):
		return "", category
	}
	return category, ""
}

// readRemark tells a mark (缺考, or 缓考 where there is no score) from a word
// about the examination, and both from other text.
func (r *jspRow) readRemark() {
	again := marks.AttemptWord(r.remark) != ""
	switch {
	case r.remark == "":
	case marks.Is(r.remark) && (r.Score == "" || !again):
		r.Mark = r.remark
	case !again:
		r.setExtra("备注", r.remark)
	}
}

// readAttempt finds the column that says that this was no first examination.
func (r *jspRow) readAttempt() {
	r.Exam = r.study
	for _, word := range []string{r.way, marks.AttemptWord(r.remark), r.study, marks.AttemptWord(r.Mark)} {
		if a := marks.AttemptOf(word); a != jwxt.FirstAttempt && a != jwxt.OtherAttempt {
			r.Exam, r.Attempt = word, a
			break
		}
	}
	if r.way != "" && r.way != r.Exam {
		r.setExtra("取得方式", r.way)
	}
}
