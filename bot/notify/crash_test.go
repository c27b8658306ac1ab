package notify_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

var every = flag.Bool("every", false, "let tests die at each commit instead of some")

var errDead = errors.New("the process is dead")

// mortal is a database whose process dies at its n-th commit: before it stands,
// or after. From then on nothing commits until it is revived.
type mortal struct {
	store.DB
	mem *memstore.DB

	mu    sync.Mutex
	left  int
	after bool
	dead  bool
}

func (m *mortal) Update(ctx context.Context, fn func(store.Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	before := m.mem.Commits()
	if m.left == 1 && !m.after {
		m.mem.FailCommit(1)
	}
	err := m.DB.Update(ctx, fn)
	if n := m.mem.Commits() - before; n > 0 && m.left > 0 {
		if m.left--; m.left == 0 {
			m.dead = true
			return errDead
		}
	}
	return err
}

func (m *mortal) isDead() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}

// TestDeathAtEveryCommit goes through days with new, merged, edited, flooding
// and failing boards, and kills the program at each fifth commit in turn (or,
// with -every, at each), before it stands and after. Every chat gets everything,
// in order; what was under way may come twice.
func TestDeathAtEveryCommit(t *testing.T) {
	for name, after := range map[string]bool{"before it stands": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, died := 1, true; died; n++ {
				if !*every && n%5 != 0 {
					continue
				}
				if died = dieAt(t, n, after); t.Failed() {
					t.Fatalf("at commit %d", n)
				}
				if !died {
					t.Logf("%d commits", n-1)
				}
			}
		})
	}
}

// dieAt plays the days with one death; it reports whether it came to that.
func dieAt(t *testing.T, n int, after bool) (died bool) {
	play(t, func(s *stage) {
		s.stop()
		m := &mortal{DB: s.db, mem: s.db, left: n, after: after}
		s.mortal = m
		s.start()
		revive := func() {
			if m.isDead() {
				died = true
				s.stop()
				m.mu.Lock()
				m.dead = false
				m.mu.Unlock()
				s.start()
			}
		}
		live := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				s.pass(min(10*time.Minute, time.Until(end)))
				revive()
			}
		}
		subscribe := func(chat int64) {
			for try := 0; ; try++ {
				err := s.n.DB.Update(context.Background(), func(tx store.Tx) error {
					_, err := s.n.Subscribe(tx, notify.Sub{Chat: chat, Source: "jwc"}, time.Now())
					return err
				})
				if err == nil {
					break
				}
				if try > 1 {
					t.Fatal(err)
				}
				revive()
			}
			s.n.Wanted("jwc")
		}
		live(15 * time.Minute)
		chats := []int64{-1, -2, 3}
		for _, chat := range chats {
			subscribe(chat)
		}
		s.boards.publish("jwc", item(11), item(12))
		live(time.Hour)
		s.boards.publish("jwc", item(13), item(14), item(15))
		live(time.Hour)
		s.boards.set(func() { s.boards.pages["jwc"][0].Title = title(15) + "（更正）" })
		live(time.Hour)
		s.boards.set(func() { s.boards.fail["jwc"] = &bulletin.Error{Class: bulletin.Net} })
		live(32 * time.Hour)
		s.boards.set(func() {
			delete(s.boards.fail, "jwc")
			for i := range 40 {
				it := item(20 + i)
				s.boards.pages["jwc"] = append([]bulletin.Item{it}, s.boards.pages["jwc"]...)
			}
		})
		live(13 * time.Hour) // until the morning
		s.boards.publish("jwc", item(90))
		live(time.Hour)
		want := []string{
			title(11), title(12), "教务通知 · 3 条新通知", "已更新：" + title(15) + "（更正）",
			"教务通知：学校网站已经 24 小时打不开了*", "教务通知 · 停机期间的 40 条通知", title(90),
		}
		twice := 0
		for _, chat := range chats {
			got := slices.Compact(s.got(chat))
			twice += len(s.got(chat)) - len(got)
			for i := range max(len(got), len(want)) {
				if i >= len(got) || i >= len(want) || got[i] != want[i] && !strings.HasPrefix(got[i], strings.TrimSuffix(want[i], "*")) {
					t.Errorf("chat %d was sent\n\t%q, want\n\t%q", chat, s.got(chat), want)
					break
				}
			}
			if text := s.shows(chat); !strings.Contains(text, title(15)+"（更正）</a>") || !strings.Contains(text, "又能打开了") {
				t.Errorf("chat %d sees\n%s", chat, text)
			}
		}
		if twice > len(chats) {
			t.Errorf("%d messages came twice", twice)
		}
	})
	return died
}

// TestCommitsFail is the same for commits that fail, or seem to, without an end
// of the program.
func TestCommitsFail(t *testing.T) {
	for n := 1; n < 60; n += 3 {
		for _, arm := range []func(*memstore.DB, int){(*memstore.DB).FailCommit, (*memstore.DB).CommitButError} {
			play(t, func(s *stage) {
				s.settle()
				s.subscribe(-2)
				for i := range 3 {
					arm(s.db, n+7*i)
				}
				for i := range 5 {
					s.boards.publish("jwc", item(11+i))
					s.pass(time.Hour)
				}
				s.want(-1, title(11), title(12), title(13), title(14), title(15))
				s.want(-2, title(11), title(12), title(13), title(14), title(15))
			})
		}
	}
}

// TestEditedBeforeItIsSent: an edit reaches a message that still waits.
func TestEditedBeforeItIsSent(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.door.answers(func(msg.Item) msg.Verdict { return msg.Verdict{Outcome: msg.Retry} })
		s.boards.publish("jwc", item(11))
		s.pass(30 * time.Minute)
		s.boards.set(func() { s.boards.pages["jwc"][0].Title = title(11) + "（更正）" })
		s.pass(time.Hour)
		s.restart()
		s.door.answers(nil)
		s.restart()
		s.pass(time.Minute)
		s.want(-1, title(11))
		if text := s.shows(-1); !strings.Contains(text, "（更正）") {
			t.Errorf("chat sees\n%s", text)
		}
	})
}

// TestNoBurstAtStarts: a program that is started again and again asks each
// board hardly more often.
func TestNoBurstAtStarts(t *testing.T) {
	play(t, func(s *stage) {
		s.stop()
		for i := range 200 {
			src := bulletin.Source{ID: fmt.Sprint("s", i), Name: "通知", URL: fmt.Sprintf("https://jwc.u%d.edu.cn/", i)}
			s.sources = append(s.sources, src)
			s.boards.pages[src.ID] = []bulletin.Item{s.article(src, 1, 1)}
		}
		s.start()
		s.pass(15 * time.Minute)
		for range 12 {
			s.pass(5 * time.Minute)
			s.restart()
		}
		for _, src := range s.sources {
			if n := s.boards.asked(src.ID); n != 1 { // nobody wants it
				t.Errorf("%s was asked %d times", src.ID, n)
			}
		}
	})
}
