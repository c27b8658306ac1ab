package notify

import (
	"context"
	"fmt"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// countEvery is how often the numbers in a chat change at most: of what Telegram
// takes of a group in a minute, most is left for words.
const countEvery = 10 * time.Second

// Recount has the number under a notice's card follow Read. Cards in one chat
// take turns, one in ten seconds, so that many who press at once are one edit.
// Message must have been sent by this room as that notice's card, otherwise
// nothing follows. Call Recounted once the transaction is committed. It costs 10
// reads and a write.
func (n *Notifier) Recount(tx store.Tx, chat int64, message int, key string) error {
	const topics = 10
	rows, err := n.given.Sub(fmt.Sprintf("%s/%d/", key, chat)).Scan(tx, "", topics)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if g := r.Value; r.Err == nil && g.Message == message && len(g.With) == 0 {
			return n.recounts.Put(tx, recountID(chat, message), key)
		}
	}
	return nil
}

// Recounted has what Recount asked for done.
func (n *Notifier) Recounted() { poke(n.counting) }

func recountID(chat int64, message int) string { return fmt.Sprintf("%d/%d", chat, message) }

// recount changes numbers until ctx ends.
func (n *Notifier) recount(ctx context.Context) {
	last := map[int64]time.Time{} // by chat
	for ctx.Err() == nil {
		next, err := n.recountSome(ctx, last)
		if err != nil {
			n.trouble(ctx, "numbers cannot be changed", err)
			continue
		}
		if next.IsZero() {
			next = time.Now().Add(time.Hour)
		}
		t := time.NewTimer(time.Until(next))
		select {
		case <-t.C:
		case <-n.counting:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// recountSome changes a number in each chat whose turn it is, and tells when it
// is another's; the zero time while nothing waits.
func (n *Notifier) recountSome(ctx context.Context, last map[int64]time.Time) (next time.Time, err error) {
	rows, err := n.waitingCounts(ctx)
	if err != nil {
		return next, err
	}
	now := time.Now()
	for chat, at := range last {
		if now.Sub(at) >= countEvery {
			delete(last, chat)
		}
	}
	for _, r := range rows {
		chat, message, ok := chatAndThread(r.ID)
		at, busy := last[chat]
		if ok && busy {
			if due := at.Add(countEvery); next.IsZero() || due.Before(next) {
				next = due
			}
			continue
		}
		last[chat] = now
		if err := n.recountOne(ctx, r.ID, chat, message, now); err != nil {
			return next, err
		}
	}
	return next, nil
}

// waitingCounts are the rows of all cards whose number is to change.
func (n *Notifier) waitingCounts(ctx context.Context) (out []store.Row[string], err error) {
	err = n.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		for after := ""; ; {
			rows, err := n.recounts.Scan(tx, after, store.MaxRows)
			if err != nil || len(rows) == 0 {
				return err
			}
			out, after = append(out, rows...), rows[len(rows)-1].ID
		}
	})
	return out, err
}

// recountOne queues the edit that one row asks for.
func (n *Notifier) recountOne(ctx context.Context, id string, chat int64, message int, now time.Time) error {
	err := n.update(ctx, func(tx store.Tx) error {
		key, known, err := get(tx, n.recounts, id)
		if err != nil {
			return err
		}
		nt, there, err := n.notice(tx, key)
		if err != nil {
			return err
		}
		if !known || !there {
			return n.recounts.Delete(tx, id)
		}
		count, _, err := get(tx, n.reads, readsID(nt.Key, chat))
		if err != nil {
			return err
		}
		place, err := n.Place(tx, chat)
		if err != nil {
			return err
		}
		serial, err := n.counter(tx, "item", 0)
		if err != nil {
			return err
		}
		it := msg.Item{
			Chat: chat, Op: msg.Edit, Message: message, Lane: msg.Push, Source: nt.School,
			Body: n.Card(place.lang(), nt, count),
		}
		if err := n.Outbox.Add(tx, serial.next(), it, now); err != nil {
			return err
		}
		if err := serial.save(tx); err != nil {
			return err
		}
		return n.recounts.Delete(tx, id)
	})
	if err == nil {
		n.Outbox.Wake(chat)
	}
	return err
}
