package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

// The tests here are numbered after the defects of the library that they prove
// cured, those of the way out.

var pngHead = []byte("\x89PNG\r\n\x1a\n and then a picture")

func text(s string) msg.Item {
	return msg.Item{Chat: 42, Op: msg.Send, Body: msg.Body{Text: s}}
}

func photo(caption string) msg.Item {
	return msg.Item{Chat: 42, Op: msg.Send, Body: msg.Body{Photo: pngHead, Text: caption}}
}

func TestDefect01CallsEndWithTheirContext(t *testing.T) {
	for name, do := range map[string]func(context.Context, *telegram.Bot) error{
		"message": func(ctx context.Context, b *telegram.Bot) error { return b.Do(ctx, text("hi")).Err },
		"photo":   func(ctx context.Context, b *telegram.Bot) error { return b.Do(ctx, photo("hi")).Err },
		"delete": func(ctx context.Context, b *telegram.Bot) error {
			return b.Do(ctx, msg.Item{Chat: 42, Op: msg.Close, Message: 9}).Err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, bot := serve(t, hang)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				began := time.Now()
				err := do(ctx, bot)
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want context.Canceled", err)
				}
				if got := time.Since(began); got != 3*time.Second {
					t.Errorf("ended after %v, want 3s", got)
				}
			})
		})
	}
}

func TestDefect02TokenIsInNoErrorAndNoLog(t *testing.T) {
	cases := map[string]func(http.ResponseWriter, *http.Request, call){
		"gateway page": always(func(w http.ResponseWriter) { http.Error(w, "<html>"+token, http.StatusBadGateway) }),
		"refused":      always(func(w http.ResponseWriter) { refuse(w, 401, "Unauthorized", nil) }),
		"echo":         always(func(w http.ResponseWriter) { refuse(w, 400, "Bad Request: /bot"+token+"/sendMessage", nil) }),
		"redirect": always(func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://elsewhere.test/bot"+token+"/getMe")
			w.WriteHeader(302)
		}),
		"half an answer": always(func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "5000")
			io.WriteString(w, `{"ok":true,"description":"`+token)
		}),
		"not JSON": always(func(w http.ResponseWriter) { io.WriteString(w, `{"ok":`+token) }),
		"closed": func(w http.ResponseWriter, _ *http.Request, _ call) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		},
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			f, bot := serve(t, answer) // its cleanup looks at the log
			for _, it := range []msg.Item{text("hi"), photo("hi")} {
				v := bot.Do(t.Context(), it)
				if v.Err == nil {
					t.Fatalf("got %+v, want an error", v)
				}
				if all := fmt.Sprintf("%v %+v %#v", v.Err, v.Err, v.Err); strings.Contains(v.Err.Error(), token) || strings.Contains(all, token) {
					t.Errorf("the token is in %s", all)
				}
			}
			if f.methods() != "sendMessage sendPhoto" {
				t.Errorf("got calls %s; a redirect must not be followed", f.methods())
			}
		})
	}
}

func TestDefect02TokenIsNotInErrorsOfTheNetwork(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: gone.URL + "/bot%s/%s"})
	if err != nil {
		t.Fatal(err)
	}
	v := bot.Do(t.Context(), text("hi"))
	if v.Outcome != msg.Retry || v.Err == nil || strings.Contains(v.Err.Error(), token) {
		t.Errorf("got %v: %v, want Retry without the token", v.Outcome, v.Err)
	}
}

func TestDefect03StalledServerIsLeft(t *testing.T) {
	for name, tc := range map[string]struct {
		item msg.Item
		want time.Duration
	}{
		"message": {text("hi"), 20 * time.Second},
		"photo":   {photo("hi"), time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, bot := serve(t, hang)
				began := time.Now()
				v := bot.Do(t.Context(), tc.item)
				if v.Outcome != msg.Retry || !errors.Is(v.Err, context.DeadlineExceeded) {
					t.Errorf("got %v %v, want Retry by the deadline", v.Outcome, v.Err)
				}
				if got := time.Since(began); got != tc.want {
					t.Errorf("left after %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestDefect08FailedUploadKeepsItsCode(t *testing.T) {
	_, bot := serve(t, always(func(w http.ResponseWriter) { refuse(w, 403, "Forbidden: bot was blocked by the user", nil) }))
	v := bot.Do(t.Context(), photo("hi"))
	if v.Outcome != msg.Gone || !strings.Contains(v.Err.Error(), "403") {
		t.Errorf("got %v %v, want Gone with 403", v.Outcome, v.Err)
	}
}

func TestDefect09UploadHasALength(t *testing.T) {
	f, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `{"message_id":5}`) }))
	bot.Do(t.Context(), photo("hi"))
	got := f.made("sendPhoto")[0]
	if got.Length <= int64(len(pngHead)) {
		t.Errorf("Content-Length is %d, want the size of the form", got.Length)
	}
	if diff := cmp.Diff(map[string]upload{"photo": {"picture.png", pngHead}}, got.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestDefect10RefusedUploadLeavesNoGoroutine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: "http://127.0.0.1:1/bot%s/%s"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		if v := bot.Do(ctx, photo("hi")); v.Outcome != msg.Retry {
			t.Fatalf("got %v, want Retry", v.Outcome)
		}
	}
}

func TestDefect11GatewayPageIsTemporary(t *testing.T) {
	for status, want := range map[int]string{502: "502", 504: "504", 403: "403", 404: "404", 302: "502", 200: "502"} {
		_, bot := serve(t, always(func(w http.ResponseWriter) {
			w.WriteHeader(status)
			io.WriteString(w, "<html>a page</html>")
		}))
		for _, it := range []msg.Item{text("hi"), photo("hi")} {
			v := bot.Do(t.Context(), it)
			if v.Outcome != msg.Retry || !strings.Contains(v.Err.Error(), want) {
				t.Errorf("page with status %d: got %v %v, want Retry with %s", status, v.Outcome, v.Err, want)
			}
		}
	}
}

func TestDefect12RefusalsAreRecognised(t *testing.T) {
	_, bot := serve(t, always(func(w http.ResponseWriter) { refuse(w, 401, "Unauthorized", nil) }))
	if v := bot.Do(t.Context(), text("hi")); v.Outcome != msg.Retry || !errors.Is(v.Err, telegram.ErrToken) {
		t.Errorf("got %v %v, want Retry because of ErrToken", v.Outcome, v.Err)
	}
}

func TestDefect13NoParameterIsNull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(said(11, 1, "a")))
		stop := startPoll(t, bot, (&collector{}).take)
		synctest.Wait()
		for _, op := range []msg.Op{msg.Show, msg.Send, msg.Close, msg.Answer, msg.Typing} {
			bot.Do(t.Context(), msg.Item{Chat: 1, Op: op, Callback: "1"})
			bot.Do(t.Context(), msg.Item{Chat: 1, Op: op, Callback: "1", Message: 9, Body: msg.Body{Text: "x", Photo: pngHead}, HasPhoto: true})
		}
		bot.SetCommands(t.Context(), []msg.Menu{{Scope: "default"}})
		stop()
		for _, c := range f.made("") {
			for k, v := range c.Params {
				if strings.Contains(v, "null") {
					t.Errorf("%s: %s is %s", c.Method, k, v)
				}
			}
		}
		if bot.Do(t.Context(), text("null")); f.made("sendMessage")[2].Params["text"] != "null" {
			t.Error("somebody's text was taken for a missing one")
		}
	})
}

func TestDefect14TrueIsAnAnswer(t *testing.T) {
	_, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `true`) }))
	for _, op := range []msg.Op{msg.Show, msg.Close, msg.Answer, msg.Typing} {
		v := bot.Do(t.Context(), msg.Item{Chat: 1, Op: op, Message: 9, Callback: "1", Body: msg.Body{Text: "x"}})
		if v.Outcome != msg.Sent || v.Err != nil {
			t.Errorf("%s: got %v %v, want Sent", op, v.Outcome, v.Err)
		}
	}
}

func TestDefect16NothingSaidIsLogged(t *testing.T) {
	const canary = "hunter2-张三"
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(
			said(11, 1, canary)+`,{"update_id":12,"message":{"message_id":"`+canary+`"}}`,
			`{"update_id":13,"message":{"message_id":1,"chat":{"id":1,"type":"private"},"text":["`+canary+`"]}}`,
			`{"update_id":14,"message":{"message_id":20200000010000000000001}}`))
		stop := startPoll(t, bot, (&collector{}).take)
		synctest.Wait()
		stop()
		f.answer = always(func(w http.ResponseWriter) {
			refuse(w, 400, `Bad Request: can't parse entities: unsupported start tag "`+canary+`" at byte offset 3`, nil)
		})
		v := bot.Do(t.Context(), text("<"+canary+">"))
		if all := f.log.String() + fmt.Sprint(v.Err); strings.Contains(all, "hunter2") || strings.Contains(all, "张三") || strings.Contains(all, "2020000001") {
			t.Errorf("what was said is in the log or error:\n%s", all)
		}
	})
}

func TestDefect20EditedPictureIsSentAlong(t *testing.T) {
	f, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `{"message_id":9}`) }))
	it := msg.Item{Chat: 42, Op: msg.Show, Message: 9, HasPhoto: true, Body: msg.Body{Text: "<b>x</b>", Photo: pngHead}}
	if v := bot.Do(t.Context(), it); v.Outcome != msg.Sent || v.Message != 9 {
		t.Errorf("got %+v, want Sent 9", v)
	}
	got := f.made("editMessageMedia")[0]
	want := call{
		Method: "editMessageMedia",
		Params: map[string]string{"chat_id": "42", "message_id": "9",
			"media": `{"caption":"<b>x</b>","media":"attach://picture","parse_mode":"HTML","type":"photo"}`},
		Files:  map[string]upload{"picture": {"picture.png", pngHead}},
		Length: got.Length, At: got.At,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDefect21FileNameIsNoPath(t *testing.T) {
	for name, want := range map[string]string{
		"成绩.csv": "成绩.csv", "/var/lib/x/grades.csv": "grades.csv", `C:\tmp\g.csv`: "g.csv", "": "file",
	} {
		f, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `{"message_id":9}`) }))
		bot.Do(t.Context(), msg.Item{Chat: 42, Op: msg.Send, Body: msg.Body{Document: []byte("x"), FileName: name}})
		if got := f.made("sendDocument")[0].Files["document"].Name; got != want {
			t.Errorf("%q was sent as %q, want %q", name, got, want)
		}
	}
}

func TestDefect25ConnectionsAreKept(t *testing.T) {
	var mu sync.Mutex
	conns := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		ok(w, `{"message_id":1,"text":"`+strings.Repeat("long ", 2000)+`"}`)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if s == http.StateNew {
			conns++
		}
	}
	server.Start()
	defer server.Close()
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: server.URL + "/bot%s/%s"})
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Close()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				bot.Do(t.Context(), text("hi"))
			}
		})
	}
	wg.Wait()
	if conns > 48 {
		t.Errorf("%d connections for 1600 messages by 16 senders, want a few each at most", conns)
	}

}
