package notify

import (
	"fmt"
	"slices"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// silence is what a chat was told of the boards of a school that are silent. One
// message tells of all of them and changes with them; when the last is back it
// says so, and the next outage has a message of its own.
type silence struct {
	Sources []string `json:"sources"` // that are down, first first
}

func silenceID(chat int64, school string, thread int) string {
	return fmt.Sprintf("%d/%s/%d", chat, school, thread)
}

// mostSilent is how many boards of a school one chat is told of.
const mostSilent = 12

// boardSome tells some subscribers that a board is silent or back, or that inner
// notices pause or go on. Nobody is woken for that, and the same message changes
// when it is over.
func (c *chunkWriter) boardSome() (done bool, err error) {
	const limit, reads, writes = 16, mostSilent + 3, 2
	subs, err := c.recipients(limit)
	if err != nil {
		return false, err
	}
	if c.serial, err = c.counter(c.tx, "item", 0); err != nil {
		return false, err
	}
	for i, row := range subs {
		if i > 0 && !c.room(reads, writes) {
			return false, nil
		}
		c.fan.Cursor = row.ID
		sub, ok := c.subOf(row)
		if !ok {
			continue
		}
		place, err := c.place(sub.Chat)
		if err == nil && place.Gone.IsZero() {
			err = c.tellOfBoard(sub, place)
		}
		if err != nil {
			return false, err
		}
	}
	return len(subs) < limit, nil
}

// tellOfBoard tells one chat.
func (c *chunkWriter) tellOfBoard(sub Sub, place Place) error {
	switch c.fan.Kind {
	case fanDown, fanUp:
		return c.tellOfSilence(sub, place)
	case fanResume:
		if sub.At.After(c.fan.Told) {
			return nil
		}
		return c.board(sub, place, msg.Show, "inner", "inner.resumed", say.Data{Board: c.name})
	}
	return c.board(sub, place, msg.Send, "inner", "inner.paused", say.Data{Board: c.name})
}

// board queues a sentence about boards. Slot names its message.
func (c *chunkWriter) board(sub Sub, place Place, op msg.Op, slot, key string, about say.Data) error {
	about.Since = c.fan.At.In(beijing)
	c.chats++
	return c.queue(msg.Item{
		Chat: sub.Chat, Thread: place.thread(sub.Thread), Lane: msg.Push, Source: c.school,
		Op: op, Slot: fmt.Sprintf("%s/%s/%d", slot, c.school, sub.Thread),
		Body: msg.Body{Text: say.Text(place.lang(), key, about), Silent: true},
	})
}

// tellOfSilence tells one chat that a board is down or up, in one message for
// all boards of the school.
func (c *chunkWriter) tellOfSilence(sub Sub, place Place) error {
	id, told, err := c.silent(sub, place)
	if err != nil {
		return err
	}
	op, first := msg.Show, len(told) == 0
	switch listed := slices.Contains(told, sub.Source); {
	case c.fan.Kind == fanDown && (listed || len(told) == mostSilent):
		return nil
	case c.fan.Kind == fanDown:
		told = append(told, sub.Source)
		if first {
			op = msg.Send
		}
	case !listed && (!first || sub.At.After(c.fan.Told)): // who was told before there were such rows is told
		return nil
	default:
		told = slices.DeleteFunc(told, func(s string) bool { return s == sub.Source })
	}
	c.writes++
	if len(told) == 0 {
		if err := c.silences.Delete(c.tx, id); err != nil {
			return err
		}
		return c.board(sub, place, op, "down", "board.up", say.Data{Board: c.name})
	}
	if err := c.silences.Put(c.tx, id, silence{told}); err != nil {
		return err
	}
	return c.board(sub, place, op, "down", "board.down", say.Data{Board: c.nameOf(told[0]), Count: len(told)})
}

// silent are the boards of the fan's school that a chat was told are down, but
// for those that it does not subscribe to any more; and the row's id, which may
// be that of the group before it became a supergroup.
func (c *chunkWriter) silent(sub Sub, place Place) (id string, told []string, err error) {
	id = silenceID(sub.Chat, c.school, sub.Thread)
	c.reads++
	row, known, err := get(c.tx, c.silences, id)
	if err == nil && !known && place.Was != 0 {
		c.reads++
		was := silenceID(place.Was, c.school, sub.Thread)
		if row, known, err = get(c.tx, c.silences, was); known {
			id = was
		}
	}
	if err != nil {
		return id, nil, err
	}
	for _, source := range row.Sources {
		_, watched := c.Source(source)
		c.reads++
		has, err := c.subs.Has(c.tx, subID(source, sub.Chat, sub.Thread))
		if err != nil {
			return id, nil, err
		}
		if watched && has {
			told = append(told, source)
		}
	}
	return id, told, nil
}
