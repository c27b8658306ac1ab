package emulator

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

const (
	maxPoll     = 50 * time.Second
	updatesLive = 24 * time.Hour // unfetched updates are dropped after this
	keptHistory = 1000
)

// queued is an update that waits for the bot.
type queued struct {
	id    int
	at    time.Time
	raw   json.RawMessage
	again bool // a repetition on demand: goes out once, whatever the offset
}

// enqueue numbers an update and queues it if the bot wants its kind. The
// caller holds s.mu and wakes the poll by touch.
func (s *Server) enqueue(kind string, u wireUpdate) {
	if len(s.allowed) > 0 && !slices.Contains(s.allowed, kind) {
		return
	}
	s.lastUpdate++
	u.UpdateID = s.lastUpdate
	raw, _ := json.Marshal(u)
	q := queued{id: u.UpdateID, at: time.Now(), raw: raw}
	s.queue = append(s.queue, q)
	s.history = append(s.history, q)
	if len(s.history) > keptHistory {
		s.history = slices.Clone(s.history[keptHistory/2:])
	}
}

// LastUpdate is the update_id of the newest update, FirstUpdate-1 before the first.
func (s *Server) LastUpdate() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastUpdate
}

// Redeliver hands an update out once more with the next getUpdates, even if
// the bot has confirmed it. It reports whether the update is still known.
func (s *Server) Redeliver(id int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.history, func(q queued) bool { return q.id == id })
	if at < 0 {
		return false
	}
	q := s.history[at]
	q.at, q.again = time.Now(), true
	s.queue = slices.Insert(s.queue, 0, q)
	s.wake()
	return true
}

// SkipUpdates leaves a gap of n numbers before the next update_id.
func (s *Server) SkipUpdates(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastUpdate += n
}

func conflict() *Error {
	return &Error{Code: 409, Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
}

// getUpdates answers as soon as there is an update; the newest poll ends older ones.
func (s *Server) getUpdates(ctx context.Context, r *request) (any, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait, limit := s.sameOffset(r)
	timer := time.NewTimer(min(wait, maxPoll))
	defer timer.Stop()
	if _, set := r.params["allowed_updates"]; set {
		s.allowed = nil
		if err := r.decode("allowed_updates", &s.allowed); err != nil {
			return nil, err
		}
	}
	s.poll++
	mine := s.poll
	s.wake()
	s.confirm(int(r.int("offset")))
	for over := false; ; {
		batch := s.batch(limit)
		switch {
		case s.poll != mine:
			return nil, conflict()
		case ctx.Err() != nil:
			return []int{}, nil
		case len(batch) > 0 || over || s.closed:
			return s.hand(batch), nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-timer.C:
			over = true
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
}

// confirm forgets the updates before offset, or all but the last -offset.
func (s *Server) confirm(offset int) {
	if offset < 0 {
		s.queue = s.queue[max(0, len(s.queue)+offset):]
	}
	now := time.Now()
	s.queue = slices.DeleteFunc(slices.Clone(s.queue), func(q queued) bool {
		return q.id < offset && !q.again || now.Sub(q.at) > updatesLive
	})
}

func (s *Server) batch(limit int) []queued {
	if limit < 1 || limit > 100 {
		limit = 100
	}
	return s.queue[:min(limit, len(s.queue))]
}

// hand gives a batch out: repetitions leave the queue, the rest stays until
// it is confirmed.
func (s *Server) hand(batch []queued) []json.RawMessage {
	out := []json.RawMessage{}
	for _, q := range batch {
		out = append(out, q.raw)
	}
	given := len(batch)
	kept := slices.DeleteFunc(slices.Clone(s.queue[:given]), func(q queued) bool { return q.again })
	s.queue = append(kept, s.queue[given:]...)
	return out
}

func (s *Server) deleteWebhook(r *request) (any, *Error) {
	if r.bool("drop_pending_updates") {
		s.queue = nil
	}
	return true, nil
}

func (s *Server) getWebhookInfo(*request) (any, *Error) {
	return wireWebhook{PendingUpdateCount: len(s.queue), AllowedUpdates: s.allowed}, nil
}

// sameOffset is how long a poll may wait and how many updates it may get. One
// that asks for the offset of the poll just before is slowed, if there is a
// limit for that.
func (s *Server) sameOffset(r *request) (time.Duration, int) {
	wait, limit := time.Duration(max(r.int("timeout"), 0))*time.Second, int(r.int("limit"))
	slow, now := s.opt.Limits.SameOffset, time.Now()
	since := now.Sub(s.pace.asked)
	if same := s.pace.offset == r.int("offset"); same && since < slow {
		wait = max(wait, slow)
		if since < slow/6 {
			limit = 1
		}
	}
	s.pace.offset, s.pace.asked = r.int("offset"), now
	return wait, limit
}
