package miniapp

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	ticketFor  = 30 * time.Minute // as long as a login may take
	maxTickets = 10_000
	perChat    = 3 // pages that one person has open; one more ends the oldest
	maxPolls   = 3 // of one page at once; more means that older ones are cut off
	startsEach = 6 * time.Second
	startBurst = 10
)

// pass is what a page may do: go on with one login attempt of one chat.
type pass struct {
	chat    int64
	attempt string
	until   time.Time
	pace    *rate.Limiter
	polls   atomic.Int32
}

// tickets are the pages that may go on. They are known by a random word that
// only the page holds; here is but its hash. Nothing of it is stored, so a
// restart closes all pages.
type tickets struct {
	mu     sync.Mutex
	passes map[[sha256.Size]byte]*pass
	starts map[int64]*rate.Limiter // by chat
}

func newTickets() *tickets {
	return &tickets{passes: map[[sha256.Size]byte]*pass{}, starts: map[int64]*rate.Limiter{}}
}

// mayStart reports whether a chat begins pages no faster than a person does.
func (t *tickets) mayStart(chat int64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.starts, func(_ int64, l *rate.Limiter) bool { return l.TokensAt(now) >= startBurst })
	l := t.starts[chat]
	if l == nil {
		l = rate.NewLimiter(rate.Every(startsEach), startBurst)
		t.starts[chat] = l
	}
	return l.AllowN(now, 1)
}

// full reports whether there are as many pages as memory is meant for.
func (t *tickets) full(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	maps.DeleteFunc(t.passes, func(_ [sha256.Size]byte, p *pass) bool { return !now.Before(p.until) })
	return len(t.passes) >= maxTickets
}

// issue is a new page's ticket.
func (t *tickets) issue(chat int64, attempt string, now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endOldest(chat)
	ticket := rand.Text()
	t.passes[sha256.Sum256([]byte(ticket))] = &pass{
		chat: chat, attempt: attempt, until: now.Add(ticketFor),
		// More than a person can tap and type.
		pace: rate.NewLimiter(rate.Every(200*time.Millisecond), 40),
	}
	return ticket
}

// endOldest makes room for one more page of a chat.
func (t *tickets) endOldest(chat int64) {
	var own [][sha256.Size]byte
	for k, p := range t.passes {
		if p.chat == chat {
			own = append(own, k)
		}
	}
	if len(own) < perChat {
		return
	}
	delete(t.passes, slices.MinFunc(own, func(a, b [sha256.Size]byte) int {
		return t.passes[a].until.Compare(t.passes[b].until)
	}))
}

// find is what a ticket is good for; nil for nothing.
func (t *tickets) find(ticket string, now time.Time) *pass {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.passes[sha256.Sum256([]byte(ticket))]
	if p == nil || !now.Before(p.until) {
		return nil
	}
	return p
}
