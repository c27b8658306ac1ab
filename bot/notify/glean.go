package notify

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"jwxtbot/jwxt/bulletin"
)

const (
	dayIn   = `(?:(20\d{2})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*[日号]?`
	clockIn = `(?:\s*[(][^)]{1,8}[)])?\s*(?:上午|下午|中午|晚上|晚)?\s*(?:(\d{1,2})\s*(?:[:时点]\s*(\d{1,2})?)\s*分?)?`
)

// A deadline is a date that the text calls the end: 截止时间：3月5日17:00, or
// 请于3月5日前…. NFKC has made punctuation narrow before these are tried.
var deadlines = []*regexp.Regexp{
	regexp.MustCompile(`(?:截止|截至|截稿|结束)(?:日期|时间|到|至|于|为|[:\s]){0,4}` + dayIn + clockIn),
	regexp.MustCompile(`(?:于|在|至|到|[:,。\s])` + dayIn + clockIn + `\s*(?:之前|以前|前|截止|止)`),
	regexp.MustCompile(dayIn + clockIn + `\s*(?:之前|以前|前|截止)`),
}

var afternoon = regexp.MustCompile(`下午|晚`)

// Deadline is the day, perhaps with a time, until which a notice asks for
// something, as far as rules recognise it in title and text.
func (nt Notice) Deadline() (bulletin.Date, bool) {
	text := norm.NFKC.String(nt.Title + "\n" + nt.Text)
	for _, re := range deadlines {
		for _, m := range re.FindAllStringSubmatch(text, 8) {
			if d, ok := nt.dateOf(m); ok {
				return d, true
			}
		}
	}
	return bulletin.Date{}, false
}

// dateOf reads year, month, day, hour and minute of a match. Without a year it
// is the first such day after the notice.
func (nt Notice) dateOf(m []string) (d bulletin.Date, ok bool) {
	num := func(i int) int { n, _ := strconv.Atoi(m[i]); return n }
	published := dayOf(nt.Date)
	if published.IsZero() {
		published = nt.First
	}
	d = bulletin.Date{Year: num(1), Month: num(2), Day: num(3)}
	if d.Year == 0 {
		d.Year = published.In(beijing).Year()
		if dayOf(d).Before(published.AddDate(0, 0, -30)) {
			d.Year++
		}
	}
	if m[4] != "" {
		d.Hour, d.Minute, d.Timed = num(4), num(5), true
		if d.Hour < 12 && afternoon.MatchString(m[0]) {
			d.Hour += 12
		}
	}
	at := dayOf(bulletin.Date{Year: d.Year, Month: d.Month, Day: d.Day}) // 24:00 is of this day
	valid := at.Month() == time.Month(d.Month) && at.Day() == d.Day && d.Hour <= 24 && d.Minute < 60
	return d, valid && at.After(published.AddDate(0, 0, -60)) && at.Before(published.AddDate(2, 0, 0))
}

var where = regexp.MustCompile(`(?:地点|地址|考场|教室)\s*[:：]\s*([^\n。；;，,]{2,60})`)

// placeIn is where something happens, as a text says after 地点：.
func placeIn(text string) string {
	if m := where.FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[1])
	}
	return ""
}
