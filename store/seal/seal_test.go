package seal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"jwxtbot/store/seal"
)

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, seal.KeySize) }

func newRing(t testing.TB, current []byte, older ...[]byte) *seal.Ring {
	t.Helper()
	r, err := seal.NewRing(current, older...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func box(t testing.TB, r *seal.Ring, row, plain string) []byte {
	t.Helper()
	b, err := r.Seal(row, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	r := newRing(t, key(1))
	for _, plain := range []string{"", "x", "成绩", string(make([]byte, 100_000))} {
		b := box(t, r, "chat/1", plain)
		if len(b) != len(plain)+seal.Overhead {
			t.Errorf("%d bytes are sealed in %d, want %d more", len(plain), len(b), seal.Overhead)
		}
		got, err := r.Open("chat/1", b)
		if err != nil || string(got) != plain {
			t.Errorf("Open = %d bytes, %v; want %d bytes", len(got), err, len(plain))
		}
	}
}

func TestSealTwiceDiffers(t *testing.T) {
	r := newRing(t, key(1))
	if bytes.Equal(box(t, r, "a", "same"), box(t, r, "a", "same")) {
		t.Error("two boxes of one value are equal: a nonce was used twice")
	}
}

// TestStoredForm opens a box of the first release.
func TestStoredForm(t *testing.T) {
	b, err := hex.DecodeString("0187feba90d4173fd6c641fe52c68b6bcaedf5abe4507b155b7d2f9e49835163a8f439e34f7270")
	if err != nil {
		t.Fatal(err)
	}
	got, err := newRing(t, key(1)).Open("chat/1", b)
	if err != nil || string(got) != "张三" {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestEveryChangeIsSeen(t *testing.T) {
	r := newRing(t, key(1))
	good := box(t, r, "chat/1", "cookie")
	refused := func(what string, row string, b []byte) {
		t.Helper()
		plain, err := r.Open(row, b)
		if !errors.Is(err, seal.ErrOpen) && !errors.Is(err, seal.ErrKey) || plain != nil {
			t.Errorf("%s: %q, %v", what, plain, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x40
		refused("altered", "chat/1", bad)
		refused("cut", "chat/1", good[:i])
	}
	refused("longer", "chat/1", append(bytes.Clone(good), 0))
	refused("moved", "chat/2", good)
	refused("moved to no key", "", good)
	refused("nil", "chat/1", nil)
}

func TestRing(t *testing.T) {
	old, now := newRing(t, key(1)), newRing(t, key(2))
	both := newRing(t, key(2), key(3), key(1))
	for _, test := range []struct {
		name string
		box  []byte
		ring *seal.Ring
		want error
	}{
		{"older key", box(t, old, "a", "x"), both, nil},
		{"current key", box(t, now, "a", "x"), both, nil},
		{"the ring seals with its first key", box(t, both, "a", "x"), now, nil},
		{"missing key", box(t, old, "a", "x"), now, seal.ErrKey},
		{"other row under an older key", box(t, old, "b", "x"), both, seal.ErrOpen},
	} {
		got, err := test.ring.Open("a", test.box)
		if !errors.Is(err, test.want) || err == nil && string(got) != "x" {
			t.Errorf("%s: %q, %v; want %v", test.name, got, err, test.want)
		}
	}
}

func TestKeySize(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 64} {
		if _, err := seal.NewRing(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes was accepted", n)
		}
		if _, err := seal.NewRing(key(1), make([]byte, n)); err == nil {
			t.Errorf("an older key of %d bytes was accepted", n)
		}
	}
}

// FuzzOpen: nothing but what Seal made opens, and nothing panics.
func FuzzOpen(f *testing.F) {
	r := newRing(f, key(1), key(2))
	f.Add("chat/1", []byte{})
	f.Add("chat/1", box(f, r, "chat/1", "x")[:seal.Overhead])
	f.Add("", box(f, newRing(f, key(2)), "chat/1", "x"))
	f.Add("chat/1", box(f, newRing(f, key(3)), "chat/1", "x"))
	f.Fuzz(func(t *testing.T, row string, b []byte) {
		plain, err := r.Open(row, b)
		if plain != nil || !errors.Is(err, seal.ErrOpen) && !errors.Is(err, seal.ErrKey) {
			t.Errorf("Open = %q, %v", plain, err)
		}
		sealed := box(t, r, row, string(b))
		if got, err := r.Open(row, sealed); err != nil || !bytes.Equal(got, b) {
			t.Errorf("Open of what was sealed = %q, %v", got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	r, plain := newRing(b, key(1)), make([]byte, 8<<10)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		_, _ = r.Seal("chat/1", plain)
	}
}

func BenchmarkOpen(b *testing.B) {
	r := newRing(b, key(1))
	sealed := box(b, r, "chat/1", string(make([]byte, 8<<10)))
	b.SetBytes(8 << 10)
	for b.Loop() {
		if _, err := r.Open("chat/1", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
