package outbox

import (
	"context"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// Hooks tell another room what became of its items. Each runs in the very
// transaction that records it, perhaps more than once; all rooms together may
// take up to 60 reads and 60 writes there, Add included, which needs no Wake. An
// error is tried again until it is none, so they return those of the transaction
// only.
type Hooks struct {
	// Sent is told of an item with a Ref which message it became. A crash may
	// send an item twice; it is told of one of them.
	Sent func(tx store.Tx, it msg.Item, message int) error
	// Dropped is told of an item with a Ref that Telegram will not take, or did
	// not take in time. It does not scan.
	Dropped func(tx store.Tx, it msg.Item) error
	// Gone is told that nothing can be sent to a chat any more. What waited for
	// it is dropped.
	Gone func(tx store.Tx, chat int64) error
	// NoTopic is told that a topic is closed or gone; its item goes to General.
	// It does not scan.
	NoTopic func(tx store.Tx, chat int64, thread int) error
}

// Hook adds a room's hooks; nil ones are not called. It is for before Run.
func (o *Outbox) Hook(h Hooks) { o.hooks = append(o.hooks, h) }

// adding is a transaction that remembers for whom items were added in it.
type adding struct {
	store.Tx
	chats map[int64]bool
}

// recordSent deletes an item that was sent, and notes what it has become.
func (o *Outbox) recordSent(ctx context.Context, chat int64, f *first, message int) bool {
	changed := f.placed(message)
	return o.persist(ctx, func(tx store.Tx) error {
		for _, h := range o.hooks {
			if f.item.Ref == "" || h.Sent == nil {
				continue
			}
			if err := h.Sent(tx, f.item, message); err != nil {
				return err
			}
		}
		if err := o.place(tx, chat, changed); err != nil {
			return err
		}
		return o.of(chat).Delete(tx, f.id)
	})
}

// recordDropped deletes an item that is given up.
func (o *Outbox) recordDropped(ctx context.Context, chat int64, f *first) bool {
	return o.persist(ctx, func(tx store.Tx) error {
		for _, h := range o.hooks {
			if f.item.Ref == "" || h.Dropped == nil {
				continue
			}
			if err := h.Dropped(tx, f.item); err != nil {
				return err
			}
		}
		return o.of(chat).Delete(tx, f.id)
	})
}

func (o *Outbox) noteGone(ctx context.Context, chat int64) {
	for _, h := range o.hooks {
		if h.Gone != nil {
			o.persist(ctx, func(tx store.Tx) error { return h.Gone(tx, chat) })
		}
	}
}

func (o *Outbox) noteNoTopic(tx store.Tx, chat int64, thread int) error {
	for _, h := range o.hooks {
		if h.NoTopic == nil {
			continue
		}
		if err := h.NoTopic(tx, chat, thread); err != nil {
			return err
		}
	}
	return nil
}
