// Package txn is what the transactions of all backends have in common: the
// limits, the order of calls, the buffer of writes, and the line in which
// Updates wait. A backend adds a [Reader] and a way to apply the writes.
package txn

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"jwxtbot/store"
)

// Reader reads one state of the database. What it returns are copies.
type Reader interface {
	// Get returns store.ErrNotFound for a missing key.
	Get(key string) ([]byte, error)
	// Scan is that of store.Tx; limit is positive.
	Scan(prefix, after string, limit int) ([]store.Pair, error)
}

// Tx is a store.Tx over a Reader. Errors other than ErrNotFound stay: once a
// call has failed, all later calls and Run itself return the same error.
type Tx struct {
	r      Reader // nil once Run has ended
	update bool
	writes map[string][]byte // nil stands for a deletion
	nrows  int
	nwrite int
	err    error
}

// NewView makes the transaction of a View.
func NewView(r Reader) *Tx { return &Tx{r: r} }

// NewUpdate makes the transaction of an Update.
func NewUpdate(r Reader) *Tx { return &Tx{r: r, update: true} }

// Run calls fn and returns its error or, if fn swallowed one, the error that
// a call on t returned. However fn ends, t answers nothing afterwards.
func (t *Tx) Run(fn func(store.Tx) error) error {
	defer func() { t.r = nil }()
	if err := fn(t); err != nil {
		return err
	}
	return t.err
}

// Writes are the keys written, in order, with their last values. A nil value
// is a deletion; an empty one is not nil.
func (t *Tx) Writes() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, k := range slices.Sorted(maps.Keys(t.writes)) {
			if !yield(k, t.writes[k]) {
				return
			}
		}
	}
}

// Get implements store.Tx.
func (t *Tx) Get(key string) ([]byte, error) {
	if err := t.read(1); err != nil {
		return nil, err
	}
	if err := t.checkKey(key); err != nil {
		return nil, err
	}
	if v, ok := t.writes[key]; ok {
		if v == nil {
			return nil, store.ErrNotFound
		}
		return append([]byte{}, v...), nil
	}
	v, err := t.r.Get(key)
	if err != nil && err != store.ErrNotFound {
		return nil, t.fail(err)
	}
	return v, err
}

// Scan implements store.Tx.
func (t *Tx) Scan(prefix, after string, limit int) ([]store.Pair, error) {
	limit = max(limit, 0)
	if err := t.read(limit); err != nil {
		return nil, err
	}
	if t.nwrite > 0 {
		return nil, t.fail(store.ErrOrder)
	}
	if limit == 0 {
		return nil, nil
	}
	pairs, err := t.r.Scan(prefix, after, limit)
	if err != nil {
		return nil, t.fail(err)
	}
	return pairs, nil
}

// Put implements store.Tx.
func (t *Tx) Put(key string, value []byte) error {
	if len(value) > store.MaxValue {
		return t.fail(fmt.Errorf("%w: a value of %d bytes", store.ErrLimit, len(value)))
	}
	return t.write(key, append([]byte{}, value...))
}

// Delete implements store.Tx.
func (t *Tx) Delete(key string) error { return t.write(key, nil) }

func (t *Tx) write(key string, value []byte) error {
	switch {
	case t.r == nil:
		return store.ErrClosed
	case t.err != nil:
		return t.err
	case !t.update:
		return t.fail(store.ErrReadOnly)
	case t.nwrite == store.MaxWrites:
		return t.fail(fmt.Errorf("%w: more than %d writes", store.ErrLimit, store.MaxWrites))
	}
	if err := t.checkKey(key); err != nil {
		return err
	}
	if t.writes == nil {
		t.writes = make(map[string][]byte)
	}
	t.nwrite++
	t.writes[key] = value
	return nil
}

// read accounts for n rows.
func (t *Tx) read(n int) error {
	switch {
	case t.r == nil:
		return store.ErrClosed
	case t.err != nil:
		return t.err
	}
	t.nrows += n
	if t.update && t.nrows > store.MaxRows {
		return t.fail(fmt.Errorf("%w: more than %d rows read", store.ErrLimit, store.MaxRows))
	}
	return nil
}

func (t *Tx) checkKey(key string) error {
	if key == "" || len(key) > store.MaxKey {
		return t.fail(fmt.Errorf("%w: a key of %d bytes", store.ErrLimit, len(key)))
	}
	return nil
}

func (t *Tx) fail(err error) error {
	t.err = err
	return err
}
