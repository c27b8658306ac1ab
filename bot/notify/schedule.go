package notify

import (
	"hash/fnv"
	"net/url"
	"strings"
	"time"

	"jwxtbot/jwxt/bulletin"
)

// How often a board is asked. By day it is every 20 minutes while something
// new has come within a fortnight, every 40 within a month, else hourly; by
// night every two hours. That is about 55 requests a day for an active column,
// whoever subscribes. One that nobody subscribes to is asked hourly while
// people look at it, and else once a day, which keeps what was seen fresh for
// its first subscriber and finds out early that it is dead.
const (
	dayEvery   = 20 * time.Minute
	nightEvery = 2 * time.Hour
	askedEvery = time.Hour
	idleEvery  = 24 * time.Hour

	lively = 14 * 24 * time.Hour
	drowsy = 30 * 24 * time.Hour

	dayBegins = 6*time.Hour + 30*time.Minute
	dayEnds   = 23*time.Hour + 30*time.Minute

	askedLately = 3 * 24 * time.Hour

	firstBackOff = 20 * time.Minute
	lastBackOff  = 6 * time.Hour
	longestWait  = 24 * time.Hour // that a Retry-After is obeyed for

	// forceEvery is how often a person may have a source asked.
	forceEvery = 5 * time.Minute
	// startWithin is how long a start takes to ask all that became due meanwhile.
	startWithin = 10 * time.Minute
)

// demand is who wants a source.
type demand uint8

const (
	unwanted demand = iota
	looked          // people looked at it lately
	wanted          // somebody subscribes
)

// due is when a source that was asked at now is to be asked again.
func (s *state) due(src bulletin.Source, d demand, now time.Time) time.Time {
	if isInner(src) && !restless(src) {
		return s.innerDue(src, now)
	}
	jitter := 0.8 + 0.4*roll(src.ID, now.Unix())
	if s.Fails > 0 {
		wait := max(s.backOff(), every(src, s, d, now))
		return later(now.Add(scale(wait, jitter)), s.NotBefore)
	}
	at := now.Add(scale(every(src, s, d, now), jitter))
	morning := nextMorning(now)
	if d == wanted && at.After(morning) && night(now) {
		// Mornings must not begin with everybody at once.
		at = morning.Add(scale(byDay(src, s), roll(src.ID, morning.Unix())))
	}
	return later(at, s.NotBefore)
}

// every is the time between two requests at this time of day.
func every(src bulletin.Source, s *state, d demand, now time.Time) time.Duration {
	switch {
	case restless(src):
		return src.Every
	case d == unwanted:
		return idleEvery
	case night(now):
		return max(nightEvery, byDay(src, s))
	case d == looked:
		return max(askedEvery, byDay(src, s))
	}
	return byDay(src, s)
}

// byDay follows the source's own rhythm.
func byDay(src bulletin.Source, s *state) time.Duration {
	base := src.Every
	if base <= 0 {
		base = dayEvery
	}
	switch quiet := s.LastOK.Sub(s.Newest); {
	case s.LastOK.IsZero() || quiet < lively:
		return base
	case quiet < drowsy:
		return max(base, 2*dayEvery)
	}
	return max(base, 3*dayEvery)
}

// backOff is how long a source that fails is left alone. It is never given up.
func (s *state) backOff() time.Duration {
	if s.Class == bulletin.Blocked || s.Class == bulletin.Robots {
		return lastBackOff
	}
	return min(firstBackOff<<min(s.Fails-1, 10), lastBackOff)
}

func clock(now time.Time) time.Duration {
	t := now.In(beijing)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

func night(now time.Time) bool { c := clock(now); return c < dayBegins || c >= dayEnds }

// nextMorning is when the day begins next.
func nextMorning(now time.Time) time.Time {
	t := now.In(beijing)
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, beijing).Add(dayBegins)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// atStart is when a source is first asked by a program that starts at now:
// when it was planned, but what is overdue not all at once.
func atStart(planned time.Time, src bulletin.Source, now time.Time) time.Time {
	within := startWithin
	if restless(src) {
		within = src.Every
	}
	return later(planned, now.Add(scale(within, roll(src.ID, 0))))
}

// restless tells a simulated board, which is asked as often as people look.
func restless(src bulletin.Source) bool {
	return src.Every > 0 && src.Every < bulletin.LeastEvery
}

// roll is a number in [0, 1) that looks random, and is the same for the same.
func roll(id string, n int64) float64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	for i := range 8 {
		h.Write([]byte{byte(n >> (8 * i))})
	}
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

func scale(d time.Duration, f float64) time.Duration { return time.Duration(float64(d) * f) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// domainOf is the part of an address's host that one owner has: one firewall
// guards all of it, so one of its boards is asked at a time.
func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	labels := strings.Split(u.Hostname(), ".")
	keep := 2
	if n := len(labels); n > 2 && len(labels[n-1]) == 2 && len(labels[n-2]) <= 3 {
		keep = 3 // sylu.edu.cn
	}
	return strings.Join(labels[max(0, len(labels)-keep):], ".")
}
