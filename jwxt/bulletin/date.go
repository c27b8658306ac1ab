package bulletin

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// zone is the one of all schools served, in every season.
var zone = time.FixedZone("CST", 8*60*60)

// String is "2026-06-25", "2026-06-25 08:30" where the time is known, and empty
// for the zero Date.
func (d Date) String() string {
	switch {
	case d == Date{}:
		return ""
	case d.Timed:
		return fmt.Sprintf("%04d-%02d-%02d %02d:%02d", d.Year, d.Month, d.Day, d.Hour, d.Minute)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Time is the date's beginning in the schools' zone; the zero Time for the zero
// Date.
func (d Date) Time() time.Time {
	if d == (Date{}) {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, 0, 0, zone)
}

// MarshalText writes what String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) error {
	for layout, timed := range map[string]bool{"2006-01-02": false, "2006-01-02 15:04": true} {
		if t, err := time.ParseInLocation(layout, string(b), zone); err == nil {
			*d = dateOf(t)
			if d.Timed = timed; !timed {
				d.Hour, d.Minute = 0, 0
			}
			return nil
		}
	}
	if len(b) > 0 {
		return fmt.Errorf("bulletin: %q is no date", b)
	}
	*d = Date{}
	return nil
}

// dateOf is a moment, as the schools' clocks show it.
func dateOf(t time.Time) Date {
	t = t.In(zone)
	return Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute(), Timed: true}
}

// The ways in which boards write a day. y, m, d are year, month and day; n is a
// month's English name.
const (
	yearPart  = `(?P<y>(?:19|20)\d\d)`
	monthPart = `(?P<m>1[0-2]|0?[1-9])`
	dayPart   = `(?P<d>3[01]|[12]\d|0?[1-9])`
	namePart  = `(?P<n>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`
	to        = `\s*[-/.年]\s*` // between year and month
	on        = `\s*[-/.月]\s*` // between month and day
	timePart  = `(?:[\sT]{0,3}(?P<h>[01]?\d|2[0-3])[:：](?P<i>[0-5]\d)(?::[0-5]\d)?(?:\.\d+)?(?P<z>Z|[+-]\d\d:?\d\d)?)?`
)

var dateForms = compileForms(
	yearPart+to+monthPart+on+dayPart+`(?:日|\b|T)`+timePart,                            // 2026-01-02 08:30, 2026年1月2日
	`\b`+dayPart+`\s+`+yearPart+to+monthPart+`\b月?`,                                   // 02 2026.01
	yearPart+to+monthPart+`\b月?\s+`+dayPart+`\b`,                                      // 2026-01 02
	`\b`+monthPart+on+dayPart+`\s*日?[\s,]+`+yearPart+`\b`,                             // 01-02 2026
	yearPart+`年?\s+`+monthPart+on+dayPart+`\b`,                                        // 2026 01-02
	`(?i)\b`+namePart+`\s*`+dayPart+`(?:st|nd|rd|th)?\s*,?\s*`+yearPart+`\b`+timePart, // March 16,2018
	`(?i)\b`+dayPart+`(?:st|nd|rd|th)?\s+`+namePart+`,?\s*`+yearPart+`\b`+timePart,    // 16 Mar 2018
	`\b(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])\b`,                 // 20260102
)

// A day without its year is one only if nothing else is there.
var yearlessForm = regexp.MustCompile(`^[\[(【（〔]?\s*` + monthPart + on + dayPart + `\s*日?\s*[\])】）〕]?$`)

func compileForms(forms ...string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(forms))
	for i, f := range forms {
		out[i] = regexp.MustCompile(f)
	}
	return out
}

// ParseDate finds the first date in a short text, however a board writes it.
// Words around a date with its year do not matter. One without a year must
// stand alone; it is the latest such day that is not after tomorrow.
func ParseDate(s string, now time.Time) (Date, bool) {
	s = foldDate(s)
	if d, _, ok := findDate(s); ok {
		return d, true
	}
	return parseYearless(s, now)
}

// maxDateText bounds what is searched for a date.
const maxDateText = 4 << 10

// foldDate writes full-width digits, signs and blanks as plain ones.
func foldDate(s string) string {
	if len(s) > maxDateText {
		s = strings.ToValidUTF8(s[:maxDateText], "")
	}
	return oneLine(norm.NFKC.String(s))
}

// findDate is the first date with a year in a folded text, and the text it
// takes. Complete forms go before those that other numbers may look like.
func findDate(s string) (Date, string, bool) {
	for _, form := range dateForms {
		for _, m := range form.FindAllStringSubmatchIndex(s, 8) {
			if d, ok := dateAt(form, s, m); ok && !partOfNumber(s, m[0]) {
				return d, s[m[0]:m[1]], true
			}
		}
	}
	return Date{}, "", false
}

// partOfNumber tells that a date's beginning is the tail of a longer number.
func partOfNumber(s string, i int) bool { return i > 0 && s[i-1] >= '0' && s[i-1] <= '9' }

func dateAt(form *regexp.Regexp, s string, m []int) (Date, bool) {
	group := func(name string) string {
		if i := form.SubexpIndex(name); i >= 0 && m[2*i] >= 0 {
			return s[m[2*i]:m[2*i+1]]
		}
		return ""
	}
	number := func(name string) int { n, _ := strconv.Atoi(group(name)); return n }
	d := Date{Year: number("y"), Month: number("m"), Day: number("d")}
	if n := group("n"); n != "" {
		d.Month = 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(n))/3
	}
	if group("h") != "" {
		d.Hour, d.Minute, d.Timed = number("h"), number("i"), true
	}
	if !d.exists() {
		return Date{}, false
	}
	return d.inZone(group("z")), true
}

// inZone moves a time that was given for another zone.
func (d Date) inZone(offset string) Date {
	if offset == "" {
		return d
	}
	for _, layout := range []string{"Z07:00", "Z0700"} {
		if t, err := time.Parse("2006-01-02 15:04 "+layout, d.String()+" "+offset); err == nil {
			return dateOf(t)
		}
	}
	return d
}

func (d Date) exists() bool {
	t := time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC)
	return t.Year() == d.Year && int(t.Month()) == d.Month && t.Day() == d.Day
}

func parseYearless(s string, now time.Time) (Date, bool) {
	m := yearlessForm.FindStringSubmatchIndex(s)
	if m == nil {
		return Date{}, false
	}
	month, _ := strconv.Atoi(s[m[2]:m[3]])
	day, _ := strconv.Atoi(s[m[4]:m[5]])
	limit := now.In(zone).AddDate(0, 0, 1)
	// 29 February may be up to eight years back.
	for year := limit.Year(); year > limit.Year()-9; year-- {
		d := Date{Year: year, Month: month, Day: day}
		if d.exists() && !d.Time().After(limit) {
			return d, true
		}
	}
	return Date{}, false
}

// parseStamp reads a date of JSON, which may be seconds or milliseconds.
func parseStamp(s string, now time.Time) (Date, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && (len(s) == 10 || len(s) == 13) {
		if len(s) == 13 {
			n /= 1000
		}
		return dateOf(time.Unix(n, 0)), true
	}
	return ParseDate(s, now)
}
