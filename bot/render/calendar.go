package render

import (
	"strings"
	"time"

	"jwxtbot/bot/render/text"
)

// Event is something that stands in a calendar.
type Event struct {
	ID    string // the same for the same event, so that adding it twice is adding it once
	Title string
	Start time.Time // the end of a Title that is due; its date only if AllDay
	// AllDay events have no time of day.
	AllDay bool
	Place  string
	Note   string
	URL    string
	Made   time.Time
}

// The bounds of a calendar's texts, in cells.
const (
	mostSummary = 160
	mostNote    = 400
)

// Calendar is a file of one event, RFC 5545, with an alarm a day before. A
// thing that is due takes no time: it begins and ends at Start.
func Calendar(e Event) []byte {
	w := &calendar{}
	w.line("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//jwxtbot//notices//ZH", "METHOD:PUBLISH", "BEGIN:VEVENT")
	w.line("UID:"+quote(text.Line(e.ID, 100))+"@jwxtbot", "DTSTAMP:"+utc(e.Made))
	if e.AllDay {
		day := time.Date(e.Start.Year(), e.Start.Month(), e.Start.Day(), 0, 0, 0, 0, time.UTC)
		w.line("DTSTART;VALUE=DATE:"+day.Format("20060102"), "DTEND;VALUE=DATE:"+day.AddDate(0, 0, 1).Format("20060102"))
		w.line("TRANSP:TRANSPARENT")
	} else {
		w.line("DTSTART:"+utc(e.Start), "DTEND:"+utc(e.Start))
	}
	title := text.Line(e.Title, mostSummary)
	w.line("SUMMARY:" + quote(title))
	if place := text.Line(e.Place, mostSummary); place != "" {
		w.line("LOCATION:" + quote(place))
	}
	if note := text.Line(e.Note, mostNote); note != "" {
		w.line("DESCRIPTION:" + quote(note))
	}
	if link := Link(e.URL); link != "" {
		w.line("URL:" + link)
	}
	w.line("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P1D", "DESCRIPTION:"+quote(title), "END:VALARM")
	w.line("END:VEVENT", "END:VCALENDAR")
	return []byte(w.String())
}

// utc is a moment, so that no description of time zones is needed.
func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

var quoter = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func quote(s string) string { return quoter.Replace(s) }

// calendar collects lines.
type calendar struct{ strings.Builder }

// line writes lines, folded so that none is longer than 75 bytes and no
// character is cut in two.
func (w *calendar) line(lines ...string) {
	const limit = 75
	for _, line := range lines {
		used := 0
		for _, r := range line {
			if n := len(string(r)); used+n > limit {
				w.WriteString("\r\n ")
				used = 1
			}
			w.WriteRune(r)
			used += len(string(r))
		}
		w.WriteString("\r\n")
	}
}
