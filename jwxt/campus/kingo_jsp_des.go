package campus

import (
	"crypto/des"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"unicode/utf16"
)

// KingoDecrypt undoes the system's DES over hex text: blocks of four UTF-16
// units, taken back through the blocks of the key from the last to the first.
func KingoDecrypt(coded, key string) (string, bool) {
	data, err := hex.DecodeString(coded)
	if err != nil || len(data) == 0 || len(data)%des.BlockSize != 0 || key == "" {
		return "", false
	}
	keys := kingoUnits(key)
	for at := len(keys) - des.BlockSize; at >= 0; at -= des.BlockSize {
		c, _ := des.NewCipher(kingoKey([8]byte(keys[at:]))) // eight bytes always do
		for i := 0; i < len(data); i += des.BlockSize {
			c.Decrypt(data[i:], data[i:])
		}
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(data[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00"), true
}

// kingoUnits are a text's UTF-16 units, filled up with zeros to whole blocks.
func kingoUnits(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	for len(out)%des.BlockSize != 0 {
		out = append(out, 0)
	}
	return out
}

// kingoKey is the key with which ordinary DES does what the system's script
// does. That script takes the key's columns of bits in order, each from the
// last byte to the first. DES takes columns 0 to 2 and the last half of column
// 3 so, and then columns 6, 5, 4 and the first half of 3: the places at which
// DES will look for the script's columns 3 (first half), 4, 5 and 6.
func kingoKey(key [8]byte) []byte {
	var script []byte
	for column := range 7 {
		for row := 7; row >= 0; row-- {
			script = append(script, key[row]>>(7-column)&1)
		}
	}
	out := make([]byte, 8)
	next := 0
	put := func(column, from, to int) {
		for row := from; row >= to; row-- {
			out[row] |= script[next] << (7 - column)
			next++
		}
	}
	put(0, 7, 0)
	put(1, 7, 0)
	put(2, 7, 0)
	put(3, 7, 4)
	put(6, 7, 0)
	put(5, 7, 0)
	put(4, 7, 0)
	put(3, 3, 0)
	return out
}
