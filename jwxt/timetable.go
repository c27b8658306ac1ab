package jwxt

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// TimetableReader is implemented by drivers whose system shows the student's
// own timetable.
type TimetableReader interface {
	// Timetable reads one term, or the one the school calls current when t is
	// the zero Term. No lessons and no error means that the school said so, or
	// that its timetable has no line at all. Same kinds as Grades.
	Timetable(ctx context.Context, c *Conn, t Term) (Timetable, error)
}

// Timetable is a 课表: what is taught when and where in a term.
type Timetable struct {
	Term    Term     `json:"term"` // zero where the page does not say
	Lessons []Lesson `json:"lessons"`
	// Notes are what the page says beside its lessons: 调课 and 停课, 备注.
	Notes []string `json:"notes,omitempty"`
	// UnknownColumns are header texts or keys that no field of Lesson takes.
	UnknownColumns []string `json:"unknown_columns,omitempty"`
}

// Lesson is one course at one time of the week in one place. A course that
// meets twice a week has two lessons. Text fields are the school's own words.
type Lesson struct {
	Course   string  `json:"course"`
	CourseID string  `json:"course_id,omitempty"`
	Group    string  `json:"group,omitempty"`     // 课序号, 教学班
	Teacher  string  `json:"teacher,omitempty"`   // several parted as the school parts them
	Campus   string  `json:"campus,omitempty"`    // 校区
	Room     string  `json:"room,omitempty"`      // 教学楼 and 教室
	Credits  Decimal `json:"credits,omitzero"`    // 学分
	Weekday  int     `json:"weekday,omitempty"`   // 1 Monday … 7 Sunday; 0 for courses without a time (实践课)
	From     int     `json:"from,omitempty"`      // first 节, counted from 1; 0 where only the clock is known
	To       int     `json:"to,omitempty"`        // last 节
	Starts   string  `json:"starts,omitempty"`    // "08:00" where the school tells the clock
	Ends     string  `json:"ends,omitempty"`      // "09:40"
	Weeks    []int   `json:"weeks,omitempty"`     // teaching weeks, ascending; empty where not told
	WeekText string  `json:"week_text,omitempty"` // as written: 1-16周(单)
	Note     string  `json:"note,omitempty"`
	// Extra holds columns we do not know, by header text or key.
	Extra map[string]string `json:"extra,omitempty"`
}

// maxWeek is more weeks than a term has anywhere.
const maxWeek = 60

var (
	weekOdd   = regexp.MustCompile(`单`)
	weekEven  = regexp.MustCompile(`双`)
	weekRange = regexp.MustCompile(`^第?(\d{1,2})(?:\s*[-–—~至]\s*第?(\d{1,2}))?周?$`)
	weekNoise = strings.NewReplacer("（", "(", "）", ")", "，", ",", "、", ",", ";", ",", "；", ",", "[", "(", "]", ")", "{", "", "}", "", "|", "")
	weekWords = regexp.MustCompile(`\((?:[单双全]?周?|周)\)|[单双]周?`)
)

// ParseWeeks reads the weeks a school writes: "1-16周", "1-16周(单)",
// "2,4,6-8(周)", "第3-5,7双周". It reports false for what it does not
// understand, weeks over 60 included. A 单 or 双 belongs to the part it stands
// in.
func ParseWeeks(s string) ([]int, bool) {
	s = strings.Join(strings.Fields(weekNoise.Replace(s)), "")
	if s == "" {
		return nil, false
	}
	var weeks []int
	for part := range strings.SplitSeq(s, ",") {
		odd, even := weekOdd.MatchString(part), weekEven.MatchString(part)
		m := weekRange.FindStringSubmatch(weekWords.ReplaceAllString(part, ""))
		if m == nil || odd && even {
			return nil, false
		}
		from, _ := strconv.Atoi(m[1])
		to := from
		if m[2] != "" {
			to, _ = strconv.Atoi(m[2])
		}
		if from < 1 || to > maxWeek || to < from {
			return nil, false
		}
		for w := from; w <= to; w++ {
			if (!odd || w%2 == 1) && (!even || w%2 == 0) {
				weeks = append(weeks, w)
			}
		}
	}
	slices.Sort(weeks)
	return slices.Compact(weeks), len(weeks) > 0
}

// WeeksOf reads a bitmap such as "0111100…", whose first character stands for
// the week first. It reports false for other characters and for no week.
func WeeksOf(bitmap string, first int) ([]int, bool) {
	var weeks []int
	for i, c := range bitmap {
		switch {
		case c == '1' && first+i >= 1 && first+i <= maxWeek:
			weeks = append(weeks, first+i)
		case c != '0' && c != '1':
			return nil, false
		}
	}
	return weeks, len(weeks) > 0
}
