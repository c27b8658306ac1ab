package ops_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// desk runs a desk until the test ends; told is what the operator was told.
func desk(t *testing.T, queues func() ops.Queues, tell func(string) error) *ops.Desk {
	t.Helper()
	schools, err := catalog.New([]jwxt.School{{ID: "a", Name: "甲大学", Vendor: "v"}},
		func(jwxt.School) (jwxt.Driver, error) { return struct{ jwxt.Driver }{}, nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := ops.NewDesk(ops.Options{Chat: 1, Lang: say.En})
	d.Enter(ops.House{
		Schools: schools, Queues: queues, Unsent: func() bool { return false },
		Tell: func(_ context.Context, b msg.Body) error { return tell(b.Text) },
	})
	go d.Run(t.Context())
	return d
}

// TestLongQueues tells once of a queue that is long, and once when it is short.
func TestLongQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		var school, outbox atomic.Int64
		desk(t, func() ops.Queues {
			return ops.Queues{Schools: map[string]int{"a": int(school.Load())}, Outbox: int(outbox.Load())}
		}, func(s string) error { told = append(told, s); return nil })
		for _, n := range []int64{29, 30, 90, 29, 31, 16, 15, 0} {
			school.Store(n)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
		}
		outbox.Store(20_000)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		want := []string{"Started", "甲大学</b> (<code>a</code>): 30 waiting", "甲大学</b> (<code>a</code>) is short again: 15", "Long queue for Telegram: 20000"}
		if len(told) != len(want) {
			t.Fatalf("told %q, want %d messages", told, len(want))
		}
		for i := range want {
			if !strings.Contains(told[i], want[i]) {
				t.Errorf("message %d is %q, want it to hold %q", i, told[i], want[i])
			}
		}
	})
}

// TestEmptyQueues: a queue that nobody waits in any more is not reported, and
// is short again all the same.
func TestEmptyQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		var waiting atomic.Int64
		desk(t, func() ops.Queues {
			if n := int(waiting.Load()); n > 0 {
				return ops.Queues{Schools: map[string]int{"a": n}}
			}
			return ops.Queues{}
		}, func(s string) error { told = append(told, s); return nil })
		for _, n := range []int64{40, 0, 50, 0} {
			waiting.Store(n)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
		}
		want := []string{"Started", "40 waiting", "is short again: 0", "50 waiting", "is short again: 0"}
		if len(told) != len(want) {
			t.Fatalf("told %q, want %d messages", told, len(want))
		}
		for i := range want {
			if !strings.Contains(told[i], want[i]) {
				t.Errorf("message %d is %q, want it to hold %q", i, told[i], want[i])
			}
		}
	})
}

// TestTellFails: what cannot be stored is told later.
func TestTellFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		var works atomic.Bool
		d := desk(t, func() ops.Queues { return ops.Queues{} }, func(s string) error {
			if !works.Load() {
				return errors.New("disk full")
			}
			told = append(told, s)
			return nil
		})
		time.Sleep(time.Minute)
		d.Unknown(ops.Page{School: "a", Op: "grades", ID: "abc123", Why: "no table"})
		time.Sleep(time.Minute)
		synctest.Wait()
		works.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(told) != 1 || !strings.Contains(told[0], "Started") || !strings.Contains(told[0], "abc123") {
			t.Errorf("told %q, want start and page in one message", told)
		}
	})
}

// TestBoards: the operator is told of boards that need an eye, and of no others.
func TestBoards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		d := desk(t, func() ops.Queues { return ops.Queues{} }, func(s string) error { told = append(told, s); return nil })
		time.Sleep(time.Minute)
		for _, e := range []ops.BoardEvent{ops.Asked, ops.HandedOut, ops.Failing, ops.Recovered, ops.Held} {
			d.Board(ops.Board{Event: e, Source: "jwc", Name: "教务通知", Class: "BLOCKED", Count: 2, Why: "too many at once"})
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		all := strings.Join(told, "\n")
		if n := strings.Count(all, "教务通知"); n != 3 || !strings.Contains(all, "BLOCKED") || !strings.Contains(all, "too many at once") {
			t.Errorf("told %q", told)
		}
	})
}
