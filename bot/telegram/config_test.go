package telegram_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

func TestNewChecksItsConfiguration(t *testing.T) {
	for name, tc := range map[string]struct {
		config telegram.Config
		want   string // in the error, "" for none
	}{
		"good":               {telegram.Config{Token: token}, ""},
		"newline at the end": {telegram.Config{Token: token + "\n"}, ""},
		"empty token":        {telegram.Config{}, "malformed"},
		"token with a path":  {telegram.Config{Token: "123:abc/../x"}, "malformed"},
		"no verbs":           {telegram.Config{Token: token, Endpoint: "http://x/"}, "two %s"},
		"other verbs":        {telegram.Config{Token: token, Endpoint: "http://x/%s/%s%d"}, "two %s"},
		"no URL":             {telegram.Config{Token: token, Endpoint: "http://a b/bot%s/%s"}, "no URL"},
		"socks5":             {telegram.Config{Token: token, Proxy: "socks5://u:hunter2@127.0.0.1:1080"}, ""},
		"odd proxy":          {telegram.Config{Token: token, Proxy: "ftp://u:hunter2@h"}, "ftp"},
		"no proxy URL":       {telegram.Config{Token: token, Proxy: "http://u:hunter2@h:port"}, "no URL"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := telegram.New(tc.config)
			if (err == nil) != (tc.want == "") {
				t.Fatalf("got %v, want %q", err, tc.want)
			}
			if err == nil {
				return
			}
			if got := err.Error(); !strings.Contains(got, tc.want) || strings.Contains(got, "hunter2") || strings.Contains(got, "abc") {
				t.Errorf("got %q, want %q and no secret", got, tc.want)
			}
		})
	}
}

func TestProxyIsUsed(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Host
		io.WriteString(w, `{"ok":true,"result":{"username":"thisbot"}}`)
	}))
	defer proxy.Close()
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: "http://telegram.test/bot%s/%s", Proxy: proxy.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Close()
	if name, err := bot.Hello(t.Context()); name != "thisbot" || err != nil || asked != "telegram.test" {
		t.Errorf("got %q %v, the proxy was asked for %q", name, err, asked)
	}
}

func TestBrokenProxyTellsNoPassword(t *testing.T) {
	bot, err := telegram.New(telegram.Config{Token: token, Proxy: "socks5://u:hunter2@127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	v := bot.Do(t.Context(), text("hi"))
	if v.Outcome != msg.Retry || strings.Contains(v.Err.Error(), "hunter2") {
		t.Errorf("got %v %v, want Retry without the password", v.Outcome, v.Err)
	}
}

// TestOnlyTwoDoorsOfTheLibrary keeps us away from what the library does badly:
// its poller (defects 4 to 7), typed requests (13, 14, 20, 26), webhooks (15,
// 22), logger (16), constructor (17), accessors (18, 19), file links (23) and
// Markdown escaping (24).
func TestOnlyTwoDoorsOfTheLibrary(t *testing.T) {
	allowed := []string{"APIEndpoint", "APIResponse", "BotAPI", "ChatTyping", "Error", "FileBytes", "ModeHTML", "Params", "RequestFile", "ResponseParameters", "User"}
	doors := map[string]int{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(gotoken.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch x, _ := sel.X.(*ast.Ident); {
			case x == nil:
			case x.Name == "tgbotapi" && !slices.Contains(allowed, sel.Sel.Name):
				t.Errorf("%s uses tgbotapi.%s", name, sel.Sel.Name)
			case x.Name == "api":
				doors[sel.Sel.Name]++
			}
			return true
		})
	}
	delete(doors, "SetAPIEndpoint")
	if len(doors) != 2 || doors["MakeRequest"] == 0 || doors["UploadFiles"] == 0 {
		t.Errorf("got methods %v of the library, want MakeRequest and UploadFiles", doors)
	}
}
