package outbox

import (
	"time"

	"jwxtbot/bot/msg"
)

// What Telegram allows, as far as it is known.
const (
	usual     = 30 // messages and edits in any second, all chats together
	chatEvery = time.Second
	chatBurst = 3  // messages to one chat at once, after a rest
	minuteMax = 20 // messages and edits in one group in any minute

	// reserve is the part of them that pushes leave to replies.
	reserve = 1.0
	// catchUp is how late a push may be without slowing those after it.
	catchUp = 100 * time.Millisecond

	// Refusals of different chats within together mean that the whole is too
	// fast: its rate is halved, at most once in cutEvery, and grows again by
	// recovery messages a second with each second.
	together = 3 * time.Second
	cutEvery = time.Second
	recovery = 0.5
)

// cost is what Telegram counts a call as.
type cost uint8

const (
	free    cost = iota // answers to taps, deletes, chat actions
	edit                // in a group's minute and overall
	message             // everywhere
)

// costOf is the cost of an item whose slot is resolved.
func costOf(it msg.Item) cost {
	switch {
	case it.Edits():
		return edit
	case it.Op == msg.Show, it.Op == msg.Send:
		return message
	}
	return free
}

// limiter knows when a call may be made. It waits for nothing itself; the
// caller passes times that never go back. The zero limiter is not ready: use
// newLimiter.
//
// A call is counted overall when it is made, because calls of different chats
// run side by side. In its chat it is counted when it has ended, because there
// the next one follows it: then Telegram, which counts at some moment in
// between, never finds two closer than they may be.
type limiter struct {
	overall int // calls in any second

	chats  map[int64]*pace
	recent []time.Time // the last calls, oldest first
	push   time.Time   // when the next push may go

	low float64   // the rate after the last cut
	cut time.Time // when that was

	refusedChat int64
	refusedAt   time.Time
	swept       int // len(chats) after the last sweep
}

// pace is what is remembered of one chat.
type pace struct {
	spent  time.Time   // up to when its message a second is used up
	minute []time.Time // calls in a group's last minute, oldest first
	until  time.Time   // of a retry_after
}

func newLimiter() *limiter { return &limiter{overall: usual, chats: map[int64]*pace{}} }

// chatFree is when the chat itself allows a call; a past time means now.
func (l *limiter) chatFree(chat int64, c cost) time.Time {
	p := l.chats[chat]
	if p == nil {
		return time.Time{}
	}
	at := p.until
	if c == message {
		at = later(at, p.spent.Add(-(chatBurst-1)*chatEvery))
	}
	if n := len(p.minute); c != free && n >= minuteMax {
		at = later(at, p.minute[n-minuteMax].Add(time.Minute))
	}
	return at
}

// allFree is when all chats together allow a call; a past time means now.
func (l *limiter) allFree(lane msg.Lane, c cost, now time.Time) time.Time {
	if c == free {
		return time.Time{}
	}
	var at time.Time
	if n := int(l.rate(now)); len(l.recent) >= n {
		at = l.recent[len(l.recent)-n].Add(time.Second)
	}
	if lane == msg.Push {
		at = later(at, l.push)
	}
	return at
}

// rate is how many calls a second may hold now.
func (l *limiter) rate(now time.Time) float64 {
	if l.cut.IsZero() {
		return float64(l.overall)
	}
	return min(float64(l.overall), l.low+recovery*now.Sub(l.cut).Seconds())
}

// begin counts a call overall.
func (l *limiter) begin(lane msg.Lane, c cost, now time.Time) {
	if c == free {
		return
	}
	l.recent = append(l.recent, now)
	if len(l.recent) >= 2*l.overall {
		l.recent = append(l.recent[:0], l.recent[len(l.recent)-l.overall:]...)
	}
	if lane == msg.Push {
		pushes := l.rate(now) * (1 - reserve/usual)
		step := time.Duration(float64(time.Second) / pushes)
		l.push = later(l.push, now.Add(-catchUp)).Add(step)
	}
}

// end counts a call in its chat.
func (l *limiter) end(chat int64, c cost, now time.Time) {
	if c == free {
		return
	}
	p := l.of(chat, now)
	if c == message {
		p.spent = later(p.spent, now).Add(chatEvery)
	}
	if chat < 0 { // a group
		if len(p.minute) >= minuteMax {
			p.minute = append(p.minute[:0], p.minute[1:]...)
		}
		p.minute = append(p.minute, now)
	}
}

// refused notes a 429: the chat is left alone for a while, and everything is
// slowed where it was not the only one.
func (l *limiter) refused(chat int64, after time.Duration, now time.Time) {
	p := l.of(chat, now)
	p.until = later(p.until, now.Add(after))
	if l.refusedChat != chat && now.Sub(l.refusedAt) < together && now.Sub(l.cut) >= cutEvery {
		l.low, l.cut = max(1, l.rate(now)/2), now
	}
	l.refusedChat, l.refusedAt = chat, now
}

// of is the chat's pace. Those that say nothing any more are swept out now and
// then, so that as many are kept as chats were written to in the last minutes.
func (l *limiter) of(chat int64, now time.Time) *pace {
	if p := l.chats[chat]; p != nil {
		return p
	}
	if len(l.chats) > 2*l.swept+1000 {
		for id, p := range l.chats {
			if p.idle(now) {
				delete(l.chats, id)
			}
		}
		l.swept = len(l.chats)
	}
	p := &pace{}
	l.chats[chat] = p
	return p
}

func (p *pace) idle(now time.Time) bool {
	n := len(p.minute)
	return !p.spent.After(now) && !p.until.After(now) && (n == 0 || now.Sub(p.minute[n-1]) >= time.Minute)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
