package ops

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	probeEvery = 30 * time.Second
	// lately is how old the last good probe may be.
	lately = 2 * time.Minute
)

// readiness remembers when each thing that the bot needs was last seen to work.
type readiness struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

func (r *readiness) note(what string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]time.Time{}
	}
	r.seen[what] = at
}

func (r *readiness) check(now time.Time, needs ...string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, what := range needs {
		if at, ok := r.seen[what]; !ok {
			errs = append(errs, fmt.Errorf("%s: not seen to work yet", what))
		} else if now.Sub(at) > lately {
			errs = append(errs, fmt.Errorf("%s: last seen to work %v ago", what, now.Sub(at).Round(time.Second)))
		}
	}
	return errors.Join(errs...)
}

// needs are what a bot cannot serve without.
func (d *Desk) needs() map[string]func(ctx context.Context) error {
	return map[string]func(context.Context) error{"telegram": d.house.Telegram, "database": d.house.Database}
}

// Probe tries Telegram and the database every now and then until ctx ends, for
// Ready. Where nobody measures it does nothing.
func (d *Desk) Probe(ctx context.Context) error {
	if d.Meter == (Discard{}) {
		return nil
	}
	t := time.NewTicker(probeEvery)
	defer t.Stop()
	for {
		for what, try := range d.needs() {
			if err := try(ctx); err == nil {
				d.ready.note(what, time.Now())
			} else if ctx.Err() == nil {
				d.Log.Warn("ops: not ready", "lacks", what, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Ready is nil while Telegram was reached and the database written lately;
// otherwise it says what was not.
func (d *Desk) Ready() error { return d.ready.check(time.Now(), "telegram", "database") }
