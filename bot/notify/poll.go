package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// described is the fingerprint of where and how a source is read. What was
// stored to ask again with means nothing for another one.
func described(s bulletin.Source) string {
	return fingerprint(s.URL, s.Method, s.Body, s.Charset, fmt.Sprintf("%+v", s.Rules))
}

// poll asks sources when they are due, until ctx ends.
func (n *Notifier) poll(ctx context.Context) {
	var polls sync.WaitGroup
	defer polls.Wait()
	for ctx.Err() == nil {
		if err := n.load(ctx); err != nil {
			n.trouble(ctx, "sources cannot be read", err)
			continue
		}
		w, at := n.claim(time.Now())
		if w != nil {
			polls.Go(func() { n.ask(ctx, w) })
			continue
		}
		t := time.NewTimer(time.Until(at))
		select {
		case <-t.C:
		case <-n.kick:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// load reads when new sources are due.
func (n *Notifier) load(ctx context.Context) error {
	n.mu.Lock()
	var fresh []*watched
	if n.unread {
		for _, w := range n.all {
			if !w.loaded {
				fresh = append(fresh, w)
			}
		}
	}
	n.unread = false
	n.mu.Unlock()
	if len(fresh) == 0 {
		return nil
	}
	err := n.readNew(ctx, fresh)
	if err != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.unread = true
	}
	return err
}

func (n *Notifier) readNew(ctx context.Context, fresh []*watched) error {
	return n.DB.View(ctx, func(tx store.Tx) error {
		now := time.Now()
		for _, w := range fresh {
			s, _, err := get(tx, n.states, w.ID)
			if err != nil {
				return err
			}
			d, err := n.demand(tx, w.Source, s.Asked, now)
			if err != nil {
				return err
			}
			n.mu.Lock()
			w.loaded, w.last, w.until, w.asked = true, s.Last, s.NotBefore, s.Asked
			w.next = atStart(s.planned(w.Source, d), w.Source, now)
			if len(w.forced) > 0 {
				w.next = now
			}
			n.mu.Unlock()
		}
		return nil
	})
}

// planned is when a stored source is due. Somebody may have subscribed since it
// was planned.
func (s *state) planned(src bulletin.Source, d demand) time.Time {
	if s.Last.IsZero() || s.Described != described(src) {
		return time.Time{}
	}
	if again := s.due(src, d, s.Last); again.Before(s.Next) {
		return again
	}
	return s.Next
}

// demand is who wants a source now.
func (n *Notifier) demand(tx store.Tx, src bulletin.Source, asked, now time.Time) (demand, error) {
	some, err := n.subs.Sub(src.ID+"/").Scan(tx, "", 1)
	switch {
	case err != nil:
		return unwanted, err
	case len(some) > 0:
		return wanted, nil
	case now.Sub(asked) < askedLately:
		return looked, nil
	}
	return unwanted, nil
}

// claim takes a source that is due, or says when the next one is.
func (n *Notifier) claim(now time.Time) (*watched, time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.busy) >= mostPolls {
		return nil, now.Add(time.Hour)
	}
	var best *watched
	for _, w := range n.all {
		if (best == nil || w.next.Before(best.next)) && w.loaded && !n.busy[w.domain] {
			best = w
		}
	}
	switch {
	case best == nil:
		return nil, now.Add(time.Hour) // the end of a poll kicks
	case best.next.After(now):
		return nil, best.next
	}
	best.busy, best.asking = true, best.domain
	n.busy[best.domain] = true
	return best, now
}

// ask makes one poll of a claimed source.
func (n *Notifier) ask(ctx context.Context, w *watched) {
	n.mu.Lock()
	src, asked := w.Source, w.asked
	n.mu.Unlock()
	s, err := n.askOnce(ctx, src, asked)
	put, off := errors.AsType[notNow](err)
	if err != nil && !off && ctx.Err() == nil {
		n.Log.Error("notify: a poll is not recorded", "source", src.ID, "err", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	w.busy = false
	delete(n.busy, w.asking)
	switch {
	case off:
		w.next = put.until
	case err == nil:
		w.last, w.next, w.until = time.Now(), s.Next, s.NotBefore
	default: // what could not be recorded is asked for again
		w.last = time.Now()
		w.next = w.last.Add(firstBackOff / 20)
	}
	w.answer()
	poke(n.kick)
}

// askOnce asks a source and records the answer. It returns the state that
// stands then, or notNow.
func (n *Notifier) askOnce(ctx context.Context, src bulletin.Source, asked time.Time) (*state, error) {
	s, err := n.stateOf(ctx, src.ID)
	if err != nil {
		return nil, err
	}
	s.Asked = later(s.Asked, asked)
	if d := described(src); s.Described != d {
		s.Described, s.Validators = d, bulletin.Validators{}
	}
	began := time.Now()
	list, err := n.list(ctx, src, s.Validators)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if put, off := errors.AsType[notNow](err); off {
		return nil, put
	}
	s.Last, s.Part = time.Now(), 0
	switch {
	case errors.Is(err, errPaused):
		return s, n.paused(ctx, src, s)
	case err != nil:
		return s, n.failed(ctx, src, s, err, s.Last.Sub(began))
	}
	return s, n.answered(ctx, src, s, list, began)
}

// stateOf is a source's state: noted, or stored.
func (n *Notifier) stateOf(ctx context.Context, id string) (*state, error) {
	n.mu.Lock()
	if w := n.sources[id]; w != nil && w.noted != nil {
		s := *w.noted
		n.mu.Unlock()
		return &s, nil
	}
	n.mu.Unlock()
	var s state
	err := n.DB.View(ctx, func(tx store.Tx) (err error) {
		s, _, err = get(tx, n.states, id)
		return err
	})
	return &s, err
}

// failed records that a board could not be read. Subscribers are told once
// when that has lasted a day, the operator when it is likely to last.
func (n *Notifier) failed(ctx context.Context, src bulletin.Source, s *state, cause error, took time.Duration) error {
	class, wait := bulletin.Net, time.Duration(0)
	if e, ok := errors.AsType[*bulletin.Error](cause); ok {
		class, wait = e.Class, e.RetryAfter
	}
	s.fail(class, wait)
	n.Log.Warn("notify: a board cannot be read", "source", src.ID, "times", s.Fails, "err", cause)
	n.Report(Report{Kind: Polled, Source: src.ID, Class: class, Took: took})
	if !s.Known && s.worthTelling() {
		s.Known, s.dirty = true, true
		n.Report(Report{Kind: Failing, Source: src.ID, Class: class, Count: s.Fails})
	}
	if s.Told.IsZero() && s.Last.Sub(s.Since) >= deadAfter && s.Baselined {
		s.Told = s.Last
		return n.recordAlone(ctx, src, s, &fan{Kind: fanDown, Source: src.ID, At: s.Last})
	}
	return n.recordAlone(ctx, src, s, s.resumed(src))
}

// deadAfter is how long a board may be silent before subscribers are told.
const deadAfter = 24 * time.Hour

func (s *state) fail(class bulletin.Class, wait time.Duration) {
	if s.Fails == 0 {
		s.Since, s.dirty = s.Last, true
	}
	s.Fails++
	s.Class = class
	s.NotBefore = time.Time{}
	switch {
	case wait > 0:
		s.NotBefore = s.Last.Add(min(wait, longestWait))
	case class == bulletin.Blocked || class == bulletin.Robots:
		s.NotBefore = s.Last.Add(scale(lastBackOff, 0.8))
	}
}

// worthTelling reports whether an operator should look: at once where it needs
// him, twice in a row where it was no accident, after hours where it may be a
// reboot.
func (s *state) worthTelling() bool {
	switch s.Class {
	case bulletin.Blocked, bulletin.Robots:
		return true
	case bulletin.Net, bulletin.TLS, bulletin.HTTP:
		return s.Last.Sub(s.Since) >= 2*time.Hour
	}
	return s.Fails >= 2
}

// recovered ends a trouble; it returns what subscribers are to be told, if they
// were told of it.
func (n *Notifier) recovered(src bulletin.Source, s *state) (up *fan) {
	if s.Known {
		n.Report(Report{Kind: Recovered, Source: src.ID, Class: s.Class, Took: s.Last.Sub(s.Since)})
	}
	if !s.Told.IsZero() {
		up = &fan{Kind: fanUp, Source: src.ID, At: s.Last, Told: s.Told}
	}
	s.dirty = s.dirty || s.Fails > 0
	s.Fails, s.Class, s.Since, s.Told, s.Known, s.NotBefore = 0, "", time.Time{}, time.Time{}, false, time.Time{}
	return up
}

// answered finds out what a list means, and records it.
func (n *Notifier) answered(ctx context.Context, src bulletin.Source, s *state, list bulletin.List, began time.Time) error {
	// Validators of a page that is not all recorded yet must not be used; none
	// are stored before. An unchanged page is then a server's mistake.
	up := n.recovered(src, s)
	if up == nil {
		up = s.resumed(src)
	}
	if isInner(src) && !list.Unchanged && len(list.Items) == 0 {
		s.dirty, s.Baselined = s.dirty || !s.Baselined, true // the school says that there is none
	}
	p := plan{}
	var entries []entry
	if !list.Unchanged {
		var err error
		if entries, err = n.lookUp(ctx, src, list.Items); err != nil {
			return err
		}
		p = newPlan(src.ID, s, entries)
		n.details(ctx, src, &p)
		p.judge(s, src.ID, entries, s.Last)
	}
	looks := n.lookAgain(ctx, src, s)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := n.record(ctx, src, s, &p, entries, looks, list.Validators, up)
	if err == nil {
		n.Report(Report{Kind: Polled, Source: src.ID, Count: len(p.fresh), Took: s.Last.Sub(began)})
	}
	return err
}

// mostDetails is how many articles one poll reads. The others are told without
// their text, which is read later.
const mostDetails = 10

// details reads the articles that are new, those at the top first.
func (n *Notifier) details(ctx context.Context, src bulletin.Source, p *plan) {
	if p.quiet {
		return
	}
	left := mostDetails
	for i := range p.fresh {
		e := &p.fresh[i]
		if e.known != nil && e.known.Detailed {
			continue
		}
		if left--; left < 0 || ctx.Err() != nil {
			return
		}
		if d, err := n.detail(ctx, src, e.item); err == nil {
			e.detail = &d
		} else if ctx.Err() == nil {
			n.Log.Warn("notify: an article cannot be read yet", "source", src.ID, "err", err)
		}
	}
}

// lookUp finds what is known of a list's items.
func (n *Notifier) lookUp(ctx context.Context, src bulletin.Source, items []bulletin.Item) ([]entry, error) {
	entries := make([]entry, len(items))
	listed := map[string]bool{}
	for i, it := range items {
		entries[i] = entry{item: it, pos: i, key: keyOf(it.ID)}
		listed[entries[i].key] = true
	}
	err := n.DB.View(ctx, func(tx store.Tx) error {
		for i := range entries {
			e := &entries[i]
			known, ok, err := n.notice(tx, e.key)
			if err != nil {
				return err
			}
			if ok {
				e.known = &known
			} else if e.known, err = n.byTitle(tx, src, e.item, listed); err != nil {
				return err
			}
			e.byName = !ok && e.known != nil
		}
		return nil
	})
	return entries, err
}

// byTitle is the notice of the same school that had the same title within a
// week: the same put up once more. In one list, side by side, they are two.
func (n *Notifier) byTitle(tx store.Tx, src bulletin.Source, it bulletin.Item, listed map[string]bool) (*Notice, error) {
	title := titleKey(it.Title)
	if title == "" || cutShort(it.Title) {
		return nil, nil
	}
	key, ok, err := get(tx, n.titles, schoolOf(src)+"/"+title)
	if school, inner := Inner(src.ID); inner && err == nil && !ok { // what a board shows to everybody
		key, ok, err = get(tx, n.titles, school+"/"+title)
	}
	if err != nil || !ok || listed[key] {
		return nil, err
	}
	known, ok, err := n.notice(tx, key)
	if err != nil || !ok || time.Since(known.First) > sameTitle {
		return nil, err
	}
	for _, also := range known.Also {
		if listed[also] {
			return nil, nil
		}
	}
	return &known, nil
}

// schoolOf is whose notices are compared by title, and who takes turns in the
// outbox. Inner notices stand for themselves: no public board's must be taken
// for one.
func schoolOf(src bulletin.Source) string {
	if src.School != "" && !isInner(src) {
		return src.School
	}
	return src.ID
}
