package urp

import (
	"context"
	"errors"
	"slices"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/plans"
)

const opExams = "urp: exams"

// Exams implements [jwxt.ExamReader]. Both builds list what is being held now
// and name no term: one that is asked for is told by the days, and refused as
// Unsupported where the list is of another. It costs two requests, the student's
// record and the list, and one more on a new build whose list is a calendar.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	v, err := open(c)
	if err != nil {
		return jwxt.ExamList{}, err
	}
	return driver.Read(v.Conn, func() (out jwxt.ExamList, err error) {
		if err := v.owned(ctx, opExams); err != nil {
			return out, err
		}
		if v.gbk {
			out, err = v.oldExams(ctx)
		} else {
			out, err = v.newExams(ctx)
		}
		if err != nil {
			return jwxt.ExamList{}, err
		}
		return inTerm(out, t)
	})
}

func (v *visit) oldExams(ctx context.Context) (jwxt.ExamList, error) {
	p, err := v.send(ctx, opExams, fetch.Request{URL: v.path("/ksApCxAction.do?oper=getKsapXx")})
	if err != nil {
		return jwxt.ExamList{}, err
	}
	return readExamTable(p)
}

// calendarDays is how far to either side of today a calendar is asked for.
const calendarDays = 200

// newExams reads the cards of a new build's page, and the calendar that some
// schools have besides or in their place.
func (v *visit) newExams(ctx context.Context) (jwxt.ExamList, error) {
	index := v.path("/student/examinationManagement/examPlan/index")
	p, err := v.send(ctx, opExams, fetch.Request{URL: index})
	if err != nil {
		return jwxt.ExamList{}, err
	}
	cards, calendar, err := readExamPage(p)
	if err != nil || calendar == "" {
		return cards, err
	}
	now := time.Now()
	between := "?start=" + now.AddDate(0, 0, -calendarDays).Format(time.DateOnly) + "&end=" + now.AddDate(0, 0, calendarDays).Format(time.DateOnly)
	p, err = v.send(ctx, opExams, fetch.Request{URL: calendar + between, AJAX: true, Referer: index})
	if err != nil {
		return jwxt.ExamList{}, err
	}
	events, err := readExamCalendar(p)
	return joinExams(cards, events), err
}

// joinExams puts the events of a calendar to a page's cards: an examination on
// both is one, with what either knows.
func joinExams(cards, events jwxt.ExamList) jwxt.ExamList {
	of := map[string][]int{} // a course's, in cards.Exams
	for i, e := range cards.Exams {
		of[e.Course] = append(of[e.Course], i)
	}
	for _, e := range events.Exams {
		i := slices.IndexFunc(of[e.Course], func(i int) bool { return cards.Exams[i].Date == e.Date || cards.Exams[i].Date == "" })
		if i < 0 {
			of[e.Course] = append(of[e.Course], len(cards.Exams))
			cards.Exams = append(cards.Exams, e)
			continue
		}
		o := &cards.Exams[of[e.Course][i]]
		o.When, o.Date, o.Starts, o.Ends = e.When, e.Date, e.Starts, e.Ends
		o.Campus, o.Room = first(e.Campus, o.Campus), first(e.Room, o.Room)
	}
	cards.UnknownColumns = append(cards.UnknownColumns, events.UnknownColumns...)
	return cards
}

var errOtherTerm = errors.New("the school lists the examinations of another term")

// inTerm keeps the examinations of a term. One without a day yet is of the term
// of the others.
func inTerm(l jwxt.ExamList, t jwxt.Term) (jwxt.ExamList, error) {
	if t.IsZero() || len(l.Exams) == 0 {
		return l, nil
	}
	dated := false
	kept := slices.DeleteFunc(l.Exams, func(e jwxt.Exam) bool {
		held := plans.TermOf(e.Date)
		dated = dated || held == t
		return e.Date != "" && held != t
	})
	if !dated {
		return jwxt.ExamList{}, jwxt.Fail(jwxt.Unsupported, opExams, errOtherTerm)
	}
	l.Term, l.Exams = t, kept
	return l, nil
}
