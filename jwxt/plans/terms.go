package plans

import (
	"time"

	"jwxtbot/jwxt"
)

// TermOf is the term in which a day lies, 2026-06-25 for one: the first until
// January, the second from February on. The short summer term is not told from
// the second. The zero Term is that of no day.
func TermOf(date string) jwxt.Term {
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil:
		return jwxt.Term{}
	case day.Month() >= time.September:
		return jwxt.Term{Year: day.Year(), Part: 1}
	case day.Month() == time.January:
		return jwxt.Term{Year: day.Year() - 1, Part: 1}
	}
	return jwxt.Term{Year: day.Year() - 1, Part: 2}
}
