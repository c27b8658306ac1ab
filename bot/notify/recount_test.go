package notify_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/store"
)

// edits are the numbers that the card of a chat has shown, one after another.
func (s *stage) edits(chat int64) (out []string) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	for _, it := range s.door.items {
		if it.Chat == chat && it.Op == msg.Edit {
			row := it.Body.Buttons[len(it.Body.Buttons)-1]
			out = append(out, row[len(row)-1].Text)
		}
	}
	return out
}

// press has a person read a notice in a chat, below a message.
func (s *stage) press(chat, user int64, key string, message int) {
	s.t.Helper()
	s.update(func(tx store.Tx) error {
		if err := s.n.Recount(tx, chat, message, key); err != nil {
			return err
		}
		_, _, err := s.n.Read(tx, chat, key, user, time.Now())
		return err
	})
	s.n.Recounted()
}

// TestRecount: the number under a card follows its readers, without taking from
// the group what Telegram allows it; after a restart as well.
func TestRecount(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(-2)
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		var nt notify.Notice
		s.update(func(tx store.Tx) error {
			latest, err := s.n.Latest(tx, "jwc", 1)
			nt = latest[0]
			return err
		})
		card := func(chat int64) int {
			for id, text := range s.door.shown[chat] {
				if strings.Contains(text, title(11)) {
					return id
				}
			}
			t.Fatalf("chat %d has no card", chat)
			return 0
		}
		for user := range int64(60) {
			s.press(-1, 100+user, nt.Key, card(-1))
			if user == 0 {
				s.press(-2, 1, nt.Key, card(-2))
			}
			s.pass(time.Second)
		}
		s.pass(countsWithin)
		got := s.edits(-1)
		if len(got) < 5 || len(got) > 8 || got[0] != "已阅 1" || got[len(got)-1] != "已阅 60" {
			t.Errorf("60 people in a minute: the card showed %q", got)
		}
		if got := s.edits(-2); len(got) != 1 || got[0] != "已阅 1" {
			t.Errorf("the other group's showed %q", got)
		}

		s.press(-1, 1000, nt.Key, card(-1))
		synctest.Wait()
		s.press(-1, 1001, nt.Key, card(-1))
		s.restart() // before the turn of the second
		s.pass(countsWithin)
		if got := s.edits(-1); got[len(got)-1] != "已阅 62" {
			t.Errorf("after a restart the card shows %q", got)
		}

		before := len(s.edits(-1))
		s.press(-1, 1002, nt.Key, 9999) // below something else
		s.press(-3, 1, nt.Key, card(-1))
		s.pass(countsWithin)
		if got := s.edits(-1); len(got) != before || len(s.edits(-3)) != 0 {
			t.Errorf("a message that is no card was changed: %q", got)
		}
	})
}

// countsWithin is time enough for a number to be right.
const countsWithin = 15 * time.Second
