package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/notify"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// TestNew: what is published is pushed once, oldest first; what was there before
// the first poll, or before the subscription, is not.
func TestNew(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.want(-1)
		s.boards.publish("jwc", item(11))
		s.pass(30 * time.Minute)
		s.want(-1, title(11))
		s.subscribe(-2)
		s.boards.publish("jwc", item(12), item(13))
		s.pass(30 * time.Minute)
		s.want(-1, title(11), title(12), title(13))
		s.want(-2, title(12), title(13))
		s.pass(5 * 24 * time.Hour)
		s.want(-1, title(11), title(12), title(13))
	})
}

// TestThreeAtOnce become one message.
func TestThreeAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", item(11), item(12), item(13))
		s.pass(30 * time.Minute)
		s.want(-1, "教务通知 · 3 条新通知")
		text := s.shows(-1)
		if a, b, c := strings.Index(text, title(11)), strings.Index(text, title(12)), strings.Index(text, title(13)); a < 0 || a > b || b > c {
			t.Errorf("not oldest first:\n%s", text)
		}
	})
}

// TestSameArticleInTwoColumns is one notice for who subscribes to both, and
// news for who subscribes to the other one. So it is when it moves.
func TestSameArticleInTwoColumns(t *testing.T) {
	play(t, func(s *stage) {
		s.sources = append(s.sources, xsc())
		s.boards.set(func() { s.boards.pages["xsc"] = []bulletin.Item{old(3, 8), old(2, 9)} })
		s.n.SetSources(s.sources)
		s.settle()
		s.subscribe(-1, func(sub *notify.Sub) { sub.Source = "xsc" })
		s.subscribe(-2, func(sub *notify.Sub) { sub.Source = "xsc" })
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.want(-1, title(11))
		s.want(-2)
		s.boards.publish("xsc", item(11))
		s.boards.set(func() { s.boards.pages["jwc"] = s.boards.pages["jwc"][1:] })
		s.pass(2 * time.Hour)
		s.want(-1, title(11))
		s.want(-2, title(11))
	})
}

// TestPutUpAgain: a notice deleted and put up with another id is the same one;
// two of one title side by side are two.
func TestPutUpAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		again := item(12)
		again.Title = "[置顶] " + title(11)
		s.boards.set(func() { s.boards.pages["jwc"][0] = again })
		s.pass(24 * time.Hour)
		s.want(-1, title(11))
		s.pass(10 * 24 * time.Hour) // the title alone would not be known any more
		twin := item(13)
		twin.Title = title(11)
		s.boards.publish("jwc", twin)
		s.until(12, 0)
		s.want(-1, title(11), title(11))
	})
}

// TestPutUpAgainEdited: so is one that was edited first, under either title.
func TestPutUpAgainEdited(t *testing.T) {
	for name, now := range map[string]string{"new title": title(11) + "（更正）", "old title": title(11)} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.settle()
				s.boards.publish("jwc", item(11))
				s.pass(time.Hour)
				s.boards.set(func() { s.boards.pages["jwc"][0].Title = title(11) + "（更正）" })
				s.pass(time.Hour)
				again := item(12)
				again.Title = now
				s.boards.set(func() { s.boards.pages["jwc"][0] = again })
				s.pass(2 * time.Hour)
				s.want(-1, title(11), "已更新：*")
			})
		})
	}
}

// TestRemoved: what is removed and comes back, and what slides in from the next
// page because of it, is no news.
func TestRemoved(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		full := page()
		slid := append(page()[2:], old(-1, 12), old(-2, 12)) // never seen before
		undated := old(-3, 12)
		undated.Date = bulletin.Date{}
		slid = append(slid, undated)
		for range 5 {
			s.boards.set(func() { s.boards.pages["jwc"] = slid })
			s.pass(5 * time.Hour)
			s.boards.set(func() { s.boards.pages["jwc"] = full })
			s.pass(5 * time.Hour)
		}
		s.want(-1)
		s.pass(200 * 24 * time.Hour)
		s.boards.set(func() { s.boards.pages["jwc"] = slid })
		s.pass(24 * time.Hour)
		s.want(-1)
	})
}

// TestPinned: an old notice that is pinned is no news, a new one is, once, and
// pins do not change the order.
func TestPinned(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		pin := old(-9, 40)
		pin.Pinned = true
		s.boards.publish("jwc", pin)
		s.pass(time.Hour)
		s.want(-1)
		first, second := item(11), item(12)
		first.Pinned = true
		s.boards.publish("jwc", second, first)
		s.pass(time.Hour)
		s.want(-1, title(12), title(11))
		first.Pinned = false
		s.boards.set(func() { s.boards.pages["jwc"] = append(page(), first) })
		s.pass(time.Hour)
		s.want(-1, title(12), title(11))
	})
}

// TestOldButOnTop: a notice that is published today with an old date is news.
func TestOldButOnTop(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", old(11, 60))
		s.pass(time.Hour)
		s.want(-1, title(11))
		s.boards.set(func() { // between others it is not
			p := s.boards.pages["jwc"]
			s.boards.pages["jwc"] = append(p[:3:3], append([]bulletin.Item{old(12, 60)}, p[3:]...)...)
		})
		s.pass(time.Hour)
		s.want(-1, title(11))
	})
}

// TestRedesign: a page whose articles all have new addresses is held, told to
// the operator, and released as one digest, or dropped.
func TestRedesign(t *testing.T) {
	for _, release := range []bool{true, false} {
		play(t, func(s *stage) {
			s.settle()
			var fresh []bulletin.Item
			for n := 30; n > 15; n-- {
				it := item(n)
				it.ID, it.URL = "url:"+it.Title, strings.Replace(it.URL, "/info/1001/", "/cms/article/view/", 1)
				fresh = append(fresh, it)
			}
			s.boards.set(func() { s.boards.pages["jwc"] = fresh })
			s.pass(5 * time.Hour)
			s.want(-1)
			if held := s.told(notify.Held); len(held) != 1 || held[0].Count != 15 {
				t.Fatalf("told of %+v, want 15 held, once", held)
			}
			end := s.n.Drop
			want := []string{title(31)}
			if release {
				end, want = s.n.Release, []string{"教务通知 · 15 条通知（核对过才发，所以晚了）", title(31)}
			}
			if n, err := end(t.Context(), "jwc"); n != 15 || err != nil {
				t.Errorf("ended the hold of %d, %v", n, err)
			}
			s.pass(time.Minute)
			it := item(31)
			it.URL = strings.Replace(it.URL, "/info/1001/", "/cms/article/view/", 1)
			s.boards.publish("jwc", it)
			s.pass(time.Hour)
			s.want(-1, want...)
		})
	}
}

// TestFlood holds more than a board publishes at once.
func TestFlood(t *testing.T) {
	for _, tt := range []struct {
		n    int
		held bool
	}{{8, false}, {11, true}, {60, true}} {
		play(t, func(s *stage) {
			s.settle()
			for n := range tt.n {
				s.boards.publish("jwc", item(20+n))
			}
			s.pass(5 * time.Hour)
			if held := s.told(notify.Held); tt.held != (len(held) == 1) {
				t.Errorf("%d at once: held %+v", tt.n, held)
			}
			if got := len(s.got(-1)); tt.held != (got == 0) {
				t.Errorf("%d at once: %d messages", tt.n, got)
			}
			if n, _ := s.n.Release(t.Context(), "jwc"); tt.held && n != tt.n {
				t.Errorf("%d of %d are released", n, tt.n)
			}
		})
	}
}

// TestOutage: a day without the board. Subscribers are told once after a day,
// and the same message says that it is over; what was missed is caught up.
func TestOutage(t *testing.T) {
	for _, tt := range []struct {
		name  string
		err   *bulletin.Error
		asks  [2]int // requests during the outage: at least, at most
		known time.Duration
	}{
		{"network", &bulletin.Error{Class: bulletin.Net}, [2]int{7, 14}, 4 * time.Hour},
		{"firewall", &bulletin.Error{Class: bulletin.Blocked, Status: 412}, [2]int{4, 7}, time.Hour},
		{"intranet", &bulletin.Error{Class: bulletin.Intranet, Status: 200}, [2]int{7, 14}, 2 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.settle()
				s.subscribe(-3)
				asked := s.boards.asked("jwc")
				s.boards.set(func() { s.boards.fail["jwc"] = tt.err })
				s.pass(tt.known)
				if failing := s.told(notify.Failing); len(failing) != 1 || failing[0].Class != tt.err.Class {
					t.Errorf("the operator was told %+v", failing)
				}
				s.pass(20*time.Hour - tt.known)
				s.want(-1)
				s.boards.publish("jwc", item(11), item(12))
				s.restart()
				s.pass(13 * time.Hour)
				s.want(-1, "教务通知：学校网站已经 24 小时打不开了*")
				s.subscribe(-2)
				if n := s.boards.asked("jwc") - asked; n < tt.asks[0] || n > tt.asks[1] {
					t.Errorf("%d requests in 33 hours", n)
				}
				s.boards.set(func() { delete(s.boards.fail, "jwc") })
				s.pass(10 * time.Hour)
				s.want(-1, "教务通知：学校网站已经 24 小时打不开了*", title(11), title(12))
				s.want(-2) // they were there before it subscribed
				if text := s.shows(-1); !strings.Contains(text, "又能打开了") || strings.Contains(text, "打不开") {
					t.Errorf("the message does not say that it is over:\n%s", text)
				}
				if got := s.told(notify.Recovered); len(got) != 1 {
					t.Errorf("the operator was told of recoveries %+v", got)
				}
			})
		})
	}
}

// TestCatchUp: after days without the program, few notices come one by one and
// many as one digest; those of last week can only be read.
func TestCatchUp(t *testing.T) {
	for n, want := range map[int]string{3: "教务通知 · 3 条新通知", 8: "教务通知 · 停机期间的 8 条通知", 40: "教务通知 · 停机期间的 40 条通知"} {
		play(t, func(s *stage) {
			s.settle()
			s.stop()
			s.pass(10 * 24 * time.Hour)
			s.boards.publish("jwc", old(400, 9))
			for i := range n {
				s.boards.publish("jwc", item(20+i))
			}
			s.start()
			s.pass(15 * time.Minute)
			s.want(-1, want)
			s.pass(24 * time.Hour)
			s.want(-1, want)
		})
	}
}

// TestEdits: a new title or file edits the messages and says so; a new text
// edits them if it shows; at most once in six hours.
func TestEdits(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", item(11))
		s.pass(30 * time.Minute)
		edit := func(words string) {
			s.boards.set(func() { s.boards.pages["jwc"][0].Title = words })
		}
		edit("关于第11件教学事项的安排（改期）")
		s.pass(30 * time.Minute)
		s.want(-1, title(11), "已更新：关于第11件教学事项的安排（改期）")
		edit("关于第11件教学事项的安排（再次改期）")
		s.pass(2 * time.Hour)
		edit("关于第11件教学事项的安排（取消）")
		s.pass(2 * time.Hour)
		s.want(-1, title(11), "已更新*")
		s.pass(4 * time.Hour)
		s.want(-1, title(11), "已更新*", "已更新：关于第11件教学事项的安排（取消）")
		if text := s.shows(-1); !strings.HasPrefix(text, "📢 <b>关于第11件教学事项的安排（取消）") {
			t.Errorf("the card shows\n%s", text)
		}
		s.boards.set(func() {
			s.boards.details[item(11).URL] = bulletin.Detail{Text: "请于4月1日17:00前提交。地点：一教101"}
		})
		s.pass(30 * time.Hour)
		s.want(-1, title(11), "已更新*", "已更新*")
		if text := s.shows(-1); !strings.Contains(text, "截止 2026-04-01 17:00") || !strings.Contains(text, "一教101") {
			t.Errorf("the card shows\n%s", text)
		}
		s.boards.set(func() {
			s.boards.details[item(11).URL] = bulletin.Detail{Text: "x", Attachments: []jwxt.Attachment{{Name: "表.docx", URL: "https://x/1"}}}
		})
		s.pass(4 * 24 * time.Hour)
		s.want(-1, title(11), "已更新*", "已更新*", "已更新*")
	})
}

// TestDetailLater: an article that cannot be read at once is told without it.
func TestDetailLater(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.set(func() { s.boards.fail[item(11).URL] = &bulletin.Error{Class: bulletin.Net} })
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.want(-1, title(11))
		s.boards.set(func() {
			delete(s.boards.fail, item(11).URL)
			s.boards.details[item(11).URL] = bulletin.Detail{Text: "截止时间：3月9日"}
		})
		s.pass(12 * time.Hour)
		s.want(-1, title(11))
		if text := s.shows(-1); !strings.Contains(text, "2026-03-09") {
			t.Errorf("shown is\n%s", text)
		}
	})
}

// TestDateOnDetail: boards that date their articles only, and slide old ones in.
func TestDateOnDetail(t *testing.T) {
	play(t, func(s *stage) {
		undated := func(it bulletin.Item) bulletin.Item {
			s.boards.details[it.URL] = bulletin.Detail{Text: "x", Date: it.Date}
			it.Date = bulletin.Date{}
			return it
		}
		var list []bulletin.Item
		for _, it := range page() {
			list = append(list, undated(it))
		}
		s.boards.set(func() { s.boards.pages["jwc"] = list })
		s.settle()
		fresh, slid := undated(item(11)), undated(old(-5, 90))
		s.boards.set(func() { s.boards.pages["jwc"] = append([]bulletin.Item{fresh}, append(list[2:], slid)...) })
		s.pass(time.Hour)
		s.want(-1, title(11))
		if text := s.shows(-1); !strings.Contains(text, "2026-03-02") {
			t.Errorf("shown is\n%s", text)
		}
	})
}

// TestRefresh: a person may have a board asked every five minutes, not more, and
// not while it asks to be left alone.
func TestRefresh(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.pass(6 * time.Minute)
		refresh := func() bool {
			ok, err := s.n.Refresh(context.Background(), "jwc")
			if err != nil {
				t.Error(err)
			}
			return ok
		}
		before := s.boards.asked("jwc")
		if first, second := refresh(), refresh(); !first || second || s.boards.asked("jwc") != before+1 {
			t.Errorf("refreshed %v and %v with %d requests", first, second, s.boards.asked("jwc")-before)
		}
		s.boards.set(func() {
			s.boards.fail["jwc"] = &bulletin.Error{Class: bulletin.HTTP, Status: 503, RetryAfter: 3 * time.Hour}
		})
		s.pass(6 * time.Minute)
		refresh()
		before = s.boards.asked("jwc")
		for range 17 {
			s.pass(10 * time.Minute)
			if refresh() {
				t.Error("refreshed during a Retry-After")
			}
		}
		if n := s.boards.asked("jwc") - before; n != 0 {
			t.Errorf("%d requests during a Retry-After", n)
		}
	})
}

// TestSimulatedBoard: a board that is asked every few seconds is one of a demo.
// It is asked so by night as well, from the start, and before anybody subscribes;
// and nobody but who chose quiet hours waits for the morning.
func TestSimulatedBoard(t *testing.T) {
	play(t, func(s *stage) {
		quick := jwc()
		quick.Every = 3 * time.Second
		s.sources[0] = quick
		s.until(2, 0)
		s.restart()
		before := s.boards.asked("jwc")
		s.pass(time.Minute)
		if got := s.boards.asked("jwc") - before; got < 15 || got > 26 {
			t.Errorf("asked %d times in a minute of the night", got)
		}
		s.subscribe(-1)
		s.boards.publish("jwc", item(11))
		s.pass(10 * time.Second)
		s.want(-1, title(11))
		s.update(func(tx store.Tx) error {
			return s.n.SetPlace(tx, -1, func(p *notify.Place) {
				p.Quiet = notify.Quiet{Set: true, From: 23 * 60, To: 7 * 60}
			})
		})
		s.boards.publish("jwc", item(12))
		s.pass(time.Minute)
		s.want(-1, title(11))
	})
}
