package campus

import (
	"crypto/des"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"
)

// KingoEncrypt is what the system's script does to a text, for tests.
func KingoEncrypt(plain, key string) string {
	data, keys := kingoUnits(plain), kingoUnits(key)
	for at := 0; at < len(keys); at += des.BlockSize {
		c, _ := des.NewCipher(kingoKey([8]byte(keys[at:])))
		for i := 0; i < len(data); i += des.BlockSize {
			c.Encrypt(data[i:], data[i:])
		}
	}
	return strings.ToUpper(hex.EncodeToString(data))
}

// The vectors are what the maker's own script gives.
func TestKingoDES(t *testing.T) {
	for _, tt := range []struct{ plain, key, want string }{
		{"abcd", "1234", "C838AA4ECEC70B02"},
		{"A", "1700000000123456789", "89FDF4895D047185"},
		{"_u=abc&_p=def", "1700000000123456789", "18EB81EE3810D52958B35B08619B936BDAF12ACF583310443F63D59FC6385243"},
		{"中文abc", "1234567890123456789", "003ABE2CFA15ADEA05005F079F15768E"},
		{"hello-kingo", "tempKey", "3B998112B2A67363B44D0045E2FC13D120745DEFBBA6012D"},
	} {
		if got := KingoEncrypt(tt.plain, tt.key); got != tt.want {
			t.Errorf("%q with %q: got %s, want %s", tt.plain, tt.key, got, tt.want)
		}
		if got, ok := KingoDecrypt(tt.want, tt.key); got != tt.plain || !ok {
			t.Errorf("%s with %q: got %q, %v", tt.want, tt.key, got, ok)
		}
	}
	for _, bad := range []string{"", "C8", "C838AA4ECEC70B", "x"} {
		if got, ok := KingoDecrypt(bad, "1234"); ok {
			t.Errorf("%q became %q", bad, got)
		}
	}
}

func FuzzKingoDES(f *testing.F) {
	f.Add("_u=abc&_p=def", "1700000000123456789")
	f.Fuzz(func(t *testing.T, plain, key string) {
		KingoDecrypt(plain, key)
		plain = strings.TrimRight(string(utf16.Decode(utf16.Encode([]rune(plain)))), "\x00")
		if plain == "" || key == "" {
			return
		}
		if got, ok := KingoDecrypt(KingoEncrypt(plain, key), key); got != plain || !ok {
			t.Errorf("got %q, %v; want %q", got, ok, plain)
		}
	})
}
