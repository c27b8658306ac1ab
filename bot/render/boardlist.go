package render

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// BoardPerPage is how many notices one page of a board's list has: two rows of
// number buttons.
const BoardPerPage = perScreen

// BoardPage is one page of what is stored of a board, or of what was found.
type BoardPage struct {
	Head   string // HTML
	Base   int    // number of the first card
	Cards  []BoardCard
	Boards bool      // of several boards: each card names its own
	Empty  string    // HTML where there is no card
	Fresh  time.Time // when the board was last read; zero: not told
	Foot   string    // HTML; "" is left out
}

// BoardList renders a page of at most BoardPerPage notices. Titles are cut as
// far as all of them need.
func BoardList(l say.Lang, p BoardPage) string {
	for _, width := range []int{120, 60, 30} {
		if html := boardList(l, p, width); text.Units(html) <= maxUnits || width == 30 {
			return html
		}
	}
	return ""
}

func boardList(l say.Lang, p BoardPage, width int) string {
	blocks := []string{p.Head}
	if len(p.Cards) == 0 {
		blocks = append(blocks, p.Empty)
	}
	for i, c := range p.Cards {
		entry := fmt.Sprintf("<b>%d.</b> %s", p.Base+i, text.Escape(cmp.Or(text.Line(c.Title, width), "—")))
		small := []string{c.Date}
		if p.Boards {
			small = append(small, c.Board)
		}
		if c.Deadline != "" {
			small = append(small, say.Plain(l, "board.deadline", say.Data{Said: c.Deadline}))
		}
		blocks = append(blocks, strings.TrimSpace(entry+"\n"+smallPrint(small...)))
	}
	var foot []string
	if p.Foot != "" {
		foot = append(foot, p.Foot)
	}
	if !p.Fresh.IsZero() {
		foot = append(foot, say.Text(l, "browse.fresh", say.Data{Since: p.Fresh}))
	}
	if len(p.Cards) > 0 {
		foot = append(foot, say.Text(l, "notices.hint", say.Data{}))
	}
	return join(append(blocks, strings.Join(foot, "\n"))...)
}

func smallPrint(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s = text.Line(s, 60); s != "" {
			out = append(out, text.Escape(s))
		}
	}
	return strings.Join(out, " · ")
}

// BoardText renders a notice of a board in full, in as many pages as its text
// needs. Attachments are links. The text is that of the notice, "" for none;
// waiting is said in its place while it is being read.
func BoardText(l say.Lang, c BoardCard, words string, files []jwxt.Attachment, waiting string) []string {
	c.Files = nil // they come as links
	head := Board(l, c)
	w := pager{room: maxUnits - size(head) - 40, rows: math.MaxInt}
	switch body := text.Block(words); {
	case waiting != "":
		w.paragraph(waiting)
	case body == "" && !c.Personal:
		w.paragraph(say.Text(l, "notice.empty", say.Data{}))
	case body != "":
		for line := range strings.SplitSeq(body, "\n") {
			w.prose(line)
		}
	}
	w.files(l, "browse.files", files)
	bodies := w.finish()
	for i, body := range bodies {
		number := ""
		if len(bodies) > 1 {
			number = "\n" + say.Text(l, "notice.page", say.Data{Page: i + 1, Pages: len(bodies)})
		}
		bodies[i] = join(head+number, strings.Trim(body, "\n"))
	}
	return bodies
}

// BoardFiles lists a notice's attachments as links.
func BoardFiles(l say.Lang, title string, files []jwxt.Attachment) string {
	w := pager{room: math.MaxInt, rows: math.MaxInt}
	w.line("📢 <b>" + text.Escape(cmp.Or(text.Line(title, 200), "—")) + "</b>")
	w.files(l, "browse.files", files)
	return strings.Join(w.finish(), "\n")
}
