package campus

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// Current is the term that a school shows when it is asked for none: the last
// of the transcript.
func (a Account) Current() jwxt.Term { return newest(a.Grades) }

// Lessons invents the timetable of a term, or of the current one when t is the
// zero Term: what the transcript says was taken then, at the same times on
// every call. It has lessons of two, three and four 节, lessons of odd and of
// even weeks that share a time, short ones, two in one place in different
// weeks, and 实践课 without a time. A school whose account has GateEmpty has
// none.
//
// Fields are as a driver should read them where the vendor's page has them;
// each vendor writes weeks and times in its own way, from Weeks, Weekday, From
// and To.
func (a Account) Lessons(t jwxt.Term) []jwxt.Lesson {
	if a.Gate == GateEmpty {
		return nil
	}
	p := planner{next: int(seedOf(a.Number+a.term(t).String()) % uint64(len(slots)))}
	for i, g := range a.taken(t) {
		p.course(g, i)
	}
	slices.SortStableFunc(p.lessons, func(x, y jwxt.Lesson) int {
		return cmp.Or(cmp.Compare((x.Weekday+6)%7, (y.Weekday+6)%7), cmp.Compare(x.From, y.From))
	})
	return p.lessons
}

func (a Account) term(t jwxt.Term) jwxt.Term {
	if t.IsZero() {
		return a.Current()
	}
	return t
}

// taken are the courses of a term that are attended: no 补考, no 缓考, no 免修.
func (a Account) taken(t jwxt.Term) []jwxt.Grade {
	var out []jwxt.Grade
	for _, g := range a.Grades {
		attended := g.Attempt == jwxt.FirstAttempt || g.Attempt == jwxt.Retake
		if g.Term == a.term(t) && attended && g.Mark != "免修" {
			out = append(out, g)
		}
	}
	return out
}

// slot is a time of the week.
type slot struct{ weekday, from int }

// slots are what a timetable is filled with: the four pairs of a day, in an
// order that spreads a course over the week. Friday afternoon is for 实验.
var slots = func() (out []slot) {
	for i := range 18 {
		n := i * 7 % 18
		if n == 14 { // Friday, 5 and 6
			n = 18
		}
		out = append(out, slot{n%5 + 1, n/5*2 + 1})
	}
	return out
}()

const (
	termWeeks = 16 // of teaching; 课程设计 fills the two behind them
	labDay    = 5
	labFrom   = 5
	nightDay  = 3
	nightFrom = 9
)

// planner fills a week.
type planner struct {
	next    int
	half    *slot // taken in odd weeks only
	lessons []jwxt.Lesson
}

// course plans one course: 实验 on Friday afternoon, 公共选修课 on an evening,
// other 实践 without a time, and all else in pairs of 节.
func (p *planner) course(g jwxt.Grade, i int) {
	l := jwxt.Lesson{
		Course: g.Course, CourseID: g.CourseID, Group: fmt.Sprintf("%02d", i%9+1), Credits: g.Credits,
		Teacher: teacherOf(g.CourseID), Campus: "主校区", Room: roomOf(g),
	}
	hours := int(g.Hours.Milli() / 1000)
	switch {
	case g.Nature == practice && hours >= 16 && hours <= 32 && strings.HasSuffix(g.Course, "实验"):
		p.at(l, slot{labDay, labFrom}, 4, weeksBetween(2, min(hours/2, termWeeks), 2))
	case g.Nature == practice:
		l.Room, l.Teacher = "", l.Teacher+","+teacherOf(g.Course)
		p.at(l, slot{}, 0, weeksBetween(termWeeks+1, termWeeks+2, 1))
	case g.Nature == elective:
		p.at(l, slot{nightDay, nightFrom}, 3, weeksBetween(3, 13, 1))
	default:
		p.pairs(l, max(hours/2, 1))
	}
}

// pairs plans n meetings of two 节 each: a time of its own for every 16 of
// them, every other week for 8, and the first weeks for what is left.
func (p *planner) pairs(l jwxt.Lesson, n int) {
	for ; n >= termWeeks; n -= termWeeks {
		p.at(l, p.slot(), 2, weeksBetween(1, termWeeks, 1))
	}
	switch {
	case n == termWeeks/2 && p.half != nil:
		p.at(l, *p.half, 2, weeksBetween(2, termWeeks, 2))
		p.half = nil
	case n == termWeeks/2:
		s := p.slot()
		p.half = &s
		p.at(l, s, 2, weeksBetween(1, termWeeks-1, 2))
	case n > 2 || len(p.lessons) == 0:
		p.at(l, p.slot(), 2, weeksBetween(1, n, 1))
	}
}

func (p *planner) slot() slot {
	p.next++
	return slots[p.next%len(slots)]
}

func (p *planner) at(l jwxt.Lesson, s slot, periods int, weeks []int) {
	l.Weekday, l.Weeks = s.weekday, weeks
	if periods > 0 {
		l.From, l.To = s.from, s.from+periods-1
	}
	l.WeekText = weekText(weeks)
	p.lessons = append(p.lessons, l)
}

func weeksBetween(from, to, step int) (out []int) {
	for w := from; w <= to; w += step {
		out = append(out, w)
	}
	return out
}

// span are the first and the last week, and 单 or 双 where every other week is
// between them.
func span(weeks []int) (from, to int, parity string) {
	from, to = weeks[0], weeks[len(weeks)-1]
	if len(weeks) > 1 && weeks[1]-weeks[0] == 2 {
		parity = []string{"双", "单"}[from%2]
	}
	return from, to, parity
}

func weekText(weeks []int) string {
	from, to, parity := span(weeks)
	text := fmt.Sprintf("%d-%d周", from, to)
	if parity != "" {
		text += "(" + parity + ")"
	}
	return text
}

// teachers are invented, as everybody here.
var teachers = []string{"陈测试", "林测试", "何测试", "高测试", "罗测试", "宋测试", "唐测试", "许测试"}

func teacherOf(key string) string { return teachers[seedOf(key)%uint64(len(teachers))] }

func roomOf(g jwxt.Grade) string {
	n := seedOf("room" + g.CourseID)
	switch {
	case g.Department == sports:
		return "东操场"
	case g.Nature == practice:
		return fmt.Sprintf("实验楼%d0%d", n%4+1, n/4%9+1)
	}
	return fmt.Sprintf("%s%d0%d", []string{"逸夫楼", "明德楼"}[n%2], n/2%5+1, n/16%9+1)
}

// bell is when a 节 begins and ends.
func bell(period int) (starts, ends string) {
	at := 8*60 + (period-1)*55
	if period > 4 {
		at += 140 // noon
	}
	if period > 8 {
		at += 60 // evening
	}
	clock := func(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
	return clock(at), clock(at + 45)
}

func seedOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
