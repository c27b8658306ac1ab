package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

func ids(updates []map[string]any) []int {
	var out []int
	for _, u := range updates {
		out = append(out, int(u["update_id"].(float64)))
	}
	return out
}

func TestUpdatesStayUntilConfirmed(t *testing.T) {
	b := newBot(t, emulator.Options{FirstUpdate: 700})
	for _, text := range []string{"one", "two", "three"} {
		b.SendText(student, student, text)
	}
	steps := []struct {
		name   string
		params []string
		want   []int
	}{
		{"all", nil, []int{700, 701, 702}},
		{"again", nil, []int{700, 701, 702}},
		{"limited", []string{"limit", "2"}, []int{700, 701}},
		{"first confirmed", []string{"offset", "701"}, []int{701, 702}},
		{"a lower offset brings nothing back", []string{"offset", "700"}, []int{701, 702}},
		{"last only", []string{"offset", "-1"}, []int{702}},
		{"all confirmed", []string{"offset", "703"}, nil},
	}
	for _, s := range steps {
		if diff := cmp.Diff(s.want, ids(b.updates(s.params...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.name, diff)
		}
	}
}

func TestRedeliveryOnDemand(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.SendText(student, student, "one")
	b.updates("offset", "2")
	if !b.Redeliver(1) {
		t.Fatal("update 1 is not known")
	}
	if diff := cmp.Diff([]int{1}, ids(b.updates("offset", "2"))); diff != "" {
		t.Errorf("first time (-want +got):\n%s", diff)
	}
	if got := b.updates("offset", "2"); len(got) > 0 {
		t.Errorf("second time: got %v, want nothing", got)
	}
	if b.Redeliver(99) {
		t.Error("an unknown update was redelivered")
	}
}

func TestCommandsGetEntities(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.SendText(student, student, "/grades，2024 😀 /x")
	m := b.updates()[0]["message"].(map[string]any)
	got, _ := json.Marshal(m["entities"])
	if want := `[{"length":7,"offset":0,"type":"bot_command"},{"length":2,"offset":16,"type":"bot_command"}]`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if from := m["from"].(map[string]any); from["language_code"] != "zh-hans" || from["is_bot"] != false {
		t.Errorf("from: got %v", from)
	}
}

func TestLongTextsAreSplitAsClientsDo(t *testing.T) {
	b := newBot(t, emulator.Options{})
	id, err := b.SendText(student, student, strings.Repeat("密", 5000))
	m := b.Messages(student)
	if err != nil || id != 2 || len(m) != 2 || m[0].Text != strings.Repeat("密", 4096) || m[1].Text != strings.Repeat("密", 904) {
		t.Errorf("got id %d, %v and %d messages", id, err, len(m))
	}
}

func TestGroupPrivacy(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "-1001000000001", "text", "hello"))
	b.SendText(student, class, "not for the bot")
	b.SendText(student, class, "/notices@another_bot")
	b.SendText(student, class, "/notices@JWXT_demo_bot")
	b.SendText(student, class, "/notices")
	b.SendReply(student, class, 1, "an answer")
	var got []string
	for _, u := range b.updates() {
		got = append(got, u["message"].(map[string]any)["text"].(string))
	}
	if diff := cmp.Diff([]string{"/notices@JWXT_demo_bot", "/notices", "an answer"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAllowedUpdatesAreRemembered(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.updates("allowed_updates", `["callback_query"]`)
	b.SendText(student, student, "unwanted")
	if got := b.updates(); len(got) > 0 {
		t.Errorf("got %v, want nothing", got)
	}
	b.updates("allowed_updates", `[]`)
	b.SendText(student, student, "wanted")
	if got := b.updates(); len(got) != 1 {
		t.Errorf("got %v, want one", got)
	}
	b.must(b.form("deleteWebhook", "drop_pending_updates", "true"))
	if info := b.must(b.form("getWebhookInfo")); info["pending_update_count"] != 0.0 || info["url"] != "" {
		t.Errorf("getWebhookInfo: got %v", info)
	}
}

func TestEditedMessageAndBlocking(t *testing.T) {
	b := newBot(t, emulator.Options{})
	id, _ := b.SendText(student, student, "old")
	b.EditText(student, student, id, "new")
	b.Block(student, true)
	b.refused(b.form("sendMessage", "chat_id", "1001", "text", "x"), 403, "Forbidden: bot was blocked by the user")
	b.SendText(student, student, "back again")
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x"))
	var got []string
	for _, u := range b.updates() {
		for kind := range u {
			if kind != "update_id" {
				got = append(got, kind)
			}
		}
	}
	if diff := cmp.Diff([]string{"message", "edited_message", "my_chat_member", "my_chat_member", "message"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func inBubble(t *testing.T, o emulator.Options) *bot {
	s := emulator.New(o)
	return &bot{s, t, "http://emulator"}
}

func (b *bot) poll(ctx context.Context, seconds string) (reply, time.Duration) {
	start := time.Now()
	r, _ := http.NewRequestWithContext(ctx, "GET", b.url("getUpdates")+"?timeout="+seconds, nil)
	resp, err := emulator.InMemory(b.Server).RoundTrip(r)
	if err != nil {
		return reply{}, time.Since(start)
	}
	return b.read(resp, nil), time.Since(start)
}

func TestLongPoll(t *testing.T) {
	tests := []struct {
		name    string
		seconds string
		act     func(*emulator.Server)
		after   time.Duration
		want    string
	}{
		{"runs out", "7", func(*emulator.Server) {}, 7 * time.Second, `[]`},
		{"is cut at 50 s", "600", func(*emulator.Server) {}, 50 * time.Second, `[]`},
		{"ends with an update", "50", func(s *emulator.Server) { s.SendText(student, student, "x") }, 3 * time.Second, `"update_id":1`},
		{"ends with the server", "50", (*emulator.Server).Close, 3 * time.Second, `[]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := inBubble(t, emulator.Options{})
				time.AfterFunc(3*time.Second, func() { tt.act(b.Server) })
				r, took := b.poll(t.Context(), tt.seconds)
				if took != tt.after || !strings.Contains(string(r.Result), tt.want) {
					t.Errorf("got %s after %v, want %s after %v", r.Result, took, tt.want, tt.after)
				}
			})
		})
	}
}

func TestLongPollCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, took := b.poll(ctx, "50"); took != 2*time.Second {
			t.Errorf("returned after %v, want 2s", took)
		}
		b.SendText(student, student, "x")
		b.Redeliver(1)
		if got := len(b.Calls("getUpdates")); got != 1 {
			t.Errorf("%d calls logged, want 1", got)
		}
	})
}

func TestTheOlderPollGetsConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		older := make(chan reply, 1)
		go func() { r, _ := b.poll(t.Context(), "50"); older <- r }()
		synctest.Wait()
		newer, took := b.poll(t.Context(), "5")
		if !newer.OK || took != 5*time.Second {
			t.Errorf("newer: %+v after %v", newer, took)
		}
		b.refused(<-older, 409, "Conflict: terminated by other getUpdates request")
	})
}

func TestUpdatesAreDroppedAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.SendText(student, student, "old")
		time.Sleep(25 * time.Hour)
		b.SendText(student, student, "new")
		r, _ := b.poll(t.Context(), "0")
		if s := string(r.Result); strings.Contains(s, "old") || !strings.Contains(s, "new") {
			t.Errorf("got %s, want only the new one", s)
		}
	})
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		time.AfterFunc(time.Hour, func() { b.SendText(student, student, "here") })
		m, err := b.WaitMessage(t.Context(), student, func(m emulator.Message) bool { return m.Text == "here" })
		if err != nil || m.ID != 1 {
			t.Errorf("got %+v, %v", m, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := b.Wait(ctx, func() bool { return false }); err != context.DeadlineExceeded {
			t.Errorf("got %v, want a deadline", err)
		}
	})
}
