package campus

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// gradeForm is the entry of the grade pages. Some builds insist that it is
// opened before the list.
func (q *qiangzhi) gradeForm(v *visit) answer {
	v.note("form", "opened")
	account, _ := v.who()
	if strings.HasSuffix(v.r.URL.Path, "cjcx_query") {
		return q.page(http.StatusOK, "grade-query", map[string]any{
			"Head": q.head("课程成绩查询"), "Terms": terms(account.Grades),
		})
	}
	return q.page(http.StatusOK, "grade-frame", map[string]any{
		"Head": q.head("课程成绩查询"), "Term": newest(account.Grades), "JSON": q.JSON,
	})
}

func terms(grades []jwxt.Grade) []jwxt.Term {
	var out []jwxt.Term
	for _, g := range grades {
		if len(out) == 0 || g.Term != out[len(out)-1] {
			out = append(out, g.Term)
		}
	}
	return out
}

// grades is cjcx_list: a table, or in newer builds pages of JSON.
func (q *qiangzhi) grades(v *visit) answer {
	account, _ := v.who()
	switch {
	case account.Gate == GateClosed:
		return q.page(http.StatusOK, "closed", map[string]any{"Head": q.head("提示")})
	case q.FormFirst && v.noted("form") == "":
		return q.errorPage(v)
	case q.JSON && v.r.Method == http.MethodPost:
		return bytesAnswer(http.StatusOK, "text/html", nil) // that build answers a POST with nothing
	}
	term := v.form.Get("kksj")
	rows := ofTerm(account.Grades, term)
	alert := ""
	if unevaluated(account, term) {
		rows, alert = nil, "评教未完成，不能查询成绩！"
	}
	if account.Gate == GateEmpty {
		rows = nil
	}
	if q.JSON && alert == "" {
		if isScript(v.r) {
			return q.gradesJSON(v, rows)
		}
		return q.page(http.StatusOK, "grade-shell", map[string]any{"Head": q.head("学生个人考试成绩")})
	}
	return q.gradesTable(rows, alert)
}

func ofTerm(grades []jwxt.Grade, term string) []jwxt.Grade {
	if term == "" {
		return grades
	}
	var out []jwxt.Grade
	for _, g := range grades {
		if g.Term.String() == term {
			out = append(out, g)
		}
	}
	return out
}

// unevaluated reports whether 评教 stands before this term ("" is all terms).
func unevaluated(a Account, term string) bool {
	switch a.Gate {
	case GateEvaluate:
		return true
	case GateNewest:
		return term == "" || term == newest(a.Grades).String()
	}
	return false
}

// gradeColumns are the columns of a page with n of them, in page order. The
// first ten are in every build; the rest come in the order in which schools
// were seen to have them (15 are NCEPU's, 21 YNUFE's).
func gradeColumns(n int) []string {
	all := []struct {
		header string
		from   int // the least n that has it
	}{
		{"序号", 0}, {"开课学期", 0}, {"课程编号", 0}, {"课程名称", 0}, {"分组名", 16}, {"成绩", 0},
		{"成绩标识", 13}, {"学分", 0}, {"总学时", 0}, {"绩点", 12}, {"补重学期", 14}, {"考核方式", 0},
		{"考试性质", 11}, {"课程属性", 0}, {"课程性质", 0}, {"通选课类别", 15}, {"原始课程编号", 17},
		{"原始课程名称", 18}, {"原始课程学分", 19}, {"原始课程性质", 20}, {"原始课程属性", 21},
	}
	var out []string
	for _, c := range all {
		if c.from <= n {
			out = append(out, c.header)
		}
	}
	return out
}

func (q *qiangzhi) columns() []string {
	var out []string
	for _, c := range gradeColumns(q.Columns) {
		out = append(out, c)
		if c == "成绩" && q.PartColumns {
			out = append(out, "平时成绩", "期末成绩")
		}
	}
	return out
}

func (q *qiangzhi) gradesTable(rows []jwxt.Grade, alert string) answer {
	columns := q.columns()
	return q.page(http.StatusOK, "grade-list", map[string]any{
		"Head": q.head("学生个人考试成绩"), "Skin": q.Skin, "Columns": columns,
		"Rows": q.gradeRows(columns, rows), "Summary": summary(rows), "Alert": alert,
	})
}

// gradeRows writes the rows by hand: there are a thousand cells, and the new
// skin closes the score's cell twice.
func (q *qiangzhi) gradeRows(columns []string, rows []jwxt.Grade) string {
	var b strings.Builder
	for i, g := range rows {
		b.WriteString("\t\t<tr>\n")
		for _, c := range columns {
			switch c {
			case "成绩":
				q.scoreCell(&b, g)
			case "课程编号", "课程名称", "分组名":
				fmt.Fprintf(&b, "\t\t\t<td align=\"left\">%s</td>\n", html.EscapeString(cell(g, c, i)))
			default:
				fmt.Fprintf(&b, "\t\t\t<td>%s</td>\n", html.EscapeString(cell(g, c, i)))
			}
		}
		b.WriteString("\t\t</tr>\n")
	}
	return b.String()
}

// cell is the text of a plain column.
func cell(g jwxt.Grade, column string, i int) string {
	switch column {
	case "序号":
		return strconv.Itoa(i + 1)
	case "开课学期":
		return g.Term.String()
	case "课程编号":
		return g.CourseID
	case "课程名称":
		return g.Course
	case "分组名":
		return g.Group
	case "成绩标识":
		return g.Mark
	case "学分":
		return g.Credits.String()
	case "总学时":
		return g.Hours.String()
	case "绩点":
		return g.Point.String()
	case "补重学期":
		return g.RetakeTerm
	case "考核方式":
		return g.Assessment
	case "考试性质":
		return g.Exam
	case "课程属性":
		return g.Attribute
	case "课程性质":
		return g.Nature
	case "通选课类别":
		return g.Elective
	case "平时成绩", "期末成绩":
		return g.Parts[column]
	}
	return g.Extra[column]
}

// shownScore is what stands in the score's cell: a mark where the page has no
// column for it, 请评教 where the score is withheld.
func (q *qiangzhi) shownScore(g jwxt.Grade) string {
	switch {
	case g.Hidden:
		return "请评教"
	case g.Score == "" && q.Columns < 13:
		return g.Mark
	}
	return g.Score
}

func (q *qiangzhi) scoreCell(b *strings.Builder, g jwxt.Grade) {
	style, end, shown := " ", "</td>", html.EscapeString(q.shownScore(g))
	if g.Failed {
		style = "color:red;"
	}
	if q.Skin == SkinNew {
		end = "</td></td>"
	}
	if g.Score != "" {
		open := "JsMod"
		if q.Skin == SkinNew {
			open = "openWindow"
		}
		shown = fmt.Sprintf("<a href=\"javascript:%s('%s',700,500)\">%s</a>", open, q.detailLink(g), shown)
	}
	fmt.Fprintf(b, "\t\t\t<!-- 控制成绩显示 -->\n\t\t\t<td style=\"%s\">\n\t\t\t\t%s\n\t\t\t%s\n", style, shown, end)
}

func (q *qiangzhi) detailLink(g jwxt.Grade) string {
	return q.Root + "/kscj/pscj_list.do?xs0101id=" + g.Detail[:12] + "&jx0404id=" + strings.ReplaceAll(g.Term.String(), "-", "") +
		g.CourseID + "&cj0708id=" + g.Detail + "&zcj=" + url.QueryEscape(g.Score)
}

// summary is the line of totals above the table, over rows with a point.
func summary(rows []jwxt.Grade) string {
	var credits, weighted, counted int64
	for _, g := range rows {
		credits += g.Credits.Milli()
		if g.Point.Valid() {
			weighted += g.Point.Milli() * g.Credits.Milli()
			counted += g.Credits.Milli()
		}
	}
	if counted == 0 {
		return fmt.Sprintf("所修门数:%d 所修总学分:%s", len(rows), jwxt.Milli(credits))
	}
	return fmt.Sprintf("所修门数:%d 所修总学分:%s 平均学分绩点:%.2f", len(rows), jwxt.Milli(credits), float64(weighted)/float64(counted)/1000)
}

// gradeItem is a row of the JSON build. Numbers are numbers or text, as the
// field happens to be at real schools.
type gradeItem struct {
	RowNum     int     `json:"rownum_"`
	ID         string  `json:"cj0708id"`
	Student    string  `json:"xs0101id"`
	Class      string  `json:"jx0404id"`
	Term       string  `json:"xnxqid"`
	TermName   string  `json:"xqmc"`
	TermText   string  `json:"xqstr"`
	CourseID   string  `json:"kch"`
	Course     string  `json:"kc_mc"`
	Department string  `json:"ksdw"`
	Credits    any     `json:"xf"`
	Hours      any     `json:"zxs"`
	Point      any     `json:"jd"`
	Score      any     `json:"zcj,omitempty"`
	ScoreText  *string `json:"zcjstr,omitempty"`
	Assessment string  `json:"ksfs"`
	Exam       string  `json:"ksxz"`
	Attribute  string  `json:"kcsx"`
	Nature     string  `json:"kcxzmc"`
	Mark       string  `json:"cjbs,omitempty"`
	Hidden     int     `json:"kz"`
}

func item(g jwxt.Grade, n int) gradeItem {
	term := g.Term.String()
	it := gradeItem{
		RowNum: n, ID: g.Detail, Student: g.Detail[:12], Class: strings.ReplaceAll(term, "-", "") + g.CourseID,
		Term: term, TermName: term, TermText: term, CourseID: g.CourseID, Course: g.Course,
		Department: g.Department, Credits: g.Credits, Hours: g.Hours, Point: g.Point,
		Assessment: g.Assessment, Exam: g.Exam, Attribute: g.Attribute, Nature: g.Nature, Mark: g.Mark,
	}
	if n%3 == 0 {
		it.Credits = g.Credits.String()
	}
	if g.Hidden {
		it.Hidden = 1
		return it
	}
	it.ScoreText = &g.Score
	if d, err := jwxt.ParseDecimal(g.Score); err == nil && d.Valid() {
		it.Score = d
	}
	return it
}

func (q *qiangzhi) gradesJSON(v *visit, rows []jwxt.Grade) answer {
	page, size := atLeast(v.form.Get("pageNum"), 1), atLeast(v.form.Get("pageSize"), 10)
	from, to := pageBounds(len(rows), page, size)
	items := []gradeItem{}
	for i, g := range rows[from:to] {
		items = append(items, item(g, from+i+1))
	}
	body, err := json.Marshal(map[string]any{"code": 0, "msg": "", "count": len(rows), "data": items})
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}

// atLeast reads a number; what is none, or below 1, is the default.
func atLeast(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// pageBounds is the slice of a page counted from 1.
func pageBounds(rows, page, size int) (from, to int) {
	if page > rows/size+1 {
		return rows, rows
	}
	from = (page - 1) * size
	return min(from, rows), min(from+size, rows)
}

// gradeDetail is the popup behind a score: the parts and their shares.
func (q *qiangzhi) gradeDetail(v *visit) answer {
	account, _ := v.who()
	for _, g := range account.Grades {
		if g.Detail == v.form.Get("cj0708id") && g.Score != "" {
			return q.page(http.StatusOK, "grade-detail", map[string]any{
				"Head": q.head("学生个人考试成绩"), "JSON": q.JSON, "Score": g.Score,
				"Usual": g.Parts["平时成绩"], "Final": g.Parts["期末成绩"],
			})
		}
	}
	return q.page(http.StatusOK, "grade-detail", map[string]any{"Head": q.head("学生个人考试成绩"), "JSON": q.JSON})
}
