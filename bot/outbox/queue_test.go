package outbox

import (
	"testing"
	"time"
	"unsafe"
)

// setClock is the same moment on a clock that was set: its hands have moved and
// no time has passed.
func setClock(t time.Time, by time.Duration) time.Time {
	wall := (*uint64)(unsafe.Pointer(&t)) // seconds stand above 30 bits of nanoseconds
	*wall += uint64(by/time.Second) << 30
	return t
}

// TestTheClockIsSet: a chat waits as long as it has to, whatever the hands of
// the clock do meanwhile.
func TestTheClockIsSet(t *testing.T) {
	for name, by := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour} {
		now := time.Now()
		set := setClock(now, by)
		if !set.Equal(now) || set.Round(0).Sub(now.Round(0)) != by {
			t.Fatalf("%s: the clock was not set: %v, %v", name, now, set)
		}
		q := newQueue(newLimiter())
		q.refused(1, 10*time.Second, now)
		q.wake(1)
		l := q.next(now)
		if q.admit(l, head{id: "a", cost: message}, now) {
			t.Fatalf("%s: sent during retry_after", name)
		}
		if q.next(set) != nil {
			t.Errorf("%s: it is its turn at once", name)
		}
		if wait := q.until(set).Sub(set); wait != 10*time.Second {
			t.Errorf("%s: it waits %v, want 10s", name, wait)
		}
		if q.next(set.Add(10*time.Second)) != l {
			t.Errorf("%s: it is not its turn when the wait is over", name)
		}
	}
}
