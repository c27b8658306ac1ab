package kingosoft

import (
	"cmp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// aspxColumn is what one header means.
type aspxColumn struct {
	name    string
	set     func(g *jwxt.Grade, name, text string) // nil: not of interest
	unknown bool
}

var (
	aspxCourseNames = []string{"课程/环节", "课程", "课程名称", "环节"}
	aspxScoreNames  = []string{"成绩", "综合", "综合成绩", "总评", "总评成绩", "最终成绩", "有效成绩", "总成绩"}
)

func aspxIsHeader(names []string) bool {
	has := func(some []string) bool {
		return slices.ContainsFunc(some, func(name string) bool { return slices.Contains(names, name) })
	}
	return has(aspxCourseNames) && has(aspxScoreNames)
}

// aspxColumnOf tells what a header means. An unknown one goes to Grade.Extra.
func aspxColumnOf(name string) aspxColumn {
	c := aspxColumn{name: name}
	switch {
	case slices.Contains(aspxCourseNames, name):
		c.set = func(g *jwxt.Grade, _, text string) { g.CourseID, g.Course = splitCourse(text) }
		return c
	case slices.Contains(aspxScoreNames, name):
		c.set = func(g *jwxt.Grade, _, text string) { g.Score = text }
		return c
	}
	switch name {
	case "序号", "", "学年学期", "学期", "学年/学期", "开课学期":
		// The first column of a list of all terms is one of these.
		c.set = func(g *jwxt.Grade, _, text string) {
			if t, ok := aspxTerm(text); ok {
				g.Term = t
			}
		}
	case "学分":
		c.set = func(g *jwxt.Grade, name, text string) { aspxDecimal(g, &g.Credits, name, text) }
	case "绩点":
		c.set = func(g *jwxt.Grade, name, text string) { aspxDecimal(g, &g.Point, name, text) }
	case "总学时", "学时":
		c.set = func(g *jwxt.Grade, name, text string) { aspxDecimal(g, &g.Hours, name, text) }
	case "类别":
		c.set = func(g *jwxt.Grade, _, text string) { g.Nature = text }
	case "课程类别":
		c.set = func(g *jwxt.Grade, _, text string) { g.Attribute = text }
	case "考核方式":
		c.set = func(g *jwxt.Grade, _, text string) { g.Assessment = text }
	case "修读性质":
		c.set = func(g *jwxt.Grade, _, text string) { g.Exam = cmp.Or(g.Exam, text) }
	case "备注":
		c.set = aspxRemark
	case "平时", "中考", "末考", "技能":
		c.set = aspxPart
	case "取得学分", "获得学分", "学分绩点", "辅修标记", "主辅修", "任课教师":
		c.set = aspxExtra // known, and without a field of their own
	default:
		c.set, c.unknown = aspxExtra, true
		if strings.HasSuffix(name, "成绩") {
			c.set, c.unknown = aspxPart, false
		}
	}
	return c
}

// aspxRemark reads 备注, where 补考 and 缓考 stand.
func aspxRemark(g *jwxt.Grade, name, text string) {
	if word := marks.AttemptWord(text); word != "" {
		g.Exam = word
		return
	}
	if g.Mark == "" && marks.Is(text) {
		g.Mark = text
		return
	}
	aspxExtra(g, name, text)
}

// aspxFinish fills in what follows from the other fields.
func aspxFinish(g *jwxt.Grade) {
	if markup.ContainsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	if g.Mark == "" && g.Score == "" && !g.Hidden {
		g.Mark = "未发布" // our word: the row is listed, and its score is not out yet
	}
	g.Attempt = marks.AttemptOf(cmp.Or(g.Exam, marks.AttemptWord(g.Mark)))
	g.Failed = !g.Hidden && marks.Failed(g.Score, g.Mark)
}

// aspxDecimal reads a number; what is no number is kept as it is.
func aspxDecimal(g *jwxt.Grade, d *jwxt.Decimal, name, text string) {
	n, err := jwxt.ParseDecimal(text)
	if err == nil {
		*d = n
	} else if strings.Trim(text, "-—") != "" { // -- stands for none
		aspxExtra(g, name, text)
	}
}

func aspxExtra(g *jwxt.Grade, name, text string) { set(&g.Extra, name, text) }
func aspxPart(g *jwxt.Grade, name, text string)  { set(&g.Parts, name, text) }
