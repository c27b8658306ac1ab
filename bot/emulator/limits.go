package emulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Limits are what Telegram lets a bot do in a time. A zero field limits nothing.
// Sends count for all of them, edits in groups for GroupMinute only.
type Limits struct {
	ChatEvery   time.Duration // between messages to one chat …
	ChatBurst   int           // … after so many at once; 0 means 1
	GroupMinute int           // messages and edits in one group in any minute
	PerSecond   int           // messages to all chats; a second's worth may come at once
	// SameOffset is how soon getUpdates may be asked with the offset of the
	// call before without being made to wait as long.
	SameOffset time.Duration
}

// TelegramLimits are those of the official server as far as they are known.
func TelegramLimits() Limits {
	return Limits{ChatEvery: time.Second, ChatBurst: 3, GroupMinute: 20, PerSecond: 30, SameOffset: 3 * time.Second}
}

// The rules a call can break.
const (
	RuleChat    = "chat"    // Limits.ChatEvery
	RuleGroup   = "group"   // Limits.GroupMinute
	RuleOverall = "overall" // Limits.PerSecond
	RuleEarly   = "early"   // it came while a retry_after was running
)

// Breach is a call that came faster than it should have.
type Breach struct {
	Rule   string
	Method string
	Chat   int64
	At     time.Time
	Wait   time.Duration // how much later it would have been right
}

// Breaches lists the breaches of the Limits, and, also without any Limits, the
// calls that came during the retry_after of a 429, even one made by a Fault. A
// 429 to a send or edit holds all sends and edits in its chat; one to another
// method holds that method in that chat.
func (s *Server) Breaches() []Breach {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.breaches)
}

// pace is what the server remembers to apply the limits.
type pace struct {
	overall bucket
	chats   map[int64]*bucket
	minutes map[int64][]time.Time // when a group was written to, oldest first
	holds   map[held]hold
	offset  int64     // of the last getUpdates …
	asked   time.Time // … and when it came
}

func newPace() pace {
	return pace{chats: map[int64]*bucket{}, minutes: map[int64][]time.Time{}, holds: map[held]hold{}}
}

// held is what a 429 stops: a method in a chat; "" is all sends and edits.
type held struct {
	method string
	chat   int64
}

type hold struct {
	until time.Time
	after int // number of the last call that came before the 429 was answered
}

func (m *method) sends() bool {
	return strings.HasPrefix(m.name, "send") && m.name != "sendChatAction"
}

func (m *method) edits() bool { return strings.HasPrefix(m.name, "edit") }

func (r *request) held() held {
	if r.method.sends() || r.method.edits() {
		return held{"", r.chat()}
	}
	return held{r.method.name, r.chat()}
}

// arrive numbers a call, and notes one that ought to have waited.
func (s *Server) arrive(r *request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.arrivals++
	r.number = s.arrivals
	if wait := s.heldFor(r); wait > 0 {
		s.breach(r, RuleEarly, wait)
	}
}

// heldFor is how long a 429 still stops a call that came after it.
func (s *Server) heldFor(r *request) time.Duration {
	h := s.pace.holds[r.held()]
	if r.number <= h.after {
		return 0
	}
	return max(0, time.Until(h.until))
}

// hold remembers a 429 that is about to be answered.
func (s *Server) hold(r *request, err *Error) {
	if err == nil || err.Code != http.StatusTooManyRequests {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pace.holds[r.held()] = hold{time.Now().Add(time.Duration(err.RetryAfter) * time.Second), s.arrivals}
}

// limit refuses a call that the limits do not allow now.
func (s *Server) limit(r *request) *Error {
	if s.opt.Limits == (Limits{}) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rule, wait := RuleEarly, s.heldFor(r)
	if wait == 0 {
		if rule, wait = s.pace.take(s.opt.Limits, r, time.Now()); wait > 0 {
			s.breach(r, rule, wait)
		}
	}
	if wait == 0 {
		return nil
	}
	e := &Error{Code: http.StatusTooManyRequests, RetryAfter: int((wait + time.Second - 1) / time.Second)}
	e.Description = e.usual()
	return e
}

func (s *Server) breach(r *request, rule string, wait time.Duration) {
	s.breaches = append(s.breaches, Breach{rule, r.method.name, r.chat(), time.Now(), wait})
}

// take counts a call if all limits allow it now; otherwise it says which does
// not, and for how long.
func (p *pace) take(l Limits, r *request, now time.Time) (string, time.Duration) {
	if !r.method.sends() && !r.method.edits() {
		return "", 0
	}
	if p.chats[r.chat()] == nil {
		p.chats[r.chat()] = &bucket{}
	}
	chat, group := p.chats[r.chat()], r.chat() < 0 && l.GroupMinute > 0
	second := time.Second / time.Duration(max(1, l.PerSecond))
	if group {
		if wait := p.fullFor(r.chat(), l.GroupMinute, now); wait > 0 {
			return RuleGroup, wait
		}
	}
	if r.method.sends() {
		if wait := chat.wait(now, l.ChatEvery, l.ChatBurst); wait > 0 {
			return RuleChat, wait
		}
		if wait := p.overall.wait(now, second, l.PerSecond); wait > 0 && l.PerSecond > 0 {
			return RuleOverall, wait
		}
		chat.take(now, l.ChatEvery)
		p.overall.take(now, second)
	}
	if group {
		p.minutes[r.chat()] = append(p.minutes[r.chat()], now)
	}
	return "", 0
}

// fullFor is how long a group's minute stays full.
func (p *pace) fullFor(chat int64, limit int, now time.Time) time.Duration {
	recent := slices.DeleteFunc(p.minutes[chat], func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	p.minutes[chat] = recent
	if len(recent) < limit {
		return 0
	}
	return recent[len(recent)-limit].Add(time.Minute).Sub(now)
}

// bucket holds the time up to which its allowance is spent.
type bucket struct{ spent time.Time }

func (b *bucket) wait(now time.Time, every time.Duration, burst int) time.Duration {
	if !b.spent.After(now) {
		return 0
	}
	return max(0, b.spent.Sub(now)-time.Duration(max(1, burst)-1)*every)
}

func (b *bucket) take(now time.Time, every time.Duration) {
	if b.spent.Before(now) {
		b.spent = now
	}
	b.spent = b.spent.Add(every)
}
