package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
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
	last := part{why: p.hold, last: true, digest: p.digest, up: up}
	if len(parts) > 0 {
		last.fresh = parts[0]
	}
	if room := chunk - len(last.fresh); len(p.edited) > room {
		p.edited, v = p.edited[:room], bulletin.Validators{} // the others at the next poll
	}
	var err error
	if last.changes, err = n.changes(ctx, s, p, looks); err != nil {
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
	digest  bool
	up      *fan
}

// change is an edited notice.
type change struct {
	notice Notice
	pass   edit // how it is passed on now
}

// recordPart makes one transaction. It costs at most 3 writes and 2 reads for an
// entry, 2 writes for a change, and 6 of each besides.
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
			if err := n.notices.Put(tx, c.notice.Key, c.notice); err != nil {
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
		if nt.Key != e.key && !slices.Contains(nt.Also, e.key) {
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
			s.watch(nt.Key)
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
		f := &fan{Kind: fanTell, Source: src.ID, Items: tells, At: s.Last}
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
	done := s.Gathering
	if p.last {
		s.Gathering = ""
	}
	if !p.last || done == gatherHold {
		return nil, n.held.Put(tx, row, h)
	}
	return h.fan(src.ID, digestCatchUp, s.Last), n.held.Delete(tx, row)
}

// mostInDigest is how many notices a digest lists; of the others it says the
// number.
const mostInDigest = 30

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
		Key: e.key, School: src.School, URL: e.item.URL, First: now, Intranet: e.item.Intranet,
		Listed: tidy(e.item.Title), Title: tidy(e.item.Title), Date: e.date(),
	}
	if e.detail != nil {
		nt.fill(*e.detail)
	}
	return nt
}

const (
	mostText  = 64 << 10 // bytes of a notice's text that are kept
	mostFiles = 50
)

// fill puts what its own page says into a notice.
func (nt *Notice) fill(d bulletin.Detail) {
	nt.Detailed = true
	nt.Title = fullTitle(nt.Listed, d.Title)
	nt.Publisher = d.Publisher
	nt.Attachments = d.Attachments[:min(len(d.Attachments), mostFiles)]
	nt.Intranet = nt.Intranet || d.Intranet
	nt.Body = bodyPrint(d)
	if nt.Date == (bulletin.Date{}) {
		nt.Date = d.Date
	}
	nt.Text, nt.Personal = d.Text, personal(d.Text)
	if nt.Personal {
		nt.Text = ""
	}
	if len(nt.Text) > mostText {
		nt.Text = strings.ToValidUTF8(nt.Text[:mostText], "")
	}
}

// looks are when an article is read again after it was told, because schools
// correct what they have just published, and lists do not show it.
func looks() []time.Duration {
	return []time.Duration{6 * time.Hour, 24 * time.Hour, 72 * time.Hour}
}

// mostWatches bounds a source's state.
const mostWatches = 60

func (s *state) watch(key string) {
	s.Watches = append(s.Watches, watch{Key: key, At: s.Last.Add(looks()[0])})
	s.Watches = s.Watches[max(0, len(s.Watches)-mostWatches):]
}

// lookAgain reads one article whose time for it has come, if it has changed.
func (n *Notifier) lookAgain(ctx context.Context, src bulletin.Source, s *state) []Notice {
	s.Watches = slices.Clone(s.Watches)
	for i := range s.Watches {
		w := &s.Watches[i]
		if w.Step >= len(looks()) || w.At.After(s.Last) {
			continue
		}
		s.dirty = true
		if w.Step++; w.Step < len(looks()) {
			w.At = s.Last.Add(looks()[w.Step] - looks()[w.Step-1])
		}
		nt, err := n.reread(ctx, src, w.Key)
		if err != nil {
			if ctx.Err() == nil {
				n.Log.Warn("notify: an article cannot be read again", "source", src.ID, "err", err)
			}
			return nil
		}
		return []Notice{nt}
	}
	return nil
}

// reread is a stored notice with what its page says now.
func (n *Notifier) reread(ctx context.Context, src bulletin.Source, key string) (Notice, error) {
	nt, err := n.stored(ctx, key)
	if err != nil {
		return nt, err
	}
	d, err := n.Reader.Detail(ctx, src, bulletin.Item{URL: nt.URL, Title: nt.Listed, Date: nt.Date, Intranet: nt.Intranet})
	if err == nil {
		nt.fill(d)
	}
	return nt, err
}

func (n *Notifier) stored(ctx context.Context, key string) (nt Notice, err error) {
	err = n.DB.View(ctx, func(tx store.Tx) error {
		var ok bool
		nt, ok, err = n.notice(tx, key)
		if err == nil && !ok {
			err = store.ErrNotFound
		}
		return err
	})
	return nt, err
}

// changes are the notices that a poll found edited, and those whose edit has
// waited for its time. Of each it is decided how it is passed on: at most once
// in six hours.
func (n *Notifier) changes(ctx context.Context, s *state, p *plan, looks []Notice) (out []change, err error) {
	seen := map[string]int{}
	for _, e := range p.edited {
		nt := *e.known
		if cut := tidy(e.item.Title); nt.Listed != cut {
			nt.Listed, nt.Title = cut, fullTitle(cut, nt.Title)
		}
		if e.item.Date != (bulletin.Date{}) {
			nt.Date = e.item.Date
		}
		seen[nt.Key] = len(out)
		out = append(out, change{notice: nt, pass: howEdited(*e.known, nt)})
	}
	for _, nt := range looks {
		if _, both := seen[nt.Key]; both {
			continue // the list's change is there again next time
		}
		old, err := n.stored(ctx, nt.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if pass := howEdited(old, nt); pass != unedited || old.Body != nt.Body || !old.Detailed {
			seen[nt.Key] = len(out)
			out = append(out, change{nt, pass})
		}
	}
	for i := range s.Watches {
		w := &s.Watches[i]
		if _, now := seen[w.Key]; w.Edit == unedited || now {
			continue
		}
		nt, err := n.stored(ctx, w.Key)
		if err == nil && s.Last.Sub(nt.Edited) >= editEvery {
			seen[w.Key] = len(out)
			out = append(out, change{nt, w.Edit})
			w.Edit = unedited
		}
	}
	for i := range out {
		out[i].pass = s.passOn(&out[i].notice, out[i].pass)
	}
	s.Watches = slices.DeleteFunc(s.Watches, func(w watch) bool { return w.Step >= 3 && w.Edit == unedited })
	return out, nil
}

// editEvery is the least time between two edits of one notice's messages.
const editEvery = 6 * time.Hour

// passOn lets an edit pass, or puts it off. What waits already goes with it.
func (s *state) passOn(nt *Notice, pass edit) edit {
	if pass == unedited {
		return unedited
	}
	i := slices.IndexFunc(s.Watches, func(w watch) bool { return w.Key == nt.Key })
	if i >= 0 {
		pass = max(pass, s.Watches[i].Edit)
	}
	if s.Last.Sub(nt.Edited) >= editEvery {
		if i >= 0 {
			s.Watches[i].Edit = unedited
		}
		nt.Edited = s.Last
		return pass
	}
	if i < 0 {
		s.Watches = append(s.Watches, watch{Key: nt.Key, Step: len(looks())})
		i = len(s.Watches) - 1
	}
	s.Watches[i].Edit = pass
	return unedited
}

// howEdited compares what people were shown with what they would be now.
func howEdited(old, now Notice) edit {
	switch {
	case titleOrText(old.Title) != titleOrText(now.Title),
		old.Detailed && !slices.Equal(fileNames(old.Attachments), fileNames(now.Attachments)):
		return loudEdit
	case cardText(say.Zh, "", old) != cardText(say.Zh, "", now):
		return silentEdit
	}
	return unedited
}

func titleOrText(title string) string {
	if key := titleKey(title); key != "" {
		return key
	}
	return title
}

func cardText(l say.Lang, board string, nt Notice) string { return render.Board(l, nt.card(board)) }

// recordAlone stores a state, with a fan if there is one.
func (n *Notifier) recordAlone(ctx context.Context, src bulletin.Source, s *state, f *fan) error {
	if f == nil && !s.dirty {
		return n.plan(ctx, src, s)
	}
	return n.recordPart(ctx, src, s, part{up: f})
}

// plan notes a state without news, to be stored with others.
func (n *Notifier) plan(ctx context.Context, src bulletin.Source, s *state) error {
	err := n.DB.View(ctx, func(tx store.Tx) error {
		d, err := n.demand(tx, src, s.Asked, s.Last)
		s.Next = s.due(src, d, s.Last)
		return err
	})
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.sources[src.ID]; w != nil {
		noted := *s
		w.noted = &noted
	}
	return nil
}

func (n *Notifier) forgetNoted(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.sources[id]; w != nil {
		w.noted = nil
	}
}

// storeNoted stores the states without news.
func (n *Notifier) storeNoted(ctx context.Context) {
	n.mu.Lock()
	noted := map[string]*state{}
	for id, w := range n.sources {
		if w.noted != nil {
			noted[id] = w.noted
		}
	}
	n.mu.Unlock()
	var ids []string
	for id := range noted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, store.MaxWrites) {
		err := n.update(ctx, func(tx store.Tx) error {
			for _, id := range some {
				if err := n.putNoted(tx, id, noted[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			n.trouble(ctx, "states cannot be stored", err)
			return
		}
		n.mu.Lock()
		for _, id := range some {
			if w := n.sources[id]; w != nil && w.noted == noted[id] {
				w.noted = nil
			}
		}
		n.mu.Unlock()
	}
}

// putNoted stores a noted state, unless news have been recorded since.
func (n *Notifier) putNoted(tx store.Tx, id string, s *state) error {
	old, _, err := get(tx, n.states, id)
	if err != nil || old.Last.After(s.Last) {
		return err
	}
	return n.states.Put(tx, id, *s)
}
