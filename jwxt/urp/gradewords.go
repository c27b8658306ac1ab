package urp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// gradeList is what one page lists: grades and, for each, what joins it with
// those of other lists.
type gradeList struct {
	grades  []jwxt.Grade
	keys    []key
	unknown []string
}

// key joins the rows of several lists and tells whose they are.
type key struct {
	seq     string // 课序号
	student string // 学号, "" where the list does not tell it
}

// row is a row of a list, in the list's own memory: a transcript of many rows
// is not copied.
type row struct {
	*jwxt.Grade
	*key
}

func (l *gradeList) row(i int) row { return row{&l.grades[i], &l.keys[i]} }

// next adds a row. It is good until another is added.
func (l *gradeList) next(t jwxt.Term) row {
	l.grades, l.keys = append(l.grades, jwxt.Grade{Term: t}), append(l.keys, key{})
	return l.row(len(l.keys) - 1)
}

// grow makes room for n more rows.
func (l *gradeList) grow(n int) {
	l.grades, l.keys = slices.Grow(l.grades, n), slices.Grow(l.keys, n)
}

// add adds the rows of another list.
func (l *gradeList) add(o gradeList) {
	l.grades, l.keys = append(l.grades, o.grades...), append(l.keys, o.keys...)
	l.unknown = append(l.unknown, o.unknown...)
}

// missing is what a new build writes for a number that is not there.
const missing = "-999"

// finish fills in what follows from the other fields of a row; bad is set for
// rows of a list of failed courses.
func (r row) finish(bad bool) {
	if strings.HasPrefix(r.Score, missing) { // until 评教 is done
		r.Hidden, r.Score, r.Point = true, "", jwxt.Decimal{}
	}
	if r.Mark == "" && marks.Is(r.Score) {
		r.Mark = r.Score
	}
	if markup.ContainsAny(r.Mark, "补考", "重修", "缓考") {
		r.Attempt = attemptOf(r.Mark)
	}
	r.Failed = !r.Hidden && !marks.Excused(r.Mark+r.Score) && (bad || marks.Failed(r.Score, r.Mark))
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func attemptOf(mark string) jwxt.Attempt {
	switch {
	case markup.ContainsAny(mark, "补考"):
		return jwxt.Resit
	case markup.ContainsAny(mark, "重修"):
		return jwxt.Retake
	}
	return jwxt.FirstAttempt // 缓考 says that there was none yet
}

// decimal reads a number, "" and −999 being none; what is no number is kept as
// it is.
func (r row) decimal(name, value string, d *jwxt.Decimal) {
	if strings.HasPrefix(value, missing) {
		return
	}
	n, err := jwxt.ParseDecimal(value)
	if err != nil {
		r.extra(name, value)
		return
	}
	*d = n
}

// extra keeps a value that no field of Grade takes, if it is one.
func (r row) extra(name, value string) {
	if value == "" || strings.HasPrefix(value, missing) {
		return
	}
	if r.Extra == nil {
		r.Extra = map[string]string{}
	}
	r.Extra[name] = value
}

func (r row) part(name, value string) {
	if r.Parts == nil {
		r.Parts = map[string]string{}
	}
	r.Parts[name] = value
}

var (
	planNumber = regexp.MustCompile(`^(\d{4}-\d{4}-\d)(?:-\d{1,2})?$`)
	yearName   = regexp.MustCompile(`(\d{4}-\d{4})\s*(?:学年)?\s*第?([秋春夏一二三123])`)
	seasons    = strings.NewReplacer("秋", "1", "春", "2", "夏", "3")
)

// termOf reads a term as a new build numbers it (2025-2026-1-2, the last part
// says how many terms the year has), or as both name it:
// 2016-2017学年秋(两学期), 2016-2017学年第一学期(两学期).
func termOf(s string) jwxt.Term {
	if m := planNumber.FindStringSubmatch(s); m != nil {
		s = m[1]
	} else if m := yearName.FindStringSubmatch(s); m != nil {
		s = m[1] + "-" + seasons.Replace(m[2])
	} else {
		return jwxt.Term{}
	}
	t, _ := jwxt.ParseTerm(s)
	return t
}

var examDay = regexp.MustCompile(`^(\d{4})[-/.年]?(\d{2})`)

// termOfExam is the term at whose end an examination of that date was held. In
// March and April, in September and October one cannot know: resits of the
// last term are then held as well.
func termOfExam(date string) jwxt.Term {
	m := examDay.FindStringSubmatch(date)
	if m == nil {
		return jwxt.Term{}
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	switch {
	case year < 1990 || year > 2200:
	case month == 11 || month == 12:
		return jwxt.Term{Year: year, Part: 1}
	case month == 1 || month == 2:
		return jwxt.Term{Year: year - 1, Part: 1}
	case month >= 5 && month <= 8:
		return jwxt.Term{Year: year - 1, Part: 2}
	}
	return jwxt.Term{}
}
