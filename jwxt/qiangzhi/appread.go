package qiangzhi

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// appSaid is an answer of the API that is no list: that of a login, or a refusal.
type appSaid struct {
	Flag    markup.Loose  `json:"flag"`    // 1 or 0 at most schools
	Success markup.Loose  `json:"success"` // true or false at others
	Token   *markup.Loose `json:"token"`   // -1 for a refusal
	Msg     markup.Loose  `json:"msg"`
	Result  []gradeItem   `json:"result"` // the list, at schools that wrap it
}

// refused reports whether the answer says so.
func (s appSaid) refused() bool {
	return s.Flag == "0" || s.Success == "false" || s.Token != nil && (*s.Token == "-1" || *s.Token == "")
}

// appAuth is the answer to a login.
type appAuth struct {
	appSaid
	Token markup.Loose `json:"token"`
	Name  markup.Loose `json:"userrealname"`
	User  struct {
		Account markup.Loose `json:"useraccount"`
		Name    markup.Loose `json:"username"`
	} `json:"user"`
}

func (w appAuth) number() string {
	if n := string(w.User.Account); number.MatchString(n) {
		return n
	}
	return ""
}

func (w appAuth) name() string {
	for _, n := range []markup.Loose{w.Name, w.User.Name} {
		if n != "" && len([]rune(n)) <= 40 {
			return string(n)
		}
	}
	return ""
}

// readAuth reads the answer to a login. Its token is what all else is asked with.
func readAuth(p jwxt.Page) (appAuth, error) {
	var w appAuth
	text := fetch.Text(p)
	if !markup.IsJSON(text) || json.Unmarshal(text, &w) != nil {
		return w, notJSON(opLogin, p)
	}
	w.appSaid.Token = &w.Token
	if !w.refused() && tokenText.MatchString(string(w.Token)) {
		return w, nil
	}
	said := markup.Bounded(string(w.Msg))
	if err := spoken(opLogin, said); err != nil {
		return w, err
	}
	if said == "" && (w.Flag == "0" || w.Success == "false" || w.Token == "-1") {
		return w, jwxt.Fail(jwxt.WrongPassword, opLogin, errors.New("refused without a reason"))
	}
	return w, driver.Unread(opLogin, said, "this answers no login")
}

// tokenText is what may go into a header.
var tokenText = regexp.MustCompile(`^[!-~]{4,1000}$`)

// notJSON is the error of a page in the place of JSON.
func notJSON(op string, p jwxt.Page) error {
	g := readPage(p)
	if err := refused(op, g); err != nil {
		return err
	}
	return driver.Unread(op, g.said(), "the API answers with something else than JSON")
}

// readRows reads a list: bare or as "result", [null] where there is nothing.
//
// How an ended session is answered is not known from a capture; one client
// knows it by a token in the answer, which no list has.
func readRows(op string, p jwxt.Page) ([]gradeItem, error) {
	text := fetch.Text(p)
	if !markup.IsJSON(text) {
		return nil, notJSON(op, p)
	}
	var rows []gradeItem
	if strings.HasPrefix(strings.TrimSpace(string(text[:min(len(text), 64)])), "{") {
		var s appSaid
		if json.Unmarshal(text, &s) != nil {
			return nil, driver.Unread(op, "", "the answer has no rows")
		}
		if s.Result == nil || s.refused() {
			return nil, s.err(op)
		}
		rows = s.Result
	} else if json.Unmarshal(text, &rows) != nil {
		return nil, driver.Unread(op, "", "the list has something else than rows")
	}
	if len(rows) == 1 && rows[0] == nil {
		return nil, nil
	}
	for _, m := range rows {
		if m == nil {
			return nil, driver.Unread(op, "", "a row is none")
		}
	}
	return rows, nil
}

func (s appSaid) err(op string) error {
	said := markup.Bounded(string(s.Msg))
	if err := spoken(op, said); err != nil {
		return err
	}
	if s.Token != nil || strings.Contains(strings.ToLower(said), "token") {
		return jwxt.Refuse(jwxt.Expired, op, said)
	}
	return driver.Unread(op, said, "the answer is no list")
}

// appTerm is a 学期 as the API lists them.
type appTerm struct {
	Term    jwxt.Term `json:"term"`
	Current bool      `json:"current,omitempty"`
}

// readTermRows reads the list of terms.
func readTermRows(op string, rows []gradeItem) ([]appTerm, error) {
	var out []appTerm
	for _, m := range rows {
		t, err := jwxt.ParseTerm(m.first("xnxq01id", "xqmc"))
		if err != nil {
			return nil, driver.Unread(op, "", "the list names what is no term")
		}
		out = append(out, appTerm{t, m["isdqxq"] == "1"})
	}
	return out, nil
}

// appGrades reads the rows of the API's grade list. It has no course numbers and
// no points.
func appGrades(rows []gradeItem) (jwxt.Transcript, error) {
	out := jwxt.Transcript{Grades: []jwxt.Grade{}}
	for _, m := range rows {
		var g jwxt.Grade
		for _, f := range [...]struct{ header, key string }{
			{"开课学期", "xqmc"}, {"课程名称", "kcmc"}, {"成绩", "zcj"}, {"成绩标识", "cjbsmc"}, {"学分", "xf"},
			{"考试性质", "ksxzmc"}, {"课程性质", "kcxzmc"}, {"课程类别", "kclbmc"}, {"课程英文名", "kcywmc"}, {"备注", "bz"},
		} {
			if v := string(m[f.key]); v != "" {
				columnOf(f.header).set(&g, f.header, cell{text: v})
			}
		}
		if g.Course == "" {
			return jwxt.Transcript{}, driver.Unread(opGrades, "", "a row has no course")
		}
		unknown := m.others(appGradeKeys)
		for _, k := range unknown {
			setExtra(&g, k, cell{text: string(m[k])})
		}
		finish(&g, false)
		out.Grades, out.UnknownColumns = append(out.Grades, g), append(out.UnknownColumns, unknown...)
	}
	out.UnknownColumns = distinct(out.UnknownColumns)
	return out, nil
}

const appGradeKeys = " xqmc kcmc zcj cjbsmc xf ksxzmc kcxzmc kclbmc kcywmc bz xm xh success "

// appLessons reads a row of a week's timetable: a lesson for each unbroken run
// of its 节. kcsj is the day and the 节 of two digits each: 10506 is Monday, 5
// and 6.
func appLessons(m gradeItem) (out []jwxt.Lesson, unknown []string) {
	l := jwxt.Lesson{
		Course: m.first("kcmc"), Teacher: m.first("jsxm"), Room: m.first("jsmc"), WeekText: m.first("kkzc"),
		Starts: appClock(m.first("kssj")), Ends: appClock(m.first("jssj")),
	}
	unknown = m.others(appLessonKeys)
	for _, k := range unknown {
		l.Extra = addExtra(l.Extra, k, string(m[k]))
	}
	when := m.first("kcsj")
	if at := lessonTime.FindStringSubmatch(when); at != nil {
		l.Weekday, _ = strconv.Atoi(at[1])
		runs, _ := plans.Periods(at[2])
		for _, r := range runs {
			l.From, l.To = r.From, r.To
			out = append(out, l)
		}
	}
	if out == nil {
		l.Weekday = 0
		if when != "" {
			l.Extra = addExtra(l.Extra, "kcsj", when)
		}
		out = []jwxt.Lesson{l}
	}
	return out, unknown
}

const appLessonKeys = " kcmc jsxm jsmc kkzc kssj jssj kcsj sjbz "

var (
	lessonTime = regexp.MustCompile(`^([1-7])((?:\d\d){1,20})$`)
	clockTime  = regexp.MustCompile(`^([01]?\d|2[0-3]):[0-5]\d$`)
)

// appClock is a clock as lessons have it, "" for none.
func appClock(s string) string {
	if !clockTime.MatchString(s) {
		return ""
	}
	return strings.Repeat("0", len("00:00")-len(s)) + s
}

// appExams reads the list of examinations, which are of the current term alone.
func appExams(rows []gradeItem) (jwxt.ExamList, error) {
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	for _, m := range rows {
		e := jwxt.Exam{
			Course: m.first("kcmc"), Name: m.first("ksmc"), Room: m.first("jsmc"), When: m.first("ksqssj", "ksjc", "vksjc"), Note: m.first("bz"),
		}
		if e.Course == "" {
			return jwxt.ExamList{}, driver.Unread(opExams, "", "an examination has no course")
		}
		if s, ok := jwxt.ParseSpan(e.When); ok {
			e.Date, e.Starts, e.Ends = s.Date, s.Starts, s.Ends
		}
		unknown := m.others(appExamKeys)
		for _, k := range unknown {
			e.Extra = addExtra(e.Extra, k, string(m[k]))
		}
		if s := m.first("ksjc", "vksjc"); s != e.When && s != "" {
			e.Extra = addExtra(e.Extra, "节次", s)
		}
		out.Exams, out.UnknownColumns = append(out.Exams, e), append(out.UnknownColumns, unknown...)
	}
	out.UnknownColumns = distinct(out.UnknownColumns)
	return out, nil
}

const appExamKeys = " kcmc ksmc jsmc ksqssj ksjc vksjc bz xm xh bj success "
