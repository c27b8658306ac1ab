// Package store is the state of the bot as ordered keys: transactions, limits,
// typed tables and deadlines. It imports the standard library only; boltstore
// and memstore are its backends, storetest the suite they both pass.
package store

import (
	"context"
	"errors"
)

// Limits every backend enforces, so that code written against one backend runs
// on all. A transaction that breaks one gets ErrLimit and changes nothing.
const (
	MaxKey    = 512       // bytes of a key
	MaxValue  = 512 << 10 // bytes of a value
	MaxWrites = 100       // Put and Delete calls in one Update
	MaxRows   = 100       // rows one Update reads by Get and Scan
)

// The errors of this package. Test with errors.Is.
var (
	ErrNotFound = errors.New("store: no such key")
	ErrLimit    = errors.New("store: transaction over its limits")
	ErrOrder    = errors.New("store: scan after a write in the same transaction")
	ErrReadOnly = errors.New("store: write in a View")
	ErrClosed   = errors.New("store: database is closed")
	// ErrUnknown means that the commit may or may not have happened. The
	// caller runs the whole Update again; it must be idempotent.
	ErrUnknown = errors.New("store: outcome of the commit is unknown")
	ErrLocked  = errors.New("store: database is in use by another process")
	ErrCorrupt = errors.New("store: database is damaged")
)

// DB is a set of ordered keys. Its methods may be called from many goroutines.
type DB interface {
	// View runs fn on a consistent snapshot.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn and commits what it wrote, all or nothing, durably,
	// before it returns nil. Updates are serial: fn sees all earlier ones.
	// fn must touch nothing but tx, because it may be run again. An error of
	// fn, or a panic, leaves the database as it was and is returned (re-raised).
	Update(ctx context.Context, fn func(Tx) error) error
	Close() error
}

// Tx is a transaction. Slices it returns belong to the caller.
type Tx interface {
	// Get returns ErrNotFound for a missing key. It sees this transaction's writes.
	Get(key string) ([]byte, error)
	// Scan returns up to limit pairs in key order whose key starts with prefix
	// and is greater than after ("" for the first). All scans of an Update come
	// before its first write, ErrOrder otherwise.
	Scan(prefix, after string, limit int) ([]Pair, error)
	Put(key string, value []byte) error
	Delete(key string) error // a missing key is no error
}

// Pair is one row.
type Pair struct {
	Key   string
	Value []byte
}
