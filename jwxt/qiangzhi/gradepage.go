package qiangzhi

import (
	"bytes"
	"errors"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

const opGrades = "qiangzhi: grades"

// errOtherVariant means that the HTML address answered with the shell of the
// JSON variant, or not at all, as that variant does.
var errOtherVariant = errors.New("this may be the JSON variant")

// gradePage is one answer of the HTML variant.
type gradePage struct {
	jwxt.Transcript
	Pages   int // as the pager says; 1 without one
	Student jwxt.Student
}

// readGrades reads a grade list in HTML.
func readGrades(p jwxt.Page) (gradePage, error) {
	g := readPage(p)
	table, found := g.findGrades()
	if found {
		grades, sentence, fits := table.read()
		switch {
		case !fits:
			return gradePage{}, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row does not fit the header"))
		case len(grades) > 0 && g.cut():
			return gradePage{}, jwxt.Fail(jwxt.Unreachable, opGrades, errors.New("the page ends inside the table"))
		case len(grades) > 0:
			t := jwxt.Transcript{Grades: grades, Summary: g.summary(), UnknownColumns: table.unknown}
			return gradePage{t, g.pages(), g.headStudent()}, nil
		}
		if err := denied(opGrades, sentence); err != nil {
			return gradePage{}, err
		}
	}
	if (found || strings.Contains(g.title, "成绩")) && g.saysNone() {
		// Hints on the page are no refusal; what it alerts is.
		if err := denied(opGrades, g.alerted()); err != nil {
			return gradePage{}, err
		}
		return gradePage{Transcript: jwxt.Transcript{Grades: []jwxt.Grade{}}, Pages: 1, Student: g.headStudent()}, nil
	}
	if err := refused(opGrades, g); err != nil {
		return gradePage{}, err
	}
	if len(bytes.TrimSpace(g.text)) == 0 || g.has("pageSize", "qzTable", "layui", "lay-filter") {
		return gradePage{}, jwxt.Fail(jwxt.Changed, opGrades, errOtherVariant)
	}
	return gradePage{}, driver.Unread(opGrades, g.said(), "this is no grade list")
}

// headStudent is the student of the head that older skins put on every page.
func (g *page) headStudent() jwxt.Student {
	if !g.has("Top1_divLoginName") {
		return jwxt.Student{}
	}
	return g.student()
}

// denied is the error of a sentence that stands in a list's place.
func denied(op, sentence string) error {
	if sentence == "" || noRows(sentence) {
		return nil
	}
	if err := spoken(op, sentence); err != nil {
		return err
	}
	return jwxt.Refuse(jwxt.Changed, op, markup.Bounded(sentence))
}

// noRows reports whether a sentence says that there is nothing to show.
func noRows(s string) bool {
	return markup.ContainsAny(s, "未查询到数据", "没有查询到", "未查到", "暂无数据", "没有数据", "无数据")
}

// saysNone reports whether a table of the page says that there are no rows.
func (g *page) saysNone() bool {
	for _, t := range g.tables {
		for _, r := range markup.Rows(t) {
			if c := markup.Cells(r, nil); len(c) == 1 && noRows(markup.Text(c[0])) {
				return true
			}
		}
	}
	return false
}

// cut reports whether the page stops inside its last table, as an answer
// without a length does when the connection breaks.
func (g *page) cut() bool {
	end := g.text[max(bytes.LastIndex(g.text, []byte("<td")), 0):]
	return !bytes.Contains(end, []byte("</table")) && !bytes.Contains(end, []byte("</html"))
}

// summary is the school's line of totals.
func (g *page) summary() string {
	for _, s := range g.loose {
		if markup.ContainsAny(s, "所修门数", "已修读", "平均学分绩点", "所修总学分") {
			return s
		}
	}
	return ""
}
