package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// live is a stage on which the real program runs as a process of its own:
// Telegram and the schools listen on loopback, and all that the program and
// they say to each other passes a wire.
type live struct {
	tb       testing.TB
	telegram *emulator.Server
	schools  []*campus.School
	wire     *wire
	log      *Log // what all runs of the program wrote to stderr

	program, config string
	api, key, db    string
	settings        string // that begin the program's configuration
	runs            int
}

// newLive sets the stage; the test's end clears it. Nothing runs yet.
func newLive(tb testing.TB, people emulator.Options, profiles []campus.Profile) *live {
	tb.Helper()
	dir := tb.TempDir()
	people.Token = token
	l := &live{
		tb: tb, telegram: emulator.New(people), wire: &wire{}, log: &Log{}, program: program(tb),
		config: filepath.Join(dir, "jwxtbot.toml"), key: filepath.Join(dir, "key"),
		db: filepath.Join(dir, "data", "jwxtbot.db"),
	}
	l.api = l.listen(l.wire.telegram(l.telegram))
	var list strings.Builder
	for _, p := range profiles {
		s := campus.New(p)
		l.schools = append(l.schools, s)
		describe(&list, p, l.listen(l.wire.school(s)))
	}
	l.write("schools.toml", list.String())
	if out, err := exec.Command(l.program, "keygen", l.key).CombinedOutput(); err != nil {
		tb.Fatalf("keygen: %v\n%s", err, out)
	}
	return l
}

// describe writes the [[school]] of a simulated school.
func describe(out *strings.Builder, p campus.Profile, url string) {
	fmt.Fprintf(out, "[[school]]\nid = %q\nname = %q\nvendor = %q\nurl = %q\n[school.options]\n", p.ID, p.Name, p.System.Vendor(), url)
	for k, v := range p.System.Options() {
		fmt.Fprintf(out, "%s = %q\n", k, v)
	}
}

func (l *live) write(name, text string) {
	l.tb.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(l.config), name), []byte(text), 0o600); err != nil {
		l.tb.Fatal(err)
	}
}

// listen serves a handler on loopback until the test ends.
func (l *live) listen(h http.Handler) (url string) {
	l.tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.tb.Fatal(err)
	}
	server := &http.Server{Handler: h}
	var done sync.WaitGroup
	done.Go(func() { server.Serve(listener) })
	l.tb.Cleanup(func() {
		l.telegram.Close()
		server.Close()
		done.Wait()
	})
	return "http://" + listener.Addr().String()
}

// process is one run of the program.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	err   error // of the end
}

const mainFile = `[telegram]
endpoint = "%s/%d"
rate = 100000
[data]
dir = "data"
key_file = "key"
[log]
format = "json"
`

// start starts the program. It does not wait until it serves. Each run has an
// address of its own for Telegram, because requests can outlive it.
func (l *live) start() *process {
	l.tb.Helper()
	l.runs++
	l.write("jwxtbot.toml", l.settings+fmt.Sprintf(mainFile, l.api, l.runs))
	p := &process{cmd: exec.Command(l.program, "run", "--config", l.config), ended: make(chan struct{})}
	p.cmd.Env = []string{"JWXTBOT_TOKEN=" + token, "PATH=" + os.Getenv("PATH")}
	l.launch(p)
	return p
}

// launch starts a process that the test's end kills.
func (l *live) launch(p *process) {
	l.tb.Helper()
	p.cmd.Stderr = l.log
	if err := p.cmd.Start(); err != nil {
		l.tb.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	l.tb.Cleanup(p.kill)
}

// dies runs the program until it runs into a trap, or is at its limit, and kills
// it there. A trap of nil is none. The caller may note the moment.
func (l *live) dies(t *trap, limit time.Duration, dying func()) {
	dead, started := make(chan struct{}), make(chan struct{})
	var p *process
	var once sync.Once
	kill := func() {
		<-started
		once.Do(func() {
			dying()
			p.kill()
			close(dead)
		})
		<-dead
	}
	if t != nil {
		t.spring = kill
	}
	l.wire.set(t)
	p = l.start()
	close(started)
	select {
	case <-dead:
	case <-p.ended:
	case <-time.After(limit):
	}
	kill()
	l.wire.set(nil)
}

// kill ends the program as kill -9 does; when it returns the program is gone.
func (p *process) kill() {
	p.cmd.Process.Kill()
	<-p.ended
}

// terminate ends the program as a service manager does.
func (p *process) terminate() error {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return p.err
	case <-time.After(10 * time.Second):
		p.kill()
		return context.DeadlineExceeded
	}
}
