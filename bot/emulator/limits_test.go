package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

// said sends a text and gives the seconds of retry_after, 0 for a success.
func (b *bot) said(chat int64) int {
	b.t.Helper()
	r := b.direct("sendMessage", fmt.Sprintf("chat_id=%d&text=x", chat))
	if !r.OK {
		b.refused(r, 429, "Too Many Requests: retry after")
	}
	return r.Parameters.RetryAfter
}

// rules lists the rules that were broken.
func (b *bot) rules() []string {
	var out []string
	for _, v := range b.Breaches() {
		out = append(out, fmt.Sprint(v.Rule, " ", v.Wait))
	}
	return out
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits emulator.Limits
		act    func(b *bot) []int
		want   []int
		rules  []string
	}{
		{"none", emulator.Limits{}, func(b *bot) (out []int) {
			for range 50 {
				out = append(out, b.said(student))
			}
			return out
		}, make([]int, 50), nil},
		{"a chat bears a burst", emulator.TelegramLimits(), func(b *bot) []int {
			out := []int{b.said(student), b.said(student), b.said(student), b.said(student), b.said(other)}
			time.Sleep(time.Second)
			return append(out, b.said(student))
		}, []int{0, 0, 0, 1, 0, 0}, []string{"chat 1s"}},
		{"one message a second is never too fast", emulator.TelegramLimits(), func(b *bot) (out []int) {
			for range 60 {
				out = append(out, b.said(student))
				time.Sleep(time.Second)
			}
			return out
		}, make([]int, 60), nil},
		{"a group's minute, edits too", emulator.Limits{GroupMinute: 3}, func(b *bot) []int {
			out := []int{b.said(class)}
			b.must(b.direct("editMessageText", fmt.Sprintf("chat_id=%d&message_id=1&text=y", class)))
			time.Sleep(20 * time.Second)
			out = append(out, b.said(class), b.said(class))
			time.Sleep(40 * time.Second)
			return append(out, b.said(class), b.said(class))
		}, []int{0, 0, 40, 0, 0}, []string{"group 40s"}},
		{"all chats together", emulator.Limits{PerSecond: 2}, func(b *bot) []int {
			out := []int{b.said(student), b.said(other), b.said(class)}
			time.Sleep(time.Second)
			return append(out, b.said(class))
		}, []int{0, 0, 1, 0}, []string{"overall 500ms"}},
		{"what comes early is refused again", emulator.TelegramLimits(), func(b *bot) (out []int) {
			for range 4 {
				out = append(out, b.said(student))
			}
			time.Sleep(400 * time.Millisecond)
			b.direct("deleteMessage", "chat_id=1001&message_id=1")
			return append(out, b.said(student))
		}, []int{0, 0, 0, 1, 1}, []string{"chat 1s", "early 600ms"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := inBubble(t, emulator.Options{Limits: tt.limits})
				if diff := cmp.Diff(tt.want, tt.act(b)); diff != "" {
					t.Errorf("retry_after (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.rules, b.rules()); diff != "" {
					t.Errorf("breaches (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A 429 made by a fault holds its chat too: the emulator then takes a call that
// comes early, and notes it.
func TestSendsDuringRetryAfterAreNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.Fault(emulator.Fault{Method: "sendMessage", RetryAfter: 5})
		b.Fault(emulator.Fault{Method: "getUpdates", RetryAfter: 5})
		b.said(student)
		b.said(student)
		b.said(other)
		b.direct("getUpdates", "")
		time.Sleep(2 * time.Second)
		b.direct("getUpdates", "")
		b.direct("getMe", "")
		time.Sleep(3 * time.Second)
		b.said(student)
		b.direct("getUpdates", "")
		if diff := cmp.Diff([]string{"early 5s", "early 3s"}, b.rules()); diff != "" {
			t.Errorf("breaches (-want +got):\n%s", diff)
		}
	})
}

func TestRetryAfterHeader(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.Fault(emulator.Fault{RetryAfter: 7})
	resp, err := http.Get(b.url("getMe"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("got %d, header %v", resp.StatusCode, resp.Header)
	}
}

func TestTheSameOffsetIsSlowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{Limits: emulator.TelegramLimits()})
		took := func() time.Duration { _, d := b.poll(t.Context(), "0"); return d }
		if diff := cmp.Diff([]time.Duration{0, 3 * time.Second, 0}, []time.Duration{took(), took(), took()}); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		b.SendText(student, student, "one")
		b.SendText(student, student, "two")
		given := func() (all []map[string]any) {
			r, _ := b.poll(t.Context(), "0")
			json.Unmarshal(r.Result, &all)
			return all
		}
		if got := given(); len(got) != 1 {
			t.Errorf("at once: got %v, want one", got)
		}
		time.Sleep(time.Second)
		if got := given(); len(got) != 2 {
			t.Errorf("a second later: got %v, want both", got)
		}
	})
}
