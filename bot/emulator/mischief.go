package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Redeliver hands an update out once more, first of all, even if
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

// HoldUpdates keeps updates in the queue until it is called again with false.
func (s *Server) HoldUpdates(hold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = hold
	s.wake()
}

// Shuffle puts the updates that wait now into an order that depends on seed.
// None is confirmed by a later one before it has gone out.
func (s *Server) Shuffle(seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := slices.Clone(s.queue)
	for i := range queue {
		queue[i].unseen = true
	}
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	s.queue = queue
}

// Double makes every update that waits now go out twice, and never more often
// than that: a bot that has fallen behind must be able to catch up.
func (s *Server) Double() {
	s.mu.Lock()
	defer s.mu.Unlock()
	doubled := map[int]bool{}
	for _, q := range s.queue {
		doubled[q.id] = doubled[q.id] || q.again
	}
	var queue []queued
	for _, q := range s.queue {
		queue = append(queue, q)
		if !doubled[q.id] {
			q.again = true
			queue = append(queue, q)
		}
	}
	s.queue = queue
	s.wake()
}

// SkipUpdates leaves a gap of n numbers before the next update_id; with a
// negative n the numbers jump back, as they can after a quiet week.
func (s *Server) SkipUpdates(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastUpdate += n
}

// Poison queues a message whose fields have other types than documented, and
// returns its update_id.
func (s *Server) Poison() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastUpdate++
	raw := fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":"seven","date":"today","chat":[],"from":17,"text":{}}}`, s.lastUpdate)
	s.push(queued{id: s.lastUpdate, at: time.Now(), raw: raw})
	s.wake()
	return s.lastUpdate
}
