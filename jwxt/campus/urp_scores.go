package campus

import (
	"fmt"
	"strings"

	"jwxtbot/jwxt"
)

const urpScores = "/student/integratedQuery/scoreQuery/"

// urpViews are the lists of a new build: each has a page and, at another
// address, its data.
var urpViews = map[string]string{
	"allPassingScores/index": "allPassingScores/callback",
	"unpassedScores/index":   "unpassed/scores/callback",
	"thisTermScores/index":   "thisTermScores/data",
	"allTermScores/index":    "allTermScores/data",
	"subitemScore/index":     "subitemScore/look",
}

// scores finds a list's page or its data. Data lie below a part of the address
// that is new each time the page is opened.
func (u *urpNew) scores(v *visit, rest string) func(Account) answer {
	if data, ok := urpViews[rest]; ok {
		return func(a Account) answer { return u.index(v, data, a) }
	}
	if random, below, _ := strings.Cut(rest, "/"); !u.NoRandom && random != "subitemScore" {
		if random == "" || random != v.noted("random "+below) {
			return nil
		}
		rest = below
	}
	data := map[string]func(*visit, Account) any{
		"allPassingScores/callback": u.passed, "unpassed/scores/callback": u.failed,
		"thisTermScores/data": u.thisTerm, "allTermScores/data": u.allTerms, "subitemScore/look": u.parts,
	}[rest]
	if data == nil {
		return nil
	}
	return func(a Account) answer { return u.json(data(v, a)) }
}

// index is a list's page; a gate is told on it.
func (u *urpNew) index(v *visit, data string, a Account) answer {
	if words := urpGate(a); words != "" {
		return u.page("new-sorry", words)
	}
	address := urpScores
	if !u.NoRandom && !strings.HasPrefix(data, "subitem") {
		random := strings.ToLower(newID())[:10]
		v.note("random "+data, random)
		address += random + "/"
	}
	return u.page("new-scores", map[string]any{"Data": address + data, "Token": u.token(v)})
}

func plan(t jwxt.Term) string { return t.String() + "-1" }

func (u *urpNew) passed(_ *visit, a Account) any {
	passed, _, _ := urpLists(a)
	return u.callback(a, passed)
}

func (u *urpNew) failed(_ *visit, a Account) any {
	_, bad, _ := urpLists(a)
	return u.callback(a, bad)
}

// callback groups rows by term.
func (u *urpNew) callback(a Account, rows []urpRow) any {
	groups := []map[string]any{}
	var items []map[string]any
	for i, r := range rows {
		items = append(items, urpItem(a, r))
		if i+1 == len(rows) || rows[i+1].Term != r.Term {
			groups = append(groups, map[string]any{
				"cjlx": r.Term.String(), "cjbh": i, "zxf": 0, "zms": len(items), "cjList": items, "zxjxjhh": plan(r.Term),
			})
			items = nil
		}
	}
	return map[string]any{"lnList": groups, "state": "ok", "zxjxjhh": plan(newest(a.Grades))}
}

func urpItem(a Account, r urpRow) map[string]any {
	var score any
	if s := r.shown(); s != "" {
		score = s
	}
	assessment := map[string]string{"考试": "01", "考查": "02"}[r.Assessment]
	return map[string]any{
		"id": map[string]any{
			"courseNumber": r.CourseID, "coureSequenceNumber": r.Seq, "executiveEducationPlanNumber": plan(r.Term),
			"startTime": r.Date, "studentId": a.Number,
		},
		"courseName": r.Course, "englishCourseName": r.English, "credit": r.Credits.String(),
		"courseScore": score, "cj": score, "gradePointScore": pointOrMissing(r), "courseAttributeName": r.Attribute,
		"courseAttributeCode": "001", "examTypeCode": assessment, "termCode": fmt.Sprint(r.Term.Part),
		"academicYearCode": fmt.Sprintf("%d-%d", r.Term.Year, r.Term.Year+1), "termName": map[int]string{1: "秋", 2: "春"}[r.Term.Part],
		"notByReasonName": r.Reason, "entryStatusCode": "05",
	}
}

// pointOrMissing is a number, −999.999 where there is none.
func pointOrMissing(r urpRow) any {
	if r.Point.Valid() {
		return r.Point
	}
	return -999.999
}

// thisTerm has scores that its page does not show: drafts, and −999.999.
func (u *urpNew) thisTerm(_ *visit, a Account) any {
	_, _, now := urpLists(a)
	items := []map[string]any{}
	for _, r := range now {
		m := map[string]any{
			"id": map[string]any{
				"courseNumber": r.CourseID, "examtime": r.Date, "executiveEducationPlanNumber": plan(r.Term), "studentNumber": a.Number,
			},
			"coureSequenceNumber": r.Seq, "courseName": r.Course, "credit": r.Credits, "coursePropertyName": r.Attribute,
			"courseScore": r.shown(), "gradePoint": pointOrMissing(r), "examTypeName": r.Assessment,
			"maxcj": r.Max, "mincj": r.Min, "avgcj": r.Average, "rank": r.Rank + "/61",
			"inputStatusCode": "05", "inputStatusExplain": "确定", "unpassedReasonExplain": r.Reason,
		}
		switch {
		case r.Hidden && u.Drafts:
			m["courseScore"], m["inputStatusCode"], m["inputStatusExplain"] = "88", "02", "暂存"
		case r.Hidden:
			m["courseScore"] = "-999.999"
		}
		items = append(items, m)
	}
	return []any{map[string]any{"state": "0", "list": items}}
}

// allTerms is one page of all rows.
func (u *urpNew) allTerms(v *visit, a Account) any {
	var rows []urpRow
	for _, r := range urpRows(a.Grades) {
		if a.Gate != GateEmpty && !r.Hidden {
			rows = append(rows, r)
		}
	}
	page, size := atLeast(v.form.Get("pageNum"), 1), atLeast(v.form.Get("pageSize"), 30)
	from, to := pageBounds(len(rows), page, size)
	records := []any{}
	for _, r := range rows[from:to] {
		records = append(records, u.record(a, r))
	}
	return map[string]any{"list": map[string]any{
		"pageSize": size, "pageNum": page, "pageContext": map[string]any{"totalCount": len(rows)}, "records": records,
	}}
}

func (u *urpNew) record(a Account, r urpRow) any {
	if u.Capitals {
		return map[string]any{
			"ZXJXJHH": plan(r.Term), "KCH": r.CourseID, "KXH": r.Seq, "KSSJ": r.Date, "KCM": r.Course, "XF": r.Credits, "KCCJ": r.shown(),
			"JD": pointOrMissing(r), "KCSXMC": r.Attribute, "XH": a.Number, "unpassedReasonExplain": r.Reason,
		}
	}
	return []any{
		plan(r.Term), r.CourseID, r.Seq, r.Date, "05", "001", "01", "001", r.shown(), nil, nil, r.Course, r.English,
		r.Credits, r.Hours, r.Attribute, r.Assessment, nil, r.Reason,
	}
}

// parts is what a score is made of.
func (u *urpNew) parts(v *visit, a Account) any {
	if !u.NoToken && v.form.Get("tokenValue") != v.noted("token") {
		return map[string]any{"msg": "tokenValue无效"}
	}
	for _, r := range urpRows(a.Grades) {
		if r.CourseID != v.form.Get("kch") || r.Seq != v.form.Get("kxh") || r.Date != v.form.Get("kssj") || r.Score == "" {
			continue
		}
		return map[string]any{"msg": "", "scoreDetailList": []any{map[string]any{
			"id":   map[string]any{"studentNumber": a.Number, "scoreTypeCode": "001"},
			"pscj": r.Parts["平时成绩"], "qmcj": r.Parts["期末成绩"], "zcj": r.Score,
		}}}
	}
	return map[string]any{"msg": "当前不允许查看分项成绩！"}
}
