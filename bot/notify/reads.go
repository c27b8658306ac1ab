package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// Who pressed 已阅 is kept as long as who was given the notice, 60 days. It is a
// number of an account and a time, and no name.

func readsID(key string, chat int64) string { return fmt.Sprintf("%s/%d", key, chat) }

// Read notes that a person has read a notice in a chat. It returns how many
// have, and whether this is news: everybody counts once. It costs 2 reads and 2
// writes.
func (n *Notifier) Read(tx store.Tx, chat int64, key string, user int64, now time.Time) (count int, first bool, err error) {
	count, _, err = get(tx, n.reads, readsID(key, chat))
	if err != nil {
		return 0, false, err
	}
	id := fmt.Sprintf("%s/%d", readsID(key, chat), user)
	has, err := n.read.Has(tx, id)
	if err != nil || has {
		return count, false, err
	}
	if err := n.read.Put(tx, id, now); err != nil {
		return 0, false, err
	}
	return count + 1, true, n.reads.Put(tx, readsID(key, chat), count+1)
}

// HasRead reports whether a person has read a notice in a chat.
func (n *Notifier) HasRead(tx store.Tx, chat int64, key string, user int64) (bool, error) {
	return n.read.Has(tx, fmt.Sprintf("%s/%d", readsID(key, chat), user))
}

// reminder is a person's wish to be told of a notice again, in private.
type reminder struct {
	Lang say.Lang `json:"lang,omitempty"`
}

// Remind has a person told of a notice again at some time, in private. The same
// for the same time is one reminder. It costs a write.
func (n *Notifier) Remind(tx store.Tx, user int64, key string, at time.Time, l say.Lang) error {
	return n.reminds.Put(tx, remindID(user, key, at), reminder{Lang: l})
}

// Unremind takes that back.
func (n *Notifier) Unremind(tx store.Tx, user int64, key string, at time.Time) error {
	return n.reminds.Delete(tx, remindID(user, key, at))
}

func remindID(user int64, key string, at time.Time) string {
	return dueID(at, fmt.Sprintf("%d/%s", user, key))
}

// remindSome queues reminders that are due.
func (n *Notifier) remindSome(tx store.Tx, now time.Time, wake map[int64]bool) (more bool, err error) {
	const limit = 25
	rows, err := n.reminds.Scan(tx, "", limit)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	serial, err := n.counter(tx, "item", 0)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		f := strings.Split(r.ID, "/")
		if at, err := strconv.ParseInt(f[0], 10, 64); err == nil && at > now.Unix() {
			return false, serial.save(tx)
		}
		if err := n.remindOne(tx, serial, f, r.Value.Lang, now, wake); err != nil {
			return false, err
		}
		if err := n.reminds.Delete(tx, r.ID); err != nil {
			return false, err
		}
	}
	return len(rows) == limit, serial.save(tx)
}

func (n *Notifier) remindOne(tx store.Tx, serial *counter, f []string, l say.Lang, now time.Time, wake map[int64]bool) error {
	if len(f) != 3 {
		return nil
	}
	user, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return nil
	}
	nt, ok, err := n.notice(tx, f[2])
	if err != nil || !ok {
		return err
	}
	b := body(l, n.boardOf, []Notice{nt}, digestNone, 0)
	b.Text = say.Text(l, "board.remind", say.Data{}) + "\n\n" + b.Text
	b.Buttons = b.Buttons[:len(b.Buttons)-1] // who was reminded has read it
	wake[user] = true
	return n.Outbox.Add(tx, serial.next(), msg.Item{Chat: user, Op: msg.Send, Lane: msg.Push, Source: nt.School, Body: b}, now)
}
