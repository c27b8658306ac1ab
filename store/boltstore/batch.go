package boltstore

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"jwxtbot/store"
	"jwxtbot/store/internal/txn"
)

// A batch is one bbolt transaction that takes in the writes of several Updates.
//
// Each Update waits for its turn, runs its function in its own goroutine on the
// open batch, and adds its writes if the function succeeded. If somebody else
// waits it hands on the turn, and the batch with it; the last one commits. So a
// lone Update commits at once, and while one batch is being synced the next
// one's Updates gather in the line.
type batch struct {
	tx    *bolt.Tx
	id    int // of tx
	read  reader
	calls int
	bytes int
	dirty bool // something was written

	done chan struct{} // closed after the commit
	err  error         // of the commit; read once done is closed
}

// A batch is committed when it has taken in so much, even if others wait.
const (
	maxCalls = 128
	maxBytes = 16 << 20
)

// Update implements store.DB.
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := db.turns.Wait(ctx); err != nil {
		return err
	}
	b, err := db.join(fn)
	if b == nil {
		return err
	}
	<-b.done
	if b.err != nil {
		return b.err // Also for a failed fn: what it saw was never there.
	}
	return err
}

// join runs fn in the open batch and ends the turn.
func (db *DB) join(fn func(store.Tx) error) (b *batch, err error) {
	defer db.endTurn() // even if fn panics or ends its goroutine
	if b, err = db.openBatch(); err != nil {
		return nil, err
	}
	b.calls++
	tx := txn.NewUpdate(b.read)
	if err := tx.Run(fn); err != nil {
		return b, err
	}
	b.add(tx)
	return b, nil
}

func (db *DB) openBatch() (*batch, error) {
	switch {
	case db.closed:
		return nil, store.ErrClosed
	case db.broken != nil:
		return nil, db.broken
	case db.batch != nil:
		return db.batch, nil
	}
	tx, err := db.begin(true)
	if err != nil {
		return nil, err
	}
	b := &batch{tx: tx, id: tx.ID(), done: make(chan struct{})}
	b.read, b.err = newReader(tx)
	db.batch = b
	return b, b.err
}

// add applies the writes of one Update. If that goes wrong the whole batch is
// lost, as part of the writes may have been done.
func (b *batch) add(tx *txn.Tx) {
	for key, value := range tx.Writes() {
		b.dirty = true
		b.bytes += len(key) + len(value)
		err := guard(func() error {
			if value == nil {
				return b.read.bucket.Delete([]byte(key))
			}
			return b.read.bucket.Put([]byte(key), value)
		})
		if err != nil {
			b.err = err
			return
		}
	}
}

func (b *batch) full() bool { return b.calls >= maxCalls || b.bytes >= maxBytes || b.err != nil }

// endTurn hands the open batch to the next in line, or commits it.
func (db *DB) endTurn() {
	if b := db.batch; b != nil && !b.full() && db.turns.Yield() {
		return
	}
	db.settle()
	db.turns.End()
}

// settle commits the open batch, if there is one.
func (db *DB) settle() {
	b := db.batch
	if b == nil {
		return
	}
	db.batch = nil
	defer close(b.done)
	if b.err == nil && (b.dirty || db.unsure) {
		b.err = db.commit(b)
	}
	_ = guard(b.tx.Rollback) // no-op after a commit
}

// commit writes b. After an error bbolt has either gone back to the old state,
// or the new one is in the file but perhaps not on the disk; then it becomes
// durable with the next commit, which is due even if nobody writes.
func (db *DB) commit(b *batch) error {
	err := guard(b.tx.Commit)
	switch {
	case err == nil:
		db.unsure = false
		return nil
	case errors.Is(err, store.ErrCorrupt):
		db.broken = err
		return err
	case db.lastCommit() >= b.id:
		db.unsure = true
		return fmt.Errorf("%w: %w", store.ErrUnknown, err)
	}
	return fmt.Errorf("boltstore: nothing was written: %w", err)
}

// lastCommit numbers the newest state in the file.
func (db *DB) lastCommit() (id int) {
	_ = db.view(context.Background(), func(tx *bolt.Tx) error {
		id = tx.ID()
		return nil
	})
	return id
}
