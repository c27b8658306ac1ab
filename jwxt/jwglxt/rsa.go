package jwglxt

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
)

// publicKey is what login_getPublicKey.html gives: n and e in base64, big end
// first, a leading zero byte where Java needs one.
type publicKey struct {
	Modulus  string `json:"modulus"`
	Exponent string `json:"exponent"`
}

var errKey = errors.New("the school's key cannot be used")

// encrypt is base64(RSA PKCS#1 v1.5(password)). It is written out because the
// library refuses keys below 1024 bits, which old systems may have.
func (k publicKey) encrypt(password string) (string, error) {
	n, err1 := bigInt(k.Modulus)
	e, err2 := bigInt(k.Exponent)
	if err1 != nil || err2 != nil || n.BitLen() < 512 || n.BitLen() > 8192 || n.Bit(0) == 0 || e.Cmp(big.NewInt(3)) < 0 || e.BitLen() > 32 {
		return "", errKey
	}
	size := (n.BitLen() + 7) / 8
	block, err := pad([]byte(password), size)
	if err != nil {
		return "", err
	}
	c := new(big.Int).Exp(new(big.Int).SetBytes(block), e, n)
	return base64.StdEncoding.EncodeToString(c.FillBytes(make([]byte, size))), nil
}

func bigInt(b64 string) (*big.Int, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(b64))
	return new(big.Int).SetBytes(b), err
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
