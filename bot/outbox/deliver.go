package outbox

import (
	"context"
	"fmt"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// first is the item that a chat has to send next.
type first struct {
	id     string
	err    error // why it cannot be read
	since  time.Time
	item   msg.Item // with its slot's message in it
	needed bool     // whether there is anything to send
	refs   slots
	more   bool // items behind it
}

// head is what its turn depends on. What makes no call has no lane to wait in.
func (f *first) head() head {
	if !f.needed {
		return head{id: f.id}
	}
	return head{f.id, f.item.Lane, f.item.Source, costOf(f.item)}
}

// serve sends a chat's items while it is its turn. The call of a line whose
// head was known is counted already.
func (o *Outbox) serve(ctx context.Context, l *line) {
	for counted := l.known; ctx.Err() == nil; counted = false {
		f, err := o.look(ctx, l.chat)
		if err != nil {
			o.unreadable(ctx, err)
		}
		if !o.mayGo(l, f, err, counted) {
			return
		}
		left := o.deliver(ctx, l, f)
		if o.ends(l, f, left) {
			return
		}
	}
}

// mayGo decides what a busy line does after a look at its first item. If it may
// not go, it waits, or has nothing more to send.
func (o *Outbox) mayGo(l *line, f *first, err error, counted bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.dispatch()
	q, now := o.queue, time.Now()
	if counted && f != nil && f.head() == l.head {
		return true
	}
	if counted { // what was counted is not what is to be sent
		q.sent(l)
	}
	switch {
	case err != nil:
		l.known = false
		q.park(l, now)
	case f != nil:
		return q.admit(l, f.head(), now)
	case l.again:
		l.known = false
		q.park(l, now)
	default:
		q.finish(l)
	}
	return false
}

// ends notes that a line's call has ended; it reports whether that was all.
func (o *Outbox) ends(l *line, f *first, left bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue.sent(l)
	if left || f.more || l.again {
		l.again = false
		return false
	}
	o.queue.finish(l)
	o.dispatch()
	return true
}

// look reads a chat's first item, nil if there is none.
func (o *Outbox) look(ctx context.Context, chat int64) (f *first, err error) {
	err = o.db.View(ctx, func(tx store.Tx) error {
		rows, err := o.of(chat).Scan(tx, "", 2)
		if err != nil || len(rows) == 0 {
			return err
		}
		r := rows[0]
		f = &first{id: r.ID, err: r.Err, since: r.Value.Since, item: r.Value.Item, more: len(rows) > 1}
		if f.item.Slot != "" {
			if f.refs, err = o.slots.Get(tx, fmt.Sprint(chat)); err != nil && !store.Missing(err) {
				return err
			}
		}
		return nil
	})
	if err != nil || f == nil {
		return nil, err
	}
	f.resolve()
	return f, nil
}

// resolve puts the slot's message into the item. An item that has nothing to
// do (closing a slot that is empty) is not needed.
func (f *first) resolve() {
	it := &f.item
	f.needed = f.err == nil && it.Op != msg.Forget && (it.Op != msg.Edit || it.Message != 0)
	if it.Op != msg.Show && it.Op != msg.Close {
		return
	}
	ref := f.refs[it.Slot]
	if it.Message == 0 {
		it.Message = ref.Message
	}
	it.HasPhoto = it.Message == ref.Message && ref.Photo
	f.needed = f.needed && (it.Op == msg.Show || it.Message != 0)
}

// deliver sends an item and records what became of it. It reports whether the
// item is still there.
func (o *Outbox) deliver(ctx context.Context, l *line, f *first) (left bool) {
	switch {
	case f.err != nil:
		o.log.Error("outbox: item dropped, it cannot be read", msg.LogChat(l.chat), "err", f.err)
		return !o.record(ctx, l.chat, f.id, nil)
	case f.item.Op == msg.Forget:
		return !o.record(ctx, l.chat, f.id, slots{})
	case !f.needed:
		return !o.record(ctx, l.chat, f.id, nil)
	}
	v := o.send(ctx, f.item)
	o.count(v)
	return !o.settle(ctx, l, f, v)
}

// send makes one call to Telegram. It outlives ctx a little: a send that is
// cut off is one that may have happened.
func (o *Outbox) send(ctx context.Context, it msg.Item) msg.Verdict {
	ctx, cancel := outlive(ctx)
	defer cancel()
	v := o.door.Do(ctx, it)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue.end(it.Chat, costOf(it), time.Now())
	return v
}

// outlive is ctx with some grace after its end.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// settle acts on a verdict. It reports whether the item is done with.
func (o *Outbox) settle(ctx context.Context, l *line, f *first, v msg.Verdict) bool {
	switch v.Outcome {
	case msg.Sent:
		return o.recordSent(ctx, l.chat, f, v.Message)
	case msg.Wait:
		o.refused(l.chat, v.After)
		if f.lasts(v.After) {
			return false
		}
	case msg.Retry:
		if f.lasts(l.fail(f.id)) {
			return false
		}
	case msg.Moved:
		if v.Chat != 0 && v.Chat != l.chat {
			return o.follow(ctx, l.chat, v.Chat)
		}
	case msg.NoTopic:
		if f.item.Thread != 0 {
			return o.toGeneral(ctx, l.chat, f.id)
		}
	case msg.Gone:
		o.log.Info("outbox: a chat's items dropped, it is gone", msg.LogChat(l.chat), "cause", v.Err)
		o.noteGone(ctx, l.chat)
		return o.drop(ctx, l.chat, f.id)
	}
	o.log.Error("outbox: item dropped", msg.LogChat(l.chat), "op", f.item.Op, "outcome", v.Outcome, "err", v.Err)
	if f.item.Op == msg.Close { // the slot is free all the same
		return o.record(ctx, l.chat, f.id, f.placed(0))
	}
	return o.recordDropped(ctx, l.chat, f)
}

// fail notes that an item failed once more, and returns how long it waits.
func (l *line) fail(id string) time.Duration {
	if l.failed.id != id {
		l.failed = failure{id: id}
	}
	wait := min(time.Second<<min(l.failed.tries, 5), 30*time.Second)
	l.failed.tries++
	l.failed.until = time.Now().Add(wait)
	return wait
}

// lasts reports whether it makes sense to try an item after wait.
func (f *first) lasts(wait time.Duration) bool {
	life := keepFor
	if f.item.Op == msg.Answer {
		life = time.Minute // Telegram forgets a tap soon; a late answer serves nobody
	}
	return time.Since(f.since)+wait <= life
}

// placed is the slots after an item went out as message id; nil when nothing
// changed.
func (f *first) placed(id int) slots {
	it := f.item
	if it.Slot == "" || (it.Op != msg.Show && it.Op != msg.Send && it.Op != msg.Close) {
		return nil
	}
	out := slots{}
	for k, v := range f.refs {
		out[k] = v
	}
	if it.Op == msg.Close {
		delete(out, it.Slot)
		return out
	}
	edited := it.Op == msg.Show && id == it.Message
	out[it.Slot] = slot{Message: id, Photo: len(it.Body.Photo) > 0 || edited && it.HasPhoto}
	if out[it.Slot] == f.refs[it.Slot] {
		return nil
	}
	return out
}
