package urp

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// chosen is a course of a new build's timetable, with its times of the week.
type chosen struct {
	item
	Times []item
}

func (c *chosen) UnmarshalJSON(b []byte) error {
	var in struct {
		Times []item `json:"timeAndPlaceList"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	c.Times = in.Times
	return json.Unmarshal(b, &c.item)
}

// schedule is a new build's timetable: a list of courses for each of the
// student's plans, or all of them by their numbers.
type schedule struct {
	Plans []struct {
		Courses []chosen `json:"selectCourseList"`
	} `json:"dateList"`
	Courses []map[string]chosen `json:"xkxx"`
	Said    markup.Loose        `json:"errorMessage"`
}

// readSchedule reads a new build's timetable, and the 学号 that its rows tell.
func readSchedule(p jwxt.Page) (out jwxt.Timetable, whose []string, err error) {
	text := fetch.Text(p)
	var in schedule
	if !markup.IsJSON(text) || p.Status != http.StatusOK && p.Status != 0 {
		g := readPage(p)
		if err := refused(opTimetable, g); err != nil {
			return out, nil, err
		}
		return out, nil, driver.Unread(opTimetable, g.said(), "this is no timetable")
	}
	if json.Unmarshal(text, &in) != nil || in.Said != "" || in.Plans == nil && in.Courses == nil {
		return out, nil, said(opTimetable, text)
	}
	out.Lessons = []jwxt.Lesson{}
	for _, c := range in.all() {
		lessons := c.lessons()
		if lessons[0].Course == "" {
			return jwxt.Timetable{}, nil, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a row has no course"))
		}
		out.Lessons = append(out.Lessons, lessons...)
		out.UnknownColumns = append(out.UnknownColumns, c.unknown()...)
		if t := termOf(c.first("executiveEducationPlanNumber")); out.Term.IsZero() {
			out.Term = t
		}
		if number := c.first("studentNumber"); number != "" {
			whose = append(whose, number)
		}
	}
	slices.Sort(out.UnknownColumns)
	out.UnknownColumns = slices.Compact(out.UnknownColumns)
	return out, whose, nil
}

// all are the courses of all plans.
func (s schedule) all() (out []chosen) {
	if s.Plans != nil {
		for _, plan := range s.Plans {
			out = append(out, plan.Courses...)
		}
		return out
	}
	for _, by := range s.Courses {
		for _, number := range slices.Sorted(maps.Keys(by)) {
			out = append(out, by[number])
		}
	}
	return out
}

// lessons are the course's, one without a time where it has none.
func (c chosen) lessons() []jwxt.Lesson {
	l := jwxt.Lesson{
		Course: c.first("courseName", "coureName"), CourseID: c.first("coureNumber", "courseNumber"),
		Group: c.first("coureSequenceNumber", "courseSequenceNumber"), Teacher: teachers(c.first("attendClassTeacher")),
	}
	more := map[string]string{}
	set := func(name, value string) {
		if value != "" {
			more[name] = value
		}
	}
	if n, err := jwxt.ParseDecimal(c.first("unit")); err == nil {
		l.Credits = n
	} else {
		set("学分", c.first("unit"))
	}
	set("课程属性", c.first("coursePropertiesName"))
	set("课程类别", c.first("courseCategoryName"))
	set("考试类型", c.first("examTypeName"))
	set("选课状态", c.first("selectCourseStatusName"))
	set("修读方式", c.first("studyModeName"))
	for _, key := range c.unknown() {
		set(key, c.first(key))
	}
	if len(c.Times) == 0 {
		return []jwxt.Lesson{with(l, more)}
	}
	var out []jwxt.Lesson
	for _, m := range c.Times {
		out = append(out, m.lesson(with(l, more)))
	}
	return out
}

// with gives a lesson its own copy of what has no field.
func with(l jwxt.Lesson, more map[string]string) jwxt.Lesson {
	if len(more) > 0 {
		l.Extra = maps.Clone(more)
	}
	return l
}

// lesson completes a lesson with one of its course's times.
func (m item) lesson(l jwxt.Lesson) jwxt.Lesson {
	l.Campus, l.Room = m.first("campusName"), room(m.first("teachingBuildingName"), m.first("classroomName"))
	l.Teacher = first(teachers(m.first("courseTeacher")), l.Teacher)
	l.Weekday = weekday(m.first("classDay"))
	l.From, l.To = periods(m.first("classSessions"), m.first("continuingSession"))
	l.WeekText = m.first("weekDescription")
	l.Weeks, _ = jwxt.WeeksOf(m.first("classWeek"), 1)
	if l.Weeks == nil {
		l.Weeks = weeks(l.WeekText)
	}
	return l
}

// unknown are the keys of a course that have a value and no meaning here, sorted.
func (c chosen) unknown() (out []string) {
	for k, v := range c.item {
		if v != "" && !strings.HasSuffix(k, "Code") && !strings.HasSuffix(k, "Flag") && !strings.Contains(scheduleKeys, " "+k+" ") {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

const scheduleKeys = " courseName coureName coureNumber courseNumber coureSequenceNumber courseSequenceNumber attendClassTeacher unit" +
	" coursePropertiesName courseCategoryName examTypeName selectCourseStatusName studyModeName executiveEducationPlanNumber" +
	" studentNumber programPlanName programPlanNumber flag "

// teachers are names without the star behind the one who is in charge.
func teachers(s string) string { return markup.Clean(strings.ReplaceAll(s, "*", " ")) }

// room is a building and a room in it, either of which may be missing or be
// named in the other.
func room(building, name string) string {
	if strings.HasPrefix(name, building) {
		return name
	}
	return markup.Clean(building + " " + name)
}

// weekday reads a day: 1, 一, 星期一; 0 for none.
func weekday(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n >= 1 && n <= 7 {
			return n
		}
		return 0
	}
	return plans.Weekday("周" + strings.TrimPrefix(strings.TrimPrefix(s, "星期"), "周"))
}
