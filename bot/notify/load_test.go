package notify_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

var week = flag.Bool("week", false, "let TestLoadPolling simulate a week with 10,000 groups instead of a day with 2,000")

// crowd makes a thousand sources of as many schools, with a page each.
func (s *stage) crowd(n int) {
	for i := range n {
		src := bulletin.Source{
			ID: fmt.Sprintf("s%04d", i), Name: "通知", School: fmt.Sprint("school", i),
			URL: fmt.Sprintf("https://jwc.u%04d.edu.cn/tzgg.htm", i),
		}
		s.sources = append(s.sources, src)
		for j := range 3 {
			s.boards.pages[src.ID] = append(s.boards.pages[src.ID], s.article(src, 3-j, 1+j))
		}
	}
}

// article is article n of a source, of some days ago.
func (s *stage) article(src bulletin.Source, n, days int) bulletin.Item {
	return bulletin.Item{
		ID: fmt.Sprint("vsb:", src.ID, ":", n), URL: fmt.Sprintf("https://%s.edu.cn/info/1/%d.htm", src.ID, n),
		Title: fmt.Sprintf("%s 学校的第 %d 号通知", src.ID, n), Date: day(-days),
	}
}

// TestLoadPolling counts the requests of a thousand columns that publish
// something every day to two thousand groups, with -week to ten thousand: 55 a
// day each, give or take a fifth, however many subscribe; no burst at any time,
// at no start either; and those nobody wants are asked once a day. Everybody
// gets everything once. What is stored grows by what was given to whom, and by
// nothing else; it takes little memory.
func TestLoadPolling(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulated day takes some seconds")
	}
	const sources, idle = 1000, 100
	days, crowd := 1, 11 // so many groups subscribe to each tenth source, and one to each other
	if *week {
		days, crowd = 7, 91
	}
	groups := sources / 10 * (9 + crowd)
	play(t, func(s *stage) {
		s.stop()
		s.sources = nil
		s.crowd(sources + idle)
		s.start()
		for i, src := range s.sources[:sources] {
			for g := range 1 + i%10/9*(crowd-1) {
				s.subscribe(int64(-1000*i-g-1), func(sub *notify.Sub) { sub.Source = src.ID })
			}
		}
		s.pass(30 * time.Minute)
		s.boards.set(func() { clear(s.boards.lists); clear(s.boards.at); s.boards.full = 0 })
		began := time.Now()
		for d := range days {
			for i, src := range s.sources {
				s.boards.publish(src.ID, s.article(src, 100+d, 0))
				if i%50 == 0 {
					s.pass(20 * time.Minute)
				}
			}
			s.pass(time.Until(began.Add(time.Duration(d+1) * 24 * time.Hour)))
			if d == 0 {
				s.restart()
			}
		}
		var counts []int
		var all []time.Time
		for _, src := range s.sources[:sources] {
			n := s.boards.asked(src.ID)
			counts = append(counts, n)
			all = append(all, s.boards.at[src.ID]...)
			if n < 44*days || n > 66*days {
				t.Errorf("%s was asked %d times in %d days", src.ID, n, days)
			}
		}
		for _, src := range s.sources[sources:] {
			if n := s.boards.asked(src.ID); n > 2*days {
				t.Errorf("%s, which nobody wants, was asked %d times in %d days", src.ID, n, days)
			}
		}
		slices.Sort(counts)
		slices.SortFunc(all, time.Time.Compare)
		most := 0
		for i, j := 0, 0; i < len(all); i++ {
			for all[i].Sub(all[j]) >= time.Minute {
				j++
			}
			most = max(most, i-j+1)
		}
		if most > 4*sources/20 {
			t.Errorf("%d requests within a minute; evenly spread it would be %d", most, sources/20)
		}
		s.until(12, 0) // what came at night has gone out
		sent := map[int64]int{}
		for _, it := range s.door.items {
			if it.Op == msg.Send {
				sent[it.Chat]++
			}
		}
		for chat, n := range sent {
			if n != days {
				t.Errorf("chat %d was sent %d messages in %d days", chat, n, days)
			}
		}
		if len(sent) != groups {
			t.Errorf("%d of %d groups were sent something", len(sent), groups)
		}
		rows, size := s.stored()
		if want := groups*(3+days) + (sources+idle)*(1+3*(3+days)); rows > want+100 {
			t.Errorf("%d rows are stored, want about %d", rows, want)
		}
		s.door.items, s.door.shown, s.door.order, s.boards.at = nil, nil, nil, nil // the test's own
		var mem runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&mem)
		if heap := int(mem.HeapAlloc) - size; heap > 64<<20 {
			t.Errorf("%d MiB beside the database", heap>>20)
		}
		t.Logf("requests a column and day: %d to %d, median %d; at most %d in a minute; %d parsed; %d rows in %d KiB; heap, with them, %d MiB",
			counts[0]/days, counts[len(counts)-1]/days, counts[len(counts)/2]/days, most, s.boards.parsed(), rows, size>>10, mem.HeapAlloc>>20)
	})
}

// stored is how many rows the database has, and the bytes in them.
func (s *stage) stored() (rows, size int) {
	s.db.View(context.Background(), func(tx store.Tx) error {
		for after := ""; ; {
			pairs, err := tx.Scan("", after, 1000)
			if err != nil || len(pairs) == 0 {
				return err
			}
			for _, p := range pairs {
				rows, size, after = rows+1, size+len(p.Key)+len(p.Value), p.Key
			}
		}
	})
	return rows, size
}

// TestLoadFanOut hands one notice to 10,000 groups, as fast as Telegram takes
// it, with the commit failing now and then.
func TestLoadFanOut(t *testing.T) {
	const groups = 10_000
	const floor = groups * time.Second / 30
	play(t, func(s *stage) {
		s.settle()
		subs, mine := store.NewTable[notify.Sub]("b/sub/", 1, nil), store.NewTable[struct{}]("b/mine/", 1, nil)
		for i := 0; i < groups; i += 30 {
			s.update(func(tx store.Tx) error {
				for g := i; g < min(i+30, groups); g++ {
					chat := int64(-10_000 - g)
					if err := mine.Put(tx, fmt.Sprintf("%d/0/jwc", chat), struct{}{}); err != nil {
						return err
					}
					if err := subs.Put(tx, fmt.Sprintf("jwc/%d/0", chat), notify.Sub{Since: 10}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		var mu sync.Mutex
		var last time.Time
		got := map[int64]int{}
		s.door.answers(func(it msg.Item) msg.Verdict {
			time.Sleep(100 * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			got[it.Chat]++
			last = time.Now()
			return msg.Verdict{}
		})
		s.boards.publish("jwc", item(11))
		var began time.Time
		for began.IsZero() {
			s.pass(time.Second)
			mu.Lock()
			if len(got) > 0 {
				began = time.Now()
			}
			mu.Unlock()
		}
		for i := range 20 {
			s.db.FailCommit(10 + 400*i)
			s.db.CommitButError(20 + 400*i)
		}
		s.pass(10 * time.Minute)
		if len(got) != groups+1 {
			t.Errorf("%d of %d groups got it", len(got), groups+1)
		}
		for chat, n := range got {
			if n != 1 {
				t.Fatalf("chat %d got it %d times", chat, n)
			}
		}
		took := last.Sub(began)
		if took > floor*105/100 {
			t.Errorf("it took %v, want at most 1.05 × %v", took, floor)
		}
		t.Logf("%d groups in %v, floor %v", groups, took, floor)
	})
}
