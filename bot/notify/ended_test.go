package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// TestEditsAfterTheEnd: a chat that has ended its subscription, or has been
// forgotten, is not told of edits any more; one that wants no sound hears none.
func TestEditsAfterTheEnd(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(-2)
		s.subscribe(-3)
		s.subscribe(-4, func(sub *notify.Sub) { sub.Silent = true })
		s.boards.publish("jwc", item(11))
		s.pass(30 * time.Minute)
		s.update(func(tx store.Tx) error {
			_, err := s.n.Unsubscribe(tx, -2, 0, "jwc")
			return err
		})
		s.update(func(tx store.Tx) error { return s.n.Forget(tx, -3, time.Now()) })
		s.boards.set(func() { s.boards.pages["jwc"][0].Title += "（改期）" })
		s.pass(time.Hour)
		s.want(-1, title(11), "已更新*")
		s.want(-2, title(11))
		s.want(-3, title(11))
		s.want(-4, title(11), "已更新*")
		if got := s.shows(-2); !strings.Contains(got, "改期") {
			t.Errorf("the card that was sent shows\n%s", got)
		}
		s.door.mu.Lock()
		defer s.door.mu.Unlock()
		for _, it := range s.door.items {
			if it.Op == msg.Send && it.Body.Silent != (it.Chat == -4) {
				t.Errorf("chat %d is sent %q, silent: %t", it.Chat, it.Body.Text, it.Body.Silent)
			}
		}
	})
}

// TestSettingsOfAChatThatLeft: settings end 30 days after the bot left, also
// where nothing is subscribed any more.
func TestSettingsOfAChatThatLeft(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.update(func(tx store.Tx) error {
			if _, err := s.n.Unsubscribe(tx, -1, 0, "jwc"); err != nil {
				return err
			}
			return s.n.SetPlace(tx, -1, func(p *notify.Place) { p.By = "王老师" })
		})
		s.update(func(tx store.Tx) error { return s.n.Left(tx, -1, time.Now()) })
		s.pass(29 * 24 * time.Hour)
		if n := s.count("b/place/"); n != 1 {
			t.Errorf("%d chats with settings after 29 days, want 1", n)
		}
		s.pass(2 * 24 * time.Hour)
		if n := s.count("b/place/"); n != 0 {
			t.Errorf("%d chats with settings after 31 days, want none", n)
		}
	})
}

// TestReadLongAfter: what is pressed under a card of long ago goes with its
// notice.
func TestReadLongAfter(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.publishDaily(70)
		key := s.latest(65).Key
		s.update(func(tx store.Tx) error {
			_, _, err := s.n.Read(tx, -1, key, 7, time.Now())
			return err
		})
		s.stop() // what would be polled meanwhile is of no interest
		s.pass(400 * 24 * time.Hour)
		s.start()
		s.pass(3 * time.Hour)
		if n, m := s.count("b/read/"), s.count("b/reads/"); n+m > 0 {
			t.Errorf("%d readers and %d numbers of notices that are gone", n, m)
		}
	})
}

// TestNamesOfANotice: a board that gives its article another address each time
// does not make a row that cannot be deleted.
func TestNamesOfANotice(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", item(11))
		for n := range 150 {
			s.pass(45 * time.Minute)
			s.boards.set(func() {
				it := &s.boards.pages["jwc"][0]
				it.ID, it.URL = item(1000+n).ID, item(1000+n).URL
			})
		}
		s.pass(time.Hour)
		s.want(-1, title(11))
		if nt := s.latest(0); nt.Title != title(11) || len(nt.Also) > 20 || len(nt.Also) < 2 {
			t.Errorf("%q has %d further names", nt.Title, len(nt.Also))
		}
	})
}

// TestHeavyExpressions: a filter costs little for each title, whoever wrote it.
func TestHeavyExpressions(t *testing.T) {
	for name, f := range map[string]notify.Filter{
		"nested":      {Include: []string{`/((\pL?){30}){30}x/`}},
		"counted":     {Exclude: []string{`/(.{0,31}.{0,31}){16}[a-z]/`}},
		"many":        {Include: slices.Repeat([]string{`/\pL{80}x/`}, notify.MaxPatterns)},
		"many, mixed": {Include: slices.Repeat([]string{`/.{80}/`}, 10), Exclude: slices.Repeat([]string{`/.{90}/`}, 10)},
	} {
		if err := f.Check(); !errors.Is(err, notify.ErrPattern) {
			t.Errorf("%s: %v, want %v", name, err, notify.ErrPattern)
		}
	}
	usual := notify.Filter{Include: slices.Repeat([]string{`/(第[一二三四]学期|20\d{2}级).*(选课|补选|退选|重修).*(通知|安排)$/`}, notify.MaxPatterns)}
	if err := usual.Check(); err != nil {
		t.Errorf("%q: %v", usual.Include[0], err)
	}
}

// TestHugeArticle: an article that is nothing but size is told and stored, and
// keeps nothing else from being told.
func TestHugeArticle(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		d := bulletin.Detail{Text: strings.Repeat("<", 64<<10)}
		for n := range 100 {
			name := fmt.Sprint(n, strings.Repeat("<", 500))
			d.Attachments = append(d.Attachments, jwxt.Attachment{Name: name, URL: "https://x/?" + strings.Repeat("&", 2000)})
		}
		s.boards.set(func() { s.boards.details[item(11).URL] = d })
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.boards.publish("jwc", item(12))
		s.pass(time.Hour)
		s.want(-1, title(11), title(12))
	})
}

// TestPageEditedTwice: a whole page that is edited twice within six hours keeps
// nothing else from being told, and is known as it is in the end.
func TestPageEditedTwice(t *testing.T) {
	play(t, func(s *stage) {
		retitle := func(words string) {
			s.boards.set(func() {
				for i := range s.boards.pages["jwc"] {
					s.boards.pages["jwc"][i].Title = fmt.Sprintf("关于第%d件教学事项的安排%s", i, words)
				}
			})
		}
		s.boards.set(func() {
			for n := range 50 {
				s.boards.pages["jwc"] = append(s.boards.pages["jwc"], old(100+n, 12))
			}
		})
		s.settle()
		retitle("（改期）")
		s.pass(2 * time.Hour)
		retitle("（再次改期）")
		s.pass(2 * time.Hour)
		s.boards.set(func() { s.boards.fail["jwc"] = &bulletin.Error{Class: bulletin.Net} })
		s.pass(7 * time.Hour)
		s.boards.set(func() { s.boards.fail["jwc"] = nil })
		s.until(9, 0)
		s.boards.publish("jwc", item(11))
		s.pass(2 * time.Hour)
		s.want(-1, title(11))
		if got := s.latest(30).Title; !strings.HasSuffix(got, "（再次改期）") {
			t.Errorf("a notice is known as %q", got)
		}
	})
}

// publishDaily publishes articles 11 and so on, one a day, on a page of ten.
func (s *stage) publishDaily(days int) {
	s.t.Helper()
	for n := range days {
		s.boards.publish("jwc", item(11+n))
		s.boards.set(func() { s.boards.pages["jwc"] = s.boards.pages["jwc"][:10] })
		s.pass(24 * time.Hour)
	}
}

// latest is the n-th newest notice of jwc.
func (s *stage) latest(n int) notify.Notice {
	s.t.Helper()
	var all []notify.Notice
	err := s.db.View(context.Background(), func(tx store.Tx) (err error) {
		all, err = s.n.Latest(tx, "jwc", n+1)
		return err
	})
	if err != nil || len(all) <= n {
		s.t.Fatalf("%d notices, %v", len(all), err)
	}
	return all[n]
}

// count is the number of rows that begin with a prefix.
func (s *stage) count(prefix string) int { return len(s.pairs(prefix)) }

// pairs are the rows of the database under a prefix, a thousand at most.
func (s *stage) pairs(prefix string) (out []store.Pair) {
	s.t.Helper()
	err := s.db.View(context.Background(), func(tx store.Tx) (err error) {
		out, err = tx.Scan(prefix, "", 1000)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}
