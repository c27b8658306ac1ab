package zhengfang

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/big"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var errKey = errors.New("the school's key cannot be used")

// encrypt is the lower-case hex of RSA PKCS#1 v1.5 of the password, with a key
// whose modulus and exponent are hex. It is written out because the library
// refuses keys below 1024 bits, which old systems may have.
func encrypt(password, modulus, exponent string) (string, error) {
	n, ok1 := new(big.Int).SetString(strings.TrimSpace(modulus), 16)
	e, ok2 := new(big.Int).SetString(strings.TrimSpace(exponent), 16)
	if !ok1 || !ok2 || n.Sign() < 0 || n.BitLen() < 512 || n.BitLen() > 8192 || n.Bit(0) == 0 || e.Cmp(big.NewInt(3)) < 0 || e.BitLen() > 32 {
		return "", errKey
	}
	size := (n.BitLen() + 7) / 8
	block, err := pad([]byte(password), size)
	if err != nil {
		return "", err
	}
	c := new(big.Int).Exp(new(big.Int).SetBytes(block), e, n)
	return hex.EncodeToString(c.FillBytes(make([]byte, size))), nil
}

// pad makes 00 02, random bytes but zero, 00, message.
func pad(message []byte, size int) ([]byte, error) {
	filler := size - 3 - len(message)
	if filler < 8 {
		return nil, errors.New("the password is too long for the school's key")
	}
	block := make([]byte, size)
	block[1] = 2
	random := block[2 : 2+filler]
	rand.Read(random) // never fails
	for i := range random {
		for random[i] == 0 {
			rand.Read(random[i : i+1])
		}
	}
	copy(block[3+filler:], message)
	return block, nil
}

// inGBK percent-encodes what of an address is not ASCII as GBK, and blanks, as
// a browser does on a GBK page: the menu has the student's name in its links.
func inGBK(address string) string {
	var b strings.Builder
	for _, r := range address {
		switch {
		case r == ' ':
			b.WriteString("%20")
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			s, err := simplifiedchinese.GB18030.NewEncoder().String(string(r))
			if err != nil {
				s = string(r)
			}
			b.WriteString(url.QueryEscape(s))
		}
	}
	return b.String()
}
