package telegram_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
)

// queue is Telegram's own: it hands out updates from an offset on, a hundred
// at once, and forgets what is before it.
type queue struct {
	mu   sync.Mutex
	ids  []int
	said map[int]string
	more chan struct{}
}

func newQueue() *queue { return &queue{said: map[int]string{}, more: make(chan struct{}, 1)} }

func (q *queue) add(id int, chat int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ids = append(q.ids, id)
	q.said[id] = said(id, chat, "x")
	select {
	case q.more <- struct{}{}:
	default:
	}
}

func (q *queue) from(offset int) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ids) > 0 && q.ids[0] < offset {
		q.ids = q.ids[1:]
	}
	var batch []string
	for _, id := range q.ids[:min(100, len(q.ids))] {
		batch = append(batch, q.said[id])
	}
	return "[" + strings.Join(batch, ",") + "]"
}

func (q *queue) answer(w http.ResponseWriter, r *http.Request, c call) {
	offset, _ := strconv.Atoi(c.Params["offset"])
	batch := q.from(offset)
	for batch == "[]" && c.Params["timeout"] != "0" {
		select {
		case <-q.more:
			batch = q.from(offset)
		case <-r.Context().Done():
			return
		}
	}
	ok(w, batch)
}

// arrivals notes when the updates of each chat were handled.
type arrivals struct {
	mu   sync.Mutex
	ids  map[int64][]int
	when map[int64][]time.Duration
}

func newArrivals() *arrivals {
	return &arrivals{ids: map[int64][]int{}, when: map[int64][]time.Duration{}}
}

func (a *arrivals) handler() func(context.Context, msg.Update) error {
	began := time.Now()
	return func(_ context.Context, u msg.Update) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.ids[u.Chat] = append(a.ids[u.Chat], u.ID)
		a.when[u.Chat] = append(a.when[u.Chat], time.Since(began))
		return nil
	}
}

// of is what was handled of a chat, and when.
func (a *arrivals) of(chat int64) (ids []int, when []time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ids[chat], a.when[chat]
}

func upTo(first, n int) (out []int) {
	for i := range n {
		out = append(out, first+i)
	}
	return out
}

// TestFloodOfOneChatIsSlowedAlone: sixty updates at once from one chat, while
// another says something each second.
func TestFloodOfOneChatIsSlowedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, a := newQueue(), newArrivals()
		for id := range 60 {
			q.add(1000+id, 1)
		}
		f, bot := serve(t, q.answer)
		stop := startPoll(t, bot, a.handler())
		for i := range 25 {
			time.Sleep(time.Second)
			q.add(2000+i, 2)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for chat, want := range map[int64][]int{1: upTo(1000, 60), 2: upTo(2000, 25)} {
			ids, _ := a.of(chat)
			if diff := cmp.Diff(want, ids); diff != "" {
				t.Errorf("chat %d, in order and once (-want +got):\n%s", chat, diff)
			}
		}
		if _, at := a.of(1); at[19] != 0 || at[20] < 400*time.Millisecond || at[59] < 19*time.Second || at[59] > 25*time.Second {
			t.Errorf("the flood's 20th, 21st and last came after %v, %v, %v; want 20 at once and then two a second", at[19], at[20], at[59])
		}
		_, when := a.of(2)
		for i, at := range when {
			if late := at - time.Duration(i+1)*time.Second; late > 600*time.Millisecond {
				t.Errorf("the other chat's update %d was %v late", i, late)
			}
		}
		stop()
		calls := f.made("getUpdates")
		if got := calls[len(calls)-1].Params["offset"]; got != "2025" {
			t.Errorf("the last offset is %s, want 2025", got)
		}
	})
}

// TestFloodDoesNotFillTheWindow: more updates of one chat than a batch holds
// do not hide the one behind them.
func TestFloodDoesNotFillTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, a := newQueue(), newArrivals()
		for id := range 400 {
			q.add(1000+id, 1)
		}
		q.add(1400, 2)
		_, bot := serve(t, q.answer)
		stop := startPoll(t, bot, a.handler())
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		stop()
		if _, got := a.of(2); len(got) != 1 || got[0] > 10*time.Second {
			t.Errorf("the other chat was heard after %v, want within 10s", got)
		}
		ids, when := a.of(1)
		if diff := cmp.Diff(upTo(1000, 400), ids); diff != "" {
			t.Errorf("the flood, in order and once (-want +got):\n%s", diff)
		}
		if got := when[399]; got < 20*time.Second {
			t.Errorf("the flood was through after %v, want it slowed", got)
		}
	})
}

// TestPeopleAreNotSlowed: what a hasty person and a whole class do is not a
// flood.
func TestPeopleAreNotSlowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, a := newQueue(), newArrivals()
		_, bot := serve(t, q.answer)
		stop := startPoll(t, bot, a.handler())
		for i := range 30 {
			q.add(1000+i, 1)
			time.Sleep(500 * time.Millisecond)
		}
		synctest.Wait()
		if ids, _ := a.of(1); len(ids) != 30 {
			t.Errorf("%d of the person's 30 updates came through", len(ids))
		}
		q.mu.Lock()
		for i := range 90 {
			q.ids = append(q.ids, 2000+i)
			q.said[2000+i] = strings.Replace(said(2000+i, -5, "/help"), `"private"`, `"supergroup"`, 1)
		}
		q.mu.Unlock()
		q.add(3000, 3)
		time.Sleep(100 * time.Millisecond)
		if ids, _ := a.of(-5); len(ids) != 90 {
			t.Errorf("%d of the class's 90 updates came through", len(ids))
		}
		stop()
	})
}

func TestFloodByWebhookIsSlowedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArrivals()
		h := startHook(t, a.handler())
		flood := make(chan struct{})
		go func() { // Telegram brings a chat's updates one after another
			defer close(flood)
			for id := range 60 {
				if got := h.bring(said(1000+id, 1, "x")); got != 200 {
					t.Errorf("update %d: got %d, want 200", 1000+id, got)
				}
			}
		}()
		for i := range 10 {
			began := time.Now()
			if got := h.bring(said(2000+i, 2, "x")); got != 200 || time.Since(began) != 0 {
				t.Errorf("the other chat: got %d after %v, want 200 at once", got, time.Since(began))
			}
			time.Sleep(time.Second)
		}
		<-flood
		if _, at := a.of(1); at[19] != 0 || at[20] != 500*time.Millisecond || at[59] != 20*time.Second {
			t.Errorf("the flood's 20th, 21st and last came after %v, %v, %v; want 0s, 500ms, 20s", at[19], at[20], at[59])
		}
		h.stop()
	})
}
