package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/store/seal"
)

// TestRunWithForm: the login page is served below its path and nowhere else, a
// button of the chat leads to it, and a page that waits for news does not hold
// up the program's end.
func TestRunWithForm(t *testing.T) {
	listen := freeAddress()
	telegram := emulator.New(emulator.Options{Token: testToken})
	api := httptest.NewServer(telegram)
	defer api.Close()
	dir := t.TempDir()
	if err := seal.Generate(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(dir, api.URL, "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "bot.toml")
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "[form]\nurl = 'https://bot.example.edu/form'\nlisten = '"+listen+"'\n")
	f.Close()
	var out watched
	cmd := exec.Command("jwxtbot", "run", "--config", config)
	cmd.Env = append(os.Environ(), "JWXTBOT_TOKEN="+testToken)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()

	telegram.SendText(1001, 1001, "/login")
	question, err := telegram.WaitMessage(t.Context(), 1001, func(m emulator.Message) bool { return m.Bot && len(m.Buttons) > 0 })
	if err != nil {
		t.Fatal(err)
	}
	var app string
	for _, row := range question.Buttons {
		for _, b := range row {
			if strings.Contains(b.Text, "网页") {
				app, err = telegram.OpenApp(1001, 1001, question.ID, b.Text, nil)
			}
		}
	}
	if err != nil || !strings.HasPrefix(app, "https://bot.example.edu/form/?a=") {
		t.Fatalf("the button leads to %q, %v\n%s", app, err, out.text())
	}
	for path, want := range map[string]int{"/form/": 200, "/form/form.js": 200, "/": 404, "/api/start": 404, "/form/x": 404} {
		res, err := http.Get("http://" + listen + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, res.StatusCode, want)
		}
	}
	call := func(name, ticket string, body any) (int, map[string]any) {
		raw, _ := json.Marshal(body)
		req, _ := http.NewRequest("POST", "http://"+listen+"/form/api/"+name, bytes.NewReader(raw))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Ticket", ticket)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, nil
		}
		defer res.Body.Close()
		var answer map[string]any
		json.NewDecoder(res.Body).Decode(&answer)
		return res.StatusCode, answer
	}
	data, _ := telegram.InitData(1001)
	code, answer := call("start", "", map[string]string{"initData": data, "attempt": "none"})
	ticket, _ := answer["ticket"].(string)
	if code != 200 || ticket == "" {
		t.Fatalf("got %d %v", code, answer)
	}
	_, view := call("view", ticket, nil)
	if view["stage"] != "over" {
		t.Errorf("an attempt that never was: got %v", view)
	}
	polled := make(chan struct{})
	go func() {
		defer close(polled)
		call("view", ticket, map[string]any{"since": view["version"]})
	}()
	time.Sleep(100 * time.Millisecond) // so that it waits; if not, it is refused, which is as well
	began := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, out.text())
	}
	<-polled
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it ended %v after SIGTERM", took)
	}
	if log := out.text(); strings.Contains(log, "1001") || strings.Contains(log, "login page") {
		t.Errorf("the log tells of the page\n%s", log)
	}
}
