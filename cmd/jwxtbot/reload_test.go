package main

import (
	"context"
	"log/slog"
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
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store/seal"
)

// lines are those of a log.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// folder writes the files of a configuration with schools and notice boards.
func folder(t *testing.T) (dir string, write func(name, text string)) {
	dir = t.TempDir()
	write = func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bot.toml", "sources = 'boards.toml'\n[boards]\ncontact = 'mailto:a@b.example'\n")
	write("schools.toml", describe("a"))
	write("boards.toml", source)
	return dir, write
}

const source = "[[source]]\nid = 'a'\nname = '甲'\nurl = 'https://jwc.example.edu.cn/'\n"

// describe are schools of these ids.
func describe(ids ...string) (text string) {
	for _, id := range ids {
		text += "[[school]]\nid = '" + id + "'\nname = '大学" + id + "'\nvendor = 'qiangzhi'\nurl = 'http://" + id + ".example'\n"
	}
	return text
}

// TestReload: told to, the files are read again; what has a mistake stays as it
// was, and the log says every one.
func TestReload(t *testing.T) {
	dir, write := folder(t)
	c, err := config.Load(filepath.Join(dir, "bot.toml"), known())
	if err != nil {
		t.Fatal(err)
	}
	schools, err := openCatalog(c.Schools)
	if err != nil {
		t.Fatal(err)
	}
	log, again, fresh, ended := make(lines, 8), make(chan os.Signal), make(chan []bulletin.Source), make(chan bool)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		reload{c, schools, fresh, slog.New(slog.NewTextHandler(log, nil))}.run(ctx, again)
		close(ended)
	}()
	said := func(parts ...string) {
		t.Helper()
		for _, part := range parts {
			if got := <-log; !strings.Contains(got, part) {
				t.Errorf("the log says %s, want %s", got, part)
			}
		}
	}
	write("schools.toml", describe("a", "b")+"nam = 1\nzone = 'x'\n")
	write("boards.toml", source+"nam = 1\n")
	again <- syscall.SIGHUP
	if got := <-fresh; len(got) != 1 || schools.Len() != 1 {
		t.Errorf("after mistakes: %+v, %d schools", got, schools.Len())
	}
	said("boards.toml:5", "schools.toml:11", "schools.toml:12", "added=[]")

	write("schools.toml", describe("b", "c"))
	write("boards.toml", source+strings.Replace(source, "'a'", "'b'", 1))
	again <- syscall.SIGHUP
	if got := <-fresh; len(got) != 2 || strings.Join(schools.IDs(), " ") != "b c" {
		t.Errorf("got %+v and the schools %v", got, schools.IDs())
	}
	said(`added="[b c]" changed=[] removed=[a]`)

	again <- syscall.SIGHUP
	cancel() // nobody takes what was read
	<-ended
}

// TestReloadDropsNobody has the program read its schools again while a login at one
// of them waits for an answer: that goes on, and the new school is there.
func TestReloadDropsNobody(t *testing.T) {
	telegram := emulator.New(emulator.Options{Token: testToken})
	api := httptest.NewServer(telegram)
	t.Cleanup(api.Close)
	school, asked, goOn := campus.New(campus.Demo()[0]), make(chan struct{}), make(chan struct{})
	var once sync.Once
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked); <-goOn })
		school.ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	dir := t.TempDir()
	if err := seal.Generate(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	if err := writeFiles(dir, api.URL, slow.URL); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "schools.toml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out watched
	cmd := exec.Command("jwxtbot", "run", "--config", filepath.Join(dir, "bot.toml"))
	cmd.Env = append(os.Environ(), "JWXTBOT_TOKEN="+testToken)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for _, text := range []string{"/login", school.Accounts()[0].Number, school.Accounts()[0].Password} {
		if _, err := telegram.SendText(1001, 1001, text); err != nil {
			t.Fatal(err)
		}
	}
	await(t, &out, "the school was asked", func() bool {
		select {
		case <-asked:
			return true
		default:
			return false
		}
	})
	hangUp := func(text, said string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		await(t, &out, said, func() bool { return strings.Contains(out.text(), said) })
	}
	hangUp(string(before)+describe("b")+"nam = 1\n", `schools.toml:11: unknown key`)
	hangUp(string(before)+describe("b"), "added=[b]")
	close(goOn)
	await(t, &out, "the picture came", func() bool {
		for _, m := range telegram.Messages(1001) {
			if m.Bot && m.Photo != nil {
				return true
			}
		}
		return false
	})
}

// await waits for something that must happen soon.
func await(t *testing.T, out *watched, what string, happened func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s\n%s", what, out.text())
		}
	}
}
