package wisedu

import (
	"context"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

const (
	opExams = "wisedu: exams"
	inExams = "wdksap"
)

// Exams implements [jwxt.ExamReader], at the cost of Timetable.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	return reading(opExams, c, func(v *visit) (jwxt.ExamList, error) {
		term, err := v.term(ctx, opExams, t)
		if err != nil {
			return jwxt.ExamList{}, err
		}
		p, err := v.query(ctx, opExams, appExams, inExams+"/"+inExams, append(field("XNXQDM", term), field("*order", "-KSRQ,-KSSJMS")...))
		if err != nil {
			return jwxt.ExamList{}, err
		}
		l, out, err := readExams(p)
		if err == nil {
			err = v.whole(ctx, opExams, l, out.Term, termOf(term))
		}
		out.Term = termOf(term)
		return out, err
	})
}

func readExams(p jwxt.Page) (list, jwxt.ExamList, error) {
	l, err := readList(opExams, p, inExams)
	if err != nil {
		return l, jwxt.ExamList{}, err
	}
	out := jwxt.ExamList{Exams: []jwxt.Exam{}}
	for _, m := range l.Rows {
		e, unknown := m.examination()
		if e.Course == "" {
			return l, jwxt.ExamList{}, driver.Unread(opExams, "", "an examination has no course")
		}
		out.Exams, out.UnknownColumns = append(out.Exams, e), append(out.UnknownColumns, unknown...)
		if out.Term.IsZero() {
			out.Term = termOf(m.text("XNXQDM"))
		}
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return l, out, nil
}

// examination reads a row. KSSJMS is 2026-06-14 08:00-10:00(星期日); KSRQ is the
// day alone, or that day's midnight.
func (m row) examination() (e jwxt.Exam, unknown []string) {
	e = jwxt.Exam{
		Course: m.text("KCM", "XSKCM", "KCMC"), CourseID: m.text("KCH", "XSKCH"), Group: m.text("KXH"), Name: m.text("KSMC"),
		Teacher: m.text("ZJJSXM", "SKJS"), When: m.text("KSSJMS", "KSRQ"), Campus: m.text("XXXQDM_DISPLAY", "XXXQMC"),
		Room: m.text("JASMC"), Seat: m.text("ZWH"), Ticket: m.text("ZKZH"), Mode: m.text("KSXS_DISPLAY", "KSFSDM_DISPLAY"), Note: m.text("BZ"),
	}
	if span, ok := jwxt.ParseSpan(e.When); ok {
		e.Date, e.Starts, e.Ends = span.Date, span.Starts, span.Ends
	} else if span, ok := jwxt.ParseSpan(m.text("KSRQ")); ok {
		e.Date = span.Date
	}
	if m.text("KSSJMS") == "" {
		e.Starts, e.Ends = "", "" // a midnight is no clock
	}
	e.Credits = decimal(&e.Extra, "学分", m.text("XF"))
	e.Extra, unknown = m.keep(e.Extra, examKeys)
	return e, unknown
}

const examKeys = " KCM XSKCM KCMC KCH XSKCH KXH KSMC ZJJSXM SKJS KSSJMS KSRQ XXXQDM XXXQDM_DISPLAY XXXQMC JASMC JASDM ZWH ZKZH KSXS KSXS_DISPLAY" +
	" KSFSDM KSFSDM_DISPLAY BZ XF XNXQDM XNXQDM_DISPLAY WID KSDM "
