package chat_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/seal"
)

// The stories in bot/e2e show what the shell does; here it is fed with what no
// story tells.

type driver struct{ jwxt.Driver }

type door struct{}

func (door) Forget(context.Context, int64, int) error     { return nil }
func (door) Do(context.Context, msg.Item) (v msg.Verdict) { return v }

// shell is a shell whose outbox and jobs are stored and never run.
func shell(t testing.TB) (*chat.Shell, *memstore.DB) {
	t.Helper()
	db, log := memstore.New(), slog.New(slog.DiscardHandler)
	ring, err := seal.NewRing([]byte(strings.Repeat("k", seal.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	schools, err := catalog.New([]jwxt.School{{ID: "a", Name: "甲大学", Vendor: "v"}, {ID: "b", Name: "乙大学", Vendor: "v"}},
		map[string]jwxt.Driver{"v": driver{}}, func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	vault := work.NewVault(time.Minute)
	t.Cleanup(vault.Close)
	return chat.New(chat.Parts{
		DB: db, Box: ring, Schools: schools, Vault: vault, Door: door{}, Bot: "bot", Log: log,
		Limits: dialogue.DefaultLimits(), Outbox: outbox.New(db, ring, door{}, log),
		Work: work.New(work.Parts{DB: db, Box: ring, Schools: schools, Vault: vault, Log: log}),
	}), db
}

// rows counts the rows under a prefix.
func rows(t testing.TB, db store.DB, prefix string) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		pairs, err := tx.Scan(prefix, "", store.MaxRows)
		n = len(pairs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// FuzzHandle feeds one chat with whatever Telegram or an enemy may bring: every
// update is taken, answered, and taken once.
func FuzzHandle(f *testing.F) {
	f.Add("/login", "school:a", "2020000001", "secret")
	f.Add("/grades x", "note:ab12c:1", "甲", "🙂")
	f.Add("/start a", "erase:0", "draw:", "lang:en")
	f.Add("/start grades", "g:x:99999999999999999999", "more:-1", "d:::")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		s, db := shell(t)
		for i, text := range []string{a, b, c, d, "/cancel"} {
			for tap := range 2 {
				u := msg.Update{ID: 10*i + tap + 1, Chat: 7, ChatKind: msg.Private, User: 7, Message: i + 1, Text: text}
				if tap == 1 {
					u.Callback, u.Data = "q", text
				} else if command, ok := strings.CutPrefix(text, "/"); ok {
					u.Command, u.Args, _ = strings.Cut(command, " ")
				}
				before := rows(t, db, "out/")
				for range 2 {
					if err := s.Handle(t.Context(), u); err != nil {
						t.Fatalf("update %q was not taken: %v", text, err)
					}
				}
				if got := rows(t, db, "out/"); got == before && got < store.MaxRows {
					t.Errorf("update %q got no answer", text)
				}
			}
		}
		if got := rows(t, db, "seen/"); got != 10 {
			t.Errorf("%d updates are noted as seen, want 10", got)
		}
	})
}

// TestGroupsSayNothingPersonal: only commands are answered in a group, and
// nothing is stored about it.
func TestGroupsSayNothingPersonal(t *testing.T) {
	s, db := shell(t)
	for i, u := range []msg.Update{
		{Text: "hello"}, {Command: "unknown", Text: "/unknown"}, {Text: "secret"}, {Media: true},
		{Command: "grades"}, {Command: "login"}, {Command: "help"}, {Callback: "q", Data: "school:a"},
	} {
		u.ID, u.Chat, u.ChatKind, u.User = i+1, -100, msg.Group, 7
		if err := s.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(t, db, "out/"); got != 4 {
		t.Errorf("%d answers in the group, want 4", got)
	}
	if got := rows(t, db, "chat/") + rows(t, db, "job/") + rows(t, db, "view/"); got != 0 {
		t.Errorf("%d rows are stored about the group", got)
	}
}

// TestSweepForgets deletes what was seen, after two days and not before.
func TestSweepForgets(t *testing.T) {
	s, db := shell(t)
	if err := s.Handle(t.Context(), msg.Update{ID: 1, Chat: 7, ChatKind: msg.Private, Command: "help"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{47 * time.Hour, 1}, {49 * time.Hour, 0}} {
		if err := s.Sweep(t.Context(), time.Now().Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, db, "seen/"); got != c.want {
			t.Errorf("after %v %d updates are remembered, want %d", c.after, got, c.want)
		}
	}
}
