package campus

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSeparate(t *testing.T) {
	const scode, sxh = "abcdefghijklmnopqrstuvwxyz0123456789ABCD", "12341234123412341234"
	const encoded = "2a0bc2def0ghij0k0lm0nop0qrst0u1vw%xyz%0123%4A56b789cABCD@12345"
	tests := []struct {
		name, encoded, scode, sxh, number, password string
		ok                                          bool
	}{
		{"longer than sxh", encoded, scode, sxh, "2020000001", "Abc@12345", true},
		{
			"13 digits", "1X8E16q43n5U4i17491ZC921629QY852a1t0du%1r%d%9Xm4yRehpk8a9ssword",
			"X8E6q3nU4i79ZC262QY52atdu1rd9X4Rehk89", "32231121223122121321", "1145141919810", "mypassword", true,
		},
		{"shorter than sxh", "uAB%%C%p", "ABC123", "201", "u", "p", true},
		{"another's scode", encoded, strings.ToUpper(scode), sxh, "", "", false},
		{"empty", "", scode, sxh, "", "", false},
		{"plain", "2020000001%%%Abc@12345", scode, sxh, "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			number, password, ok := separate(tt.encoded, tt.scode, tt.sxh)
			if number != tt.number || password != tt.password || ok != tt.ok {
				t.Errorf("got %q, %q, %v", number, password, ok)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	number, password, ok := decode("MjAyMDAwMDAwMQ==%%%QWJjQDEyMzQ1")
	if number != "2020000001" || password != "Abc@12345" || !ok {
		t.Errorf("got %q, %q, %v", number, password, ok)
	}
	for _, bad := range []string{"", "MjAyMDAwMDAwMQ==", "MjAyMDAwMDAwMQ%%%QWJjQDEyMzQ1", "%%%*"} {
		if _, _, ok := decode(bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
}

// What a form's script mixes comes out again; anything else does no harm.
func FuzzSeparate(f *testing.F) {
	f.Add("2020000001", "Abc@12345", uint64(1))
	f.Add("", "密码%%%", uint64(2))
	f.Fuzz(func(t *testing.T, number, password string, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		scode, sxh := strings.Repeat("aZ", r.IntN(25)), fmt.Sprintf("%020d", r.Uint64())
		separate(password, scode, sxh)
		if strings.Contains(number+"%%", "%%%") || !utf8.ValidString(number) || !utf8.ValidString(password) {
			return
		}
		n, p, ok := separate(interleaved(number+"%%%"+password, scode, sxh), scode, sxh)
		if n != number || p != password || !ok {
			t.Errorf("got %q, %q, %v; want %q, %q", n, p, ok, number, password)
		}
	})
}

// interleaved is what the login page's script does.
func interleaved(code, scode, sxh string) string {
	var out strings.Builder
	for i, c := range []rune(code) {
		out.WriteRune(c)
		if i < len(sxh) {
			n := min(int(sxh[i]-'0'), len(scode))
			out.WriteString(scode[:n])
			scode = scode[n:]
		}
	}
	return out.String()
}
