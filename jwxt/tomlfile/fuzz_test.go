package tomlfile

import (
	"testing"

	"github.com/BurntSushi/toml"
)

// FuzzKeyLines holds the lines to the library's own list of keys.
func FuzzKeyLines(f *testing.F) {
	f.Add("[[school]]\nid = \"a\"\nname = '''x\n'''\n[school.pace]\nspacing = \"1s\"\n")
	f.Add("school = [{id = 'a', options = {\"a b\" = 'c'}}, {}]\n# x = 1\n")
	f.Add("[[a]]\nb = [\n\"a\", # b = [\n'c']\np.t = \"\"\"\\\n1s\"\"\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		var tree map[string]any
		meta, err := toml.Decode(src, &tree)
		if err != nil {
			return
		}
		if got, want := len(keyLines(src)), len(meta.Keys()); got != want {
			t.Errorf("keyLines found %d keys, want %d", got, want)
		}
	})
}
