package emulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

func TestWrongDoors(t *testing.T) {
	b := newBot(t, emulator.Options{})
	get := func(path string) reply { b.t.Helper(); r, err := http.Get(b.base + path); return b.read(r, err) }
	b.refused(get("/bot7000000001:wrong/getMe"), 401, "Unauthorized")
	b.refused(get("/botnonsense/getMe"), 404, "Not Found")
	b.refused(get("/bot"+b.Token()+"/getMoon"), 404, "method not found")
	b.refused(get("/file/bot7000000001:wrong/documents/document-1"), 401, "Unauthorized")
	if m := b.must(get("/bot" + b.Token() + "/GETME")); m["username"] != "jwxt_demo_bot" || m["is_bot"] != true {
		t.Errorf("getMe: got %v", m)
	}
	if n := len(b.Calls()); n != 1 {
		t.Errorf("%d calls logged, want only the one that came in", n)
	}
}

func TestParametersComeInFourWays(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "form"))
	b.must(b.upload("sendMessage", nil, "chat_id", "1001", "text", "multipart"))
	r, err := http.Get(b.url("sendMessage") + "?chat_id=1001&text=query")
	b.must(b.read(r, err))
	r, err = http.Post(b.url("sendMessage"), "application/json", strings.NewReader(
		`{"chat_id":1001,"text":"json","reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]},"entities":null}`))
	b.must(b.read(r, err))
	var got []string
	for _, m := range b.Messages(student) {
		got = append(got, m.Text)
	}
	if diff := cmp.Diff([]string{"form", "multipart", "query", "json"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"sendMessage: entities: null"}, b.Problems()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestRefusingFaults(t *testing.T) {
	tests := []struct {
		name  string
		fault emulator.Fault
		code  int
		want  string
	}{
		{"too many requests", emulator.Fault{RetryAfter: 7}, 429, "Too Many Requests: retry after 7"},
		{"moved", emulator.Fault{MigrateTo: -100500}, 400, "group chat was upgraded to a supergroup chat"},
		{"blocked", emulator.Fault{Status: 403}, 403, "Forbidden: bot was blocked by the user"},
		{"own words", emulator.Fault{Status: 400, Description: "Bad Request: TOPIC_CLOSED"}, 400, "TOPIC_CLOSED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, emulator.Options{})
			tt.fault.Method, tt.fault.Chat, tt.fault.Times = "sendmessage", student, 2
			b.Fault(tt.fault)
			b.must(b.form("sendMessage", "chat_id", "1002", "text", "another chat"))
			b.must(b.form("getMe"))
			for range 2 {
				r := b.form("sendMessage", "chat_id", "1001", "text", "x")
				b.refused(r, tt.code, tt.want)
				if r.Parameters.RetryAfter != tt.fault.RetryAfter || r.Parameters.MigrateTo != tt.fault.MigrateTo {
					t.Errorf("parameters: got %+v", r.Parameters)
				}
			}
			b.must(b.form("sendMessage", "chat_id", "1001", "text", "x"))
			if calls := b.Calls("sendMessage"); calls[1].Err == nil || calls[3].Err != nil || calls[3].Result == nil {
				t.Errorf("log: got %+v", calls)
			}
		})
	}
}

func TestGatewayFault(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.Fault(emulator.Fault{HTML502: true, Times: -1})
	for range 2 {
		resp, err := http.Get(b.url("getMe"))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 502 || !strings.HasPrefix(string(body), "<html>") {
			t.Errorf("got %d %q", resp.StatusCode, body)
		}
	}
	b.ClearFaults()
	b.must(b.form("getMe"))
}

func TestCutAfterSend(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.Fault(emulator.Fault{Method: "sendMessage", CutAfterSend: true})
	_, err := http.PostForm(b.url("sendMessage"), url.Values{"chat_id": {"1001"}, "text": {"x"}})
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want a connection that ended", err)
	}
	if n := len(b.Messages(student)); n != 1 {
		t.Errorf("%d messages, want the one that was sent", n)
	}
}

func TestCutBeforeSend(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.Fault(emulator.Fault{Method: "sendMessage", Cut: true})
	_, err := http.PostForm(b.url("sendMessage"), url.Values{"chat_id": {"1001"}, "text": {"x"}})
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want a connection that ended", err)
	}
	if n := len(b.Messages(student)); n != 0 {
		t.Errorf("%d messages, want none", n)
	}
}

func TestGarbledAnswer(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.Fault(emulator.Fault{Method: "sendMessage", Garble: true})
	resp, err := http.PostForm(b.url("sendMessage"), url.Values{"chat_id": {"1001"}, "text": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || json.Valid(body) {
		t.Errorf("got %d %s, %v; want 200 with broken JSON", resp.StatusCode, body, err)
	}
	if n := len(b.Messages(student)); n != 1 {
		t.Errorf("%d messages, want the one that was sent", n)
	}
}

func TestBrokenAnswers(t *testing.T) {
	tests := []struct {
		name  string
		fault emulator.Fault
		leave bool // the client gives up
		want  error
	}{
		{"half a body", emulator.Fault{HalfBody: true}, false, io.ErrUnexpectedEOF},
		{"stalled", emulator.Fault{Stall: true}, true, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBot(t, emulator.Options{})
			b.Fault(tt.fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, "GET", b.url("sendMessage")+"?chat_id=1001&text=x", nil)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			const start = `{"ok":true`
			begun := make([]byte, len(start))
			if _, err := io.ReadFull(resp.Body, begun); err != nil || string(begun) != start || resp.StatusCode != 200 {
				t.Fatalf("got %d %q, %v", resp.StatusCode, begun, err)
			}
			if tt.leave {
				cancel()
			}
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, tt.want) {
				t.Errorf("after the beginning: got %v, want %v", err, tt.want)
			}
			if n := len(b.Messages(student)); n != 1 {
				t.Errorf("%d messages, want the one that was sent", n)
			}
		})
	}
}

// The transport without a network breaks as a real one does.
func TestInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.Fault(emulator.Fault{CutAfterSend: true})
		b.Fault(emulator.Fault{HalfBody: true})
		b.Fault(emulator.Fault{Stall: true})
		client := http.Client{Transport: emulator.InMemory(b.Server), Timeout: 10 * time.Second}
		if _, err := client.Get(b.url("getMe")); !errors.Is(err, io.EOF) {
			t.Errorf("cut: got %v", err)
		}
		resp, err := client.Get(b.url("getMe"))
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := io.ReadAll(resp.Body); err != io.ErrUnexpectedEOF || len(raw) == 0 {
			t.Errorf("half: got %q, %v", raw, err)
		}
		start := time.Now()
		if _, err := client.Get(b.url("getMe")); err == nil || time.Since(start) != 10*time.Second {
			t.Errorf("stalled: got %v after %v", err, time.Since(start))
		}
		resp, err = client.Get(b.url("getMe"))
		b.must(b.read(resp, err))
	})
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.Fault(emulator.Fault{Delay: 3 * time.Second})
		start := time.Now()
		r, _ := http.NewRequest("GET", b.url("getMe"), nil)
		resp, err := emulator.InMemory(b.Server).RoundTrip(r)
		b.must(b.read(resp, err))
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("took %v, want 3s", d)
		}
	})
}
