package main

import (
	"context"
	"errors"
	"fmt"

	"jwxtbot/store"
	"jwxtbot/store/seal"
)

// marker is a sealed row that tells at the start, and not at some student's
// first message, whether key and database belong together.
type marker struct {
	By string `json:"by"` // version of the program that started last
}

// databaseVersion counts changes that an older program could not live with.
const databaseVersion = 1

func markers(box store.Box) store.Table[marker] {
	return store.NewTable[marker]("meta/", databaseVersion, box)
}

// claimDB proves that the key opens the database, and marks a new one.
func claimDB(ctx context.Context, db store.DB, box store.Box) error {
	err := db.Update(ctx, func(tx store.Tx) error {
		if err := readMarker(tx, box); err != nil {
			return err
		}
		return markers(box).Put(tx, "marker", marker{By: version()})
	})
	return mismatch(err)
}

// proveDB is claimDB without a trace.
func proveDB(ctx context.Context, db store.DB, box store.Box) error {
	return mismatch(db.View(ctx, func(tx store.Tx) error { return readMarker(tx, box) }))
}

func readMarker(tx store.Tx, box store.Box) error {
	_, err := markers(box).Get(tx, "marker")
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func mismatch(err error) error {
	switch {
	case errors.Is(err, seal.ErrKey):
		return misconfigured(errors.New("the key is not the one that this database was sealed with; name that one in data.key_file or data.old_key_files"))
	case errors.Is(err, store.ErrNewer):
		return &failure{exitDamaged, errors.New("the database was written by a later version of the program")}
	case errors.Is(err, seal.ErrOpen):
		return &failure{exitDamaged, fmt.Errorf("the database is damaged, restore it from a backup: %w", err)}
	}
	return err
}
