package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// list is what a chat subscribes to, as "thread/source".
func (s *stage) list(chat int64) (out []string) {
	s.t.Helper()
	err := s.db.View(context.Background(), func(tx store.Tx) error {
		subs, err := s.n.List(tx, chat)
		for _, sub := range subs {
			out = append(out, fmt.Sprintf("%d/%s", sub.Thread, sub.Source))
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// TestKicked: a chat that is gone keeps its subscriptions for 30 days and gets
// them back; what was published meanwhile is not sent then.
func TestKicked(t *testing.T) {
	for name, days := range map[string]int{"back in time": 29, "too late": 31} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.settle()
				s.subscribe(-2)
				s.door.answers(func(it msg.Item) msg.Verdict {
					if it.Chat == -1 {
						return msg.Verdict{Outcome: msg.Gone}
					}
					return msg.Verdict{}
				})
				s.boards.publish("jwc", item(11))
				s.pass(time.Hour)
				tried := 0
				s.door.answers(func(it msg.Item) msg.Verdict {
					if it.Chat == -1 {
						tried++
					}
					return msg.Verdict{}
				})
				s.boards.publish("jwc", item(12))
				s.pass(time.Hour)
				s.want(-2, title(11), title(12))
				if tried != 0 {
					t.Errorf("%d messages to a chat that is gone", tried)
				}
				s.pass(time.Duration(days) * 24 * time.Hour)
				restored := 0
				s.update(func(tx store.Tx) (err error) {
					restored, err = s.n.Joined(tx, -1)
					return err
				})
				s.until(9, 0)
				s.boards.publish("jwc", item(13))
				s.pass(3 * time.Hour)
				if days < 30 {
					s.want(-1, title(13))
				} else {
					s.want(-1)
				}
				if got := s.list(-1); (days < 30) != slices.Equal(got, []string{"0/jwc"}) || restored != len(got) {
					t.Errorf("restored %d: %q", restored, got)
				}
			})
		})
	}
}

// TestMoved: a group becomes a supergroup while a notice is on its way. All
// that it subscribed is there afterwards, and it gets the notice once.
func TestMoved(t *testing.T) {
	play(t, func(s *stage) {
		for i := range 20 {
			src := bulletin.Source{ID: fmt.Sprint("s", i), Name: "通知", URL: fmt.Sprintf("https://jwc.u%d.edu.cn/", i)}
			s.sources = append(s.sources, src)
			s.boards.pages[src.ID] = []bulletin.Item{s.article(src, 1, 1)}
		}
		s.n.SetSources(s.sources)
		s.settle()
		for i := range 20 {
			s.subscribe(-1, func(sub *notify.Sub) { sub.Source = fmt.Sprint("s", i); sub.Thread = i % 2 })
		}
		s.update(func(tx store.Tx) error {
			return s.n.SetPlace(tx, -1, func(p *notify.Place) { p.Lang = say.En })
		})
		before := s.list(-1)
		s.door.answers(func(it msg.Item) msg.Verdict {
			if it.Chat == -1 {
				return msg.Verdict{Outcome: msg.Moved, Chat: -1001}
			}
			return msg.Verdict{}
		})
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.want(-1)
		s.want(-1001, title(11))
		after := s.list(-1001)
		if !slices.Equal(before, after) || len(s.list(-1)) != 0 {
			t.Errorf("subscribed before: %q, after: %q, left: %q", before, after, s.list(-1))
		}
		for more := true; more; { // Telegram tells of it once more
			s.update(func(tx store.Tx) (err error) {
				more, err = s.out.Move(tx, -1, -1001)
				return err
			})
		}
		s.boards.publish("jwc", item(12))
		s.boards.publish("s1", s.article(s.sources[2], 2, 0))
		s.pass(time.Hour)
		if got := s.got(-1001); len(got) != 3 {
			t.Errorf("it was sent %q", got)
		}
		s.boards.set(func() { s.boards.pages["jwc"][1].Title = title(11) + " (corrected)" })
		s.pass(time.Hour)
		if !strings.Contains(s.shows(-1001), "Updated: "+title(11)+" (corrected)") {
			t.Errorf("it sees\n%s", s.shows(-1001))
		}
	})
}

// TestTopics: a topic has subscriptions of its own. Where it is closed, they go
// to General.
func TestTopics(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(-1, func(sub *notify.Sub) {
			sub.Thread = 7
			sub.Filter.Include = []string{"第12件", "第13件", "第14件"}
		})
		var closed atomic.Bool
		s.door.answers(func(it msg.Item) msg.Verdict {
			if it.Thread == 7 && closed.Load() {
				return msg.Verdict{Outcome: msg.NoTopic}
			}
			return msg.Verdict{}
		})
		s.boards.publish("jwc", item(12))
		s.pass(time.Hour)
		closed.Store(true)
		s.boards.publish("jwc", item(13))
		s.pass(time.Hour)
		s.boards.publish("jwc", item(14))
		s.pass(time.Hour)
		var threads []string
		for _, it := range s.door.items {
			threads = append(threads, fmt.Sprint(it.Thread))
		}
		s.want(-1, title(12), title(12), title(13), title(13), title(14), title(14))
		slices.Sort(threads)
		if got := strings.Join(threads, " "); got != "0 0 0 0 0 7" {
			t.Errorf("sent to topics %s", got)
		}
	})
}

// TestSubscriptions: what is set is there, others are counted out.
func TestSubscriptions(t *testing.T) {
	play(t, func(s *stage) {
		s.pass(11 * time.Minute)
		at := time.Now()
		s.subscribe(-1, func(sub *notify.Sub) { sub.By, sub.ByName = 5, "班长" })
		s.pass(time.Hour)
		s.subscribe(-1, func(sub *notify.Sub) { sub.Silent, sub.Digest = true, notify.Daily })
		s.update(func(tx store.Tx) error {
			sub, ok, err := s.n.Sub(tx, -1, 0, "jwc")
			if !ok || !sub.At.Equal(at) || sub.Since != 10 || !sub.Silent || sub.Digest != notify.Daily {
				t.Errorf("it is %+v, %v", sub, ok)
			}
			return err
		})
		s.update(func(tx store.Tx) error {
			if _, err := s.n.Subscribe(tx, notify.Sub{Chat: 1, Source: "none"}, at); !errors.Is(err, notify.ErrUnknown) {
				t.Errorf("an unknown source: %v", err)
			}
			return nil
		})
		for i := range notify.MaxSubs + 1 {
			s.update(func(tx store.Tx) error {
				_, err := s.n.Subscribe(tx, notify.Sub{Chat: -9, Thread: i + 1, Source: "jwc"}, at)
				if (i == notify.MaxSubs) != errors.Is(err, notify.ErrTooMany) {
					t.Errorf("subscription %d: %v", i, err)
				}
				return nil
			})
		}
		s.update(func(tx store.Tx) error {
			first, err1 := s.n.Unsubscribe(tx, -1, 0, "jwc")
			second, err2 := s.n.Unsubscribe(tx, -1, 0, "jwc")
			if !first || second {
				t.Errorf("ended %v and %v", first, second)
			}
			return errors.Join(err1, err2)
		})
		s.boards.publish("jwc", item(11))
		s.pass(30 * time.Hour)
		s.want(-1)
	})
}

// TestReload adds, changes and removes sources while they are watched.
func TestReload(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.set(func() { s.boards.pages["xsc"] = page()[:3] })
		if d := s.n.SetSources([]bulletin.Source{jwc(), xsc()}); !slices.Equal(d.Added, []string{"xsc"}) || d.Changed != nil || d.Removed != nil {
			t.Errorf("added: %+v", d)
		}
		s.pass(11 * time.Minute)
		changed := jwc()
		changed.URL += "?new"
		if d := s.n.SetSources([]bulletin.Source{changed, xsc()}); !slices.Equal(d.Changed, []string{"jwc"}) || d.Added != nil {
			t.Errorf("changed: %+v", d)
		}
		full := s.boards.parsed()
		s.pass(11 * time.Minute)
		if s.boards.parsed() != full+1 {
			t.Error("a changed source was asked with the old validators")
		}
		if d := s.n.SetSources([]bulletin.Source{xsc()}); !slices.Equal(d.Removed, []string{"jwc"}) {
			t.Errorf("removed: %+v", d)
		}
		asked := s.boards.asked("jwc")
		s.boards.publish("jwc", item(11))
		s.pass(24 * time.Hour)
		if s.boards.asked("jwc") != asked {
			t.Error("a removed source is asked")
		}
		s.n.SetSources([]bulletin.Source{jwc(), xsc()})
		s.until(12, 0)
		s.want(-1, title(11))
		s.pass(24 * time.Hour)
		s.want(-1, title(11))
	})
}

// TestOldRowsGo: who was given a notice is forgotten after 60 days, what is
// still listed never, the rest after 400.
func TestOldRowsGo(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		for n := range 80 {
			s.boards.publish("jwc", item(11+n))
			s.boards.set(func() { s.boards.pages["jwc"] = s.boards.pages["jwc"][:10] })
			s.pass(24 * time.Hour)
		}
		count := func(prefix string) (n int) {
			s.db.View(context.Background(), func(tx store.Tx) error {
				rows, err := tx.Scan(prefix, "", 1000)
				n = len(rows)
				return err
			})
			return n
		}
		if n := count("b/given/"); n < 58 || n > 62 {
			t.Errorf("%d rows of who was given what, want those of 60 days", n)
		}
		s.stop() // what would be polled meanwhile is of no interest
		s.pass(330 * 24 * time.Hour)
		s.start()
		s.pass(3 * time.Hour)
		if n := count("b/notice/"); n >= 90 || n < 50 {
			t.Errorf("%d of 90 notices are left, want at least five pages' worth", n)
		}
		s.want(-1, slices.Collect(func(yield func(string) bool) {
			for n := range 80 {
				if !yield(title(11 + n)) {
					return
				}
			}
		})...)
	})
}

// TestRhythm: a quiet column is asked hourly, a lively one every 20 minutes, all
// of them every two hours at night, and one nobody wants once a day, or hourly
// while people look.
func TestRhythm(t *testing.T) {
	play(t, func(s *stage) {
		for id, age := range map[string]int{"lively": 1, "drowsy": 20, "quiet": 90, "idle": 1, "looked": 1} {
			src := bulletin.Source{ID: id, Name: id, URL: "https://" + id + ".edu.cn/"}
			s.sources = append(s.sources, src)
			s.boards.pages[id] = []bulletin.Item{s.article(src, 1, age)}
		}
		s.n.SetSources(s.sources)
		s.pass(12 * time.Minute)
		for _, id := range []string{"lively", "drowsy", "quiet"} {
			s.subscribe(-1, func(sub *notify.Sub) { sub.Source = id })
		}
		s.until(23, 59)
		s.n.Asked("looked")
		s.boards.set(func() { clear(s.boards.lists) })
		s.pass(24 * time.Hour)
		for id, want := range map[string][2]int{"lively": {50, 58}, "drowsy": {26, 32}, "quiet": {18, 23}, "idle": {0, 2}, "looked": {17, 24}} {
			if n := s.boards.asked(id); n < want[0] || n > want[1] {
				t.Errorf("%s was asked %d times in a day, want %d to %d", id, n, want[0], want[1])
			}
		}
		s.boards.set(func() { clear(s.boards.lists) })
		s.until(6, 20)
		s.boards.set(func() {
			if n := s.boards.lists["lively"]; n < 2 || n > 4 {
				t.Errorf("%d requests in a night", n)
			}
		})
	})
}

// TestMuted: a chat that takes nothing is tried again after 1, 6 and 24 hours,
// with what has come since; then it rests, and who subscribed is told, once.
func TestMuted(t *testing.T) {
	for name, heals := range map[string]time.Duration{"for an hour": 30 * time.Minute, "for a week": 7 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.settle()
				s.subscribe(-1, func(sub *notify.Sub) { sub.By = 5 })
				var muted atomic.Bool
				var tries atomic.Int64
				muted.Store(true)
				s.door.answers(func(it msg.Item) msg.Verdict {
					if it.Chat == -1 && muted.Load() {
						tries.Add(1)
						return msg.Verdict{Outcome: msg.Reject}
					}
					return msg.Verdict{}
				})
				s.boards.publish("jwc", item(11))
				s.pass(25 * time.Minute)
				s.boards.publish("jwc", item(12))
				s.pass(heals)
				muted.Store(false)
				if heals < time.Hour {
					s.pass(2 * time.Hour)
					s.want(-1, "教务通知 · 2 条新通知")
					s.want(5)
					return
				}
				s.want(-1)
				s.want(5, "🤐 有个群不让我发言了*")
				if tries.Load() != 4 {
					t.Errorf("%d tries, want 4", tries.Load())
				}
				s.update(func(tx store.Tx) error {
					_, err := s.n.Joined(tx, -1)
					return err
				})
				s.until(9, 0)
				s.boards.publish("jwc", item(13))
				s.pass(time.Hour)
				s.want(-1, title(13))
			})
		})
	}
}

// TestSubscriberOfAnIdleBoard: what a board that was asked once a day published
// before somebody subscribed is no news to them.
func TestSubscriberOfAnIdleBoard(t *testing.T) {
	play(t, func(s *stage) {
		s.pass(12 * time.Minute)
		s.boards.publish("jwc", item(11), item(12))
		s.until(17, 0)
		s.subscribe(-1)
		s.pass(time.Minute)
		s.boards.publish("jwc", item(13))
		s.pass(time.Hour)
		s.want(-1, title(13))
	})
}
