package memstore_test

import (
	"errors"
	"testing"

	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.DB { return memstore.New() })
}

// TestFaults writes 1 to 5, one Update each, and looks at what is left.
func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name string
		arm  func(*memstore.DB)
		errs map[int]error
		want string
	}{
		{"none", func(*memstore.DB) {}, nil, "12345"},
		{"the next", func(db *memstore.DB) { db.FailCommit(1) }, map[int]error{1: memstore.ErrFailed}, "2345"},
		{"the third", func(db *memstore.DB) { db.FailCommit(3) }, map[int]error{3: memstore.ErrFailed}, "1245"},
		{"unknown", func(db *memstore.DB) { db.CommitButError(2) }, map[int]error{2: store.ErrUnknown}, "12345"},
		{"both", func(db *memstore.DB) { db.FailCommit(2); db.CommitButError(4) },
			map[int]error{2: memstore.ErrFailed, 4: store.ErrUnknown}, "1345"},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := memstore.New()
			test.arm(db)
			for i := 1; i <= 5; i++ {
				nothing := func(store.Tx) error { return nil }
				if err := db.Update(t.Context(), nothing); err != nil {
					t.Errorf("an Update that writes nothing: %v", err)
				}
				err := db.Update(t.Context(), func(tx store.Tx) error { return tx.Put(string(rune('0'+i)), nil) })
				if !errors.Is(err, test.errs[i]) {
					t.Errorf("Update %d: %v, want %v", i, err, test.errs[i])
				}
			}
			if got := keys(t, db); got != test.want {
				t.Errorf("rows %s, want %s", got, test.want)
			}
			if got := db.Commits(); got != 5 {
				t.Errorf("%d commits, want 5", got)
			}
		})
	}
}

func keys(t *testing.T, db store.DB) (out string) {
	err := db.View(t.Context(), func(tx store.Tx) error {
		pairs, err := tx.Scan("", "", 10)
		for _, p := range pairs {
			out += p.Key
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
