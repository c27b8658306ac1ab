package jwxt

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ExamReader is implemented by drivers whose system tells when and where the
// student's examinations are.
type ExamReader interface {
	// Exams reads one term, or the one the school calls current when t is the
	// zero Term. No exams and no error means that the school said so, or that
	// its list has no line at all. Same kinds as Grades.
	Exams(ctx context.Context, c *Conn, t Term) (ExamList, error)
}

// ExamList is what the 考试安排 of a term says.
type ExamList struct {
	Term  Term   `json:"term"` // zero where the page does not say
	Exams []Exam `json:"exams"`
	// UnknownColumns are header texts or keys that no field of Exam takes.
	UnknownColumns []string `json:"unknown_columns,omitempty"`
}

// Exam is one examination of one course. Text fields are the school's own words.
type Exam struct {
	Course   string  `json:"course"`
	CourseID string  `json:"course_id,omitempty"`
	Group    string  `json:"group,omitempty"` // 课序号, 教学班
	Name     string  `json:"name,omitempty"`  // 考试名称, 场次: 期末考试
	Teacher  string  `json:"teacher,omitempty"`
	When     string  `json:"when,omitempty"`   // as written
	Date     string  `json:"date,omitempty"`   // "2026-06-25", "" where When was not understood
	Starts   string  `json:"starts,omitempty"` // "19:30"
	Ends     string  `json:"ends,omitempty"`   // "21:30"
	Campus   string  `json:"campus,omitempty"` // 校区
	Room     string  `json:"room,omitempty"`   // 教学楼 and 考场
	Seat     string  `json:"seat,omitempty"`   // 座位号
	Ticket   string  `json:"ticket,omitempty"` // 准考证号
	Mode     string  `json:"mode,omitempty"`   // 考试方式: 闭卷
	Credits  Decimal `json:"credits,omitzero"` // 学分
	Note     string  `json:"note,omitempty"`
	// Extra holds columns we do not know, by header text or key.
	Extra map[string]string `json:"extra,omitempty"`
}

// Span is a stretch of one day as a school writes it, local to the school.
type Span struct{ Date, Starts, Ends string }

var (
	spanDate  = regexp.MustCompile(`(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})`)
	spanClock = regexp.MustCompile(`(\d{1,2})\s*[:：时]\s*(\d{2})`)
)

// ParseSpan finds the day and the clock in "2026-06-25(19:30-21:30)",
// "2024-01-08 14:30~16:10", "2023年12月16日 15:00-17:00". It reports false
// where there is no day; the clock may be missing.
func ParseSpan(s string) (Span, bool) {
	d := spanDate.FindStringSubmatchIndex(s)
	if d == nil {
		return Span{}, false
	}
	num := func(i int) int { n, _ := strconv.Atoi(s[d[2*i]:d[2*i+1]]); return n }
	day := fmt.Sprintf("%04d-%02d-%02d", num(1), num(2), num(3))
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return Span{}, false
	}
	span := Span{Date: day}
	// The clock stands behind the day; a second day, of the same date, may part
	// its two ends.
	rest := spanDate.ReplaceAllString(s[d[1]:], " ")
	for i, m := range spanClock.FindAllStringSubmatch(rest, 2) {
		clock := strings.Repeat("0", 2-len(m[1])) + m[1] + ":" + m[2]
		if _, err := time.Parse("15:04", clock); err != nil {
			break
		}
		if i == 0 {
			span.Starts = clock
		} else {
			span.Ends = clock
		}
	}
	return span, true
}
