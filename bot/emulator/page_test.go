package emulator_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image/color"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

// event is one event of the page's stream.
type event struct {
	id   string
	data struct {
		World    *struct{ People []emulator.User }
		Menus    map[string][]emulator.Command
		Messages []struct {
			ID              int
			Text            string
			Edited, Deleted bool
			Photo           *struct{ URL string }
			ReplyTo         int `json:"reply_to"`
			Force           bool
			Prompt          string
			Buttons         [][]emulator.Button
		}
		Actions []struct{ Action string }
		Answers []struct {
			ID, Text string
			Alert    bool
		}
	}
}

// stream opens the page's events; next gives one after the other.
func (b *bot) stream(lastID string) (next func() event) {
	b.t.Helper()
	r, _ := http.NewRequest("GET", b.base+"/_emu/events", nil)
	r.Header.Set("Last-Event-ID", lastID)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return func() event {
		b.t.Helper()
		var e event
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case field == "id":
				e.id = value
			case field == "data":
				if err := json.Unmarshal([]byte(value), &e.data); err != nil {
					b.t.Fatal(err)
				}
			case field == "" && e.id != "":
				return e
			}
		}
		b.t.Fatal("the stream ended")
		return e
	}
}

func TestEventsTellEveryChange(t *testing.T) {
	b := newBot(t, emulator.Options{})
	next := b.stream("")
	if e := next(); e.data.World == nil || len(e.data.World.People) != 2 {
		t.Fatalf("first event: got %+v, want the world", e)
	}
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "one", "reply_markup", keyboard))
	if e := next(); len(e.data.Messages) != 1 || e.data.Messages[0].Text != "one" || e.data.World != nil || e.data.Messages[0].Buttons[0][0].Data != "again" {
		t.Errorf("sent: got %+v", e)
	}
	b.must(b.form("editMessageText", "chat_id", "1001", "message_id", "1", "text", "two", "reply_markup", keyboard))
	e := next()
	if m := e.data.Messages; len(m) != 1 || m[0].Text != "two" || !m[0].Edited {
		t.Errorf("edited: got %+v", e)
	}
	b.form("sendChatAction", "chat_id", "1001", "action", "typing")
	if e := next(); len(e.data.Actions) != 1 || e.data.Actions[0].Action != "typing" {
		t.Errorf("action: got %+v", e)
	}
	id, _ := b.Tap(student, student, 1, "again")
	next()
	b.form("answerCallbackQuery", "callback_query_id", id, "text", "好")
	if e := next(); len(e.data.Answers) != 1 || e.data.Answers[0].ID != id || e.data.Answers[0].Text != "好" {
		t.Errorf("answer: got %+v", e)
	}
	b.form("setMyCommands", "commands", `[{"command":"grades","description":"成绩"}]`)
	if e := next(); e.data.Menus["1001/1001"][0].Command != "grades" {
		t.Errorf("menu: got %+v", e)
	}
	b.form("deleteMessage", "chat_id", "1001", "message_id", "1")
	if e := next(); len(e.data.Messages) != 1 || !e.data.Messages[0].Deleted || e.data.Messages[0].Text != "" {
		t.Errorf("deleted: got %+v", e)
	}
}

func TestEventsResume(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.SendText(student, student, "one")
	first := b.stream("")()
	b.SendText(student, student, "two")
	if e := b.stream(first.id)(); e.data.World != nil || len(e.data.Messages) != 1 || e.data.Messages[0].Text != "two" {
		t.Errorf("after a break: got %+v, want only the second message", e)
	}
	if e := b.stream("another-epoch.999")(); e.data.World == nil || len(e.data.Messages) != 2 {
		t.Errorf("after a restart: got %+v, want everything", e)
	}
}

// act posts to the page's API.
func (b *bot) act(path, body string) (int, map[string]any) {
	b.t.Helper()
	resp, err := http.Post(b.base+"/_emu/"+path, "application/json", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var m map[string]any
	json.NewDecoder(resp.Body).Decode(&m)
	return resp.StatusCode, m
}

func TestPageActs(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", keyboard))
	tests := []struct {
		path, body string
		status     int
		key        string
		want       any
	}{
		{"send", `{"as":1001,"chat":1001,"text":" 你好\n ","reply_to":1}`, 200, "message", 2.0},
		{"send", `{"as":1002,"chat":1001,"text":"x"}`, 400, "error", "emulator: user 1002 is not in chat 1001"},
		{"send", `{"as":1001,"chat":1001,"text":" "}`, 400, "error", "400 Bad Request: message text is empty"},
		{"tap", `{"as":1001,"chat":1001,"message":1,"row":0,"column":0}`, 200, "callback", "1001000001"},
		{"tap", `{"as":1001,"chat":1001,"message":1,"row":0,"column":1}`, 400, "error", "no such button"},
		{"tap", `{"as":1001,"chat":1001,"message":1,"row":3,"column":0}`, 400, "error", "no such button"},
		{"tap", `{"as":1001,"chat":1001,"message":9}`, 400, "error", "no such message"},
		{"open", `{"as":1001,"url":"https://t.me/jwxt_demo_bot?start=x"}`, 200, "message", 3.0},
	}
	for _, tt := range tests {
		if status, got := b.act(tt.path, tt.body); status != tt.status || got[tt.key] != tt.want {
			t.Errorf("%s %s: got %d %v, want %d %v", tt.path, tt.body, status, got, tt.status, tt.want)
		}
	}
	m := b.Messages(student)
	if diff := cmp.Diff([]any{"你好", 1, "/start x"}, []any{m[1].Text, m[1].ReplyTo, m[2].Text}); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

func TestPageUploadsAndShowsPictures(t *testing.T) {
	b := newBot(t, emulator.Options{})
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("as", "1001")
	w.WriteField("chat", "1001")
	w.WriteField("caption", "看")
	f, _ := w.CreateFormFile("photo", "a.png")
	want := picture(20, 20, color.White)
	f.Write(want)
	w.Close()
	resp, err := http.Post(b.base+"/_emu/upload", w.FormDataContentType(), &body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("upload: %v %v", resp, err)
	}
	resp.Body.Close()
	m := b.stream("")().data.Messages[0]
	resp, err = http.Get(b.base + m.Photo.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, _ := io.ReadAll(resp.Body)
	if !bytes.Equal(got, want) || resp.Header.Get("Content-Type") != "image/png" || m.Text != "看" {
		t.Errorf("got %d bytes of %s, caption %q", len(got), resp.Header.Get("Content-Type"), m.Text)
	}
	if u := b.updates()[0]["message"].(map[string]any); u["caption"] != "看" || u["photo"] == nil {
		t.Errorf("update: got %v", u)
	}
}

func TestOtherOriginsMayNotAct(t *testing.T) {
	b := newBot(t, emulator.Options{})
	r, _ := http.NewRequest("POST", b.base+"/_emu/send", strings.NewReader(`{"as":1001,"chat":1001,"text":"x"}`))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 403 || len(b.Messages(student)) != 0 {
		t.Errorf("got %d and %d messages, want 403 and none", resp.StatusCode, len(b.Messages(student)))
	}
}

// Whatever the page loads must be there, and nothing may come from elsewhere.
func TestPageIsComplete(t *testing.T) {
	b := newBot(t, emulator.Options{})
	get := func(path string) string {
		resp, err := http.Get(b.base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: status %d, policy %q", path, resp.StatusCode, resp.Header.Get("Content-Security-Policy"))
		}
		return string(raw)
	}
	todo, seen := []string{"/"}, map[string]bool{}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		for _, word := range strings.FieldsFunc(get(path), func(r rune) bool { return strings.ContainsRune(`"'() `, r) }) {
			switch {
			case strings.HasPrefix(word, "/page/"):
				todo = append(todo, word)
			case strings.HasPrefix(word, "./") && strings.HasSuffix(word, ".js"):
				todo = append(todo, "/page/"+word[2:])
			case (strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://")) && !strings.Contains(word, "www.w3.org"):
				t.Errorf("%s names %s", path, word)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d files found: the test looks for the wrong thing", len(seen))
	}
}
