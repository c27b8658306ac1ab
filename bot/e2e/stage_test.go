package e2e

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store"
	"jwxtbot/store/seal"
)

// This file holds what several stories need.

// story runs a story in simulated time.
func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

// settles lets everything happen that was set going: a few seconds for retries,
// then until nobody has anything to do.
func settles() {
	time.Sleep(3 * time.Second)
	synctest.Wait()
}

// down lets time pass while the program is not running, which is quickly told.
func (w *World) down(d time.Duration) {
	settles()
	w.Stop()
	time.Sleep(d)
	w.Start()
	time.Sleep(2 * time.Minute)
	settles()
}

// plain is the plain school, changed.
func plain(change func(*campus.Profile)) Options {
	p := PlainSchool()
	change(&p)
	return Options{Profiles: []campus.Profile{p}}
}

// qiangzhi is the plain school with other software settings.
func qiangzhi(change func(*campus.Qiangzhi)) Options {
	return plain(func(p *campus.Profile) {
		q := p.System.(campus.Qiangzhi)
		change(&q)
		p.System = q
	})
}

// fails scripts a fault for every request whose path holds path, until cleared.
func fails(p *Person, kind campus.FaultKind, path string) {
	p.TB.Helper()
	if err := p.School().AddFault(campus.Fault{Kind: kind, Path: path, Delay: time.Minute}); err != nil {
		p.TB.Fatal(err)
	}
}

// posts counts the passwords that the schools were sent. A school notes a
// request when it has answered, so it waits for that.
func posts(w *World) int {
	synctest.Wait()
	n := 0
	for _, s := range w.Schools {
		for _, e := range s.Log() {
			if e.Method == "POST" && slices.ContainsFunc(e.Fields, isPassword) {
				n++
			}
		}
	}
	return n
}

// isPassword reports whether a field of this name holds a password: 强智's, or
// a front's.
func isPassword(field string) bool {
	return field == "encoded" || field == "PASSWORD" || field == "password"
}

// requests counts everything that the schools were asked.
func requests(w *World) int {
	synctest.Wait()
	n := 0
	for _, s := range w.Schools {
		n += len(s.Log())
	}
	return n
}

func wantPosts(p *Person, want int) {
	p.TB.Helper()
	if got := posts(p.World); got != want {
		p.TB.Errorf("the school was sent %d passwords, want %d", got, want)
	}
}

// reachesPassword goes as far as the question for the password.
func (p *Person) reachesPassword(number string) {
	p.TB.Helper()
	p.Says("/login")
	p.Sees("请发学号")
	p.Says(number)
	p.Sees("请发密码")
}

// reachesPicture goes as far as the picture.
func (p *Person) reachesPicture(number, password string) emulator.Message {
	p.TB.Helper()
	p.reachesPassword(number)
	p.Says(password)
	return p.SeesPicture(nil)
}

// attempts goes through a login up to the school's verdict.
func (p *Person) attempts(number, password string) {
	p.TB.Helper()
	p.reachesPicture(number, password)
	p.SolvesCaptcha()
}

// seesNot fails if a message that the chat shows holds any of the texts.
func (p *Person) seesNot(texts ...string) {
	p.TB.Helper()
	for _, m := range p.Telegram.Messages(p.ID) {
		for _, text := range texts {
			if strings.Contains(m.Text, text) {
				p.TB.Errorf("the chat shows %q; it is\n%s", text, p.Chat())
			}
		}
	}
}

// isNewWith matches new words of the bot with one of the buttons.
func (p *Person) isNewWith(buttons ...string) func(emulator.Message) bool {
	return func(m emulator.Message) bool {
		return m.Bot && p.isNew(m) && slices.ContainsFunc(buttons, func(b string) bool { return hasButton(m, b) })
	}
}

func (p *Person) showsPicture(m emulator.Message) bool { return m.Bot && m.Photo != nil }

// pictures are the captchas that the chat shows.
func (p *Person) pictures() (out []emulator.Message) {
	for _, m := range p.Telegram.Messages(p.ID) {
		if m.Bot && m.Photo != nil {
			out = append(out, m)
		}
	}
	return out
}

// toast waits for the answer to a tap.
func (p *Person) toast(tap string) emulator.Callback {
	p.TB.Helper()
	settles()
	c, ok := p.Telegram.Callback(tap)
	if !ok || !c.Answered {
		p.TB.Fatalf("the tap was not answered; the chat shows\n%s", p.Chat())
	}
	return c
}

// screen is what the chat shows, one line per message.
func (p *Person) screen() []string {
	var out []string
	for _, m := range p.Telegram.Messages(p.ID) {
		line := "person: "
		if m.Bot {
			line = "bot: "
		}
		line += m.Text
		if m.Photo != nil {
			line += " [picture]"
		}
		out = append(out, line)
	}
	return out
}

// rows lists every row of the database.
func rows(w *World) (out []store.Pair) {
	w.TB.Helper()
	err := w.DB.View(context.Background(), func(tx store.Tx) error {
		for after := ""; ; {
			page, err := tx.Scan("", after, store.MaxRows)
			if err != nil || len(page) == 0 {
				return err
			}
			out = append(out, page...)
			after = page[len(page)-1].Key
		}
	})
	if err != nil {
		w.TB.Fatal(err)
	}
	return out
}

// keys lists the keys of the database that hold all the parts.
func keys(w *World, parts ...string) (out []string) {
	w.TB.Helper()
	for _, row := range rows(w) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(row.Key, part) }) {
			out = append(out, row.Key)
		}
	}
	return out
}

// ring opens what the bot sealed.
func (w *World) ring() *seal.Ring {
	w.TB.Helper()
	ring, err := seal.NewRing(w.key)
	if err != nil {
		w.TB.Fatal(err)
	}
	return ring
}

// stored is the person's state as the database has it; the zero State where
// there is none.
func stored(p *Person) dialogue.State {
	p.TB.Helper()
	type record struct {
		State dialogue.State `json:"state"`
	}
	var rec record
	err := p.DB.View(context.Background(), func(tx store.Tx) (err error) {
		rec, err = store.NewTable[record]("chat/", 1, p.ring()).Get(tx, strconv.FormatInt(p.ID, 10))
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		p.TB.Fatal(err)
	}
	return rec.State
}

// obeysTelegram fails for every call against the documentation.
func obeysTelegram(w *World) {
	w.TB.Helper()
	for _, problem := range w.Telegram.Problems() {
		w.TB.Error("against the Bot API:", problem)
	}
}
