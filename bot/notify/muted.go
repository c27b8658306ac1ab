package notify

import (
	"fmt"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// A chat that takes nothing, though the bot is in it, has most likely muted the
// bot. What could not be sent is tried again, together with what has come since,
// after each of these; then the chat rests as if the bot had left, and who
// subscribed is told in private. A change of the bot's rights ends that.
func retries() []time.Duration { return []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour} }

// dropped deals with a message of ours that Telegram did not take.
func (n *Notifier) dropped(tx store.Tx, it msg.Item) error {
	ref, ok := parseRef(it.Ref)
	if !ok || it.Op != msg.Send {
		return nil
	}
	p, err := n.Place(tx, it.Chat)
	if err != nil || !p.Gone.IsZero() {
		return err
	}
	now := time.Now()
	if !p.Until.After(now) {
		if p.Deaf == len(retries()) {
			return n.rest(tx, it.Chat, p, ref, now)
		}
		p.Until = now.Add(retries()[p.Deaf])
		p.Deaf++
		if err := n.places.Put(tx, placeID(it.Chat), p); err != nil {
			return err
		}
	}
	id := dueID(p.Until, fmt.Sprintf("%d/%d/again-%s", it.Chat, ref.thread, ref.keys[0]))
	return n.later.Put(tx, id, deferred{Keys: ref.keys, Why: ref.why, More: ref.more})
}

// heard notes that a chat takes messages.
func (n *Notifier) heard(tx store.Tx, chat int64) error {
	p, err := n.Place(tx, chat)
	if err != nil || p.Deaf == 0 {
		return err
	}
	p.Deaf, p.Until = 0, time.Time{}
	return n.places.Put(tx, placeID(chat), p)
}

// rest has a chat left alone until the bot's rights change, for 30 days.
func (n *Notifier) rest(tx store.Tx, chat int64, p Place, ref itemRef, now time.Time) error {
	p.Gone = now
	if err := n.places.Put(tx, placeID(chat), p); err != nil {
		return err
	}
	if err := n.gone.Put(tx, dueID(now.Add(keepGone), placeID(chat)), struct{}{}); err != nil {
		return err
	}
	who, err := n.subscriber(tx, chat, ref)
	if err != nil || who == 0 {
		return err
	}
	serial, err := n.counter(tx, "item", 0)
	if err != nil {
		return err
	}
	it := msg.Item{Chat: who, Op: msg.Send, Lane: msg.Push, Body: msg.Body{Text: say.Text(p.lang(), "board.muted", say.Data{})}}
	if err := n.Outbox.Add(tx, serial.next(), it, now); err != nil {
		return err
	}
	return serial.save(tx)
}

// subscriber is who set the subscription that a message was for.
func (n *Notifier) subscriber(tx store.Tx, chat int64, ref itemRef) (int64, error) {
	nt, _, err := n.notice(tx, ref.keys[0])
	if err != nil {
		return 0, err
	}
	for _, source := range nt.Sources {
		if sub, ok, err := n.Sub(tx, chat, ref.thread, source); err != nil || ok {
			return sub.By, err
		}
	}
	return 0, nil
}
