package qiangzhi

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// line is a line of a box: loose text, or a font whose title says what it is.
type line struct{ title, text string }

// between parts the lessons of a box; schools' runs have 21 or 22 dashes.
var between = regexp.MustCompile(`^-{10,}$`)

// box reads the lessons of one box. It reports false for one without a course.
func (t *timetable) box(n *html.Node, day int, label string) bool {
	lines := linesOf(n)
	group := ""
	for len(lines) > 0 {
		end := slices.IndexFunc(lines, func(l line) bool { return between.MatchString(l.text) })
		block := lines
		if lines = nil; end >= 0 {
			block, lines = block[:end], block[end+1:]
		}
		if isOrder(block) {
			group = cmp.Or(titled(block, "班级"), group)
			continue
		}
		if len(block) == 0 {
			continue
		}
		l, when := t.lesson(block)
		if l.Course == "" {
			return false
		}
		l.Group = cmp.Or(l.Group, group)
		l.Weekday = day
		t.out.Lessons = append(t.out.Lessons, placed(l, when, label)...)
	}
	return true
}

// isOrder reports whether a block is what newer builds write before a lesson:
// the number of the 通知单, its classes and a remark.
func isOrder(block []line) bool {
	return titled(block, "通知单编号") != "" && titled(block, "周次(节次)", "周次") == ""
}

func titled(block []line, titles ...string) string {
	for _, l := range block {
		if slices.Contains(titles, l.title) {
			return l.text
		}
	}
	return ""
}

// linesOf are the lines of a box that have text, without the labels which some
// builds repeat in them.
func linesOf(n *html.Node) (out []line) {
	var loose strings.Builder
	flush := func() {
		if s := markup.Clean(loose.String()); s != "" {
			out = append(out, line{text: s})
		}
		loose.Reset()
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for c := range n.ChildNodes() {
			switch {
			case c.Type == html.TextNode:
				loose.WriteString(c.Data)
			case c.DataAtom == atom.Br:
				flush()
			case c.DataAtom == atom.Font && markup.Attr(c, "title") != "":
				flush()
				if l := newLine(c); l.text != "" {
					out = append(out, l)
				}
			case c.Type == html.ElementNode:
				walk(c)
			}
		}
	}
	walk(n)
	flush()
	return out
}

var ownLabel = regexp.MustCompile(`^(?:任课教师|授课教师|教师|老师|通知单编号|班级|备注|教室)\s*[:：]\s*`)

func newLine(font *html.Node) line {
	title := markup.Squeeze(markup.Attr(font, "title"))
	return line{strings.NewReplacer("（", "(", "）", ")").Replace(title), ownLabel.ReplaceAllString(markup.Text(font), "")}
}

// lesson reads a block; when is the text about its weeks and 节. Lines without
// a title are the course and what stands below it, such as (讲课学时).
func (t *timetable) lesson(block []line) (l jwxt.Lesson, when string) {
	for _, b := range block {
		switch b.title {
		case "课程名称":
			l.Course = b.text
		case "老师", "教师", "任课教师", "授课教师":
			l.Teacher = b.text
		case "周次(节次)", "周次":
			when = b.text + when
		case "节次":
			when += "[" + b.text + "]"
		case "教室", "地点", "上课地点":
			l.Room = markup.Join(l.Room, b.text)
		case "教学楼":
			l.Room = markup.Clean(strings.Trim(b.text, "【】") + " " + l.Room)
		case "校区":
			l.Campus = b.text
		case "班级", "教学班":
			l.Group = b.text
		case "备注":
			l.Note = markup.Join(l.Note, b.text)
		case "通知单编号":
		case "":
			if l.Course == "" {
				l.Course = b.text
			} else {
				l.Note = markup.Join(l.Note, b.text)
			}
		default:
			if l.Extra == nil {
				l.Extra = map[string]string{}
			}
			l.Extra[b.title] = b.text
			t.out.UnknownColumns = append(t.out.UnknownColumns, b.title)
		}
	}
	return l, when
}

// placed puts a lesson where its own text says, 1-16(周)[01-02节], or else where
// its row's label does: 第一二节, 第一大节 08:00-09:40. Several runs of 节 make
// several lessons.
func placed(l jwxt.Lesson, when, label string) (out []jwxt.Lesson) {
	weeks, periods, _ := strings.Cut(when, "[")
	l.WeekText = strings.TrimSpace(weeks)
	l.Weeks, _ = jwxt.ParseWeeks(weeks)
	name, _, _ := strings.Cut(label, " ")
	for _, s := range []string{strings.Trim(periods, "[]"), label, name} {
		runs, ok := plans.Periods(s)
		for _, r := range runs {
			l.From, l.To = r.From, r.To
			out = append(out, l)
		}
		if ok {
			return out
		}
	}
	if l.Starts, l.Ends = plans.Clock(label); l.Starts == "" {
		l.Note = markup.Join(l.Note, label)
	}
	return []jwxt.Lesson{l}
}
