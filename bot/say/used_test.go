package say_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// TestEveryKeyIsUsed finds each key in the program's source: as a literal, or
// among those that are put together of a prefix and a known word.
func TestEveryKeyIsUsed(t *testing.T) {
	built := map[string]bool{}
	for _, k := range jwxt.Kinds() {
		built["fail."+k.String()] = true
	}
	for _, r := range []dialogue.Reason{dialogue.EndedIdle, dialogue.EndedAbsolute, dialogue.EndedBySchool, dialogue.EndedKicked, dialogue.EndedOther} {
		built["ended."+string(r)] = true
	}
	for _, w := range []dialogue.What{dialogue.Grades, dialogue.Notices, dialogue.Notice} {
		built["read."+string(w)] = true
	}
	source := programSource(t)
	for _, key := range say.Keys(say.Zh) {
		prefix, word, _ := strings.Cut(key, ".")
		switch {
		case built[key], strings.Contains(source, `"`+key+`"`):
		case (prefix == "cmd" || prefix == "word") && strings.Contains(source, `"`+word+`"`):
		default:
			t.Errorf("nobody says %s", key)
		}
	}
}

// programSource is all Go source of the bot but its tests.
func programSource(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
