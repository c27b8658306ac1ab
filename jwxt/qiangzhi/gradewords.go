package qiangzhi

import (
	"cmp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
)

// columnOf tells what a header means. An unknown one goes to Grade.Extra.
func columnOf(name string) column {
	c := column{name: name}
	switch name {
	case "序号", "操作", "":
		return c
	case "开课学期", "学年学期", "学期", "开课时间":
		c.set = setTerm
	case "课程编号", "课程代码", "课程号":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.CourseID = c.text }
	case "课程名称":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Course = c.text }
	case "分组名":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Group = c.text }
	case "成绩":
		c.set, c.link = setScore, true
	case "成绩标识", "成绩标志", "成绩标记":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Mark = c.text }
	case "学分":
		c.set = decimal(func(g *jwxt.Grade) *jwxt.Decimal { return &g.Credits })
	case "绩点", "课程绩点":
		c.set = decimal(func(g *jwxt.Grade) *jwxt.Decimal { return &g.Point })
	case "总学时", "学时":
		c.set = decimal(func(g *jwxt.Grade) *jwxt.Decimal { return &g.Hours })
	case "补重学期":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.RetakeTerm = c.text }
	case "考核方式":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Assessment = c.text }
	case "考试性质":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Exam = c.text }
	case "课程属性":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Attribute = c.text }
	case "课程性质":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Nature = c.text }
	case "通选课类别":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Elective = c.text }
	case "开课单位", "开课学院", "开课部门":
		c.set = func(g *jwxt.Grade, _ string, c cell) { g.Department = c.text }
	case "原始课程编号", "原始课程名称", "原始课程学分", "原始课程性质", "原始课程属性", "备注":
		c.set = setExtra // known, and without a field of their own
	default:
		c.set, c.unknown = setExtra, true
		if strings.HasSuffix(name, "成绩") {
			c.set, c.unknown = setPart, false
		}
	}
	return c
}

func setTerm(g *jwxt.Grade, name string, c cell) {
	if t, ok := usualTerm(c.text); ok {
		g.Term = t
		return
	}
	t, err := jwxt.ParseTerm(c.text)
	if err != nil {
		setExtra(g, name, c)
		return
	}
	g.Term = t
}

// usualTerm reads 2024-2025-1, as nearly all rows write it, ten times as fast
// as jwxt.ParseTerm reads whatever is written.
func usualTerm(s string) (t jwxt.Term, ok bool) {
	if len(s) != len("2024-2025-1") || s[4] != '-' || s[9] != '-' || s[10] < '1' || s[10] > '3' {
		return t, false
	}
	from, err1 := strconv.Atoi(s[:4])
	to, err2 := strconv.Atoi(s[5:9])
	return jwxt.Term{Year: from, Part: int(s[10] - '0')}, err1 == nil && err2 == nil && to == from+1 && from >= 1000
}

func setScore(g *jwxt.Grade, _ string, c cell) {
	g.Score, g.Detail = c.text, c.link
	if strings.Contains(c.text, "评教") || strings.Contains(c.text, "未评") {
		g.Hidden, g.Score = true, ""
	}
}

func setPart(g *jwxt.Grade, name string, c cell) {
	if g.Parts == nil {
		g.Parts = map[string]string{}
	}
	g.Parts[name] = c.text
}

func setExtra(g *jwxt.Grade, name string, c cell) {
	if g.Extra == nil {
		g.Extra = map[string]string{}
	}
	g.Extra[name] = c.text
}

func decimal(field func(*jwxt.Grade) *jwxt.Decimal) func(*jwxt.Grade, string, cell) {
	return func(g *jwxt.Grade, name string, c cell) {
		d, err := jwxt.ParseDecimal(c.text)
		if err != nil {
			setExtra(g, name, c)
			return
		}
		*field(g) = d
	}
}

// finish fills in what follows from the other fields. red is the school's own
// mark of a failure.
func finish(g *jwxt.Grade, red bool) {
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	g.Attempt = marks.AttemptOf(cmp.Or(g.Exam, marks.AttemptWord(g.Mark)))
	g.Failed = marks.Failed(g.Score, g.Mark) || red && !marks.Excused(g.Mark) && !marks.Excused(g.Score)
}
