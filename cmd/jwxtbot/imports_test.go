package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// house says what the files of a package that are no tests may import. The
// last row that fits a package rules it; a package without a row fails the
// test, so a new room starts by saying what it may know.
//
// "std" is the standard library, "..." after a slash is that package and all
// below it, and never is taken away from may. Pure rooms read no clock either.
var house = []rule{
	{room: "jwxt/...", may: vendor}, // each vendor, by whatever name
	{room: "jwxt", may: "std"},
	{room: "jwxt/fetch", may: "std jwxt jwxt/wengine golang.org/x/net/... golang.org/x/text/... golang.org/x/time/rate"},
	{room: "jwxt/driver", may: "std jwxt jwxt/fetch"},
	{room: "jwxt/markup", may: "std golang.org/x/net/..."},
	{room: "jwxt/marks", may: "std jwxt"},
	{room: "jwxt/plans", may: "std jwxt jwxt/markup golang.org/x/net/..."},
	{room: "jwxt/webvpn", may: vendor + " jwxt/wengine"},
	{room: "jwxt/wengine", may: "std jwxt"},
	{room: "jwxt/tomlfile", may: "std github.com/BurntSushi/toml"},
	{room: "jwxt/bulletin", may: "std jwxt jwxt/fetch jwxt/tomlfile github.com/BurntSushi/toml github.com/PuerkitoBio/goquery github.com/andybalholm/cascadia golang.org/x/net/... golang.org/x/text/... github.com/mmcdole/gofeed/..."},
	{room: "jwxt/doctor", may: "std jwxt jwxt/fetch jwxt/markup jwxt/wengine golang.org/x/text/..."},
	{room: "jwxt/drivers", may: "std jwxt/...", never: simulations},

	{room: "store", may: "std"},
	{room: "store/internal/...", may: "std store store/internal/..."},
	{room: "store/seal", may: "std store store/internal/..."},
	{room: "store/memstore", may: "std store store/internal/..."},
	{room: "store/boltstore", may: "std store store/internal/... go.etcd.io/bbolt/..."},

	{room: "bot/msg", may: "std jwxt", never: world, pure: true},
	{room: "bot/say", may: "std jwxt bot/msg bot/render/text golang.org/x/text/...", never: world, pure: true},
	{room: "bot/render/...", may: "std jwxt bot/msg bot/say bot/render/... golang.org/x/image/... golang.org/x/text/...", never: world, pure: true},
	{room: "bot/dialogue", may: "std jwxt bot/msg bot/say bot/render/... bot/catalog", never: world, pure: true},
	{room: "bot/catalog", may: "std jwxt golang.org/x/text/...", never: world, pure: true},

	{room: "bot", may: shell + " bot/miniapp bot/board"},
	{room: "bot/chat", may: shell},
	{room: "bot/work", may: shell},
	{room: "bot/notify", may: shell + " golang.org/x/text/unicode/norm"},
	{room: "bot/board", may: shell},
	{room: "bot/outbox", may: shell},
	{room: "bot/ops", may: "std jwxt store bot/msg bot/say bot/catalog bot/dialogue"},
	{room: "bot/ops/metrics", may: "std bot/msg bot/dialogue bot/ops github.com/prometheus/client_golang/prometheus/..."},
	{room: "bot/miniapp", may: "std jwxt bot/chat bot/say golang.org/x/time/rate"},
	{room: "bot/telegram", may: "std jwxt bot/msg bot/outbox bot/render/text golang.org/x/net/... github.com/go-telegram-bot-api/telegram-bot-api/v5"},

	{room: "jwxt/campus", may: anything},
	{room: "jwxt/campus/boards", may: anything},
	{room: "jwxt/jwxttest", may: anything},
	{room: "store/storetest", may: anything},
	{room: "bot/say/saytest", may: anything},
	{room: "bot/emulator", may: anything},
	{room: "bot/e2e/...", may: anything},
	{room: "cmd/...", may: anything},
}

// The sets of the table.
const (
	anything = "std jwxtbot/... github.com/... golang.org/... go.etcd.io/... go.uber.org/..."
	vendor   = "std jwxt jwxt/fetch jwxt/driver jwxt/markup jwxt/marks jwxt/plans github.com/PuerkitoBio/goquery github.com/andybalholm/cascadia golang.org/x/net/... golang.org/x/text/..."
	// A shell knows the pure rooms, its neighbours and the store's interface;
	// no vendor, no Telegram and no database by name.
	shell = "std jwxt store store/seal bot/msg bot/say bot/render/... bot/catalog bot/dialogue bot/chat bot/work bot/notify bot/outbox bot/ops jwxt/bulletin golang.org/x/time/rate"
	world = "net net/http/... os/... io/fs syscall/..." // net/url and net/netip reach nothing
	// Only cmd and tests know the simulations and the suites.
	simulations = "jwxt/campus/... jwxt/jwxttest store/storetest bot/say/saytest bot/emulator bot/e2e/..."
)

type rule struct {
	room, may, never string
	pure             bool
}

// clock is what reads the time or waits for it; a pure room is given the time.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTicker", "NewTimer"}

func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		files++
		rel, _ := filepath.Rel(root, name)
		checkFile(t, name, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("saw %d files; is %s still the root?", files, root)
	}
}

func checkFile(t *testing.T, name, rel string) {
	r, ok := ruleOf(path.Dir(rel))
	if !ok {
		t.Errorf("%s: the table has no row for this package", rel)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range f.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if !r.allows(imported) {
			t.Errorf("%s imports %s, which %s must not know", rel, imported, r.room)
		}
	}
	if r.pure {
		checkClock(t, f, rel)
	}
}

// checkClock finds time.Now and its like. A pure room has no other "time".
func checkClock(t *testing.T, f *ast.File, rel string) {
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, sel.Sel.Name) {
			t.Errorf("%s uses time.%s; a pure room is given the time", rel, sel.Sel.Name)
		}
		return true
	})
}

func ruleOf(room string) (rule, bool) {
	for _, r := range slices.Backward(house) {
		if fits(r.room, room) {
			return r, true
		}
	}
	return rule{}, false
}

func (r rule) allows(imported string) bool {
	in := func(set string) bool {
		return slices.ContainsFunc(strings.Fields(set), func(p string) bool { return fits(p, imported) })
	}
	return in(r.may) && !in(r.never) && (r.may == anything || !in(simulations))
}

// fits reports whether a pattern of the table takes in a package, which is
// written with or without the module's own name.
func fits(pattern, pkg string) bool {
	rel, own := strings.CutPrefix(pkg, "jwxtbot/")
	first, _, _ := strings.Cut(pkg, "/")
	if pattern == "std" {
		return !own && !strings.Contains(first, ".")
	}
	if base, all := strings.CutSuffix(pattern, "/..."); all {
		return rel == base || strings.HasPrefix(rel, base+"/") || own && base == "jwxtbot"
	}
	return rel == pattern
}

func TestHouseRules(t *testing.T) {
	tests := []struct {
		room, imported string
		want           bool
	}{
		{"jwxt", "net/http", true},
		{"jwxt", "golang.org/x/net/html", false},
		{"jwxt/urp", "jwxtbot/jwxt/fetch", true},
		{"jwxt/urp", "jwxtbot/jwxt/qiangzhi", false},
		{"jwxt/urp", "jwxtbot/store", false},
		{"jwxt/cas", "jwxtbot/jwxt/urp", false},
		{"jwxt/cas", "jwxtbot/jwxt/driver", true},
		{"jwxt/drivers", "jwxtbot/jwxt/urp", true},
		{"jwxt/drivers", "jwxtbot/jwxt/campus", false},
		{"bot/dialogue", "net/http", false},
		{"bot/dialogue", "net/url", true},
		{"bot/dialogue", "os", false},
		{"bot/dialogue", "jwxtbot/store", false},
		{"bot/render/text", "jwxtbot/bot/say", true},
		{"bot/work", "jwxtbot/store", true},
		{"bot/work", "jwxtbot/store/boltstore", false},
		{"bot/work", "jwxtbot/bot/telegram", false},
		{"bot/work", "jwxtbot/bot/ops", true},
		{"bot/work", "jwxtbot/bot/ops/metrics", false},
		{"bot/ops", "github.com/prometheus/client_golang/prometheus", false},
		{"bot", "jwxtbot/bot/emulator", false},
		{"bot/miniapp", "jwxtbot/store", false},
		{"bot/outbox", "github.com/go-telegram-bot-api/telegram-bot-api/v5", false},
		{"cmd/jwxtbot", "jwxtbot/bot/emulator", true},
		{"bot/e2e", "jwxtbot/jwxt/campus", true},
	}
	for _, tt := range tests {
		r, ok := ruleOf(tt.room)
		if got := ok && r.allows(tt.imported); got != tt.want {
			t.Errorf("%s imports %s: got %v, want %v", tt.room, tt.imported, got, tt.want)
		}
	}
	if _, ok := ruleOf("web"); ok {
		t.Error("an unknown room has a rule")
	}
}
