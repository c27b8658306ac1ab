// Package notify watches notice boards and hands what is new to the chats that
// subscribe to them.
//
// The way of a notice: a source is due → one request for all subscribers →
// what is new or edited is found (plan.go, pure) → one transaction records
// notices, the source's state with its validators, and a fan → the fan walks
// the subscriptions in chunks, each one transaction that queues messages in the
// outbox and moves the fan's cursor → the outbox sends and records, and tells
// which message it became, so that a later edit reaches it.
//
// # Crashes
//
// After the request and before the commit: the next poll sees the same. After
// the commit: the fan is there, and its cursor. Within the fan: a chunk is done
// or not. After that it is the outbox's: what was under way may be sent twice.
// Validators commit with the items they stand for; otherwise a server would
// answer "not modified" for ever after.
//
// # Limits of a transaction
//
// A store's update takes 100 reads and 100 writes. A poll's items are recorded
// with their state and fan at once if they are at most 24; no poll tells of
// more at once one by one. Where there are more (a first page, a redesign, the
// first poll after weeks) the first transaction notes that a gathering is under
// way, so that what a crash leaves over is dealt with like the rest. A chunk of
// a fan is as many chats as the limits allow: 32 for one notice.
//
// Polls that found nothing are stored together once a minute. A crash forgets
// them, which costs each of those sources one conditional request.
//
// # Inner notices
//
// What a school tells those only who are logged in is a source like any other
// (inner.go), read with the login of a person who lends it to a group (lend.go).
// The login stays package chat's: it is asked for one reading at a time, and may
// refuse. Who lends is known here, and the group does not learn it.
//
// # Who owns what
//
// One Notifier runs over a database. Methods that take a store.Tx belong to the
// caller's transaction; those that must be called after its commit say so.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"jwxtbot/bot/outbox"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// Reader asks boards, politely: one request at a time for each domain. Errors
// are *bulletin.Error.
type Reader interface {
	// List is the first page of a source. With the validators of the last one
	// the answer may be that it is unchanged.
	List(ctx context.Context, src bulletin.Source, last bulletin.Validators) (bulletin.List, error)
	// Detail is one article of it.
	Detail(ctx context.Context, src bulletin.Source, it bulletin.Item) (bulletin.Detail, error)
}

// Parts is what a Notifier is made of.
type Parts struct {
	DB     store.DB
	Box    store.Box // seals what is about people
	Outbox *outbox.Outbox
	Reader Reader
	Lender Lender // nil where no source is an InnerSource
	Log    *slog.Logger
	Report func(Report) // told of everything of note, from many goroutines; may be nil
}

// Report is something that an operator may want to count or know.
type Report struct {
	Kind   ReportKind
	Source string
	Class  bulletin.Class // of Polled, Failing and Recovered; "" where all went well
	Count  int            // of Polled: new notices; of Held: those held; of FannedOut: chats
	Took   time.Duration  // of Polled: the request with its details
	Why    string         // of Held
}

// ReportKind says what a Report is.
type ReportKind string

// The kinds of reports. All but Polled and FannedOut are for the operator to
// act upon, and come once for each trouble.
const (
	Polled    ReportKind = "polled"
	FannedOut ReportKind = "fanned out"
	Failing   ReportKind = "failing"
	Recovered ReportKind = "recovered"
	Held      ReportKind = "held" // until Release or Drop
)

// Notifier is the room. Make it with New.
type Notifier struct {
	Parts
	rows

	mu       sync.Mutex
	sources  map[string]*watched
	all      []*watched      // the same, to go through
	busy     map[string]bool // domains that are being asked
	unread   bool            // some source's state is not loaded
	kick     chan struct{}
	fanning  chan struct{}
	counting chan struct{}
	ending   chan struct{}
}

// watched is a source and what the shell knows of it.
type watched struct {
	bulletin.Source
	domain string
	loaded bool
	next   time.Time
	last   time.Time // request
	until  time.Time // when it may be forced again, because the school said so
	asked  time.Time // when a person wanted to see it
	busy   bool
	asking string // domain, while busy
	noted  *state // newer than the stored one, and without news
	forced []chan struct{}
}

// most polls are under way at once. They mostly wait.
const mostPolls = 32

// New makes a notifier without sources. It sets the outbox's hooks.
func New(p Parts) *Notifier {
	if p.Report == nil {
		p.Report = func(Report) {}
	}
	n := &Notifier{
		Parts: p, rows: newRows(p.Box), sources: map[string]*watched{}, busy: map[string]bool{},
		kick: make(chan struct{}, 1), fanning: make(chan struct{}, 1),
		counting: make(chan struct{}, 1), ending: make(chan struct{}, 1),
	}
	p.Outbox.Hook(outbox.Hooks{Sent: n.sent, Dropped: n.dropped, Gone: n.outboxGone, NoTopic: n.topicLost})
	return n
}

// Diff is what SetSources changed, by id.
type Diff struct{ Added, Changed, Removed []string }

// SetSources makes these the sources that are watched. It may be called at any
// time. What is stored of a source that is gone stays, for it to come back.
func (n *Notifier) SetSources(sources []bulletin.Source) (d Diff) {
	n.mu.Lock()
	defer n.mu.Unlock()
	keep := map[string]bool{}
	for _, src := range sources {
		keep[src.ID] = true
		switch w := n.sources[src.ID]; {
		case w == nil:
			n.sources[src.ID] = &watched{Source: src, domain: domainOf(src.URL)}
			d.Added = append(d.Added, src.ID)
		case !reflect.DeepEqual(w.Source, src):
			w.Source, w.domain = src, domainOf(src.URL)
			w.next = time.Now().Add(scale(startWithin, roll(src.ID, 0)))
			d.Changed = append(d.Changed, src.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(n.sources)) {
		if !keep[id] {
			if w := n.sources[id]; !w.busy {
				w.answer()
			}
			delete(n.sources, id)
			d.Removed = append(d.Removed, id)
		}
	}
	n.all = slices.Collect(maps.Values(n.sources))
	n.unread = true
	poke(n.kick)
	return d
}

// answer lets those go on who wait for a poll.
func (w *watched) answer() {
	for _, c := range w.forced {
		close(c)
	}
	w.forced = nil
}

// Sources are the sources that are watched, by id.
func (n *Notifier) Sources() []bulletin.Source {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []bulletin.Source
	for _, id := range slices.Sorted(maps.Keys(n.sources)) {
		out = append(out, n.sources[id].Source)
	}
	return out
}

// Source is the source of an id, if it is watched.
func (n *Notifier) Source(id string) (bulletin.Source, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.sources[id]; w != nil {
		return w.Source, true
	}
	return bulletin.Source{}, false
}

// Run watches until ctx ends. What is under way is stored first, or not begun.
func (n *Notifier) Run(ctx context.Context) error {
	loops := []func(context.Context){n.poll, n.fanOut, n.recount, n.keepTime}
	var wg sync.WaitGroup
	for _, loop := range loops {
		wg.Go(func() { loop(ctx) })
	}
	wg.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	n.storeNoted(last)
	return nil
}

// update runs fn again while nobody can tell whether it was committed; fn reads
// what it goes by, so that a second run finds the first.
func (n *Notifier) update(ctx context.Context, fn func(store.Tx) error) error {
	for try := 0; ; try++ {
		err := n.DB.Update(ctx, fn)
		if !errors.Is(err, store.ErrUnknown) || try == 2 {
			return err
		}
	}
}

// trouble notes an error of the database, and waits a moment.
func (n *Notifier) trouble(ctx context.Context, doing string, err error) {
	if ctx.Err() == nil {
		n.Log.Error("notify: "+doing, "err", err)
		pause(ctx, 5*time.Second)
	}
}

// pause waits; it reports whether ctx lasted.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// poke makes whoever waits for c look.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
