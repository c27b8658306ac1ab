// Package seal encrypts rows with AES-256-GCM under a ring of keys.
//
// A sealed value is bound to the key of its row: copied to another row, cut or
// altered it does not open. What it does not hide is how long it is, when it
// was written, and that an older value of the same row was put back.
//
// The frame is
//
//	version (1 byte) ‖ key id (4 bytes) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
//
// Nonces are random, so one key is good for some 2³² values: replace it every
// few years on a busy bot. To replace it, make the new key the current one and
// keep the old one in the ring until nothing needs it.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

const (
	version    = 1
	idSize     = 4
	headerSize = 1 + idSize
	// Overhead is how many bytes longer a sealed value is than a plain one.
	Overhead = headerSize + 12 + 16
)

// The errors of Open.
var (
	ErrKey  = errors.New("seal: sealed with a key that is not in the key ring")
	ErrOpen = errors.New("seal: value was altered, cut short or moved from another row")
)

// Ring seals with its current key and opens with any of its keys. Its methods
// may be called from many goroutines.
type Ring struct {
	keys []ringKey // the current one first
}

type ringKey struct {
	id   [idSize]byte
	aead cipher.AEAD
}

// NewRing makes a ring of keys of KeySize bytes each. It keeps no reference to
// the slices.
func NewRing(current []byte, older ...[]byte) (*Ring, error) {
	r := &Ring{}
	for _, key := range append([][]byte{current}, older...) {
		k, err := newKey(key)
		if err != nil {
			return nil, err
		}
		r.keys = append(r.keys, k)
	}
	return r, nil
}

func newKey(key []byte) (ringKey, error) {
	if len(key) != KeySize {
		return ringKey{}, fmt.Errorf("seal: a key has %d bytes, not %d", KeySize, len(key))
	}
	id, err := hkdf.Key(sha256.New, key, nil, "jwxtbot seal: key id", idSize)
	if err != nil {
		return ringKey{}, fmt.Errorf("seal: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return ringKey{}, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return ringKey{}, fmt.Errorf("seal: %w", err)
	}
	return ringKey{[idSize]byte(id), aead}, nil
}

// Seal encrypts plain for the row of that key. Its error is always nil.
func (r *Ring) Seal(key string, plain []byte) ([]byte, error) {
	k := r.keys[0]
	box := make([]byte, 0, len(plain)+Overhead)
	box = append(append(box, version), k.id[:]...)
	return k.aead.Seal(box, nil, plain, []byte(key)), nil
}

// Open decrypts what Seal made for the same key. Errors: ErrKey, ErrOpen.
func (r *Ring) Open(key string, box []byte) ([]byte, error) {
	if len(box) < Overhead || box[0] != version {
		return nil, ErrOpen
	}
	id, err := [idSize]byte(box[1:headerSize]), ErrKey
	for _, k := range r.keys {
		if k.id != id {
			continue
		}
		plain, bad := k.aead.Open(nil, nil, box[headerSize:], []byte(key))
		if bad == nil {
			return plain, nil
		}
		err = ErrOpen
	}
	return nil, err
}
