package main

import (
	"bytes"
	"errors"
	"testing"

	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/seal"
)

func TestClaimDB(t *testing.T) {
	ring := func(b byte, older ...[]byte) *seal.Ring {
		r, err := seal.NewRing(bytes.Repeat([]byte{b}, seal.KeySize), older...)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	put := func(version int) func(store.Tx) error {
		return func(tx store.Tx) error {
			return store.NewTable[marker]("meta/", version, ring(1)).Put(tx, "marker", marker{})
		}
	}
	tests := []struct {
		name string
		fill func(store.Tx) error
		ring *seal.Ring
		code int
	}{
		{"new", nil, ring(1), exitOK},
		{"the same key", put(1), ring(1), exitOK},
		{"an older key of ours", put(1), ring(2, bytes.Repeat([]byte{1}, seal.KeySize)), exitOK},
		{"another key", put(1), ring(2), exitConfig},
		{"a later program", put(databaseVersion + 1), ring(1), exitDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db := memstore.New()
			if tt.fill != nil {
				if err := db.Update(t.Context(), tt.fill); err != nil {
					t.Fatal(err)
				}
			}
			for name, err := range map[string]error{
				"proveDB": proveDB(t.Context(), db, tt.ring),
				"claimDB": claimDB(t.Context(), db, tt.ring),
			} {
				if got := codeOf(err); got != tt.code {
					t.Errorf("%s: got code %d (%v), want %d", name, got, err, tt.code)
				}
			}
		})
	}
}

func codeOf(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.code
	}
	if err != nil {
		return exitFailure
	}
	return exitOK
}
