package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"jwxtbot/store"
)

func testContext(t *testing.T, db store.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(store.Tx) error {
		t.Error("the function ran although its context had ended")
		return nil
	}
	if err := db.View(ctx, never); !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v, want context.Canceled", err)
	}
	if err := db.Update(ctx, never); !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v, want context.Canceled", err)
	}
}

// testContextWhileWaiting cancels an Update that waits behind a slow one.
func testContextWhileWaiting(t *testing.T, db store.DB) {
	running, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			close(running)
			<-release
			return tx.Put("slow", nil)
		})
		if err != nil {
			t.Errorf("slow Update: %v", err)
		}
	})
	<-running
	ctx, cancel := context.WithCancel(t.Context())
	canceled := make(chan error)
	wg.Go(func() {
		canceled <- db.Update(ctx, func(tx store.Tx) error { return tx.Put("canceled", nil) })
	})
	wg.Go(func() { set(t, db, "behind", "") })
	cancel()
	if err := <-canceled; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting Update: %v, want context.Canceled", err)
	}
	close(release)
	wg.Wait()
	wantAll(t, db, "slow", "", "behind", "")
}

// testContextEndsInside: once the function runs its result counts.
func testContextEndsInside(t *testing.T, db store.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx store.Tx) error {
		cancel()
		return tx.Put("a", nil)
	})
	if err != nil {
		t.Errorf("Update: %v", err)
	}
	wantAll(t, db, "a", "")
}

// testSnapshot: a View sees nothing of Updates that commit while it runs.
func testSnapshot(t *testing.T, db store.DB) {
	set(t, db, "a", "1", "b", "1")
	err := db.View(t.Context(), func(tx store.Tx) error {
		for i := range 20 {
			set(t, db, "a", fmt.Sprint(i), fmt.Sprint("new", i), "")
		}
		update(t, db, func(tx store.Tx) error { return tx.Delete("b") })
		pairs, err := tx.Scan("", "", 100)
		if len(pairs) != 2 || string(pairs[0].Value) != "1" || pairs[1].Key != "b" {
			t.Errorf("snapshot has become %q", pairs)
		}
		if v, err := tx.Get("a"); err != nil || string(v) != "1" {
			t.Errorf("Get = %q, %v; want the old value", v, err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if got := len(dump(t, db)); got != 21 {
		t.Errorf("%d rows afterwards, want 21", got)
	}
}

// increment adds one to a decimal counter.
func increment(tx store.Tx, key string) (int, error) {
	b, err := tx.Get(key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	n, _ := strconv.Atoi(string(b))
	return n + 1, tx.Put(key, strconv.AppendInt(nil, int64(n+1), 10))
}

func testLostUpdate(t *testing.T, db store.DB) {
	const workers, each = 16, 25
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				update(t, db, func(tx store.Tx) error {
					_, err := increment(tx, fmt.Sprint("own/", w))
					if err != nil {
						return err
					}
					_, err = increment(tx, "shared")
					return err
				})
			}
		})
	}
	wg.Wait()
	got := dump(t, db)
	if got["shared"] != fmt.Sprint(workers*each) {
		t.Errorf("shared counter is %s, want %d", got["shared"], workers*each)
	}
	for w := range workers {
		if n := got[fmt.Sprint("own/", w)]; n != fmt.Sprint(each) {
			t.Errorf("counter %d is %s, want %d", w, n, each)
		}
	}
}

// testIsolation moves units between two accounts while Views add them up.
func testIsolation(t *testing.T, db store.DB) {
	set(t, db, "x", "1000", "y", "0")
	move := func(tx store.Tx) error {
		x, errX := tx.Get("x")
		y, errY := tx.Get("y")
		if err := errors.Join(errX, errY); err != nil {
			return err
		}
		return put(tx, "x", strconv.Itoa(atoi(x)-1), "y", strconv.Itoa(atoi(y)+1))
	}
	ctx, stop := context.WithCancel(t.Context())
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				var sum int
				err := db.View(t.Context(), func(tx store.Tx) error {
					pairs, err := tx.Scan("", "", 2)
					sum = 0
					for _, p := range pairs {
						sum += atoi(p.Value)
					}
					return err
				})
				if err != nil || sum != 1000 {
					t.Errorf("a View adds up to %d, error %v; want 1000", sum, err)
					return
				}
			}
		})
	}
	for range 4 {
		writers.Go(func() {
			for range 25 {
				update(t, db, move)
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	wantAll(t, db, "x", "900", "y", "100")
}

func atoi(b []byte) int {
	n, _ := strconv.Atoi(string(b))
	return n
}

// testCrowd mixes Updates that succeed, fail, panic and break limits: each gets
// its own result, whoever it shares a commit with.
func testCrowd(t *testing.T, db store.DB) {
	var wg sync.WaitGroup
	for i := range 120 {
		wg.Go(func() {
			key := fmt.Sprintf("%03d", i)
			defer func() {
				if p := recover(); (p != nil) != (i%4 == 2) {
					t.Errorf("Update %d: recovered %v", i, p)
				}
			}()
			err := db.Update(t.Context(), func(tx store.Tx) error {
				if err := tx.Put(key, []byte(key)); err != nil {
					return err
				}
				switch i % 4 {
				case 1:
					return errAbort
				case 2:
					panic("storetest: panic")
				case 3:
					_ = tx.Put("", nil)
				}
				return nil
			})
			want := []error{nil, errAbort, nil, store.ErrLimit}[i%4]
			if !errors.Is(err, want) {
				t.Errorf("Update %d: %v, want %v", i, err, want)
			}
		})
	}
	wg.Wait()
	var want []string
	for i := 0; i < 120; i += 4 {
		want = append(want, fmt.Sprintf("%03d", i), fmt.Sprintf("%03d", i))
	}
	wantAll(t, db, want...)
}
