package chat

import (
	"context"
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

// Sweep does what is due now.
func (s *Shell) Sweep(ctx context.Context, now time.Time) error {
	for {
		wakes, err := s.due(ctx, now)
		if err != nil {
			return err
		}
		for _, w := range wakes {
			woke := dialogue.Event{Kind: dialogue.Woke}
			if err := s.step(ctx, w.chat, step{event: woke, first: s.take(w)}); err != nil {
				return err
			}
		}
		if len(wakes) < sweepBatch {
			break
		}
	}
	for {
		n, err := store.Sweep(ctx, s.DB, now, store.MaxRows)
		if err != nil || n < store.MaxRows {
			return err
		}
	}
}

const sweepBatch = 50

// wake is a wake row: when a chat must be looked at.
type wake struct {
	at   int64 // unix seconds
	chat int64
}

// due are the wake rows whose time has come.
func (s *Shell) due(ctx context.Context, now time.Time) (out []wake, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		rows, err := s.wakes.Scan(tx, "", sweepBatch)
		for _, r := range rows {
			var w wake
			if _, err := fmt.Sscanf(r.ID, "%d/%d", &w.at, &w.chat); err == nil && w.at <= now.Unix() {
				out = append(out, w)
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
