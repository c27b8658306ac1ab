package outbox_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// TestHooks: who queued an item is told of it in the transaction that records it.
func TestHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, d := memstore.New(), &door{answers: []msg.Verdict{
			{Outcome: msg.NoTopic}, {Outcome: msg.Sent, Message: 41}, // chat 1: to General
			{Outcome: msg.Sent, Message: 42}, {Outcome: msg.Gone}, // chats 2 and 3
		}}
		out := outbox.New(db, nil, d, slog.New(slog.DiscardHandler))
		var told []string
		note := store.NewTable[string]("note/", 1, nil)
		out.Hook(outbox.Hooks{
			Sent: func(tx store.Tx, it msg.Item, message int) error {
				told = append(told, fmt.Sprintf("%d %s is %d", it.Chat, it.Ref, message))
				return note.Put(tx, it.Ref, it.Body.Text)
			},
			Gone: func(_ store.Tx, chat int64) error { told = append(told, fmt.Sprint(chat, " gone")); return nil },
			NoTopic: func(_ store.Tx, chat int64, thread int) error {
				told = append(told, fmt.Sprint(chat, " lost ", thread))
				return nil
			},
		})
		b := run(t, db, d, out)
		topic := text(1, "to a topic")
		topic.Thread, topic.Ref = 7, "a"
		b.add(topic)
		pass(time.Second)
		db.FailCommit(2) // the record
		plain, silent := text(2, "x"), text(3, "y")
		plain.Ref, silent.Ref = "b", "c"
		b.add(plain)
		pass(time.Second)
		b.add(silent)
		pass(time.Second)
		want := []string{"1 lost 7", "1 a is 41", "2 b is 42", "2 b is 42", "3 gone"}
		if !slices.Equal(told, want) || b.left() != 0 {
			t.Errorf("told %q, want %q; %d left", told, want, b.left())
		}
		db.View(t.Context(), func(tx store.Tx) error {
			if got, err := note.Get(tx, "b"); err != nil || got != "x" {
				t.Errorf("what the hook stored is %q, %v", got, err)
			}
			return nil
		})
	})
}

// TestHooksMayAdd: what a hook queues for another chat is sent, and every room
// is told.
func TestHooksMayAdd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, d := memstore.New(), &door{answers: []msg.Verdict{{Outcome: msg.NoTopic}}}
		out := outbox.New(db, nil, d, slog.New(slog.DiscardHandler))
		for i, words := range []string{"the topic is lost", "indeed"} {
			out.Hook(outbox.Hooks{NoTopic: func(tx store.Tx, _ int64, _ int) error {
				return out.Add(tx, uint64(i), text(9, words), time.Now())
			}})
		}
		b := run(t, db, d, out)
		it := text(-1, "to a topic")
		it.Thread = 7
		db.FailCommit(2) // the record
		b.add(it)
		pass(5 * time.Second)
		got := d.said()
		slices.Sort(got)
		want := []string{"send:indeed", "send:the topic is lost", "send:to a topic", "send:to a topic"}
		if !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
	})
}

// TestEditWithoutMessage: an edit whose group has moved is nothing.
func TestEditWithoutMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{}
		b := start(t, memstore.New(), d)
		b.add(msg.Item{Chat: 1, Op: msg.Edit, Body: msg.Body{Text: "x"}}, msg.Item{Chat: 1, Op: msg.Edit, Message: 5, Body: msg.Body{Text: "y"}})
		pass(time.Second)
		if got := d.said(); !slices.Equal(got, []string{"edit@5:y"}) || b.left() != 0 {
			t.Errorf("said %q; %d left", got, b.left())
		}
	})
}
