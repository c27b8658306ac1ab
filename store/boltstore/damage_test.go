package boltstore_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"

	"jwxtbot/store"
	"jwxtbot/store/boltstore"
)

// image is a database file of some rows on several levels, with free pages.
func image(t testing.TB, rows int) []byte {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "db"))
	fill(t, db, rows)
	for i := range rows / 8 {
		if err := put(db, fmt.Sprintf("row/%05d", i*8), "short"); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer // of a Backup, as the file itself ends in unused pages
	if err := db.Backup(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// use opens the file b and does everything once. It returns the error of Open,
// or else the first one of what came after.
func use(t testing.TB, b []byte) (openErr, useErr error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := boltstore.Open(path)
	if err != nil {
		return err, nil
	}
	scan := func(tx store.Tx) error {
		for after := ""; ; {
			pairs, err := tx.Scan("", after, 1000)
			if err != nil || len(pairs) == 0 || pairs[len(pairs)-1].Key <= after {
				return err
			}
			after = pairs[len(pairs)-1].Key
		}
	}
	ctx := context.Background()
	return nil, errors.Join(
		db.View(ctx, scan),
		db.Check(ctx),
		db.Update(ctx, func(tx store.Tx) error {
			return errors.Join(tx.Delete("row/00009"), tx.Put("row/00007", nil), tx.Put("zzz", make([]byte, 20_000)))
		}),
		db.Close())
}

func TestDamagedFiles(t *testing.T) {
	good := image(t, 100)
	random := rand.NewChaCha8([32]byte{1})
	garbage := make([]byte, 100_000)
	_, _ = io.ReadFull(random, garbage)
	page := os.Getpagesize()
	for _, test := range []struct {
		name string
		file []byte
	}{
		{"one byte", good[:1]},
		{"half a page", good[:page/2]},
		{"one page", good[:page]},
		{"headers alone", good[:2*page]},
		{"garbage", garbage},
		{"text", bytes.Repeat([]byte("not a database\n"), 1000)},
		{"another database", append([]byte("SQLite format 3\x00"), make([]byte, 50_000)...)},
		{"zeros", make([]byte, 50_000)},
		{"headers zeroed", append(make([]byte, 2*page), good[2*page:]...)},
		{"all but headers zeroed", append(bytes.Clone(good[:2*page]), make([]byte, len(good)-2*page)...)},
		{"all but headers garbage", append(bytes.Clone(good[:2*page]), garbage...)},
	} {
		if err, _ := use(t, test.file); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: Open: %v, want ErrCorrupt", test.name, err)
		}
	}
	if openErr, useErr := use(t, good); openErr != nil || useErr != nil {
		t.Errorf("the undamaged file: %v, %v", openErr, useErr)
	}
}

// TestEveryCut: a file that misses even one page of values is refused.
func TestEveryCut(t *testing.T) {
	good := image(t, 40)
	for n := len(good) - os.Getpagesize(); n > 0; n -= os.Getpagesize() {
		if err, _ := use(t, good[:n]); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("cut to %d of %d bytes: Open: %v, want ErrCorrupt", n, len(good), err)
		}
	}
}

// TestFreeList: a page in use that is listed as free would be overwritten, and
// a wild length would take all memory.
func TestFreeList(t *testing.T) {
	good, page, seen := image(t, 40), os.Getpagesize(), 0
	for at := 2 * page; at < len(good); at += page {
		flags, count := binary.NativeEndian.Uint16(good[at+8:]), binary.NativeEndian.Uint16(good[at+10:])
		if flags != 0x10 || count == 0 {
			continue
		}
		inUse, wild := bytes.Clone(good), bytes.Clone(good)
		binary.NativeEndian.PutUint64(inUse[at+16:], uint64(at/page))
		binary.NativeEndian.PutUint16(wild[at+10:], 0xFFFF)
		binary.NativeEndian.PutUint64(wild[at+16:], 1<<40)
		err, _ := use(t, inUse)
		errWild, _ := use(t, wild)
		if err == nil && errWild == nil {
			continue // an old list, itself free
		}
		seen++
		if !errors.Is(err, store.ErrCorrupt) || !errors.Is(errWild, store.ErrCorrupt) {
			t.Errorf("page in use as free: %v; wild length: %v; want ErrCorrupt", err, errWild)
		}
	}
	if seen != 1 {
		t.Errorf("%d lists of free pages count, want 1", seen)
	}
}

// TestOneHeader: a commit cut while it wrote its header leaves the one before.
func TestOneHeader(t *testing.T) {
	good := image(t, 50)
	for header := range 2 {
		bad := bytes.Clone(good)
		clear(bad[header*os.Getpagesize()+40:][:40])
		if openErr, useErr := use(t, bad); openErr != nil || useErr != nil {
			t.Errorf("header %d torn: %v, %v; want the database to work", header, openErr, useErr)
		}
	}
}

// TestEveryPage spoils one page after the other. Open refuses what could lead
// astray; a page may also be free, or hold only keys and values of another one,
// which Check sees if their order is wrong. Nothing panics.
func TestEveryPage(t *testing.T) {
	good := image(t, 60)
	page := os.Getpagesize()
	random := rand.NewChaCha8([32]byte{2})
	for name, spoil := range map[string]func([]byte){
		"zeroed":  func(b []byte) { clear(b) },
		"garbage": func(b []byte) { _, _ = io.ReadFull(random, b) },
		"swapped": func(b []byte) { copy(b, good[3*page:4*page]) },
	} {
		refused := 0
		for at := 2 * page; at < len(good); at += page {
			bad := bytes.Clone(good)
			spoil(bad[at : at+page])
			openErr, useErr := use(t, bad)
			if openErr != nil {
				refused++
			}
			wantCorrupt(t, openErr)
			wantCorrupt(t, useErr)
		}
		if refused < 15 {
			t.Errorf("%s: Open refused %d of %d pages, want those of the tree", name, refused, len(good)/page)
		}
	}
}

// TestFileCutWhileOpen takes the file away from under an open database: reads
// outside of it must not kill the process.
func TestFileCutWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	db := open(t, path)
	fill(t, db, 500)
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	if _, err := get(db, "row/00250"); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Get: %v, want ErrCorrupt", err)
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		_, err := tx.Scan("", "", 1000)
		return err
	})
	if !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Scan: %v, want ErrCorrupt", err)
	}
	for range 2 {
		if err := put(db, "row/00250", "x"); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("Put: %v, want ErrCorrupt", err)
		}
	}
	if err := db.Check(t.Context()); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Check: %v, want ErrCorrupt", err)
	}
}

// TestFileCutInCommit: bbolt's memory cannot be trusted after a commit that it
// did not survive, so nothing is written any more even if the file is back.
func TestFileCutInCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "db")
	synctest.Test(t, func(t *testing.T) {
		db := open(t, path)
		fill(t, db, 100)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		release := make(chan struct{})
		var wg sync.WaitGroup
		for _, fn := range []func(store.Tx) error{
			func(tx store.Tx) error { <-release; return tx.Put("row/00050", nil) },
			func(store.Tx) error { return os.Truncate(path, int64(2*os.Getpagesize())) },
		} {
			wg.Go(func() {
				err := db.Update(t.Context(), fn)
				if !errors.Is(err, store.ErrCorrupt) {
					t.Errorf("Update: %v, want ErrCorrupt", err)
				}
			})
			synctest.Wait()
		}
		close(release)
		wg.Wait()
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := put(db, "row/00050", "x"); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("Update with the file restored: %v, want ErrCorrupt", err)
		}
		if got, err := get(db, "row/00050"); err != nil || got != string(row(50)) {
			t.Errorf("Get with the file restored: %d bytes, %v", len(got), err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
}

// FuzzDamage overwrites a part of a good file.
func FuzzDamage(f *testing.F) {
	good := image(f, 30)
	f.Add(uint32(0), []byte{0})
	f.Add(uint32(2*os.Getpagesize()), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, at uint32, b []byte) {
		bad := bytes.Clone(good)
		copy(bad[int(at)%len(bad):], b)
		openErr, useErr := use(t, bad)
		wantCorrupt(t, openErr)
		wantCorrupt(t, useErr)
	})
}

func wantCorrupt(t testing.TB, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("error %v, want ErrCorrupt or none", err)
	}
}
