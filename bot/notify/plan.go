package notify

import (
	"cmp"
	"math"
	"slices"
	"time"

	"jwxtbot/jwxt/bulletin"
)

const (
	// oldAge is how old a notice that was never seen may be and still be news,
	// unless it is at the top.
	oldAge = 14 * 24 * time.Hour
	// oldAfterDowntime is the same where we have not looked for a while.
	oldAfterDowntime = 7 * 24 * time.Hour
	// downtime is how long without a look makes the next one a catch-up.
	downtime = 6 * time.Hour
	// inFull is how many of a catch-up are told one by one.
	inFull = 5
	// chunk is how many items one transaction records.
	chunk = 24
	// sameTitle is how long a title means the same notice in one school.
	sameTitle = 7 * 24 * time.Hour
)

// entry is an item of a list and what is known of it.
type entry struct {
	item   bulletin.Item
	pos    int // in the page, from the top
	key    string
	known  *Notice // nil: never seen
	byName bool    // known by its title only
	detail *bulletin.Detail
	silent bool // recorded and told to nobody
}

// newHere reports whether the column did not list the entry before.
func (e *entry) newHere(source string) bool {
	return e.known == nil || !slices.Contains(e.known.Sources, source)
}

// date is when the notice is from, as the list or its own page says.
func (e *entry) date() bulletin.Date {
	switch {
	case e.item.Date != (bulletin.Date{}):
		return e.item.Date
	case e.detail != nil && e.detail.Date != (bulletin.Date{}):
		return e.detail.Date
	case e.known != nil:
		return e.known.Date
	}
	return bulletin.Date{}
}

// plan is what a list means.
type plan struct {
	fresh  []entry // new in the column or put up again, in the order to be told
	edited []entry // listed before, otherwise
	hold   string  // why nothing of it is told without an operator
	digest bool    // told as one message: a catch-up
	quiet  bool    // told to nobody: the first page
}

// tells are the entries of p that are told of.
func (p *plan) tells() (n int) {
	for _, e := range p.fresh {
		if !e.silent {
			n++
		}
	}
	return n
}

// newPlan decides what a list means for its source. It does not look at what
// the guard does; that is for when the details are there.
func newPlan(source string, s *state, entries []entry) plan {
	p := plan{quiet: !s.Baselined}
	for _, e := range entries {
		switch {
		case e.newHere(source) || e.byName:
			p.fresh = append(p.fresh, e)
		case e.known.Sources[0] != source: // columns may print a title differently
		case e.known.Listed != tidy(e.item.Title) || e.item.Date != (bulletin.Date{}) && e.known.Date != e.item.Date:
			p.edited = append(p.edited, e)
		}
	}
	return p
}

// judge decides who is told, once the details of what is new were read.
func (p *plan) judge(s *state, source string, entries []entry, now time.Time) {
	gap := downtime
	if _, inner := Inner(source); inner {
		gap = innerDowntime
	}
	catchUp := !s.LastOK.IsZero() && now.Sub(s.LastOK) >= gap
	for i := range p.fresh {
		e := &p.fresh[i]
		e.silent = p.quiet || !e.newHere(source) || s.old(e, source, entries, now, catchUp)
	}
	slices.SortStableFunc(p.fresh, func(a, b entry) int {
		return cmp.Or(dayOrder(a).Compare(dayOrder(b)), cmp.Compare(b.pos, a.pos))
	})
	if p.quiet {
		return
	}
	p.hold = s.suspicious(p, entries, catchUp)
	if s.Gathering == gatherHold && p.hold == "" && p.tells() > 0 {
		p.hold = "the rest of a page that was held"
	}
	p.digest = p.hold == "" && (catchUp && p.tells() > inFull || s.Gathering == gatherCatchUp)
}

// dayOrder is the day of an entry; those that do not say it come last, since
// they are as new as anything.
func dayOrder(e entry) time.Time {
	d := e.date()
	if d == (bulletin.Date{}) {
		return time.Unix(math.MaxInt32, 0)
	}
	return dayOf(bulletin.Date{Year: d.Year, Month: d.Month, Day: d.Day})
}

// old reports whether a new entry is no news: an article from before our time
// that slid into the page because another was removed, or was found anew.
func (s *state) old(e *entry, source string, entries []entry, now time.Time, catchUp bool) bool {
	above, below := 0, 0 // of those that were listed before, in their order
	for i := range entries {
		o := &entries[i]
		if o.item.Pinned || o.newHere(source) {
			continue
		}
		if o.pos < e.pos {
			above++
		} else {
			below++
		}
	}
	day := dayOf(e.date())
	atTop := above == 0 && !e.item.Pinned
	switch age := now.Sub(day); {
	case day.IsZero():
		return above >= 3 && below == 0
	case e.known != nil && now.Sub(e.known.First) > oldAge:
		return true
	case catchUp && age > oldAfterDowntime:
		return true
	case age > oldAge:
		return !atTop
	}
	return above > 0 && below == 0 && day.Before(s.LastOK.Add(-48*time.Hour))
}

// suspicious is the flood guard: why what is new is more likely the board's
// doing than the school's, or "".
func (s *state) suspicious(p *plan, entries []entry, catchUp bool) string {
	tells, unknown, strange := p.tells(), 0, 0
	for _, e := range entries {
		if e.known == nil {
			unknown++
		}
		if !slices.Contains(s.Shapes, shapeOf(e.item.URL)) {
			strange++
		}
	}
	half := len(entries) / 2
	switch {
	case tells == 0:
		return ""
	case len(entries) >= 4 && strange > half:
		return "the articles' addresses have another shape"
	case catchUp:
		return ""
	case tells > min(max(8, half), chunk):
		return "too many at once"
	case len(entries) >= 6 && unknown > half:
		return "more than half of the page was never seen"
	}
	return ""
}

// shapes are the shapes of a list's addresses, those of the past included.
func (s *state) shapes(entries []entry) []string {
	out := slices.Clone(s.Shapes)
	for _, e := range entries {
		if shape := shapeOf(e.item.URL); !slices.Contains(out, shape) {
			out = append(out, shape)
		}
	}
	return out[max(0, len(out)-20):]
}
