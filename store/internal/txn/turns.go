package txn

import (
	"context"
	"slices"
	"sync"
)

// Turns lets one goroutine work at a time, first come, first served. Unlike a
// mutex it can be waited for with a context, and its holder can ask whether
// somebody waits. The zero value is ready.
type Turns struct {
	mu      sync.Mutex
	busy    bool
	waiting []chan struct{}
}

// Wait returns nil when the turn is the caller's, or the error of ctx.
func (q *Turns) Wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine := q.enter()
	if mine == nil {
		return nil
	}
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	if q.cancel(mine) {
		return ctx.Err()
	}
	return nil // The turn came at the same moment; it must not be lost.
}

// Yield gives the turn to the one who waits longest. False: nobody waits, and
// the turn is still the caller's.
func (q *Turns) Yield() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.yield()
}

// End gives up the turn.
func (q *Turns) End() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = q.yield()
}

func (q *Turns) yield() bool {
	if len(q.waiting) == 0 {
		return false
	}
	close(q.waiting[0])
	q.waiting = q.waiting[1:]
	return true
}

// enter takes a free turn and returns nil, or joins the line.
func (q *Turns) enter() chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.busy {
		q.busy = true
		return nil
	}
	mine := make(chan struct{})
	q.waiting = append(q.waiting, mine)
	return mine
}

// cancel leaves the line; false if the turn was given already.
func (q *Turns) cancel(mine chan struct{}) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, mine)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}
