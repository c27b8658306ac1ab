package outbox

import (
	"context"
	"fmt"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// deliver sends one item for as long as it makes sense and records what
// became of it. It reports whether the next item may follow.
func (o *Outbox) deliver(ctx context.Context, chat int64, r store.Row[entry]) bool {
	if r.Err != nil {
		o.log.Error("outbox: item dropped, it cannot be read", "err", r.Err)
		return o.record(ctx, chat, r.ID, nil)
	}
	refs, err := o.slotsOf(ctx, r.Value.Item)
	if err != nil {
		o.unreadable(ctx, err)
		return false
	}
	if r.Value.Item.Op == msg.Forget {
		return o.record(ctx, chat, r.ID, slots{})
	}
	it, needed := resolve(r.Value.Item, refs)
	if !needed {
		return o.record(ctx, chat, r.ID, nil)
	}
	for try := 0; ; try++ {
		v := o.send(ctx, it)
		o.hold(chat, v)
		if wait, again := o.again(it, r.Value.Since, v, try); again {
			if v.Outcome == msg.Moved {
				it.Chat = v.Chat
			}
			if !o.pause(ctx, wait) {
				return false
			}
			continue
		}
		return o.settle(ctx, chat, r.ID, it, refs, v)
	}
}

// send makes one call to Telegram. It outlives ctx a little: a send that is
// cut off is one that may have happened.
func (o *Outbox) send(ctx context.Context, it msg.Item) msg.Verdict {
	select {
	case o.seats <- struct{}{}:
		defer func() { <-o.seats }()
	case <-ctx.Done():
		return msg.Verdict{Outcome: msg.Retry, Err: ctx.Err()}
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	return o.door.Do(ctx, it)
}

// outlive is ctx with some grace after its end.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// again decides whether an item is tried once more, and after what wait.
func (o *Outbox) again(it msg.Item, since time.Time, v msg.Verdict, try int) (time.Duration, bool) {
	var wait time.Duration
	switch v.Outcome {
	case msg.Wait:
		wait = v.After
	case msg.Retry:
		wait = min(time.Second<<min(try, 5), 30*time.Second)
	case msg.Moved:
		if v.Chat == 0 || v.Chat == it.Chat {
			return 0, false
		}
	default:
		return 0, false
	}
	life := keepFor
	if it.Op == msg.Answer || it.Op == msg.Typing {
		life = time.Minute // Telegram forgets a tap soon; a late answer serves nobody
	}
	return wait, time.Since(since)+wait <= life
}

// settle records the end of an item.
func (o *Outbox) settle(ctx context.Context, chat int64, id string, it msg.Item, refs slots, v msg.Verdict) bool {
	switch v.Outcome {
	case msg.Sent:
		return o.record(ctx, chat, id, placed(it, refs, v.Message))
	case msg.Gone:
		o.log.Info("outbox: item dropped, its chat is gone", "cause", v.Err)
	default:
		o.log.Error("outbox: item dropped", "op", it.Op, "outcome", v.Outcome, "err", v.Err)
	}
	return o.record(ctx, chat, id, nil)
}

// record deletes an item and stores the chat's slots if they changed. It tries
// for as long as it takes, be the disk full: an item that was sent and not
// recorded would be sent again.
func (o *Outbox) record(ctx context.Context, chat int64, id string, changed slots) bool {
	ctx, cancel := outlive(ctx)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		err := o.db.Update(ctx, func(tx store.Tx) error {
			if err := o.place(tx, chat, changed); err != nil {
				return err
			}
			return o.of(chat).Delete(tx, id)
		})
		if err == nil {
			return true
		}
		o.log.Error("outbox: cannot record", "err", err)
		if !o.pause(ctx, wait) {
			return false
		}
	}
}

// place stores a chat's slots; nil leaves them as they are.
func (o *Outbox) place(tx store.Tx, chat int64, changed slots) error {
	switch {
	case changed == nil:
		return nil
	case len(changed) == 0:
		return o.slots.Delete(tx, fmt.Sprint(chat))
	}
	return o.slots.Put(tx, fmt.Sprint(chat), changed)
}

// slotsOf are the chat's slots, for an item that names one.
func (o *Outbox) slotsOf(ctx context.Context, it msg.Item) (refs slots, err error) {
	if it.Slot == "" {
		return nil, nil
	}
	err = o.db.View(ctx, func(tx store.Tx) error {
		refs, err = o.slots.Get(tx, fmt.Sprint(it.Chat))
		if store.Missing(err) {
			err = nil
		}
		return err
	})
	return refs, err
}

// resolve puts the slot's message into the item. An item that has nothing to
// do (closing a slot that is empty) is not needed.
func resolve(it msg.Item, refs slots) (msg.Item, bool) {
	ref := refs[it.Slot]
	switch it.Op {
	case msg.Show, msg.Close:
		if it.Message == 0 {
			it.Message = ref.Message
		}
		it.HasPhoto = it.Message == ref.Message && ref.Photo
		return it, it.Op == msg.Show || it.Message != 0
	}
	return it, true
}

// placed is the slots after an item went out as message id; nil when nothing
// changed.
func placed(it msg.Item, refs slots, id int) slots {
	if it.Slot == "" || (it.Op != msg.Show && it.Op != msg.Send && it.Op != msg.Close) {
		return nil
	}
	out := slots{}
	for k, v := range refs {
		out[k] = v
	}
	if it.Op == msg.Close {
		delete(out, it.Slot)
		return out
	}
	edited := it.Op == msg.Show && id == it.Message
	out[it.Slot] = slot{Message: id, Photo: len(it.Body.Photo) > 0 || edited && it.HasPhoto}
	if out[it.Slot] == refs[it.Slot] {
		return nil
	}
	return out
}
