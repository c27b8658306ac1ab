package chat

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"jwxtbot/bot/msg"
)

// Door is what is asked of Telegram at once, and not through the outbox.
type Door interface {
	// Admins are the people who administer a group.
	Admins(ctx context.Context, chat int64) ([]int64, error)
}

const (
	// adminFor is how long somebody found to be an administrator counts as one
	// unless Telegram tells otherwise, which it does where the bot is one too.
	adminFor = 10 * time.Minute
	// memberFor is that for all others: one who was just promoted tries again.
	memberFor = 20 * time.Second
	askAdmins = 5 * time.Second // an answer is waited for
	mostRanks = 5000            // groups whose administrators are remembered
)

// isAdmin reports whether who did something in a group administers it. One who
// writes in the group's own name does; who writes as a channel is nobody. It may
// ask Telegram, so it is never called in a transaction; an error means that it
// cannot be told now.
func (s *Shell) isAdmin(ctx context.Context, u msg.Update) (bool, error) {
	switch {
	case u.Anonymous:
		return true, nil
	case u.Person() == 0:
		return false, nil
	}
	if admin, known := s.ranks.of(u.Chat, u.User, time.Now()); known {
		return admin, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askAdmins)
	defer cancel()
	ids, err := s.Door.Admins(ctx, u.Chat)
	if err != nil {
		return false, fmt.Errorf("chat: asking for administrators: %w", err)
	}
	s.ranks.learn(u.Chat, ids, time.Now())
	return slices.Contains(ids, u.User), nil
}

// ranks remembers who administers which group. The zero value knows of none.
type ranks struct {
	mu     sync.Mutex
	groups map[int64]rank
}

type rank struct {
	admins []int64
	at     time.Time // when they were
}

func (r *ranks) of(group, person int64, now time.Time) (admin, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok := r.groups[group]
	admin = slices.Contains(g.admins, person)
	lasts := memberFor
	if admin {
		lasts = adminFor
	}
	return admin, ok && now.Sub(g.at) < lasts
}

func (r *ranks) learn(group int64, admins []int64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.groups == nil || len(r.groups) >= mostRanks {
		r.groups = map[int64]rank{}
	}
	r.groups[group] = rank{admins, now}
}

func (r *ranks) forget(group int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.groups, group)
}
