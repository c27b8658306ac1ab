package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

// hook is a bot's webhook in memory. It notes what comes, as "second update_id
// chat".
type hook struct {
	mu     sync.Mutex
	start  time.Time
	log    []string
	secret string
	answer func(w http.ResponseWriter, chat int64) // nil: 200
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var u struct {
		UpdateID int `json:"update_id"`
		Message  struct{ Chat struct{ ID int64 } }
	}
	json.NewDecoder(r.Body).Decode(&u)
	h.mu.Lock()
	h.secret = r.Header.Get("X-Telegram-Bot-Api-Secret-Token")
	h.log = append(h.log, fmt.Sprintf("%.0f %d %d", time.Since(h.start).Seconds(), u.UpdateID, u.Message.Chat.ID))
	h.mu.Unlock()
	if h.answer != nil {
		h.answer(w, u.Message.Chat.ID)
	}
}

// hooked is a bubble's emulator whose webhook is set.
func hooked(t *testing.T, h *hook) *bot {
	t.Helper()
	h.start = time.Now()
	b := inBubble(t, emulator.Options{Deliver: emulator.InMemory(h)})
	t.Cleanup(b.Close)
	b.must(b.direct("setWebhook", "url=https://bot.example/hook&secret_token=s3cret&max_connections=2"))
	return b
}

func TestWebhook(t *testing.T) {
	failing := func(chat int64, tries int, more ...string) func(http.ResponseWriter, int64) {
		return func(w http.ResponseWriter, c int64) {
			if c == chat && tries > 0 {
				tries--
				for _, seconds := range more {
					w.Header().Set("Retry-After", seconds)
				}
				w.WriteHeader(500)
			}
		}
	}
	tests := []struct {
		name   string
		answer func(http.ResponseWriter, int64)
		act    func(b *bot)
		want   []string
	}{
		{"in order", nil, func(b *bot) {
			b.SendText(student, student, "one")
			b.SendText(student, student, "two")
		}, []string{"0 1 1001", "0 2 1001"}},
		{"a failure holds up its chat only, longer each time", failing(student, 3), func(b *bot) {
			b.SendText(student, student, "one")
			synctest.Wait()
			b.SendText(student, student, "two")
			b.SendText(other, other, "three")
			time.Sleep(time.Minute)
		}, []string{"0 1 1001", "0 3 1002", "1 1 1001", "3 1 1001", "7 1 1001", "7 2 1001"}},
		{"Retry-After is honoured", failing(student, 1, "30"), func(b *bot) {
			b.SendText(student, student, "one")
			time.Sleep(time.Minute)
		}, []string{"0 1 1001", "30 1 1001"}},
		{"a slow chat does not stop another", func(_ http.ResponseWriter, c int64) {
			if c == student {
				time.Sleep(9 * time.Second)
			}
		}, func(b *bot) {
			b.SendText(student, student, "one")
			b.SendText(student, student, "two")
			time.Sleep(time.Second)
			b.SendText(other, other, "three")
			time.Sleep(time.Minute)
		}, []string{"0 1 1001", "1 3 1002", "9 2 1001"}},
		{"after a day it is dropped", failing(student, 1e9, "3600"), func(b *bot) {
			b.SendText(student, student, "one")
			time.Sleep(25 * time.Hour)
			b.SendText(other, other, "two")
			time.Sleep(10 * time.Hour)
		}, append(hourly(25), "90000 2 1002")},
		{"doubled", nil, func(b *bot) {
			b.HoldUpdates(true)
			b.SendText(student, student, "one")
			b.Double()
			b.SendText(student, student, "two")
			b.Double() // a bot that has fallen behind gets none of them a third time
			b.HoldUpdates(false)
		}, []string{"0 1 1001", "0 1 1001", "0 2 1001", "0 2 1001"}},
		{"shuffled", nil, func(b *bot) {
			b.HoldUpdates(true)
			for range 4 {
				b.SendText(student, student, "x")
			}
			b.Shuffle(2)
			b.HoldUpdates(false)
		}, []string{"0 2 1001", "0 1 1001", "0 3 1001", "0 4 1001"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hook{answer: tt.answer}
				b := hooked(t, h)
				tt.act(b)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, h.log); diff != "" {
					t.Errorf("deliveries (-want +got):\n%s", diff)
				}
				if got := len(b.Deliveries()); got != len(tt.want) || h.secret != "s3cret" {
					t.Errorf("log has %d tries, secret %q", got, h.secret)
				}
				if info := b.must(b.direct("getWebhookInfo", "")); info["pending_update_count"] != 0.0 || info["max_connections"] != 2.0 {
					t.Errorf("getWebhookInfo: %v", info)
				}
			})
		})
	}
}

func hourly(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%d 1 1001", i*3600))
	}
	return out
}

func TestWebhookFailuresAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := hooked(t, &hook{answer: func(w http.ResponseWriter, _ int64) { w.WriteHeader(401) }})
		b.SendText(student, student, "one")
		synctest.Wait()
		info := b.must(b.direct("getWebhookInfo", ""))
		if info["last_error_message"] != "Wrong response from the webhook: 401 Unauthorized" || info["pending_update_count"] != 1.0 {
			t.Errorf("got %v", info)
		}
	})
}

func TestWebhookAndPollExcludeEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hook{}
		b := inBubble(t, emulator.Options{Deliver: emulator.InMemory(h)})
		defer b.Close()
		polled := make(chan reply, 1)
		go func() { r, _ := b.poll(t.Context(), "50"); polled <- r }()
		synctest.Wait()
		b.must(b.direct("setWebhook", "url=https://bot.example/hook"))
		b.refused(<-polled, 409, "Conflict: terminated by setWebhook request")
		r, _ := b.poll(t.Context(), "0")
		b.refused(r, 409, "can't use getUpdates method while webhook is active")
		b.must(b.direct("deleteWebhook", ""))
		b.SendText(student, student, "x")
		if r, _ := b.poll(t.Context(), "0"); !strings.Contains(string(r.Result), `"update_id":1`) || len(h.log) > 0 {
			t.Errorf("after deleteWebhook: polled %s, delivered %q", r.Result, h.log)
		}
	})
}

func TestBadWebhooks(t *testing.T) {
	tests := []struct{ name, url, secret, want string }{
		{"no TLS", "http://bot.example/", "", "An HTTPS URL must be provided"},
		{"wrong port", "https://bot.example:9000/", "", "only on ports"},
		{"no host", "hook", "", "invalid HTTP URL"},
		{"wrong secret", "https://bot.example/", "a b", "unallowed characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, emulator.Options{})
			b.refused(b.form("setWebhook", "url", tt.url, "secret_token", tt.secret), 400, tt.want)
			if info := b.must(b.form("getWebhookInfo")); info["url"] != "" {
				t.Errorf("it was set: %v", info)
			}
		})
	}
}

func TestWebhookOverTheNetwork(t *testing.T) {
	h := &hook{}
	hs := httptest.NewServer(h)
	t.Cleanup(hs.Close)
	b := newBot(t, emulator.Options{})
	b.must(b.form("setWebhook", "url", hs.URL, "allowed_updates", `["message"]`))
	b.SendText(student, student, "x")
	if err := b.Wait(t.Context(), func() bool { return len(b.Deliveries()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if d := b.Deliveries()[0]; d.Status != 200 || d.Update != 1 || d.Err != nil {
		t.Errorf("got %+v", d)
	}
}

func TestPoisonAndNumbersThatJumpBack(t *testing.T) {
	b := newBot(t, emulator.Options{FirstUpdate: 700})
	bad := b.Poison()
	b.SendText(student, student, "one")
	got := b.updates()
	if diff := cmp.Diff([]int{bad, 701}, ids(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m := got[0]["message"].(map[string]any); m["message_id"] != "seven" {
		t.Errorf("poison: got %v", m)
	}
	b.updates("offset", "702")
	b.SkipUpdates(-600)
	b.SendText(student, student, "two")
	for _, offset := range []string{"702", "102", "103"} {
		want := []int{102}
		if offset == "103" {
			want = nil
		}
		if diff := cmp.Diff(want, ids(b.updates("offset", offset))); diff != "" {
			t.Errorf("offset %s (-want +got):\n%s", offset, diff)
		}
	}
}
