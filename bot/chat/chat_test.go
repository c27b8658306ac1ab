package chat_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
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

func (door) Admins(context.Context, int64) ([]int64, error) { return []int64{7}, nil }
func (door) Do(context.Context, msg.Item) (v msg.Verdict)   { return v }

// shell is a shell whose outbox and jobs are stored and never run.
func shell(t testing.TB) (*chat.Shell, *memstore.DB) {
	t.Helper()
	db, log := memstore.New(), slog.New(slog.DiscardHandler)
	ring := box(t)
	schools, err := catalog.New([]jwxt.School{{ID: "a", Name: "甲大学", Vendor: "v"}, {ID: "b", Name: "乙大学", Vendor: "v"}},
		func(jwxt.School) (jwxt.Driver, error) { return driver{}, nil },
		func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
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

// box is the key ring of every shell.
func box(t testing.TB) store.Box {
	t.Helper()
	ring, err := seal.NewRing([]byte(strings.Repeat("k", seal.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// waitingJob is the one job that a school has to do.
func waitingJob(t *testing.T, db store.DB) (j work.Job) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		jobs, err := store.NewTable[work.Job]("job/", 1, box(t)).Scan(tx, "", 10)
		if len(jobs) != 1 {
			t.Fatalf("%d jobs wait, want 1", len(jobs))
		}
		j = jobs[0].Value
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestResultsThatCannotBeStored: a result that is too big, or that nobody can
// make sense of, ends its job all the same, and the person is told.
func TestResultsThatCannotBeStored(t *testing.T) {
	huge := strings.Repeat("x", store.MaxValue)
	captcha := []jwxt.FieldKind{jwxt.FieldCaptcha}
	for name, results := range map[string][]dialogue.Event{
		"a picture":            {{Kind: dialogue.Opened, Ask: &jwxt.Ask{ID: "1", Fields: captcha, Image: []byte(huge)}}},
		"an id":                {{Kind: dialogue.Opened, Ask: &jwxt.Ask{ID: huge, Fields: captcha}}},
		"a session":            {{Kind: dialogue.Opened}, {Kind: dialogue.LoggedIn, Session: jwxt.Session{Memo: map[string]string{"": huge}}}},
		"grades":               {{Kind: dialogue.Opened}, {Kind: dialogue.LoggedIn}, {Kind: dialogue.GradesRead, Transcript: &jwxt.Transcript{Summary: huge}}},
		"grades without a row": {{Kind: dialogue.Opened}, {Kind: dialogue.LoggedIn}, {Kind: dialogue.GradesRead}},
	} {
		t.Run(name, func(t *testing.T) {
			s, db := shell(t)
			for i, u := range []msg.Update{{Command: "start", Args: "a"}, {Command: "grades"}, {Text: "2020000001"}, {Text: "secret"}} {
				u.ID, u.Chat, u.ChatKind = i+1, 7, msg.Private
				if err := s.Handle(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			before := 0
			for _, e := range results {
				before = rows(t, db, "out/")
				j := waitingJob(t, db)
				e.Gen = j.Gen
				if err := s.Result(t.Context(), j, e); err != nil {
					t.Fatalf("%s was not taken: %v", e.Kind, err)
				}
			}
			if jobs, said := rows(t, db, "job/"), rows(t, db, "out/")-before; jobs != 0 || said == 0 {
				t.Errorf("%d jobs wait, %d things were said", jobs, said)
			}
		})
	}
}

// TestUpdatesThatCannotBeStored do not come again.
func TestUpdatesThatCannotBeStored(t *testing.T) {
	s, db := shell(t)
	u := msg.Update{ID: 1, Chat: 7, ChatKind: msg.Private, Callback: strings.Repeat("x", store.MaxValue), Data: "login"}
	if err := s.Handle(t.Context(), u); err != nil {
		t.Errorf("it comes again: %v", err)
	}
	s.Schools = nil // panics
	u.ID, u.Callback = 2, "q"
	if err := s.Handle(t.Context(), u); err != nil {
		t.Errorf("it comes again: %v", err)
	}
	if got := rows(t, db, "chat/"); got != 0 {
		t.Errorf("%d chats are stored", got)
	}
}

// TestSweepWakes wakes chats once their second is over, and not those before
// whom another cannot be dealt with.
func TestSweepWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(500 * time.Millisecond) // deadlines within a second
		s, db := shell(t)
		const chats = store.MaxRows + 20
		for i := range chats {
			u := msg.Update{ID: i + 1, Chat: int64(i + 1), ChatKind: msg.Private, Command: "login"}
			if err := s.Handle(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		sweep := func() int {
			before := db.Commits()
			if err := s.Sweep(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			return db.Commits() - before
		}
		time.Sleep(s.Limits.Attempt - 250*time.Millisecond)
		if got := sweep(); got != 0 {
			t.Errorf("%d commits within the second of the deadlines, want none", got)
		}
		time.Sleep(time.Second)
		db.FailCommit(1)
		if got := sweep(); got != chats {
			t.Errorf("%d chats were tried, want %d", got, chats)
		}
		if got := sweep(); got != 1 {
			t.Errorf("the sweep after tried %d, want the one that failed", got)
		}
	})
}
