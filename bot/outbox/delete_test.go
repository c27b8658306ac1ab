package outbox_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/store/memstore"
)

func TestDelete(t *testing.T) {
	retry, refused := msg.Verdict{Outcome: msg.Retry}, msg.Verdict{Outcome: msg.Reject}
	wait := func(d time.Duration) msg.Verdict { return msg.Verdict{Outcome: msg.Wait, After: d} }
	for name, tc := range map[string]struct {
		answers []msg.Verdict
		want    msg.Outcome
		calls   int
		took    time.Duration
	}{
		"deleted":        {nil, msg.Sent, 1, 0},
		"not allowed":    {[]msg.Verdict{refused}, msg.Reject, 1, 0},
		"after a hiccup": {[]msg.Verdict{retry, wait(2 * time.Second)}, msg.Sent, 3, 2700 * time.Millisecond},
		"flood too long": {[]msg.Verdict{wait(time.Minute)}, msg.Wait, 1, 0},
		"down all along": {slices.Repeat([]msg.Verdict{retry}, 100), msg.Retry, 8, 4900 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &door{answers: tc.answers}
				o := outbox.New(memstore.New(), nil, d, slog.New(slog.DiscardHandler))
				began := time.Now()
				if got := o.Delete(t.Context(), 7, 9); got.Outcome != tc.want {
					t.Errorf("got %v, want %v", got.Outcome, tc.want)
				}
				if got := len(d.sent); got != tc.calls {
					t.Errorf("%d calls, want %d", got, tc.calls)
				}
				if got := time.Since(began); got != tc.took {
					t.Errorf("it took %v, want %v", got, tc.took)
				}
			})
		})
	}
}

// TestDeleteObeysWaits: neither a deletion nor what is sent goes to a chat that
// the other was told to leave alone.
func TestDeleteObeysWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &door{answers: []msg.Verdict{{Outcome: msg.Wait, After: 30 * time.Second}}}
		o := outbox.New(memstore.New(), nil, d, slog.New(slog.DiscardHandler))
		first := o.Delete(t.Context(), 7, 9)
		o.Typing(t.Context(), 7)
		second := o.Delete(t.Context(), 7, 10)
		if len(d.sent) != 1 || first.After != 30*time.Second || second.After != 30*time.Second {
			t.Errorf("%d calls, waits %v and %v; want 1 call and 30s", len(d.sent), first.After, second.After)
		}
		if got := o.Delete(t.Context(), 8, 9); got.Outcome != msg.Sent {
			t.Errorf("another chat: got %v", got.Outcome)
		}
		time.Sleep(30 * time.Second)
		if got := o.Delete(t.Context(), 7, 9); got.Outcome != msg.Sent {
			t.Errorf("after the wait: got %v", got.Outcome)
		}
	})
}

// TestDeleteEnds: a Telegram that does not answer is waited for five seconds.
func TestDeleteEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := outbox.New(memstore.New(), nil, silent{}, slog.New(slog.DiscardHandler))
		began := time.Now()
		if got := o.Delete(t.Context(), 7, 9); got.Outcome != msg.Retry {
			t.Errorf("got %v, want retry", got.Outcome)
		}
		if got := time.Since(began); got != 5*time.Second {
			t.Errorf("it took %v, want 5s", got)
		}
	})
}

// silent is a Telegram that does not answer.
type silent struct{}

func (silent) Do(ctx context.Context, _ msg.Item) msg.Verdict {
	<-ctx.Done()
	return msg.Verdict{Outcome: msg.Retry, Err: ctx.Err()}
}
