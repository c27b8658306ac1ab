package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus/boards"
)

// TestBoardWalk lets things happen to boards at random for ten days, restarts
// included. Whoever subscribes is sent each new article once, whatever becomes
// of it, and no old one. $JWXTBOT_WALKS says how many boards (5), $JWXTBOT_SEED
// where to begin.
func TestBoardWalk(t *testing.T) {
	walks, seed := setting(t, "JWXTBOT_WALKS", 5), setting(t, "JWXTBOT_SEED", 1)
	for i := range walks {
		kind := boards.Kinds()[i%len(boards.Kinds())]
		t.Run(fmt.Sprintf("%s seed=%d", kind, seed+i), func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T) {
				w := walk{timeline: beginTimeline(t, kind, false), dice: rand.New(rand.NewPCG(uint64(seed+i), 0)), up: map[string]time.Time{}, now: map[string]string{}}
				w.goes(60)
			})
		})
	}
}

// walk is what happens to a board at random.
type walk struct {
	*timeline
	dice  *rand.Rand
	up    map[string]time.Time // articles on the board, and when they came
	now   map[string]string    // their titles now
	told  []string             // every article that was put up
	tale  []string             // what happened, for a failing test's log
	count int
}

func (w *walk) goes(steps int) {
	for range steps {
		for range 1 + w.dice.IntN(2) {
			w.happens()
		}
		time.Sleep(time.Duration(30+w.dice.IntN(8*60)) * time.Minute)
		w.board.Become(boards.Open)
	}
	w.until(12)
	w.until(12)
	w.judge()
}

// happens does one thing.
func (w *walk) happens() {
	what := w.dice.IntN(9)
	titles := slices.Sorted(maps.Keys(w.up))
	if len(titles) == 0 {
		what = 0
	}
	title := ""
	if what > 1 && len(titles) > 0 {
		title = titles[w.dice.IntN(len(titles))]
	}
	switch what {
	case 0, 1:
		w.count++
		title = fmt.Sprintf("关于第%d件教学事项的安排", 1000+w.count)
		w.publish(title)
		w.up[title], w.now[title], w.told = time.Now(), title, append(w.told, title)
	case 2:
		w.now[title] = title + fmt.Sprintf("（第%d次更正）", w.dice.IntN(9))
		w.board.Edit(w.ids[title], func(a *boards.Article) { a.Title = w.now[title] })
	case 3:
		w.board.Edit(w.ids[title], func(a *boards.Article) {
			a.Text += "补充。"
			a.Files = append(a.Files, fmt.Sprint(len(a.Files), ".doc"))
		})
	case 4:
		w.board.Pin(w.ids[title], w.dice.IntN(2) == 0)
	case 5:
		w.board.Edit(w.ids[title], func(a *boards.Article) { a.Column = 1590 + w.dice.IntN(9) })
	case 6: // an article that is up for a day is taken away, or put up anew
		if age := time.Since(w.up[title]); age > 24*time.Hour && age < 6*24*time.Hour {
			w.board.Remove(w.ids[title])
			delete(w.up, title)
			if w.dice.IntN(2) == 0 && strings.Contains(w.class.Chat(), w.now[title]) { // with a title nobody saw it would be another one
				w.publish(w.now[title])
			}
		}
	case 7:
		states := []boards.State{boards.Redesigned, boards.Blocked, boards.Intranet, boards.Outage, boards.Emptied}
		title = string(states[w.dice.IntN(len(states))])
		w.board.Become(boards.State(title))
	case 8:
		w.Stop()
		w.Start()
	}
	w.tale = append(w.tale, fmt.Sprintf("%s: %d %s", time.Now().Format("01-02 15:04"), what, title))
}

// judge counts in how many messages each article came.
func (w *walk) judge() {
	synctest.Wait()
	for _, chat := range []*Person{w.class, w.owner} {
		var shown []string
		for _, m := range w.Telegram.Messages(chat.ID) {
			if m.ID > w.since[chat] && !strings.Contains(m.Text, "已更新") {
				shown = append(shown, m.Text)
			}
		}
		all := strings.Join(shown, "\n--\n")
		want := map[string]int{"早先的": 0}
		for _, title := range w.told {
			want[title] = 1
		}
		for title, want := range want {
			if n := strings.Count(all, title); n != want {
				w.TB.Fatalf("chat %d was sent %q %d times, want %d; what happened:\n%s\nit shows\n%s",
					chat.ID, title, n, want, strings.Join(w.tale, "\n"), all)
			}
		}
	}
}
