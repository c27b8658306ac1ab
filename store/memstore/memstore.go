// Package memstore keeps the database in memory, for tests: it passes the same
// suite as the durable backends and fails commits on demand.
//
// A commit copies the list of blocks of rows, and the blocks that it changes.
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

// rows is one state, never changed once it is made: blocks of rows, in order.
// No block is empty.
type rows [][]store.Pair

var _ txn.Reader = rows(nil)

// blockRows is how many rows a block has at most.
const blockRows = 256

// with is a copy with the writes of tx, which has the other blocks in common;
// nil if there are none.
func (r rows) with(tx *txn.Tx) rows {
	var out rows
	var own []store.Pair // the block that is already a copy
	for key, value := range tx.Writes() {
		if out == nil {
			out = append(slices.Clone(r), nil)[:len(r)]
		}
		if len(out) == 0 {
			out = rows{nil}
		}
		b := out.block(key)
		if len(own) == 0 || len(out[b]) == 0 || &own[0] != &out[b][0] {
			out[b] = slices.Clone(out[b])
		}
		out[b] = put(out[b], key, value)
		own = out[b]
		switch n := len(own); {
		case n == 0:
			out = slices.Delete(out, b, b+1)
		case n > blockRows:
			out = slices.Insert(out, b+1, slices.Clone(own[n/2:]))
			out[b] = own[: n/2 : n/2]
			own = nil
		}
	}
	return out
}

// put changes a block: a nil value deletes.
func put(block []store.Pair, key string, value []byte) []store.Pair {
	i, found := find(block, key)
	switch {
	case value == nil && found:
		return slices.Delete(block, i, i+1)
	case value != nil && found:
		block[i].Value = value
	case value != nil:
		return slices.Insert(block, i, store.Pair{Key: key, Value: value})
	}
	return block
}

// block is the index of the block where key is or would be; 0 without blocks.
func (r rows) block(key string) int {
	i, found := slices.BinarySearchFunc(r, key, func(b []store.Pair, k string) int {
		if len(b) == 0 {
			return -1 // the block of an empty database
		}
		return strings.Compare(b[0].Key, k)
	})
	if found || i == 0 {
		return i
	}
	return i - 1
}

func find(block []store.Pair, key string) (int, bool) {
	return slices.BinarySearchFunc(block, key, func(p store.Pair, k string) int { return strings.Compare(p.Key, k) })
}

func (r rows) Get(key string) ([]byte, error) {
	if b := r.block(key); b < len(r) {
		if i, ok := find(r[b], key); ok {
			return clone(r[b][i].Value), nil
		}
	}
	return nil, store.ErrNotFound
}

func (r rows) Scan(prefix, after string, limit int) ([]store.Pair, error) {
	from := max(prefix, after)
	var out []store.Pair
	for b := r.block(from); b < len(r); b++ {
		i, _ := find(r[b], from)
		for ; i < len(r[b]); i++ {
			p := r[b][i]
			switch {
			case p.Key == after:
			case len(out) == limit || !strings.HasPrefix(p.Key, prefix):
				return out, nil
			default:
				out = append(out, store.Pair{Key: p.Key, Value: clone(p.Value)})
			}
		}
	}
	return out, nil
}

func clone(b []byte) []byte { return append([]byte{}, b...) }
