package bulletin_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt/bulletin"
)

var update = flag.Bool("update", false, "write the golden files")

// golden is one file of testdata: a source, a page, and what is read of it.
type golden struct {
	source bulletin.Source
	url    string
	page   []byte
}

func TestGoldenLists(t *testing.T) {
	eachGolden(t, "list", func(t *testing.T, g golden) any {
		l, err := bulletin.ParseList(g.source, pageOf(t, g.url, g.page), noon)
		if err != nil {
			t.Fatal(err)
		}
		return map[string]any{"preset": l.Preset, "items": l.Items}
	})
}

func TestGoldenDetails(t *testing.T) {
	eachGolden(t, "detail", func(t *testing.T, g golden) any {
		d, err := bulletin.ParseDetail(g.source, pageOf(t, g.url, g.page), noon)
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

// TestGB18030 reads each golden list in the other charset, whatever its label.
func TestGB18030(t *testing.T) {
	for _, label := range []string{"", "gb2312", "utf-8"} {
		eachGolden(t, "list", func(t *testing.T, g golden) any {
			if g.page[0] != '<' || strings.Contains(string(g.page), "<?xml") {
				t.Skip("only pages lie about their charset")
			}
			page := strings.Replace(string(g.page), "<head>", `<head><meta charset="`+label+`">`, 1)
			page, err := simplifiedchinese.GB18030.NewEncoder().String(page)
			if err != nil {
				t.Fatal(err)
			}
			l, err := bulletin.ParseList(g.source, pageOf(t, g.url, []byte(page)), noon)
			if err != nil {
				t.Fatal(err)
			}
			return map[string]any{"preset": l.Preset, "items": l.Items}
		})
	}
}

// eachGolden compares what read returns with each file's want.json.
func eachGolden(t *testing.T, dir string, read func(*testing.T, golden) any) {
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.MarshalIndent(read(t, goldenOf(t, a)), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got := unescape.Replace(string(b)) + "\n"
			last := &a.Files[len(a.Files)-1]
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(last.Data), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// unescape undoes what package json does for browsers.
var unescape = strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">")

func goldenOf(t testing.TB, a *txtar.Archive) golden {
	t.Helper()
	var g golden
	for _, f := range a.Files {
		switch f.Name {
		case "source.toml":
			list, err := bulletin.ParseSources(f.Name, f.Data)
			if err != nil {
				t.Fatal(err)
			}
			g.source, g.url = list[0], list[0].URL
		case "url":
			g.url = strings.TrimSpace(string(f.Data))
		case "page":
			g.page = f.Data
		case "want.json":
		default:
			t.Fatalf("unknown file %s", f.Name)
		}
	}
	return g
}
