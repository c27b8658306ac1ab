package jwxt

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Term is a 学期: an academic year, named by the calendar year in which it
// begins, and a part of it. The zero Term means "all terms".
type Term struct {
	Year int // 2024 for 2024-2025
	Part int // 1 autumn, 2 spring, 3 the short summer term
}

// IsZero reports whether t means all terms.
func (t Term) IsZero() bool { return t == Term{} }

// String writes the common form "2024-2025-1"; "" for the zero Term.
func (t Term) String() string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d-%d-%d", t.Year, t.Year+1, t.Part)
}

// Compare orders terms by time.
func (t Term) Compare(u Term) int {
	return cmp.Or(cmp.Compare(t.Year, u.Year), cmp.Compare(t.Part, u.Part))
}

// MarshalText writes String.
func (t Term) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (t *Term) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = Term{}
		return nil
	}
	u, err := ParseTerm(string(b))
	if err == nil {
		*t = u
	}
	return err
}

var (
	termFull  = regexp.MustCompile(`^(\d{4}|\d{2})\s*[-–—/~至]\s*(\d{4}|\d{2})(?:学年)?\s*[-–—/ ,，]?\s*第?\s*([123一二三])(?:学期)?$`)
	termShort = regexp.MustCompile(`^(\d{4}|\d{2})\s*[-–—/ ]\s*([123])$`)
	termWords = regexp.MustCompile(`^(\d{4}|\d{2})年?\s*(秋|春|夏)(?:季)?(?:学期)?$`)
)

// ParseTerm reads what schools and students write: 2024-2025-1, 24-25-1,
// 2024-1, 2024-2025学年第一学期, 2024秋, 2025春. A season names the calendar
// year: 2025春 is the second part of 2024-2025.
func ParseTerm(s string) (Term, error) {
	t, ok := readTerm(strings.TrimSpace(s))
	if !ok || t.Year < 1900 || t.Year > 2200 {
		return Term{}, fmt.Errorf("jwxt: %q is not a term; write it like 2024-2025-1", s)
	}
	return t, nil
}

func readTerm(s string) (Term, bool) {
	if m := termFull.FindStringSubmatch(s); m != nil {
		t := Term{Year: fullYear(m[1]), Part: partOf(m[3])}
		return t, fullYear(m[2]) == t.Year+1
	}
	if m := termShort.FindStringSubmatch(s); m != nil {
		return Term{Year: fullYear(m[1]), Part: partOf(m[2])}, true
	}
	m := termWords.FindStringSubmatch(s)
	if m == nil {
		return Term{}, false
	}
	switch y := fullYear(m[1]); m[2] {
	case "秋":
		return Term{Year: y, Part: 1}, true
	case "春":
		return Term{Year: y - 1, Part: 2}, true
	default:
		return Term{Year: y - 1, Part: 3}, true
	}
}

func fullYear(s string) int {
	n, _ := strconv.Atoi(s)
	if n < 100 {
		n += 2000
	}
	return n
}

func partOf(s string) int {
	switch s {
	case "1", "一":
		return 1
	case "2", "二":
		return 2
	}
	return 3
}
