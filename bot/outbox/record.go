package outbox

import (
	"context"
	"fmt"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// record deletes an item and stores the chat's slots if they changed.
func (o *Outbox) record(ctx context.Context, chat int64, id string, changed slots) bool {
	return o.persist(ctx, func(tx store.Tx) error {
		if err := o.place(tx, chat, changed); err != nil {
			return err
		}
		return o.of(chat).Delete(tx, id)
	})
}

// persist makes an update, trying for as long as it takes, be the disk full:
// an item that was sent and not recorded would be sent again. It reports
// whether it was made before the end of the program.
func (o *Outbox) persist(ctx context.Context, update func(store.Tx) error) bool {
	ctx, cancel := outlive(ctx)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		var added map[int64]bool
		err := o.db.Update(ctx, func(tx store.Tx) error {
			added = map[int64]bool{}
			return update(adding{tx, added})
		})
		if err == nil {
			for chat := range added {
				o.Wake(chat)
			}
			return true
		}
		o.log.Error("outbox: cannot record", "err", err)
		if !pause(ctx, wait) {
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

// toGeneral takes a topic off an item, if the item is still there; it is not
// done with.
func (o *Outbox) toGeneral(ctx context.Context, chat int64, id string) bool {
	o.log.Warn("outbox: a topic is closed or gone, its item goes to General", msg.LogChat(chat))
	o.persist(ctx, func(tx store.Tx) error {
		e, err := o.of(chat).Get(tx, id)
		if store.Missing(err) {
			return nil
		} else if err != nil {
			return err
		}
		thread := e.Item.Thread
		e.Item.Thread = 0
		if err := o.of(chat).Put(tx, id, e); err != nil || thread == 0 {
			return err
		}
		return o.noteNoTopic(tx, chat, thread)
	})
	return false
}

// dropRows is how many items one transaction drops.
const dropRows = 50

// drop deletes an item and all that wait for its chat now. What is added later
// is not touched: the chat may have come back.
func (o *Outbox) drop(ctx context.Context, chat int64, id string) bool {
	now := time.Now()
	for after, n := "", dropRows; n == dropRows; {
		last := after
		ok := o.persist(ctx, func(tx store.Tx) error {
			rows, err := o.of(chat).Scan(tx, after, dropRows)
			if err != nil {
				return err
			}
			n = len(rows)
			for _, r := range rows {
				last = r.ID
				if r.ID != id && r.Value.Since.After(now) {
					continue
				}
				if err := o.of(chat).Delete(tx, r.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if !ok {
			return false
		}
		after = last
	}
	return true
}

// moveRows is how many items one transaction moves, so that other rooms have a
// third of its limits.
const moveRows = 30

// OnMove adds what a room does in each transaction that moves a chat's items to
// the chat's new id. It may run more than once for a move. It is for before Run.
func (o *Outbox) OnMove(moved func(tx store.Tx, from, to int64) error) {
	o.moved = append(o.moved, moved)
}

// Move gives a chat's waiting items to the id that the chat has now, and lets
// the functions of OnMove move what other rooms have. It does so at most 30
// items at a time, and reports whether there are more; then it is called in
// another transaction. Both Telegram's refusal of the old id and its message
// about the move lead here, in either order: the second finds nothing to do.
//
// A message's id ends with its chat's. So the old chat's slots are forgotten,
// and an item that would have edited a message becomes a new one, or nothing if
// it was an Edit.
func (o *Outbox) Move(tx store.Tx, from, to int64) (more bool, err error) {
	rows, err := o.of(from).Scan(tx, "", moveRows)
	if err != nil {
		return false, err
	}
	for _, moved := range o.moved {
		if err := moved(tx, from, to); err != nil {
			return false, err
		}
	}
	if err := o.slots.Delete(tx, fmt.Sprint(from)); err != nil {
		return false, err
	}
	for _, r := range rows {
		if err := o.moveRow(tx, r, from, to); err != nil {
			return false, err
		}
	}
	return len(rows) == moveRows, nil
}

func (o *Outbox) moveRow(tx store.Tx, r store.Row[entry], from, to int64) error {
	if r.Err != nil {
		o.log.Error("outbox: item dropped, it cannot be read", msg.LogChat(from), "err", r.Err)
		return o.of(from).Delete(tx, r.ID)
	}
	id := r.ID
	if taken, err := o.of(to).Has(tx, id); err != nil {
		return err
	} else if taken {
		id += "~" // behind its equal, before all others
	}
	it := &r.Value.Item
	it.Chat, it.Message, it.ReplyTo, it.HasPhoto = to, 0, 0, false
	if err := o.of(to).Put(tx, id, r.Value); err != nil {
		return err
	}
	return o.of(from).Delete(tx, r.ID)
}

// follow moves everything of a chat to its new id, and sends it there.
func (o *Outbox) follow(ctx context.Context, from, to int64) bool {
	o.log.Info("outbox: a group has become a supergroup", msg.LogChat(from))
	for more := true; more; {
		ok := o.persist(ctx, func(tx store.Tx) (err error) {
			more, err = o.Move(tx, from, to)
			return err
		})
		if !ok {
			return false
		}
	}
	o.Wake(to)
	return true
}
