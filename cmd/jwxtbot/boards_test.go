package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"jwxtbot/jwxt/bulletin"
)

// TestReloadBoards: told to, the files are read again; with a mistake in them
// the boards stay as they were, and the log says why.
func TestReloadBoards(t *testing.T) {
	path := filepath.Join(t.TempDir(), "boards.toml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	log := make(lines, 1)
	again, fresh, ended := make(chan os.Signal), make(chan []bulletin.Source), make(chan bool)
	go func() {
		reloadBoards(ctx, path, again, fresh, slog.New(slog.NewTextHandler(log, nil)))
		close(ended)
	}()
	one := "[[source]]\nid = 'a'\nname = '甲'\nurl = 'https://jwc.example.edu.cn/'\n"
	write(one + "nam = 1\n")
	again <- syscall.SIGHUP
	if got := <-log; !strings.Contains(got, "stay as they were") || !strings.Contains(got, "boards.toml:5") {
		t.Errorf("the log says %s", got)
	}
	write(one)
	again <- syscall.SIGHUP
	if got := <-fresh; len(got) != 1 || got[0].ID != "a" {
		t.Errorf("got %+v", got)
	}
	again <- syscall.SIGHUP
	cancel() // nobody takes what was read
	<-ended
}

// lines are those of a log.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}
