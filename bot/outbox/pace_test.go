package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/telegram"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store/memstore"
)

// way leads to the emulator: the real door, and a network whose delays
// differ from call to call.
type way struct {
	outbox.Door
	delay func() time.Duration

	mu    sync.Mutex
	ended map[string]time.Time // when an item's call ended, by text
}

func (w *way) Do(ctx context.Context, it msg.Item) msg.Verdict {
	time.Sleep(w.delay())
	v := w.Door.Do(ctx, it)
	w.mu.Lock()
	defer w.mu.Unlock()
	if v.Outcome == msg.Sent {
		w.ended[it.Body.Text] = time.Now()
	}
	return v
}

// jitter is a delay as on a mobile network.
func jitter() time.Duration { return 20*time.Millisecond + rand.N(280*time.Millisecond) }

// dial starts an emulator in memory and returns the way to it.
func dial(t *testing.T, o emulator.Options) (*emulator.Server, *way) {
	const token = "4242:token-of-the-tests"
	o.Token = token
	server, pipe := emulator.New(o), campus.NewPipe()
	web := &http.Server{Handler: server}
	go web.Serve(pipe)
	door, err := telegram.New(telegram.Config{
		Token: token, Endpoint: "http://telegram.test/bot%s/%s", DialContext: pipe.DialContext, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		door.Close()
		web.Close()
		server.Close()
	})
	return server, &way{Door: door, delay: func() time.Duration { return 0 }, ended: map[string]time.Time{}}
}

// people are n students from id 1 on, groups n class groups from -100…01 down.
func people(n int) (out []emulator.Person) {
	for i := range n {
		out = append(out, emulator.Person{ID: int64(i + 1), Name: fmt.Sprint("学生", i+1)})
	}
	return out
}

func group(i int) int64 { return -1_000_000_000_001 - int64(i) }

func groups(n int) (out []emulator.Group) {
	for i := range n {
		out = append(out, emulator.Group{ID: group(i), Title: "班级群", Members: []int64{1}, Admins: []int64{1}})
	}
	return out
}

func push(chat int64, source, words string) msg.Item {
	it := text(chat, words)
	it.Lane, it.Source = msg.Push, source
	return it
}

// TestBroadcast drains 10,000 pushes under Telegram's limits while people ask.
func TestBroadcast(t *testing.T) {
	const pushes, asking = 10_000, 300
	synctest.Test(t, func(t *testing.T) {
		server, door := dial(t, emulator.Options{
			Limits: emulator.TelegramLimits(), People: people(asking), Groups: groups(pushes), KeepCalls: 10,
		})
		door.delay = jitter
		b := start(t, memstore.New(), door)
		idle := runtime.NumGoroutine()
		began := time.Now()
		for i := 0; i < pushes; i += 50 {
			var items []msg.Item
			for j := i; j < i+50; j++ {
				items = append(items, push(group(j), fmt.Sprint("school", j%7), fmt.Sprint("push ", j)))
			}
			b.add(items...)
		}
		if got := runtime.NumGoroutine() - idle; got > 100 {
			t.Errorf("%d goroutines more with %d chats waiting", got, pushes)
		}
		asked := map[string]time.Time{}
		for i := range asking {
			time.Sleep(time.Second)
			words := fmt.Sprint("reply ", i)
			asked[words] = time.Now()
			b.add(text(int64(i+1), words))
		}
		for b.left() > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		const floor = pushes * time.Second / 30
		if took := time.Since(began); took > floor*105/100 {
			t.Errorf("drained after %v, want at most 1.05 × %v", took, floor)
		}
		if n := len(server.Breaches()); n > 0 || b.out.Stats().Refused > 0 {
			t.Errorf("%d calls broke a limit, %d got a 429", n, b.out.Stats().Refused)
		}
		if got := len(door.ended); got != pushes+asking {
			t.Errorf("%d of %d items were sent", got, pushes+asking)
		}
		var waits []time.Duration
		for words, at := range asked {
			waits = append(waits, door.ended[words].Sub(at))
		}
		slices.Sort(waits)
		if p99 := waits[len(waits)*99/100]; p99 >= time.Second {
			t.Errorf("replies took %v at the 99th percentile, want less than 1s", p99)
		} else {
			t.Logf("drain %v, floor %v; replies p50 %v, p99 %v", time.Since(began), floor, waits[len(waits)/2], p99)
		}
	})
}

// TestLimits sends what nobody would, to few chats, at once: Telegram's limits
// hold, and nothing is lost.
func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, door := dial(t, emulator.Options{Limits: emulator.TelegramLimits(), People: people(30), Groups: groups(30)})
		door.delay = jitter
		b := start(t, memstore.New(), door)
		n := 0
		for range 60 {
			var items []msg.Item
			for range rand.IntN(20) {
				it := text(int64(rand.IntN(30)+1), fmt.Sprint("item ", n))
				if rand.IntN(2) == 0 {
					it.Chat = group(rand.IntN(10))
				}
				if rand.IntN(2) == 0 {
					it.Lane, it.Source = msg.Push, fmt.Sprint(rand.IntN(3))
				} else if rand.IntN(2) == 0 {
					it.Op, it.Slot = msg.Show, "answer"
				}
				items = append(items, it)
				n++
			}
			b.add(items...)
			time.Sleep(rand.N(2 * time.Second))
		}
		pass(10 * time.Minute)
		for _, breach := range server.Breaches() {
			t.Errorf("too fast: %+v", breach)
		}
		if len(door.ended) != n || b.left() != 0 {
			t.Errorf("%d of %d were sent, %d are left", len(door.ended), n, b.left())
		}
	})
}

// TestTelegramIsStricter: where it takes less than is known, the outbox slows
// down until it gets through, sends nothing during a retry_after, and is fast
// again later.
func TestTelegramIsStricter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, door := dial(t, emulator.Options{Limits: emulator.Limits{PerSecond: 10}, Groups: groups(600)})
		b := start(t, memstore.New(), door)
		for i := 0; i < 600; i += 50 {
			var items []msg.Item
			for j := i; j < i+50; j++ {
				items = append(items, push(group(j), "school", fmt.Sprint(j)))
			}
			b.add(items...)
		}
		pass(10 * time.Second)
		if got := b.out.Stats().Rate; got > 20 {
			t.Errorf("%d messages a second while Telegram takes 10", got)
		}
		pass(5 * time.Minute)
		if len(door.ended) != 600 || b.left() != 0 {
			t.Errorf("%d of 600 were sent, %d are left", len(door.ended), b.left())
		}
		for _, breach := range server.Breaches() {
			if breach.Rule == emulator.RuleEarly {
				t.Errorf("sent during retry_after: %+v", breach)
			}
		}
		if got := b.out.Stats(); got.Refused > 300 || got.Rate != 30 {
			t.Errorf("%d refusals, %d messages a second in the end", got.Refused, got.Rate)
		}
	})
}

// TestOneChatsFlood slows nobody else.
func TestOneChatsFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, door := dial(t, emulator.Options{People: people(2)})
		server.Fault(emulator.Fault{Method: "sendMessage", Chat: 1, RetryAfter: 30, Times: 3})
		b := start(t, memstore.New(), door)
		b.add(text(1, "a"), text(2, "b"))
		for i := range 29 {
			pass(time.Second)
			b.add(text(1, fmt.Sprint(i))) // wakes the chat
		}
		b.out.Typing(t.Context(), 1)
		if got := len(server.Calls()); got != 2 || b.out.Stats().Rate != 30 {
			t.Errorf("%d calls during the wait, want 2; %d messages a second", got, b.out.Stats().Rate)
		}
		pass(3 * time.Minute)
		if len(server.Breaches()) > 0 || b.left() != 0 {
			t.Errorf("%d are left; too early: %v", b.left(), server.Breaches())
		}
	})
}

// TestRepliesOvertakePushes, also in their own chat.
func TestRepliesOvertakePushes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{}
		b := start(t, memstore.New(), d)
		began := time.Now()
		for i := range 10 {
			b.add(push(group(1), "school", fmt.Sprint("push ", i)))
		}
		pass(500 * time.Millisecond) // three of them are a burst
		tap := text(group(1), "tap")
		tap.Op = msg.Answer
		b.add(text(group(1), "reply 1"), text(group(1), "reply 2"), tap)
		pass(time.Minute)
		want := []string{"push 0", "push 1", "push 2", "tap", "reply 1", "reply 2", "push 3"}
		var got []string
		for _, it := range d.sent[:len(want)] {
			got = append(got, it.Body.Text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if waited := d.at[3].Sub(began); waited != 500*time.Millisecond {
			t.Errorf("the tap was answered %v after the start, want at once", waited)
		}
	})
}

// TestSourcesTakeTurns: a school with few pushes need not wait for one with many.
func TestSourcesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{}
		b := start(t, memstore.New(), d)
		for i := range 300 {
			b.add(push(group(i), "large", "large"))
		}
		for i := range 10 {
			b.add(push(group(1000+i), "small", "small"))
		}
		pass(time.Second)
		small := 0
		for _, it := range d.sent {
			if it.Source == "small" {
				small++
			}
		}
		if small != 10 || len(d.sent) < 25 {
			t.Errorf("%d of the small school's 10 pushes among the first %d", small, len(d.sent))
		}
	})
}

// TestRate: 300 chats at once take as long as the rate says.
func TestRate(t *testing.T) {
	for rate, want := range map[int]time.Duration{0: 9 * time.Second, 100: 2 * time.Second, 1000: 0} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				db, d := memstore.New(), &door{}
				out := outbox.New(db, nil, d, slog.New(slog.DiscardHandler))
				if rate > 0 {
					out.SetRate(rate)
				}
				b := run(t, db, d, out)
				for chat := range int64(300) {
					b.add(text(chat+1, "hello"))
				}
				pass(time.Minute)
				if took := b.door.at[299].Sub(b.door.at[0]).Round(time.Second); took != want {
					t.Errorf("300 messages took %v, want %v", took, want)
				}
			})
		})
	}
}
