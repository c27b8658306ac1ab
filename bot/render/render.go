// Package render turns grades and notices into pages of Telegram HTML. It is
// pure: same values in, same text out.
//
// A page is filled line by line until the next line would not fit. Lengths are
// counted on the HTML itself, entities and tags included, which is never less
// than what Telegram counts; so a page is safe even if every character had to
// be escaped. Texts of schools and people are cleaned and, where one line must
// hold them, cut with a visible ellipsis; a notice's text is never cut.
//
// Sentences and words come from bot/say, times are written in the location
// they carry.
package render

import (
	"net/url"
	"strings"

	"jwxtbot/bot/render/text"
)

const (
	maxUnits = 3000 // of a page; Telegram refuses beyond 4096
	maxRows  = 24   // rows on a page: two entities each keep far below Telegram's 100
	maxLink  = 1000 // bytes of an address, escaped
)

// pager collects lines into page bodies.
type pager struct {
	room, rows int      // what one page may hold
	pages      []string // finished bodies
	counts     []int    // rows on each of them
	body       strings.Builder
	units, row int
}

// fits reports whether lines of n units more have room on this page.
func (p *pager) fits(n int) bool { return p.units+n <= p.room && p.row < p.rows }

// line adds one line, or several already joined; "" parts two blocks.
func (p *pager) line(html string) {
	if p.body.Len() == 0 && html == "" {
		return
	}
	if p.body.Len() > 0 {
		p.body.WriteByte('\n')
	}
	p.body.WriteString(html)
	p.units += size(html)
}

// turn ends the page.
func (p *pager) turn() {
	p.pages = append(p.pages, p.body.String())
	p.counts = append(p.counts, p.row)
	p.body.Reset()
	p.units, p.row = 0, 0
}

// finish ends the last page and returns all bodies; there is at least one.
func (p *pager) finish() []string {
	if p.body.Len() > 0 || len(p.pages) == 0 {
		p.turn()
	}
	return p.pages
}

// size is what a line takes of a page, its line break included.
func size(html string) int { return text.Units(html) + 1 }

// clamp brings a page number that may be stale into 1…pages.
func clamp(page, pages int) int { return max(1, min(page, pages)) }

// join puts non-empty blocks one above the other, parted by a blank line.
func join(blocks ...string) string {
	var out []string
	for _, b := range blocks {
		if b != "" {
			out = append(out, b)
		}
	}
	return strings.Join(out, "\n\n")
}

// Link is address if a message may link to it: http or https, with a host, not
// overlong; otherwise "".
func Link(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if link := u.String(); len(text.Escape(link)) <= maxLink {
		return link
	}
	return ""
}

func anchor(address, name string) string {
	return `<a href="` + text.Escape(address) + `">` + text.Escape(name) + "</a>"
}
