package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/store/seal"
)

func TestLoadFile(t *testing.T) {
	want := append([]byte{0, 0xff, '\n'}, key(0xfb)[3:]...) // has + and / in base64
	for _, test := range []struct {
		name, content string
		want          string // within the error; "" = the key is read
	}{
		{"hex", hex.EncodeToString(want), ""},
		{"hex line", strings.ToUpper(hex.EncodeToString(want)) + "\r\n", ""},
		{"base64", base64.StdEncoding.EncodeToString(want) + "\n", ""},
		{"base64 unpadded", base64.RawStdEncoding.EncodeToString(want), ""},
		{"base64 of URLs", base64.URLEncoding.EncodeToString(want), ""},
		{"raw", string(want), ""},
		{"empty", "", "is empty"},
		{"white", " \n", "is empty"},
		{"short hex", strings.Repeat("ab", 16), "holds 16 bytes"},
		{"short base64", base64.StdEncoding.EncodeToString(want[:30]), "holds 30 bytes"},
		{"long hex", strings.Repeat("ab", 33), "holds 33 bytes"},
		{"words", "correct horse battery staple", "neither"},
		{"raw and a line end", string(want) + "\n", "neither"},
		{"big", strings.Repeat("ab", 2000), "no key file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := seal.LoadFile(path)
			switch {
			case test.want == "" && (err != nil || !bytes.Equal(got, want)):
				t.Errorf("LoadFile = %x, %v", got, err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("LoadFile = %v, want an error that says %q", err, test.want)
			case err != nil && len(test.content) > 20 && strings.Contains(err.Error(), test.content[:20]):
				t.Errorf("the error quotes the file: %v", err)
			}
		})
	}
}

func TestLoadFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := seal.Generate(path); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[fs.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o640: true, 0o644: false, 0o602: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.LoadFile(path); (err == nil) != ok {
			t.Errorf("mode %o: %v, want it accepted: %v", mode, err, ok)
		}
	}
}

func TestLoadFileMissing(t *testing.T) {
	if _, err := seal.LoadFile(filepath.Join(t.TempDir(), "key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := seal.LoadFile(t.TempDir()); err == nil {
		t.Error("a directory was read as a key")
	}
}

func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	var keys [2][]byte
	for i, name := range []string{"one", "two"} {
		path := filepath.Join(dir, name)
		if err := seal.Generate(path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
		}
		if keys[i], err = seal.LoadFile(path); err != nil {
			t.Error(err)
		}
	}
	if bytes.Equal(keys[0], keys[1]) {
		t.Error("two generated keys are equal")
	}
	if err := seal.Generate(filepath.Join(dir, "one")); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("Generate over a key: %v, want a refusal", err)
	}
	if again, _ := seal.LoadFile(filepath.Join(dir, "one")); !bytes.Equal(again, keys[0]) {
		t.Error("the refused Generate changed the key")
	}
	if err := seal.Generate(filepath.Join(dir, "no", "dir")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Generate into a missing directory: %v", err)
	}
}
