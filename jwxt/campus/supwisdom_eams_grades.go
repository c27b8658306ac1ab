package campus

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// calendar is the list of terms, an object of a script.
func (e *eams) calendar(v *visit) answer {
	account, _ := v.who()
	if v.r.Method != http.MethodPost || v.form.Get("dataType") != "semesterCalendar" {
		return e.notFound()
	}
	var years []string
	last := 0
	for _, t := range termsOf(account.Grades) {
		one := fmt.Sprintf(`{id:%s,schoolYear:"%d-%d",name:"%d"}`, semesterID(t), t.Year, t.Year+1, t.Part)
		if t.Year != last {
			years = append(years, one)
		} else {
			years[len(years)-1] += "," + one
		}
		last = t.Year
	}
	for i := range years {
		years[i] = fmt.Sprintf("y%d:[%s]", i, years[i])
	}
	body := `{yearDom:"<tr></tr>",termDom:"",semesters:{` + strings.Join(years, ",") + `},yearIndex:"0",termIndex:"0",semesterId:"1"}`
	return bytesAnswer(http.StatusOK, "text/html;charset=UTF-8", []byte(body))
}

// grades is the list of one term, or of all with a summary of each.
func (e *eams) grades(v *visit) answer {
	account, _ := v.who()
	all := strings.Contains(v.r.URL.Path, "historyCourseGrade")
	id, term := v.form.Get("semesterId"), ""
	for _, t := range termsOf(account.Grades) {
		if id == semesterID(t) {
			term = t.String()
		}
	}
	if words, closed := closedWords(account, term); closed {
		return e.text(words)
	}
	if !all && id == "" {
		id = "0" // no such term
	}
	rows := published(ofSemester(account, id))
	data := eamsTotal("", rows)
	data["Root"], data["All"], data["Parts"], data["Columns"] = e.root, all, e.Parts, e.columns()
	var terms, out []map[string]any
	for _, t := range termsOf(rows) {
		terms = append(terms, eamsTotal(t.String(), rows))
	}
	for _, g := range rows {
		out = append(out, e.row(g))
	}
	data["Terms"], data["Rows"] = terms, out
	return e.page("grades", data)
}

// published are the rows that EAMS lists: no withheld ones.
func published(rows []jwxt.Grade) (out []jwxt.Grade) {
	for _, g := range rows {
		if !g.Hidden {
			out = append(out, g)
		}
	}
	return out
}

func (e *eams) columns() []string {
	if e.Parts {
		return []string{"学年学期", "课程代码", "课程序号", "课程名称", "课程类别", "学分", "考试情况", "平时成绩", "期末成绩", "总评成绩", "最终", "绩点"}
	}
	return []string{"学年学期", "课程代码", "课程序号", "课程名称", "课程类别", "学分", "总评成绩", "最终"}
}

// row is a grade as the page writes it. A build without 考试情况 has its word in
// the score's place.
func (e *eams) row(g jwxt.Grade) map[string]any {
	again, situation, score := "", "正常", g.Score
	if g.Attempt != jwxt.FirstAttempt {
		again = g.Exam
	}
	if g.Mark != "" {
		situation = g.Mark
	}
	if score == "" && !e.Parts {
		score = g.Mark
	}
	if score == "" {
		score = "--"
	}
	return map[string]any{
		"Term": fmt.Sprintf("%d-%d %d", g.Term.Year, g.Term.Year+1, g.Term.Part), "ID": g.CourseID, "Course": g.Course,
		"Again": again, "Category": g.Nature, "Credits": g.Credits.String(), "Situation": situation,
		"Usual": g.Parts["平时成绩"], "Final": g.Parts["期末成绩"], "Score": score, "Red": g.Failed, "Point": g.Point.String(),
	}
}

// eamsTotal counts the courses of a term, or all for "".
func eamsTotal(term string, rows []jwxt.Grade) map[string]any {
	var credits, points int64
	count := 0
	for _, g := range rows {
		if term != "" && g.Term.String() != term {
			continue
		}
		count++
		if !g.Failed {
			credits += g.Credits.Milli()
			points += g.Point.Milli() * g.Credits.Milli() / 1000
		}
	}
	point := "0"
	if credits > 0 {
		point = strconv.FormatFloat(float64(points)/float64(credits), 'f', 2, 64)
	}
	year, part := "", ""
	if term != "" {
		year, part = term[:9], term[10:]
	}
	return map[string]any{"Year": year, "Part": part, "Count": count, "Credits": jwxt.Milli(credits).String(), "Point": point}
}
