package campus

import (
	"encoding/base64"
	"strings"
)

// credentials reads account and password as this school's form sends them.
func (q *qiangzhi) credentials(v *visit) (number, password string, ok bool) {
	switch q.Encoding {
	case Plain:
		return v.form.Get("USERNAME"), v.form.Get("PASSWORD"), v.form.Has("USERNAME")
	case Interleave:
		scode, sxh := v.noted("scode"), v.noted("sxh")
		if sxh == "" {
			return "", "", false
		}
		v.note("sxh", "")
		return separate(v.form.Get("encoded"), scode, sxh)
	}
	return decode(v.form.Get("encoded"))
}

// decode undoes b64(account) + "%%%" + b64(password).
func decode(encoded string) (number, password string, ok bool) {
	left, right, ok := strings.Cut(encoded, "%%%")
	n, err1 := base64.StdEncoding.DecodeString(left)
	p, err2 := base64.StdEncoding.DecodeString(right)
	return string(n), string(p), ok && err1 == nil && err2 == nil
}

// separate undoes the mixing of account%%%password with scode: behind each of
// the first len(sxh) characters stand as many of scode as the digit says. A
// chunk that is not scode's own makes it fail.
func separate(encoded, scode, sxh string) (number, password string, ok bool) {
	var code strings.Builder
	rest := []rune(encoded)
	for i := 0; i < len(sxh) && len(rest) > 0; i++ {
		code.WriteRune(rest[0])
		n := min(int(sxh[i]-'0'), len(scode))
		var found bool
		if rest, found = cutRunes(rest[1:], scode[:n]); !found {
			return "", "", false
		}
		scode = scode[n:]
	}
	code.WriteString(string(rest))
	return strings.Cut(code.String(), "%%%")
}

func cutRunes(s []rune, prefix string) ([]rune, bool) {
	rest, ok := strings.CutPrefix(string(s), prefix)
	return []rune(rest), ok
}

const scodeAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newChallenge draws an scode of 40 characters and an sxh of 20 digits 1 to 3.
// The digits may use up more than scode has; then the last chunks are short.
func (v *visit) newChallenge() (scode, sxh string) {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	a, b := make([]byte, 40), make([]byte, 20)
	for i := range a {
		a[i] = scodeAlphabet[v.school.random.IntN(len(scodeAlphabet))]
	}
	for i := range b {
		b[i] = byte('1' + v.school.random.IntN(3))
	}
	return string(a), string(b)
}
