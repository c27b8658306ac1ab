package zhengfang

import (
	"maps"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// gradeRow is a row of the table: a course with up to three scores.
type gradeRow struct {
	jwxt.Grade
	year, part    string
	resit, retake string
	retaken       bool // 重修标记
}

// column is what one header means.
type column struct {
	name    string
	set     func(r *gradeRow, name, text string) // nil: not of interest
	unknown bool
}

// columnOf tells what a header means. An unknown one goes to Grade.Extra.
func columnOf(name string) column {
	c := column{name: name}
	switch name {
	case "序号", "":
		return c
	case "学年":
		c.set = func(r *gradeRow, _, s string) { r.year = s }
	case "学期":
		c.set = func(r *gradeRow, _, s string) { r.part = s }
	case "课程代码", "课程编号":
		c.set = func(r *gradeRow, _, s string) { r.CourseID = s }
	case "课程名称":
		c.set = func(r *gradeRow, _, s string) { r.Course = s }
	case "课程性质":
		c.set = func(r *gradeRow, _, s string) { r.Nature = s }
	case "课程归属":
		c.set = func(r *gradeRow, _, s string) { r.Elective = s }
	case "学院名称", "开课学院":
		c.set = func(r *gradeRow, _, s string) { r.Department = s }
	case "学分":
		c.set = decimal(func(r *gradeRow) *jwxt.Decimal { return &r.Credits })
	case "绩点":
		c.set = decimal(func(r *gradeRow) *jwxt.Decimal { return &r.Point })
	case "学时", "总学时":
		c.set = decimal(func(r *gradeRow) *jwxt.Decimal { return &r.Hours })
	case "考核方式":
		c.set = func(r *gradeRow, _, s string) { r.Assessment = s }
	case "成绩":
		c.set = func(r *gradeRow, _, s string) { r.Score = s }
	case "补考成绩":
		c.set = func(r *gradeRow, _, s string) { r.resit = s }
	case "重修成绩":
		c.set = func(r *gradeRow, _, s string) { r.retake = s }
	case "重修标记":
		c.set = func(r *gradeRow, _, s string) { r.retaken = s != "0" && s != "否" }
	case "备注":
		c.set = setRemark
	case "辅修标记", "课程英文名称":
		c.set = func(r *gradeRow, name, s string) {
			if s != "0" {
				setExtra(r, name, s)
			}
		}
	default:
		if strings.HasSuffix(name, "成绩") {
			c.set = setPart
		} else {
			c.set, c.unknown = setExtra, true
		}
	}
	return c
}

// setRemark takes 备注, which some schools write the reason for a missing
// score into.
func setRemark(r *gradeRow, name, s string) {
	if marks.Is(s) {
		r.Mark = s
		return
	}
	setExtra(r, name, s)
}

func setPart(r *gradeRow, name, s string) {
	if r.Parts == nil {
		r.Parts = map[string]string{}
	}
	r.Parts[name] = s
}

func setExtra(r *gradeRow, name, s string) {
	if r.Extra == nil {
		r.Extra = map[string]string{}
	}
	r.Extra[name] = s
}

func decimal(field func(*gradeRow) *jwxt.Decimal) func(*gradeRow, string, string) {
	return func(r *gradeRow, name, s string) {
		d, err := jwxt.ParseDecimal(s)
		if err != nil {
			setExtra(r, name, s)
			return
		}
		*field(r) = d
	}
}

// grades are a row's: of the examination, of the 补考, of the 重修. The point
// belongs to the last of them. A row without any score is what the school
// shows of a course whose score is not there yet.
func (r gradeRow) grades(term jwxt.Term) []jwxt.Grade {
	first := r.Grade
	first.Term = term
	if r.year != "" {
		var ok bool
		if first.Term, ok = readTerm(r.year, r.part); !ok {
			setExtra(&r, "学年学期", strings.TrimSpace(r.year+" "+r.part))
			first.Extra = r.Extra
		}
	}
	if r.retaken {
		first.Exam, first.Attempt = "重修", jwxt.Retake
	}
	first = finished(first)
	var out []jwxt.Grade
	if first.Score != "" || r.resit == "" && r.retake == "" {
		out = append(out, first)
	}
	for _, later := range []struct {
		score, exam string
		attempt     jwxt.Attempt
	}{{r.resit, "补考", jwxt.Resit}, {r.retake, "重修", jwxt.Retake}} {
		if later.score == "" {
			continue
		}
		g := r.Grade
		g.Term, g.Extra, g.Parts, g.Mark = first.Term, maps.Clone(first.Extra), nil, ""
		g.Score, g.Exam, g.Attempt = later.score, later.exam, later.attempt
		if later.attempt == jwxt.Resit && strings.Contains(first.Mark, "缓考") {
			g.Exam, g.Attempt = "缓考", jwxt.Deferred // what was put off is sat with the 补考
		}
		out = append(out, finished(g))
	}
	for i := range out[:len(out)-1] {
		out[i].Point = jwxt.Decimal{}
	}
	return out
}

// readTerm reads 2024-2025 and 1, as nearly all rows write it, and whatever
// else jwxt.ParseTerm reads, at ten times the cost.
func readTerm(year, part string) (jwxt.Term, bool) {
	if len(year) == len("2024-2025") && year[4] == '-' && len(part) == 1 && part >= "1" && part <= "3" {
		from, err1 := strconv.Atoi(year[:4])
		to, err2 := strconv.Atoi(year[5:])
		if err1 == nil && err2 == nil && to == from+1 && from >= 1900 && from <= 2200 {
			return jwxt.Term{Year: from, Part: int(part[0] - '0')}, true
		}
	}
	t, err := jwxt.ParseTerm(year + "-" + part)
	return t, err == nil
}

// finished fills in what follows from the other fields.
func finished(g jwxt.Grade) jwxt.Grade {
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	if markup.ContainsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	g.Failed = marks.Failed(g.Score, g.Mark)
	return g
}
