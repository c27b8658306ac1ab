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
// that the README names for what it says of the bot; where a package is named
// with it (urp.TestGates), in a folder of that name.
func TestNamedTests(t *testing.T) {
	tests := map[string]string{} // source by folder; "" is all
	err := filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		tests[""] += string(source)
		tests[filepath.Base(filepath.Dir(path))] += string(source)
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
		names := regexp.MustCompile("`(?:([a-z0-9]+)\\.)?((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllSubmatch(text, -1)
		if len(names) < least {
			t.Errorf("%s names %d tests only", file, len(names))
		}
		for _, name := range names {
			if !strings.Contains(tests[string(name[1])], "func "+string(name[2])+"(") {
				t.Errorf("%s names %s, which is not there", file, name[0])
			}
		}
	}
}
