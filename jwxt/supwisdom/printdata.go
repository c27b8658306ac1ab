package supwisdom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// printData is what EAMS5 would print: a table for each of the student's
// majors, or the one that was asked for.
type printData struct {
	Tables []printTable `json:"studentTableVms"`
	Table  *printTable  `json:"studentTableVm"`
	Layout layout       `json:"timeTableLayout"`
}

type printTable struct {
	Code       string `json:"code"` // 学号
	Activities []item `json:"activities"`
	Layout     layout `json:"timeTableLayout"`
}

// layout is when each 节 begins and ends.
type layout struct {
	Units []item `json:"courseUnitList"`
}

// readPrintData reads a timetable of EAMS5 and the 学号 that it tells.
func readPrintData(g *page) (out jwxt.Timetable, whose []string, err error) {
	var in printData
	d := json.NewDecoder(bytes.NewReader(g.text))
	d.UseNumber()
	if g.Status != http.StatusOK || !markup.IsJSON(g.text) || d.Decode(&in) != nil || in.Tables == nil && in.Table == nil {
		return out, nil, refusedOr(opTimetable, g, "this is no timetable")
	}
	if in.Table != nil {
		in.Tables = append(in.Tables, *in.Table)
	}
	out.Lessons = []jwxt.Lesson{}
	for _, table := range in.Tables {
		if table.Activities == nil {
			return jwxt.Timetable{}, nil, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a timetable has no list of activities"))
		}
		if code := markup.Clean(table.Code); code != "" {
			whose = append(whose, code)
		}
		starts, ends := clocksOf(append(table.Layout.Units, in.Layout.Units...))
		for _, m := range table.Activities {
			l := m.lesson()
			l.Starts, l.Ends = first(l.Starts, starts[l.From]), first(l.Ends, ends[l.To])
			if l.Course == "" {
				return jwxt.Timetable{}, nil, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("an activity has no course"))
			}
			out.Lessons = append(out.Lessons, l)
			out.UnknownColumns = append(out.UnknownColumns, m.unknownOf(activityKeys)...)
		}
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return out, whose, nil
}

// clocksOf are when each 节 of a layout begins and ends.
func clocksOf(units []item) (starts, ends map[int]string) {
	starts, ends = map[int]string{}, map[int]string{}
	for _, u := range units {
		if n := u.number("indexNo"); n > 0 {
			starts[n] = first(starts[n], clockOf(u.text("startTime")))
			ends[n] = first(ends[n], clockOf(u.text("endTime")))
		}
	}
	return starts, ends
}

// lesson reads an activity.
func (m item) lesson() jwxt.Lesson {
	l := jwxt.Lesson{
		Course: m.text("courseName"), CourseID: m.text("courseCode"), Group: m.text("lessonCode"), Teacher: m.names("teachers"),
		Campus: m.text("campus"), Room: m.text("room"), WeekText: m.text("weeksStr"), Note: first(m.text("lessonRemark"), m.text("remark")),
	}
	if building := m.text("building"); !strings.HasPrefix(l.Room, building) {
		l.Room = strings.TrimSpace(building + " " + l.Room)
	}
	if l.Teacher == "" {
		l.Teacher = m.names("teacherNames")
	}
	if n, err := jwxt.ParseDecimal(m.text("credits")); err == nil {
		l.Credits = n
	}
	if n := m.number("weekday"); n >= 1 && n <= 7 {
		l.Weekday = n
	}
	if from, to := m.number("startUnit"), m.number("endUnit"); from >= 1 && to >= from && to <= maxUnits {
		l.From, l.To = from, to
	}
	l.Starts, l.Ends = clockOf(m.text("startTime")), clockOf(m.text("endTime"))
	l.Weeks = m.weeks()
	l.Extra = m.extras()
	return l
}

// weeks are a list of numbers, or a text such as 3~11.
func (m item) weeks() (out []int) {
	list, _ := m["weekIndexes"].([]any)
	for _, v := range list {
		if n, err := strconv.Atoi(fmt.Sprint(v)); err == nil && n >= 1 && n <= 60 {
			out = append(out, n)
		}
	}
	if out == nil {
		out, _ = jwxt.ParseWeeks(first(m.text("weekIndexes"), m.text("weeksStr")))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (m item) number(key string) int {
	n, _ := strconv.Atoi(m.text(key))
	return n
}

// names joins a list of names, or of objects that have one.
func (m item) names(key string) string {
	list, ok := m[key].([]any)
	if !ok {
		return m.text(key)
	}
	var out []string
	for _, v := range list {
		if name := (item{"": v}).text(""); name != "" {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}

// clockOf reads a time of the day: 17:55, or 815, which is 08:15.
func clockOf(s string) string {
	hour, minute, ok := strings.Cut(s, ":")
	if n, err := strconv.Atoi(s); err == nil && !ok && n > 0 {
		hour, minute = strconv.Itoa(n/100), strconv.Itoa(n%100)
	}
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if cmp.Or(err1, err2) != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", h, m)
}

// extras keeps what has no field of Lesson.
func (m item) extras() map[string]string {
	out := map[string]string{}
	for _, o := range [...]struct{ key, name string }{{"lessonName", "教学班"}, {"courseType", "课程类别"}} {
		if s := m.text(o.key); s != "" {
			out[o.name] = s
		}
	}
	for _, k := range m.unknownOf(activityKeys) {
		out[k] = m.text(k)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

const activityKeys = " id lessonId lessonCode lessonName courseCode courseName weeksStr weekIndexes room building campus weekday" +
	" startUnit endUnit startTime endTime teachers teacherNames courseType credits lessonRemark remark periodInfo stdCount limitCount" +
	" periodsPerWeek student adminclass "
