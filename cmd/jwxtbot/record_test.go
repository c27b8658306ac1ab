package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestNamedTests: each test that the record of bugs names is there, and each
// that the README names for what it says of the bot.
func TestNamedTests(t *testing.T) {
	var tests strings.Builder
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		tests.Write(source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for file, least := range map[string]int{"deploy/TRACK-RECORD.md": 20, "README.md": 15} {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllSubmatch(text, -1)
		if len(names) < least {
			t.Errorf("%s names %d tests only", file, len(names))
		}
		for _, name := range names {
			if !strings.Contains(tests.String(), "func "+string(name[1])+"(") {
				t.Errorf("%s names %s, which is not there", file, name[1])
			}
		}
	}
}
