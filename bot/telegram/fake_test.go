package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

const token = "123456:canary-Token_of-the-tests"

func TestMain(m *testing.M) {
	serveBenchmark() // does not return in the benchmark's server process
	// The poller of the library, in the benchmark only, cannot be ended at once.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/go-telegram-bot-api/telegram-bot-api/v5.(*BotAPI).GetUpdatesChan.func1"))
}

// call is one call as it reached the server.
type call struct {
	Method string
	Params map[string]string
	Files  map[string]upload
	Length int64 // the Content-Length, -1 for none
	At     time.Time
}

type upload struct {
	Name string
	Data []byte
}

// fake is a Bot API server that does what a test says, over connections in
// memory, so that it also works in a synctest bubble.
type fake struct {
	t      *testing.T
	answer func(http.ResponseWriter, *http.Request, call)
	// failHello answers getMe and returns true, or leaves it alone.
	failHello func(http.ResponseWriter) bool

	conns chan net.Conn
	done  chan struct{}
	log   safeBuffer

	mu    sync.Mutex
	calls []call
}

// serve starts a fake and a Bot that talks to it. Everything but getMe, which
// is answered with thisbot, goes to answer.
func serve(t *testing.T, answer func(http.ResponseWriter, *http.Request, call)) (*fake, *telegram.Bot) {
	t.Helper()
	return serveWith(t, telegram.Config{}, answer)
}

// serveWith is serve with more in the Bot's configuration.
func serveWith(t *testing.T, c telegram.Config, answer func(http.ResponseWriter, *http.Request, call)) (*fake, *telegram.Bot) {
	t.Helper()
	f := &fake{t: t, answer: answer, conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: f}
	go server.Serve(f)
	c.Token, c.Endpoint, c.DialContext = token, "http://telegram.test/bot%s/%s", f.dial
	c.Log = slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	bot, err := telegram.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		bot.Close()
		server.Close()
		if got := f.log.String(); strings.Contains(got, token) {
			t.Errorf("the token is in the log:\n%s", got)
		}
	})
	return f, bot
}

func (f *fake) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case f.conns <- theirs:
		return ours, nil
	case <-f.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept, Close and Addr make the fake a net.Listener.
func (f *fake) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.done:
		return nil, net.ErrClosed
	}
}

func (f *fake) Close() error   { close(f.done); return nil }
func (f *fake) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/bot"+token+"/") {
		f.t.Errorf("got a request for %s", r.URL.Path)
	}
	c := readCall(r)
	f.mu.Lock()
	f.calls = append(f.calls, c)
	f.mu.Unlock()
	if c.Method == "getMe" {
		if f.failHello != nil && f.failHello(w) {
			return
		}
		ok(w, `{"id":123456,"is_bot":true,"first_name":"Bot","username":"thisbot"}`)
		return
	}
	f.answer(w, r, c)
}

func readCall(r *http.Request) call {
	c := call{Method: path.Base(r.URL.Path), Params: map[string]string{}, Files: map[string]upload{}, Length: r.ContentLength, At: time.Now()}
	r.ParseMultipartForm(1 << 20)
	for k := range r.Form {
		c.Params[k] = r.Form.Get(k)
	}
	if r.MultipartForm != nil {
		for field, headers := range r.MultipartForm.File {
			file, err := headers[0].Open()
			if err != nil {
				panic(err)
			}
			data, _ := io.ReadAll(file)
			c.Files[field] = upload{headers[0].Filename, data}
		}
	}
	return c
}

// made lists the calls of a method, or of all methods but getMe.
func (f *fake) made(method string) []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.calls), func(c call) bool {
		return method == "" && c.Method == "getMe" || method != "" && c.Method != method
	})
}

// methods lists the methods called, in order, without getMe.
func (f *fake) methods() string {
	var names []string
	for _, c := range f.made("") {
		names = append(names, c.Method)
	}
	return strings.Join(names, " ")
}

func ok(w http.ResponseWriter, result string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"ok":true,"result":%s}`, result)
}

// refuse answers with an error; more is added to the envelope.
func refuse(w http.ResponseWriter, code int, description string, more map[string]int) {
	e := map[string]any{"ok": false, "error_code": code, "description": description}
	if more != nil {
		e["parameters"] = maps.Clone(more)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(e)
}

// always answers every call alike.
func always(f func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request, call) {
	return func(w http.ResponseWriter, _ *http.Request, _ call) { f(w) }
}

// hang never answers.
func hang(_ http.ResponseWriter, r *http.Request, _ call) { <-r.Context().Done() }

// polls answers getUpdates with one batch after the other and then holds the
// poll; other calls are answered with a message of id 900.
func polls(batches ...string) func(http.ResponseWriter, *http.Request, call) {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, c call) {
		if c.Method != "getUpdates" {
			ok(w, `{"message_id":900}`)
			return
		}
		if c.Params["timeout"] == "0" {
			ok(w, `[]`)
			return
		}
		mu.Lock()
		var batch string
		if len(batches) > 0 {
			batch, batches = batches[0], batches[1:]
		}
		mu.Unlock()
		if batch == "" {
			hang(w, r, c)
			return
		}
		ok(w, "["+batch+"]")
	}
}

// said is an update: user 7 wrote text in a chat.
func said(id int, chat int64, text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1700000000,"from":{"id":7,"language_code":"zh-hans"},"chat":{"id":%d,"type":"private"},"text":%s}}`,
		id, id*10, chat, quoted)
}

// startPoll polls until stop is called; stop returns what Poll returned.
func startPoll(t *testing.T, bot *telegram.Bot, handle func(context.Context, msg.Update) error) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- bot.Poll(ctx, handle) }()
	return func() error {
		cancel()
		return <-result
	}
}

// collector is a Handler that keeps what it gets.
type collector struct {
	mu  sync.Mutex
	got []msg.Update
}

func (c *collector) take(_ context.Context, u msg.Update) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, u)
	return nil
}

// sorted is what was taken, by id.
func (c *collector) sorted() []msg.Update {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.SortedFunc(slices.Values(c.got), func(a, b msg.Update) int { return a.ID - b.ID })
}

func (c *collector) ids() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []int
	for _, u := range c.got {
		ids = append(ids, u.ID)
	}
	return ids
}

// safeBuffer is a bytes.Buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
