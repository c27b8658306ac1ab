package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
	"jwxtbot/jwxt/campus"
)

const hookURL = "https://bot.example.edu/telegram"

// hook is a bot in webhook mode, and Telegram that brings it updates.
type hook struct {
	*fake
	bot    *telegram.Bot
	secret string
	info   atomic.Value // what getWebhookInfo answers
	stop   func() error
}

// startHook starts a bot in webhook mode and waits until its webhook is set.
func startHook(t *testing.T, handle func(context.Context, msg.Update) error) *hook {
	t.Helper()
	h := &hook{}
	h.info.Store(`{"url":"` + hookURL + `"}`)
	h.fake, h.bot = serveWith(t, telegram.Config{Webhook: hookURL}, func(w http.ResponseWriter, _ *http.Request, c call) {
		if c.Method == "getWebhookInfo" {
			ok(w, h.info.Load().(string))
			return
		}
		ok(w, "true")
	})
	h.stop = startPoll(t, h.bot, handle)
	synctest.Wait()
	calls := h.made("setWebhook")
	if len(calls) != 1 {
		t.Fatalf("setWebhook was called %d times, want once", len(calls))
	}
	h.secret = calls[0].Params["secret_token"]
	return h
}

// request is one as Telegram makes it.
func (h *hook) request(body io.Reader) *http.Request {
	r := httptest.NewRequest("POST", "/telegram", body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	return r
}

func (h *hook) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.bot.Webhook().ServeHTTP(w, r)
	return w
}

// bring brings one update and returns the status.
func (h *hook) bring(update string) int { return h.do(h.request(strings.NewReader(update))).Code }

func TestWebhookIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := startHook(t, (&collector{}).take)
		params := h.made("setWebhook")[0].Params
		if len(params["secret_token"]) != 64 || strings.Trim(params["secret_token"], "0123456789abcdef") != "" {
			t.Errorf("the secret is %q, want 64 hex digits", params["secret_token"])
		}
		delete(params, "secret_token")
		want := map[string]string{
			"url": hookURL, "max_connections": "40", "drop_pending_updates": "false",
			"allowed_updates": `["message","callback_query","my_chat_member","chat_member"]`,
		}
		if diff := cmp.Diff(want, params); diff != "" {
			t.Errorf("setWebhook (-want +got):\n%s", diff)
		}
		if err := h.stop(); err != nil {
			t.Errorf("Poll returned %v, want nil", err)
		}
		if got := h.methods(); got != "setWebhook" {
			t.Errorf("called %s, want only setWebhook: it stays set at the end", got)
		}
	})
}

func TestWebhookIsWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := startHook(t, (&collector{}).take)
		h.info.Store(fmt.Sprintf(`{"url":%q,"pending_update_count":7,"last_error_date":%d,"last_error_message":"Connection timed out"}`,
			hookURL, time.Now().Add(4*time.Minute).Unix()))
		time.Sleep(6 * time.Minute)
		if got := h.log.String(); !strings.Contains(got, "Connection timed out") || !strings.Contains(got, "waiting=7") {
			t.Errorf("the failed delivery is not in the log:\n%s", got)
		}
		if got := len(h.made("setWebhook")); got != 1 {
			t.Errorf("it was set %d times, want once", got)
		}
		h.info.Store(`{"url":""}`)
		time.Sleep(5 * time.Minute)
		if got := len(h.made("setWebhook")); got != 2 {
			t.Errorf("it was set %d times, want again after somebody deleted it", got)
		}
		if !strings.Contains(h.log.String(), "another program uses this bot's token") {
			t.Error("the theft is not in the log")
		}
		h.stop()
	})
}

func TestWebhookSetupOutlivesOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 3
		f, bot := serveWith(t, telegram.Config{Webhook: hookURL}, func(w http.ResponseWriter, _ *http.Request, _ call) {
			if failures--; failures >= 0 {
				refuse(w, 400, "Bad Request: bad webhook: Failed to resolve host", nil)
				return
			}
			ok(w, "true")
		})
		stop := startPoll(t, bot, (&collector{}).take)
		time.Sleep(time.Minute)
		if got := len(f.made("setWebhook")); got != 4 {
			t.Errorf("setWebhook was called %d times, want 4", got)
		}
		if err := stop(); err != nil {
			t.Errorf("got %v, want nil", err)
		}
	})
}

func TestWebhookEndsWithARefusedToken(t *testing.T) {
	_, bot := serveWith(t, telegram.Config{Webhook: hookURL}, always(func(w http.ResponseWriter) { refuse(w, 401, "Unauthorized", nil) }))
	if err := bot.Poll(t.Context(), (&collector{}).take); !errors.Is(err, telegram.ErrToken) {
		t.Errorf("got %v, want ErrToken", err)
	}
}

func TestWithoutWebhookThereIsNoHandler(t *testing.T) {
	if _, bot := serve(t, nil); bot.Webhook() != nil {
		t.Error("a polling bot has a webhook")
	}
}

// endless is a body that never ends and counts what was read of it.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	e.read += int64(len(p))
	return len(p), nil
}

func TestDefect15WebhookRefusals(t *testing.T) {
	const mib = 1 << 20
	for name, tc := range map[string]struct {
		change func(*http.Request)
		length int64 // as declared, -1 for chunked
		code   int
		most   int64 // bytes read
	}{
		"no secret":    {func(r *http.Request) { r.Header.Del("X-Telegram-Bot-Api-Secret-Token") }, 64 * mib, 401, 0},
		"wrong secret": {func(r *http.Request) { r.Header.Set("X-Telegram-Bot-Api-Secret-Token", strings.Repeat("0", 64)) }, 64 * mib, 401, 0},
		"half the secret": {func(r *http.Request) {
			h := r.Header
			h["X-Telegram-Bot-Api-Secret-Token"][0] = h.Get("X-Telegram-Bot-Api-Secret-Token")[:32]
		}, 9, 401, 0},
		"GET":             {func(r *http.Request) { r.Method = "GET" }, 9, 405, 0},
		"a form":          {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 9, 415, 0},
		"no type":         {func(r *http.Request) { r.Header.Del("Content-Type") }, 9, 415, 0},
		"64 MiB":          {func(*http.Request) {}, 64 * mib, 413, 0},
		"64 MiB in parts": {func(*http.Request) {}, -1, 413, 3 * mib},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var c collector
				h := startHook(t, c.take)
				defer h.stop()
				body := &endless{}
				r := h.request(io.LimitReader(body, 64*mib))
				r.ContentLength = tc.length
				tc.change(r)
				if got := h.do(r).Code; got != tc.code || body.read > tc.most {
					t.Errorf("got %d after %d bytes, want %d after at most %d", got, body.read, tc.code, tc.most)
				}
				if len(c.got) > 0 {
					t.Errorf("%d updates were handed on", len(c.got))
				}
			})
		})
	}
}

func TestWebhookTakesWhatTelegramSends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c collector
		h := startHook(t, c.take)
		for body, want := range map[string]int{
			said(11, 1, "a"):      200,
			said(12, -1, "/x@no"): 200, // for nobody
			`{"update_id":13,"message":{"message_id":"what?"}}`: 200, // would come for a day
			`{"update_id":`: 200,
		} {
			if got := h.bring(body); got != want {
				t.Errorf("%s: got %d, want %d", body, got, want)
			}
		}
		r := h.request(strings.NewReader(said(14, 1, "b")))
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		if got := h.do(r).Code; got != 200 {
			t.Errorf("with a charset: got %d, want 200", got)
		}
		cut := io.MultiReader(strings.NewReader(said(15, 1, "c")[:20]), brokenReader{})
		if got := h.do(h.request(cut)).Code; got != 400 {
			t.Errorf("a body that was cut: got %d, want 400, so that it comes again", got)
		}
		h.stop()
		if diff := cmp.Diff([]int{11, 12, 14}, ids(c.sorted())); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		if got := h.log.String(); !strings.Contains(got, "update=13") || !strings.Contains(got, "no readable id") {
			t.Errorf("the skipped updates are not in the log:\n%s", got)
		}
	})
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func ids(updates []msg.Update) (out []int) {
	for _, u := range updates {
		out = append(out, u.ID)
	}
	return out
}

// TestDefect06WebhookAnswersWhenDurable: 200 comes after the handler and not
// before, and its failure brings the update again.
func TestDefect06WebhookAnswersWhenDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 1
		h := startHook(t, func(context.Context, msg.Update) error {
			time.Sleep(3 * time.Second)
			if failures--; failures >= 0 {
				return errors.New("disk full")
			}
			return nil
		})
		for _, want := range []int{503, 200} {
			began := time.Now()
			w := h.do(h.request(strings.NewReader(said(11, 1, "a"))))
			if w.Code != want || time.Since(began) != 3*time.Second {
				t.Errorf("got %d after %v, want %d after 3s", w.Code, time.Since(began), want)
			}
			if again := w.Header().Get("Retry-After"); (again != "") != (want == 503) {
				t.Errorf("%d with Retry-After %q", want, again)
			}
		}
		h.stop()
	})
}

func TestWebhookChatsRunSideBySideAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running [8]atomic.Int32 // by chat
		var c collector
		h := startHook(t, func(ctx context.Context, u msg.Update) error {
			if running[u.Chat].Add(1) > 1 {
				t.Errorf("chat %d: two updates at once", u.Chat)
			}
			time.Sleep(time.Second)
			running[u.Chat].Add(-1)
			return c.take(ctx, u)
		})
		began := time.Now()
		var all sync.WaitGroup
		for i := range 32 { // eight chats with four updates each
			all.Go(func() {
				if got := h.bring(said(100+i, int64(i%8), "x")); got != 200 {
					t.Errorf("update %d: got %d, want 200", 100+i, got)
				}
			})
			synctest.Wait() // they come in this order
		}
		all.Wait()
		if got := time.Since(began); got != 4*time.Second {
			t.Errorf("took %v, want 4s: chats side by side, each in order", got)
		}
		last := map[int64]int{}
		for _, u := range c.got {
			if u.ID < last[u.Chat] {
				t.Errorf("chat %d: update %d after %d", u.Chat, u.ID, last[u.Chat])
			}
			last[u.Chat] = u.ID
		}
		h.stop()
	})
}

// TestWebhookStops: what is being handled is finished and answered, what waits
// and what comes is sent back for the next start.
func TestWebhookStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c collector
		h := startHook(t, func(ctx context.Context, u msg.Update) error {
			time.Sleep(2 * time.Second)
			return c.take(ctx, u)
		})
		codes := make([]int, 2)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() { codes[i] = h.bring(said(11+i, 1, "x")) })
			synctest.Wait()
		}
		time.Sleep(time.Second)
		began := time.Now()
		if err := h.stop(); err != nil || time.Since(began) != time.Second {
			t.Errorf("Poll returned %v after %v, want nil after the second that the handler needs", err, time.Since(began))
		}
		all.Wait()
		if diff := cmp.Diff([]int{200, 503}, codes); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if got := h.bring(said(13, 1, "x")); got != 503 || len(c.got) != 1 {
			t.Errorf("after the end: got %d, and %d updates were handled; want 503 and 1", got, len(c.got))
		}
	})
}

func TestWebhookIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := startHook(t, func(context.Context, msg.Update) error { time.Sleep(time.Second); return nil })
		codes := map[int]int{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				code := h.bring(said(100+i, int64(i), "x"))
				mu.Lock()
				codes[code]++
				mu.Unlock()
			})
		}
		all.Wait()
		if diff := cmp.Diff(map[int]int{200: 64, 503: 36}, codes); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if got := h.bring(said(300, 1, "x")); got != 200 {
			t.Errorf("afterwards: got %d, want 200", got)
		}
		h.stop()
	})
}

// TestWebhookGivesUpWithTelegram: an update whose call Telegram has cut off is
// not handled any more if it was still waiting, because it will come again.
func TestWebhookGivesUpWithTelegram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c collector
		h := startHook(t, func(ctx context.Context, u msg.Update) error {
			time.Sleep(time.Minute)
			return c.take(ctx, u)
		})
		var all sync.WaitGroup
		for i := range 2 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				h.do(h.request(strings.NewReader(said(11+i, 1, strconv.Itoa(i)))).WithContext(ctx))
			})
			synctest.Wait()
		}
		all.Wait()
		if diff := cmp.Diff([]int{11}, c.ids()); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		h.stop()
	})
}

// TestWebhookIsNotHeldOpen: neither a stranger nor Telegram holds a connection
// by a body that does not come, and an update that waits for its turn longer
// than a body may take is not sent away.
func TestWebhookIsNotHeldOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const long = `{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}`
		h := startHook(t, func(ctx context.Context, _ msg.Update) error {
			time.Sleep(5 * time.Minute)
			return ctx.Err()
		})
		pipe := campus.NewPipe()
		server := &http.Server{Handler: h.bot.Webhook()}
		go server.Serve(pipe)
		defer server.Close()
		go h.bring(long)
		synctest.Wait()
		for _, tt := range []struct {
			name, secret, body, after string
			status                    string
			most                      time.Duration
		}{
			{"a stranger", "wrong", "", "keep-alive", "401", time.Minute},
			{"half an update", h.secret, long[:20], "keep-alive", "400", time.Minute},
			{"an update behind another", h.secret, long, "close", "200", 10 * time.Minute},
		} {
			conn, err := pipe.DialContext(t.Context(), "", "")
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			conn.SetDeadline(began.Add(time.Hour))
			fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nConnection: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
				"X-Telegram-Bot-Api-Secret-Token: %s\r\n\r\n%s", tt.after, len(long), tt.secret, tt.body)
			answer, err := io.ReadAll(conn)
			if took := time.Since(began); err != nil || took > tt.most || !strings.Contains(string(answer), "HTTP/1.1 "+tt.status) {
				t.Errorf("%s: got %q after %v, %v; want %s", tt.name, answer, took, err, tt.status)
			}
			conn.Close()
		}
		if err := h.stop(); err != nil {
			t.Error(err)
		}
	})
}
