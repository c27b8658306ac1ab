package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

// The tests here are numbered after the defects of the library that they prove
// cured, those of the way in.

func TestDefect04PollTellsErrorsApart(t *testing.T) {
	gaps := func(f *fake) (out []time.Duration) {
		calls := f.made("getUpdates")
		for i := 1; i < len(calls); i++ {
			out = append(out, calls[i].At.Sub(calls[i-1].At))
		}
		return out
	}
	const failed = "polling Telegram failed"
	for name, tc := range map[string]struct {
		fail     func(http.ResponseWriter)
		min, max time.Duration // of the first gap
		logged   string
	}{
		"flood": {func(w http.ResponseWriter) { refuse(w, 429, "Too Many Requests", map[string]int{"retry_after": 30}) }, 30 * time.Second, 30 * time.Second, failed},
		"flood by a gateway": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "40")
			http.Error(w, "<h1>slow down</h1>", http.StatusTooManyRequests)
		}, 40 * time.Second, 40 * time.Second, failed},
		"second poller": {func(w http.ResponseWriter) { refuse(w, 409, "Conflict: terminated by other getUpdates request", nil) }, time.Second / 2, time.Second, "level=ERROR msg=\"another program uses this bot's token"},
		"server error":  {func(w http.ResponseWriter) { refuse(w, 500, "Internal Server Error", nil) }, time.Second / 2, time.Second, failed},
		"gateway 404":   {func(w http.ResponseWriter) { http.NotFound(w, nil) }, time.Second / 2, time.Second, failed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, bot := serve(t, always(tc.fail))
				stop := startPoll(t, bot, (&collector{}).take)
				time.Sleep(10 * time.Minute)
				if err := stop(); err != nil {
					t.Errorf("Poll returned %v, want nil after its context ended", err)
				}
				g := gaps(f)
				if len(g) < 10 || len(g) > 60 || g[0] < tc.min || g[0] > tc.max {
					t.Errorf("got %d calls in ten minutes, the second after %v; want %v to %v", len(g)+1, g[0], tc.min, tc.max)
				}
				if last := g[len(g)-1]; last > max(tc.max, 30*time.Second) {
					t.Errorf("the last pause was %v, want at most 30s", last)
				}
				if !strings.Contains(f.log.String(), tc.logged) {
					t.Errorf("the log lacks %q:\n%s", tc.logged, f.log.String())
				}
			})
		})
	}
}

// TestDefect04WebhookInTheWay: a webhook that stands in the way of polling is
// deleted, and what waits there is kept. One that is set again belongs to
// somebody else and is left alone.
func TestDefect04WebhookInTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set := true
		f, bot := serve(t, nil)
		poll := polls(said(11, 1, "a"))
		f.answer = func(w http.ResponseWriter, r *http.Request, c call) {
			switch {
			case c.Method == "deleteWebhook":
				set = false
				ok(w, "true")
			case set:
				refuse(w, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", nil)
			default:
				poll(w, r, c)
				set = true
			}
		}
		var c collector
		stop := startPoll(t, bot, c.take)
		synctest.Wait()
		if diff := cmp.Diff([]int{11}, c.ids()); diff != "" {
			t.Errorf("handled without a pause (-want +got):\n%s", diff)
		}
		time.Sleep(10 * time.Minute)
		stop()
		deleted := f.made("deleteWebhook")
		if len(deleted) != 1 || deleted[0].Params["drop_pending_updates"] != "false" {
			t.Errorf("deleteWebhook was called with %v, want once and nothing dropped", deleted)
		}
		if !strings.Contains(f.log.String(), "another program uses this bot's token") {
			t.Error("the second webhook was not told of")
		}
	})
}

func TestDefect04PauseStartsAgainAfterSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		f, bot := serve(t, func(w http.ResponseWriter, r *http.Request, c call) {
			switch n++; n {
			case 6:
				ok(w, "["+said(11, 1, "a")+"]")
			case 8:
				hang(w, r, c)
			default:
				refuse(w, 500, "Internal Server Error", nil)
			}
		})
		stop := startPoll(t, bot, (&collector{}).take)
		time.Sleep(2 * time.Minute)
		stop()
		calls := f.made("getUpdates")
		if got := calls[7].At.Sub(calls[6].At); got > time.Second {
			t.Errorf("the pause after the first failure since a success is %v, want at most 1s", got)
		}
	})
}

func TestDefect04RefusedTokenEndsThePoll(t *testing.T) {
	for name, fail := range map[string]func(http.ResponseWriter){
		"revoked":   func(w http.ResponseWriter) { refuse(w, 401, "Unauthorized", nil) },
		"malformed": func(w http.ResponseWriter) { refuse(w, 404, "Not Found", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			_, bot := serve(t, always(fail))
			if err := bot.Poll(t.Context(), (&collector{}).take); !errors.Is(err, telegram.ErrToken) || !strings.Contains(err.Error(), "@BotFather") {
				t.Errorf("got %v, want ErrToken and what to do", err)
			}
		})
	}
}

func TestDefect05OneBadUpdateHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(
			said(11, 1, "a")+`,{"update_id":12,"message":{"message_id":"what?","chat":[]}},`+said(13, 1, "b"),
			`{"update_id":14,"chat_background_set":{"x":1}},{"update_id":15,"message":null},{"date":7}`,
		))
		var c collector
		stop := startPoll(t, bot, c.take)
		synctest.Wait()
		if diff := cmp.Diff([]int{11, 13}, c.ids()); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		calls := f.made("getUpdates")
		if got := calls[len(calls)-1].Params["offset"]; got != "16" {
			t.Errorf("the last offset is %s, want 16", got)
		}
		if !strings.Contains(f.log.String(), "update=12") {
			t.Errorf("the skipped update is not in the log:\n%s", f.log.String())
		}
		stop()
	})
}

func TestDefect06OffsetMovesAfterHandling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batch := said(11, 1, "a") + "," + said(12, 2, "b") + "," + said(13, 1, "c")
		f, bot := serve(t, polls(batch, batch))
		var c collector
		failures := 1
		stop := startPoll(t, bot, func(ctx context.Context, u msg.Update) error {
			if u.ID == 11 && failures > 0 {
				failures--
				return errors.New("disk full")
			}
			return c.take(ctx, u)
		})
		time.Sleep(time.Minute / 2)
		synctest.Wait()
		// Chat 2 is handled both times; chat 1's later update waits for its first.
		if diff := cmp.Diff([]int{12, 11, 13}, dedupe(c.ids())); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		var offsets []string
		for _, call := range f.made("getUpdates") {
			offsets = append(offsets, call.Params["offset"])
		}
		if diff := cmp.Diff([]string{"", "11", "14"}, offsets); diff != "" {
			t.Errorf("offsets (-want +got):\n%s", diff)
		}
		stop()
	})
}

func dedupe(ids []int) (out []int) {
	had := map[int]bool{}
	for _, id := range ids {
		if !had[id] {
			out = append(out, id)
		}
		had[id] = true
	}
	return out
}

func TestDefect07PollEndsAtOnceAndStartsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(said(11, 1, "a"), said(12, 1, "b")))
		for range 3 {
			var c collector
			stop := startPoll(t, bot, c.take)
			time.Sleep(5 * time.Second)
			began := time.Now()
			if err := stop(); err != nil {
				t.Errorf("got %v, want nil", err)
			}
			if got := time.Since(began); got > 200*time.Millisecond {
				t.Errorf("took %v to end", got)
			}
		}
		// Two batches and three polls cut short, which need no confirmation.
		if got := len(f.made("getUpdates")); got != 5 {
			t.Errorf("got %d polls, want 5", got)
		}
	})
}

func TestDefect07TakenUpdatesAreConfirmedAtExit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(said(11, 1, "a")))
		ctx, cancel := context.WithCancel(t.Context())
		err := bot.Poll(ctx, func(context.Context, msg.Update) error {
			cancel() // the order to stop comes while the update is handled
			return nil
		})
		if err != nil {
			t.Errorf("got %v, want nil", err)
		}
		calls := f.made("getUpdates")
		last := calls[len(calls)-1].Params
		want := map[string]string{"offset": "12", "limit": "1", "timeout": "0", "allowed_updates": `["message","callback_query","my_chat_member","chat_member"]`}
		if diff := cmp.Diff(want, last); diff != "" {
			t.Errorf("last poll (-want +got):\n%s", diff)
		}
	})
}

// TestDefect07EndDoesNotWaitForASlowNetwork: what was taken is handled, and its
// confirmation is given 150 ms.
func TestDefect07EndDoesNotWaitForASlowNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		taken := polls(said(11, 1, "a"))
		_, bot := serve(t, func(w http.ResponseWriter, r *http.Request, c call) {
			if c.Params["timeout"] == "0" {
				hang(w, r, c)
				return
			}
			taken(w, r, c)
		})
		ctx, cancel := context.WithCancel(t.Context())
		var stopped time.Time
		err := bot.Poll(ctx, func(context.Context, msg.Update) error {
			stopped = time.Now()
			cancel()
			return nil
		})
		if got := time.Since(stopped); err != nil || got > 200*time.Millisecond {
			t.Errorf("got %v after %v, want nil within 200ms", err, got)
		}
	})
}

func TestDefect17StartNeedsNoNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(said(11, 1, "/grades@thisbot")))
		outage := 5
		f.failHello = func(w http.ResponseWriter) bool {
			outage--
			if outage >= 0 {
				http.Error(w, "<html>", http.StatusBadGateway)
			}
			return outage >= 0
		}
		var c collector
		stop := startPoll(t, bot, c.take)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(c.got) != 1 || c.got[0].Command != "grades" {
			t.Errorf("got %d updates, want the one command", len(c.got))
		}
		stop()
	})
}

func TestDefect18CallbacksWithoutAMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const from = `"from":{"id":7,"language_code":"en"},"chat_instance":"1","data":"d"`
		_, bot := serve(t, polls(
			`{"update_id":11,"callback_query":{"id":"1",`+from+`,"inline_message_id":"x"}}`+
				`,{"update_id":12,"callback_query":{"id":"2",`+from+`,"message":{"message_id":5,"date":0,"chat":{"id":1,"type":"private"}}}}`+
				`,{"update_id":13,"callback_query":{"id":"3",`+from+`,"message":{"message_id":6,"date":1700000000,"from":{"id":123456},"chat":{"id":-1,"type":"supergroup"},"is_topic_message":true,"message_thread_id":4,"text":"menu"}}}`))
		var c collector
		stop := startPoll(t, bot, c.take)
		synctest.Wait()
		stop()
		want := []msg.Update{
			{ID: 12, Chat: 1, ChatKind: msg.Private, User: 7, Language: "en", Message: 5, Callback: "2", Data: "d"},
			{ID: 13, Chat: -1, ChatKind: msg.Group, Thread: 4, User: 7, Language: "en", Message: 6,
				Date: time.Unix(1700000000, 0), Callback: "3", Data: "d"},
		}
		if diff := cmp.Diff(want, c.sorted()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestDefect19Commands(t *testing.T) {
	for text, want := range map[string][3]any{
		"":        {"", "", true},
		"hello":   {"", "", true},
		"/":       {"", "", true},
		"／":       {"", "", true},
		"/grades": {"grades", "", true},
		"/GRADES": {"grades", "", true},
		"／grades": {"grades", "", true},
		"／ｇｒａｄｅｓ　２０２４－１": {"grades", "2024-1", true},
		"/grades，2024":                  {"grades", "2024", true},
		"/grades　2024-1":                {"grades", "2024-1", true},
		"/grades  2024-2025-1。":         {"grades", "2024-2025-1", true},
		"/grades：all":                   {"grades", "all", true},
		"/grades\n2024":                 {"grades", "2024", true},
		"/login华东示范大学":                  {"login", "华东示范大学", true},
		"/grades@thisbot 2024":          {"grades", "2024", true},
		"/grades@ThisBot，2024":          {"grades", "2024", true},
		"／grades＠thisbot":               {"grades", "", true},
		"/grades@":                      {"grades", "", true},
		"/grades@otherbot":              {"", "", false},
		"/grades@thisbot2":              {"", "", false},
		"/start AbC_d-9":                {"start", "AbC_d-9", true},
		"/etc/passwd":                   {"", "", true},
		"/" + strings.Repeat("a", 32):   {strings.Repeat("a", 32), "", true},
		"/" + strings.Repeat("a", 33):   {"", "", true},
		"see /grades":                   {"", "", true},
		"/grades@thisbot /help@another": {"grades", "/help@another", true},
	} {
		command, args, mine := telegram.CommandOf(text, "thisbot")
		if diff := cmp.Diff(want, [3]any{command, args, mine}); diff != "" {
			t.Errorf("CommandOf(%q) (-want +got):\n%s", text, diff)
		}
	}
}
