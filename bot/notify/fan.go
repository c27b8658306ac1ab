package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// fan is something that is to reach many chats. It is handed out in chunks,
// oldest fan first, and its row is gone when everybody has it.
type fan struct {
	Kind   fanKind    `json:"kind"`
	Source string     `json:"source"`
	Items  []ref      `json:"items,omitempty"` // oldest first
	More   int        `json:"more,omitempty"`  // notices beyond Items
	Digest digestKind `json:"digest,omitempty"`
	Edit   edit       `json:"edit,omitempty"`
	At     time.Time  `json:"at"`
	Told   time.Time  `json:"told,omitzero"` // of fanUp and fanResume: when fanDown or fanPause was told
	// Before is, of fanTell, when the column was last seen without Items.
	Before time.Time `json:"before,omitzero"`
	Cursor string    `json:"cursor,omitempty"`
}

type fanKind string

const (
	fanTell fanKind = "tell" // notices, to subscribers
	fanEdit fanKind = "edit" // to chats that were given the notice
	fanDown fanKind = "down" // the board has been silent for a day, to subscribers
	fanUp   fanKind = "up"   // it is back, to those who were told

	fanPause  fanKind = "pause"  // nobody is logged in who lends, to subscribers
	fanResume fanKind = "resume" // somebody is again, to those who were told
)

// digestKind says why several notices come as one message, whatever the number.
type digestKind string

const (
	digestNone    digestKind = ""
	digestCatchUp digestKind = "catchup" // we have not looked for a while
	digestHeld    digestKind = "held"    // an operator has released them
	digestMorning digestKind = "morning" // quiet hours are over
	digestDaily   digestKind = "daily"
	digestWeekly  digestKind = "weekly"
)

// mergeFrom is how many notices of one poll become one message.
const mergeFrom = 3

// fanOut hands out what there is, and waits for more, until ctx ends.
func (n *Notifier) fanOut(ctx context.Context) {
	for ctx.Err() == nil {
		more, err := n.fanStep(ctx)
		switch {
		case err != nil:
			n.trouble(ctx, "notices cannot be handed out", err)
		case !more:
			select {
			case <-n.fanning:
			case <-ctx.Done():
			}
		}
	}
}

// fanStep hands out one chunk of the oldest fan; more says that there may be
// another.
func (n *Notifier) fanStep(ctx context.Context) (more bool, err error) {
	wake := map[int64]bool{} // of every try: one whose commit seemed to fail may stand
	told := Report{Kind: FannedOut}
	err = n.update(ctx, func(tx store.Tx) error {
		more = false
		rows, err := n.fans.Scan(tx, "", 1)
		if err != nil || len(rows) == 0 {
			return err
		}
		more = true
		id, f := rows[0].ID, rows[0].Value
		if rows[0].Err != nil {
			n.Log.Error("notify: a fan is dropped, it cannot be read", "err", rows[0].Err)
			return n.fans.Delete(tx, id)
		}
		c := &chunkWriter{Notifier: n, tx: tx, fan: &f, now: time.Now(), wake: wake, cache: map[string]Notice{}}
		done, err := c.run()
		told.Source, told.Count = f.Source, c.chats
		if err != nil {
			return err
		}
		if done {
			return n.fans.Delete(tx, id)
		}
		return n.fans.Put(tx, id, f)
	})
	for chat := range wake {
		n.Outbox.Wake(chat)
	}
	if err == nil && told.Count > 0 {
		n.Report(told)
	}
	return more, err
}

// chunkWriter writes one chunk of a fan. It counts what it reads and writes, so
// that it stops within the limits of the transaction.
type chunkWriter struct {
	*Notifier
	tx     store.Tx
	fan    *fan
	now    time.Time
	serial *counter
	wake   map[int64]bool
	cache  map[string]Notice
	bodies map[string]msg.Body // see body
	name   string              // of the board
	school string
	awake  bool // a simulated board wakes who chose no quiet hours

	reads, writes, chats int
}

// overhead is the reads, and the writes, of a chunk beside its chats': the fan
// and the serial.
const overhead = 3

func (c *chunkWriter) run() (done bool, err error) {
	c.reads, c.writes = overhead, overhead
	c.school = c.fan.Source // if the operator has taken the source away meanwhile
	if src, ok := c.Source(c.fan.Source); ok {
		c.name, c.school, c.awake = src.Name, schoolOf(src), restless(src)
	}
	switch c.fan.Kind {
	case fanTell:
		done, err = c.tellSome()
	case fanEdit:
		done, err = c.editSome()
	default:
		done, err = c.boardSome()
	}
	if err == nil && c.serial != nil {
		err = c.serial.save(c.tx)
	}
	return done, err
}

// room reports whether the limits allow so much more.
func (c *chunkWriter) room(reads, writes int) bool {
	return c.reads+reads <= store.MaxRows && c.writes+writes <= store.MaxWrites
}

// recipients are the next subscriptions of the fan's source.
func (c *chunkWriter) recipients(limit int) ([]store.Row[Sub], error) {
	c.reads += limit
	return c.subs.Sub(c.fan.Source+"/").Scan(c.tx, c.fan.Cursor, limit)
}

// tellSome hands notices to some chats.
func (c *chunkWriter) tellSome() (done bool, err error) {
	k := len(c.fan.Items)
	// Each chat costs its subscription, its place and a look at what it has of
	// each notice; and as many writes, and its messages.
	limit := max(1, (store.MaxRows-overhead-k)/(k+2))
	subs, err := c.recipients(limit)
	if err != nil {
		return false, err
	}
	if c.serial, err = c.counter(c.tx, "item", 0); err != nil {
		return false, err
	}
	for _, r := range c.fan.Items {
		if _, err := c.notice(r.Key); err != nil {
			return false, err
		}
	}
	for _, row := range subs {
		if !c.room(k*2+1, k+2) && c.chats > 0 { // twice: a group that has moved has two ids
			return false, nil
		}
		if err := c.tellOne(row); err != nil {
			return false, err
		}
		c.fan.Cursor = row.ID
		c.chats++
	}
	return len(subs) < limit, nil
}

// notice is a notice, read once in a chunk. One that is gone has no key.
func (c *chunkWriter) notice(key string) (Notice, error) {
	if nt, ok := c.cache[key]; ok {
		return nt, nil
	}
	c.reads++
	nt, _, err := get(c.tx, c.notices, key)
	c.cache[key] = nt
	return nt, err
}

// looseAfter is how long before a subscription its column may have been looked
// at last, and what is new afterwards still be news to it.
const looseAfter = 2 * time.Hour

// tellOne hands notices to one subscription.
func (c *chunkWriter) tellOne(row store.Row[Sub]) error {
	sub, ok := c.subOf(row)
	if !ok || sub.At.Sub(c.fan.Before) > looseAfter && !c.fan.Before.IsZero() {
		return nil // to a later subscription it is most likely old
	}
	place, err := c.place(sub.Chat)
	if err != nil || !place.Gone.IsZero() {
		return err
	}
	if c.awake && !place.Quiet.Set {
		place.Quiet.Off = true
	}
	items, err := c.wantedBy(sub, place)
	if err != nil || len(items) == 0 {
		return err
	}
	for _, nt := range items {
		if err := c.give(sub, nt.Key); err != nil {
			return err
		}
	}
	return c.deliver(sub, place, items)
}

// subOf is a row as a subscription; its id says whose it is.
func (c *chunkWriter) subOf(row store.Row[Sub]) (Sub, bool) {
	sub := row.Value
	if row.Err != nil {
		c.Log.Error("notify: a subscription cannot be read", "err", row.Err)
		return sub, false
	}
	chat, thread, ok := chatAndThread(row.ID)
	sub.Chat, sub.Thread, sub.Source = chat, thread, c.fan.Source
	return sub, ok
}

// chatAndThread reads "chat/thread", with anything behind it.
func chatAndThread(id string) (chat int64, thread int, ok bool) {
	first, rest, _ := strings.Cut(id, "/")
	second, _, _ := strings.Cut(rest, "/")
	chat, err1 := strconv.ParseInt(first, 10, 64)
	thread, err2 := strconv.Atoi(second)
	return chat, thread, err1 == nil && err2 == nil
}

func (c *chunkWriter) place(chat int64) (Place, error) {
	c.reads++
	p, _, err := get(c.tx, c.places, placeID(chat))
	return p, err
}

// wantedBy are the fan's notices that a subscription asks for and its chat does
// not have yet, perhaps from another column.
func (c *chunkWriter) wantedBy(sub Sub, place Place) (out []Notice, err error) {
	match := sub.Filter.compile()
	for _, r := range c.fan.Items {
		nt := c.cache[r.Key]
		if nt.Key == "" || r.Seq <= sub.Since || !match(nt.Title) {
			continue
		}
		has, err := c.has(sub.Chat, sub.Thread, nt.Key)
		if err == nil && !has && place.Was != 0 {
			has, err = c.has(place.Was, sub.Thread, nt.Key)
		}
		if err != nil {
			return nil, err
		}
		if !has {
			out = append(out, nt)
		}
	}
	return out, nil
}

func (c *chunkWriter) has(chat int64, thread int, key string) (bool, error) {
	c.reads++
	return c.given.Has(c.tx, givenID(key, chat, thread))
}

// give notes that a chat has a notice.
func (c *chunkWriter) give(sub Sub, key string) error {
	c.writes++
	return c.given.Put(c.tx, givenID(key, sub.Chat, sub.Thread), given{})
}

// deliver queues what a chat is to get, now or with a digest.
func (c *chunkWriter) deliver(sub Sub, place Place, items []Notice) error {
	at, why := sub.digestAt(place, c.now)
	if place.Until.After(c.now) && place.Until.After(at) {
		return c.postpone(sub, place.Until, c.fan.Digest, items) // the chat is not heard now
	}
	if why == digestNone {
		return c.send(sub, place, items, sub.Silent)
	}
	var urgent, rest []Notice
	for _, nt := range items {
		if why == digestMorning && place.urgent(nt.Title) {
			urgent = append(urgent, nt)
		} else {
			rest = append(rest, nt)
		}
	}
	if c.fan.Digest != digestNone {
		why = c.fan.Digest
	}
	if err := c.postpone(sub, at, why, rest); err != nil {
		return err
	}
	return c.send(sub, place, urgent, true)
}

// postpone has notices wait for a digest.
func (c *chunkWriter) postpone(sub Sub, at time.Time, why digestKind, items []Notice) error {
	if len(items) == 0 {
		return nil
	}
	c.writes++
	id := dueID(at, fmt.Sprintf("%d/%d/%s-%s", sub.Chat, sub.Thread, c.fan.At.UTC().Format("20060102150405"), sub.Source))
	return c.later.Put(c.tx, id, deferred{Source: sub.Source, Keys: keysOf(items), Why: why, More: c.fan.More})
}

// send queues notices as the messages that they make.
func (c *chunkWriter) send(sub Sub, place Place, items []Notice, silent bool) error {
	if len(items) == 0 {
		return nil
	}
	l := place.lang()
	groups := [][]Notice{items}
	if c.fan.Digest == digestNone && len(items) < mergeFrom {
		groups = slices.Collect(slices.Chunk(items, 1))
	}
	for _, g := range groups {
		it := c.message(l, g, c.fan.Digest, c.fan.More)
		it.Chat, it.Thread, it.Body.Silent = sub.Chat, place.thread(sub.Thread), silent
		it.Ref = itemRef{sub.Thread, c.fan.Digest, c.fan.More, keysOf(g)}.String()
		if err := c.queue(it); err != nil {
			return err
		}
	}
	return nil
}

// message is what notices look like together.
func (c *chunkWriter) message(l say.Lang, items []Notice, why digestKind, more int) msg.Item {
	return msg.Item{Op: msg.Send, Lane: msg.Push, Source: c.school, Body: c.body(l, items, why, more)}
}

// boardOf is the name of the column to show with a notice.
func (n *Notifier) boardOf(nt Notice) string {
	for _, id := range nt.Sources {
		if src, ok := n.Source(id); ok {
			return src.Name
		}
	}
	return ""
}

// queue adds an item; its chat is woken after the commit.
func (c *chunkWriter) queue(it msg.Item) error {
	c.writes++
	c.wake[it.Chat] = true
	return c.Outbox.Add(c.tx, c.serial.next(), it, c.now)
}

func keysOf(items []Notice) (keys []string) {
	for _, nt := range items {
		keys = append(keys, nt.Key)
	}
	return keys
}

// itemRef is what the outbox gives back with the message that notices became.
type itemRef struct {
	thread int
	why    digestKind
	more   int
	keys   []string
}

func (r itemRef) String() string {
	return fmt.Sprintf("board/%d/%s/%d/%s", r.thread, r.why, r.more, strings.Join(r.keys, ","))
}

func parseRef(s string) (r itemRef, ok bool) {
	f := strings.Split(s, "/")
	if len(f) != 5 || f[0] != "board" || f[4] == "" {
		return r, false
	}
	thread, err1 := strconv.Atoi(f[1])
	more, err2 := strconv.Atoi(f[3])
	return itemRef{thread, digestKind(f[2]), more, strings.Split(f[4], ",")}, err1 == nil && err2 == nil
}
