// Package memstore keeps the database in memory, for tests: it passes the same
// suite as the durable backends and fails commits on demand.
//
// A commit copies the list of rows (not their values), which is cheap up to
// some ten thousand rows.
package memstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"jwxtbot/store"
	"jwxtbot/store/internal/txn"
)

// ErrFailed is what the Update returns whose commit was told to fail.
var ErrFailed = errors.New("memstore: commit failed as told")

// DB is a store.DB in memory.
type DB struct {
	turns txn.Turns // held by the running Update

	mu      sync.Mutex
	rows    rows
	closed  bool
	commits int
	faults  map[int]error // by number of commit
	full    bool          // every commit fails
}

var _ store.DB = (*DB)(nil)

// New makes an empty database.
func New() *DB { return &DB{faults: make(map[int]error)} }

// Commits is how many commits were tried so far, failed ones included. An
// Update that writes nothing does not commit.
func (db *DB) Commits() int {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.commits
}

// FailCommit lets the n-th commit from now fail, 1 being the next: its Update
// returns ErrFailed and nothing has changed.
func (db *DB) FailCommit(n int) { db.arm(n, ErrFailed) }

// Full lets every commit fail, as on a full disk, until told otherwise: its
// Update returns ErrFailed and nothing has changed.
func (db *DB) Full(full bool) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.full = full
}

// CommitButError lets the n-th commit from now, 1 being the next, succeed while
// its Update returns store.ErrUnknown.
func (db *DB) CommitButError(n int) {
	db.arm(n, fmt.Errorf("memstore: %w, as told", store.ErrUnknown))
}

func (db *DB) arm(n int, err error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.faults[db.commits+n] = err
}

// View implements store.DB.
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rows, err := db.snapshot()
	if err != nil {
		return err
	}
	return txn.NewView(rows).Run(fn)
}

// Update implements store.DB.
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := db.turns.Wait(ctx); err != nil {
		return err
	}
	defer db.turns.End()
	rows, err := db.snapshot()
	if err != nil {
		return err
	}
	tx := txn.NewUpdate(rows)
	if err := tx.Run(fn); err != nil {
		return err
	}
	return db.commit(rows, tx)
}

// Close implements store.DB.
func (db *DB) Close() error {
	if err := db.turns.Wait(context.Background()); err != nil {
		return err
	}
	defer db.turns.End()
	db.mu.Lock()
	defer db.mu.Unlock()
	db.closed = true
	return nil
}

func (db *DB) snapshot() (rows, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		return nil, store.ErrClosed
	}
	return db.rows, nil
}

func (db *DB) commit(old rows, tx *txn.Tx) error {
	rows := old.with(tx)
	if rows == nil {
		return nil
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.commits++
	err := db.faults[db.commits]
	if db.full {
		err = ErrFailed
	}
	if err != ErrFailed {
		db.rows = rows
	}
	return err
}

// rows is one state: sorted, and never changed once it is made.
type rows []store.Pair

var _ txn.Reader = rows(nil)

// with is a copy with the writes of tx; nil if there are none.
func (r rows) with(tx *txn.Tx) rows {
	var out rows
	for key, value := range tx.Writes() {
		if out == nil {
			out = slices.Grow(slices.Clone(r), 1)
		}
		i, found := out.find(key)
		switch {
		case value == nil && found:
			out = slices.Delete(out, i, i+1)
		case value != nil && found:
			out[i].Value = value
		case value != nil:
			out = slices.Insert(out, i, store.Pair{Key: key, Value: value})
		}
	}
	return out
}

func (r rows) find(key string) (int, bool) {
	return slices.BinarySearchFunc(r, key, func(p store.Pair, k string) int { return strings.Compare(p.Key, k) })
}

func (r rows) Get(key string) ([]byte, error) {
	i, ok := r.find(key)
	if !ok {
		return nil, store.ErrNotFound
	}
	return clone(r[i].Value), nil
}

func (r rows) Scan(prefix, after string, limit int) ([]store.Pair, error) {
	i, _ := r.find(prefix)
	if after >= prefix {
		j, found := r.find(after)
		i = j
		if found {
			i++
		}
	}
	var out []store.Pair
	for ; i < len(r) && len(out) < limit && strings.HasPrefix(r[i].Key, prefix); i++ {
		out = append(out, store.Pair{Key: r[i].Key, Value: clone(r[i].Value)})
	}
	return out, nil
}

func clone(b []byte) []byte { return append([]byte{}, b...) }
