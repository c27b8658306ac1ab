package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/cmd/jwxtbot/internal/config"
)

func describe(id string) string {
	return "[[source]]\nid = '" + id + "'\nname = '甲'\nurl = 'https://jwc.example.edu.cn/" + id + "'\n"
}

// TestLoadSources reads a file, or all files of a folder, and finds what is
// wrong in any of them.
func TestLoadSources(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		path  string
		want  string // ids, or what is wrong
	}{
		"a folder": {map[string]string{"b.toml": describe("b"), "a.toml": describe("a") + describe("c"), "notes.txt": "x"}, ".", "a c b"},
		"a file":   {map[string]string{"b.toml": describe("b"), "a.txt": describe("a")}, "a.txt", "a"},
		"twice":    {map[string]string{"a.toml": describe("a"), "b.toml": describe("a")}, ".", `b.toml: id "a" is already used in a.toml`},
		"mistakes in both": {map[string]string{"a.toml": describe("A"), "b.toml": describe("B")}, ".",
			"a.toml:2: source id \"A\" must be 1 to 32 of a-z, 0-9 and -\nb.toml:2: source id \"B\" must be 1 to 32 of a-z, 0-9 and -"},
		"nothing": {map[string]string{"a.txt": describe("a")}, ".", "there is no file of notice boards, whose name ends in .toml"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range tc.files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			sources, err := config.LoadSources(filepath.Join(dir, tc.path))
			var ids []string
			for _, src := range sources {
				ids = append(ids, src.ID)
			}
			got := strings.Join(ids, " ")
			if err != nil {
				got = err.Error()
			}
			if !strings.HasSuffix(got, tc.want) && got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	if _, err := config.LoadSources(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("what is not there was read")
	}
}

// TestBoards: the boards are part of the configuration, and so are their mistakes.
func TestBoards(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "boards.toml")
	main := "sources = '" + path + "'\n[boards]\ncontact = 'mailto:admin@bot.example'\n"
	if err := os.WriteFile(path, []byte(describe("a")), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := load(t, main, oneSchool)
	if err != nil || len(c.Boards.Sources) != 1 || c.Boards.Contact != "mailto:admin@bot.example" || c.Boards.Path != path {
		t.Errorf("got %+v, %v", c, err)
	}
	if err := os.WriteFile(path, []byte(describe("A")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := load(t, main, oneSchool); err == nil || !strings.HasPrefix(err.Error(), "boards.toml:2: ") {
		t.Errorf("got %v", err)
	}
}
