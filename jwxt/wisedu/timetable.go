package wisedu

import (
	"context"
	"regexp"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/plans"
)

const opTimetable = "wisedu: timetable"

// Timetable implements [jwxt.TimetableReader]: the query, before it the term
// where none is asked for, and before both the way into the app where another
// was used last.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	return reading(opTimetable, c, func(v *visit) (jwxt.Timetable, error) {
		term, err := v.term(ctx, opTimetable, t)
		if err != nil {
			return jwxt.Timetable{}, err
		}
		p, err := v.query(ctx, opTimetable, appTimetable, "xskcb/"+v.timetable, field("XNXQDM", term))
		if err != nil {
			return jwxt.Timetable{}, err
		}
		l, out, err := readTimetable(p, v.timetable)
		if err == nil {
			err = v.whole(ctx, opTimetable, l, out.Term, termOf(term))
		}
		out.Term = termOf(term)
		return out, err
	})
}

// readTimetable reads a timetable, one row for each time of the week that a
// course has.
func readTimetable(p jwxt.Page, name string) (list, jwxt.Timetable, error) {
	l, err := readList(opTimetable, p, name)
	if err != nil {
		return l, jwxt.Timetable{}, err
	}
	out := jwxt.Timetable{Lessons: []jwxt.Lesson{}}
	for _, m := range l.Rows {
		lesson, unknown := m.lesson()
		if lesson.Course == "" {
			return l, jwxt.Timetable{}, driver.Unread(opTimetable, "", "a lesson has no course")
		}
		out.Lessons, out.UnknownColumns = append(out.Lessons, lesson), append(out.UnknownColumns, unknown...)
		if out.Term.IsZero() {
			out.Term = termOf(m.text("XNXQDM"))
		}
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return l, out, nil
}

// lesson reads a row. A weekday, a 节 or a clock that is not understood is kept
// as it is.
func (m row) lesson() (l jwxt.Lesson, unknown []string) {
	l = jwxt.Lesson{
		Course: m.text("KCM", "XSKCM", "KCM_DISPLAY", "KCMC"), CourseID: m.text("KCH", "XSKCH"), Group: m.text("KXH"),
		Teacher: m.text("SKJS", "SKJS_DISPLAY"), Campus: m.text("XXXQDM_DISPLAY", "XXXQMC"), Room: m.text("JASMC", "JASMC_DISPLAY"),
		WeekText: m.text("ZCMC"), Starts: clock(m.text("KSSJ")), Ends: clock(m.text("JSSJ")), Note: m.text("BZ"),
	}
	for _, f := range []struct {
		to   *int
		key  string
		most int
	}{{&l.Weekday, "SKXQ", 7}, {&l.From, "KSJC", 30}, {&l.To, "JSJC", 30}} {
		n, err := strconv.Atoi(m.number(f.key))
		if f.key == "SKXQ" && err != nil {
			n, err = plans.Weekday(m.text(f.key)), nil
		}
		if err != nil || n < 1 || n > f.most {
			if s := m.text(f.key); s != "" && s != "0" {
				l.Extra = set(l.Extra, f.key, s)
			}
			n = 0
		}
		*f.to = n
	}
	if l.To < l.From {
		l.To = l.From
	}
	for key, read := range map[string]string{"KSSJ": l.Starts, "JSSJ": l.Ends} {
		if s := m.text(key); s != "" && s != "0" && read == "" {
			l.Extra = set(l.Extra, key, s)
		}
	}
	l.Credits = decimal(&l.Extra, "学分", m.text("XF"))
	l.Weeks = m.weeks(&l)
	l.Extra, unknown = m.keep(l.Extra, lessonKeys)
	return l, unknown
}

const lessonKeys = " KCM XSKCM KCM_DISPLAY KCMC KCH XSKCH KXH SKJS SKJS_DISPLAY XXXQDM XXXQDM_DISPLAY XXXQMC JASMC JASMC_DISPLAY JASDM ZCMC SKZC KSSJ JSSJ BZ" +
	" SKXQ KSJC JSJC XF XNXQDM XNXQDM_DISPLAY WID SKBJ YPSJDD "

// weeks reads the bitmap SKZC, whose first character is the first week, or else
// what is written.
func (m row) weeks(l *jwxt.Lesson) []int {
	bitmap := m.text("SKZC")
	if weeks, ok := jwxt.WeeksOf(bitmap, 1); ok && len(bitmap) > 2 {
		return weeks
	}
	for _, s := range []string{l.WeekText, bitmap} {
		if weeks, ok := jwxt.ParseWeeks(s); ok {
			if l.WeekText == "" {
				l.WeekText = s
			}
			return weeks
		}
	}
	if l.WeekText == "" {
		l.WeekText = bitmap
	}
	return nil
}

var clockText = regexp.MustCompile(`^([01]?\d|2[0-3]):?([0-5]\d)$`)

// clock reads 08:00 or the number 800, as lists of both kinds have it.
func clock(s string) string {
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	if len(m[1]) == 1 {
		m[1] = "0" + m[1]
	}
	return m[1] + ":" + m[2]
}
