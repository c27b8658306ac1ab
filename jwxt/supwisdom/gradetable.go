package supwisdom

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// cell is one cell of a grade row.
type cell struct {
	text  string
	aside string // 重修 and the like, in a span of its own beside the text
	red   bool   // the school's way to mark a failure
}

// row is a grade on its way: what two columns say together is known at its end.
type row struct {
	*jwxt.Grade
	overall, final cell   // 总评成绩 or 成绩, and 最终
	category       string // 课程类别
}

// column is what one header means.
type column struct {
	name    string
	set     func(*row, string, cell) // nil: not of interest
	unknown bool
}

// table is a table whose header is one of grades.
type table struct {
	rows    []*html.Node // below the header
	columns []column
}

// isScore are the headers of a score that counts.
func isScore(name string) bool {
	return slices.Contains([]string{"总评成绩", "总评", "最终", "最终成绩", "成绩", "总成绩"}, name)
}

// gradeTable reads n as a table of grades, if its header is one.
func gradeTable(n *html.Node) (table, bool) {
	rs := markup.Rows(n)
	for i, r := range rs[:min(len(rs), 3)] {
		names := markup.Headers(r)
		if slices.Contains(names, "课程名称") && slices.ContainsFunc(names, isScore) {
			t := table{rows: rs[i+1:]}
			for _, name := range names {
				t.columns = append(t.columns, columnOf(name))
			}
			return t, true
		}
	}
	return table{}, false
}

// columnOf tells what a header means. An unknown one goes to Grade.Extra.
func columnOf(name string) column {
	c := column{name: name}
	switch name {
	case "序号", "操作", "":
	case "学年学期", "学期", "开课学期":
		c.set = termSetter()
	case "课程代码", "课程编号", "课程号":
		c.set = func(r *row, _ string, c cell) { r.CourseID = c.text }
	case "课程名称":
		c.set = func(r *row, _ string, c cell) { r.Course = c.text }
	case "课程类别":
		c.set = func(r *row, _ string, c cell) { r.category = c.text }
	case "课程性质":
		c.set = func(r *row, _ string, c cell) { r.Nature = c.text }
	case "课程属性":
		c.set = func(r *row, _ string, c cell) { r.Attribute = c.text }
	case "学分":
		c.set = func(r *row, name string, c cell) { setDecimal(r.Grade, &r.Credits, name, c.text) }
	case "绩点":
		c.set = func(r *row, name string, c cell) { setDecimal(r.Grade, &r.Point, name, c.text) }
	case "考试情况":
		c.set = func(r *row, _ string, c cell) {
			if c.text != "正常" {
				r.Mark = c.text
			}
		}
	case "考核方式":
		c.set = func(r *row, _ string, c cell) { r.Assessment = c.text }
	case "修读类别", "考试性质", "考试类型":
		c.set = func(r *row, _ string, c cell) { r.Exam = c.text }
	case "开课院系", "开课单位", "开课部门":
		c.set = func(r *row, _ string, c cell) { r.Department = c.text }
	case "总评成绩", "总评", "成绩", "总成绩":
		c.set = func(r *row, _ string, c cell) { r.overall = c }
	case "最终", "最终成绩":
		c.set = func(r *row, _ string, c cell) { r.final = c }
	case "课程序号", "成绩明细", "明细", "备注":
		c.set = setKept // known, and without a field of their own
	default:
		c.set, c.unknown = setKept, true
		if strings.HasSuffix(name, "成绩") {
			c.set, c.unknown = func(r *row, name string, c cell) { setPart(r.Grade, name, c.text) }, false
		}
	}
	return c
}

// termSetter reads terms, of which there are few, though each row names one.
func termSetter() func(*row, string, cell) {
	terms := map[string]jwxt.Term{}
	return func(r *row, name string, c cell) {
		t, known := terms[c.text]
		if !known {
			t, _ = termOf(c.text)
			terms[c.text] = t
		}
		if r.Term = t; t.IsZero() {
			setExtra(r.Grade, name, c.text)
		}
	}
}

func setKept(r *row, name string, c cell) { setExtra(r.Grade, name, c.text) }

// unknown are the headers without a meaning here.
func (t table) unknown() (names []string) {
	for _, c := range t.columns {
		if c.unknown {
			names = append(names, c.name)
		}
	}
	return names
}

// read reads the rows. A row of one cell, or one that begins with 总计, is no
// grade but a sentence. fits is false where a row has other columns than the
// header: no guess is better than what might stand where.
func (t table) read() (grades []jwxt.Grade, sentence string, fits bool) {
	grades = make([]jwxt.Grade, 0, len(t.rows))
	var tds []*html.Node
	var one row
	for _, r := range t.rows {
		tds = markup.Cells(r, tds)
		switch {
		case len(tds) == 0:
		case len(tds) == 1 && len(t.columns) > 1, markup.ContainsAny(markup.Text(tds[0]), "总计", "汇总", "合计"):
			sentence = markup.Join(sentence, markup.Text(r))
		default:
			grades = append(grades, jwxt.Grade{})
			one = row{Grade: &grades[len(grades)-1]}
			if !t.row(&one, tds) {
				return nil, "", false
			}
		}
	}
	return grades, sentence, true
}

// row reads a row into r.
func (t table) row(r *row, tds []*html.Node) (fits bool) {
	i := 0
	for _, td := range tds {
		if i >= len(t.columns) {
			return false
		}
		col := t.columns[i]
		i += markup.Span(td)
		c := readCell(td)
		if c.aside != "" {
			r.Exam = c.aside
		}
		if col.set != nil && c.text != "" {
			col.set(r, col.name, c)
		}
	}
	r.finish()
	return i == len(t.columns) && r.Course != ""
}

// finish makes the grade of a row. What counts is 最终, which a 补考 may have
// changed; 总评成绩 is then a part.
func (r *row) finish() {
	score := r.final
	if score.text == "" {
		score = r.overall
	} else if r.overall.text != "" && r.overall.text != score.text {
		setPart(r.Grade, "总评成绩", r.overall.text)
	}
	r.Score = score.text
	if r.Nature == "" {
		r.Nature = r.category
	} else if r.category != "" {
		setExtra(r.Grade, "课程类别", r.category)
	}
	finish(r.Grade, score.red)
}

// readCell reads a cell. A word such as 重修 in a span of its own is set aside,
// unless it is all that the cell says.
func readCell(td *html.Node) cell {
	c := cell{text: markup.Text(td), red: isRed(td)}
	if td.FirstChild == nil || td.FirstChild.Type == html.TextNode && td.FirstChild.NextSibling == nil {
		return c
	}
	nodes := 0
	for d := range td.Descendants() {
		if nodes++; nodes > maxNodes {
			break
		}
		c.red = c.red || isRed(d)
		if d.DataAtom != atom.Span || c.aside != "" {
			continue
		}
		word := strings.Trim(markup.Text(d), "()（）[]【】 ")
		if len([]rune(word)) > 6 || marks.AttemptOf(word) == jwxt.FirstAttempt || marks.AttemptOf(word) == jwxt.OtherAttempt {
			continue
		}
		if rest := markup.Clean(strings.Replace(c.text, markup.Text(d), " ", 1)); rest != "" {
			c.text, c.aside = rest, word
			c.red = isRed(td) // the word's own colour is no failure
		}
	}
	return c
}

func isRed(n *html.Node) bool {
	if n.DataAtom == atom.Font && strings.EqualFold(markup.Attr(n, "color"), "red") {
		return true
	}
	s := markup.Attr(n, "style")
	if s == "" {
		return false
	}
	s = strings.ToLower(s)
	return strings.Contains(s, "red") && strings.Contains(";"+strings.ReplaceAll(s, " ", ""), ";color:red")
}
