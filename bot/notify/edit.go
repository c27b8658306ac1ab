package notify

import (
	"slices"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// sent notes which message notices have become. If they were edited while they
// waited, the message is edited at once.
func (n *Notifier) sent(tx store.Tx, it msg.Item, message int) error {
	ref, ok := parseRef(it.Ref)
	if !ok || message == 0 {
		return nil
	}
	thread, keys := ref.thread, ref.keys
	g := given{Message: message, Why: ref.why, More: ref.more}
	if len(keys) > 1 {
		g.With = keys
	}
	stale := false
	for _, key := range keys {
		old, _, err := get(tx, n.given, givenID(key, it.Chat, thread))
		if err != nil {
			return err
		}
		stale = stale || old.Stale != unedited
	}
	if err := n.heard(tx, it.Chat); err != nil {
		return err
	}
	for _, key := range keys {
		if err := n.given.Put(tx, givenID(key, it.Chat, thread), g); err != nil {
			return err
		}
	}
	if !stale {
		return nil
	}
	c := chunkWriter{Notifier: n, tx: tx, now: time.Now(), wake: map[int64]bool{}, cache: map[string]Notice{}, school: it.Source}
	var err error
	if c.serial, err = n.counter(tx, "item", 0); err != nil {
		return err
	}
	place, err := c.place(it.Chat)
	if err == nil {
		err = c.change(it.Chat, place, keys, g)
	}
	if err == nil {
		err = c.serial.save(tx)
	}
	return err
}

// editSome passes an edit on to some of the chats that were given the notice.
func (c *chunkWriter) editSome() (done bool, err error) {
	const limit = 20
	key := c.fan.Items[0].Key
	c.reads += limit
	rows, err := c.given.Sub(key+"/").Scan(c.tx, c.fan.Cursor, limit)
	if err != nil {
		return false, err
	}
	if c.serial, err = c.counter(c.tx, "item", 0); err != nil {
		return false, err
	}
	if nt, err := c.notice(key); err != nil || nt.Key == "" {
		return true, err
	}
	for _, row := range rows {
		if c.chats > 0 && !c.room(2+mostColumns+max(1, len(row.Value.With)), 2) {
			return false, nil
		}
		if err := c.editOne(key, row); err != nil {
			return false, err
		}
		c.fan.Cursor = row.ID
		c.chats++
	}
	return len(rows) < limit, nil
}

func (c *chunkWriter) editOne(key string, row store.Row[given]) error {
	chat, thread, ok := chatAndThread(row.ID)
	if !ok || row.Err != nil {
		return nil
	}
	g := row.Value
	if g.Message == 0 {
		g.Stale = c.fan.Edit
		c.writes++
		return c.given.Put(c.tx, givenID(key, chat, thread), g)
	}
	place, err := c.place(chat)
	if err != nil || !place.Gone.IsZero() || place.Moved != 0 {
		return err
	}
	keys := g.With
	if len(keys) == 0 {
		keys = []string{key}
	}
	if err := c.change(chat, place, keys, g); err != nil || c.fan.Edit != loudEdit {
		return err
	}
	sub, ok, err := c.still(chat, thread, c.cache[key])
	if err != nil || !ok {
		return err
	}
	l := place.lang()
	return c.queue(msg.Item{
		Chat: chat, Thread: place.thread(thread), Op: msg.Send, ReplyTo: g.Message, Lane: msg.Push, Source: c.school,
		Body: msg.Body{Text: say.Text(l, "board.edited", say.Data{Title: c.cache[key].Title}), Silent: sub.Silent || place.quietNow(c.now)},
	})
}

// mostColumns is how many columns of a notice are looked at for a subscription.
const mostColumns = 5

// still is a subscription for which a chat was given a notice, if it has not
// ended meanwhile.
func (c *chunkWriter) still(chat int64, thread int, nt Notice) (sub Sub, ok bool, err error) {
	for _, source := range nt.Sources[:min(len(nt.Sources), mostColumns)] {
		c.reads++
		if sub, ok, err = c.Sub(c.tx, chat, thread, source); err != nil || ok {
			break
		}
	}
	return sub, ok, err
}

// change edits the message that notices have become.
func (c *chunkWriter) change(chat int64, place Place, keys []string, g given) error {
	var items []Notice
	for _, key := range keys {
		nt, err := c.notice(key)
		if err != nil {
			return err
		}
		if nt.Key != "" {
			items = append(items, nt)
		}
	}
	if len(items) == 0 {
		return nil
	}
	reads, err := c.readers(chat, items)
	if err != nil {
		return err
	}
	b := c.body(place.lang(), items, g.Why, g.More)
	b.Buttons = slices.Clone(b.Buttons)
	for i := range b.Buttons {
		b.Buttons[i] = slices.Clone(b.Buttons[i])
	}
	withReads(b.Buttons, place.lang(), reads)
	return c.queue(msg.Item{Chat: chat, Op: msg.Edit, Message: g.Message, Lane: msg.Push, Source: c.school, Body: b})
}

// readers is how many have read a notice in a chat; of several it is not shown.
func (c *chunkWriter) readers(chat int64, items []Notice) (int, error) {
	if len(items) != 1 {
		return 0, nil
	}
	c.reads++
	n, _, err := get(c.tx, c.Notifier.rows.reads, readsID(items[0].Key, chat))
	return n, err
}

// withReads shows how many have read a notice.
func withReads(buttons [][]msg.Button, l say.Lang, n int) {
	for _, row := range buttons {
		i := slices.IndexFunc(row, func(b msg.Button) bool { tap, ok := ParseTap(b.Data); return ok && tap.Op == TapRead })
		if i >= 0 {
			row[i].Text = readText(l, n)
		}
	}
}
