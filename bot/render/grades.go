package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// Page is one page of a longer answer.
type Page struct {
	HTML  string
	Photo []byte // what HTML is the caption of; nil: there is none
	Page  int    // counted from 1, clamped
	Pages int
	Terms []jwxt.Term // all terms there are, newest first
}

// GradeOptions says what of a transcript to show. A zero field is left out.
type GradeOptions struct {
	School  string
	Student string
	Term    jwxt.Term // zero: all terms
	Page    int       // any number; clamped
	ReadAt  time.Time // when the school said so
}

// Grades renders one page of a transcript, newest term first, the school's
// order within a term. Pictures of marks have a page each, behind the rows.
// Without either it says that there are none: call it only with a transcript
// that was understood.
func Grades(l say.Lang, t jwxt.Transcript, o GradeOptions) Page {
	drawn := picturesOf(t.Pictures, o.Term)
	if len(drawn.shown)+len(drawn.left) == 0 {
		return gradeRows(l, t, o, 0)
	}
	rows := 0
	if len(ofTerm(t.Grades, o.Term)) > 0 {
		page := gradeRows(l, t, o, len(drawn.shown))
		if rows = page.Pages - len(drawn.shown); page.Page <= rows {
			return page
		}
	}
	return drawn.page(l, o, rows)
}

// gradeRows is a page of rows, or of what behind them has more pages.
func gradeRows(l say.Lang, t jwxt.Transcript, o GradeOptions, behind int) Page {
	grades := ofTerm(t.Grades, o.Term)
	data := say.Data{School: o.School, Student: o.Student, Term: o.Term, Since: o.ReadAt}
	page := Page{Page: 1, Pages: 1, Terms: terms(t.Grades)}
	if len(grades) == 0 {
		page.HTML = say.Text(l, "grades.none", data)
		return page
	}
	data = total(data, grades)
	data.Page, data.Pages = len(grades), len(grades)
	foot := gradeFoot(l, data, true)
	w := newWriter(l, grades, maxUnits-size(gradePage(l, data, "", foot))-2)
	groups := byTerm(grades)
	w.one, w.several = !o.Term.IsZero(), len(groups) > 1
	w.intro(t.Summary, data)
	for _, group := range groups {
		w.term(group)
	}
	bodies := w.finish()
	page.Pages = len(bodies) + behind
	page.Page = clamp(o.Page, page.Pages)
	if page.Page > len(bodies) {
		return page
	}
	data.Page, data.Pages = page.Page, page.Pages
	page.HTML = gradePage(l, data, bodies[page.Page-1], gradeFoot(l, data, page.Page == 1))
	return page
}

func gradePage(l say.Lang, d say.Data, body, foot string) string {
	return join(say.Text(l, "grades.head", d), body, foot)
}

// gradeFoot is the small print: how to read a row, how the totals are made
// where they stand, and when all this was read.
func gradeFoot(l say.Lang, d say.Data, totals bool) string {
	lines := []string{say.Text(l, "grades.legend", d)}
	if totals {
		lines = append(lines, say.Text(l, "grades.how", d))
	}
	if !d.Since.IsZero() {
		lines = append(lines, say.Text(l, "grades.read", d))
	}
	return strings.Join(lines, "\n")
}

// ofTerm picks the rows of one term and sorts by term, newest first.
func ofTerm(grades []jwxt.Grade, t jwxt.Term) []jwxt.Grade {
	var out []jwxt.Grade
	for _, g := range grades {
		if t.IsZero() || g.Term == t {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b jwxt.Grade) int { return b.Term.Compare(a.Term) })
	return out
}

// byTerm parts sorted rows into one slice per term.
func byTerm(grades []jwxt.Grade) [][]jwxt.Grade {
	var out [][]jwxt.Grade
	start := 0
	for i := range grades {
		if i+1 == len(grades) || grades[i+1].Term != grades[i].Term {
			out = append(out, grades[start:i+1])
			start = i + 1
		}
	}
	return out
}

func terms(grades []jwxt.Grade) []jwxt.Term {
	var out []jwxt.Term
	for _, g := range grades {
		if !g.Term.IsZero() {
			out = append(out, g.Term)
		}
	}
	slices.SortFunc(out, func(a, b jwxt.Term) int { return b.Compare(a) })
	return slices.Compact(out)
}

// writer lays grades out.
type writer struct {
	pager
	lang         say.Lang
	one, several bool              // one term was asked for; several are shown
	column       int               // cells of the score column
	words        map[string]string // by the last part of their key
}

func newWriter(l say.Lang, grades []jwxt.Grade, room int) *writer {
	w := &writer{pager: pager{room: room, rows: maxRows}, lang: l, words: map[string]string{}}
	for _, key := range []string{"credits", "hidden", "resit", "retake", "deferred", "other"} {
		w.words[key] = say.Text(l, "word."+key, say.Data{})
	}
	for _, g := range grades {
		w.column = max(w.column, min(scoreColumn, text.Width(scoreText(g))))
	}
	return w
}

// intro is what stands above the first term: the school's totals, which are
// of all terms, then ours of these rows.
func (w *writer) intro(summary string, d say.Data) {
	if d.Said = text.Line(summary, 140); d.Said != "" && !w.one {
		w.line(say.Text(w.lang, "grades.summary", d))
	}
	w.line(say.Text(w.lang, "grades.total", d))
	if w.one {
		w.line("")
	}
}

// term writes one term's rows under its title, and the title again on each
// page they run on to.
func (w *writer) term(grades []jwxt.Grade) {
	d := total(say.Data{Term: grades[0].Term}, grades)
	title := w.title(d)
	if title != "" && w.several {
		title += "\n" + say.Text(w.lang, "grades.subtotal", d)
	}
	rows := make([]string, len(grades))
	whole := size("") + size(title)
	for i, g := range grades {
		rows[i] = w.grade(g)
		whole += size(rows[i])
	}
	half := w.row > w.rows/2
	if half && (w.units+whole > w.room || w.row+len(rows) > w.rows) || !w.fits(1+size(title)+size(rows[0])) {
		w.turn()
	}
	w.heading(title)
	d.More = true
	for _, row := range rows {
		if !w.fits(size(row)) {
			w.turn()
			w.heading(w.title(d))
		}
		w.line(row)
		w.row++
	}
}

// title names a term, unless the page's head already does.
func (w *writer) title(d say.Data) string {
	if w.one {
		return ""
	}
	return say.Text(w.lang, "grades.term", d)
}

func (w *writer) heading(title string) {
	if title != "" {
		w.line("")
		w.line(title)
	}
}

const (
	scoreColumn = 4        // cells: 100, 优, 缓考
	figureSpace = "\u2007" // as wide as a digit
)

// grade is one row: score, course, what kind of attempt, credits, point.
func (w *writer) grade(g jwxt.Grade) string {
	score := scoreText(g)
	var b strings.Builder
	b.WriteString("<b>")
	b.WriteString(strings.Repeat(figureSpace, max(0, w.column-text.Width(score))))
	b.WriteString(text.Escape(score))
	b.WriteString("</b>  ")
	if outcomeOf(g) == failed {
		b.WriteString("❌ ")
	}
	b.WriteString(text.Escape(cmp.Or(text.Line(g.Course, 60), text.Line(g.CourseID, 30), "—")))
	for _, note := range w.notes(g, score) {
		b.WriteString(" [" + text.Escape(note) + "]")
	}
	if g.Credits.Valid() {
		b.WriteString(" · " + g.Credits.String() + " " + w.words["credits"])
	}
	if p := point(g); p.Valid() {
		b.WriteString(" · " + p.String())
	}
	return b.String()
}

// notes are what sets a row apart from an ordinary first examination.
func (w *writer) notes(g jwxt.Grade, score string) []string {
	var notes []string
	if a := w.attempt(g); a != "" && a != score {
		notes = append(notes, a)
	}
	if mark := markOf(g); mark != "" && mark != score {
		notes = append(notes, mark)
	}
	if g.Hidden {
		notes = append(notes, w.words["hidden"])
	}
	return notes
}

// attempt names a later attempt, in the school's own words where they say the
// same, with the term in which it was taken.
func (w *writer) attempt(g jwxt.Grade) string {
	if g.Attempt == jwxt.FirstAttempt {
		return ""
	}
	name, exam := w.words[string(g.Attempt)], text.Line(g.Exam, 16)
	if exam != "" && (g.Attempt == jwxt.OtherAttempt || strings.Contains(exam, name)) {
		name = exam
	}
	return strings.TrimSpace(name + " " + text.Line(g.RetakeTerm, 16))
}

// shownScore is the score as the school writes it, and whether a mark stands
// in its place: where there is no score, and for a 0, which beside 缓考 is none.
func shownScore(g jwxt.Grade) (score string, isMark bool) {
	score = strings.TrimSpace(g.Score)
	if strings.Trim(score, "0.") != "" {
		return score, false
	}
	if mark := markOf(g); mark != "" {
		return mark, true
	}
	if g.Attempt == jwxt.Deferred {
		return "缓考", true
	}
	return score, false
}

// markOf is the school's mark, unless it says that there is nothing to say.
func markOf(g jwxt.Grade) string {
	switch mark := text.Line(g.Mark, 16); mark {
	case "正常", "正常考试", "无", "-", "--", "0":
		return ""
	default:
		return mark
	}
}

// scoreText is what stands in the score column.
func scoreText(g jwxt.Grade) string {
	if g.Hidden {
		return "🔒"
	}
	score, _ := shownScore(g)
	return cmp.Or(text.Line(score, 16), "—")
}
