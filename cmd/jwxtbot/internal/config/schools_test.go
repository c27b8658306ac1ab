package config_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/catalog"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
)

// board describes a notice board of a school, or of none for "".
func board(id, school string) string {
	text := "[[source]]\nid = '" + id + "'\nname = '甲'\nurl = 'https://jwc.example.edu.cn/'\n"
	if school != "" {
		text += "school = '" + school + "'\n"
	}
	return text
}

const withBoards = "sources = 'boards.toml'\n[boards]\ncontact = 'mailto:admin@bot.example'\n"

// folder writes the files of a configuration and names the first.
func folder(t testing.TB, main, schools, boards string) (path string, write func(name, text string)) {
	t.Helper()
	dir := t.TempDir()
	write = func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("bot.toml", main)
	write("schools.toml", schools)
	write("boards.toml", boards)
	return filepath.Join(dir, "bot.toml"), write
}

// TestSchoolsBoards: a school has the boards that it names, in that order, or
// those whose own school key names it.
func TestSchoolsBoards(t *testing.T) {
	sources := board("a", "ecnu") + board("b", "ecnu") + board("c", "") + board("d", "other")
	tests := []struct {
		name, boards string
		want         []string
		problem      string
	}{
		{"by the sources", "", []string{"a", "b"}, ""},
		{"by the school", "boards = ['c', 'b']\n", []string{"c", "b"}, ""},
		{"unknown", "boards = ['a', 'e']\n", nil, `schools.toml:6: there is no notice board "e" in the sources`},
		{"another school's", "boards = ['d']\n", nil, `schools.toml:6: the notice board "d" is that of the school "other"`},
		{"twice", "boards = ['a', 'a']\n", nil, `schools.toml:6: the notice board "a" is named twice`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, _ := folder(t, withBoards, oneSchool+tt.boards, sources)
			c, err := config.Load(path, known)
			if tt.problem != "" {
				if err == nil || err.Error() != tt.problem {
					t.Errorf("got %v, want %s", err, tt.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Schools[0].Boards); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestAllFilesAtOnce: mistakes of boards and schools come together; which boards
// there are is not known then, and no school is blamed for it.
func TestAllFilesAtOnce(t *testing.T) {
	path, _ := folder(t, withBoards, oneSchool+"boards = ['a']\nx = 1\n", board("A", ""))
	_, err := config.Load(path, known)
	if err == nil {
		t.Fatal("got no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "boards.toml:2: ") || !strings.HasPrefix(lines[1], "schools.toml:7: ") {
		t.Errorf("got %v", err)
	}
}

// TestReread: what has mistakes stays as it was, by file; new schools are held
// to new boards.
func TestReread(t *testing.T) {
	path, write := folder(t, withBoards, oneSchool, board("a", "ecnu"))
	c, err := config.Load(path, known)
	if err != nil {
		t.Fatal(err)
	}
	check := func(schools, boards string, wrong ...string) {
		t.Helper()
		list, sources, err := c.Reread()
		var got []string
		for _, s := range list {
			got = append(got, s.ID+":"+strings.Join(s.Boards, ","))
		}
		var ids []string
		for _, src := range sources {
			ids = append(ids, src.ID)
		}
		if strings.Join(got, " ") != schools || strings.Join(ids, " ") != boards {
			t.Errorf("got %v and %v, want %s and %s", got, ids, schools, boards)
		}
		if (err == nil) != (len(wrong) == 0) {
			t.Errorf("got %v, want %q", err, wrong)
		}
		for _, w := range wrong {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("got %v, want %q in it", err, w)
			}
		}
	}
	check("ecnu:a", "a")
	write("schools.toml", oneSchool+"boards = ['b']\n")
	check("ecnu:a", "a", `schools.toml:6: there is no notice board "b"`)
	write("boards.toml", board("b", "ecnu")+board("c", ""))
	check("ecnu:b", "b c")
	write("schools.toml", oneSchool+"x = 1\ny = 1\n")
	write("boards.toml", board("A", ""))
	check("ecnu:b", "b c", "boards.toml:2: ", "schools.toml:6: ", "schools.toml:7: ")
	write("schools.toml", oneSchool+strings.NewReplacer("ecnu", "two", "华东", "华西").Replace(oneSchool))
	check("ecnu:b two:", "b c", "boards.toml:2: ")
	if err := os.Remove(filepath.Join(filepath.Dir(path), "schools.toml")); err != nil {
		t.Fatal(err)
	}
	write("boards.toml", board("d", ""))
	check("ecnu:b two:", "d", "schools.toml")
}

// manySchools is a file of n schools of all vendors with most of the keys.
func manySchools(n int) string {
	options := map[int]string{0: "", 1: "", 2: "", 3: "variant = 'eams'", 4: "build = 'new'"}
	names := []string{"qiangzhi", "jwglxt", "zhengfang", "supwisdom", "urp"}
	var b strings.Builder
	for i := range n {
		v := i % len(names)
		fmt.Fprintf(&b, "[[school]]\nid = 's%d'\nname = '示范大学%d'\naliases = ['示%d']\nvendor = '%s'\nurl = 'https://jw%d.example.edu.cn'\n"+
			"mirrors = ['https://jx%d.example.edu.cn']\nhosts = ['cas%d.example.edu.cn']\n", i, i, i, names[v], i, i, i)
		fmt.Fprintf(&b, "[school.options]\n%s\n[school.pace]\nspacing = '200ms'\n[school.link]\ntls = 'legacy'\n[school.link.webvpn]\nurl = 'https://webvpn%d.example.edu.cn'\n", options[v], i)
	}
	return b.String()
}

// BenchmarkLoad500 reads 500 schools and puts them into a catalog, and tells what
// they hold in memory while nobody uses them.
func BenchmarkLoad500(b *testing.B) {
	path, _ := folder(b, "", manySchools(500), "")
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := memory()
	var c *catalog.Catalog
	b.ReportAllocs()
	for b.Loop() {
		list, err := config.LoadSchools(filepath.Join(filepath.Dir(path), "schools.toml"), config.Known{Vendors: slices.Sorted(maps.Keys(drivers.All())), Driver: drivers.For})
		if err != nil {
			b.Fatal(err)
		}
		if c, err = catalog.New(list, drivers.For, func(s jwxt.School) (jwxt.Doer, error) { return fetch.New(s) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(memory()-before)/float64(c.Len()), "held-B/school")
}
