package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"jwxtbot/store"
)

func testErrorRollsBack(t *testing.T, db store.DB) {
	set(t, db, "a", "1")
	err := db.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(put(tx, "a", "2", "b", "2"), errAbort)
	})
	if !errors.Is(err, errAbort) {
		t.Errorf("Update: %v, want the error of its function", err)
	}
	if err := db.View(t.Context(), func(store.Tx) error { return errAbort }); !errors.Is(err, errAbort) {
		t.Errorf("View: %v, want the error of its function", err)
	}
	wantAll(t, db, "a", "1")
}

func testPanicRollsBack(t *testing.T, db store.DB) {
	set(t, db, "a", "1")
	for name, call := range map[string]func(context.Context, func(store.Tx) error) error{"Update": db.Update, "View": db.View} {
		got := func() (got any) {
			defer func() { got = recover() }()
			_ = call(t.Context(), func(tx store.Tx) error {
				_ = tx.Put("a", []byte("2"))
				panic(errAbort)
			})
			return nil
		}()
		if got != errAbort {
			t.Errorf("%s: recovered %v, want the panic of its function", name, got)
		}
	}
	wantAll(t, db, "a", "1")
	set(t, db, "b", "1")
}

// testGoexitRollsBack: a test may call t.FailNow inside of a transaction.
func testGoexitRollsBack(t *testing.T, db store.DB) {
	set(t, db, "a", "1")
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = db.Update(t.Context(), func(tx store.Tx) error {
			_ = tx.Put("a", []byte("2"))
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	set(t, db, "b", "1")
	wantAll(t, db, "a", "1", "b", "1")
}

// limitTests break one limit each.
var limitTests = []struct {
	name string
	run  func(store.Tx) error
}{
	{"long key", func(tx store.Tx) error { return tx.Put(strings.Repeat("k", store.MaxKey+1), nil) }},
	{"empty key", func(tx store.Tx) error { return tx.Put("", nil) }},
	{"get of a long key", func(tx store.Tx) error { _, err := tx.Get(strings.Repeat("k", store.MaxKey+1)); return err }},
	{"get of the empty key", func(tx store.Tx) error { _, err := tx.Get(""); return err }},
	{"delete of a long key", func(tx store.Tx) error { return tx.Delete(strings.Repeat("k", store.MaxKey+1)) }},
	{"delete of the empty key", func(tx store.Tx) error { return tx.Delete("") }},
	{"big value", func(tx store.Tx) error { return tx.Put("k", make([]byte, store.MaxValue+1)) }},
	{"writes", func(tx store.Tx) error {
		return times(store.MaxWrites+1, func(i int) error { return tx.Put("same", nil) })
	}},
	{"deletes", func(tx store.Tx) error {
		return times(store.MaxWrites+1, func(i int) error { return tx.Delete(fmt.Sprint(i)) })
	}},
	{"gets", func(tx store.Tx) error {
		return times(store.MaxRows+1, func(i int) error {
			if _, err := tx.Get("missing"); !errors.Is(err, store.ErrNotFound) {
				return err
			}
			return nil
		})
	}},
	{"scan", func(tx store.Tx) error { _, err := tx.Scan("", "", store.MaxRows+1); return err }},
	{"scans", func(tx store.Tx) error {
		return times(2, func(int) error { _, err := tx.Scan("", "", store.MaxRows/2+1); return err })
	}},
}

func times(n int, do func(i int) error) error {
	for i := range n {
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

func testLimits(t *testing.T, db store.DB) {
	for _, test := range limitTests {
		err := db.Update(t.Context(), test.run)
		if !errors.Is(err, store.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", test.name, err)
		}
	}
	wantAll(t, db)
}

func testAtTheLimits(t *testing.T, db store.DB) {
	big := strings.Repeat("v", store.MaxValue)
	long := strings.Repeat("k", store.MaxKey)
	update(t, db, func(tx store.Tx) error {
		if _, err := tx.Scan("", "", store.MaxRows-1); err != nil {
			return err
		}
		if _, err := tx.Get("a"); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := put(tx, long, big); err != nil {
			return err
		}
		return times(store.MaxWrites-1, func(i int) error { return tx.Put(fmt.Sprint(i), nil) })
	})
	got := dump(t, db)
	if len(got) != store.MaxWrites || got[long] != big {
		t.Errorf("%d rows, a value of %d bytes; want %d rows, %d bytes", len(got), len(got[long]), store.MaxWrites, len(big))
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		return times(3*store.MaxRows, func(int) error { _, err := tx.Get("1"); return err })
	})
	if err != nil {
		t.Errorf("a View of many rows: %v", err)
	}
}

// testSwallowedError: a broken rule undoes the transaction even if the function
// does not look at the error.
func testSwallowedError(t *testing.T, db store.DB) {
	for _, test := range limitTests {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			_ = tx.Put("before", nil)
			_ = test.run(tx)
			_ = tx.Put("after", nil)
			return nil
		})
		if !errors.Is(err, store.ErrLimit) && !errors.Is(err, store.ErrOrder) {
			t.Errorf("%s: %v, want ErrLimit or ErrOrder", test.name, err)
		}
	}
	wantAll(t, db)
}

func testErrOrder(t *testing.T, db store.DB) {
	for name, write := range map[string]func(store.Tx) error{
		"Put":    func(tx store.Tx) error { return tx.Put("a", nil) },
		"Delete": func(tx store.Tx) error { return tx.Delete("a") },
	} {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := write(tx); err != nil {
				return err
			}
			_, err := tx.Scan("", "", 1)
			return err
		})
		if !errors.Is(err, store.ErrOrder) {
			t.Errorf("Scan after %s: %v, want ErrOrder", name, err)
		}
	}
	wantAll(t, db)
}

func testErrReadOnly(t *testing.T, db store.DB) {
	for name, write := range map[string]func(store.Tx) error{
		"Put":           func(tx store.Tx) error { return tx.Put("a", nil) },
		"Delete":        func(tx store.Tx) error { return tx.Delete("a") },
		"Put unnoticed": func(tx store.Tx) error { _ = tx.Put("a", nil); return nil },
	} {
		if err := db.View(t.Context(), write); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("%s in a View: %v, want ErrReadOnly", name, err)
		}
	}
	wantAll(t, db)
}

func testErrClosed(t *testing.T, db store.DB) {
	set(t, db, "a", "1")
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	never := func(store.Tx) error {
		t.Error("the function ran on a closed database")
		return nil
	}
	if err := db.View(t.Context(), never); !errors.Is(err, store.ErrClosed) {
		t.Errorf("View: %v, want ErrClosed", err)
	}
	if err := db.Update(t.Context(), never); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update: %v, want ErrClosed", err)
	}
}

// testKeptTransaction uses transactions after their function has returned.
func testKeptTransaction(t *testing.T, db store.DB) {
	set(t, db, "a", "1")
	for name, call := range map[string]func(context.Context, func(store.Tx) error) error{"Update": db.Update, "View": db.View} {
		var kept store.Tx
		if err := call(t.Context(), func(tx store.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		_, getErr := kept.Get("a")
		_, scanErr := kept.Scan("", "", 1)
		for _, err := range []error{getErr, scanErr, kept.Put("a", nil), kept.Delete("a")} {
			if !errors.Is(err, store.ErrClosed) {
				t.Errorf("after the %s: %v, want ErrClosed", name, err)
			}
		}
	}
	wantAll(t, db, "a", "1")
}
