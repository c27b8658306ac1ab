package emulator_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/bot/emulator"
)

// student, other and class are the chats of the default world.
const (
	student = int64(1001)
	other   = int64(1002)
	class   = int64(-1001000000001)
)

// reply is the envelope of an answer, with the HTTP status.
type reply struct {
	HTTP        int
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// bot is a plain HTTP client of an emulator.
type bot struct {
	*emulator.Server
	t    testing.TB
	base string
}

func newBot(t testing.TB, o emulator.Options) *bot {
	t.Helper()
	s := emulator.New(o)
	hs := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); hs.Close() })
	return &bot{s, t, hs.URL}
}

func (b *bot) url(method string) string { return b.base + "/bot" + b.Token() + "/" + method }

// form calls a method with parameters given as name, value, name, value.
func (b *bot) form(method string, pairs ...string) reply {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	resp, err := http.PostForm(b.url(method), v)
	return b.read(resp, err)
}

func (b *bot) read(resp *http.Response, err error) reply {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	r := reply{HTTP: resp.StatusCode}
	if err := json.Unmarshal(raw, &r); err != nil {
		b.t.Fatalf("answer %q: %v", raw, err)
	}
	return r
}

// upload calls a method with files by part name.
func (b *bot) upload(method string, files map[string][]byte, pairs ...string) reply {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		w.WriteField(pairs[i], pairs[i+1])
	}
	for part, data := range files {
		f, _ := w.CreateFormFile(part, part+".png")
		f.Write(data)
	}
	w.Close()
	resp, err := http.Post(b.url(method), w.FormDataContentType(), &body)
	return b.read(resp, err)
}

// must gives the result as a loose map, and fails the test on a refusal.
func (b *bot) must(r reply) map[string]any {
	b.t.Helper()
	if !r.OK {
		b.t.Fatalf("refused: %d %s", r.ErrorCode, r.Description)
	}
	var m map[string]any
	json.Unmarshal(r.Result, &m)
	return m
}

// refused fails the test unless r is this error.
func (b *bot) refused(r reply, code int, contains string) {
	b.t.Helper()
	if r.OK || r.HTTP != code || r.ErrorCode != code || !strings.Contains(r.Description, contains) {
		b.t.Errorf("got HTTP %d, ok %v, %d %q; want %d … %q", r.HTTP, r.OK, r.ErrorCode, r.Description, code, contains)
	}
}

// updates asks for updates without waiting.
func (b *bot) updates(pairs ...string) []map[string]any {
	b.t.Helper()
	r := b.form("getUpdates", pairs...)
	if !r.OK {
		b.t.Fatalf("getUpdates: %s", r.Description)
	}
	var out []map[string]any
	json.Unmarshal(r.Result, &out)
	return out
}

func picture(w, h int, c color.Color) []byte {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

// direct calls a method without a network.
func (b *bot) direct(method, query string) reply {
	b.t.Helper()
	r := httptest.NewRequest("POST", b.url(method), strings.NewReader(query))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return b.read(w.Result(), nil)
}
