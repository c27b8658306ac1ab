package store_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/seal"
	"jwxtbot/store/storetest"
)

type chat struct {
	Name string `json:"name"`
	N    int    `json:"n,omitempty"`
}

func ring(t testing.TB) *seal.Ring {
	t.Helper()
	r, err := seal.NewRing(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newDB(t testing.TB) store.DB {
	db := memstore.New()
	t.Cleanup(func() { storetest.Check(t, db) })
	return db
}

func update(t testing.TB, db store.DB, fn func(store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// raw is the stored bytes of key.
func raw(t testing.TB, db store.DB, key string) (value []byte) {
	t.Helper()
	update(t, db, func(tx store.Tx) (err error) {
		value, err = tx.Get(key)
		return err
	})
	return value
}

func keys(t testing.TB, db store.DB) (out []string) {
	t.Helper()
	update(t, db, func(tx store.Tx) error {
		pairs, err := tx.Scan("", "", store.MaxRows)
		for _, p := range pairs {
			out = append(out, p.Key)
		}
		return err
	})
	return out
}

func TestSealedTable(t *testing.T) {
	db := newDB(t)
	chats := store.NewTable[chat]("chat/", 1, ring(t))
	want := chat{"张三", 2020000001}
	update(t, db, func(tx store.Tx) error { return chats.Put(tx, "17", want) })
	update(t, db, func(tx store.Tx) error {
		got, err := chats.Get(tx, "17")
		if err != nil || got != want {
			t.Errorf("Get = %v, %v; want %v", got, err, want)
		}
		return nil
	})
	if b := raw(t, db, "chat/17"); bytes.Contains(b, []byte("2020000001")) {
		t.Errorf("the stored row shows its content: %q", b)
	}
}

// TestUnreadableRows: a row that is not ours is an error of its own, in Get and
// in Scan, and the error does not quote the row.
func TestUnreadableRows(t *testing.T) {
	const secret = "canary"
	box := ring(t)
	old, err := seal.NewRing(bytes.Repeat([]byte{8}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	plain := store.NewTable[chat]("chat/", 1, nil)
	sealed := store.NewTable[chat]("chat/", 1, box)
	put := func(table store.Table[chat]) func(store.Tx) error {
		return func(tx store.Tx) error { return table.Put(tx, "1", chat{Name: secret}) }
	}
	alter := func(change func([]byte) []byte) func(store.Tx) error {
		return func(tx store.Tx) error {
			if err := put(sealed)(tx); err != nil {
				return err
			}
			b, err := tx.Get("chat/1")
			return errors.Join(err, tx.Put("chat/1", change(b)))
		}
	}
	for _, test := range []struct {
		name  string
		write func(store.Tx) error
		table store.Table[chat]
		want  error
	}{
		{"later version", put(store.NewTable[chat]("chat/", 2, box)), sealed, store.ErrNewer},
		{"plain in a sealed table", put(plain), sealed, store.ErrRow},
		{"sealed in a plain table", put(sealed), plain, store.ErrRow},
		{"other shape", func(tx store.Tx) error {
			return store.NewTable[map[string]any]("chat/", 1, nil).Put(tx, "1", map[string]any{"name": []string{secret}})
		}, plain, store.ErrRow},
		{"empty", func(tx store.Tx) error { return tx.Put("chat/1", nil) }, plain, store.ErrRow},
		{"text", func(tx store.Tx) error { return tx.Put("chat/1", []byte(secret+secret)) }, plain, store.ErrRow},
		{"other key", put(store.NewTable[chat]("chat/", 1, old)), sealed, seal.ErrKey},
		{"altered", alter(func(b []byte) []byte { b[len(b)-1] ^= 1; return b }), sealed, seal.ErrOpen},
		{"cut short", alter(func(b []byte) []byte { return b[:len(b)-1] }), sealed, seal.ErrOpen},
		{"header alone", alter(func(b []byte) []byte { return b[:10] }), sealed, seal.ErrOpen},
		{"moved", func(tx store.Tx) error {
			err := sealed.Put(tx, "2", chat{Name: secret})
			b, _ := tx.Get("chat/2")
			return errors.Join(err, tx.Delete("chat/2"), tx.Put("chat/1", b))
		}, sealed, seal.ErrOpen},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := newDB(t)
			update(t, db, test.write)
			update(t, db, func(tx store.Tx) error {
				rows, err := test.table.Scan(tx, "", 10)
				if err != nil || len(rows) != 1 {
					t.Fatalf("Scan = %d rows, %v", len(rows), err)
				}
				got, err := test.table.Get(tx, "1")
				if has, err := test.table.Has(tx, "1"); !has || err != nil {
					t.Errorf("Has = %v, %v", has, err)
				}
				if has, err := test.table.Has(tx, "3"); has || err != nil {
					t.Errorf("Has of no row = %v, %v", has, err)
				}
				for _, err := range []error{err, rows[0].Err} {
					if !errors.Is(err, store.ErrUnreadable) || !errors.Is(err, test.want) || strings.Contains(fmt.Sprint(err), secret) {
						t.Errorf("error %v, want %v without the row's content", err, test.want)
					}
				}
				if got != (chat{}) || rows[0].Value != (chat{}) {
					t.Errorf("values %v and %v beside an error", got, rows[0].Value)
				}
				return nil
			})
		})
	}
}

func TestEarlierVersion(t *testing.T) {
	db := newDB(t)
	update(t, db, func(tx store.Tx) error {
		return store.NewTable[chat]("chat/", 1, nil).Put(tx, "1", chat{"a", 1})
	})
	update(t, db, func(tx store.Tx) error {
		got, err := store.NewTable[chat]("chat/", 3, nil).Get(tx, "1")
		if err != nil || got != (chat{"a", 1}) {
			t.Errorf("Get = %v, %v", got, err)
		}
		return nil
	})
}

// TestStoredForm pins the bytes of a row: files written today must open later.
func TestStoredForm(t *testing.T) {
	db := newDB(t)
	chats := store.NewTable[chat]("chat/", 3, nil)
	update(t, db, func(tx store.Tx) error {
		return chats.PutUntil(tx, "1", chat{"a", 1}, time.Unix(1_800_000_000, 0))
	})
	got := hex.EncodeToString(raw(t, db, "chat/1"))
	if want := "4a03000000006b49d200" + hex.EncodeToString([]byte(`{"name":"a","n":1}`)); got != want {
		t.Errorf("row is %s, want %s", got, want)
	}
}

func TestSub(t *testing.T) {
	db := newDB(t)
	all := store.NewTable[chat]("out/", 1, ring(t))
	update(t, db, func(tx store.Tx) error {
		return errors.Join(all.Sub("17/").Put(tx, "a", chat{N: 1}), all.Put(tx, "18/b", chat{N: 2}))
	})
	update(t, db, func(tx store.Tx) error {
		rows, err := all.Sub("18/").Scan(tx, "", 10)
		if diff := cmp.Diff([]store.Row[chat]{{ID: "b", Value: chat{N: 2}}}, rows); diff != "" || err != nil {
			t.Errorf("Scan of a part: %v (-want +got):\n%s", err, diff)
		}
		got, err := all.Get(tx, "17/a")
		if err != nil || got.N != 1 {
			t.Errorf("Get of the whole = %v, %v", got, err)
		}
		return nil
	})
}

func TestEmptyID(t *testing.T) {
	db := newDB(t)
	chats := store.NewTable[chat]("chat/", 1, nil)
	for name, call := range map[string]func(store.Tx) error{
		"Get":      func(tx store.Tx) error { _, err := chats.Get(tx, ""); return err },
		"Put":      func(tx store.Tx) error { return chats.Put(tx, "", chat{}) },
		"PutUntil": func(tx store.Tx) error { return chats.PutUntil(tx, "", chat{}, time.Now()) },
		"Delete":   func(tx store.Tx) error { return chats.Delete(tx, "") },
	} {
		if err := db.Update(t.Context(), call); !errors.Is(err, store.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", name, err)
		}
	}
}

func TestUnencodableRow(t *testing.T) {
	db := newDB(t)
	err := db.Update(t.Context(), func(tx store.Tx) error {
		return store.NewTable[func()]("f/", 1, nil).Put(tx, "1", func() {})
	})
	if err == nil {
		t.Error("a function was stored")
	}
}

func TestNewTablePanics(t *testing.T) {
	for _, test := range []struct {
		prefix  string
		version int
		want    bool
	}{
		{"chat/", 1, false}, {"chat/", 255, false}, {"duel/", 1, false},
		{"", 1, true}, {"chat", 1, true}, {"due/", 1, true}, {"due/x/", 1, true},
		{"chat/", 0, true}, {"chat/", 256, true}, {"chat/", -1, true},
	} {
		got := func() (panicked bool) {
			defer func() { panicked = recover() != nil }()
			store.NewTable[chat](test.prefix, test.version, nil)
			return false
		}()
		if got != test.want {
			t.Errorf("NewTable(%q, %d) panics: %v, want %v", test.prefix, test.version, got, test.want)
		}
	}
}

// TestIndex shows which entries of the index each write leaves.
func TestIndex(t *testing.T) {
	at := time.Unix(1000, 0)
	chats := store.NewTable[chat]("c/", 1, nil)
	put := func(tx store.Tx, deadline time.Time) error { return chats.PutUntil(tx, "1", chat{}, deadline) }
	for _, test := range []struct {
		name string
		then func(store.Tx) error
		want string
	}{
		{"once", func(store.Tx) error { return nil }, "c/1 due/000000001000/c/1"},
		{"same deadline", func(tx store.Tx) error { return put(tx, at) }, "c/1 due/000000001000/c/1"},
		{"later", func(tx store.Tx) error { return put(tx, at.Add(time.Second)) }, "c/1 due/000000001001/c/1"},
		{"part of a second counts as a whole", func(tx store.Tx) error { return put(tx, at.Add(1)) }, "c/1 due/000000001001/c/1"},
		{"before 1970", func(tx store.Tx) error { return put(tx, time.Unix(-5, 0)) }, "c/1 due/000000000001/c/1"},
		{"far future", func(tx store.Tx) error { return put(tx, time.Unix(1<<50, 0)) }, "c/1 due/999999999999/c/1"},
		{"no deadline", func(tx store.Tx) error { return put(tx, time.Time{}) }, "c/1"},
		{"over garbage", func(tx store.Tx) error { return errors.Join(tx.Put("c/1", []byte("x")), put(tx, at)) }, "c/1 due/000000001000/c/1"},
		{"Put", func(tx store.Tx) error { return chats.Put(tx, "1", chat{}) }, "c/1 due/000000001000/c/1"},
		{"Delete", func(tx store.Tx) error { return chats.Delete(tx, "1") }, "due/000000001000/c/1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := newDB(t)
			update(t, db, func(tx store.Tx) error { return put(tx, at) })
			update(t, db, test.then)
			if got := strings.Join(keys(t, db), " "); got != test.want {
				t.Errorf("keys are %s, want %s", got, test.want)
			}
		})
	}
}

// TestSweepOddEntries: entries that are none, or whose row is none of ours, are
// dropped; the row stays.
func TestSweepOddEntries(t *testing.T) {
	db := newDB(t)
	odd := []string{"due/", "due/000000000100/", "due/00000000010x/c/1", "due/0000/c/1", "due/000000000100/c/garbage"}
	update(t, db, func(tx store.Tx) error {
		for _, key := range append(slices.Clone(odd), "c/1", "c/garbage", "due/000000000300/c/1") {
			if err := tx.Put(key, nil); err != nil {
				return err
			}
		}
		return nil
	})
	n, err := store.Sweep(t.Context(), db, time.Unix(200, 0), 100)
	if err != nil || n != 0 {
		t.Errorf("Sweep = %d, %v; want 0", n, err)
	}
	want := []string{"c/1", "c/garbage", "due/000000000300/c/1"}
	if diff := cmp.Diff(want, keys(t, db)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

// TestSweepFailure: what was swept before a commit failed is reported, and the
// next Sweep does the rest.
func TestSweepFailure(t *testing.T) {
	db := memstore.New()
	chats := store.NewTable[chat]("c/", 1, nil)
	for i := range 120 {
		update(t, db, func(tx store.Tx) error {
			return chats.PutUntil(tx, fmt.Sprint(i), chat{}, time.Unix(int64(100+i), 0))
		})
	}
	db.FailCommit(2)
	first, err := store.Sweep(t.Context(), db, time.Unix(1000, 0), 1000)
	if !errors.Is(err, memstore.ErrFailed) || first == 0 {
		t.Errorf("first Sweep = %d, %v; want some and ErrFailed", first, err)
	}
	second, err := store.Sweep(t.Context(), db, time.Unix(1000, 0), 1000)
	if err != nil || first+second != 120 {
		t.Errorf("second Sweep = %d, %v; want %d", second, err, 120-first)
	}
	if left := keys(t, db); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// FuzzRow reads arbitrary bytes as a row, and sweeps over them.
func FuzzRow(f *testing.F) {
	f.Add([]byte{}, true)
	f.Add([]byte("J\x01\x00\x00\x00\x00\x00\x00\x00\x05{}"), false)
	f.Add([]byte("S\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01"), true)
	f.Add([]byte("J\x01\xff\xff\xff\xff\xff\xff\xff\xff{}"), false)
	box := ring(f)
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		if len(b) > store.MaxValue {
			t.Skip("over the limit of a value")
		}
		chats := store.NewTable[chat]("c/", 1, nil)
		if sealed {
			chats = store.NewTable[chat]("c/", 1, box)
		}
		db := newDB(t)
		update(t, db, func(tx store.Tx) error {
			return errors.Join(tx.Put("c/1", b), tx.Put("due/000000000005/c/1", nil))
		})
		update(t, db, func(tx store.Tx) error {
			_, err := chats.Get(tx, "1")
			known := errors.Is(err, store.ErrRow) || errors.Is(err, store.ErrNewer) || errors.Is(err, seal.ErrKey) || errors.Is(err, seal.ErrOpen)
			if err != nil && !known {
				t.Errorf("Get: %v", err)
			}
			return chats.PutUntil(tx, "2", chat{}, time.Unix(7, 0))
		})
		n, err := store.Sweep(t.Context(), db, time.Unix(6, 0), 10)
		_, gone := slices.BinarySearch(keys(t, db), "c/1")
		if err != nil || (n == 1) == gone {
			t.Errorf("Sweep = %d, %v; row is there: %v", n, err, gone)
		}
	})
}

// payload is a row of about 6 KB of JSON, as a page of grades is.
type payload struct {
	Rows []chat `json:"rows"`
}

func BenchmarkTable(b *testing.B) {
	var row payload
	for i := range 150 {
		row.Rows = append(row.Rows, chat{"数据结构与算法 A", i})
	}
	for _, bench := range []struct {
		name string
		box  store.Box
	}{{"raw", nil}, {"sealed", ring(b)}} {
		table := store.NewTable[payload]("p/", 1, bench.box)
		db := memstore.New()
		b.Run("put/"+bench.name, func(b *testing.B) {
			for b.Loop() {
				update(b, db, func(tx store.Tx) error { return table.Put(tx, "1", row) })
			}
			b.SetBytes(int64(len(raw(b, db, "p/1"))))
		})
		b.Run("get/"+bench.name, func(b *testing.B) {
			for b.Loop() {
				update(b, db, func(tx store.Tx) error { _, err := table.Get(tx, "1"); return err })
			}
			b.SetBytes(int64(len(raw(b, db, "p/1"))))
		})
	}
}
