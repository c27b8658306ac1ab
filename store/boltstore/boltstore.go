// Package boltstore is the store on one bbolt file.
//
// Updates that arrive while the disk is busy share the next commit, and with it
// its two disk syncs; nobody waits for a timer (see batch.go). The file never
// shrinks: space of deleted rows is used again.
//
// A View that lasts keeps its pages from being used again, so the file grows;
// beyond a gigabyte that may make Updates wait until the View ends.
package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"jwxtbot/store"
	"jwxtbot/store/internal/durable"
	"jwxtbot/store/internal/txn"
)

// firstMap is how much address space is mapped at the start, whatever the size
// of the file. bbolt maps anew when the file outgrows its mapping, and that
// waits for every View to end. Windows makes the file as long as its mapping,
// and on 32 bits address space is scarce.
const firstMap = 1 << 30

// growBy is by how much the file grows at a time.
const growBy = 1 << 20

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = time.Second

var bucketName = []byte("jwxtbot")

// DB is a store.DB on a bbolt file.
type DB struct {
	bolt  *bolt.DB
	turns txn.Turns

	// Whoever has the turn owns these.
	batch  *batch // open, waiting for more or for its commit; nil between commits
	broken error  // why no Update can be trusted any more
	unsure bool   // an earlier commit can be seen but may not be on disk
	closed bool
}

var _ store.DB = (*DB)(nil)

// Open opens the file at path, creating it, for this process alone. Its
// directory must exist. Errors: store.ErrLocked after a second if another
// process has it, store.ErrCorrupt if it is no database or a damaged one, or
// what the operating system said, usually as an *fs.PathError.
//
// Open reads the upper levels of the tree, and all of a small one, before it
// trusts the file; Check reads everything.
func Open(path string) (*DB, error) {
	info, err := os.Stat(path)
	created := errors.Is(err, fs.ErrNotExist)
	if err == nil && !info.IsDir() && info.Size() > 0 {
		if err := inspect(path); err != nil {
			return nil, err
		}
	}
	b, err := openBolt(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	if err := createBucket(b); err != nil {
		return nil, errors.Join(fmt.Errorf("boltstore: %s: %w", path, err), b.Close())
	}
	if created {
		durable.SyncDir(path)
	}
	return &DB{bolt: b}, nil
}

func openBolt(path string, o bolt.Options) (b *bolt.DB, err error) {
	o.Timeout = lockWait
	o.FreelistType = bolt.FreelistMapType
	if bits.UintSize == 64 && runtime.GOOS != "windows" {
		o.InitialMmapSize = firstMap
	}
	err = guard(func() (err error) {
		b, err = bolt.Open(path, 0o600, &o)
		return err
	})
	var errno syscall.Errno
	switch {
	case err == nil:
		b.AllocSize = growBy
		return b, nil
	case errors.Is(err, berrors.ErrTimeout):
		err = store.ErrLocked
	case !errors.As(err, &errno) && !errors.Is(err, store.ErrCorrupt):
		err = fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return nil, fmt.Errorf("boltstore: %s: %w", path, err)
}

// inspect looks at an existing file under a shared lock, by reading it: mapped
// memory that the file does not back would kill the process.
func inspect(path string) error {
	b, err := openBolt(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer b.Close()
	if err := verifyFile(path, quickPages); err != nil {
		return fmt.Errorf("boltstore: %s: %w", path, err)
	}
	return nil
}

func createBucket(b *bolt.DB) error {
	return guard(func() error {
		exists := false
		err := b.View(func(tx *bolt.Tx) error {
			exists = tx.Bucket(bucketName) != nil
			return nil
		})
		if err != nil || exists {
			return err
		}
		return b.Update(func(tx *bolt.Tx) error {
			_, err := tx.CreateBucket(bucketName)
			return err
		})
	})
}

// View implements store.DB.
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	return db.view(ctx, func(tx *bolt.Tx) error {
		r, err := newReader(tx)
		if err != nil {
			return err
		}
		return txn.NewView(r).Run(fn)
	})
}

func (db *DB) view(ctx context.Context, fn func(*bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := db.begin(false)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return fn(tx)
}

func (db *DB) begin(update bool) (tx *bolt.Tx, err error) {
	err = guard(func() (err error) {
		tx, err = db.bolt.Begin(update)
		return err
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		err = store.ErrClosed
	}
	return tx, err
}

// Close implements store.DB.
func (db *DB) Close() error {
	if err := db.turns.Wait(context.Background()); err != nil {
		return err
	}
	defer db.endTurn()
	db.settle()
	db.closed = true
	return db.bolt.Close()
}

// Check reads the whole database and reports damage as store.ErrCorrupt.
// Updates wait meanwhile.
func (db *DB) Check(ctx context.Context) error {
	if err := db.turns.Wait(ctx); err != nil {
		return err
	}
	defer db.endTurn()
	db.settle()
	if db.closed {
		return store.ErrClosed
	}
	if err := verifyFile(db.bolt.Path(), allPages); err != nil {
		return err
	}
	return db.view(ctx, func(tx *bolt.Tx) error {
		var found error
		for err := range tx.Check() {
			found = errors.Join(found, fmt.Errorf("%w: %w", store.ErrCorrupt, err))
		}
		return found
	})
}

// Backup writes a copy of one state of the database to w; the copy is itself a
// database file. It fails when ctx ends. It is a View that lasts as long as w
// takes: w should be a file.
func (db *DB) Backup(ctx context.Context, w io.Writer) error {
	return db.view(ctx, func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(writerFunc(func(b []byte) (int, error) {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			return w.Write(b)
		}))
		if err != nil && ctx.Err() != nil {
			return ctx.Err() // bbolt wraps it beyond recognition
		}
		return err
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// guard calls into bbolt, which trusts its file: what it does about a page that
// makes no sense is a panic, or an access outside of the mapping.
func guard(call func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", store.ErrCorrupt, p)
		}
	}()
	return call()
}

// reader reads the bucket within a bbolt transaction.
type reader struct{ bucket *bolt.Bucket }

var _ txn.Reader = reader{}

func newReader(tx *bolt.Tx) (r reader, err error) {
	err = guard(func() error {
		r.bucket = tx.Bucket(bucketName)
		return nil
	})
	return r, err
}

func (r reader) Get(key string) (value []byte, err error) {
	err = guard(func() error {
		v := r.bucket.Get([]byte(key))
		if v == nil {
			return store.ErrNotFound
		}
		value = append([]byte{}, v...)
		return nil
	})
	return value, err
}

func (r reader) Scan(prefix, after string, limit int) (pairs []store.Pair, err error) {
	err = guard(func() error {
		c := r.bucket.Cursor()
		k, v := c.Seek([]byte(max(prefix, after)))
		if string(k) == after && k != nil {
			k, v = c.Next()
		}
		for ; k != nil && len(pairs) < limit && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
			pairs = append(pairs, store.Pair{Key: string(k), Value: append([]byte{}, v...)})
		}
		return nil
	})
	return pairs, err
}
