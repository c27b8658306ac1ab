package miniapp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/emulator"
	"jwxtbot/bot/miniapp"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

const (
	token = "4242:canary-token-Zx81"
	site  = "https://bot.example.edu/form/"
)

// stage is an App, the chat behind it, and what it logs.
type stage struct {
	t    *testing.T
	app  *miniapp.App
	desk *desk
	log  *bytes.Buffer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, desk: newDesk(), log: &bytes.Buffer{}}
	var err error
	s.app, err = miniapp.New(miniapp.Config{
		Token: token, URL: site, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.app.Enter(s.desk)
	return s
}

// initData is what a person's client gives to the page at a time.
func initData(token string, user int64, at time.Time, opening string) string {
	return emulator.SignInitData(token, map[string]string{
		"auth_date": fmt.Sprint(at.Unix()), "query_id": opening,
		"user": fmt.Sprintf(`{"id":%d,"first_name":"张三","language_code":"zh-hans"}`, user),
	})
}

// post makes a call as the page does; change may make it another one.
func (s *stage) post(name, ticket string, body any, change ...func(*http.Request)) *httptest.ResponseRecorder {
	raw, _ := json.Marshal(body)
	r := httptest.NewRequest("POST", site+"api/"+name, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("X-Ticket", ticket)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.app.ServeHTTP(w, r)
	return w
}

type object = map[string]any

// answer is the status and the word of a refusal, or the fields of an answer.
func answer(w *httptest.ResponseRecorder) (int, object) {
	var o object
	json.Unmarshal(w.Body.Bytes(), &o)
	return w.Code, o
}

// start opens a page and returns its ticket.
func (s *stage) start(user int64, attempt string) string {
	s.t.Helper()
	code, o := answer(s.post("start", "", object{"initData": initData(token, user, time.Now(), nonce()), "attempt": attempt}))
	ticket, _ := o["ticket"].(string)
	if code != 200 || len(ticket) < 20 {
		s.t.Fatalf("got %d %v", code, o)
	}
	return ticket
}

var openings int

func nonce() string { openings++; return fmt.Sprint("AAH", openings) }

func (s *stage) refused(w *httptest.ResponseRecorder, status int, word string) {
	s.t.Helper()
	if code, o := answer(w); code != status || o["error"] != word {
		s.t.Errorf("got %d %v, want %d %s", code, o, status, word)
	}
}

// TestStart: a page begins with an initData that Telegram signed, that is
// fresh, and that was not used before.
func TestStart(t *testing.T) {
	s := newStage(t)
	try := func(data string) *httptest.ResponseRecorder {
		return s.post("start", "", object{"initData": data, "attempt": attempt})
	}
	now := time.Now()
	good := initData(token, 1001, now, "one")
	s.refused(try(initData("4242:another", 1001, now, "two")), 403, "forged")
	s.refused(try(strings.Replace(good, "1001", "1002", 1)), 403, "forged")
	s.refused(try(""), 403, "forged")
	s.refused(try(initData(token, 1001, now.Add(-11*time.Minute), "three")), 403, "stale")
	s.refused(try(initData(token, 1001, now.Add(2*time.Minute), "four")), 403, "stale")
	if got := len(s.desk.admitted); got != 0 {
		t.Errorf("%d of them were used up", got)
	}
	if w := try(good); w.Code != 200 {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	s.refused(try(good), 403, "used")
	s.refused(s.post("start", "", object{"initData": good, "attempt": "another"}), 403, "used")
	s.refused(s.post("start", "", object{"initData": good, "attempt": strings.Repeat("x", 300)}), 400, "bad")
	for _, secret := range []string{"1001", "张三", "canary", good[:20]} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log has %q\n%s", secret, s.log)
		}
	}
}

// TestTicket: every call needs one, and it is good for its own chat and
// attempt, for half an hour.
func TestTicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.desk.show(filling("p1"))
		mine, other := s.start(1001, attempt), s.start(1002, attempt)
		for _, name := range []string{"view", "open", "refresh", "submit", "schools"} {
			for _, ticket := range []string{"", "x", mine + "x", strings.ToLower(mine)} {
				s.refused(s.post(name, ticket, object{}), 401, "closed")
			}
		}
		if code, o := answer(s.post("view", mine, object{})); code != 200 || o["stage"] != "filling" || o["ask"] != "p1" {
			t.Errorf("got %d %v", code, o)
		}
		if code, o := answer(s.post("view", other, object{})); code != 200 || o["stage"] != "over" || o["ask"] != "" {
			t.Errorf("another person sees %d %v", code, o)
		}
		s.post("submit", other, object{"ask": "p1", "password": "x"})
		if got := s.desk.done(); len(got) != 1 || got[0].Chat != 1002 {
			t.Errorf("got %+v", got)
		}
		time.Sleep(30*time.Minute - time.Second)
		if w := s.post("view", mine, object{}); w.Code != 200 {
			t.Errorf("just before its end: got %d", w.Code)
		}
		time.Sleep(time.Second)
		s.refused(s.post("view", mine, object{}), 401, "closed")
	})
}

// TestPagesOfOneChat: a fourth page ends the first, and nobody begins more than
// ten a minute. Others are not held up.
func TestPagesOfOneChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		var tickets []string
		for range 10 {
			tickets = append(tickets, s.start(1001, attempt))
			time.Sleep(time.Millisecond)
		}
		for i, ticket := range tickets {
			if got, want := s.post("view", ticket, object{}).Code == 200, i >= 7; got != want {
				t.Errorf("page %d goes on: %v, want %v", i, got, want)
			}
		}
		data := initData(token, 1001, time.Now(), nonce())
		s.refused(s.post("start", "", object{"initData": data, "attempt": attempt}), 429, "fast")
		s.start(1002, attempt)
		time.Sleep(7 * time.Second)
		if w := s.post("start", "", object{"initData": data, "attempt": attempt}); w.Code != 200 {
			t.Errorf("later: got %d; what was refused for haste was used up", w.Code)
		}
	})
}

// TestFloodOfCalls: one page that calls faster than a person taps is held up.
func TestFloodOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		mine, other := s.start(1001, attempt), s.start(1002, attempt)
		for range 40 {
			s.post("refresh", mine, object{})
		}
		s.refused(s.post("refresh", mine, object{}), 429, "fast")
		if w := s.post("view", other, object{}); w.Code != 200 {
			t.Errorf("another page: got %d", w.Code)
		}
		time.Sleep(time.Second)
		if w := s.post("refresh", mine, object{}); w.Code != 200 {
			t.Errorf("a second later: got %d", w.Code)
		}
	})
}

// TestActs: what the person does reaches the chat whole, and the answer is
// what is to be shown then.
func TestActs(t *testing.T) {
	s := newStage(t)
	ticket := s.start(1001, attempt)
	s.desk.react = func(d *desk, what did) {
		if what.What == "open" {
			d.put(filling("p1"))
		}
	}
	track := jwxt.Track{{}, {X: 50, Y: 2, T: 300}, {X: 137, Y: -1, T: 900}}
	if _, o := answer(s.post("open", ticket, object{"school": "donghu", "account": "2020000001"})); o["stage"] != "filling" {
		t.Errorf("got %v", o)
	}
	s.post("refresh", ticket, object{"ask": "p1"})
	w := s.post("submit", ticket, object{
		"ask": "p2", "account": "2020000001", "password": "Canary#Pass", "captcha": "aB3d", "code": "123456", "track": track,
	})
	if w.Code != 200 || strings.Contains(w.Body.String(), "Canary") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	want := []did{
		{What: "open", Chat: 1001, Attempt: attempt, School: "donghu", Account: "2020000001"},
		{What: "refresh", Chat: 1001, Attempt: attempt, Entry: chat.FormEntry{AskID: "p1"}},
		{What: "submit", Chat: 1001, Attempt: attempt, Entry: chat.FormEntry{
			AskID: "p2", Account: "2020000001", Password: "Canary#Pass", Captcha: "aB3d", Code: "123456", Track: track,
		}},
	}
	if diff := cmp.Diff(want, s.desk.done()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if strings.Contains(s.log.String(), "Canary") {
		t.Errorf("the log has the password\n%s", s.log)
	}
}

// TestView: everything of a view reaches the page, and pictures only as
// pictures.
func TestView(t *testing.T) {
	s := newStage(t)
	ticket := s.start(1001, attempt)
	v := puzzled("p1")
	v.Account, v.Message, v.Held, v.Lang = "2020000001", "<b>no</b>", true, "en"
	s.desk.show(v)
	_, o := answer(s.post("view", ticket, object{}))
	for key, want := range map[string]any{
		"lang": "en", "stage": "filling", "account": "2020000001", "ask": "p1", "message": "<b>no</b>", "held": true,
		"fields": []any{"account", "password", "drag"}, "school": object{"id": "donghu", "name": "东湖示范大学"},
	} {
		if diff := cmp.Diff(want, o[key]); diff != "" {
			t.Errorf("%s: -want +got\n%s", key, diff)
		}
	}
	piece := o["puzzle"].(object)
	if top := piece["top"]; top != 40.0 || !strings.HasPrefix(piece["piece"].(string), "data:image/png;base64,") {
		t.Errorf("puzzle: got %v", piece)
	}
	for name, image := range map[string][]byte{"markup": []byte(`<svg onload="alert(1)"/>`), "nothing": nil} {
		v.Image = image
		s.desk.show(v)
		if _, o := answer(s.post("view", ticket, object{})); o["image"] != "" {
			t.Errorf("%s for a picture: got %v", name, o["image"])
		}
	}
}

// TestLongPoll: a view waits for news, for 25 seconds; what is no news to the
// page does not end the wait, and the program's end does.
func TestLongPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		ticket := s.start(1001, attempt)
		_, o := answer(s.post("view", ticket, object{}))
		since := object{"since": o["version"]}
		began := time.Now()
		if w := s.post("view", ticket, since); w.Code != 204 || time.Since(began) != 25*time.Second {
			t.Errorf("without news: got %d after %v", w.Code, time.Since(began))
		}
		began = time.Now()
		time.AfterFunc(3*time.Second, func() { s.desk.show(chat.FormView{Lang: "zh", Stage: chat.FormChoose}) })
		time.AfterFunc(5*time.Second, func() { s.desk.show(filling("p1")) })
		if _, o := answer(s.post("view", ticket, since)); o["ask"] != "p1" || time.Since(began) != 5*time.Second {
			t.Errorf("got %v after %v", o["ask"], time.Since(began))
		}
		_, o = answer(s.post("view", ticket, object{}))
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
		defer stop()
		began = time.Now()
		s.post("view", ticket, object{"since": o["version"]}, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if time.Since(began) != 2*time.Second {
			t.Errorf("it held up the program's end for %v", time.Since(began)-2*time.Second)
		}
		if n := len(s.desk.watchers); n != 0 {
			t.Errorf("%d still watch", n)
		}
		if s.log.Len() > 0 {
			t.Errorf("logged %s", s.log)
		}
	})
}

// TestSlowConnections: over HTTP, a view waits its 25 seconds, and a body that
// does not arrive is given up before.
func TestSlowConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		pipe := campus.NewPipe()
		server := &http.Server{Handler: s.app}
		go server.Serve(pipe)
		defer server.Close()
		client := &http.Client{Transport: &http.Transport{DialContext: pipe.DialContext}}
		defer client.CloseIdleConnections()
		ticket := s.start(1001, attempt)
		send := func(body io.Reader) (int, time.Duration) {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://bot.example.edu/form/api/view", body)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Ticket", ticket)
			began := time.Now()
			res, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			return res.StatusCode, time.Since(began)
		}
		_, o := answer(s.post("view", ticket, object{}))
		raw, _ := json.Marshal(object{"since": o["version"]})
		if code, took := send(bytes.NewReader(raw)); code != 204 || took != 25*time.Second {
			t.Errorf("without news: got %d after %v", code, took)
		}
		slow, feed := io.Pipe()
		defer feed.Close()
		go feed.Write([]byte("{"))
		if code, took := send(slow); code != 400 || took != 15*time.Second {
			t.Errorf("half a body: got %d after %v", code, took)
		}
	})
}

// TestManyPolls: a page has three polls at most, so a ticket is no way to hold
// the program's memory.
func TestManyPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		ticket := s.start(1001, attempt)
		_, o := answer(s.post("view", ticket, object{}))
		since := object{"since": o["version"]}
		for range 3 {
			go s.post("view", ticket, since)
		}
		synctest.Wait()
		s.refused(s.post("view", ticket, since), 429, "fast")
		s.desk.show(filling("p1"))
		synctest.Wait()
		if w := s.post("view", ticket, since); w.Code != 200 {
			t.Errorf("after they ended: got %d", w.Code)
		}
	})
}

// TestStrangeCalls: what the page would not send is refused before anybody
// looks at it.
func TestStrangeCalls(t *testing.T) {
	s := newStage(t)
	ticket := s.start(1001, attempt)
	header := func(k, v string) func(*http.Request) { return func(r *http.Request) { r.Header.Set(k, v) } }
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		}
	}
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"another site's page", header("Sec-Fetch-Site", "cross-site"), 403},
		{"another site's page in an old browser", func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		}, 403},
		{"a form", header("Content-Type", "application/x-www-form-urlencoded"), 415},
		{"plain text, which needs no leave of the browser", header("Content-Type", "text/plain"), 415},
		{"no type", header("Content-Type", ""), 415},
		{"a body whose length a proxy does not tell", func(r *http.Request) { r.ContentLength = -1 }, 200},
		{"a long one", func(r *http.Request) { body(strings.Repeat(" ", 128<<10+1))(r); r.ContentLength = -1 }, 413},
		{"a long body", body(strings.Repeat(" ", 128<<10+1)), 413},
		{"a body that says it is long", func(r *http.Request) { r.ContentLength = 64 << 20 }, 413},
		{"a body cut short", func(r *http.Request) { r.ContentLength = 100 }, 400},
		{"no JSON", body(`{"ask":`), 400},
		{"a list", body(`[]`), 400},
		{"a long word", body(`{"password":"` + strings.Repeat("x", 257) + `"}`), 400},
		{"a drag without points", body(`{"track":[]}`), 400},
		{"a drag that no hand made", body(`{"track":[{"t":5},{"t":1}]}`), 400},
		{"a drag far away", body(`{"track":[{"x":1000000}]}`), 400},
		{"GET", func(r *http.Request) { r.Method = "GET" }, 405},
		{"no such call", func(r *http.Request) { r.URL.Path = "/form/api/logout" }, 404},
		{"outside of the page", func(r *http.Request) { r.URL.Path = "/api/submit" }, 404},
		{"our own origin behind a proxy that changes the host", func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://bot.example.edu")
			r.Host = "127.0.0.1:8444"
		}, 200},
		{"a browser that says nothing of where it is", func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(s.desk.done())
			w := s.post("submit", ticket, object{"ask": "p1"}, tt.change)
			if w.Code != tt.status {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, tt.status)
			}
			if got := len(s.desk.done()) - before; got > 0 != (tt.status == 200) {
				t.Errorf("%d calls reached the chat", got)
			}
		})
	}
}

// TestFailure: what goes wrong behind the page is logged, not told.
func TestFailure(t *testing.T) {
	s := newStage(t)
	ticket := s.start(1001, attempt)
	s.desk.fail = errors.New("disk on fire")
	for _, name := range []string{"view", "open", "refresh", "submit"} {
		s.refused(s.post(name, ticket, object{"password": "Canary#Pass"}), 500, "failed")
	}
	if log := s.log.String(); !strings.Contains(log, "disk on fire") || strings.Contains(log, "Canary") || strings.Contains(log, ticket) {
		t.Errorf("logged\n%s", log)
	}
}

// TestBeforeTheBotServes: the page is there, and waits.
func TestBeforeTheBotServes(t *testing.T) {
	s := newStage(t)
	var err error
	if s.app, err = miniapp.New(miniapp.Config{Token: token, URL: site, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	data := object{"initData": initData(token, 1001, time.Now(), "early"), "attempt": attempt}
	s.refused(s.post("start", "", data), 503, "soon")
	s.app.Enter(s.desk)
	if w := s.post("start", "", data); w.Code != 200 {
		t.Errorf("then: got %d", w.Code)
	}
}

func TestSchools(t *testing.T) {
	s := newStage(t)
	ticket := s.start(1001, attempt)
	for query, want := range map[string]string{
		"":   `[{"id":"donghu","name":"东湖示范大学"},{"id":"xishan","name":"西山师范学院"}]`,
		"师范": `[{"id":"xishan","name":"西山师范学院"}]`,
		"无":  `[]`,
	} {
		if got := strings.TrimSpace(s.post("schools", ticket, object{"query": query}).Body.String()); got != want {
			t.Errorf("%q: got %s, want %s", query, got, want)
		}
	}
}
