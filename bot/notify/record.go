package notify

import (
	"context"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/render/text"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// record makes a poll's news durable, all at once if it fits one transaction.
// It completes s.
func (n *Notifier) record(ctx context.Context, src bulletin.Source, s *state, p *plan, entries []entry, looks []Notice, v bulletin.Validators, up *fan) error {
	parts := slices.Collect(slices.Chunk(p.fresh, chunk))
	if len(parts) > 1 && !p.quiet && p.tells() > 0 {
		s.Gathering = gatherCatchUp
		if p.hold != "" {
			s.Gathering = gatherHold
		}
	}
	if p.hold != "" && s.Gathering == "" {
		s.Gathering = gatherHold
	}
	for len(parts) > 1 {
		if err := n.recordPart(ctx, src, s, part{fresh: parts[0], why: p.hold, up: up}); err != nil {
			return err
		}
		parts, up = parts[1:], nil
	}
	last := part{why: p.hold, last: true, digest: p.digest, up: up, before: s.LastOK}
	if len(parts) > 0 {
		last.fresh = parts[0]
	}
	room := chunk - len(last.fresh)
	if len(p.edited) > room {
		p.edited, v = p.edited[:room], bulletin.Validators{} // the others at the next poll
	}
	var err error
	if last.changes, err = n.changes(ctx, s, p, looks, room); err != nil {
		return err
	}
	s.settle(p, entries, v)
	if len(last.fresh) == 0 && len(last.changes) == 0 && up == nil && s.Gathering == "" && !s.dirty {
		return n.plan(ctx, src, s) // no news: stored with others, later
	}
	if err := n.recordPart(ctx, src, s, last); err != nil {
		return err
	}
	if p.hold != "" {
		n.Report(Report{Kind: Held, Source: src.ID, Count: p.tells(), Why: p.hold})
	}
	return nil
}

// settle is the state after a list that was understood.
func (s *state) settle(p *plan, entries []entry, v bulletin.Validators) {
	if v != (bulletin.Validators{}) || len(entries) > 0 {
		s.dirty = s.dirty || s.Validators != v
		s.Validators = v
	}
	s.LastOK = s.Last
	if len(entries) == 0 {
		return
	}
	s.dirty = s.dirty || !s.Baselined
	s.Shapes = s.shapes(entries)
	s.Baselined = true
	s.Page = nil
	for _, e := range entries {
		s.Page = append(s.Page, e.key)
		if day := dayOf(e.date()); day.After(s.Newest) && !day.After(s.Last) {
			s.Newest = day
		}
	}
	if p.tells() > 0 {
		s.Newest = s.Last
	}
	if s.Newest.IsZero() {
		s.Newest = s.Last // of a board without dates nothing is known yet
	}
}

// part is what one transaction of a poll records.
type part struct {
	fresh   []entry
	changes []change
	why     string // of holding it
	last    bool
	before  time.Time // when the list was last understood
	digest  bool
	up      *fan
}

// change is an edited notice.
type change struct {
	notice Notice
	pass   edit // how it is passed on now
}

// recordPart makes one transaction. It costs at most 3 writes and 2 reads for an
// entry, 3 writes for a change, and 6 of each besides.
func (n *Notifier) recordPart(ctx context.Context, src bulletin.Source, s *state, p part) error {
	var after state
	fanned := false
	err := n.update(ctx, func(tx store.Tx) error {
		after, fanned = *s, false
		stored, _, err := get(tx, n.states, src.ID)
		if err != nil {
			return err
		}
		if stored.Last.Equal(s.Last) && stored.Part == s.Part+1 {
			after, fanned = stored, true // it stands, though it was not certain
			return nil
		}
		after.Part++
		d, err := n.demand(tx, src, s.Asked, s.Last)
		if err != nil {
			return err
		}
		fans, err := n.counter(tx, "fan", s.Last.UnixMicro())
		if err != nil {
			return err
		}
		tells, err := n.putEntries(tx, src, &after, p.fresh)
		if err != nil {
			return err
		}
		news, err := n.gather(tx, src, &after, p, tells)
		if err != nil {
			return err
		}
		queue := []*fan{p.up, news}
		for _, c := range p.changes {
			if err := n.putChanged(tx, src, c.notice); err != nil {
				return err
			}
			if c.pass != unedited {
				queue = append(queue, &fan{Kind: fanEdit, Source: src.ID, Items: []ref{{Key: c.notice.Key}}, Edit: c.pass, At: s.Last})
			}
		}
		for _, f := range queue {
			if f == nil {
				continue
			}
			fanned = true
			if err := n.fans.Put(tx, fanID(fans.next()), *f); err != nil {
				return err
			}
		}
		if err := fans.save(tx); err != nil {
			return err
		}
		after.Next = after.due(src, d, after.Last)
		return n.states.Put(tx, src.ID, after)
	})
	if err != nil {
		return err
	}
	*s = after
	s.dirty = false
	n.forgetNoted(src.ID)
	if fanned {
		poke(n.fanning)
	}
	return nil
}

// putChanged stores an edited notice. It may be put up again under its new title.
func (n *Notifier) putChanged(tx store.Tx, src bulletin.Source, nt Notice) error {
	if title := titleKey(nt.Title); title != "" && len(nt.Were) > 0 {
		if err := n.titles.Put(tx, schoolOf(src)+"/"+title, nt.Key); err != nil {
			return err
		}
	}
	return n.notices.Put(tx, nt.Key, nt)
}

// mostNames is how many further keys a notice is known by. One that a board gives
// ever new addresses is then known by its title, for as long as titles count.
const mostNames = 20

// putEntries stores entries that are new in a column; it returns those to tell.
func (n *Notifier) putEntries(tx store.Tx, src bulletin.Source, s *state, fresh []entry) (tells []ref, err error) {
	for _, e := range fresh {
		nt, ok, err := n.notice(tx, e.key) // another column's poll may have been first
		if err != nil {
			return nil, err
		}
		switch {
		case ok:
		case e.known != nil:
			nt = *e.known
		default:
			nt = newNotice(src, &e, s.Last)
		}
		if nt.Key != e.key && !slices.Contains(nt.Also, e.key) && len(nt.Also) < mostNames {
			nt.Also = append(nt.Also, e.key)
			if err := n.notices.Put(tx, e.key, Notice{Alias: nt.Key}); err != nil {
				return nil, err
			}
		}
		listed := slices.Contains(nt.Sources, src.ID)
		if !listed {
			nt.Sources = append(nt.Sources, src.ID)
		}
		if err := n.notices.Put(tx, nt.Key, nt); err != nil {
			return nil, err
		}
		if title := titleKey(nt.Title); !ok && e.known == nil && title != "" {
			if err := n.titles.Put(tx, schoolOf(src)+"/"+title, nt.Key); err != nil {
				return nil, err
			}
		}
		if listed {
			continue
		}
		s.Seq++
		if err := n.columns.Put(tx, columnID(src.ID, s.Seq), nt.Key); err != nil {
			return nil, err
		}
		if !e.silent {
			tells = append(tells, ref{nt.Key, s.Seq})
			if nt.Inner == isInner(src) { // what a public board shows is looked at there
				s.watch(nt.Key)
			}
		}
	}
	return tells, nil
}

// gather decides what becomes of notices to tell: a fan now, or rows to wait
// for the rest of the poll or for the operator.
func (n *Notifier) gather(tx store.Tx, src bulletin.Source, s *state, p part, tells []ref) (*fan, error) {
	if s.Gathering == "" {
		if len(tells) == 0 {
			return nil, nil
		}
		f := &fan{Kind: fanTell, Source: src.ID, Items: tells, At: s.Last, Before: p.before}
		if p.digest {
			f.Digest = digestCatchUp
		}
		return f, nil
	}
	row := src.ID
	h, _, err := get(tx, n.held, row)
	if err != nil {
		return nil, err
	}
	h.Items, h.Why, h.At = append(h.Items, tells...), p.why, s.Last
	h.Items = h.Items[max(0, len(h.Items)-mostHeld):]
	done := s.Gathering
	if p.last {
		s.Gathering = ""
	}
	if !p.last || done == gatherHold {
		return nil, n.held.Put(tx, row, h)
	}
	f := h.fan(src.ID, digestCatchUp, s.Last)
	if f != nil {
		f.Before = p.before
	}
	return f, n.held.Delete(tx, row)
}

// mostInDigest is how many notices a digest lists; of the others it says the
// number.
const mostInDigest = 25

// mostHeld bounds a row. Who lets so much gather wants the newest at most.
const mostHeld = 500

func (h held) fan(source string, why digestKind, at time.Time) *fan {
	if len(h.Items) == 0 {
		return nil
	}
	items := h.Items[max(0, len(h.Items)-mostInDigest):] // the newest
	return &fan{Kind: fanTell, Source: source, Items: items, More: len(h.Items) - len(items), Digest: why, At: at}
}

// newNotice is what is first known of an article.
func newNotice(src bulletin.Source, e *entry, now time.Time) Notice {
	nt := Notice{
		Key: e.key, School: src.School, URL: e.item.URL, First: now, Intranet: e.item.Intranet, Inner: isInner(src),
		Listed: tidy(e.item.Title), Title: tidy(e.item.Title), Date: e.date(),
	}
	if nt.Inner {
		nt.School = src.ID
	}
	if e.detail != nil {
		nt.fill(*e.detail)
	}
	return nt
}

// The bounds of a row: written down, a character may take six bytes.
const (
	mostText  = 48 << 10 // bytes of a notice's text that are kept
	mostFiles = 30
	mostLink  = 800 // bytes of an attachment's address
	mostTitle = 300 // cells, of a title or a name
)

// fill puts what its own page says into a notice.
func (nt *Notice) fill(d bulletin.Detail) {
	nt.Detailed = true
	nt.Title = fullTitle(nt.Listed, d.Title)
	nt.Publisher = text.Line(d.Publisher, mostTitle)
	nt.Attachments = nil
	for _, f := range d.Attachments[:min(len(d.Attachments), mostFiles)] {
		if len(f.URL) > mostLink {
			continue
		}
		nt.Attachments = append(nt.Attachments, jwxt.Attachment{Name: text.Line(f.Name, mostTitle), URL: f.URL})
	}
	nt.Intranet = nt.Intranet || d.Intranet
	nt.Body = bodyPrint(d)
	if nt.Date == (bulletin.Date{}) {
		nt.Date = d.Date
	}
	nt.Text, nt.Personal = d.Text, personal(d.Text)
	if nt.Personal {
		nt.Text, nt.Attachments = "", nil
	}
	if len(nt.Text) > mostText {
		nt.Text = strings.ToValidUTF8(nt.Text[:mostText], "")
	}
}
