package jwglxt

import (
	"context"
	"errors"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/plans"
)

const (
	opExams = "jwglxt: exams"

	usualExams = "/kwgl/kscx_cxXsksxxIndex.html?gnmkdm=N358105"
)

// Exams implements [jwxt.ExamReader]: one request, one more for the current
// term, which the list's page tells, and one more for each hundred rows beyond
// the first.
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.ExamList, error) { return v.exams(ctx, t) })
}

func (v *visit) exams(ctx context.Context, t jwxt.Term) (out jwxt.ExamList, err error) {
	address := v.path(v.Option("exams", usualExams))
	if t.IsZero() {
		if t, err = v.currentTerm(ctx, opExams, with(address, "layout=default")); err != nil {
			return out, err
		}
	}
	out = jwxt.ExamList{Term: t, Exams: []jwxt.Exam{}}
	for n := 1; n <= maxPages; n++ {
		form := append(inTerm(t), fetch.Form{{Name: "ksmcdmb_id"}, {Name: "kch"}, {Name: "kc"}, {Name: "ksrq"}, {Name: "kkbm_id"}}...)
		l, err := v.list(ctx, opExams, with(address, "doType=query"), query(form, n, pageSize, " ", "asc"))
		if err != nil {
			return out, err
		}
		if err := v.sameRows(opExams, l); err != nil {
			return out, err
		}
		if err := l.exams(&out); err != nil {
			return out, err
		}
		if len(out.Exams) >= l.total {
			return out, nil
		}
		if len(l.Items) == 0 {
			break
		}
	}
	return out, jwxt.Fail(jwxt.Changed, opExams, errors.New("the list is shorter than it says"))
}

// exams adds the rows of a page to out. A row of another term says that the
// school has not answered what it was asked.
func (l grid) exams(out *jwxt.ExamList) error {
	for _, m := range l.Items {
		e := m.exam()
		if e.Course == "" {
			return jwxt.Fail(jwxt.Changed, opExams, errors.New("a row has no course"))
		}
		if t := m.term(); out.Term.IsZero() {
			out.Term = t
		} else if !t.IsZero() && t != out.Term {
			return jwxt.Fail(jwxt.Changed, opExams, errors.New("a row is of another term"))
		}
		out.Exams = append(out.Exams, e)
		out.UnknownColumns = append(out.UnknownColumns, m.besides(examKeys)...)
	}
	slices.Sort(out.UnknownColumns)
	out.UnknownColumns = slices.Compact(out.UnknownColumns)
	return nil
}

// exam reads a row. cdmc is where it is, jxdd where the course is taught.
func (m item) exam() jwxt.Exam {
	e := jwxt.Exam{
		Course: m.first("kcmc"), CourseID: m.first("kch", "kch_id"), Group: m.first("jxbmc"), Name: m.first("ksmc"),
		Teacher: teachers(m.first("jsxx")), When: m.first("kssj"), Campus: m.first("cdxqmc", "xqmc"), Room: m.first("cdmc"),
		Seat: m.first("zwh", "zw"), Ticket: m.first("zkzh"), Mode: m.first("ksfs"), Note: m.first("bz1", "ksbz", "bz"),
	}
	extra := func(name, value string) {
		if value != "" && value != "否" && value != "0" {
			if e.Extra == nil {
				e.Extra = map[string]string{}
			}
			e.Extra[name] = value
		}
	}
	extra("考核方式", m.first("khfs"))
	extra("cxbj", m.first("cxbj")) // 重修 or 补考: clients do not agree
	for _, k := range m.besides(examKeys) {
		extra(k, string(m[k]))
	}
	d, err := jwxt.ParseDecimal(m.first("xf"))
	if err != nil {
		extra("学分", m.first("xf"))
	}
	e.Credits = d
	plans.Finish(&e)
	return e
}

// teachers are the names in 000001/张三;000002/李四.
func teachers(s string) string {
	var names []string
	for one := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == ',' }) {
		if _, name, ok := strings.Cut(one, "/"); ok {
			one = name
		}
		names = append(names, strings.TrimSpace(one))
	}
	return strings.Join(names, ",")
}

// examKeys are read, or say who the student is and what else is known of the
// course.
const examKeys = " kcmc kch jxbmc jxbzc ksmc jsxx kssj cdxqmc xqmc cdmc cdbh cdjc zwh zw zkzh ksfs khfs bz1 ksbz bz cxbj zxbj xf" +
	" xnmc sksj jxdd kkxy sjbh pycc xslb totalresult kccc cdlbmc zxs jxbrs "
