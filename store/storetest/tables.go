package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/store"
)

type note struct {
	Text string `json:"text"`
	N    int    `json:"n,omitempty"`
}

func testTable(t *testing.T, db store.DB) {
	notes := store.NewTable[note]("note/", 1, nil)
	set(t, db, "note0", "", "note/b", "garbage", "notf", "")
	update(t, db, func(tx store.Tx) error {
		return errors.Join(notes.Put(tx, "c", note{"c", 3}), notes.Put(tx, "a", note{"a", 1}))
	})
	update(t, db, func(tx store.Tx) error {
		got, err := notes.Get(tx, "a")
		if err != nil || got != (note{"a", 1}) {
			t.Errorf("Get = %v, %v", got, err)
		}
		if _, err := notes.Get(tx, "x"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get of a missing row: %v, want ErrNotFound", err)
		}
		return notes.Delete(tx, "x")
	})
	scan := func(after string, limit int) (ids string) {
		err := db.View(t.Context(), func(tx store.Tx) error {
			rows, err := notes.Scan(tx, after, limit)
			for _, r := range rows {
				ids += fmt.Sprintf("%s %d %t\n", r.ID, r.Value.N, errors.Is(r.Err, store.ErrRow))
			}
			return err
		})
		if err != nil {
			t.Errorf("Scan: %v", err)
		}
		return ids
	}
	got := []string{scan("", 10), scan("", 1), scan("a", 10), scan("c", 10)}
	want := []string{"a 1 false\nb 0 true\nc 3 false\n", "a 1 false\n", "b 0 true\nc 3 false\n", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scans (-want +got):\n%s", diff)
	}
}

// testSweep gives 150 rows deadlines 1 to 150 s after the start, moves or
// removes some, and sweeps.
func testSweep(t *testing.T, db store.DB) {
	notes := store.NewTable[note]("note/", 1, nil)
	start := time.Unix(1_800_000_000, 0)
	id := func(i int) string { return fmt.Sprintf("%03d", i) }
	for done := 0; done < 150; done += 50 {
		update(t, db, func(tx store.Tx) error {
			return times(50, func(i int) error {
				n := done + i + 1
				return notes.PutUntil(tx, id(n), note{"x", n}, start.Add(time.Duration(n)*time.Second))
			})
		})
	}
	update(t, db, func(tx store.Tx) error {
		return errors.Join(
			notes.Put(tx, id(1), note{"kept", 1}),
			notes.Delete(tx, id(2)),
			notes.Delete(tx, id(148)),
			notes.PutUntil(tx, id(3), note{"later", 3}, start.Add(time.Hour)),
			notes.PutUntil(tx, id(150), note{"earlier", 3}, start.Add(4*time.Second)),
			notes.PutUntil(tx, id(149), note{"kept", 3}, time.Time{}),
			notes.Put(tx, id(4), note{"kept", 4}),
			notes.PutUntil(tx, id(4), note{"limited again", 4}, start.Add(4*time.Second)))
	})
	update(t, db, func(tx store.Tx) error {
		return notes.PutUntil(tx, id(148), note{"new, later", 148}, start.Add(time.Hour))
	})
	sweep := func(at time.Duration, limit, want int) {
		t.Helper()
		if got, err := store.Sweep(t.Context(), db, start.Add(at), limit); err != nil || got != want {
			t.Errorf("Sweep at %v deleted %d, %v; want %d", at, got, err, want)
		}
	}
	sweep(0, 1000, 0)
	sweep(5*time.Second, 1, 1)
	sweep(5*time.Second, 1000, 2) // 4, 150 and 5; 1, 2, 3 had stale entries or none
	sweep(5*time.Second, 1000, 0)
	sweep(100*time.Second, 60, 60)
	sweep(100*time.Second, 1000, 35)
	sweep(150*time.Second, 1000, 47)
	rows := dump(t, db)
	for _, key := range []string{"note/001", "note/003", "note/148", "note/149", "due/001800003600/note/003", "due/001800003600/note/148"} {
		if _, ok := rows[key]; !ok {
			t.Errorf("%s is gone", key)
		}
		delete(rows, key)
	}
	if len(rows) != 0 {
		t.Errorf("%d rows too many are left: %v", len(rows), rows)
	}
}
