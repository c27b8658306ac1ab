package urp

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// item is a row of a new build as it came, its id object taken apart into it.
// Schools differ in keys, and in which values are numbers and which strings.
type item map[string]markup.Loose

func (m *item) UnmarshalJSON(b []byte) error {
	var in struct {
		ID map[string]markup.Loose `json:"id"`
	}
	out := map[string]markup.Loose{}
	if err := json.Unmarshal(b, &out); err != nil {
		return err
	}
	if json.Unmarshal(b, &in) == nil { // an id may be a mere string
		for k, v := range in.ID {
			if out[k] == "" {
				out[k] = v
			}
		}
	}
	delete(out, "id")
	*m = out
	return nil
}

// answers of a new build's lists.
type (
	// passed and failed courses, grouped by term or kind
	callback struct {
		Groups []struct {
			Items []item       `json:"cjList"`
			Term  markup.Loose `json:"zxjxjhh"`
		} `json:"lnList"`
		All *allTerms `json:"list"`
	}
	// all terms, a page of them
	allTerms struct {
		Context struct {
			Total *int `json:"totalCount"`
		} `json:"pageContext"`
		Records []record `json:"records"`
	}
	// this term's
	thisTerm []struct {
		Items []item `json:"list"`
	}
)

// jsonList is a list with the number of rows that the school says there are;
// -1 where it does not.
type jsonList struct {
	gradeList
	total int
}

// readJSON reads a list of a new build: which one, its shape tells. bad is set
// for the list of failed courses. A page of HTML in its place refuses.
func readJSON(p jwxt.Page, bad bool) (jsonList, error) {
	text := fetch.Text(p)
	if !markup.IsJSON(text) || p.Status != http.StatusOK && p.Status != 0 {
		g := readPage(p)
		if err := refused(opGrades, g); err != nil {
			return jsonList{}, err
		}
		return jsonList{}, driver.Unread(opGrades, g.said(), "this is no list")
	}
	if bytes.TrimSpace(text)[0] == '[' {
		return readThisTerm(text)
	}
	var in callback
	err := json.Unmarshal(text, &in)
	switch {
	case err == nil && in.All != nil && in.All.Records != nil:
		return in.All.read()
	case err != nil || in.Groups == nil:
		return jsonList{}, said(opGrades, text)
	}
	l := jsonList{total: -1}
	for _, group := range in.Groups {
		if group.Items == nil {
			return jsonList{}, jwxt.Fail(jwxt.Changed, opGrades, errNoList)
		}
		if err := l.addItems(group.Items, string(group.Term), bad); err != nil {
			return jsonList{}, err
		}
	}
	return l, nil
}

var errNoList = errors.New("this is no list")

// said is the error of an object that holds a sentence in data's place.
func said(op string, text []byte) error {
	var in struct {
		Msg     markup.Loose `json:"msg"`
		Message markup.Loose `json:"message"`
		Error   markup.Loose `json:"errorMessage"`
	}
	if json.Unmarshal(text, &in) == nil {
		if err := spoken(op, markup.Bounded(first(string(in.Msg), string(in.Message), string(in.Error)))); err != nil {
			return err
		}
	}
	return jwxt.Fail(jwxt.Changed, op, errNoList)
}

func readThisTerm(text []byte) (jsonList, error) {
	var in thisTerm
	if err := json.Unmarshal(text, &in); err != nil || len(in) == 0 {
		return jsonList{}, jwxt.Fail(jwxt.Changed, opGrades, errNoList)
	}
	l := jsonList{total: -1}
	for _, part := range in {
		if part.Items == nil {
			return jsonList{}, jwxt.Fail(jwxt.Changed, opGrades, errNoList)
		}
		if err := l.addItems(part.Items, "", false); err != nil {
			return jsonList{}, err
		}
	}
	return l, nil
}

// addItems adds rows; group is the term that the list names for all of them.
func (l *jsonList) addItems(items []item, group string, bad bool) error {
	for _, m := range items {
		r := l.next(jwxt.Term{})
		m.read(r, group)
		if r.Course == "" {
			return jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row has no course"))
		}
		r.finish(bad)
		l.unknown = append(l.unknown, m.unknown()...)
	}
	return nil
}

// first is the first of keys with a value.
func (m item) first(keys ...string) string {
	for _, k := range keys {
		if m[k] != "" {
			return string(m[k])
		}
	}
	return ""
}

// read reads a row. Misspellings are the school's.
func (m item) read(r row, group string) {
	r.seq, r.student = m.first("coureSequenceNumber", "courseSequenceNumber", "kxh"), m.first("studentNumber", "studentId", "xh")
	r.Course, r.CourseID = m.first("courseName", "kcm", "tdkcm"), m.first("courseNumber", "kch", "kch_zj")
	plan := m.first("executiveEducationPlanNumber", "zxjxjhh")
	for _, name := range []string{plan, m.first("academicYearCode") + m.first("termName"), group} {
		if r.Term.IsZero() {
			r.Term = termOf(name)
		}
	}
	r.decimal("学分", m.first("credit", "xf"), &r.Credits)
	r.decimal("绩点", m.first("gradePointScore", "gradePoint", "jd"), &r.Point)
	r.decimal("学时", m.first("studyHour"), &r.Hours)
	r.Attribute = m.first("courseAttributeName", "coursePropertyName", "kcsxmc", "xkcsxmc")
	r.Assessment = first(m.first("examTypeName"), map[string]string{"01": "考试", "02": "考查"}[m.first("examTypeCode")])
	r.Mark = m.first("notByReasonName", "unpassedReasonExplain")
	r.Score = m.first("cj", "courseScore", "kccj", "gradeName", "levelName", "djm")
	if s := m.first("inputStatusCode"); s != "" && s != confirmed {
		r.Mark, r.Score, r.Point = first(m.first("inputStatusExplain"), "暂存"), "", jwxt.Decimal{}
		return
	}
	m.extras(r)
	if at := m.first("examtime", "examTime", "startTime", "kssj"); plan != "" && r.CourseID != "" && r.seq != "" {
		r.Detail = url.Values{"zxjxjhh": {plan}, "kch": {r.CourseID}, "kxh": {r.seq}, "kssj": {at}}.Encode()
	}
}

// confirmed is inputStatusCode 确定: other scores are a teacher's drafts.
const confirmed = "05"

// extras keeps what has no field of Grade.
func (m item) extras(r row) {
	for _, o := range [...]struct{ key, name string }{
		{"maxcj", "课程最高分"}, {"mincj", "课程最低分"}, {"avgcj", "课程平均分"}, {"rank", "名次"},
	} {
		r.extra(o.name, string(m[o.key]))
	}
	if level := m.first("gradeName", "levelName", "djm"); level != r.Score {
		r.extra("等级", level)
	}
	if s := m.first("courseScore"); !marks.SameScore(s, r.Score) {
		r.extra("百分成绩", s)
	}
	for _, k := range m.unknown() {
		r.extra(k, string(m[k]))
	}
}

// unknown are the keys of a row that have a value and no meaning here, sorted.
func (m item) unknown() []string {
	var out []string
	for k, v := range m {
		if v != "" && !strings.HasPrefix(string(v), missing) && !known(k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// known reports whether a key is read, says who the student is, or is a code
// beside a name.
func known(key string) bool {
	return strings.HasSuffix(key, "Code") || strings.HasSuffix(strings.ToLower(key), "dm") || strings.Contains(knownKeys, " "+key+" ")
}

const knownKeys = " courseNumber kch kch_zj coureSequenceNumber courseSequenceNumber kxh courseName kcm tdkcm englishCourseName ywkcm" +
	" executiveEducationPlanNumber executiveEducationPlanName zxjxjhh termName academicYearName credit xf gradePointScore gradePoint jd studyHour" +
	" courseAttributeName coursePropertyName kcsxmc xkcsxmc examTypeName notByReasonName unpassedReasonExplain" +
	" cj courseScore kccj gradeName levelName djm levlePoint inputStatusExplain examtime examTime startTime kssj" +
	" maxcj mincj avgcj rank studentNumber studentId xh studentName xm xsxm XM XSXM operator operatingTime "
