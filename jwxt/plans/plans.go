// Package plans reads what timetables and lists of examinations of several
// vendors share: how a day and its 节 are written, and what the columns of a
// 考试安排 mean. It knows no vendor.
package plans

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

var weekday = regexp.MustCompile(`(?:星期|礼拜|周)([一二三四五六日天])`)

// Weekday finds 星期三 or 周三 in s: 1 for Monday to 7 for Sunday, 0 for none.
func Weekday(s string) int {
	m := weekday.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	return min(strings.Index("一二三四五六日天", m[1])/len("一")+1, 7)
}

// Run is an unbroken run of 节.
type Run struct{ From, To int }

// maxPeriod is more 节 than a day has anywhere.
const maxPeriod = 20

var (
	periodWords = strings.NewReplacer("第", "", "节次", "", "节", "", "，", ",", "、", ",", "～", "-", "~", "-", "至", "-", "—", "-")
	numerals    = regexp.MustCompile(`十[一二三四五六七八九]?|[一二三四五六七八九]`)
	onlyNumbers = regexp.MustCompile(`^\d{1,2}(?:[-,]\d{1,2})*$`)
	inPairs     = regexp.MustCompile(`^(?:\d\d){2,}$`)
)

// Periods reads the 节 of a lesson: 1-2节, 01-02-03-04节, 第1,2节, 第九十节,
// 第十一十二节, 0102. What is not one run, as 1-2,5 is, gives several. It
// reports false for what it does not understand, 大节 included: how many 节
// those have, schools know.
func Periods(s string) ([]Run, bool) {
	s = strings.Join(strings.Fields(periodWords.Replace(s)), "")
	if words := numerals.FindAllString(s, -1); words != nil && strings.Join(words, "") == strings.ReplaceAll(s, ",", "") {
		return runs(chinese(words))
	}
	if inPairs.MatchString(s) {
		var numbers []int
		for pair := range slices.Chunk([]byte(s), 2) {
			numbers = append(numbers, number(string(pair)))
		}
		return runs(numbers)
	}
	if !onlyNumbers.MatchString(s) {
		return nil, false
	}
	var numbers []int
	for part := range strings.SplitSeq(s, ",") {
		ends := strings.Split(part, "-") // 1-4, and 1-2-3-4 too
		for n := number(ends[0]); n <= number(ends[len(ends)-1]) && n <= maxPeriod+1; n++ {
			numbers = append(numbers, n)
		}
	}
	return runs(numbers)
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // digits only
	return n
}

// chinese are the numbers of words such as 九, 十, 十一.
func chinese(words []string) (out []int) {
	for _, w := range words {
		n := 0
		if rest, ok := strings.CutPrefix(w, "十"); ok {
			n, w = 10, rest
		}
		if w != "" {
			n += strings.Index("一二三四五六七八九", w)/len("一") + 1
		}
		out = append(out, n)
	}
	return out
}

func runs(numbers []int) (out []Run, ok bool) {
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		if n < 1 || n > maxPeriod {
			return nil, false
		}
		if last := len(out) - 1; last >= 0 && out[last].To == n-1 {
			out[last].To = n
		} else {
			out = append(out, Run{n, n})
		}
	}
	return out, len(out) > 0
}

var clock = regexp.MustCompile(`(\d{1,2})[:：](\d{2})`)

// Clock finds 08:00-09:40 in s; "" for what is not there.
func Clock(s string) (starts, ends string) {
	at := clock.FindAllStringSubmatch(s, 2)
	if len(at) < 2 {
		return "", ""
	}
	write := func(m []string) string { return strings.Repeat("0", 2-len(m[1])) + m[1] + ":" + m[2] }
	return write(at[0]), write(at[1])
}

// Distinct leaves out lessons that are there already. A lesson of four 节 is
// written into both rows of a timetable whose rows have two.
func Distinct(lessons []jwxt.Lesson) []jwxt.Lesson {
	out := make([]jwxt.Lesson, 0, len(lessons))
	seen := make(map[meeting]bool, len(lessons))
	for _, l := range lessons {
		if m := meetingOf(l); !seen[m] {
			seen[m] = true
			out = append(out, l)
		}
	}
	return out
}

// meeting is what tells two lessons apart.
type meeting struct {
	course, id, group, teacher, room, campus, starts, weeks, note string

	weekday, from, to int
}

func meetingOf(l jwxt.Lesson) meeting {
	return meeting{l.Course, l.CourseID, l.Group, l.Teacher, l.Room, l.Campus, l.Starts, l.WeekText, l.Note, l.Weekday, l.From, l.To}
}
