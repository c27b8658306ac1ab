package chat

import (
	"context"
	"fmt"
	"sync"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// A message with a password that could not be deleted at once is tried again
// until Telegram deletes it no more; the person, who was told so, is told when
// it worked. Nothing is known of such a message but where it stands.

const (
	// deletable is how old a message can be and still be deleted.
	deletable  = 48*time.Hour - time.Minute
	unsayFirst = 20 * time.Second
	unsayLast  = time.Hour // between tries, at most
	// unsayAtOnce is how many a Sweep tries; trying takes some seconds.
	unsayAtOnce = 32
)

// unsaid is a row of unsay/, a message that is still to be deleted.
type unsaid struct {
	Chat    int64     `json:"chat"`
	Message int       `json:"message"`
	Until   time.Time `json:"until"`
	Next    time.Time `json:"next"`
	Tries   int       `json:"tries"`
}

func (m unsaid) id() string { return fmt.Sprintf("%d/%d", m.Chat, m.Message) }

// again is m after a try that failed at now.
func (m unsaid) again(v msg.Verdict, now time.Time) unsaid {
	m.Next = now.Add(max(v.After, min(unsayFirst<<min(m.Tries, 10), unsayLast)))
	m.Tries++
	return m
}

// unsay deletes a message that holds a password.
func (s *Shell) unsay(ctx context.Context, u msg.Update, e *dialogue.Event) {
	v := s.Outbox.Delete(ctx, u.Chat, u.Message)
	if v.Outcome == msg.Sent {
		return
	}
	e.Undeleted = true
	s.Log.Warn("a password's message could not be deleted", "outcome", v.Outcome, "err", v.Err)
	if ctx.Err() != nil {
		return // it comes again
	}
	now := time.Now()
	m := unsaid{Chat: u.Chat, Message: u.Message, Until: now.Add(deletable)}
	if err := s.keepTrying(ctx, m, v, now); err != nil {
		s.Log.Error("it will not be tried again", "err", err)
	}
}

// keepTrying stores that a message is to be deleted later, or gives it up.
func (s *Shell) keepTrying(ctx context.Context, m unsaid, v msg.Verdict, now time.Time) error {
	return s.update(ctx, func(tx store.Tx) error {
		if later := v.Outcome == msg.Wait || v.Outcome == msg.Retry; !later || !m.Until.After(now) {
			return s.unsaid.Delete(tx, m.id())
		}
		return s.unsaid.PutUntil(tx, m.id(), m.again(v, now), m.Until)
	})
}

// unsayDue tries again what is due, all at once: none waits for another chat.
func (s *Shell) unsayDue(ctx context.Context, now time.Time) error {
	due, err := s.unsaidDue(ctx, now)
	var tries sync.WaitGroup
	for _, m := range due {
		tries.Go(func() {
			if err := s.unsayAgain(ctx, m); err != nil && ctx.Err() == nil {
				s.Log.Error("a deletion could not be noted", "err", err)
			}
		})
	}
	tries.Wait()
	return err
}

func (s *Shell) unsaidDue(ctx context.Context, now time.Time) (due []unsaid, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		for after := ""; ; {
			rows, err := s.unsaid.Scan(tx, after, store.MaxRows)
			if err != nil || len(rows) == 0 {
				return err
			}
			for _, r := range rows {
				after = r.ID
				if r.Err == nil && !r.Value.Next.After(now) && len(due) < unsayAtOnce {
					due = append(due, r.Value)
				}
			}
		}
	})
	return due, err
}

func (s *Shell) unsayAgain(ctx context.Context, m unsaid) error {
	v := s.Outbox.Delete(ctx, m.Chat, m.Message)
	if ctx.Err() != nil {
		return nil
	}
	if v.Outcome != msg.Sent {
		return s.keepTrying(ctx, m, v, time.Now())
	}
	lang, err := s.langOf(ctx, msg.Update{Chat: m.Chat})
	if err != nil {
		return err
	}
	it := msg.Item{Chat: m.Chat, Op: msg.Send, Body: msg.Body{Text: say.Text(lang, "password.deleted", say.Data{})}}
	return s.say(ctx, it, func(tx store.Tx) (bool, error) { return true, s.unsaid.Delete(tx, m.id()) })
}
