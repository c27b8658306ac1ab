package work

import (
	"fmt"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// TestGuard plays logins of one account: after each, what the school said.
func TestGuard(t *testing.T) {
	refused := func(k jwxt.Kind, left int) error {
		return &jwxt.Error{Kind: k, TriesLeft: left}
	}
	wrong, captcha := refused(jwxt.WrongPassword, -1), refused(jwxt.WrongCaptcha, -1)
	for _, c := range []struct {
		name    string
		said    []error
		allowed int // how many of a long row of such logins are let through
	}{
		{"two wrong passwords are enough", []error{wrong}, 2},
		{"a wrong captcha costs nothing", []error{captcha}, 20},
		{"a captcha between does not help", []error{wrong, captcha}, 3},
		{"one that works makes it forget", []error{wrong, nil}, 20},
		{"locked stops at once", []error{refused(jwxt.Locked, -1)}, 1},
		{"the school says there are tries left", []error{refused(jwxt.WrongPassword, 4)}, 20},
		{"the school says there is one left", []error{refused(jwxt.WrongPassword, 1)}, 2},
		{"unknown outcomes count", []error{refused(jwxt.Unreachable, -1)}, 2},
		{"one that was not sent is no try", []error{fmt.Errorf("%w: %w", jwxt.ErrUnposted, refused(jwxt.Unreachable, -1))}, 20},
		{"nor does it give one back that was", []error{wrong, jwxt.ErrUnposted}, 3},
		{"a firewall is no judge", []error{refused(jwxt.Blocked, -1)}, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGuard(memstore.New(), nil)
			now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
			allowed := 0
			for i := range 20 {
				wait, err := g.spend(t.Context(), "x", "2020000001", now)
				if err != nil {
					t.Fatal(err)
				}
				if wait > 0 {
					if wait > guardWindow {
						t.Errorf("waits %v, more than the window", wait)
					}
					break
				}
				allowed++
				if err := g.judged(t.Context(), "x", "2020000001", c.said[i%len(c.said)], now); err != nil {
					t.Fatal(err)
				}
			}
			if allowed != c.allowed {
				t.Errorf("%d logins were let through, want %d", allowed, c.allowed)
			}
			if wait, err := g.spend(t.Context(), "x", "2020000002", now); err != nil || wait != 0 {
				t.Errorf("another account waits %v, %v", wait, err)
			}
			if wait, err := g.spend(t.Context(), "x", "2020000001", now.Add(guardWindow)); err != nil || wait != 0 {
				t.Errorf("half an hour later it still waits %v, %v", wait, err)
			}
		})
	}
}

// TestGuardSurvivesACrash: a try is spent before the password is sent, so
// dying while the school thinks about it does not make it free.
func TestGuardSurvivesACrash(t *testing.T) {
	db := memstore.New()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for i := range 3 {
		wait, err := newGuard(db, nil).spend(t.Context(), "x", "a", now)
		if err != nil || (wait > 0) != (i == 2) {
			t.Errorf("try %d waits %v, %v", i+1, wait, err)
		}
	}
}

// TestGuardOutlivesAWrongClock: tries noted while the clock was a day ahead do
// not lock the account for that day.
func TestGuardOutlivesAWrongClock(t *testing.T) {
	g := newGuard(memstore.New(), nil)
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for range guardTries {
		if _, err := g.spend(t.Context(), "x", "a", now.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if wait, err := g.spend(t.Context(), "x", "a", now); wait != 0 || err != nil {
		t.Errorf("waits %v, %v", wait, err)
	}
}

// TestGuardHidesTheAccount looks at the rows.
func TestGuardHidesTheAccount(t *testing.T) {
	db := memstore.New()
	if _, err := newGuard(db, nil).spend(t.Context(), "donghu", "2020000001", time.Now()); err != nil {
		t.Fatal(err)
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		rows, err := tx.Scan("try/", "", 10)
		if all := fmt.Sprintf("%q", rows); len(rows) != 1 || containsAny(all, "2020000001", "donghu") {
			t.Errorf("the rows are %s", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGuardInCapitals: an account written another way is no other account.
func TestGuardInCapitals(t *testing.T) {
	g := newGuard(memstore.New(), nil)
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, account := range []string{"b2020a", "B2020A"} {
		if wait, err := g.spend(t.Context(), "x", account, now); err != nil || wait != 0 {
			t.Fatalf("%s waits %v, %v", account, wait, err)
		}
	}
	if wait, err := g.spend(t.Context(), "x", "b2020A", now); err != nil || wait == 0 {
		t.Errorf("a third password is let through: %v", err)
	}
	if wait, err := g.wait(t.Context(), "x", "B2020a", now); err != nil || wait == 0 {
		t.Errorf("a form is opened for a third: %v", err)
	}
}
