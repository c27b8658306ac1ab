package telegram

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff grows from one second to thirty; half of each step is chance, so
// that two bots that collide do not stay in step. The zero backoff is ready.
type backoff struct{ step time.Duration }

const maxBackoff = 30 * time.Second

func (b *backoff) next() time.Duration {
	b.step = min(max(2*b.step, time.Second), maxBackoff)
	return b.step/2 + rand.N(b.step/2+1)
}

func (b *backoff) reset() { b.step = 0 }

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
