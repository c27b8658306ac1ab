package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/cmd/jwxtbot/internal/config"
)

// commented is a key that an example shows but does not set.
var commented = regexp.MustCompile(`(?m)^# ([a-z0-9_]+ = )`)

// TestExamples loads the example files as they are and with every key set.
func TestExamples(t *testing.T) {
	for _, all := range []bool{false, true} {
		dir := t.TempDir()
		for from, to := range map[string]string{"jwxtbot.example.toml": "jwxtbot.toml", "schools.example.toml": "schools.toml"} {
			b, err := os.ReadFile(filepath.Join("..", "..", "deploy", from))
			if err != nil {
				t.Fatal(err)
			}
			text := string(b)
			if all {
				text = commented.ReplaceAllString(text, "$1")
			}
			if err := os.WriteFile(filepath.Join(dir, to), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, key := range config.Keys()[to] {
				leaf := key[strings.LastIndexByte(key, '.')+1:]
				if all && !strings.Contains(text, "\n"+leaf+" = ") && !strings.Contains(text, leaf+"]") {
					t.Errorf("%s does not show the key %s", from, key)
				}
			}
		}
		if err := os.CopyFS(filepath.Join(dir, "sources"), os.DirFS(filepath.Join("..", "..", "deploy", "sources"))); err != nil {
			t.Fatal(err)
		}
		own := "[[source]]\nid = 'example-jwc'\nname = '华东示范大学教务处'\nurl = 'https://jwc.example.edu.cn/'\nschool = 'example'\n"
		if err := os.WriteFile(filepath.Join(dir, "sources", "example.toml"), []byte(own), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(filepath.Join(dir, "jwxtbot.toml"), known())
		if err != nil {
			t.Fatalf("every key set: %v\n%v", all, err)
		}
		if got := c.Schools[0].ID; got != "example" {
			t.Errorf("got school %q, want example", got)
		}
		// A default in a comment is the default.
		if got, want := c.Limits, config.DefaultLimits(); got != want {
			t.Errorf("limits with every key set %v: got %+v, want %+v", all, got, want)
		}
	}
}

// TestStarter: the schools to begin with can be loaded, and each says that nobody
// has tried it.
func TestStarter(t *testing.T) {
	path := filepath.Join("..", "..", "deploy", "schools.starter.toml")
	schools, err := config.LoadSchools(path, known())
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, entry := range strings.Split(string(b), "[[school]]\n")[:len(schools)] {
		comment := entry[strings.LastIndex(entry, "# Origin: ")+1:]
		if !strings.Contains(comment, "2026-11-23") || !strings.Contains(comment, "unverified live") {
			t.Errorf("%s does not say where it is from", schools[i].ID)
		}
	}
}
