package ops

import (
	"context"
	"time"

	"jwxtbot/store"
)

// WatchDB is db that reports its updates to s. An update that its own function
// gave up is not one of the database's.
func WatchDB(db store.DB, s Sink) store.DB { return watchedDB{db, s} }

type watchedDB struct {
	store.DB
	sink Sink
}

func (w watchedDB) Update(ctx context.Context, fn func(store.Tx) error) error {
	began, gaveUp := time.Now(), false
	err := w.DB.Update(ctx, func(tx store.Tx) error {
		err := fn(tx)
		gaveUp = err != nil
		return err
	})
	if !gaveUp && ctx.Err() == nil {
		w.sink.Commit(time.Since(began), err == nil)
	}
	return err
}
