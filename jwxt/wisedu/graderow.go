package wisedu

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

const (
	opGrades = "wisedu: grades"
	inGrades = "xscjcx"
)

// readGrades reads one page of a grade list, the undergraduates' or the
// postgraduates', whose keys differ.
func readGrades(p jwxt.Page) (list, jwxt.Transcript, error) {
	l, err := readList(opGrades, p, inGrades)
	if err != nil {
		return l, jwxt.Transcript{}, err
	}
	out := jwxt.Transcript{Grades: []jwxt.Grade{}}
	for _, m := range l.Rows {
		g, unknown := m.grade()
		if g.Course == "" {
			return l, jwxt.Transcript{}, driver.Unread(opGrades, "", "a row has no course")
		}
		out.Grades, out.UnknownColumns = append(out.Grades, g), append(out.UnknownColumns, unknown...)
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return l, out, nil
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// grade reads a row and tells its keys that no field takes.
func (m row) grade() (g jwxt.Grade, unknown []string) {
	g = jwxt.Grade{
		Term:     termOf(m.text("XNXQDM"), m.text("XNXQDM_DISPLAY")),
		CourseID: m.text("KCH", "XSKCH", "KCDM"), Course: m.text("XSKCM", "KCM", "KCMC"),
		Score: m.score(), Mark: m.text("TSYYDM_DISPLAY"),
		Assessment: m.text("KSLXDM_DISPLAY"), Exam: m.exam(),
		Nature: m.text("KCXZDM_DISPLAY", "KCLBMC"), Elective: m.text("XGXKLBDM_DISPLAY"), Department: m.text("KKDWDM_DISPLAY"),
		Parts: m.parts(),
	}
	g.Credits = decimal(&g.Extra, "学分", m.text("XF"))
	g.Hours = decimal(&g.Extra, "学时", m.text("XS"))
	g.Point = decimal(&g.Extra, "绩点", m.text("XFJD", "JD", "JDZ"))
	for _, f := range extras {
		if v := m.number(f.key); v != "" && v != g.Score && v != f.usual {
			g.Extra = set(g.Extra, f.name, v)
		}
	}
	g.Extra, unknown = m.keep(g.Extra, gradeKeys)
	m.judge(&g)
	return g, unknown
}

// decimal reads a number. What is none, and does not stand for none, is kept in
// extra.
func decimal(extra *map[string]string, name, text string) jwxt.Decimal {
	n, err := jwxt.ParseDecimal(strings.TrimPrefix(text, "N/A"))
	if err != nil && strings.Trim(text, "-—/") != "" {
		*extra = set(*extra, name, text)
	}
	return n
}

// extras are columns for which Grade has no field; what is usual is left out.
var extras = []struct{ key, name, usual string }{
	{"KXH", "课序号", ""}, {"KCLBDM_DISPLAY", "课程类别", ""}, {"SKJS", "任课教师", ""}, {"DJCJMC", "等级成绩", ""},
	{"ZCJ", "总成绩", ""}, {"DYBFZCJ", "百分制成绩", ""}, {"DJCJLXDM_DISPLAY", "等级成绩类型", "百分制"}, {"CJFZDM_DISPLAY", "成绩分制", "百分制"},
	{"BZ", "备注", ""}, {"BZSM", "备注", ""},
}

// gradeKeys are the keys that are read. Whether a row is in force (SFYX) is
// what the query asks for.
const gradeKeys = " XNXQDM XNXQDM_DISPLAY KCH XSKCH KCDM KCM XSKCM KCMC KXH XF XS XFJD JD JDZ ZCJ ZCJ_DISPLAY DJCJMC DJCJLXDM DJCJLXDM_DISPLAY" +
	" XSZCJMC CJ CJXSZ DYBFZCJ CJFZDM CJFZDM_DISPLAY TSYYDM TSYYDM_DISPLAY KCXZDM KCXZDM_DISPLAY KCLBDM KCLBDM_DISPLAY KCLBMC XGXKLBDM XGXKLBDM_DISPLAY" +
	" KSLXDM KSLXDM_DISPLAY CXCKDM CXCKDM_DISPLAY KSXZDM KSXZDM_DISPLAY KKDWDM KKDWDM_DISPLAY SKJS SFJG SFJG_DISPLAY SFYX SFYX_DISPLAY SHOWMAXCJ SHOWMAXCJ_DISPLAY" +
	" BZ BZSM WID PSCJ PSCJXS QZCJ QZCJXS QMCJ QMCJXS SYCJ SYCJXS "

// score is the score as the school's page shows it: the words of a scale of
// grades, whose number in ZCJ is but what it counts as.
func (m row) score() string {
	if s := m.number("ZCJ_DISPLAY", "CJXSZ"); s != "" {
		return s
	}
	switch strings.TrimLeft(m.text("DJCJLXDM"), "0") {
	case "1", "2", "3": // 三级, 五级, 两级
		return m.number("DJCJMC", "XSZCJMC", "ZCJ")
	}
	return m.number("ZCJ", "XSZCJMC", "DJCJMC", "DYBFZCJ", "CJ")
}

// exam is 考试性质: 初修 and 重修 in a column of their own, 补考 in another.
func (m row) exam() string {
	again, kind := m.text("CXCKDM_DISPLAY"), m.text("KSXZDM_DISPLAY")
	if marks.AttemptOf(again) == jwxt.FirstAttempt && kind != "" {
		return kind
	}
	return again
}

// parts are what the score is made of, each with its share where that is told.
func (m row) parts() (out map[string]string) {
	for _, f := range []struct{ key, name string }{{"PSCJ", "平时成绩"}, {"QZCJ", "期中成绩"}, {"SYCJ", "实验成绩"}, {"QMCJ", "期末成绩"}} {
		score, share := m.number(f.key), m.number(f.key+"XS")
		if share != "" {
			f.name += "(" + strings.TrimSuffix(share, "%") + "%)"
		}
		if score != "" {
			out = set(out, f.name, score)
		}
	}
	return out
}

// judge fills in what follows from the other fields. SFJG is 1 for a course
// passed; that 0 is failed, and not merely without a score, is taken to be so
// only where there is a score.
func (m row) judge(g *jwxt.Grade) {
	if markup.ContainsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	if note := m.text("BZSM"); g.Mark == "" && marks.Is(note) {
		g.Mark = note
	}
	if g.Mark == "" && g.Score == "" && !g.Hidden {
		g.Mark = unpublished
	}
	g.Attempt = marks.AttemptOf(cmp.Or(g.Exam, marks.AttemptWord(g.Mark)))
	said := m.text("SFJG_DISPLAY", "SFJG")
	no := said == "0" || said == "否" || said == "不及格"
	g.Failed = !g.Hidden && (marks.Failed(g.Score, g.Mark) || no && g.Score != "" && !marks.Excused(g.Score) && !marks.Excused(g.Mark))
}

// unpublished is our word for a row without a score: it is listed, and the score
// is not out yet.
const unpublished = "未发布"

var (
	shortTerm  = regexp.MustCompile(`^(20\d{2})([123])$`) // the postgraduates'
	seasonTerm = regexp.MustCompile(`^(20\d{2})-20\d{2}学年\s*(秋|春|夏)`)
)

// termOf reads the first text that is a term, the zero Term where none is.
func termOf(texts ...string) jwxt.Term {
	seasons := map[string]string{"秋": "1", "春": "2", "夏": "3"}
	for _, s := range texts {
		if m := shortTerm.FindStringSubmatch(s); m != nil {
			s = m[1] + "-" + m[2]
		} else if m := seasonTerm.FindStringSubmatch(s); m != nil {
			s = m[1] + "-" + seasons[m[2]]
		}
		if t, err := jwxt.ParseTerm(s); err == nil {
			return t
		}
	}
	return jwxt.Term{}
}
