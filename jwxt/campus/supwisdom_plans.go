package campus

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// eamsClosed are the words for what is closed, which are invented.
const eamsClosed = "<p>该功能未开放</p>"

// bySemester is the term of the system's number.
func bySemester(a Account, id string) (jwxt.Term, bool) {
	for _, t := range termsOf(a.Grades) {
		if semesterID(t) == id {
			return t, true
		}
	}
	return jwxt.Term{}, false
}

// tableIndex is the page of timetables. Its script knows whose they are.
func (e *eams) tableIndex(v *visit) answer {
	a, _ := v.who()
	if a.Gate == GateClosed {
		return e.text(eamsClosed)
	}
	return e.page("course-table-index", map[string]any{"Root": e.root, "ID": studentID(a.Number), "Semester": semesterID(a.Current())})
}

// eamsActivity is a lesson as the script has it: in the cells that it fills,
// counted from 0.
type eamsActivity struct {
	jwxt.Lesson
	Bitmap, No string
	Day        int
	Units      []int
}

const eamsUnits = 12

// courseTable is a timetable: an activity for each lesson, and a list of all
// courses, which has those without a time.
func (e *eams) courseTable(v *visit) answer {
	a, _ := v.who()
	t, known := bySemester(a, v.form.Get("semester.id"))
	if v.r.Method != http.MethodPost || !known || v.form.Get("setting.kind") != "std" || v.form.Get("ids") != studentID(a.Number) {
		return e.text("<p>参数错误</p>")
	}
	var activities []eamsActivity
	var courses []jwxt.Lesson
	for _, l := range a.Lessons(t) {
		if !slices.ContainsFunc(courses, func(o jwxt.Lesson) bool { return o.CourseID == l.CourseID && o.Group == l.Group }) {
			courses = append(courses, l)
		}
		if l.Weekday == 0 {
			continue
		}
		one := eamsActivity{Lesson: l, Bitmap: bitmap(l.Weeks, 0, 53), No: l.CourseID + "." + l.Group, Day: l.Weekday - 1}
		for unit := l.From; unit <= l.To; unit++ {
			one.Units = append(one.Units, unit-1)
		}
		activities = append(activities, one)
	}
	return e.page("course-table", map[string]any{"Year": t.Year, "Cells": 7 * eamsUnits, "Units": eamsUnits, "Activities": activities, "Courses": courses})
}

// examIndex is the page of examinations, of the term that is posted to it.
func (e *eams) examIndex(v *visit) answer {
	a, _ := v.who()
	t, known := bySemester(a, v.form.Get("semester.id"))
	switch {
	case a.Gate == GateClosed:
		return e.text(eamsClosed)
	case !known:
		t = a.Current()
	}
	return e.page("exam-index", map[string]any{"Root": e.root, "Semester": semesterID(t), "Batches": e.Batches})
}

// examTable lists the examinations of a term, or of a 考试批次: the term's
// number with 1 or 2 behind it, half of them each.
func (e *eams) examTable(v *visit) answer {
	a, _ := v.who()
	id, batch := v.form.Get("semester.id"), v.form.Get("examBatch.id")
	if e.Batches && len(batch) > 1 {
		id = batch[:len(batch)-1]
	}
	t, known := bySemester(a, id)
	if !known {
		return e.text("<p>参数错误</p>")
	}
	exams := a.Exams(t)
	if half := len(exams) / 2; e.Batches && strings.HasSuffix(batch, "1") {
		exams = exams[:half]
	} else if e.Batches {
		exams = exams[half:]
	}
	return e.page("exam-table", exams)
}

// tablePage is the page around a timetable, with the terms to choose from.
func (e *eams5) tablePage(a Account) answer {
	if a.Gate == GateClosed {
		return e.text(eamsClosed)
	}
	var terms []map[string]any
	for _, t := range termsOf(a.Grades) {
		terms = append(terms, map[string]any{"ID": semesterID(t), "Name": semesterName(t), "Now": t == a.Current()})
	}
	return e.page("course-table5", map[string]any{"Terms": terms, "Current": semesterID(a.Current()), "ID": studentID(a.Number)})
}

// printed is where a timetable's data are, below the term.
func (e *eams5) printed(id string) string {
	if e.PrintByID {
		return "print-data/" + id
	}
	return "print-data"
}

// printData has what has a time; no capture shows how 实践课 without one are
// told, so they are left out.
func (e *eams5) printData(a Account, semester string) answer {
	t, known := bySemester(a, semester)
	if !known {
		return e.notFound()
	}
	activities := []any{}
	for _, l := range a.Lessons(t) {
		if l.Weekday == 0 {
			continue
		}
		starts, _ := bell(l.From)
		_, ends := bell(l.To)
		activities = append(activities, map[string]any{
			"lessonId": 300000, "lessonCode": l.CourseID + "." + l.Group, "lessonName": "", "courseCode": l.CourseID, "courseName": l.Course,
			"weeksStr": strings.ReplaceAll(strings.TrimSuffix(l.WeekText, "周"), "-", "~"), "weekIndexes": l.Weeks,
			"room": l.Room, "building": "", "campus": l.Campus, "weekday": l.Weekday, "startUnit": l.From, "endUnit": l.To,
			"teachers": strings.Split(l.Teacher, ","), "courseType": map[string]any{"nameZh": nil}, "credits": json.Number(l.Credits.String()),
			"startTime": starts, "endTime": ends,
		})
	}
	table := map[string]any{"id": studentID(a.Number), "name": a.Name, "code": a.Number, "activities": activities}
	if e.PrintByID {
		return e.json(map[string]any{"studentTableVm": table})
	}
	return e.json(map[string]any{"studentTableVms": []any{table}})
}

// exams5 is an examination as the page of EAMS5 has it.
type exams5 struct {
	jwxt.Exam
	ID   int
	Over bool
}

// exams are those of all terms, the last first, that have a day. Seats stand in
// a script.
func (e *eams5) exams(a Account) answer {
	if a.Gate == GateClosed {
		return e.text(eamsClosed)
	}
	var out []exams5
	terms := termsOf(a.Grades)
	slices.Reverse(terms)
	for _, t := range terms {
		for _, one := range a.Exams(t) {
			if one.Date != "" {
				out = append(out, exams5{one, 2_600_000 + len(out), t != a.Current()})
			}
		}
	}
	var seats []string
	for _, one := range out {
		seats = append(seats, fmt.Sprintf("{'id':%d,'seatNo':%s,'room':{'id':7}}", one.ID, one.Seat))
	}
	return e.page("exams5", map[string]any{"Exams": out, "Seats": strings.Join(seats, ",")})
}
