package boltstore_test

import (
	"path/filepath"
	"testing"

	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) store.DB { return open(t, filepath.Join(t.TempDir(), "db")) })
}

func open(t testing.TB, path string) *boltstore.DB {
	t.Helper()
	db, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
