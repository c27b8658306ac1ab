// Package store is the state of the bot as ordered keys: transactions, limits,
// typed tables and deadlines. It imports the standard library only; boltstore
// and memstore are its backends, storetest the suite they both pass.
//
// The mental model: one sorted map of keys to bytes. A View reads a snapshot of
// it. An Update reads the newest state, collects its writes and makes all of
// them durable at once, or none. [Table] gives a prefix of the keys a type, a
// version, a deadline and, with a [Box], encryption.
//
// The caveats: the function given to Update may run more than once, so it must
// touch nothing but its transaction; it scans before it writes; and a deadline
// is not looked at by reads, a row is there until [Sweep] removes it.
package store

import (
	"context"
	"errors"
)

// Limits every backend enforces, so that code written against one backend runs
// on all. A transaction that breaks one gets ErrLimit and changes nothing, even
// if it ignores the error of the call. The counts do not depend on what is
// stored: code that is within them in a test is within them for good.
const (
	MaxKey    = 512       // bytes of a key, which has at least one
	MaxValue  = 512 << 10 // bytes of a value
	MaxWrites = 100       // Put and Delete calls in one Update
	MaxRows   = 100       // rows one Update reads: a Get counts 1, a Scan its limit
)

// The errors of this package. Test with errors.Is.
var (
	ErrNotFound = errors.New("store: no such key")
	ErrLimit    = errors.New("store: transaction over its limits")
	ErrOrder    = errors.New("store: scan after a write in the same transaction")
	ErrReadOnly = errors.New("store: write in a View")
	// ErrClosed is also what a transaction kept beyond its function returns.
	ErrClosed = errors.New("store: database is closed")
	// ErrUnknown means that the commit may or may not have happened. The
	// caller runs the whole Update again; it must be idempotent.
	ErrUnknown = errors.New("store: outcome of the commit is unknown")
	ErrLocked  = errors.New("store: database is in use by another process")
	ErrCorrupt = errors.New("store: database is damaged")
	// ErrUnreadable is in every error about a row that is there and cannot be
	// read, beside ErrNewer, ErrRow or an error of the Box. Reading it once more
	// is no use; it can be written anew.
	ErrUnreadable = errors.New("store: unreadable row")
	// ErrNewer is returned for a row of a later version of its table.
	ErrNewer = errors.New("store: row was written by a later version of this program")
	// ErrRow is returned for a row that is no frame, is plain where it should
	// be sealed or sealed where it should be plain, or whose JSON does not fit.
	ErrRow = errors.New("store: row does not decode")
)

// Missing reports whether err says that there is no row to go by: none is
// there, or none that can be read.
func Missing(err error) bool { return errors.Is(err, ErrNotFound) || errors.Is(err, ErrUnreadable) }

// DB is a set of ordered keys. Its methods may be called from many goroutines.
type DB interface {
	// View runs fn on a consistent snapshot and returns its error. It is not
	// under the limit of MaxRows. A ctx that has ended is returned unseen by fn.
	View(ctx context.Context, fn func(Tx) error) error
	// Update runs fn and commits what it wrote, all or nothing, durably,
	// before it returns nil. Updates are serial: fn sees all earlier ones.
	// fn must touch nothing but tx, because it may be run again. An error of
	// fn, or a panic, leaves the database as it was and is returned (re-raised).
	// While it waits for its turn an Update returns when ctx ends, and fn does
	// not run; afterwards ctx is no longer looked at. Several Updates may share
	// one commit: if it fails, each of them returns its error.
	Update(ctx context.Context, fn func(Tx) error) error
	// Close waits for what is running; later calls return ErrClosed.
	Close() error
}

// Tx is a transaction, for one goroutine and for as long as its function runs.
// Slices it returns belong to the caller, slices it takes are copied.
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
