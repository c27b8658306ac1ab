package notify

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/store"
)

// deferred are notices that wait for a digest of their chat.
type deferred struct {
	Source string     `json:"source"` // "" for what was tried before, whatever is subscribed now
	Keys   []string   `json:"keys"`   // oldest first
	Why    digestKind `json:"why"`
	More   int        `json:"more,omitempty"` // notices beyond Keys
}

// laterRows is how many deferred rows one transaction looks at: each may cost
// a subscription, a place and a notice.
const laterRows = 20

// sendLater makes digests of what is due; more says that there may be another.
func (n *Notifier) sendLater(ctx context.Context, now time.Time) (more bool, err error) {
	wake := map[int64]bool{}
	err = n.update(ctx, func(tx store.Tx) error {
		more = false
		rows, err := n.later.Scan(tx, "", laterRows)
		if err != nil || len(rows) == 0 {
			return err
		}
		c := &chunkWriter{Notifier: n, tx: tx, fan: &fan{}, now: now, wake: wake, cache: map[string]Notice{}}
		c.reads, c.writes = laterRows+1, 1
		if c.serial, err = n.counter(tx, "item", 0); err != nil {
			return err
		}
		more, err = c.digests(rows)
		if err == nil {
			err = c.serial.save(tx)
		}
		return err
	})
	for chat := range wake {
		n.Outbox.Wake(chat)
	}
	return more, err
}

// digests makes a message of each run of rows that are for one chat at one
// time, as far as the limits go.
func (c *chunkWriter) digests(rows []store.Row[deferred]) (more bool, err error) {
	for len(rows) > 0 {
		due, chat, thread, ok := parseLater(rows[0].ID)
		if ok && due.After(c.now) {
			return false, nil
		}
		run := 1
		for ok && run < len(rows) && sameDigest(rows[0].ID, rows[run].ID) {
			run++
		}
		if c.chats > 0 && (run == len(rows) || !c.room(costOfDigest(rows[:run]))) {
			return true, nil // there may be more of this run, or too much in it
		}
		if ok {
			if err := c.digest(chat, thread, rows[:run]); err != nil {
				return false, err
			}
		}
		for _, r := range rows[:run] {
			c.writes++
			if err := c.later.Delete(c.tx, r.ID); err != nil {
				return false, err
			}
		}
		c.chats++
		rows = rows[run:]
	}
	return true, nil
}

func costOfDigest(rows []store.Row[deferred]) (reads, writes int) {
	keys := 0
	for _, r := range rows {
		keys += len(r.Value.Keys)
	}
	return 1 + len(rows) + min(keys, mostInDigest), 1 + len(rows)
}

// digest makes one message of a chat's deferred rows. What the chat has ended
// meanwhile is left out.
func (c *chunkWriter) digest(chat int64, thread int, rows []store.Row[deferred]) error {
	place, err := c.place(chat)
	if err != nil {
		return err
	}
	if place.Moved != 0 {
		chat = place.Moved
		if place, err = c.place(chat); err != nil {
			return err
		}
	}
	var items []Notice
	looked, more, silent := 0, 0, true
	why, source := digestNone, ""
	for _, r := range rows {
		c.reads++
		sub, ok, err := c.Sub(c.tx, chat, thread, r.Value.Source)
		if err != nil {
			return err
		}
		if !ok && r.Value.Source != "" {
			continue
		}
		silent = silent && sub.Silent
		if why = r.Value.Why; why != rows[0].Value.Why {
			why = digestNone
		}
		source = cmp.Or(r.Value.Source, source)
		more += r.Value.More
		for _, key := range r.Value.Keys {
			if looked++; looked > mostInDigest {
				more++
				continue
			}
			nt, err := c.notice(key)
			if err != nil {
				return err
			}
			if nt.Key != "" {
				items = append(items, nt)
			}
		}
	}
	if len(items) == 0 || !place.Gone.IsZero() {
		return nil
	}
	if src, ok := c.Source(source); ok {
		c.school = schoolOf(src)
	}
	it := msg.Item{
		Chat: chat, Thread: place.thread(thread), Op: msg.Send, Lane: msg.Push, Source: c.school,
		Body: body(place.lang(), c.boardOf, items, why, more),
		Ref:  itemRef{thread, why, more, keysOf(items)}.String(),
	}
	it.Body.Silent = silent
	return c.queue(it)
}

// parseLater reads "due/chat/thread/…".
func parseLater(id string) (due time.Time, chat int64, thread int, ok bool) {
	first, rest, _ := strings.Cut(id, "/")
	at, err := strconv.ParseInt(first, 10, 64)
	chat, thread, ok = chatAndThread(rest)
	return time.Unix(at, 0), chat, thread, ok && err == nil
}

// sameDigest reports whether two rows are for one chat, topic and time.
func sameDigest(a, b string) bool {
	i, j := strings.LastIndexByte(a, '/'), strings.LastIndexByte(b, '/')
	return i > 0 && j > 0 && a[:i] == b[:j]
}
