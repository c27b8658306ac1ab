package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"jwxtbot/store/internal/durable"
)

// maxKeyFile is more than any of the forms needs.
const maxKeyFile = 1024

// Generate writes a new random key to path, which must not exist yet, readable
// by its owner only. Without this file nothing in the database can be read:
// it belongs into a backup, but not into that of the database.
func Generate(path string) error {
	key := make([]byte, KeySize)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("seal: %s exists already; a key in use must not be overwritten", path)
	}
	if err != nil {
		return fmt.Errorf("seal: cannot create the key file: %w", err)
	}
	_, err = fmt.Fprintf(f, "%x\n", key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("seal: cannot write the key file: %w", err)
	}
	durable.SyncDir(path)
	return nil
}

// LoadFile reads a key: 64 hex digits, or base64 of 32 bytes, with white space
// around them, or 32 raw bytes. A file that everybody on the machine can read
// or write is refused. Its group is not looked at: service managers hand out
// credentials with group bits set.
func LoadFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("seal: cannot read the key file: %w", err)
	}
	if info.IsDir() || info.Size() > maxKeyFile {
		return nil, fmt.Errorf("seal: %s is no key file", path)
	}
	if mode := info.Mode().Perm(); mode&0o007 != 0 {
		return nil, fmt.Errorf("seal: key file %s is open to everybody on this machine (mode %04o); run: chmod 600 %s", path, mode, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("seal: cannot read the key file: %w", err)
	}
	key, err := parseKey(b)
	if err != nil {
		return nil, fmt.Errorf("seal: key file %s: %w", path, err)
	}
	return key, nil
}

func parseKey(b []byte) ([]byte, error) {
	text := string(bytes.TrimSpace(b))
	if text == "" {
		return nil, errors.New("it is empty")
	}
	if key, err := hex.DecodeString(text); err == nil {
		return sized(key)
	}
	if len(b) == KeySize {
		return b, nil
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(text); err == nil {
			return sized(key)
		}
	}
	return nil, fmt.Errorf("it holds neither 64 hex digits nor base64 of %d bytes", KeySize)
}

func sized(key []byte) ([]byte, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("it holds %d bytes; a key has %d", len(key), KeySize)
	}
	return key, nil
}
