package ops_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/ops"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// commits is a sink that notes what it is told of the database.
type commits struct {
	ops.Discard
	told []bool
	took []time.Duration
}

func (c *commits) Commit(took time.Duration, ok bool) {
	c.told, c.took = append(c.told, ok), append(c.took, took)
}

// slowDB takes a while for each commit.
type slowDB struct{ store.DB }

func (db slowDB) Update(ctx context.Context, fn func(store.Tx) error) error {
	time.Sleep(30 * time.Millisecond)
	return db.DB.Update(ctx, fn)
}

// TestWatchDB: commits and failures of the database are told, and how long they
// took; what a function gave up itself, or nobody waits for, is not.
func TestWatchDB(t *testing.T) {
	put := func(tx store.Tx) error { return tx.Put("a", []byte("1")) }
	gaveUp := errors.New("the function's own")
	for name, tc := range map[string]struct {
		do    func(ctx context.Context, db store.DB, mem *memstore.DB) error
		told  []bool
		fails bool
	}{
		"a commit": {func(ctx context.Context, db store.DB, _ *memstore.DB) error { return db.Update(ctx, put) }, []bool{true}, false},
		"a failed commit": {func(ctx context.Context, db store.DB, mem *memstore.DB) error {
			mem.FailCommit(1)
			return db.Update(ctx, put)
		}, []bool{false}, true},
		"committed, with an error": {func(ctx context.Context, db store.DB, mem *memstore.DB) error {
			mem.CommitButError(1)
			return db.Update(ctx, put)
		}, []bool{false}, true},
		"given up": {func(ctx context.Context, db store.DB, _ *memstore.DB) error {
			return db.Update(ctx, func(store.Tx) error { return gaveUp })
		}, nil, true},
		"over the limits": {func(ctx context.Context, db store.DB, _ *memstore.DB) error {
			return db.Update(ctx, func(tx store.Tx) error { return tx.Put("", nil) })
		}, nil, true},
		"nobody waits": {func(ctx context.Context, db store.DB, _ *memstore.DB) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return db.Update(ctx, put)
		}, nil, true},
		"closed": {func(ctx context.Context, db store.DB, mem *memstore.DB) error {
			mem.Close()
			return db.Update(ctx, put)
		}, []bool{false}, true},
		"reading": {func(ctx context.Context, db store.DB, _ *memstore.DB) error {
			return db.View(ctx, func(store.Tx) error { return nil })
		}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mem, sink := memstore.New(), &commits{}
				err := tc.do(t.Context(), ops.WatchDB(slowDB{mem}, sink), mem)
				if (err != nil) != tc.fails {
					t.Errorf("got error %v, want one: %v", err, tc.fails)
				}
				if !slices.Equal(sink.told, tc.told) {
					t.Errorf("told %v, want %v", sink.told, tc.told)
				}
				for _, took := range sink.took {
					if took != 30*time.Millisecond {
						t.Errorf("it took %v, want 30ms", took)
					}
				}
			})
		})
	}
}
