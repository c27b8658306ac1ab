package campus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

// query answers a query of an app's page, named by its path below modules.
func (j *jwapp) query(v *visit, app, path string) answer {
	if bad, stop := j.refused(v); stop {
		return bad
	}
	if v.r.Method != http.MethodPost || !isScript(v.r) || !j.entered(v, app) {
		return j.school.html(http.StatusForbidden, "<html><body><h1>403</h1></body></html>")
	}
	account, _ := v.who()
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch app + " " + path {
	case jwappGrades + " cjcx/xscjcx", gsappGrades + " wdcj/xscjcx":
		return j.grades(v, account)
	case jwappTimetable + " jshkcb/dqxnxq":
		t := account.Current()
		return j.rows(name, []map[string]any{{"DM": t.String(), "MC": semesterName(t), "XNDM": t.String()[:9], "XQDM": strconv.Itoa(t.Part)}}, 1)
	case jwappTimetable + " xskcb/" + j.Timetable:
		return j.timetable(v, account, name)
	case jwappExams + " wdksap/wdksap":
		return j.exams(v, account, name)
	}
	return j.notFound()
}

// rows is a list in its envelope; total is what the school counts.
func (j *jwapp) rows(name string, rows []map[string]any, total int) answer {
	if rows == nil {
		rows = []map[string]any{}
	}
	return j.part(name, map[string]any{"totalSize": total, "pageNumber": 1, "pageSize": len(rows), "rows": rows,
		"extParams": map[string]any{"logId": newID(), "code": 1, "msg": "查询成功", "totalPage": 0}})
}

// deny refuses a query in words.
func (j *jwapp) deny(name, said string) answer {
	return j.part(name, map[string]any{"totalSize": 0, "rows": []any{}, "extParams": map[string]any{"code": 0, "msg": said}})
}

func (j *jwapp) part(name string, part map[string]any) answer {
	return j.json(map[string]any{"code": "0", "datas": map[string]any{name: part}})
}

// grades is a page of the grade list. Of the words for what stands before it no
// capture is known.
func (j *jwapp) grades(v *visit, a Account) answer {
	const name = "xscjcx"
	switch {
	case !json.Valid([]byte(v.form.Get("querySetting"))) || v.form.Get("*json") != "1":
		return j.deny(name, "参数错误")
	case a.Gate == GateClosed:
		return j.deny(name, "成绩查询功能未开放")
	case unevaluated(a, ""):
		return j.deny(name, "您还有课程未评教，请完成评教后再查询成绩")
	case a.Gate == GateEmpty:
		return j.rows(name, nil, 0)
	}
	grades := slices.Clone(a.Grades)
	slices.SortStableFunc(grades, func(x, y jwxt.Grade) int { return y.Term.Compare(x.Term) }) // "*order" asks so
	size, number := atLeast(v.form.Get("pageSize"), 1), atLeast(v.form.Get("pageNumber"), 1)
	if j.PageSize > 0 {
		size = min(size, j.PageSize)
	}
	from := min((number-1)*size, len(grades))
	var rows []map[string]any
	for i, g := range grades[from:min(from+size, len(grades))] {
		rows = append(rows, j.grade(a, from+i, g))
	}
	total := len(grades)
	if j.Doubling {
		total /= 2
	}
	return j.rows(name, rows, total)
}

// grade is a row as the system writes it.
func (j *jwapp) grade(a Account, i int, g jwxt.Grade) map[string]any {
	score, scale, word := j.score(g)
	passed := any("1")
	switch {
	case score == nil && g.Mark == "":
		passed = nil
	case g.Failed:
		passed = "0"
	}
	out := map[string]any{
		"WID": fmt.Sprintf("%032X", seedOf(a.Number+g.CourseID)+uint64(i)), "XF": j.decimal(g.Credits), "SFJG": passed, "CZR": "jwadmin", "CZSJ": "2026-01-14 10:02:11",
	}
	if !j.Nameless {
		out["XH"], out["XM"] = a.Number, a.Name
	}
	if j.Graduate {
		return j.graduateGrade(out, g, score, scale, word)
	}
	for key, value := range map[string]any{
		"XNXQDM": g.Term.String(), "XNXQDM_DISPLAY": semesterName(g.Term), "KCH": g.CourseID, "KCM": g.Course, "XSKCM": g.Course,
		"KXH": "01", "XS": j.decimal(g.Hours), "ZCJ": score, "XFJD": j.point(g), "DJCJLXDM": scale, "DJCJMC": word,
		"KCXZDM": "01", "KCXZDM_DISPLAY": g.Nature, "XGXKLBDM_DISPLAY": g.Elective, "KSLXDM_DISPLAY": g.Assessment,
		"CXCKDM_DISPLAY": attemptWords(g), "TSYYDM_DISPLAY": g.Mark, "KKDWDM_DISPLAY": g.Department, "SFYX": "1", "SFYX_DISPLAY": "是",
		"PSCJ": nullable(g.Parts["平时成绩"]), "PSCJXS": "30", "QMCJ": nullable(g.Parts["期末成绩"]), "QMCJXS": "70", "ORDERFILTER": nil,
	} {
		out[key] = value
	}
	return out
}

func (j *jwapp) graduateGrade(out map[string]any, g jwxt.Grade, score any, scale string, word any) map[string]any {
	shown := any(g.Score)
	if g.Score == "" {
		shown = nullable(g.Mark)
	}
	for key, value := range map[string]any{
		"XNXQDM": strconv.Itoa(g.Term.Year) + strconv.Itoa(g.Term.Part), "KCDM": g.CourseID, "KCMC": g.Course, "DYBFZCJ": score, "CJXSZ": shown,
		"JDZ": j.point(g), "CJFZDM": scale, "KCLBMC": g.Nature, "KSXZDM_DISPLAY": g.Exam, "BZSM": nullable(g.Mark),
	} {
		out[key] = value
	}
	return out
}

// score is a score, its scale, and on a scale of words the word, beside which
// the score is what it counts as.
func (j *jwapp) score(g jwxt.Grade) (score any, scale string, word any) {
	if g.Hidden || g.Score == "" {
		return nil, "100", nil
	}
	if n, ok := map[string]int{"优": 95, "良": 85, "中": 75, "及格": 65}[g.Score]; ok {
		return n, "02", g.Score
	}
	n, err := jwxt.ParseDecimal(g.Score)
	if err != nil {
		return g.Score, "03", g.Score
	}
	return j.decimal(n), "100", nil
}

// decimal is a number, with a digit behind the point as Java writes it.
func (j *jwapp) decimal(d jwxt.Decimal) any {
	switch s := d.String(); {
	case !d.Valid():
		return nil
	case j.Texts:
		return s
	case strings.Contains(s, "."):
		return json.Number(s)
	default:
		return json.Number(s + ".0")
	}
}

func (j *jwapp) point(g jwxt.Grade) any {
	if j.Texts && !g.Point.Valid() {
		return "N/A"
	}
	return j.decimal(g.Point)
}

// attemptWords are 初修 and 重修; that the same column has 补考 is invented.
func attemptWords(g jwxt.Grade) string {
	if g.Attempt == jwxt.FirstAttempt {
		return "初修"
	}
	return g.Exam
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// jwappTerm is the term that a query names.
func jwappTerm(v *visit) jwxt.Term {
	t, err := jwxt.ParseTerm(v.form.Get("XNXQDM"))
	if err != nil {
		return jwxt.Term{Year: 1900, Part: 1}
	}
	return t
}

// timetable is the whole term's, which is not paged.
func (j *jwapp) timetable(v *visit, a Account, name string) answer {
	t := jwappTerm(v)
	if t.Compare(a.Current()) > 0 {
		return j.deny(name, "查询学年学期的课程未发布")
	}
	var rows []map[string]any
	for _, l := range a.Lessons(t) {
		row := map[string]any{
			"XNXQDM": t.String(), "KCM": l.Course, "KCH": l.CourseID, "KXH": l.Group, "SKJS": l.Teacher, "JASMC": nullable(l.Room),
			"XXXQDM": "1", "XXXQDM_DISPLAY": l.Campus, "XF": j.decimal(l.Credits), "SKZC": bitmap(l.Weeks, 1, termWeeks+4), "ZCMC": l.WeekText,
			"SKXQ": number(l.Weekday), "KSJC": number(l.From), "JSJC": number(l.To), "KSSJ": nil, "JSSJ": nil, "SKBJ": "2205011",
		}
		if !j.Nameless {
			row["XH"], row["XM"] = a.Number, a.Name
		}
		rows = append(rows, row)
	}
	return j.rows(name, rows, -1)
}

func number(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func (j *jwapp) exams(v *visit, a Account, name string) answer {
	t := jwappTerm(v)
	var rows []map[string]any
	for _, e := range a.Exams(t) {
		row := map[string]any{
			"XNXQDM": t.String(), "KCM": e.Course, "KCH": e.CourseID, "KXH": e.Group, "KSMC": semesterName(t) + e.Name, "ZJJSXM": e.Teacher,
			"XXXQDM_DISPLAY": e.Campus, "JASMC": nullable(e.Room), "ZWH": nullable(e.Seat), "KSXS_DISPLAY": e.Mode, "XF": j.decimal(e.Credits),
			"KSRQ": nil, "KSSJMS": nil,
		}
		if e.Date != "" {
			day, _ := time.Parse(time.DateOnly, e.Date) // as Exams writes it
			row["KSRQ"] = e.Date + " 00:00:00"
			row["KSSJMS"] = fmt.Sprintf("%s %s-%s(星期%s)", e.Date, e.Starts, e.Ends, []string{"日", "一", "二", "三", "四", "五", "六"}[day.Weekday()])
		}
		if !j.Nameless {
			row["XH"], row["XM"] = a.Number, a.Name
		}
		rows = append(rows, row)
	}
	return j.rows(name, rows, len(rows))
}
