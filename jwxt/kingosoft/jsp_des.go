package kingosoft

import (
	"crypto/des"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// strEnc is the altered DES of the system's jkingo.des.js: ECB over blocks of
// four UTF-16 units, once for each block of the key, in upper-case hex. Only the
// first choice of the key's bits differs from DES, so the key is rearranged for
// DES to choose the same ones.
func strEnc(plain, key string) string {
	data, keys := units(plain), units(key)
	for ; len(keys) > 0; keys = keys[des.BlockSize:] {
		c, _ := des.NewCipher(rearranged(keys[:des.BlockSize])) // eight bytes always do
		for i := 0; i < len(data); i += des.BlockSize {
			c.Encrypt(data[i:], data[i:])
		}
	}
	return strings.ToUpper(hex.EncodeToString(data))
}

// units are a text's UTF-16 units in big-endian order, filled up with zeros to
// whole blocks.
func units(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return append(out, make([]byte, -len(out)&(des.BlockSize-1))...)
}

// standardChoice is PC-1 of DES: the key's bits in the order in which it takes
// them, counted from 1.
var standardChoice = [56]byte{
	57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18,
	10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
	63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22,
	14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
}

// rearranged moves the bits that the script takes, which are column by column
// from the last byte to the first, to where DES looks for them.
func rearranged(key []byte) []byte {
	out := make([]byte, des.BlockSize)
	for i, at := range standardChoice {
		column, row := i/8, 7-i%8
		bit := key[row] >> (7 - column) & 1
		out[(at-1)/8] |= bit << (7 - (at-1)%8)
	}
	return out
}

// sealed is how parameters are sent: base64 of the hex text.
func sealed(plain, key string) string {
	return base64.StdEncoding.EncodeToString([]byte(strEnc(plain, key)))
}
