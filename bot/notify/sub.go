package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/store"
)

// Sub is a subscription: a chat, or one topic of it, wants a source's notices.
type Sub struct {
	Chat   int64  `json:"-"`
	Thread int    `json:"-"` // forum topic, 0 for none
	Source string `json:"-"`

	Filter Filter `json:"filter,omitzero"`
	Silent bool   `json:"silent,omitempty"` // sent without a sound
	Digest Digest `json:"digest,omitempty"`

	By     int64     `json:"by,omitempty"`      // who set it last
	ByName string    `json:"by_name,omitempty"` // what the chat calls them
	At     time.Time `json:"at"`                // when it began
	// Lenders are, of inner notices, who lends a login for them.
	Lenders []int64 `json:"lenders,omitempty"`
	// Since is the newest notice of the column when it began; older ones are
	// never pushed.
	Since uint64 `json:"since,omitempty"`
}

// Digest says how notices are put together.
type Digest string

// The digests. They come when the chat's quiet hours end.
const (
	AtOnce Digest = ""
	Daily  Digest = "daily"
	Weekly Digest = "weekly" // on Mondays
)

// MaxSubs is how many subscriptions one chat may have, topics included.
const MaxSubs = 40

// digestAt is when what is new now goes out, and as what; digestNone for now.
func (s Sub) digestAt(p Place, now time.Time) (time.Time, digestKind) {
	_, end := p.Quiet.Hours()
	switch s.Digest {
	case Daily:
		return nextAt(now, end), digestDaily
	case Weekly:
		at := nextAt(now, end)
		for at.Weekday() != time.Monday {
			at = at.AddDate(0, 0, 1)
		}
		return at, digestWeekly
	}
	if at := p.Quiet.until(now); !at.IsZero() {
		return at, digestMorning
	}
	return time.Time{}, digestNone
}

// Subscribe begins a subscription, or changes one that is there: filter, mode,
// digest and who set it. It reports whether it is new. Of a new one, At and
// Since are set here. Call Wanted once the transaction is committed.
//
// Inner notices are subscribed to with Lend only. Errors: ErrUnknown, ErrTooMany, ErrForgetting, those of Filter.Check, or the
// transaction's.
func (n *Notifier) Subscribe(tx store.Tx, sub Sub, now time.Time) (began bool, err error) {
	_, inner := Inner(sub.Source)
	if _, ok := n.Source(sub.Source); !ok || inner {
		return false, ErrUnknown
	}
	if err := sub.Filter.Check(); err != nil {
		return false, err
	}
	all, err := n.mine.Sub(placeID(sub.Chat)+"/").Scan(tx, "", MaxSubs)
	if err != nil {
		return false, err
	}
	old, known, err := get(tx, n.subs, subID(sub.Source, sub.Chat, sub.Thread))
	switch {
	case err != nil:
		return false, err
	case known:
		sub.At, sub.Since = old.At, old.Since
	case len(all) >= MaxSubs:
		return false, ErrTooMany
	default:
		s, _, err := get(tx, n.states, sub.Source)
		if err != nil {
			return false, err
		}
		sub.At, sub.Since = now, s.Seq
	}
	if err := n.hereAgain(tx, sub.Chat, sub.Thread, now); err != nil {
		return false, err
	}
	return !known, n.putSub(tx, sub, sub.Source, sub.Chat, sub.Thread)
}

// hereAgain makes sure that a chat's settings are there, and forgets that its
// topic was closed, or that the chat took nothing.
func (n *Notifier) hereAgain(tx store.Tx, chat int64, thread int, now time.Time) error {
	p, known, err := get(tx, n.places, placeID(chat))
	switch {
	case err != nil:
		return err
	case !p.Gone.IsZero() && now.Sub(p.Gone) >= keepGone:
		return ErrForgetting
	case known && p.Gone.IsZero() && p.Deaf == 0 && !slices.Contains(p.Lost, thread):
		return nil
	}
	p.Gone, p.Deaf, p.Until = time.Time{}, 0, time.Time{}
	p.Lost = slices.DeleteFunc(p.Lost, func(t int) bool { return t == thread })
	return n.places.Put(tx, placeID(chat), p)
}

// Unsubscribe ends a subscription; it reports whether there was one. What is
// already queued is still sent. Of inner notices use StopInner.
func (n *Notifier) Unsubscribe(tx store.Tx, chat int64, thread int, source string) (bool, error) {
	known, err := n.subs.Has(tx, subID(source, chat, thread))
	if err != nil || !known {
		return false, err
	}
	return true, n.dropSub(tx, source, chat, thread)
}

// Sub is one subscription, if it is there.
func (n *Notifier) Sub(tx store.Tx, chat int64, thread int, source string) (Sub, bool, error) {
	sub, ok, err := get(tx, n.subs, subID(source, chat, thread))
	sub.Chat, sub.Thread, sub.Source = chat, thread, source
	return sub, ok, err
}

// List is what a chat subscribes to, in all its topics, by topic and source. It
// costs at most 2 × MaxSubs reads.
func (n *Notifier) List(tx store.Tx, chat int64) (out []Sub, err error) {
	rows, err := n.mine.Sub(placeID(chat)+"/").Scan(tx, "", MaxSubs)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		_, thread, source, ok := parseMine(placeID(chat) + "/" + r.ID)
		if !ok {
			continue
		}
		sub, ok, err := n.Sub(tx, chat, thread, source)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, sub)
		}
	}
	return out, nil
}

func (n *Notifier) putSub(tx store.Tx, sub Sub, source string, chat int64, thread int) error {
	if err := n.mine.Put(tx, mineID(chat, thread, source), struct{}{}); err != nil {
		return err
	}
	return n.subs.Put(tx, subID(source, chat, thread), sub)
}

func (n *Notifier) dropSub(tx store.Tx, source string, chat int64, thread int) error {
	if err := n.mine.Delete(tx, mineID(chat, thread, source)); err != nil {
		return err
	}
	return n.subs.Delete(tx, subID(source, chat, thread))
}

func parseMine(id string) (chat int64, thread int, source string, ok bool) {
	f := strings.SplitN(id, "/", 3)
	if len(f) != 3 {
		return 0, 0, "", false
	}
	chat, err1 := strconv.ParseInt(f[0], 10, 64)
	thread, err2 := strconv.Atoi(f[1])
	return chat, thread, f[2], err1 == nil && err2 == nil
}

// Wanted has a source asked soon if it was only kept fresh until now. It is for
// after the commit of a Subscribe.
func (n *Notifier) Wanted(source string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := n.sources[source]
	if w == nil || !w.loaded || w.busy {
		return
	}
	gap := dayEvery
	if _, inner := Inner(source); inner {
		gap = forceEvery // somebody has logged in
	}
	at := later(w.last.Add(gap), w.until)
	if at = later(at, time.Now()); at.Before(w.next) {
		w.next = at
		poke(n.kick)
	}
}
