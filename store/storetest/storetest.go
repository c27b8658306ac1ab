// Package storetest is the suite that every backend of package store passes,
// and the consistency check that tests of the bot run on their databases.
package storetest

import (
	"context"
	"errors"
	"testing"

	"jwxtbot/store"
)

// Run runs the suite. open makes a new empty database; Run closes it, after a
// Check, when the test that asked for it ends.
func Run(t *testing.T, open func(t testing.TB) store.DB) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := open(t)
			defer func() {
				if err := db.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			defer Check(t, db)
			test.run(t, db)
		})
	}
}

var tests = []struct {
	name string
	run  func(*testing.T, store.DB)
}{
	{"RoundTrip", testRoundTrip},
	{"AnyBytes", testAnyBytes},
	{"CallersSlices", testCallersSlices},
	{"Delete", testDelete},
	{"ReadOwnWrites", testReadOwnWrites},
	{"ScanOrder", testScanOrder},
	{"ScanRange", testScanRange},
	{"ErrorRollsBack", testErrorRollsBack},
	{"PanicRollsBack", testPanicRollsBack},
	{"GoexitRollsBack", testGoexitRollsBack},
	{"Limits", testLimits},
	{"AtTheLimits", testAtTheLimits},
	{"SwallowedError", testSwallowedError},
	{"ErrOrder", testErrOrder},
	{"ErrReadOnly", testErrReadOnly},
	{"ErrClosed", testErrClosed},
	{"KeptTransaction", testKeptTransaction},
	{"Context", testContext},
	{"ContextWhileWaiting", testContextWhileWaiting},
	{"ContextEndsInside", testContextEndsInside},
	{"Snapshot", testSnapshot},
	{"LostUpdate", testLostUpdate},
	{"Isolation", testIsolation},
	{"Crowd", testCrowd},
	{"Model", testModel},
	{"Table", testTable},
	{"Sweep", testSweep},
}

// checker is implemented by backends that can verify their own structure.
type checker interface {
	Check(ctx context.Context) error
}

// Check fails the test if db is inconsistent: by its own judgement, or because
// a scan is out of order, disagrees with Get, or yields a key or a value that
// is over the limits. A closed database is not looked at.
func Check(t testing.TB, db store.DB) {
	t.Helper()
	if c, ok := db.(checker); ok {
		if err := c.Check(context.Background()); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Check: %v", err)
		}
	}
	err := db.View(context.Background(), func(tx store.Tx) error {
		last := ""
		for {
			pairs, err := tx.Scan("", last, 1000)
			if err != nil || len(pairs) == 0 {
				return err
			}
			for _, p := range pairs {
				checkPair(t, tx, last, p)
				last = p.Key
			}
		}
	})
	if err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("Check: %v", err)
	}
}

func checkPair(t testing.TB, tx store.Tx, last string, p store.Pair) {
	t.Helper()
	if p.Key <= last {
		t.Errorf("Check: key %q is scanned after %q", p.Key, last)
	}
	if len(p.Key) > store.MaxKey || len(p.Value) > store.MaxValue {
		t.Errorf("Check: key %q of %d bytes has %d bytes", p.Key, len(p.Key), len(p.Value))
	}
	if v, err := tx.Get(p.Key); err != nil || string(v) != string(p.Value) {
		t.Errorf("Check: key %q is scanned with %d bytes, got %d bytes and error %v", p.Key, len(p.Value), len(v), err)
	}
}
