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
	// unseen is out of its order: no offset confirms it before it has gone out.
	unseen bool
	chat   int64
}

func (q queued) same(other queued) bool { return q.id == other.id && q.again == other.again }

// enqueue numbers an update and queues it if the bot wants its kind. The
// caller holds s.mu and wakes the poll by touch.
func (s *Server) enqueue(kind string, u wireUpdate) {
	if byDefault := len(s.allowed) == 0 && kind != "chat_member"; !byDefault && !slices.Contains(s.allowed, kind) {
		return
	}
	s.lastUpdate++
	u.UpdateID = s.lastUpdate
	raw, _ := json.Marshal(u)
	s.push(queued{id: u.UpdateID, at: time.Now(), raw: raw, chat: u.chat()})
}

func (s *Server) push(q queued) {
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

func conflict(why string) *Error { return &Error{Code: 409, Description: "Conflict: " + why} }

const (
	pollWhileHooked = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
	endedByWebhook  = "terminated by setWebhook request"
	endedByPoll     = "terminated by other getUpdates request; make sure that only one bot instance is running"
)

// getUpdates answers as soon as there is an update; the newest poll ends older ones.
func (s *Server) getUpdates(ctx context.Context, r *request) (any, *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook != nil {
		return nil, conflict(pollWhileHooked)
	}
	wait, limit := s.sameOffset(r)
	timer := time.NewTimer(min(wait, maxPoll))
	defer timer.Stop()
	if err := s.readAllowed(r); err != nil {
		return nil, err
	}
	s.poll++
	mine := s.poll
	s.wake()
	s.confirm(int(r.int("offset")))
	for over := false; ; {
		batch := s.batch(limit)
		switch {
		case s.poll != mine && s.hook != nil:
			return nil, conflict(endedByWebhook)
		case s.poll != mine:
			return nil, conflict(endedByPoll)
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

func (s *Server) readAllowed(r *request) *Error {
	if _, set := r.params["allowed_updates"]; !set {
		return nil
	}
	s.allowed = nil
	return r.decode("allowed_updates", &s.allowed)
}

// confirm forgets the updates before offset, or all but the last -offset. An
// offset beyond the next update confirms nothing: the numbers began anew.
func (s *Server) confirm(offset int) {
	if offset < 0 {
		s.queue = s.queue[max(0, len(s.queue)+offset):]
	}
	s.expire(time.Now())
	if offset > s.lastUpdate+1 {
		return
	}
	s.queue = slices.DeleteFunc(slices.Clone(s.queue), func(q queued) bool { return q.id < offset && !q.again && !q.unseen })
}

// expire drops what has waited too long.
func (s *Server) expire(now time.Time) {
	old := func(q queued) bool { return now.Sub(q.at) > updatesLive }
	if slices.ContainsFunc(s.queue, old) {
		s.queue = slices.DeleteFunc(slices.Clone(s.queue), old)
	}
}

func (s *Server) batch(limit int) []queued {
	if limit < 1 || limit > 100 {
		limit = 100
	}
	if s.holding {
		return nil
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
	for i := range kept {
		kept[i].unseen = false
	}
	s.queue = append(kept, s.queue[given:]...)
	return out
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
