package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/store"
)

// sweepEvery is how often deadlines are looked at. Every deadline is also
// checked when a chat is used, so this only bounds how long wiped things linger.
const sweepEvery = 20 * time.Second

// Run lets things come of age until ctx ends: chats whose time has come step
// with Woke, rows whose deadline has passed are deleted.
func (s *Shell) Run(ctx context.Context) error {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		if err := s.Sweep(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.Log.Error("sweep failed", "err", err)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Sweep does what is due now. What fails for one chat holds up no other; it is
// due again at the next Sweep.
func (s *Shell) Sweep(ctx context.Context, now time.Time) error {
	return errors.Join(s.wake(ctx, now), s.unsayDue(ctx, now), s.deleteOld(ctx, now))
}

func (s *Shell) wake(ctx context.Context, now time.Time) error {
	for after := ""; ; {
		wakes, err := s.due(ctx, now, &after)
		if err != nil || len(wakes) == 0 {
			return err
		}
		for _, w := range wakes {
			err := safely(func() error {
				return s.step(ctx, w.chat, step{event: dialogue.Event{Kind: dialogue.Woke}, first: s.take(w)})
			})
			if err != nil && ctx.Err() == nil {
				s.Log.Error("a chat could not be woken", "err", err)
			}
		}
	}
}

func (s *Shell) deleteOld(ctx context.Context, now time.Time) error {
	for {
		n, err := store.Sweep(ctx, s.DB, now, store.MaxRows)
		if err != nil || n < store.MaxRows {
			return err
		}
	}
}

// wake is a wake row: when a chat must be looked at.
type wake struct {
	at   int64 // unix seconds
	chat int64
}

// due are some of the wake rows whose time has come, those after the row that
// after names, which it moves on. A second counts as come when it is over:
// what ends in it has then ended.
func (s *Shell) due(ctx context.Context, now time.Time, after *string) (out []wake, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rows, err := s.wakes.Scan(tx, *after, store.MaxRows)
		for _, r := range rows {
			var w wake
			if _, err := fmt.Sscanf(r.ID, "%d/%d", &w.at, &w.chat); err == nil && w.at < now.Unix() {
				out, *after = append(out, w), r.ID
			}
		}
		return err
	})
	return out, err
}

// take removes a wake row; the step plans the next one. A row that its chat
// knows nothing of is left from a chat since erased, and wakes nobody.
func (s *Shell) take(w wake) func(store.Tx, *record) (bool, error) {
	return func(tx store.Tx, rec *record) (bool, error) {
		known := !rec.Wake.IsZero() && rec.Wake.Unix() == w.at
		rec.Wake = time.Time{}
		return known, s.wakes.Delete(tx, fmt.Sprintf("%012d/%d", w.at, w.chat))
	}
}
