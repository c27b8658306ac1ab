package jwxttest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
)

// Planner is a School that tells what it planned. A driver whose rows are as
// many must have read just that.
type Planner interface {
	Lessons(jwxt.Term) []jwxt.Lesson
	Exams(jwxt.Term) []jwxt.Exam
}

// plan is what a term's timetable or list of examinations came to.
type plan struct {
	term  jwxt.Term
	rows  int
	text  string   // of all rows
	times []string // what and when they are, sorted
	flaw  any      // the first row that cannot be right
}

// planReader reads one.
type planReader func(context.Context, jwxt.Driver, *jwxt.Conn, jwxt.Term) (plan, error)

func testTimetable(t *testing.T, c Case) {
	if _, ok := jwxt.As[jwxt.TimetableReader](c.New()); !ok {
		t.Skip("this driver reads no timetables")
	}
	planned := func(s Planner, term jwxt.Term) []string { return lessonTimes(s.Lessons(term)) }
	testPlan(t, c, c.Lessons, planned, func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn, term jwxt.Term) (plan, error) {
		got, err := reading[jwxt.TimetableReader](t, d).Timetable(ctx, conn, term)
		return planOf(got.Term, got.Lessons, flawedLesson, lessonTimes), err
	})
}

func testExams(t *testing.T, c Case) {
	if _, ok := jwxt.As[jwxt.ExamReader](c.New()); !ok {
		t.Skip("this driver reads no examinations")
	}
	planned := func(s Planner, term jwxt.Term) []string { return examTimes(s.Exams(term)) }
	testPlan(t, c, c.Exams, planned, func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn, term jwxt.Term) (plan, error) {
		got, err := reading[jwxt.ExamReader](t, d).Exams(ctx, conn, term)
		return planOf(got.Term, got.Exams, flawedExam, examTimes), err
	})
}

func planOf[R any](term jwxt.Term, rows []R, flawed func(R) bool, times func([]R) []string) plan {
	text, _ := json.Marshal(rows) // rows always marshal
	p := plan{term: term, rows: len(rows), text: string(text), times: times(rows)}
	if i := slices.IndexFunc(rows, flawed); i >= 0 {
		p.flaw = rows[i]
	}
	return p
}

// lessonTimes are what and when lessons are, sorted.
func lessonTimes(lessons []jwxt.Lesson) []string {
	var out []string
	for _, l := range lessons {
		out = append(out, fmt.Sprintf("%s, day %d, %d-%d, weeks %v", l.Course, l.Weekday, l.From, l.To, l.Weeks))
	}
	slices.Sort(out)
	return out
}

// examTimes are what and when examinations are, sorted.
func examTimes(exams []jwxt.Exam) []string {
	var out []string
	for _, e := range exams {
		out = append(out, fmt.Sprintf("%s, %s %s-%s", e.Course, e.Date, e.Starts, e.Ends))
	}
	slices.Sort(out)
	return out
}

// flawedLesson reports a lesson that no timetable has: one without a course, or
// one that does not say when it is. Only 实践课 have no day.
func flawedLesson(l jwxt.Lesson) bool {
	timed := l.Weekday >= 1 && l.Weekday <= 7 && (l.From >= 1 && l.To >= l.From || l.Starts != "") && len(l.Weeks) > 0
	untimed := l.Weekday == 0 && l.From == 0 && l.To == 0
	return l.Course == "" || !timed && !untimed || !slices.IsSorted(l.Weeks)
}

// flawedExam reports an examination without a course, or one whose time was
// written and not understood.
func flawedExam(e jwxt.Exam) bool {
	return e.Course == "" || e.When != "" && (e.Date == "" || e.Starts == "" || e.Ends <= e.Starts)
}

// testPlan reads the plans of several terms, through gates and broken answers.
func testPlan(t *testing.T, c Case, rows int, planned func(Planner, jwxt.Term) []string, read planReader) {
	r := newRig(t, c)
	r.in()
	first, last := r.terms()
	got := r.wantPlan(read, first, rows)
	if n, _ := r.wire.counted(); got.term.IsZero() || got.term == first {
		t.Logf("it took %d requests", n)
	} else {
		t.Errorf("asked for %v, got %v", first, got.term)
	}
	if s, ok := r.school.(Planner); ok && rows == len(planned(s, first)) {
		if diff := cmp.Diff(planned(s, first), got.times); diff != "" {
			t.Errorf("%v (-planned +read):\n%s", first, diff)
		}
	}
	current, err := r.plan(read, jwxt.Term{})
	if want := r.wantPlan(read, last, current.rows); err != nil || current.text != want.text || current.text == got.text {
		t.Errorf("the current term has %s, %v; %v has %s", current.text, err, last, want.text)
	}
	if got, _ := r.plan(read, jwxt.Term{Year: last.Year + 5, Part: 1}); got.rows > 0 {
		t.Errorf("a term to come has %s", got.text)
	}
	r.testBrokenPlan(read, first, rows)
	r.testPlanGates(read, first, rows)
}

// terms are the first and the last that have grades.
func (r *rig) terms() (first, last jwxt.Term) {
	r.Helper()
	all, err := r.grades(jwxt.Term{})
	if err != nil || len(all.Grades) == 0 {
		r.Fatalf("got %d grades and %v", len(all.Grades), err)
	}
	byTerm := func(a, b jwxt.Grade) int { return a.Term.Compare(b.Term) }
	return slices.MinFunc(all.Grades, byTerm).Term, slices.MaxFunc(all.Grades, byTerm).Term
}

func (r *rig) plan(read planReader, term jwxt.Term) (got plan, err error) {
	r.Helper()
	err = r.call(func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
		got, err = read(ctx, d, conn, term)
		return err
	})
	return got, err
}

func (r *rig) wantPlan(read planReader, term jwxt.Term, rows int) plan {
	r.Helper()
	got, err := r.plan(read, term)
	if err != nil || got.rows != rows || got.flaw != nil {
		r.Fatalf("%v: got %d rows and %v (said %q), want %d; a row that cannot be right: %+v",
			term, got.rows, err, jwxt.SaidOf(err), rows, got.flaw)
	}
	return got
}

// testBrokenPlan breaks each answer that a reading needs, in every way: none
// may become a shorter list.
func (r *rig) testBrokenPlan(read planReader, term jwxt.Term, rows int) {
	r.Helper()
	failures := r.failures()
	r.wantPlan(read, term, rows)
	for _, path := range r.wire.asked() {
		for _, tt := range failures {
			r.wire.breakAt(path, tt.fault)
			got, err := r.plan(read, term)
			if kind := jwxt.KindOf(err); err == nil || kind != tt.kind || got.rows > 0 {
				r.Errorf("%s: %s: got %d rows and %v, want %v", path, tt.name, got.rows, err, tt.kind)
			}
			r.wire.breakAt("", nil)
			r.wantPlan(read, term, rows)
		}
	}
}

// testPlanGates wants all rows or the right refusal: schools do not put the
// same gates before everything.
func (r *rig) testPlanGates(read planReader, term jwxt.Term, rows int) {
	r.Helper()
	allOr := func(gate string, kind jwxt.Kind) {
		got, err := r.plan(read, term)
		whole := err == nil && got.rows == rows
		if refused := jwxt.KindOf(err) == kind && jwxt.SaidOf(err) != "" && got.rows == 0; !whole && !refused {
			r.Errorf("%s: got %d rows and %v (said %q), want all or %v", gate, got.rows, err, jwxt.SaidOf(err), kind)
		}
	}
	r.school.Evaluate()
	allOr("评教", jwxt.MustActFirst)
	r.school.Shut()
	allOr("closed", jwxt.Closed)
	r.school.Empty()
	if got, err := r.plan(read, term); err != nil || got.rows != 0 {
		r.Errorf("nothing planned: got %d rows and %v, want none and no error", got.rows, err)
	}
}
