package outbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/msg"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// TestGone drops what waits for a chat without a further call, and nothing that
// comes when the chat is back.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, door := dial(t, emulator.Options{People: people(1)})
		server.Block(1, true)
		b := start(t, memstore.New(), door)
		var items []msg.Item
		for i := range 90 {
			items = append(items, text(1, fmt.Sprint(i)))
		}
		b.add(items...)
		pass(time.Second)
		if len(server.Calls()) != 1 || b.left() != 0 {
			t.Errorf("%d calls, %d items are left", len(server.Calls()), b.left())
		}
		server.Block(1, false)
		b.add(text(1, "back"))
		pass(time.Second)
		if got := server.Messages(1); len(got) != 1 || got[0].Text != "back" {
			t.Errorf("the chat shows %v", got)
		}
	})
}

// TestMove gives the items of a group to its supergroup, whether Telegram's
// message or its refusal comes first, or both at once, and what other rooms
// have in the same transaction.
func TestMove(t *testing.T) {
	const small, super = -77, -1_000_000_000_077
	for _, told := range []string{"never", "before", "after"} {
		t.Run("told "+told, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, door := dial(t, emulator.Options{People: people(1), Groups: []emulator.Group{{ID: small, Members: []int64{1}, Admins: []int64{1}}}})
				b := start(t, memstore.New(), door)
				b.out.OnMove(func(tx store.Tx, from, to int64) error {
					_, err := tx.Get(fmt.Sprint("subscription/", from))
					if err != nil {
						return nil
					}
					tx.Delete(fmt.Sprint("subscription/", from))
					return tx.Put(fmt.Sprint("subscription/", to), nil)
				})
				b.put(fmt.Sprint("subscription/", small))
				b.add(msg.Item{Chat: small, Op: msg.Show, Slot: "answer", Body: msg.Body{Text: "before"}})
				pass(time.Second)
				if err := server.Migrate(small, super); err != nil {
					t.Fatal(err)
				}
				move := func() {
					for more := true; more; {
						err := b.db.Update(t.Context(), func(tx store.Tx) (err error) {
							more, err = b.out.Move(tx, small, super)
							return err
						})
						if err != nil {
							t.Fatal(err)
						}
					}
				}
				if told == "before" {
					move()
				}
				items := []msg.Item{{Chat: small, Op: msg.Show, Slot: "answer", Body: msg.Body{Text: "0"}}}
				for i := range 39 {
					items = append(items, push(small, "school", fmt.Sprint(i+1)))
				}
				b.add(items...)
				pass(time.Second)
				if told == "after" {
					move()
				}
				pass(5 * time.Minute)
				var got []string
				for _, m := range server.Messages(super) {
					if m.Bot && m.Text != "before" && m.Text != "" {
						got = append(got, m.Text)
					}
				}
				for i, s := range got {
					if s != fmt.Sprint(i) {
						t.Fatalf("the supergroup shows %v", got)
					}
				}
				if len(got) != 40 || b.left() != 0 {
					t.Errorf("%d of 40 items arrived, %d are left", len(got), b.left())
				}
				if keys := b.keys(); !strings.Contains(keys, fmt.Sprint("subscription/", super)) || strings.Contains(keys, fmt.Sprint("/", small)) {
					t.Errorf("the database holds %s", keys)
				}
			})
		})
	}
}

// TestTopic sends to General what a topic does not take any more, once.
func TestTopic(t *testing.T) {
	for _, gone := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			forum := emulator.Group{ID: group(1), Members: []int64{1}, Admins: []int64{1}, Topics: []emulator.Topic{{ID: 7, Name: "通知"}}}
			server, door := dial(t, emulator.Options{People: people(1), Groups: []emulator.Group{forum}})
			if gone {
				server.DeleteTopic(group(1), 7)
			} else {
				server.CloseTopic(group(1), 7, true)
			}
			b := start(t, memstore.New(), door)
			it := push(group(1), "school", "notice")
			it.Thread = 7
			b.add(it)
			pass(time.Minute)
			if got := server.Messages(group(1)); len(got) != 1 || got[0].Text != "notice" || got[0].Thread != 0 || b.left() != 0 {
				t.Errorf("gone %v: the group shows %v, %d are left", gone, got, b.left())
			}
			if got := len(server.Calls()); got != 2 {
				t.Errorf("gone %v: %d calls, want 2", gone, got)
			}
		})
	}
}

// moving is a door that finds the topic of its chat gone, while the chat's items
// are given to another chat.
type moving struct {
	door
	move func()
}

func (m *moving) Do(ctx context.Context, it msg.Item) msg.Verdict {
	m.door.Do(ctx, it)
	if it.Chat == 2 {
		return msg.Verdict{Outcome: msg.Sent, Message: 1}
	}
	m.move()
	return msg.Verdict{Outcome: msg.NoTopic}
}

// TestTopicOfAMovedChat: an item that went elsewhere meanwhile holds up nothing.
func TestTopicOfAMovedChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &moving{}
		b := start(t, memstore.New(), d)
		d.move = func() {
			err := b.db.Update(t.Context(), func(tx store.Tx) error {
				_, err := b.out.Move(tx, 1, 2)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			b.out.Wake(2)
		}
		it := text(1, "notice")
		it.Thread = 7
		b.add(it)
		pass(time.Minute)
		if diff := cmp.Diff([]string{"send:notice", "send:notice"}, d.said()); diff != "" || b.left() != 0 {
			t.Errorf("%d are left; sent (-want +got):\n%s", b.left(), diff)
		}
		if got := b.out.Stats(); got.Busy != 0 || got.Chats != 0 {
			t.Errorf("still busy: %+v", got)
		}
	})
}

func (b *bench) put(key string) {
	b.t.Helper()
	if err := b.db.Update(b.t.Context(), func(tx store.Tx) error { return tx.Put(key, nil) }); err != nil {
		b.t.Fatal(err)
	}
}

// keys are all keys of the database.
func (b *bench) keys() string {
	b.t.Helper()
	var out []string
	err := b.db.View(b.t.Context(), func(tx store.Tx) error {
		rows, err := tx.Scan("", "", store.MaxRows)
		for _, r := range rows {
			out = append(out, r.Key)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Join(out, " ")
}
