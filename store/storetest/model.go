package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"jwxtbot/store"
)

// testModel runs random transactions beside a map.
func testModel(t *testing.T, db store.DB) {
	const seed = 20200001
	m := &model{t: t, rand: rand.New(rand.NewPCG(seed, 0)), rows: map[string]string{}}
	for range 200 {
		next := maps.Clone(m.rows)
		abort := m.rand.IntN(4) == 0
		err := db.Update(t.Context(), func(tx store.Tx) error {
			m.step(tx, next)
			if abort {
				return errAbort
			}
			return nil
		})
		switch {
		case abort && errors.Is(err, errAbort):
		case !abort && err == nil:
			m.rows = next
		default:
			t.Fatalf("Update: %v, abort %v", err, abort)
		}
	}
	var want []string
	for key, value := range m.rows {
		want = append(want, key, value)
	}
	wantAll(t, db, want...)
}

type model struct {
	t    *testing.T
	rand *rand.Rand
	rows map[string]string
}

// step does one transaction on tx and on rows, and compares what they return.
func (m *model) step(tx store.Tx, rows map[string]string) {
	for range m.rand.IntN(3) {
		m.scan(tx, rows, m.key(), m.key(), m.rand.IntN(30))
	}
	for range m.rand.IntN(20) {
		key := m.key()
		switch m.rand.IntN(3) {
		case 0:
			m.get(tx, rows, key)
		case 1:
			value := string(bytes.Repeat([]byte{byte(m.rand.IntN(256))}, m.rand.IntN(3000)))
			rows[key] = value
			m.must(tx.Put(key, []byte(value)))
		case 2:
			delete(rows, key)
			m.must(tx.Delete(key))
		}
	}
}

// key is one of some 300 keys, often a prefix of another one.
func (m *model) key() string {
	key := fmt.Sprintf("%c/%d", 'a'+rune(m.rand.IntN(3)), m.rand.IntN(100))
	return key[:1+m.rand.IntN(len(key))]
}

func (m *model) get(tx store.Tx, rows map[string]string, key string) {
	got, err := tx.Get(key)
	want, ok := rows[key]
	if ok != (err == nil) || string(got) != want || !ok && !errors.Is(err, store.ErrNotFound) {
		m.t.Fatalf("Get(%q) = %d bytes, %v; want %d bytes, %v", key, len(got), err, len(want), ok)
	}
}

func (m *model) scan(tx store.Tx, rows map[string]string, prefix, after string, limit int) {
	var want []string
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		if strings.HasPrefix(key, prefix) && key > after && len(want) < limit {
			want = append(want, key)
		}
	}
	pairs, err := tx.Scan(prefix, after, limit)
	m.must(err)
	var got []string
	for _, p := range pairs {
		got = append(got, p.Key)
		if string(p.Value) != rows[p.Key] {
			m.t.Fatalf("Scan: wrong value of %q", p.Key)
		}
	}
	if !slices.Equal(got, want) {
		m.t.Fatalf("Scan(%q, %q, %d) = %q, want %q", prefix, after, limit, got, want)
	}
}

func (m *model) must(err error) {
	if err != nil {
		m.t.Fatal(err)
	}
}
