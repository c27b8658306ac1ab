package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// wire stands between the program and the world. It notes the calls to
// Telegram, and springs a trap at a chosen moment of a chosen request.
type wire struct {
	mu    sync.Mutex
	clock int // counts beginnings and ends
	calls []call
	acts  map[int64][]int // when people did something, by chat
	trap  *trap
	news  func(call) // told of each call when it is done; nil: nobody
}

// call is a call of the program to Telegram. It took effect somewhere between
// its beginning and its end on the wire's clock.
type call struct {
	run        int // of the program, from 1
	begin, end int
	method     string
	chat       int64
	what       string // identifies the call: equal calls have equal ones
	text       string // or the caption
	ok         bool
}

// moment is a point in the life of a request.
type moment int

const (
	asked    moment = iota // the request has come, nothing was done
	done                   // the world has changed, the program does not know
	answered               // the program has the answer, or is about to
	moments
)

// trap waits for the n-th request of a side, at a moment of it.
type trap struct {
	schools bool // of a school, otherwise of Telegram
	at      moment
	n       int
	after   time.Duration
	lost    bool // the request is lost on its way
	spring  func()
}

func (w *wire) set(t *trap) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap = t
}

// pass lets a request go on, unless it runs into the trap.
func (w *wire) pass(schools bool, at moment) {
	w.mu.Lock()
	t := w.trap
	if t == nil || t.schools != schools || t.at != at {
		w.mu.Unlock()
		return
	}
	if t.n--; t.n > 0 {
		w.mu.Unlock()
		return
	}
	w.trap = nil
	w.mu.Unlock()
	time.Sleep(t.after)
	t.spring()
	if t.lost {
		panic(http.ErrAbortHandler)
	}
}

// acted notes that a person does something in a chat.
func (w *wire) acted(chat int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	if w.acts == nil {
		w.acts = map[int64][]int{}
	}
	w.acts[chat] = append(w.acts[chat], w.clock)
}

// between reports whether anybody can have acted in a chat between two calls.
func (w *wire) between(chat int64, a, b call) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.acts[chat], func(at int) bool {
		return min(a.begin, b.begin) < at && at < max(a.end, b.end)
	})
}

// tell has f called with each call when it is done.
func (w *wire) tell(f func(call)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.news = f
}

func (w *wire) opens(c *call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	c.begin = w.clock
}

func (w *wire) closes(c *call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock++
	c.end = w.clock
	w.calls = append(w.calls, *c)
	if w.news != nil {
		w.news(*c)
	}
}

// all are the calls in the order of their ends.
func (w *wire) all() []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// sends reports whether the call makes a new message.
func (c call) sends() bool {
	return strings.HasPrefix(c.method, "send") && c.method != "sendChatAction"
}

// telegram wraps the Bot API, with the number of the run before the path.
func (w *wire) telegram(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		run, rest, _ := strings.Cut(r.URL.Path[1:], "/")
		r.URL.Path = "/" + rest
		c := call{method: path.Base(rest)}
		c.run, _ = strconv.Atoi(run)
		w.opens(&c)
		c.read(r.Header.Get("Content-Type"), body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		polls := c.method == "getUpdates"
		if !polls {
			w.pass(false, asked)
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		c.ok = rec.Code == http.StatusOK
		if !polls {
			w.closes(&c)
		}
		// A poll that brought nothing is no moment of interest.
		w.finish(out, rec, false, polls && rec.Body.Len() < len(`{"ok":true,"result":[{}]}`))
	})
}

// school wraps a school.
func (w *wire) school(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.pass(true, asked)
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		w.finish(out, rec, true, false)
	})
}

// finish answers.
func (w *wire) finish(out http.ResponseWriter, rec *httptest.ResponseRecorder, schools, dull bool) {
	if !dull {
		w.pass(schools, done)
	}
	maps.Copy(out.Header(), rec.Header())
	out.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()))
	out.WriteHeader(rec.Code)
	out.Write(rec.Body.Bytes())
	if !dull {
		http.NewResponseController(out).Flush()
		w.pass(schools, answered)
	}
}

// read takes a call apart.
func (c *call) read(contentType string, body []byte) {
	fields := map[string]string{}
	kind, params, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for {
			part, err := parts.NextPart()
			if err != nil {
				break
			}
			value, _ := io.ReadAll(part)
			if part.FileName() != "" {
				value = fmt.Appendf(nil, "%x", sha256.Sum256(value))
			}
			fields[part.FormName()] = string(value)
		}
	case "application/json":
		var values map[string]any
		json.Unmarshal(body, &values)
		for k, v := range values {
			fields[k] = fmt.Sprint(v)
		}
	default:
		form, _ := url.ParseQuery(string(body))
		for k := range form {
			fields[k] = form.Get(k)
		}
	}
	c.chat, _ = strconv.ParseInt(fields["chat_id"], 10, 64)
	c.text = fields["text"] + fields["caption"]
	c.what = c.method
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		c.what += "\x00" + k + "=" + fields[k]
	}
}
