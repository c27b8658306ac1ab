package cas

import (
	"strings"
	"testing"
)

// TestEncryptVector is a client's own: every random character is an A.
func TestEncryptVector(t *testing.T) {
	const want = "Y2fkMlmY/KyUHnWiA9lVrpgeY3fUtkeysNtjTP8jDWeof6ZJyPt0i8Xy7tejPD9rcfGdHPtZ26ZMgRksPL5q3mt826hLU3QVWAd+UpLJnh4="
	got, err := encrypt("1234567890abcdef", "secret", func(n int) string { return strings.Repeat("A", n) })
	if err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if _, err := encrypt("short", "secret", random); err == nil {
		t.Error("a salt that is no key was taken")
	}
	if a, b := random(64), random(64); len(a) != 64 || a == b {
		t.Errorf("random characters are %q and %q", a, b)
	}
}
