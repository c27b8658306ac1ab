package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
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

	"github.com/rogpeppe/go-internal/testscript"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"jwxtbot": main})
}

const testToken = "123456:test-token-canary"

// TestScripts runs the program as its users do. Each script starts in a folder
// with bot.toml, schools.toml and a key, and with $TELEGRAM and $SCHOOL serving.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"append":     appendLine,
			"hold":       hold,
			"spoil":      spoil,
			"substitute": substitute,
			"until":      until,
		},
	})
}

func setup(env *testscript.Env) error {
	telegram := httptest.NewServer(emulator.New(emulator.Options{Token: testToken}))
	env.Defer(telegram.Close)
	profile := campus.Demo()[0]
	school := httptest.NewServer(campus.New(profile))
	env.Defer(school.Close)
	refused := httptest.NewServer(http.HandlerFunc(refuse))
	env.Defer(refused.Close)
	env.Setenv("TELEGRAM", telegram.URL)
	env.Setenv("REFUSING", refused.URL)
	env.Setenv("SCHOOL", school.URL)
	env.Setenv("PORT", school.URL[strings.LastIndex(school.URL, ":")+1:])
	env.Setenv("LISTEN", freeAddress())
	env.Setenv("BUSY", strings.TrimPrefix(school.URL, "http://"))
	env.Setenv("JWXTBOT_TOKEN", testToken)
	env.Setenv("GORACE", "atexit_sleep_ms=0") // a second for each of many starts
	if err := writeFiles(env.WorkDir, telegram.URL, school.URL); err != nil {
		return err
	}
	return seal.Generate(filepath.Join(env.WorkDir, "key"))
}

// freeAddress is one that nobody listens at. Its port is none of those that
// systems give to connections, so nobody takes it before it is used.
func freeAddress() string {
	for {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20000+rand.IntN(10000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
}

// writeFiles writes bot.toml and schools.toml.
func writeFiles(dir, telegram, school string) error {
	files := map[string]string{
		"bot.toml":     "[telegram]\nendpoint = '" + telegram + "'\n[data]\ndir = 'data'\nkey_file = 'key'\n",
		"schools.toml": "[[school]]\nid = 'a'\nname = '甲大学'\nvendor = 'qiangzhi'\nurl = '" + school + "'\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// refuse is Telegram that does not know the token.
func refuse(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error_code": 401, "description": "Unauthorized"})
}

// hold keeps a database open until the script ends: hold FILE.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	db, err := boltstore.Open(path)
	ts.Check(err)
	ts.Defer(func() { db.Close() })
}

// until runs the program in the background until its output matches a text,
// then ends it with SIGTERM and expects exit code 0 within ten seconds:
// until TEXT ARG…
func until(ts *testscript.TestScript, _ bool, args []string) {
	var out watched
	cmd := exec.Command("jwxtbot", args[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), nil
	for _, name := range []string{"PATH", "JWXTBOT_TOKEN", "GORACE", "TMPDIR", "HOME"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	out.await(ts, args[0], ended)
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-ended:
		if err != nil {
			ts.Fatalf("after SIGTERM: %v\n%s", err, out.text())
		}
	case <-time.After(10 * time.Second):
		_ = cmd.Process.Kill()
		ts.Fatalf("still running 10 s after SIGTERM\n%s", out.text())
	}
	if strings.Contains(out.text(), "canary") {
		ts.Fatalf("the output has the token:\n%s", out.text())
	}
	ts.Check(os.WriteFile(ts.MkAbs("output"), []byte(out.text()), 0o600))
}

// watched is output that another goroutine waits for.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *watched) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func (w *watched) await(ts *testscript.TestScript, text string, ended <-chan error) {
	deadline := time.After(30 * time.Second)
	for !strings.Contains(w.text(), text) {
		select {
		case err := <-ended:
			ts.Fatalf("ended before it said %q: %v\n%s", text, err, w.text())
		case <-deadline:
			ts.Fatalf("never said %q\n%s", text, w.text())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// substitute replaces text in a file, with \n for a new line: substitute FILE OLD NEW.
func substitute(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"))), 0o600))
}

// appendLine adds a line to a file: append LINE FILE.
func appendLine(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[1])+args[0]+"\n"), 0o600))
}

// spoil overwrites the middle of a file: spoil FILE.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("no database "), 4096), 0o600))
}

func TestPanicSentence(t *testing.T) {
	tests := []struct {
		name  string
		panic func()
		want  string
	}{
		{"runtime error", func() { var v any; _ = v.(string) }, "interface conversion"},
		{"a value is not shown", func() { panic("password-canary") }, "(string in "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				got := panicSentence(recover())
				if !strings.Contains(got, tt.want) || !strings.Contains(got, "TestPanicSentence") {
					t.Errorf("got %q, want %q and the place", got, tt.want)
				}
				if strings.Contains(got, "canary") {
					t.Errorf("the sentence shows the value: %q", got)
				}
			}()
			tt.panic()
		})
	}
}
