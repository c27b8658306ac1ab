package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/store/seal"
)

// TestSignals ends the program while a login waits for a school that does not
// answer: the worst moment, as that job is given time to end.
func TestSignals(t *testing.T) {
	tests := []struct {
		name    string
		signals int
		code    int
		said    string
	}{
		{"one drains", 1, exitOK, "msg=ended"},
		{"two end at once", 2, exitFailure, "jwxtbot: second signal, ending at once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			telegram := emulator.New(emulator.Options{Token: testToken})
			asked := make(chan struct{})
			cmd, out := stalledBot(t, telegram, asked)
			for _, text := range []string{"/login", "2022000001", "Demo@2022"} {
				if _, err := telegram.SendText(1001, 1001, text); err != nil {
					t.Fatal(err)
				}
			}
			select {
			case <-asked:
			case <-time.After(20 * time.Second):
				t.Fatalf("the bot never asked the school\n%s", out.text())
			}
			// The kernel merges equal signals that nobody has taken yet.
			for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt}[:tt.signals] {
				if err := cmd.Process.Signal(sig); err != nil {
					t.Fatal(err)
				}
			}
			late := time.AfterFunc(10*time.Second, func() {
				t.Errorf("still running after 10 s\n%s", out.text())
				_ = cmd.Process.Kill()
			})
			defer late.Stop()
			_ = cmd.Wait() // its exit code is looked at below
			if got := cmd.ProcessState.ExitCode(); got != tt.code {
				t.Errorf("exit code: got %d, want %d", got, tt.code)
			}
			if got := out.text(); !strings.Contains(got, tt.said) {
				t.Errorf("got %q, want it to say %q", got, tt.said)
			}
		})
	}
}

// stalledBot starts the program with one school that never answers; asked is
// closed when it is first asked.
func stalledBot(t *testing.T, telegram http.Handler, asked chan struct{}) (*exec.Cmd, *watched) {
	t.Helper()
	var once sync.Once
	school := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done()
	}))
	t.Cleanup(school.Close)
	api := httptest.NewServer(telegram)
	t.Cleanup(api.Close)
	dir := t.TempDir()
	if err := seal.Generate(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(dir, api.URL, school.URL); err != nil {
		t.Fatal(err)
	}
	var out watched
	cmd := exec.Command("jwxtbot", "run", "--config", filepath.Join(dir, "bot.toml"))
	cmd.Env = append(os.Environ(), "JWXTBOT_TOKEN="+testToken)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, &out
}
