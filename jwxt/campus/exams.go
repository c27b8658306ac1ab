package campus

import (
	"fmt"
	"time"

	"jwxtbot/jwxt"
)

// Exams invents the 考试安排 of a term, or of the current one when t is the
// zero Term: what is 考试 among the courses of the transcript, two a day from
// the 18th week on, the same on every call. The last of a longer list has no
// time and no room yet. When is empty: each vendor writes Date, Starts and Ends
// in its own way. A school whose account has GateEmpty has none.
func (a Account) Exams(t jwxt.Term) []jwxt.Exam {
	if a.Gate == GateEmpty {
		return nil
	}
	var out []jwxt.Exam
	for i, g := range a.taken(t) {
		if g.Assessment != "考试" {
			continue
		}
		out = append(out, a.exam(g, i, len(out)))
	}
	if n := len(out); n > 3 {
		e := &out[n-1]
		e.Date, e.Starts, e.Ends, e.Room, e.Seat = "", "", "", "", ""
	}
	return out
}

func (a Account) exam(g jwxt.Grade, i, n int) jwxt.Exam {
	day := examWeek(g.Term).AddDate(0, 0, n/2)
	starts, ends := "08:30", "10:30"
	if n%2 == 1 {
		starts, ends = "14:00", "16:00"
	}
	seed := seedOf(a.Number + g.CourseID)
	return jwxt.Exam{
		Course: g.Course, CourseID: g.CourseID, Group: fmt.Sprintf("%02d", i%9+1), Name: "期末考试",
		Teacher: teacherOf(g.CourseID), Date: day.Format(time.DateOnly), Starts: starts, Ends: ends,
		Campus: "主校区", Room: roomOf(g), Seat: fmt.Sprint(seed%60 + 1), Ticket: fmt.Sprintf("%08d", seed%1e8),
		Mode: "闭卷", Credits: g.Credits,
	}
}

// examWeek is the Monday on which examinations begin.
func examWeek(t jwxt.Term) time.Time {
	day := time.Date(t.Year+1, time.January, 5, 0, 0, 0, 0, time.UTC)
	if t.Part > 1 {
		day = time.Date(t.Year+1, time.June, 22, 0, 0, 0, 0, time.UTC)
	}
	for day.Weekday() != time.Monday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}
