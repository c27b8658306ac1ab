package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/store"
)

var errAbort = errors.New("storetest: abort")

func update(t testing.TB, db store.DB, fn func(store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// set puts pairs of key and value.
func set(t testing.TB, db store.DB, kv ...string) {
	t.Helper()
	update(t, db, func(tx store.Tx) error { return put(tx, kv...) })
}

func put(tx store.Tx, kv ...string) error {
	for i := 0; i < len(kv); i += 2 {
		if err := tx.Put(kv[i], []byte(kv[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// dump is the whole database.
func dump(t testing.TB, db store.DB) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := db.View(t.Context(), func(tx store.Tx) error {
		clear(got)
		pairs, err := tx.Scan("", "", 1_000_000)
		for _, p := range pairs {
			got[p.Key] = string(p.Value)
		}
		return err
	})
	if err != nil {
		t.Fatalf("View: %v", err)
	}
	return got
}

func wantAll(t testing.TB, db store.DB, kv ...string) {
	t.Helper()
	want := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		want[kv[i]] = kv[i+1]
	}
	if diff := cmp.Diff(want, dump(t, db)); diff != "" {
		t.Errorf("database (-want +got):\n%s", diff)
	}
}

func testRoundTrip(t *testing.T, db store.DB) {
	set(t, db, "b", "2", "a", "1")
	set(t, db, "empty", "", "a", "one")
	update(t, db, func(tx store.Tx) error { return tx.Put("nil", nil) })
	wantAll(t, db, "a", "one", "b", "2", "empty", "", "nil", "")
	err := db.View(t.Context(), func(tx store.Tx) error {
		for _, key := range []string{"empty", "nil"} {
			if v, err := tx.Get(key); err != nil || len(v) != 0 {
				t.Errorf("Get(%q) = %q, %v; want an empty value", key, v, err)
			}
		}
		_, err := tx.Get("c")
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Get of a missing key: %v, want ErrNotFound", err)
	}
}

func testAnyBytes(t *testing.T, db store.DB) {
	keys := []string{"\x00", "\x00\x00", "\xff\xff", "a\x00b", "a\nb", "汉字", "\xc3\x28", "/", " "}
	var all []string
	for i, key := range keys {
		all = append(all, key, fmt.Sprint("\x00\xff", i))
	}
	set(t, db, all...)
	wantAll(t, db, all...)
	update(t, db, func(tx store.Tx) error {
		pairs, err := tx.Scan("\xff", "", 10)
		if len(pairs) != 1 || pairs[0].Key != "\xff\xff" {
			t.Errorf(`Scan of prefix "\xff" = %q`, pairs)
		}
		return err
	})
}

// testCallersSlices: neither side holds on to the other's memory.
func testCallersSlices(t *testing.T, db store.DB) {
	value := []byte("value")
	update(t, db, func(tx store.Tx) error {
		if err := tx.Put("k", value); err != nil {
			return err
		}
		copy(value, "WWWWW")
		v, err := tx.Get("k")
		copy(v, "YYYYY")
		return err
	})
	spoil := func(tx store.Tx) error {
		v, err := tx.Get("k")
		if err != nil {
			return err
		}
		copy(v, "ZZZZZ")
		pairs, err := tx.Scan("k", "", 1)
		for _, p := range pairs {
			copy(p.Value, "ZZZZZ")
		}
		return err
	}
	if err := db.View(t.Context(), spoil); err != nil {
		t.Error(err)
	}
	update(t, db, spoil)
	wantAll(t, db, "k", "value")
}

func testDelete(t *testing.T, db store.DB) {
	set(t, db, "a", "1", "b", "2", "c", "3")
	update(t, db, func(tx store.Tx) error {
		return errors.Join(tx.Delete("b"), tx.Delete("missing"))
	})
	wantAll(t, db, "a", "1", "c", "3")
}

func testReadOwnWrites(t *testing.T, db store.DB) {
	set(t, db, "a", "old", "b", "old")
	update(t, db, func(tx store.Tx) error {
		if err := errors.Join(put(tx, "a", "new", "c", "new", "d", ""), tx.Delete("b")); err != nil {
			return err
		}
		for key, want := range map[string]string{"a": "new", "c": "new", "d": ""} {
			if got, err := tx.Get(key); err != nil || string(got) != want {
				t.Errorf("Get(%q) = %q, %v; want %q", key, got, err, want)
			}
		}
		if _, err := tx.Get("b"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get of a deleted key: %v, want ErrNotFound", err)
		}
		return errors.Join(put(tx, "b", "again"), tx.Delete("a"), tx.Delete("c"))
	})
	wantAll(t, db, "b", "again", "d", "")
}

func testScanOrder(t *testing.T, db store.DB) {
	for first := range 5 {
		update(t, db, func(tx store.Tx) error {
			return times(50, func(i int) error {
				n := (i*5 + first) * 7 % 250
				return put(tx, fmt.Sprintf("n/%03d", n), strings.Repeat("x", n))
			})
		})
	}
	var keys []string
	err := db.View(t.Context(), func(tx store.Tx) error {
		pairs, err := tx.Scan("n/", "", 1000)
		for _, p := range pairs {
			keys = append(keys, p.Key)
		}
		return err
	})
	if err != nil || len(keys) != 250 || keys[0] != "n/000" {
		t.Fatalf("scanned %d keys, first %q, error %v", len(keys), keys[:min(1, len(keys))], err)
	}
	for i, key := range keys {
		if want := fmt.Sprintf("n/%03d", i); key != want {
			t.Fatalf("key %d is %q, want %q", i, key, want)
		}
	}
}

func testScanRange(t *testing.T, db store.DB) {
	set(t, db, "a", "", "p", "", "p/", "", "p/1", "", "p/2", "", "p/3", "", "p0", "", "q", "")
	for _, test := range []struct {
		prefix, after string
		limit         int
		want          string
	}{
		{"p/", "", 10, "p/ p/1 p/2 p/3"},
		{"p/", "", 2, "p/ p/1"},
		{"p/", "p/", 10, "p/1 p/2 p/3"},
		{"p/", "p/1", 1, "p/2"},
		{"p/", "p/15", 10, "p/2 p/3"},
		{"p/", "p/3", 10, ""},
		{"p/", "a", 10, "p/ p/1 p/2 p/3"},
		{"p/", "p", 10, "p/ p/1 p/2 p/3"},
		{"p/", "z", 10, ""},
		{"p", "", 10, "p p/ p/1 p/2 p/3 p0"},
		{"", "p/2", 10, "p/3 p0 q"},
		{"x", "", 10, ""},
		{"p/", "", 0, ""},
		{"p/", "", -1, ""},
	} {
		scan := func(tx store.Tx) error {
			pairs, err := tx.Scan(test.prefix, test.after, test.limit)
			var keys []string
			for _, p := range pairs {
				keys = append(keys, p.Key)
			}
			if got := strings.Join(keys, " "); got != test.want {
				t.Errorf("Scan(%q, %q, %d) = %q, want %q", test.prefix, test.after, test.limit, got, test.want)
			}
			return err
		}
		if err := db.View(t.Context(), scan); err != nil {
			t.Error(err)
		}
		update(t, db, scan)
	}
}
