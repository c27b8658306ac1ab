package campus

import (
	"net/http"
	"strconv"

	"jwxtbot/jwxt"
)

// grades answers the grid of 学生成绩查询: doType=query of the page itself.
// Before 评教 the list is empty, and only the home page's count tells why.
func (j *jwglxt) grades(v *visit) answer {
	account, _ := v.who()
	switch {
	case account.Gate == GateClosed:
		return j.refusal("无功能权限，", "请与管理员联系！")
	case v.r.URL.Query().Get("doType") != "query":
		return j.notFound()
	}
	rows := j.asked(v, account)
	return j.grid(v, len(rows), func(i int) map[string]any { return j.gradeItem(account, rows[i]) })
}

// asked are the rows that the form's xnm and xqm ask for; withheld scores are
// not listed at all.
func (j *jwglxt) asked(v *visit, account Account) []jwxt.Grade {
	term := ""
	if year, part := atLeast(v.form.Get("xnm"), 0), partOfCode(v.form.Get("xqm")); year > 0 && part > 0 {
		term = jwxt.Term{Year: year, Part: part}.String()
	}
	if account.Gate == GateEmpty || unevaluated(account, term) {
		return nil
	}
	var out []jwxt.Grade
	for _, g := range account.Grades {
		year, code := v.form.Get("xnm"), v.form.Get("xqm")
		if !g.Hidden && (year == "" || year == strconv.Itoa(g.Term.Year)) && (code == "" || code == codeOfPart(g.Term.Part)) {
			out = append(out, g)
		}
	}
	return out
}

// codeOfPart is xqm: three times the square of the term's number, but 16.
func codeOfPart(part int) string {
	return [...]string{1: "3", 2: "12", 3: "16"}[part]
}

func partOfCode(code string) int {
	for part := 1; part <= 3; part++ {
		if codeOfPart(part) == code {
			return part
		}
	}
	return 0
}

func (j *jwglxt) gradeItem(account Account, g jwxt.Grade) map[string]any {
	score, percent := g.Score, g.Score
	if score == "" {
		score = g.Mark
	}
	if n, ok := map[string]string{"优": "95", "良": "85", "中": "75", "及格": "65", "通过": "85"}[score]; ok {
		percent = n
	}
	if g.Score == "" {
		percent = "0"
	}
	year := strconv.Itoa(g.Term.Year)
	return map[string]any{
		"kch": g.CourseID, "kch_id": g.CourseID, "kcmc": g.Course, "xf": j.number(g.Credits.String()),
		"cj": score, "bfzcj": percent, "jd": j.number(pointOrZero(g)), "cjbz": g.Mark,
		"kcxzmc": g.Nature, "kclbmc": g.Attribute, "kcgsmc": g.Elective, "kcbj": "主修", "khfsmc": g.Assessment,
		"ksxz": g.Exam, "ksxzdm": examCode(g.Attempt), "cjsfzf": "否", "sfxwkc": "否", "kkbmmc": g.Department,
		"xnm": year, "xnmmc": year + "-" + strconv.Itoa(g.Term.Year+1),
		"xqm": codeOfPart(g.Term.Part), "xqmmc": strconv.Itoa(g.Term.Part),
		"jxb_id": g.Detail, "jxbmc": g.Term.String() + "-" + g.CourseID + "-01", "jsxm": "李测试",
		"xh": account.Number, "xh_id": account.Number, "xm": account.Name, "bj": "计算机2001", "jgmc": "计算机学院", "zymc": "计算机科学与技术",
	}
}

func pointOrZero(g jwxt.Grade) string {
	if g.Point.Valid() {
		return g.Point.String()
	}
	return "0"
}

func examCode(a jwxt.Attempt) string {
	switch a {
	case jwxt.Resit:
		return "11"
	case jwxt.Retake:
		return "16"
	case jwxt.Deferred:
		return "06"
	}
	return "01"
}

// gradeDetail is the popup behind a score: the parts and their shares.
func (j *jwglxt) gradeDetail(v *visit) answer {
	account, _ := v.who()
	for _, g := range account.Grades {
		if g.Detail == v.form.Get("jxb_id") && g.Score != "" {
			return j.page(http.StatusOK, "detail", map[string]any{
				"Course": g.Course, "Score": g.Score, "Usual": g.Parts["平时成绩"], "Final": g.Parts["期末成绩"],
			})
		}
	}
	return j.page(http.StatusOK, "detail", map[string]any{})
}
