package qiangzhi

import (
	"encoding/base64"
	"strings"
)

// The three ways in which 强智 sends a password.
const (
	encodeBase64     = "base64"
	encodeInterleave = "interleave"
	encodePlain      = "plain"
)

// b64 is base64(account) + "%%%" + base64(password).
func b64(account, password string) string {
	return base64.StdEncoding.EncodeToString([]byte(account)) + "%%%" +
		base64.StdEncoding.EncodeToString([]byte(password))
}

// interleave mixes "account%%%password" with the key scode: after each of its
// first 20 characters come as many characters of scode as that digit of sxh
// says. What follows the 20th is appended as it is.
func interleave(account, password, scode, sxh string) string {
	code := []rune(account + "%%%" + password)
	var s strings.Builder
	for i, r := range code {
		if i >= 20 || i >= len(sxh) {
			s.WriteString(string(code[i:]))
			break
		}
		s.WriteRune(r)
		n := min(max(int(sxh[i])-'0', 0), 9, len(scode))
		s.WriteString(scode[:n])
		scode = scode[n:]
	}
	return s.String()
}
