package qiangzhi

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

// readApp runs one reading of data at the API.
func readApp[T any](op string, c *jwxt.Conn, read func(*app) (T, error)) (T, error) {
	return driver.Read(c, func() (T, error) {
		a, err := openApp(op, c)
		if err != nil {
			var none T
			return none, err
		}
		return read(a)
	})
}

// terms asks for the terms that the API knows.
func (a *app) terms(ctx context.Context, op string) ([]appTerm, error) {
	rows, err := a.rows(ctx, op, "getXnxq")
	if err != nil {
		return nil, err
	}
	return readTermRows(op, rows)
}

// current is the term that the school calls so.
func (a *app) current(ctx context.Context, op string) (jwxt.Term, error) {
	all, err := a.terms(ctx, op)
	if err != nil {
		return jwxt.Term{}, err
	}
	for _, t := range all {
		if t.Current {
			return t.Term, nil
		}
	}
	return jwxt.Term{}, driver.Unread(op, "", "the school does not tell the current term")
}

// gradesOf reads one term, or all: in one request, or with the school's option
// by_term in one for each term, where no term in a query does not mean all.
func (a *app) gradesOf(ctx context.Context, t jwxt.Term) (all jwxt.Transcript, err error) {
	terms := []appTerm{{Term: t}}
	if t.IsZero() && a.byTerm {
		if terms, err = a.terms(ctx, opGrades); err == nil && len(terms) == 0 {
			err = driver.Unread(opGrades, "", "the school lists no term")
		}
		if err != nil {
			return all, err
		}
	}
	all.Grades = []jwxt.Grade{}
	for _, one := range terms {
		rows, err := a.rows(ctx, opGrades, "getCjcx", "xnxqid", one.Term.String())
		if err != nil {
			return all, err
		}
		part, err := appGrades(rows)
		if err != nil {
			return all, err
		}
		for i := range part.Grades {
			if part.Grades[i].Term.IsZero() { // a list of one term need not name it
				part.Grades[i].Term = one.Term
			}
		}
		all.Grades = append(all.Grades, driver.OfTerm(part.Grades, one.Term)...)
		all.UnknownColumns = distinct(append(all.UnknownColumns, part.UnknownColumns...))
	}
	return all, nil
}

// timetableOf reads a term week by week, as the app does: the API answers for a
// week alone. The weeks of a lesson are those in which it was there, since what
// is written (1-16, with a mark of unknown meaning beside it) may say more.
func (a *app) timetableOf(ctx context.Context, t jwxt.Term) (out jwxt.Timetable, err error) {
	if t.IsZero() {
		if t, err = a.current(ctx, opTimetable); err != nil {
			return out, err
		}
	}
	plan := newAppPlan()
	for week := 1; week <= a.weeks; week++ {
		rows, err := a.rows(ctx, opTimetable, "getKbcxAzc", "xnxqid", t.String(), "zc", strconv.Itoa(week))
		if err != nil {
			return out, err
		}
		if err := plan.add(rows, week); err != nil {
			return out, err
		}
	}
	plan.out.Term = t
	return plan.out, nil
}

// appPlan is a timetable on its way, week by week.
type appPlan struct {
	out jwxt.Timetable
	at  map[appMeeting]int // in out.Lessons
}

// appMeeting is what tells two lessons apart.
type appMeeting struct {
	course, teacher, room, weeks, when string

	weekday, from, to int
}

func newAppPlan() appPlan {
	return appPlan{jwxt.Timetable{Lessons: []jwxt.Lesson{}}, map[appMeeting]int{}}
}

// add adds what a week has.
func (p *appPlan) add(rows []gradeItem, week int) error {
	for _, m := range rows {
		lessons, unknown := appLessons(m)
		p.out.UnknownColumns = append(p.out.UnknownColumns, unknown...)
		for _, l := range lessons {
			if l.Course == "" {
				return driver.Unread(opTimetable, "", "a lesson has no course")
			}
			key := appMeeting{l.Course, l.Teacher, l.Room, l.WeekText, l.Extra["kcsj"], l.Weekday, l.From, l.To}
			i, known := p.at[key]
			if !known {
				i = len(p.out.Lessons)
				p.at[key], p.out.Lessons = i, append(p.out.Lessons, l)
			}
			if had := p.out.Lessons[i].Weeks; !slices.Contains(had, week) {
				p.out.Lessons[i].Weeks = append(had, week)
			}
		}
	}
	p.out.UnknownColumns = distinct(p.out.UnknownColumns)
	return nil
}

// examsOf reads the current term. The API knows no other.
func (a *app) examsOf(ctx context.Context, t jwxt.Term) (out jwxt.ExamList, err error) {
	if !t.IsZero() {
		now, err := a.current(ctx, opExams)
		if err != nil {
			return out, err
		}
		if now != t {
			return out, jwxt.Fail(jwxt.Unsupported, opExams, errors.New("the API tells the current term's examinations only"))
		}
	}
	rows, err := a.rows(ctx, opExams, "getKscx")
	if err != nil {
		return out, err
	}
	out, err = appExams(rows)
	out.Term = t
	return out, err
}

// others are the keys with a value that are not among known, sorted.
func (m gradeItem) others(known string) (out []string) {
	for k, v := range m {
		if v != "" && !strings.Contains(known, " "+k+" ") {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func addExtra(m map[string]string, key, text string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = text
	return m
}
