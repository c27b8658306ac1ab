package plans_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/plans"
)

func TestTermOf(t *testing.T) {
	for date, want := range map[string]jwxt.Term{
		"2024-09-01": {Year: 2024, Part: 1}, "2025-01-31": {Year: 2024, Part: 1}, "2025-02-01": {Year: 2024, Part: 2},
		"2025-08-31": {Year: 2024, Part: 2}, "": {}, "2025-13-01": {}, "随堂": {},
	} {
		if got := plans.TermOf(date); got != want {
			t.Errorf("%q is of %v, want %v", date, got, want)
		}
	}
}
