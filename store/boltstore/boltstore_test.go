package boltstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

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

func put(db store.DB, key, value string) error {
	return db.Update(context.Background(), func(tx store.Tx) error { return tx.Put(key, []byte(value)) })
}

func get(db store.DB, key string) (value string, err error) {
	err = db.View(context.Background(), func(tx store.Tx) error {
		b, err := tx.Get(key)
		value = string(b)
		return err
	})
	return value, err
}

// fill puts n rows of about 2 KB; row returns what one of them holds.
func fill(t testing.TB, db store.DB, n int) {
	t.Helper()
	for done := 0; done < n; {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			for range min(n-done, store.MaxWrites) {
				if err := tx.Put(fmt.Sprintf("row/%05d", done), row(done)); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func row(i int) []byte { return bytes.Repeat([]byte{byte('a' + i%26)}, 1500+i*37%1000) }

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	fill(t, db, 500)
	if err := put(db, "empty", ""); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file mode %v, %v; want 0600", info.Mode(), err)
	}
	again := open(t, path)
	storetest.Check(t, again)
	for i := range 500 {
		if got, err := get(again, fmt.Sprintf("row/%05d", i)); err != nil || got != string(row(i)) {
			t.Fatalf("row %d: %d bytes, %v", i, len(got), err)
		}
	}
	if got, err := get(again, "empty"); err != nil || got != "" {
		t.Errorf("empty row: %q, %v", got, err)
	}
}

// TestReopenWritesNothing: starting the program does not wear the disk.
func TestReopenWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	before := db.LastCommit()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := open(t, path).LastCommit(); got != before {
		t.Errorf("reopening made %d commits", got-before)
	}
}

func TestLocked(t *testing.T) {
	for _, test := range []struct {
		name string
		rows int
	}{{"new", 0}, {"filled", 10}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // skips the second of waiting
				path := filepath.Join(t.TempDir(), "db")
				db := open(t, path)
				fill(t, db, test.rows)
				if _, err := boltstore.Open(path); !errors.Is(err, store.ErrLocked) {
					t.Errorf("second Open: %v, want ErrLocked", err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				open(t, path)
			})
		})
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{
		"a missing directory": filepath.Join(dir, "no", "db"),
		"a directory":         dir,
	} {
		_, err := boltstore.Open(path)
		if e := (*fs.PathError)(nil); !errors.As(err, &e) || errors.Is(err, store.ErrCorrupt) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want a PathError that names it", name, err)
		}
	}
	unreadable := filepath.Join(dir, "unreadable")
	if err := os.WriteFile(unreadable, []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		return // root reads everything
	}
	if _, err := boltstore.Open(unreadable); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("an unreadable file: %v, want ErrPermission", err)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "db"))
	fill(t, db, 300)
	var copied bytes.Buffer
	if err := db.Backup(t.Context(), &copied); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "copy")
	if err := os.WriteFile(path, copied.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path)
	storetest.Check(t, restored)
	if got, err := get(restored, "row/00299"); err != nil || got != string(row(299)) {
		t.Errorf("row of the copy: %d bytes, %v", len(got), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := db.Backup(ctx, cancelOnWrite(cancel)); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled Backup: %v", err)
	}
}

type cancelOnWrite func()

func (c cancelOnWrite) Write(b []byte) (int, error) { c(); return len(b), nil }

func TestClosed(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "db"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Check: %v, want ErrClosed", err)
	}
	if err := db.Backup(t.Context(), &bytes.Buffer{}); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Backup: %v, want ErrClosed", err)
	}
}
