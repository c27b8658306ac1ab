package main

import (
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

// proxy is the reverse proxy in front of the bot: it ends TLS and hands
// requests on to where the bot listens.
type proxy struct{ to string }

func (p proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", p.to
	return http.DefaultTransport.RoundTrip(r)
}

// TestRunWithWebhook: a person who writes while the bot is down is answered
// once it runs, and again after a restart, with every update brought and none
// asked for. Strangers get nothing.
func TestRunWithWebhook(t *testing.T) {
	listen := freeAddress()
	telegram := emulator.New(emulator.Options{Token: testToken, Deliver: proxy{listen}})
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
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	hook := "[telegram]\nwebhook = 'https://bot.example.edu/telegram'\nlisten = '" + listen + "'\n"
	if err := os.WriteFile(config, []byte(strings.Replace(string(text), "[telegram]\n", hook, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := len(telegram.Messages(1001))
		if _, err := telegram.SendText(1001, 1001, "/help"); err != nil {
			t.Fatal(err)
		}
		var out watched
		cmd := exec.Command("jwxtbot", "run", "--config", config)
		cmd.Env = append(os.Environ(), "JWXTBOT_TOKEN="+testToken)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for late := time.Now().Add(20 * time.Second); len(telegram.Messages(1001)) < before+2; {
			if time.Now().After(late) {
				_ = cmd.Process.Kill()
				t.Fatalf("no answer\n%s", out.text())
			}
			time.Sleep(10 * time.Millisecond)
		}
		for path, want := range map[string]int{"/telegram": 401, "/": 404, "/telegram/x": 404} {
			res, err := http.Post("http://"+listen+path, "application/json", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("a stranger's POST to %s: got %d, want %d", path, res.StatusCode, want)
			}
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v\n%s", err, out.text())
		}
	}
	for _, c := range telegram.Calls() {
		if c.Method == "getUpdates" || c.Method == "deleteWebhook" {
			t.Errorf("the bot called %s", c.Method)
		}
	}
	if problems := telegram.Problems(); len(problems) > 0 {
		t.Errorf("the emulator complains: %q", problems)
	}
}
