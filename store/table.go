package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Box seals the rows of a table. The key of the row is authenticated with it:
// a box copied to another key does not open. seal.Ring implements it.
type Box interface {
	Seal(key string, plain []byte) ([]byte, error)
	Open(key string, box []byte) ([]byte, error)
}

// Table is a typed view of the keys that begin with its prefix. The row of an
// id lies under prefix + id. A Table is a value without state of its own; its
// methods are called inside transactions of any DB.
//
// Rows are JSON. Those of an earlier version are decoded into T like all
// others: rename or reuse a field's name only together with code that reads
// the old one. Errors never hold a row's content or id.
type Table[T any] struct {
	prefix  string
	version byte
	box     Box
}

// Row is one row of a Scan. Err is set, and Value is zero, for a row that
// cannot be read: ErrUnreadable with its reason.
type Row[T any] struct {
	ID    string
	Value T
	Err   error
}

// NewTable describes a table. The prefix ends in "/" and is not that of the
// deadlines' index, "due/"; versions count from 1 to 255; a nil box leaves rows
// readable in the file. It panics for other arguments: they are in the code.
func NewTable[T any](prefix string, version int, box Box) Table[T] {
	if !strings.HasSuffix(prefix, "/") || strings.HasPrefix(prefix, duePrefix) {
		panic(fmt.Sprintf("store: %q cannot be the prefix of a table", prefix))
	}
	if version < 1 || version > 255 {
		panic(fmt.Sprintf("store: %d cannot be the version of table %s", version, prefix))
	}
	return Table[T]{prefix, byte(version), box}
}

// Sub is the part of a table whose ids begin with sub, a name that ends in "/";
// its own ids are what follows.
func (t Table[T]) Sub(sub string) Table[T] {
	t.prefix += sub
	return t
}

// Get returns the row of id. ErrNotFound if there is none, ErrUnreadable with
// its reason if it cannot be read, else an error of tx.
func (t Table[T]) Get(tx Tx, id string) (T, error) {
	var v T
	key, err := t.key(id)
	if err != nil {
		return v, err
	}
	b, err := tx.Get(key)
	if err != nil {
		return v, err
	}
	return t.decode(key, b)
}

// Has reports whether there is a row of id, readable or not.
func (t Table[T]) Has(tx Tx, id string) (bool, error) {
	key, err := t.key(id)
	if err != nil {
		return false, err
	}
	_, err = tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put stores v under id, without a deadline. It costs one write.
func (t Table[T]) Put(tx Tx, id string, v T) error {
	key, err := t.key(id)
	if err != nil {
		return err
	}
	return t.put(tx, key, v, 0)
}

// PutUntil stores v under id; a Sweep after deadline removes it. It costs one
// read and at most three writes: the row, its entry in the index and the
// removal of the entry it had before. A key is at most MaxKey-17 bytes here.
// With the zero time it is Put.
func (t Table[T]) PutUntil(tx Tx, id string, v T, deadline time.Time) error {
	key, err := t.key(id)
	if err != nil {
		return err
	}
	end := seconds(deadline)
	if err := moveDue(tx, key, end); err != nil {
		return err
	}
	return t.put(tx, key, v, end)
}

// Delete removes the row of id, which may be missing. It costs one write.
func (t Table[T]) Delete(tx Tx, id string) error {
	key, err := t.key(id)
	if err != nil {
		return err
	}
	return tx.Delete(key)
}

// Scan returns up to limit rows in order of their ids, from the first one
// greater than after; "" begins at the first. An unreadable row is returned
// with its Err and does not end the scan.
func (t Table[T]) Scan(tx Tx, after string, limit int) ([]Row[T], error) {
	if after != "" {
		after = t.prefix + after
	}
	pairs, err := tx.Scan(t.prefix, after, limit)
	if err != nil {
		return nil, err
	}
	rows := make([]Row[T], len(pairs))
	for i, p := range pairs {
		rows[i].ID = p.Key[len(t.prefix):]
		rows[i].Value, rows[i].Err = t.decode(p.Key, p.Value)
	}
	return rows, nil
}

func (t Table[T]) key(id string) (string, error) {
	if id == "" {
		return "", fmt.Errorf("%w: empty id in table %s", ErrLimit, t.prefix)
	}
	return t.prefix + id, nil
}

func (t Table[T]) put(tx Tx, key string, v T, end int64) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("store: table %s: row does not encode: %T", t.prefix, err)
	}
	f := frame{formatPlain, t.version, end, payload}
	if t.box != nil {
		f.format = formatSealed
		if f.payload, err = t.box.Seal(key, payload); err != nil {
			return fmt.Errorf("store: table %s: %w", t.prefix, err)
		}
	}
	return tx.Put(key, f.encode())
}

func (t Table[T]) decode(key string, b []byte) (T, error) {
	var v, zero T
	payload, err := t.open(key, b)
	if err == nil {
		if bad := json.Unmarshal(payload, &v); bad != nil {
			err = fmt.Errorf("%w: %T", ErrRow, bad) // its text may quote the row
		}
	}
	if err != nil {
		return zero, fmt.Errorf("%w in table %s: %w", ErrUnreadable, t.prefix, err)
	}
	return v, nil
}

// open returns the JSON of a row. A plain row in a sealed table is refused:
// whoever can write to the file must not be able to pass it off as ours.
func (t Table[T]) open(key string, b []byte) ([]byte, error) {
	f, err := decodeFrame(b)
	switch {
	case err != nil:
		return nil, err
	case f.version > t.version:
		return nil, fmt.Errorf("%w: version %d, known are up to %d", ErrNewer, f.version, t.version)
	case (f.format == formatSealed) != (t.box != nil):
		return nil, fmt.Errorf("%w: sealed and plain are mixed up", ErrRow)
	case t.box == nil:
		return f.payload, nil
	}
	return t.box.Open(key, f.payload)
}
