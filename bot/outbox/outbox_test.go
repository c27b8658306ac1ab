package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// door is Telegram: it notes what is sent and answers as told, in order;
// without orders everything is sent as the next message id.
type door struct {
	mu      sync.Mutex
	sent    []msg.Item
	at      []time.Time
	answers []msg.Verdict
	next    int
	delay   time.Duration
}

func (d *door) Do(ctx context.Context, it msg.Item) msg.Verdict {
	if d.delay > 0 {
		select {
		case <-time.After(d.delay):
		case <-ctx.Done():
			return msg.Verdict{Outcome: msg.Retry, Err: ctx.Err()}
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent = append(d.sent, it)
	d.at = append(d.at, time.Now())
	v := msg.Verdict{Outcome: msg.Sent}
	if len(d.answers) > 0 {
		v, d.answers = d.answers[0], d.answers[1:]
	}
	if v.Outcome == msg.Sent && v.Message == 0 {
		if v.Message = it.Message; it.Op == msg.Send || it.Op == msg.Show && it.Message == 0 {
			d.next++
			v.Message = d.next
		}
	}
	return v
}

// said is what was sent, one word an item.
func (d *door) said() (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, it := range d.sent {
		s := string(it.Op)
		if it.Message != 0 {
			s += fmt.Sprintf("@%d", it.Message)
		}
		if it.HasPhoto {
			s += "(photo)"
		}
		out = append(out, s+":"+it.Body.Text)
	}
	return out
}

// bench is an outbox with its surroundings, in a synctest bubble.
type bench struct {
	t      *testing.T
	db     *memstore.DB
	door   *door
	out    *outbox.Outbox
	serial uint64
	stop   func()
}

func start(t *testing.T, db *memstore.DB, d outbox.Door) *bench {
	return run(t, db, d, outbox.New(db, nil, d, slog.New(slog.DiscardHandler)))
}

// run is start with an outbox already made.
func run(t *testing.T, db *memstore.DB, d outbox.Door, out *outbox.Outbox) *bench {
	b := &bench{t: t, db: db, out: out}
	b.door, _ = d.(*door)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.out.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(b.stop)
	synctest.Wait()
	return b
}

func (b *bench) add(items ...msg.Item) {
	b.t.Helper()
	chats := map[int64]bool{}
	err := b.db.Update(b.t.Context(), func(tx store.Tx) error {
		for _, it := range items {
			b.serial++
			chats[it.Chat] = true
			if err := b.out.Add(tx, b.serial, it, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	for chat := range chats {
		b.out.Wake(chat)
	}
}

// left is how many items are stored.
func (b *bench) left() (n int) {
	b.t.Helper()
	err := b.db.View(b.t.Context(), func(tx store.Tx) error {
		rows, err := tx.Scan("out/", "", store.MaxRows)
		n = len(rows)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// pass lets time pass, and everything due in it be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func text(chat int64, words string) msg.Item {
	return msg.Item{Chat: chat, Op: msg.Send, Body: msg.Body{Text: words}}
}

func TestAChatsItemsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, memstore.New(), &door{delay: time.Second})
		var items []msg.Item
		for i := range 30 {
			items = append(items, text(1, fmt.Sprint(i)), text(2, fmt.Sprint(i)))
		}
		b.add(items...)
		pass(time.Minute)
		for chat := int64(1); chat <= 2; chat++ {
			var got []string
			for _, it := range b.door.sent {
				if it.Chat == chat {
					got = append(got, it.Body.Text)
				}
			}
			for i, s := range got {
				if s != fmt.Sprint(i) {
					t.Fatalf("chat %d got %v", chat, got)
				}
			}
			if len(got) != 30 {
				t.Errorf("chat %d got %d of 30", chat, len(got))
			}
		}
		// 30 sends of a second each: both chats at once, or it took a minute.
		if last := b.door.at[len(b.door.at)-1].Sub(b.door.at[0]); last > 31*time.Second {
			t.Errorf("two chats took %v, one after the other", last)
		}
		if b.left() != 0 {
			t.Errorf("%d items are left", b.left())
		}
	})
}

func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, memstore.New(), &door{next: 10})
		form := func(op msg.Op, words string, photo bool) msg.Item {
			it := msg.Item{Chat: 1, Op: op, Slot: "form", Body: msg.Body{Text: words}}
			if photo {
				it.Body.Photo = []byte("png")
			}
			return it
		}
		b.add(
			form(msg.Close, "", false), // nothing there: no call
			form(msg.Show, "ask", false),
			form(msg.Show, "ask again", false),
			form(msg.Close, "", false),
			form(msg.Send, "picture", true),
			form(msg.Show, "checking", false),
			form(msg.Show, "next picture", true),
			form(msg.Close, "", false),
			form(msg.Show, "anew", false),
			msg.Item{Chat: 1, Op: msg.Show, Slot: "form", Message: 5, Body: msg.Body{Text: "tapped"}},
			form(msg.Show, "in the tapped one", false),
		)
		synctest.Wait()
		want := []string{
			"show:ask", "show@11:ask again", "close@11:", "send:picture", "show@12(photo):checking",
			"show@12(photo):next picture", "close@12(photo):", "show:anew", "show@5:tapped", "show@5:in the tapped one",
		}
		if diff := cmp.Diff(want, b.door.said()); diff != "" {
			t.Error(diff)
		}
	})
}

// TestUndeletable: a message that Telegram does not delete any more is left
// behind; what is shown next does not go up there, out of sight.
func TestUndeletable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, memstore.New(), &door{next: 10, answers: []msg.Verdict{{}, {Outcome: msg.Reject, Err: errors.New("refused")}}})
		form := func(op msg.Op, words string) msg.Item {
			return msg.Item{Chat: 1, Op: op, Slot: "form", Body: msg.Body{Text: words}}
		}
		b.add(form(msg.Show, "ask"), form(msg.Close, ""), form(msg.Show, "anew"))
		synctest.Wait()
		if diff := cmp.Diff([]string{"show:ask", "close@11:", "show:anew"}, b.door.said()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestVerdicts(t *testing.T) {
	refused := errors.New("refused")
	for _, c := range []struct {
		name    string
		answers []msg.Verdict
		op      msg.Op
		calls   int           // of the first item
		wait    time.Duration // from the first call to the second
		alone   bool          // the next item is not sent
	}{
		{"sent", nil, msg.Send, 1, 0, false},
		{"wait", []msg.Verdict{{Outcome: msg.Wait, After: 30 * time.Second}}, msg.Send, 2, 30 * time.Second, false},
		{"retry", []msg.Verdict{{Outcome: msg.Retry, Err: refused}}, msg.Send, 2, time.Second, false},
		{"gone", []msg.Verdict{{Outcome: msg.Gone, Err: refused}}, msg.Send, 1, 0, true},
		{"reject", []msg.Verdict{{Outcome: msg.Reject, Err: refused}}, msg.Send, 1, 0, false},
		{"moved", []msg.Verdict{{Outcome: msg.Moved, Chat: -1007}}, msg.Send, 2, 0, false},
		{"topic gone", []msg.Verdict{{Outcome: msg.NoTopic, Err: refused}}, msg.Send, 2, 0, false},
		{"topic and General gone", slices.Repeat([]msg.Verdict{{Outcome: msg.NoTopic, Err: refused}}, 2), msg.Send, 2, 0, false},
		{"a tap is answered soon or not at all", slices.Repeat([]msg.Verdict{{Outcome: msg.Wait, After: 50 * time.Second}}, 2), msg.Answer, 2, 50 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, memstore.New(), &door{answers: c.answers})
				first := text(1, "first")
				first.Op, first.Thread = c.op, 7
				b.add(first, text(1, "second"))
				pass(5 * time.Minute)
				calls := 0
				for _, it := range b.door.sent {
					if it.Body.Text == "first" {
						calls++
					}
				}
				if calls != c.calls {
					t.Errorf("the item was sent %d times, want %d", calls, c.calls)
				}
				if c.calls > 1 && b.door.at[1].Sub(b.door.at[0]) != c.wait {
					t.Errorf("it was sent again after %v, want %v", b.door.at[1].Sub(b.door.at[0]), c.wait)
				}
				if c.name == "moved" && b.door.sent[1].Chat != -1007 {
					t.Errorf("it was sent to %d", b.door.sent[1].Chat)
				}
				if c.name == "topic gone" && b.door.sent[1].Thread != 0 {
					t.Errorf("it was sent to topic %d", b.door.sent[1].Thread)
				}
				last := b.door.sent[len(b.door.sent)-1].Body.Text == "second"
				if last == c.alone || b.left() != 0 {
					t.Errorf("the next item was sent: %v, want %v; %d are left", last, !c.alone, b.left())
				}
			})
		})
	}
}

// TestUndeliverable gives up after a day, not before.
func TestUndeliverable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{answers: slices.Repeat([]msg.Verdict{{Outcome: msg.Retry}}, 100_000)}
		b := start(t, memstore.New(), d)
		b.add(text(1, "x"))
		pass(23 * time.Hour)
		if b.left() != 1 {
			t.Fatal("it was given up within a day")
		}
		pass(2 * time.Hour)
		if b.left() != 0 {
			t.Error("it is still tried after a day")
		}
	})
}

// TestRestart sends what an earlier run left, once.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := memstore.New()
		old := start(t, db, &door{answers: slices.Repeat([]msg.Verdict{{Outcome: msg.Retry}}, 1000)})
		for chat := range int64(150) {
			old.add(text(chat, "hello"))
		}
		old.stop()
		b := start(t, db, &door{})
		pass(10 * time.Second)
		if got := len(b.door.said()); got != 150 || b.left() != 0 {
			t.Errorf("%d of 150 were sent, %d are left", got, b.left())
		}
	})
}

// TestStopLetsASendFinish: what is cut off may have been sent.
func TestStopLetsASendFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, memstore.New(), &door{delay: 3 * time.Second})
		b.add(text(1, "first"), text(1, "second"))
		pass(time.Second)
		b.stop()
		if got := strings.Join(b.door.said(), " "); got != "send:first" || b.left() != 1 {
			t.Errorf("sent %q, %d left; want the first sent and the second stored", got, b.left())
		}
	})
}

// TestEveryCommitFails fails each commit once, without and with effect: every
// item is sent, in order, and twice at most where its record was lost.
func TestEveryCommitFails(t *testing.T) {
	for _, effect := range []bool{false, true} {
		for n := 1; n <= 8; n++ {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, memstore.New(), &door{})
				b.add(text(1, "a"), text(1, "b"), text(1, "c"))
				if effect {
					b.db.CommitButError(n)
				} else {
					b.db.FailCommit(n)
				}
				pass(time.Minute)
				if diff := cmp.Diff([]string{"send:a", "send:b", "send:c"}, b.door.said()); diff != "" {
					t.Errorf("commit %d fails (with effect: %v):\n%s", n, effect, diff)
				}
				if b.left() != 0 {
					t.Errorf("commit %d fails (with effect: %v): %d are left", n, effect, b.left())
				}
			})
		}
	}
}

// TestFullDisk: an item that was sent and cannot be recorded is not sent again
// while that lasts, and Run still ends in time.
func TestFullDisk(t *testing.T) {
	full := func(t *testing.T) *bench {
		b := start(t, memstore.New(), &door{})
		b.add(text(1, "a"))
		b.db.Full(true)
		pass(time.Minute)
		if diff := cmp.Diff([]string{"send:a"}, b.door.said()); diff != "" {
			t.Error(diff)
		}
		return b
	}
	synctest.Test(t, func(t *testing.T) {
		b := full(t)
		pass(3 * time.Hour)
		if diff := cmp.Diff([]string{"send:a"}, b.door.said()); diff != "" {
			t.Error(diff)
		}
		b.db.Full(false)
		b.add(text(1, "b"))
		pass(time.Minute)
		if diff := cmp.Diff([]string{"send:a", "send:b"}, b.door.said()); diff != "" {
			t.Error(diff)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := full(t)
		asked := time.Now()
		b.stop()
		if took := time.Since(asked); took > 8*time.Second {
			t.Errorf("Run ended after %v", took)
		}
	})
}
