package jwglxt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const (
	opTimetable = "jwglxt: timetable"

	usualTimetable = "/kbcx/xskbcx_cxXsKb.html?gnmkdm=N2151"
	timetableIndex = "xskbcx_cxXskbcxIndex.html" // the page whose script asks for it
)

// Timetable implements [jwxt.TimetableReader]: one request, and one more for
// the current term, which the page before it tells.
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.Timetable, error) { return v.timetable(ctx, t) })
}

func (v *visit) timetable(ctx context.Context, t jwxt.Term) (out jwxt.Timetable, err error) {
	address := v.path(v.Option("timetable", usualTimetable))
	index := beside(address, timetableIndex)
	if t.IsZero() {
		if t, err = v.currentTerm(ctx, opTimetable, index); err != nil {
			return out, err
		}
	}
	form := append(inTerm(t), fetch.Field{Name: "kzlx", Value: "ck"})
	p, err := v.send(ctx, opTimetable, fetch.Request{URL: address, Post: true, AJAX: true, Form: form, Referer: index})
	if err != nil {
		return out, err
	}
	out, number, err := readTimetable(p)
	if err != nil {
		return out, err
	}
	if err := v.Same(opTimetable, number); err != nil {
		return out, err
	}
	if out.Term != t && !out.Term.IsZero() {
		return out, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("the timetable is of another term"))
	}
	return out, nil
}

// beside is the address of the page of that name with the menu's code of
// another one.
func beside(address, page string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = path.Join(path.Dir(u.Path), page)
	q := u.Query()
	q.Del("doType")
	q.Set("layout", "default")
	u.RawQuery = q.Encode()
	return u.String()
}

// inTerm names a term as all forms do.
func inTerm(t jwxt.Term) fetch.Form { return asked(t)[:2] }

// currentTerm is the term that the page of a function has chosen.
func (v *visit) currentTerm(ctx context.Context, op, index string) (jwxt.Term, error) {
	p, err := v.send(ctx, op, fetch.Request{URL: index})
	if err != nil {
		return jwxt.Term{}, err
	}
	g := readPage(p)
	number, _ := g.value("sessionUserKey")
	m := item{"xnm": g.choice("xnm"), "xqm": g.choice("xqm")}
	if t := m.term(); g.Status == http.StatusOK && !t.IsZero() && !g.isLogin() {
		return t, v.Same(op, number)
	}
	if err := refused(op, g); err != nil {
		return jwxt.Term{}, err
	}
	return jwxt.Term{}, driver.Unread(op, g.said(), "the page names no current term")
}

// choice is what is chosen in the select of that name, which some functions
// call cx_ and the name, or the value of such an input.
func (g *page) choice(name string) markup.Loose {
	for _, id := range []string{name, "cx_" + name} {
		s := g.doc.Find("select#" + id + `, select[name="` + id + `"]`).Find("option[selected]").First()
		if s.Length() > 0 {
			return markup.Loose(strings.TrimSpace(s.AttrOr("value", "")))
		}
		if value, ok := g.value(id); ok && value != "" {
			return markup.Loose(value)
		}
	}
	return ""
}

// timetable is the answer: 课表, 实践课 and 教学环节, and whose it is.
type timetable struct {
	Lessons  []item `json:"kbList"`
	Practice []item `json:"sjkList"`
	Stages   []item `json:"jxhjkcList"`
	Student  item   `json:"xsxx"`
}

// readTimetable reads the answer; number is the 学号 in it, "" where there is
// none. An answer without kbList is no timetable; a null one is empty where
// the answer says whose it is.
func readTimetable(p jwxt.Page) (out jwxt.Timetable, number string, err error) {
	if err := ended(opTimetable, p); err != nil {
		return out, "", err
	}
	text := fetch.Text(p)
	if !markup.IsJSON(text) || p.Status != http.StatusOK {
		g := readPage(p)
		if err := refused(opTimetable, g); err != nil {
			return out, "", err
		}
		return out, "", driver.Unread(opTimetable, g.said(), fmt.Sprintf("status %d and no timetable", p.Status))
	}
	var t timetable
	if err := json.Unmarshal(text, &t); err != nil || t.Lessons == nil && t.Student == nil {
		return out, "", jwxt.Fail(jwxt.Changed, opTimetable, errors.New("this is no timetable"))
	}
	out, err = t.read()
	return out, t.Student.first("XH", "xh"), err
}

func (t timetable) read() (out jwxt.Timetable, err error) {
	out.Lessons = []jwxt.Lesson{}
	out.Term = t.term()
	for _, m := range t.Lessons {
		out.Lessons = append(out.Lessons, m.lessons()...)
		out.UnknownColumns = append(out.UnknownColumns, m.besides(lessonKeys)...)
	}
	for _, m := range append(t.Practice, t.Stages...) {
		out.Lessons = append(out.Lessons, m.practice())
		out.UnknownColumns = append(out.UnknownColumns, m.besides(lessonKeys)...)
	}
	for _, l := range out.Lessons {
		if l.Course == "" {
			return out, jwxt.Fail(jwxt.Changed, opTimetable, errors.New("a lesson has no course"))
		}
	}
	slices.Sort(out.UnknownColumns)
	out.UnknownColumns = slices.Compact(out.UnknownColumns)
	return out, nil
}

// term is what the answer says, or its first lesson.
func (t timetable) term() jwxt.Term {
	s := t.Student
	if term := (item{"xnm": s["XNM"], "xqm": s["XQM"], "xnmmc": s["XNMC"], "xqmmc": s["XQMMC"]}).term(); !term.IsZero() {
		return term
	}
	if len(t.Lessons) > 0 {
		return t.Lessons[0].term()
	}
	return jwxt.Term{}
}
