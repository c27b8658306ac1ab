package render

import (
	"cmp"
	"fmt"
	"strings"

	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
)

// BoardCard is a notice of a public board, as a chat is told of it. Empty
// fields are left out.
type BoardCard struct {
	Title, Board, Date string
	Deadline, Place    string
	URL                string
	Files              []string // names of attachments
	Intranet, Personal bool
	Inner              bool // it is read behind the school's login
}

// mostFiles are the attachments that a card names; of the rest it says the number.
const mostFiles = 3

// Board renders one notice as a card.
func Board(l say.Lang, c BoardCard) string {
	lines := []string{"📢 <b>" + text.Escape(cmp.Or(text.Line(c.Title, 200), "—")) + "</b>"}
	var small []string
	for _, s := range []string{c.Board, c.Date} {
		if s = text.Line(s, 60); s != "" {
			small = append(small, text.Escape(s))
		}
	}
	if len(small) > 0 {
		lines = append(lines, strings.Join(small, " · "))
	}
	if c.Deadline != "" {
		lines = append(lines, say.Text(l, "board.deadline", say.Data{Said: c.Deadline}))
	}
	if place := text.Line(c.Place, 80); place != "" {
		lines = append(lines, say.Text(l, "board.place", say.Data{Said: place}))
	}
	for _, name := range c.Files[:min(len(c.Files), mostFiles)] {
		lines = append(lines, "📎 "+text.Escape(cmp.Or(text.Line(name, 80), "—")))
	}
	if more := len(c.Files) - mostFiles; more > 0 {
		lines = append(lines, say.Text(l, "board.more_files", say.Data{Count: more}))
	}
	if c.Intranet {
		lines = append(lines, say.Text(l, "board.intranet", say.Data{}))
	}
	if c.Inner {
		lines = append(lines, say.Text(l, "inner.where", say.Data{}))
	}
	if c.Personal {
		lines = append(lines, say.Text(l, "board.personal", say.Data{}))
	}
	return strings.Join(lines, "\n")
}

// BoardDigest renders several notices as one message under a head of HTML. Those
// that do not fit, and more beside them, are counted at its end.
func BoardDigest(l say.Lang, head string, cards []BoardCard, more int) string {
	lines, units := []string{head}, size(head)
	for i, c := range cards {
		title := cmp.Or(text.Line(c.Title, 120), "—")
		line := fmt.Sprintf("%d. ", i+1)
		if link := Link(c.URL); link != "" {
			line += anchor(link, title)
		} else {
			line += text.Escape(title)
		}
		if date, _, _ := strings.Cut(text.Line(c.Date, 20), " "); date != "" {
			line += " · " + text.Escape(date)
		}
		if units += size(line); units > maxUnits {
			more += len(cards) - i
			break
		}
		lines = append(lines, line)
	}
	if more > 0 {
		lines = append(lines, say.Text(l, "board.more", say.Data{Count: more}))
	}
	return strings.Join(lines, "\n")
}
