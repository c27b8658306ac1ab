package telegram

import (
	"sync"
	"time"

	"jwxtbot/bot/msg"
)

// A person gets this far ahead of the steady pace, and a class that taps the
// buttons under one notice in its group farther.
const (
	personBurst, personEvery = 20, 500 * time.Millisecond
	classBurst, classEvery   = 100, 100 * time.Millisecond
)

// pacer slows a chat that sends more than people can: so many updates at once,
// then one in every interval. The zero pacer is ready.
type pacer struct {
	mu    sync.Mutex
	due   map[int64]time.Time // when a chat is back at the steady pace
	swept time.Time
}

// wait is how long the next update of u's chat has to wait. At 0 it is let
// through and counted.
func (p *pacer) wait(u msg.Update, now time.Time) time.Duration {
	burst, every := personBurst, personEvery
	if u.ChatKind != msg.Private {
		burst, every = classBurst, classEvery
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	due := p.due[u.Chat]
	if due.Before(now) {
		due = now
	}
	if ahead := due.Sub(now) - time.Duration(burst-1)*every; ahead > 0 {
		return ahead
	}
	p.due[u.Chat] = due.Add(every)
	return 0
}

// sweep forgets the chats that are at the steady pace, once in a while.
func (p *pacer) sweep(now time.Time) {
	if p.due != nil && now.Sub(p.swept) < time.Minute {
		return
	}
	p.swept = now
	left := map[int64]time.Time{}
	for chat, due := range p.due {
		if due.After(now) {
			left[chat] = due
		}
	}
	p.due = left
}
