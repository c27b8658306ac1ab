package supwisdom

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// readCourseTable reads a timetable of EAMS: a script that fills the grid with
// activities, and a list of the courses, which tells more of each and has those
// without a time, too.
func readCourseTable(g *page) (jwxt.Timetable, error) {
	var none jwxt.Timetable
	if g.Status != http.StatusOK || !g.has("new CourseTable(", "new TaskActivity(") {
		return none, refusedOr(opTimetable, g, "this is no timetable")
	}
	if !g.has("marshalTable(", "fillTable(", "</html") || g.has("<td") && g.cut() {
		return none, jwxt.Fail(jwxt.Unreachable, opTimetable, errors.New("the page ends inside the timetable"))
	}
	lessons, err := readActivities(string(g.text))
	if err != nil {
		return none, jwxt.Fail(jwxt.Changed, opTimetable, err)
	}
	list, unknown, fits := courseList(g)
	if !fits {
		return none, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a row does not fit the header"))
	}
	return jwxt.Timetable{Lessons: joinCourses(lessons, list), UnknownColumns: unknown}, nil
}

var (
	taskActivity = regexp.MustCompile(`new TaskActivity\(`)
	unitCount    = regexp.MustCompile(`\bunitCount\s*=\s*(\d{1,2})\b`)
	cellIndex    = regexp.MustCompile(`\bindex\s*=\s*(?:(\d{1,2})\s*\*\s*unitCount\s*\+\s*(\d{1,2})|(\d{1,3}))\s*;`)
	actTeachers  = regexp.MustCompile(`\bactTeachers\s*=\s*(\[[^\]]*\])`)
	teacherName  = regexp.MustCompile(`\bname\s*:\s*"([^"]{0,40})"`)
	lastWord     = regexp.MustCompile(`(\w+)$`)
	// numbered is a name with the 课程序号 behind it: 高等数学A（下）(776246).
	numbered = regexp.MustCompile(`^(.*?)\s*[(（]([0-9A-Za-z.\-_]{1,40})[)）]$`)
)

var errActivity = errors.New("an activity of the timetable was not understood")

// readActivities reads the script. Behind each activity stand the cells that it
// fills: day*unitCount+节, both counted from 0.
func readActivities(script string) (out []jwxt.Lesson, err error) {
	units := 0
	if m := unitCount.FindStringSubmatch(script); m != nil {
		units, _ = strconv.Atoi(m[1])
	}
	words := variables(script)
	teachers, begin := "", 0
	at := taskActivity.FindAllStringIndex(script, -1)
	for i, m := range at {
		end := len(script)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		args, rest := arguments(script[m[1]:end])
		if len(args) < 7 {
			return nil, errActivity
		}
		if names, told := teachersIn(script[begin:m[0]]); told {
			teachers = names
		}
		begin = m[1]
		l, ok := activity(args, teachers, words)
		if !ok {
			return nil, errActivity
		}
		times := cellsOf(rest, units)
		if len(times) == 0 {
			return nil, errActivity
		}
		for _, t := range times {
			l.Weekday, l.From, l.To = t.Weekday, t.From, t.To
			out = append(out, l)
		}
	}
	return plans.Distinct(out), nil
}

// teachersIn are the names that the last list of teachers in a script has.
func teachersIn(script string) (joined string, told bool) {
	all := actTeachers.FindAllStringSubmatch(script, -1)
	if all == nil {
		return "", false
	}
	var names []string
	for _, m := range teacherName.FindAllStringSubmatch(all[len(all)-1][1], -1) {
		names = append(names, markup.Clean(m[1]))
	}
	return strings.Join(names, ","), true
}

// activity reads the arguments of an activity: teachers' numbers and names, the
// course's number and name, the room's, and the weeks, which begin with one
// that is no week. Teachers' and courses' names may be expressions, whose
// values stand before: teachers, and among the script's variables.
func activity(args []string, teachers string, words map[string]string) (l jwxt.Lesson, ok bool) {
	l.Course, ok = quoted(args[3])
	if !ok {
		l.Course, ok = words[lastWord.FindString(args[3])]
	}
	number, _ := quoted(args[2])
	if m := numbered.FindStringSubmatch(number); m != nil {
		l.Group = m[2]
	}
	if m := numbered.FindStringSubmatch(l.Course); m != nil && (m[2] == l.Group || l.Group == "") && m[1] != "" {
		l.Course, l.Group = m[1], m[2]
	}
	if l.Teacher, _ = quoted(args[1]); l.Teacher == "" && args[1] != `""` {
		l.Teacher = teachers
	}
	l.Room, _ = quoted(args[5])
	bitmap, _ := quoted(args[6])
	weeks, some := jwxt.WeeksOf(bitmap, 0)
	l.Weeks = weeks
	return l, ok && some && l.Course != ""
}

// arguments parts what stands behind an opening bracket at its commas, down to
// the closing one; rest is what follows.
func arguments(s string) (args []string, rest string) {
	depth, begin := 0, 0
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case depth > 0 && (c == ')' || c == ']' || c == '}'):
			depth--
		case c == ',' && depth == 0:
			args, begin = append(args, strings.TrimSpace(s[begin:i])), i+1
		case c == ')' || c == ']' || c == '}':
			return append(args, strings.TrimSpace(s[begin:i])), s[i+1:]
		}
	}
	return nil, ""
}

// quoted is the value of a script's string.
func quoted(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' && s[0] != '\'' || s[len(s)-1] != s[0] {
		return "", false
	}
	s = s[1 : len(s)-1]
	if strings.Contains(s, `\`) {
		s = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\/`, `/`, `\\`, `\`).Replace(s)
	}
	return markup.Clean(s), true
}

var setString = regexp.MustCompile(`\b(\w{1,64})\s*=\s*("[^"\n]{0,200}")`)

// variables are the script's variables that are strings, as they are set first.
func variables(script string) map[string]string {
	out := map[string]string{}
	for _, m := range setString.FindAllStringSubmatch(script, -1) {
		if _, known := out[m[1]]; !known {
			out[m[1]], _ = quoted(m[2])
		}
	}
	return out
}

// maxUnits is more 节 than a day has anywhere.
const maxUnits = 24

// cellsOf are the times that an activity's cells make up.
func cellsOf(script string, units int) (out []jwxt.Lesson) {
	for _, m := range cellIndex.FindAllStringSubmatch(script, -1) {
		day, _ := strconv.Atoi(m[1])
		unit, _ := strconv.Atoi(m[2])
		if m[3] != "" {
			n, _ := strconv.Atoi(m[3])
			if units == 0 {
				return nil
			}
			day, unit = n/units, n%units
		}
		if day > 6 || unit >= maxUnits {
			return nil
		}
		out = append(out, jwxt.Lesson{Weekday: day + 1, From: unit + 1, To: unit + 1})
	}
	slices.SortFunc(out, func(a, b jwxt.Lesson) int {
		return cmp.Or(cmp.Compare(a.Weekday, b.Weekday), cmp.Compare(a.From, b.From))
	})
	n := 0
	for _, l := range out {
		if n > 0 && out[n-1].Weekday == l.Weekday && l.From <= out[n-1].To+1 {
			out[n-1].To = l.To
			continue
		}
		out[n] = l
		n++
	}
	return out[:n]
}
