package campus_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

var decimals = cmpopts.EquateComparable(jwxt.Decimal{})

// TestLessons looks for what the comment on Account.Lessons promises, and that
// nobody has to be in two places at once.
func TestLessons(t *testing.T) {
	a := campus.DemoAccounts()[0]
	lengths, shared, practice := map[int]int{}, 0, 0
	for part := range 8 {
		term := jwxt.Term{Year: 2022 + part/2, Part: part%2 + 1}
		list := a.Lessons(term)
		if len(list) == 0 {
			t.Errorf("%v has no lesson", term)
		}
		if diff := cmp.Diff(list, a.Lessons(term), decimals); diff != "" {
			t.Errorf("%v is another one the second time:\n%s", term, diff)
		}
		taken := map[[3]int]string{}
		for _, l := range list {
			if weeks, ok := jwxt.ParseWeeks(l.WeekText); !ok || !cmp.Equal(weeks, l.Weeks) {
				t.Errorf("%s says %q for %v", l.Course, l.WeekText, l.Weeks)
			}
			if l.Weekday == 0 {
				practice++
				continue
			}
			lengths[l.To-l.From+1]++
			alone := true
			for n := l.From; n <= l.To; n++ {
				for w := range 20 {
					alone = alone && taken[[3]int{l.Weekday, n, w}] == ""
				}
				for _, w := range l.Weeks {
					at := [3]int{l.Weekday, n, w}
					if taken[at] != "" {
						t.Errorf("%v: %s and %s at %v", term, taken[at], l.Course, at)
					}
					taken[at] = l.Course
				}
			}
			if !alone {
				shared++
			}
		}
	}
	if lengths[2] == 0 || lengths[3] == 0 || lengths[4] == 0 || shared == 0 || practice == 0 {
		t.Errorf("lengths %v, %d share a time, %d without one", lengths, shared, practice)
	}
	if diff := cmp.Diff(a.Lessons(a.Current()), a.Lessons(jwxt.Term{}), decimals); diff != "" {
		t.Error(diff)
	}
	if got := a.Lessons(jwxt.Term{Year: 2030, Part: 1}); len(got) > 0 {
		t.Errorf("a term that never was has %v", got)
	}
}

func TestExams(t *testing.T) {
	a := campus.DemoAccounts()[0]
	all, open := 0, 0
	for part := range 8 {
		term := jwxt.Term{Year: 2022 + part/2, Part: part%2 + 1}
		at := map[string]string{}
		for _, e := range a.Exams(term) {
			all++
			if e.Date == "" {
				open++
				continue
			}
			if other := at[e.Date+e.Starts]; other != "" {
				t.Errorf("%v: %s and %s at %s %s", term, other, e.Course, e.Date, e.Starts)
			}
			at[e.Date+e.Starts] = e.Course
		}
	}
	if all < 20 || open == 0 {
		t.Errorf("%d examinations, %d of them without a time", all, open)
	}
}
