// Package outbox is the durable queue of everything the bot says.
//
// An [Outbox.Add] belongs to the transaction that decided to say it, so an
// answer is promised exactly when the step that owes it is stored. Each chat's
// items are sent in order within their lane, different chats at once. An item is
// deleted after Telegram took it: send, then record. A crash between the two
// sends that one item again, and no other.
//
// Items name messages by role ([msg.Item].Slot). Which message that is, is
// known here only, because only here do message ids come back.
//
// # Pace
//
// Replies go before pushes, in a chat and among all. Of the 30 messages a second
// that Telegram takes, pushes leave one to replies, and space the others evenly,
// so that a reply need not wait for a burst to be over. Sources of pushes take
// turns, whatever they have waiting. A chat gets a message a second after a
// burst of three, a group 20 messages and edits in any minute. Answers to taps,
// deletes and chat actions are not counted.
//
// A 429 pauses its chat for as long as it says; nothing is sent there meanwhile.
// 429s of several chats within three seconds mean that the whole is too fast:
// the rate is halved, once a second at most, and grows again by half a message
// a second each second.
//
// # Memory
//
// A chat with waiting items costs a small struct. Items are read when their
// turn comes, and at most 32 are under way.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// Door carries one item to Telegram and classifies the answer.
type Door interface {
	Do(ctx context.Context, it msg.Item) msg.Verdict
}

// Outbox is the queue. Make it with New.
type Outbox struct {
	db    store.DB
	door  Door
	log   *slog.Logger
	items store.Table[entry]
	slots store.Table[slots]
	moved []func(tx store.Tx, from, to int64) error
	hooks []Hooks

	mu      sync.Mutex
	ctx     context.Context // of Run; nil while nothing is being sent
	queue   *queue
	timer   *time.Timer // calls dispatch when the queue's next line is due
	stats   Stats
	serving sync.WaitGroup
}

// entry is a stored item.
type entry struct {
	Item  msg.Item  `json:"item"`
	Since time.Time `json:"since"`
}

// slots maps a chat's slot names to messages.
type slots map[string]slot

type slot struct {
	Message int  `json:"message"`
	Photo   bool `json:"photo,omitempty"`
}

const (
	// keepFor is how long an undeliverable item is tried: as long as Telegram
	// itself keeps what people sent to us.
	keepFor = 24 * time.Hour
	// grace is how long a send under way may go on when the program stops.
	grace = 5 * time.Second
)

// New makes an outbox over db. Items are sealed with box: they hold names,
// grades and captcha pictures.
func New(db store.DB, box store.Box, door Door, log *slog.Logger) *Outbox {
	return &Outbox{
		db: db, door: door, log: log,
		items: store.NewTable[entry]("out/", 1, box),
		slots: store.NewTable[slots]("slot/", 1, nil),
		queue: newQueue(newLimiter()),
	}
}

// SetRate makes another number of messages and edits a second the most for all
// chats together, where the bot pays for more or has a Bot API server of its
// own. It is called before Run.
func (o *Outbox) SetRate(perSecond int) { o.queue.limiter.overall = perSecond }

// Add queues an item within the caller's transaction. Serial orders the items
// of one chat; it must grow. It costs a write for each message that the text
// needs, one as a rule. Call Wake once the transaction is committed.
func (o *Outbox) Add(tx store.Tx, serial uint64, it msg.Item, now time.Time) error {
	if hooked, ok := tx.(adding); ok {
		hooked.chats[it.Chat] = true
	}
	for i, part := range parts(it) {
		id := fmt.Sprintf("%s%016x", rank(it), serial)
		if i > 0 {
			id += fmt.Sprintf(".%04d", i)
		}
		if err := o.of(it.Chat).Put(tx, id, entry{Item: part, Since: now}); err != nil {
			return err
		}
	}
	return nil
}

// rank begins the ids of a chat's items, so that they are in the order in which
// they go: a button spins until its tap is answered, and pushes can wait.
func rank(it msg.Item) string {
	switch {
	case it.Op == msg.Answer:
		return "-"
	case it.Lane == msg.Push:
		return "p"
	}
	return "" // a hexadecimal digit
}

// of are a chat's items, in the order in which they go.
func (o *Outbox) of(chat int64) store.Table[entry] { return o.items.Sub(fmt.Sprintf("%d/", chat)) }

// Wake sends what waits for a chat. Before Run it does nothing: Run begins
// with everything that waits.
func (o *Outbox) Wake(chat int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx != nil {
		o.queue.wake(chat)
		o.dispatch()
	}
}

// Typing shows people that something goes on, unless Telegram wants their chat
// left alone. It is neither stored nor repeated.
func (o *Outbox) Typing(ctx context.Context, chat int64) {
	if o.chatFree(chat).After(time.Now()) {
		return
	}
	v := o.door.Do(ctx, msg.Item{Chat: chat, Op: msg.Typing, Action: "typing"})
	if v.Outcome == msg.Wait {
		o.refused(chat, v.After)
	}
}

// refused notes a 429.
func (o *Outbox) refused(chat int64, after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue.refused(chat, after, time.Now())
}

// Stats is what the outbox has done since the program started, and does now.
type Stats struct {
	Chats    int // that have something waiting
	Busy     int // calls under way
	Rate     int // messages a second that are sent at most, for now
	Sent     uint64
	Refused  uint64 // 429s
	Again    uint64 // outcomes unknown or trouble at Telegram; tried again
	Moved    uint64
	Gone     uint64
	Rejected uint64
}

// Stats may be called at any time.
func (o *Outbox) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.stats
	s.Chats, s.Busy, s.Rate = len(o.queue.lines), o.queue.busy, int(o.queue.rate(time.Now()))
	return s
}

// Waits reports whether a chat has something waiting.
func (o *Outbox) Waits(chat int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.queue.lines[chat] != nil
}

// count counts a verdict.
func (o *Outbox) count(v msg.Verdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch v.Outcome {
	case msg.Sent:
		o.stats.Sent++
	case msg.Wait:
		o.stats.Refused++
	case msg.Retry:
		o.stats.Again++
	case msg.Moved:
		o.stats.Moved++
	case msg.Gone:
		o.stats.Gone++
	case msg.Reject:
		o.stats.Rejected++
	}
}

// Run sends until ctx ends. Sends under way may finish within a few seconds;
// what is left stays stored for the next start.
func (o *Outbox) Run(ctx context.Context) error {
	o.mu.Lock()
	o.ctx = ctx
	o.mu.Unlock()
	err := o.wakeAll(ctx)
	if err == nil {
		<-ctx.Done()
	}
	o.mu.Lock()
	o.ctx = nil
	if o.timer != nil {
		o.timer.Stop()
	}
	o.mu.Unlock()
	o.serving.Wait()
	o.mu.Lock()
	o.queue = newQueue(o.queue.limiter)
	o.mu.Unlock()
	return err
}

// dispatch serves whose turn it is. It is called, with the mutex held, whenever
// that may have changed.
func (o *Outbox) dispatch() {
	if o.ctx == nil || o.ctx.Err() != nil {
		return
	}
	ctx, now := o.ctx, time.Now()
	for l := o.queue.next(now); l != nil; l = o.queue.next(now) {
		o.serving.Go(func() { o.serve(ctx, l) })
	}
	at := o.queue.until(now)
	switch {
	case at.IsZero():
	case o.timer == nil:
		o.timer = time.AfterFunc(at.Sub(now), func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.dispatch()
		})
	default:
		o.timer.Reset(at.Sub(now))
	}
}

// wakeAll wakes every chat that has items from before the start.
func (o *Outbox) wakeAll(ctx context.Context) error {
	after := ""
	for {
		var rows []store.Row[entry]
		err := o.db.View(ctx, func(tx store.Tx) (err error) {
			rows, err = o.items.Scan(tx, after, store.MaxRows)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			var chat int64
			if _, err := fmt.Sscanf(r.ID, "%d/", &chat); err == nil {
				o.Wake(chat)
			}
			after = r.ID
		}
	}
}

// unreadable waits a moment after the queue could not be read; at the end of
// the program that is nothing to speak of.
func (o *Outbox) unreadable(ctx context.Context, err error) {
	if ctx.Err() == nil {
		o.log.Error("outbox: cannot read", "err", err)
		pause(ctx, time.Second)
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
