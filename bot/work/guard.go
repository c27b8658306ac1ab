package work

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/store"
)

const (
	guardTries  = 2
	guardWindow = 30 * time.Minute
)

// guard protects accounts from being locked: at most two passwords per account
// in half an hour, unless the school says how many are left. A try is spent
// before the password is sent and given back when the password was not judged,
// so a crash cannot make it free.
type guard struct {
	db    store.DB
	tries store.Table[[]time.Time]
	salts store.Table[[]byte]
}

func newGuard(db store.DB, box store.Box) *guard {
	return &guard{
		db:    db,
		tries: store.NewTable[[]time.Time]("try/", 1, nil),
		salts: store.NewTable[[]byte]("salt/", 1, box),
	}
}

// spend takes one try. It returns how long to wait when there is none.
func (g *guard) spend(ctx context.Context, school, account string, now time.Time) (wait time.Duration, err error) {
	spend := func(tx store.Tx) error {
		id, err := g.id(tx, school, account)
		if err != nil {
			return err
		}
		recent, err := g.recent(tx, id, now)
		if err != nil {
			return err
		}
		if wait = untilNext(recent, now); wait > 0 {
			return nil
		}
		return g.tries.PutUntil(tx, id, append(recent, now), now.Add(guardWindow))
	}
	if err = g.update(ctx, spend); errors.Is(err, store.ErrUnknown) {
		return 0, g.update(ctx, spend) // twice rather than never
	}
	return wait, err
}

// wait is how long there is no try, without taking one.
func (g *guard) wait(ctx context.Context, school, account string, now time.Time) (wait time.Duration, err error) {
	err = g.db.View(ctx, func(tx store.Tx) error {
		salt, err := g.salts.Get(tx, saltID)
		if store.Missing(err) {
			return nil // nobody ever tried
		}
		if err != nil {
			return err
		}
		recent, err := g.recent(tx, hide(salt, school, account), now)
		wait = untilNext(recent, now)
		return err
	})
	return wait, err
}

func untilNext(recent []time.Time, now time.Time) time.Duration {
	if len(recent) < guardTries {
		return 0
	}
	return recent[len(recent)-guardTries].Add(guardWindow).Sub(now)
}

// update tries again for a while what was certainly not committed.
func (g *guard) update(ctx context.Context, fn func(store.Tx) error) error {
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := g.db.Update(ctx, fn)
		if err == nil || errors.Is(err, store.ErrUnknown) || wait > time.Second || ctx.Err() != nil {
			return err
		}
		time.Sleep(wait)
	}
}

// judged adjusts the tries to what the school said of the last one.
func (g *guard) judged(ctx context.Context, school, account string, loginErr error, now time.Time) error {
	return g.update(ctx, func(tx store.Tx) error {
		id, err := g.id(tx, school, account)
		if err != nil {
			return err
		}
		recent, err := g.recent(tx, id, now)
		if err != nil {
			return err
		}
		switch after := verdictOn(loginErr); {
		case after == free:
			return g.tries.Delete(tx, id)
		case after == locked:
			recent = []time.Time{now, now}
		case after == giveBack && len(recent) > 0:
			recent = recent[:len(recent)-1]
		}
		return g.tries.PutUntil(tx, id, recent, now.Add(guardWindow))
	})
}

type guardVerdict uint8

const (
	spent guardVerdict = iota
	giveBack
	free
	locked
)

// verdictOn says what an outcome means for the tries. Unreachable stays spent:
// the school may have counted it.
func verdictOn(err error) guardVerdict {
	switch {
	case err == nil:
		return free
	case errors.Is(err, jwxt.ErrUnposted):
		return giveBack
	}
	var e *jwxt.Error
	switch kind := jwxt.KindOf(err); kind {
	case jwxt.WrongPassword:
		if errors.As(err, &e) && e.TriesLeft >= 2 {
			return giveBack
		}
		return spent
	case jwxt.Locked:
		return locked
	case jwxt.WrongCaptcha, jwxt.Closed, jwxt.Blocked, jwxt.MustActFirst, jwxt.Unsupported:
		return giveBack
	}
	return spent
}

func (g *guard) recent(tx store.Tx, id string, now time.Time) ([]time.Time, error) {
	all, err := g.tries.Get(tx, id)
	if store.Missing(err) {
		return nil, nil
	}
	var recent []time.Time
	for _, t := range all {
		// One that lies ahead was noted by a clock that was wrong.
		if now.Sub(t).Abs() < guardWindow {
			recent = append(recent, t)
		}
	}
	return recent, err
}

// saltID is the row of the salt.
const saltID = "guard"

// id is an account's row.
func (g *guard) id(tx store.Tx, school, account string) (string, error) {
	salt, err := g.salts.Get(tx, saltID)
	if store.Missing(err) {
		salt = make([]byte, 32)
		rand.Read(salt)
		err = g.salts.Put(tx, saltID, salt)
	}
	if err != nil {
		return "", err
	}
	return hide(salt, school, account), nil
}

// hide keys the hash of an account with a salt that is stored sealed: student
// numbers are few enough to be guessed from a bare hash. Most schools take an
// account in capitals as well.
func hide(salt []byte, school, account string) string {
	h := hmac.New(sha256.New, salt)
	h.Write([]byte(school + "\x00" + strings.ToLower(account)))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
