package campus

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
)

// queryPage is the page of a function before its script has asked anything: the
// student, and a choice of terms with the current one chosen. The examinations'
// page calls its fields cx_xnm and cx_xqm.
func (j *jwglxt) queryPage(v *visit, title, code, prefix string) answer {
	account, _ := v.who()
	term := account.Current()
	var years []int
	for _, t := range newestFirst(account) {
		years = append(years, t.Year)
	}
	return j.page(http.StatusOK, "query", map[string]any{
		"Title": title, "Code": code, "Prefix": prefix, "Number": account.Number,
		"Years": slices.Compact(years), "Term": term, "Codes": []string{"3", "12", "16"}, "Part": partCode(term),
	})
}

// partCode is xqm of a term, "" for none.
func partCode(t jwxt.Term) string {
	if t.IsZero() {
		return ""
	}
	return codeOfPart(t.Part)
}

func (j *jwglxt) timetablePage(v *visit) answer {
	return j.queryPage(v, "学生课表查询", "N2151", "")
}

// formTerm is the term of a form's xnm and xqm.
func formTerm(v *visit) (jwxt.Term, bool) {
	t := jwxt.Term{Year: atLeast(v.form.Get("xnm"), 0), Part: partOfCode(v.form.Get("xqm"))}
	return t, t.Year > 0 && t.Part > 0
}

// timetable is the script's answer. 评教 does not stand before it: no client
// knows of such a thing.
func (j *jwglxt) timetable(v *visit) answer {
	account, _ := v.who()
	term, ok := formTerm(v)
	switch {
	case account.Gate == GateClosed:
		return j.refusal("无功能权限，", "请与管理员联系！")
	case v.r.Method != http.MethodPost || !ok:
		return j.errorPage(v)
	}
	lessons, practice := []map[string]any{}, []map[string]any{}
	for _, l := range account.Lessons(term) {
		if l.Weekday == 0 {
			practice = append(practice, j.practice(l))
		} else {
			lessons = append(lessons, j.lesson(l, term))
		}
	}
	year := strconv.Itoa(term.Year)
	return j.json(map[string]any{
		"kbList": lessons, "sjkList": practice, "jxhjkcList": []any{}, "djdzList": []any{}, "kblx": 7, "sfxsd": "1", "qsxqj": "1",
		"xqjmcMap": map[string]string{"1": "星期一", "2": "星期二", "3": "星期三", "4": "星期四", "5": "星期五", "6": "星期六", "7": "星期日"},
		"xsxx": map[string]any{
			"XH": account.Number, "XH_ID": account.Number, "XM": account.Name, "BJMC": "计算机2001", "ZYMC": "计算机科学与技术",
			"XNM": year, "XNMC": fmt.Sprintf("%d-%d", term.Year, term.Year+1), "XQM": codeOfPart(term.Part), "XQMMC": strconv.Itoa(term.Part),
		},
	})
}

// lesson is a row of kbList; zcmc is the teacher's rank.
func (j *jwglxt) lesson(l jwxt.Lesson, term jwxt.Term) map[string]any {
	periods := fmt.Sprintf("%d-%d", l.From, l.To)
	days := []string{"", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"}
	return map[string]any{
		"kcmc": l.Course, "kch": l.CourseID, "kch_id": l.CourseID, "jxbmc": term.String() + "-" + l.CourseID + "-" + l.Group,
		"jxb_id": l.CourseID + l.Group, "xm": l.Teacher, "zcmc": "讲师", "xqmc": l.Campus, "xqh_id": "1", "cdmc": l.Room, "cd_id": l.Room,
		"xqj": j.number(strconv.Itoa(l.Weekday)), "xqjmc": days[l.Weekday], "jc": periods + "节", "jcs": periods, "jcor": periods,
		"zcd": l.WeekText, "xf": j.number(l.Credits.String()), "kcxz": "必修", "khfsmc": "考试", "skfsmc": "面授讲课", "xkbz": "无",
		"xnm": strconv.Itoa(term.Year), "xqm": codeOfPart(term.Part), "kclb": "A", "oldjc": "3", "oldzc": "65535", "xslxbj": "★", "rsdzjs": 0,
		"date": "二○二六年四月十三日", "dateDigit": "2026年4月13日", "listnav": "false", "localeKey": "zh_CN", "pageable": true, "rangeable": true,
		"queryModel": map[string]any{"currentPage": 1}, "userModel": map[string]any{"monitor": false}, "totalResult": "0",
	}
}

func (j *jwglxt) practice(l jwxt.Lesson) map[string]any {
	return map[string]any{
		"kcmc": l.Course, "jsxm": l.Teacher, "qsjsz": l.WeekText, "xf": j.number(l.Credits.String()), "sfsjk": "1",
		"sjkcgs": fmt.Sprintf("%s◆%s(共%d周)/%s/无", l.Course, l.Teacher, len(l.Weeks), l.WeekText),
	}
}

// exams is the page of 考试信息查询, and with doType=query its grid.
func (j *jwglxt) exams(v *visit) answer {
	account, _ := v.who()
	if account.Gate == GateClosed {
		return j.refusal("无功能权限，", "请与管理员联系！")
	}
	if v.r.URL.Query().Get("doType") != "query" {
		return j.queryPage(v, "考试信息查询", "N358105", "cx_")
	}
	term, ok := formTerm(v)
	if v.r.Method != http.MethodPost || !ok {
		return j.errorPage(v)
	}
	rows := account.Exams(term)
	return j.grid(v, len(rows), func(i int) map[string]any { return j.exam(account, rows[i], term) })
}

// exam is a row. jxdd is where the course is taught, cdmc where it is examined.
func (j *jwglxt) exam(account Account, e jwxt.Exam, term jwxt.Term) map[string]any {
	when := ""
	if e.Date != "" {
		when = e.Date + "(" + e.Starts + "-" + e.Ends + ")"
	}
	year := strconv.Itoa(term.Year)
	return map[string]any{
		"kcmc": e.Course, "kch": e.CourseID, "jxbmc": term.String() + "-" + e.CourseID + "-" + e.Group, "xf": j.number(e.Credits.String()),
		"ksmc": term.String() + e.Name, "kssj": when, "cdmc": e.Room, "cdbh": e.Room, "cdxqmc": e.Campus, "zwh": e.Seat,
		"ksfs": e.Mode, "khfs": "考试", "jsxx": "000001/" + e.Teacher, "sjbh": "学校统一-" + e.CourseID, "cxbj": "否", "zxbj": "否",
		"sksj": "星期一第1-2节{1-16周}", "jxdd": "逸夫楼101", "kkxy": "计算机学院", "pycc": "本科", "jgmc": "计算机学院", "zymc": "计算机科学与技术",
		"xnm": year, "xnmc": year + "-" + strconv.Itoa(term.Year+1), "xqm": codeOfPart(term.Part), "xqmmc": strconv.Itoa(term.Part),
		"xh": account.Number, "xh_id": account.Number, "xm": account.Name, "xb": "男", "bj": "计算机2001", "njmc": "2020",
	}
}
