package boltstore_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/storetest"
)

// crowd runs n Updates that all wait while the first one runs, and returns how
// many commits they took together.
func crowd(t *testing.T, n int, fn func(i int, tx store.Tx) error, result func(i int, err error)) (commits int) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		db := open(t, path)
		before := db.LastCommit()
		release := make(chan struct{})
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				result(i, db.Update(t.Context(), func(tx store.Tx) error {
					<-release
					return fn(i, tx)
				}))
			})
			synctest.Wait()
		}
		close(release)
		wg.Wait()
		commits = db.LastCommit() - before
		storetest.Check(t, db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return commits
}

func TestUpdatesShareCommits(t *testing.T) {
	for _, test := range []struct{ updates, commits int }{
		{1, 1}, {2, 1}, {64, 1}, {boltstore.MaxCalls, 1}, {boltstore.MaxCalls + 1, 2}, {3 * boltstore.MaxCalls, 3},
	} {
		t.Run(fmt.Sprint(test.updates), func(t *testing.T) {
			got := crowd(t, test.updates,
				func(i int, tx store.Tx) error { return tx.Put(fmt.Sprint(i), nil) },
				func(i int, err error) {
					if err != nil {
						t.Errorf("Update %d: %v", i, err)
					}
				})
			if got != test.commits {
				t.Errorf("%d commits, want %d", got, test.commits)
			}
		})
	}
}

// TestBigUpdatesDoNotPileUp: what is held in memory for one commit is bounded.
func TestBigUpdatesDoNotPileUp(t *testing.T) {
	value := make([]byte, store.MaxValue)
	got := crowd(t, 40, func(i int, tx store.Tx) error { return tx.Put(fmt.Sprint(i), value) }, func(i int, err error) {
		if err != nil {
			t.Errorf("Update %d: %v", i, err)
		}
	})
	if got != 2 {
		t.Errorf("%d commits for 20 MB, want 2", got)
	}
}

func TestNoCommitWithoutWrites(t *testing.T) {
	errStop := errors.New("stop")
	got := crowd(t, 10,
		func(i int, tx store.Tx) error {
			if i%2 == 0 {
				return nil
			}
			return errors.Join(tx.Put("k", nil), errStop)
		},
		func(i int, err error) {
			if (i%2 == 0) != (err == nil) {
				t.Errorf("Update %d: %v", i, err)
			}
		})
	if got != 0 {
		t.Errorf("%d commits, want none", got)
	}
}

// TestCloseCommits: Close lets Updates finish that came before it.
func TestCloseCommits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		db := open(t, path)
		release := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			err := db.Update(t.Context(), func(tx store.Tx) error { <-release; return tx.Put("a", nil) })
			if err != nil {
				t.Errorf("Update before Close: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if err := db.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if err := put(db, "b", ""); !errors.Is(err, store.ErrClosed) {
				t.Errorf("Update behind Close: %v, want ErrClosed", err)
			}
		})
		synctest.Wait()
		close(release)
		wg.Wait()
	})
	if _, err := get(open(t, path), "a"); err != nil {
		t.Errorf("the row is gone: %v", err)
	}
}

// TestFailedCommit: when the file cannot grow all Updates of the batch fail, also
// the one whose error came from what it saw there, and the database goes on.
func TestFailedCommit(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	fill(t, db, 100)
	before := db.LastCommit()
	big := strings.Repeat("x", store.MaxValue)
	db.SetMaxSize(1)
	for range 3 {
		err := put(db, "big", big)
		if err == nil || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrCorrupt) {
			t.Fatalf("Update: %v, want an error that is neither unknown nor corrupt", err)
		}
	}
	if _, err := get(db, "big"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the failed write is seen: %v", err)
	}
	storetest.Check(t, db)
	db.SetMaxSize(0)
	if err := put(db, "big", big); err != nil {
		t.Errorf("Update with room again: %v", err)
	}
	if got := db.LastCommit() - before; got != 1 {
		t.Errorf("%d commits, want 1", got)
	}
	storetest.Check(t, db)
}

func TestFailedCommitFailsAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	errExists := errors.New("exists")
	synctest.Test(t, func(t *testing.T) {
		db := open(t, path)
		db.SetMaxSize(1)
		release := make(chan struct{})
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				err := db.Update(t.Context(), func(tx store.Tx) error {
					<-release
					if _, err := tx.Get("once"); err == nil {
						return errExists
					}
					return errors.Join(tx.Put("once", nil), tx.Put("big", make([]byte, store.MaxValue)))
				})
				if err == nil || errors.Is(err, errExists) {
					t.Errorf("Update %d: %v, want the error of the commit", i, err)
				}
			})
			synctest.Wait()
		}
		close(release)
		wg.Wait()
		if _, err := get(db, "once"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the failed write is seen: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestUnsureCommit: after an ErrUnknown the caller runs his Update again, which
// finds its work done and writes nothing. It is only true once it is on disk.
func TestUnsureCommit(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	db.SetUnsure()
	before := db.LastCommit()
	for range 2 {
		if err := db.Update(t.Context(), func(store.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	if got := db.LastCommit() - before; got != 1 {
		t.Errorf("%d commits, want 1", got)
	}
}

// BenchmarkUpdate commits small rows, alone and from 64 goroutines at once.
func BenchmarkUpdate(b *testing.B) {
	for _, workers := range []int{1, 64} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			db := open(b, filepath.Join(b.TempDir(), "db"))
			before := db.LastCommit()
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range workers {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := put(db, fmt.Sprint("k/", n%1000), string(row(int(n)))); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/float64(db.LastCommit()-before), "updates/commit")
		})
	}
}
