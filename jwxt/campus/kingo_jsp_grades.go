package campus

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
)

// query are the parameters of a data page: in its form, in the open or
// encrypted; nil if they cannot be read.
func (k *kingoJSP) query(v *visit) url.Values {
	if !v.form.Has("params") {
		if k.Encrypted {
			return nil
		}
		return v.form
	}
	plain := k.opened(v)
	q, err := url.ParseQuery(plain)
	if err != nil || plain == "" {
		return nil
	}
	return q
}

// base64Query are parameters that are only coded.
func base64Query(v *visit) url.Values {
	plain, err := base64.StdEncoding.DecodeString(v.form.Get("params"))
	if err != nil {
		return url.Values{}
	}
	q, _ := url.ParseQuery(string(plain))
	return q
}

// termOfQuery reads xn and xq.
func termOfQuery(q url.Values) jwxt.Term {
	year, err1 := strconv.Atoi(q.Get("xn"))
	part, err2 := strconv.Atoi(q.Get("xq"))
	if err1 != nil || err2 != nil {
		return jwxt.Term{}
	}
	return jwxt.Term{Year: year, Part: part + 1}
}

// grades is the grade list: sjxz1 all terms, sjxz2 a year, sjxz3 a term. The
// sentences of the gates are invented.
func (k *kingoJSP) grades(v *visit, a Account) answer {
	q := k.query(v)
	if q == nil {
		return k.sorry("参数已失效，请重新操作！")
	}
	asked, term := q.Get("sjxz"), termOfQuery(q)
	name := ""
	if asked == "sjxz3" {
		name = term.String()
	}
	switch {
	case !oneOf(asked, "sjxz1", "sjxz2", "sjxz3") || !oneOf(q.Get("ysyx"), "yscj", "yxcj"):
		return k.sorry("参数错误！")
	case a.Gate == GateClosed:
		return k.sorry("成绩查询功能未开放！")
	case unevaluated(a, name):
		return k.sorry("您还有课程未评教，请先完成评教！")
	}
	var rows []jwxt.Grade
	for _, g := range published(a.Grades) {
		if asked == "sjxz1" || g.Term.Year == term.Year && (asked == "sjxz2" || g.Term == term) {
			rows = append(rows, g)
		}
	}
	effective := q.Get("ysyx") == "yxcj"
	if effective {
		rows = lastOfEach(rows)
	}
	if len(rows) == 0 || a.Gate == GateEmpty {
		return k.page("jsp-grades-none", nil)
	}
	return k.gradeList(a, rows, effective)
}

// lastOfEach are the 有效成绩: of each course the last row. Which one the system
// takes is not known.
func lastOfEach(rows []jwxt.Grade) (out []jwxt.Grade) {
	for i, g := range rows {
		if !slices.ContainsFunc(rows[i+1:], func(later jwxt.Grade) bool { return later.CourseID == g.CourseID }) {
			out = append(out, g)
		}
	}
	return out
}

// Effective are the rows of an account's 有效成绩.
func (KingoJSP) Effective(a Account) []jwxt.Grade { return lastOfEach(published(a.Grades)) }

func (k *kingoJSP) gradeList(a Account, rows []jwxt.Grade, effective bool) answer {
	columns := k.gradeColumns(effective)
	var terms []map[string]any
	for _, t := range termsOf(rows) {
		var out [][]string
		for _, g := range rows {
			if g.Term == t {
				out = append(out, k.gradeRow(columns, g, len(out)))
			}
		}
		terms = append(terms, map[string]any{"Name": semesterName(t), "Rows": out})
	}
	page := "grades"
	if k.OneTable {
		page = "grades-one"
		columns[0] = "学年学期"
	}
	return k.page("jsp-"+page, map[string]any{
		"A": a, "Columns": columns, "Terms": terms, "Total": eamsTotal("", rows), "Effective": effective,
	})
}

func (k *kingoJSP) gradeColumns(effective bool) []string {
	head := []string{"序号", "课程/环节", "学分"}
	if k.Parts {
		head = append(head, "总学时")
	}
	head = append(head, "类别", "修读性质", "考核方式")
	switch {
	case effective:
		return append(head, "成绩", "获得学分", "绩点", "学分绩点", "备注")
	case k.Parts:
		return append(head, "取得方式", "平时成绩", "期中成绩", "期末成绩", "技能成绩", "综合成绩", "备注")
	}
	return append(head, "成绩", "备注")
}

func (k *kingoJSP) gradeRow(columns []string, g jwxt.Grade, i int) (cells []string) {
	for _, c := range columns {
		cells = append(cells, kingoCell(c, g, i))
	}
	return cells
}

// kingoCell is one cell of a row. A word for a score that is missing, and 补考,
// are 备注; 重修 is 修读性质.
func kingoCell(column string, g jwxt.Grade, i int) string {
	earned := g.Credits
	if g.Failed || g.Score == "" {
		earned = jwxt.Milli(0)
	}
	switch column {
	case "序号":
		return strconv.Itoa(i + 1)
	case "课程/环节":
		return "[" + g.CourseID + "]" + g.Course
	case "学分":
		return g.Credits.String()
	case "总学时":
		return g.Hours.String()
	case "类别":
		return g.Nature + "/" + g.Attribute + "课"
	case "修读性质":
		if g.Attempt == jwxt.Retake {
			return "重修"
		}
		return "初修"
	case "考核方式":
		return g.Assessment
	case "取得方式":
		return "正常考试"
	case "平时成绩", "期末成绩":
		return g.Parts[column]
	case "成绩", "综合成绩":
		return g.Score
	case "获得学分":
		return earned.String()
	case "绩点":
		return g.Point.String()
	case "学分绩点":
		if g.Point.Valid() {
			return jwxt.Milli(g.Point.Milli() * g.Credits.Milli() / 1000).String()
		}
	case "备注":
		if g.Attempt == jwxt.Retake {
			return ""
		}
		word := ""
		if g.Attempt != jwxt.FirstAttempt {
			word = g.Exam
		}
		return cmp.Or(g.Mark, word)
	}
	return ""
}
