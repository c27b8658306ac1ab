package telegram_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Some defects of the library cannot bite, because what has them is not used.
// The tests here hold the package's own text to that.

// TestLibraryDoors: of the library we use its request building, the envelope of
// its answers and some constants. All else of it has a defect or may have one.
func TestLibraryDoors(t *testing.T) {
	doors := strings.Fields(`BotAPI Params RequestFile FileBytes APIResponse ResponseParameters Error User
		APIEndpoint ModeHTML ChatTyping SetAPIEndpoint MakeRequest UploadFiles`)
	for _, name := range library(t) {
		if !slices.Contains(doors, name) {
			t.Errorf("tgbotapi.%s is used; the doors are %v", name, doors)
		}
	}
}

// An answer in the webhook's own response has no file's id, and no result.
func TestDefect22WebhookResponseCarriesNoCall(t *testing.T) { unused(t, "WriteToHTTPResponse") }

// A link from the library ignores the endpoint and holds the token.
func TestDefect23NoFileLinks(t *testing.T) { unused(t, "Link", "GetFileDirectURL", "FileEndpoint") }

// The library's escaping leaves out the backslash of MarkdownV2; ours is HTML.
func TestDefect24NoMarkdown(t *testing.T) {
	unused(t, "EscapeText", "ModeMarkdown", "ModeMarkdownV2")
}

// The library's own requests cannot be extended: ours are maps of parameters.
func TestDefect26NoRequestsOfTheLibrary(t *testing.T) {
	unused(t, "Chattable", "Fileable", "Send", "Request", "NewMessage", "MessageConfig")
}

// unused fails the test if the package uses one of these names of the library.
func unused(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range library(t) {
		if slices.Contains(names, name) {
			t.Errorf("%s of the library is used", name)
		}
	}
}

// library are the names that the package takes from the library: those of the
// package, and those that it asks of the library's bot, which it calls api.
func library(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (isName(sel.X, "tgbotapi") || isName(sel.X, "api")) {
				names = append(names, sel.Sel.Name)
			}
			return true
		})
	}
	if len(names) == 0 {
		t.Fatal("the library is not used at all; is it still called tgbotapi?")
	}
	return names
}

func isName(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}
