package jwglxt

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// transcript reads the rows of a page.
func (l grid) transcript() (jwxt.Transcript, error) {
	t := jwxt.Transcript{Grades: []jwxt.Grade{}}
	for _, m := range l.Items {
		g := m.grade()
		if g.Course == "" {
			return t, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row has no course"))
		}
		if g.Score == "" && g.Mark == "" && !g.Hidden {
			return t, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row has no score"))
		}
		t.Grades = append(t.Grades, g)
		t.UnknownColumns = append(t.UnknownColumns, m.unknown()...)
	}
	slices.Sort(t.UnknownColumns)
	t.UnknownColumns = slices.Compact(t.UnknownColumns)
	return t, nil
}

// others are keys without a field of Grade that a person may want to see, what
// the school's page calls them, and the value that says nothing.
var others = []struct{ key, name, usual string }{
	{"kclbmc", "课程类别", ""}, {"kcbj", "课程标记", "主修"}, {"xfjd", "学分绩点", ""}, {"jsxm", "任课教师", ""},
	{"sfxwkc", "是否学位课程", "否"}, {"cjsfzf", "成绩是否作废", "否"}, {"cjbdsj", "成绩录入时间", ""},
}

// grade reads a row.
func (m item) grade() jwxt.Grade {
	g := jwxt.Grade{
		Term: m.term(), CourseID: m.first("kch", "kch_id"), Course: m.first("kcmc"),
		Assessment: m.first("khfsmc"), Exam: m.first("ksxz"), Nature: m.first("kcxzmc"),
		Elective: m.first("kcgsmc"), Department: m.first("kkbmmc"), Mark: m.first("cjbz"),
	}
	if c := selection.FindStringSubmatch(m.first("xkkh")); c != nil && g.CourseID == "" {
		g.CourseID = c[2]
	}
	m.decimal(&g, "xf", "学分", &g.Credits)
	m.decimal(&g, "jd", "绩点", &g.Point)
	if m["kclbmc"] == "必修" || m["kclbmc"] == "选修" {
		g.Attribute = string(m["kclbmc"])
	}
	for _, o := range others {
		if s := m.first(o.key); s != o.usual && s != "" && s != g.Attribute {
			setExtra(&g, o.name, s)
		}
	}
	for _, k := range m.unknown() {
		setExtra(&g, k, string(m[k]))
	}
	m.score(&g)
	if id := m.first("jxb_id"); id != "" {
		g.Detail = url.Values{"jxb_id": {id}, "xnm": {string(m["xnm"])}, "xqm": {string(m["xqm"])}, "kcmc": {g.Course}}.Encode()
	}
	return g
}

// decimal reads a number, "" being none; what is no number is kept as it is.
func (m item) decimal(g *jwxt.Grade, key, name string, d *jwxt.Decimal) {
	n, err := jwxt.ParseDecimal(string(m[key]))
	if err != nil {
		setExtra(g, name, string(m[key]))
		return
	}
	*d = n
}

func setExtra(g *jwxt.Grade, name, value string) {
	if g.Extra == nil {
		g.Extra = map[string]string{}
	}
	g.Extra[name] = value
}

// selection is 选课课号, which holds term and course where a row has no keys of
// its own for them: (2024-2025-2)-CS1024M-0000000-1.
var selection = regexp.MustCompile(`^\((\d{4}-\d{4}-\d)\)-([0-9A-Za-z]+)-`)

// term reads xnm and xqm, or their names, or 选课课号; the zero Term for none.
func (m item) term() jwxt.Term {
	year := m.first("xnmmc")
	if y := m.first("xnm"); len(y) == 4 {
		year = y
	}
	part := map[string]string{"3": "1", "12": "2", "16": "3"}[string(m["xqm"])]
	if part == "" {
		part = m.first("xqmmc")
	}
	if t, err := jwxt.ParseTerm(year + "-" + part); err == nil && year != "" {
		return t
	}
	if c := selection.FindStringSubmatch(m.first("xkkh")); c != nil {
		t, _ := jwxt.ParseTerm(c[1])
		return t
	}
	return jwxt.Term{}
}

// unknown are the keys of a row that have a value and no meaning here, sorted.
func (m item) unknown() []string {
	var out []string
	for k, v := range m {
		if v != "" && !known(k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// known reports whether a key is read, says who the student is, or is
// furniture that every row of every list has. Keys that end in _id are of no
// use to a person.
func known(key string) bool {
	return strings.HasSuffix(key, "_id") || strings.Contains(knownKeys, " "+key+" ")
}

const knownKeys = " kch kcmc xf cj bfzcj jd kcxzmc kcgsmc khfsmc ksxz ksxzdm cjbz kklxdm kkbmmc xnm xnmmc xqm xqmmc xkkh" +
	" kclbmc kcbj xfjd jsxm sfxwkc cjsfzf cjbdsj jxbmc kcywmc" +
	" xh xm xb xbm bj jgmc zymc njmc cjbdczr tjrxm tjsj sfzh" +
	" row_id rowNum rangeable pageable listnav localeKey jgpxzd completeAnswer totalResult queryModel userModel key" +
	" date dateDigit dateDigitSeparator year month day "
