// Package outbox is the durable queue of everything the bot says.
//
// An [Outbox.Add] belongs to the transaction that decided to say it, so an
// answer is promised exactly when the step that owes it is stored. Each chat's
// items are sent in order, different chats at once. An item is deleted after
// Telegram took it: send, then record. A crash between the two sends that one
// item again, and no other.
//
// Items name messages by role ([msg.Item].Slot). Which message that is, is
// known here only, because only here do message ids come back.
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
	seats chan struct{} // sends at once

	mu      sync.Mutex
	ctx     context.Context     // of Run; nil while nothing is being sent
	active  map[int64]bool      // chats being drained; true: look once more
	held    map[int64]time.Time // chats to be left alone, and until when
	drained sync.WaitGroup
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
	sendsAtOnce = 16
	// keepFor is how long an undeliverable item is tried: as long as Telegram
	// itself keeps what people sent to us.
	keepFor = 24 * time.Hour
	// grace is how long a send under way may go on when the program stops.
	grace = 5 * time.Second
	batch = 20
)

// New makes an outbox over db. Items are sealed with box: they hold names,
// grades and captcha pictures.
func New(db store.DB, box store.Box, door Door, log *slog.Logger) *Outbox {
	return &Outbox{
		db: db, door: door, log: log,
		items:  store.NewTable[entry]("out/", 1, box),
		slots:  store.NewTable[slots]("slot/", 1, nil),
		seats:  make(chan struct{}, sendsAtOnce),
		active: map[int64]bool{},
		held:   map[int64]time.Time{},
	}
}

// Add queues an item within the caller's transaction. Serial orders the items
// of one chat; it must grow. Call Wake once the transaction is committed.
func (o *Outbox) Add(tx store.Tx, serial uint64, it msg.Item, now time.Time) error {
	return o.of(it.Chat).Put(tx, fmt.Sprintf("%016x", serial), entry{Item: it, Since: now})
}

// of are a chat's items, in the order in which they were added.
func (o *Outbox) of(chat int64) store.Table[entry] { return o.items.Sub(fmt.Sprintf("%d/", chat)) }

// Wake sends what waits for a chat. Before Run it does nothing: Run begins
// with everything that waits.
func (o *Outbox) Wake(chat int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ctx == nil {
		return
	}
	if _, running := o.active[chat]; running {
		o.active[chat] = true
		return
	}
	o.active[chat] = false
	ctx := o.ctx
	o.drained.Go(func() { o.drain(ctx, chat) })
}

// Typing shows people that something goes on, unless Telegram wants their chat
// left alone. It is neither stored nor repeated.
func (o *Outbox) Typing(ctx context.Context, chat int64) {
	o.mu.Lock()
	until := o.held[chat]
	o.mu.Unlock()
	if time.Now().Before(until) {
		return
	}
	v := o.door.Do(ctx, msg.Item{Chat: chat, Op: msg.Typing, Action: "typing"})
	o.hold(chat, v)
}

// hold notes whether a chat is to be left alone after a verdict.
func (o *Outbox) hold(chat int64, v msg.Verdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if v.Outcome == msg.Wait {
		o.held[chat] = time.Now().Add(v.After)
		return
	}
	delete(o.held, chat)
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
	o.mu.Unlock()
	o.drained.Wait()
	return err
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

// drain sends a chat's items, oldest first, until there are none.
func (o *Outbox) drain(ctx context.Context, chat int64) {
	for ctx.Err() == nil {
		rows, err := o.waiting(ctx, chat)
		if err != nil {
			o.unreadable(ctx, err)
			continue
		}
		all := len(rows) < batch
		for _, r := range rows {
			if ctx.Err() != nil || !o.deliver(ctx, chat, r) {
				all = false
				break
			}
		}
		// What is added after the rows were read wakes the chat once more.
		if all && o.rest(chat) {
			return
		}
	}
	o.mu.Lock()
	delete(o.active, chat)
	o.mu.Unlock()
}

// rest ends a chat's drain unless something was added meanwhile.
func (o *Outbox) rest(chat int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.active[chat] {
		o.active[chat] = false
		return false
	}
	delete(o.active, chat)
	return true
}

func (o *Outbox) waiting(ctx context.Context, chat int64) (rows []store.Row[entry], err error) {
	err = o.db.View(ctx, func(tx store.Tx) error {
		rows, err = o.of(chat).Scan(tx, "", batch)
		return err
	})
	return rows, err
}

// unreadable waits a moment after the queue could not be read; at the end of
// the program that is nothing to speak of.
func (o *Outbox) unreadable(ctx context.Context, err error) {
	if ctx.Err() == nil {
		o.log.Error("outbox: cannot read", "err", err)
		o.pause(ctx, time.Second)
	}
}

// pause waits; it reports whether ctx lasted.
func (o *Outbox) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
