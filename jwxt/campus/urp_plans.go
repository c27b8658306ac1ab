package campus

import (
	"fmt"
	"strings"

	"jwxtbot/jwxt"
)

// The words for a timetable and for examinations that are closed are invented.
const (
	urpNoSchedule = "课表查询暂未开放！"
	urpNoExams    = "考试安排暂未开放！"
)

const (
	urpSchedules = "/student/courseSelect/"
	urpExams     = "/student/examinationManagement/examPlan/"
)

// planned is the term of the system's own name, the current one for none.
func planned(name string, a Account) jwxt.Term {
	for _, t := range termsOf(a.Grades) {
		if plan(t) == name {
			return t
		}
	}
	return a.Current()
}

// urpCourse is a course of a timetable with its times of the week.
type urpCourse struct {
	jwxt.Lesson
	Times []urpTime
}

// urpTime is one of them. Weeks are written 1-16周上, which is 单 or 双 for every
// other one.
type urpTime struct {
	jwxt.Lesson
	Text     string
	Count    int
	Building string
}

// urpCourses groups lessons by course. 实践课 have no time and no place.
func urpCourses(lessons []jwxt.Lesson) (out []urpCourse) {
	at := map[string]int{}
	for _, l := range lessons {
		i, known := at[l.CourseID+l.Group]
		if !known {
			i = len(out)
			at[l.CourseID+l.Group] = i
			out = append(out, urpCourse{Lesson: l})
		}
		if l.Weekday == 0 {
			continue
		}
		from, to, parity := span(l.Weeks)
		t := urpTime{Lesson: l, Text: fmt.Sprintf("%d-%d周", from, to), Count: l.To - l.From + 1}
		if parity != "" {
			t.Text += parity + "周"
		}
		if j := strings.Index(l.Room, "楼"); j >= 0 {
			j += len("楼")
			t.Building, t.Room = l.Room[:j], l.Room[j:]
		}
		out[i].Times = append(out[i].Times, t)
	}
	return out
}

// schedule is the page of a term's courses, and for past ones the terms to
// choose from.
func (u *urpOld) schedule(a Account, t jwxt.Term, past bool) answer {
	if a.Gate == GateClosed {
		return u.sorry(urpNoSchedule)
	}
	var terms []map[string]any
	for _, one := range termsOf(a.Grades) {
		if past {
			terms = append(terms, map[string]any{"Plan": plan(one), "Name": urpTermName(one), "Now": one == t})
		}
	}
	return u.page("old-schedule", map[string]any{"Terms": terms, "Courses": urpCourses(a.Lessons(t))})
}

func urpTermName(t jwxt.Term) string {
	return fmt.Sprintf("%d-%d学年%s(两学期)", t.Year, t.Year+1, map[int]string{1: "秋", 2: "春"}[t.Part])
}

// exams are those of the current term; the page knows no other.
func (u *urpOld) exams(a Account) answer {
	if a.Gate == GateClosed {
		return u.sorry(urpNoExams)
	}
	return u.page("old-exams", a.Exams(a.Current()))
}

// schedules finds a timetable's page or its data, which lie below a part of the
// address that is new each time the page is opened.
func (u *urpNew) schedules(v *visit, rest string) func(Account) answer {
	switch rest {
	case "thisSemesterCurriculum/index":
		return func(a Account) answer { return u.scheduleIndex(v, a, "curr") }
	case "calendarSemesterCurriculum/index":
		return func(a Account) answer { return u.scheduleIndex(v, a, "past") }
	}
	rest, below := strings.CutPrefix(rest, "thisSemesterCurriculum/")
	if random, data, _ := strings.Cut(rest, "/"); below && !u.NoRandom {
		if random == "" || random != v.noted("random "+data) {
			return nil
		}
		rest = data
	}
	switch rest {
	case "ajaxStudentSchedule/curr/callback":
		return func(a Account) answer { return u.json(u.schedule(a, a.Current())) }
	case "ajaxStudentSchedule/past/callback":
		return func(a Account) answer { return u.json(u.schedule(a, planned(v.form.Get("planCode"), a))) }
	}
	return nil
}

func (u *urpNew) scheduleIndex(v *visit, a Account, which string) answer {
	if a.Gate == GateClosed {
		return u.page("new-sorry", urpNoSchedule)
	}
	data := "ajaxStudentSchedule/" + which + "/callback"
	address := urpSchedules + "thisSemesterCurriculum/"
	if !u.NoRandom {
		random := strings.ToLower(newID())[:10]
		v.note("random "+data, random)
		address += random + "/"
	}
	var terms []map[string]any
	for _, t := range termsOf(a.Grades) {
		if which == "past" {
			terms = append(terms, map[string]any{"Plan": plan(t), "Name": t.String()})
		}
	}
	return u.page("new-schedule", map[string]any{"Data": address + data, "Terms": terms})
}

func (u *urpNew) schedule(a Account, t jwxt.Term) any {
	courses := []any{}
	for _, c := range urpCourses(a.Lessons(t)) {
		var times []any
		for _, at := range c.Times {
			times = append(times, map[string]any{
				"classDay": at.Weekday, "classSessions": at.From, "continuingSession": at.Count, "classWeek": bitmap(at.Weeks, 1, 24),
				"weekDescription": at.Text, "campusName": at.Campus, "teachingBuildingName": at.Building, "classroomName": at.Room,
				"studentNumber": a.Number, "courseTeacher": nil,
			})
		}
		courses = append(courses, map[string]any{
			"id": map[string]any{
				"coureNumber": c.CourseID, "coureSequenceNumber": c.Group, "executiveEducationPlanNumber": plan(t), "studentNumber": a.Number,
			},
			"courseName": c.Course, "unit": c.Credits, "attendClassTeacher": strings.ReplaceAll(c.Teacher, ",", "* "),
			"selectCourseStatusName": "置入", "selectCourseStatusCode": "02", "timeAndPlaceList": times,
		})
	}
	return map[string]any{"allUnits": 0, "errorMessage": "", "dateList": []any{map[string]any{"programPlanName": "", "selectCourseList": courses}}}
}

// bitmap has a 1 for each of the weeks; its first character is the week first.
func bitmap(weeks []int, first, size int) string {
	out := []byte(strings.Repeat("0", size))
	for _, w := range weeks {
		out[w-first] = '1'
	}
	return string(out)
}

// examPage has a card for each examination, or nothing but a calendar.
func (u *urpNew) examPage(a Account) answer {
	if a.Gate == GateClosed {
		return u.page("new-sorry", urpNoExams)
	}
	exams := a.Exams(a.Current())
	if len(exams) == 0 && !u.Calendar {
		return u.page("new-sorry", "暂无考试安排！") // invented
	}
	return u.page("new-exams", map[string]any{"Exams": exams, "Calendar": u.Calendar, "Detail": urpExams + "detail"})
}

// examCalendar has those that have a day.
func (u *urpNew) examCalendar(a Account) answer {
	events := []any{}
	for _, e := range a.Exams(a.Current()) {
		if e.Date != "" {
			title := strings.Join([]string{e.Course, e.Starts + "-" + e.Ends, e.Campus, e.Campus + "教学楼", e.Room, ""}, "\n")
			events = append(events, map[string]any{"title": title, "start": e.Date, "color": "#ABBAC3"})
		}
	}
	return u.json(events)
}
