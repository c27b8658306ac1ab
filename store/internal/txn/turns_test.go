package txn_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"jwxtbot/store/internal/txn"
)

// TestTurnsOrder: turns are given in the order of waiting.
func TestTurnsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q txn.Turns
		if err := q.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got []int
		for i := range 5 {
			go func() {
				if err := q.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				got = append(got, i)
				q.End()
			}()
			synctest.Wait()
		}
		if !q.Yield() {
			t.Error("nobody seems to wait")
		}
		synctest.Wait()
		for i, n := range got {
			if i != n {
				t.Fatalf("turns went to %v", got)
			}
		}
		if err := q.Wait(t.Context()); err != nil || q.Yield() || len(got) != 5 {
			t.Errorf("after %v: Wait: %v; somebody seems to wait", got, err)
		}
	})
}

// TestTurnIsNotLost cancels who waits at the moment in which the turn comes:
// either he has it, or the next one can.
func TestTurnIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q txn.Turns
		outcomes := map[bool]int{}
		for range 500 {
			if err := q.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				err := q.Wait(ctx)
				outcomes[err == nil]++
				if err == nil {
					q.End()
				} else if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}()
			synctest.Wait()
			cancel()
			q.End()
			synctest.Wait()
		}
		if err := q.Wait(t.Context()); err != nil || q.Yield() {
			t.Errorf("at the end: %v, or somebody still waits", err)
		}
		if outcomes[true]+outcomes[false] != 500 {
			t.Errorf("outcomes %v", outcomes)
		}
	})
}
