package render

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"

	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

const (
	perScreen = 8  // notices on one screen: two rows of number buttons
	maxLinks  = 50 // lines on a page with attachments; Telegram drops links after the 100th
)

// NoticeOptions says which part of a list to show.
type NoticeOptions struct {
	School string
	Page   int // screen, counted from 1; any number, clamped
}

// NoticeList is one screen of the school's page of notices.
type NoticeList struct {
	HTML  string
	Page  int // screen, counted from 1, clamped
	Pages int // screens
	// Shown are indices into NoticePage.Notices. A notice's number on the
	// screen is its index plus Base.
	Shown []int
	Base  int
}

// Notices renders one screen of one page of the school's list.
func Notices(l say.Lang, p jwxt.NoticePage, o NoticeOptions) NoticeList {
	data := say.Data{School: o.School, Count: p.Total, List: p.Page, Lists: p.Pages}
	if len(p.Notices) == 0 {
		return NoticeList{HTML: say.Text(l, "notices.none", data), Page: 1, Pages: 1}
	}
	data.Page, data.Pages = len(p.Notices), len(p.Notices)
	base, known := numberOfFirst(p)
	w := pager{room: maxUnits - size(noticePage(l, data, "")) - 2, rows: perScreen}
	for i, n := range p.Notices {
		entry := noticeEntry(base+i, n)
		if !w.fits(1 + size(entry)) {
			w.turn()
		}
		w.line("")
		w.line(entry)
		w.row++
	}
	bodies := w.finish()
	list := NoticeList{Page: clamp(o.Page, len(bodies)), Pages: len(bodies), Base: base}
	first := 0
	for _, n := range w.counts[:list.Page-1] {
		first += n
	}
	for i := range w.counts[list.Page-1] {
		list.Shown = append(list.Shown, first+i)
	}
	data.Page, data.Pages = list.Page, list.Pages
	if known {
		data.First = base + list.Shown[0]
		data.Last = data.First + len(list.Shown) - 1
	}
	list.HTML = noticePage(l, data, bodies[list.Page-1])
	return list
}

// numberOfFirst is the number that a page's first notice has in the whole list,
// so that numbers go on from page to page, and whether that is certain. Schools
// tell the total and fill all pages but the last.
func numberOfFirst(p jwxt.NoticePage) (n int, known bool) {
	before := (p.Page - 1) * len(p.Notices)
	if p.Page == p.Pages {
		before = p.Total - len(p.Notices)
	}
	if p.Total == 0 || before < 0 || before+len(p.Notices) > p.Total || p.Page > 1 && before == 0 {
		return 1, false
	}
	return before + 1, true
}

func noticePage(l say.Lang, d say.Data, body string) string {
	return join(say.Text(l, "notices.head", d), body, say.Text(l, "notices.hint", d))
}

func noticeEntry(number int, n jwxt.Notice) string {
	title := cmp.Or(text.Line(n.Title, 120), "—")
	entry := fmt.Sprintf("<b>%d.</b> %s", number, text.Escape(title))
	if about := about(n); about != "" {
		entry += "\n" + about
	}
	return entry
}

var toTheMinute = regexp.MustCompile(`^(\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}):\d{2}(?:\.\d+)?$`)

// about is the small print of a notice: category, sender, time to the minute.
func about(n jwxt.Notice) string {
	var parts []string
	published := toTheMinute.ReplaceAllString(strings.TrimSpace(n.Published), "$1")
	for _, s := range []string{n.Category, n.Sender, published} {
		if s = text.Line(s, 30); s != "" {
			parts = append(parts, text.Escape(s))
		}
	}
	return strings.Join(parts, " · ")
}

// Notice renders a notice in full, in as many pages as its text needs.
// Attachments are links where they can be; the notice's own address is left
// to a button, see [Link].
func Notice(l say.Lang, d jwxt.NoticeDetail) []string {
	title := "📢 <b>" + text.Escape(cmp.Or(text.Line(d.Title, 160), "—")) + "</b>"
	w := pager{room: maxUnits - size(title) - 40, rows: math.MaxInt}
	w.line(noticeMeta(l, d))
	w.line("")
	body := text.Block(d.Text)
	if body == "" {
		w.paragraph(say.Text(l, "notice.empty", say.Data{}))
	}
	for line := range strings.SplitSeq(body, "\n") {
		w.prose(line)
	}
	w.files(l, "notice.files", d.Attachments)
	bodies := w.finish()
	for i, body := range bodies {
		number := ""
		if len(bodies) > 1 {
			number = "\n" + say.Text(l, "notice.page", say.Data{Page: i + 1, Pages: len(bodies)})
		}
		bodies[i] = join(title+number, strings.Trim(body, "\n"))
	}
	return bodies
}

func noticeMeta(l say.Lang, d jwxt.NoticeDetail) string {
	meta := about(d.Notice)
	if valid := text.Line(d.Valid, 80); valid != "" {
		meta += "\n" + say.Text(l, "notice.valid", say.Data{Said: valid})
	}
	return strings.TrimSpace(meta)
}

// paragraph writes one line of HTML, on the next page if it must.
func (p *pager) paragraph(html string) {
	if !p.fits(size(html)) {
		p.turn()
	}
	p.line(html)
	p.row++
}

// prose writes one line of plain text. What the page cannot hold goes to the
// next one: the rest of the line if this page is not half full, else all of it.
func (p *pager) prose(line string) {
	for size(text.Escape(line)) > p.room-p.units {
		if p.units > p.room/2 {
			p.turn()
			continue
		}
		head := fitting(line, p.room-p.units-1)
		p.paragraph(text.Escape(head))
		p.turn()
		line = line[len(head):]
	}
	p.paragraph(text.Escape(line))
}

// fitting is the longest part at the head of s that takes at most room units
// once escaped. It ends after a sentence or a word if one ends in its last half.
func fitting(s string, room int) string {
	units, end, stop := 0, len(s), 0
	for i, r := range s {
		if units += text.Units(text.Escape(string(r))); units > room {
			end = i
			break
		}
		if strings.ContainsRune("。！？；.!?; ", r) && units > room/2 {
			stop = i + len(string(r))
		}
	}
	if stop > 0 && end < len(s) {
		return s[:stop]
	}
	return s[:end]
}

// files lists the attachments under a head.
func (p *pager) files(l say.Lang, head string, files []jwxt.Attachment) {
	if len(files) == 0 {
		return
	}
	p.rows = maxLinks
	p.line("")
	p.paragraph(say.Text(l, head, say.Data{Count: len(files)}))
	for _, f := range files {
		name := cmp.Or(text.Line(f.Name, 100), text.Line(f.URL, 60), "—")
		if link := Link(f.URL); link != "" {
			p.paragraph("📎 " + anchor(link, name))
		} else {
			p.paragraph("📎 " + text.Escape(name) + say.Text(l, "notice.nolink", say.Data{}))
		}
	}
}
