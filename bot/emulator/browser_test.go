package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jwxtbot/bot/emulator"
)

// appPage sends the fragment it was opened with to its server, and closes
// itself when it is told to.
const appPage = `<!doctype html><meta name="viewport" content="width=device-width"><style>body { font: 20px sans-serif; padding: 20px }</style>
<h1>登录</h1><p>A Mini App.</p><script>
fetch("/opened", {method: "POST", body: location.hash.slice(1)}).then(
  () => parent.postMessage(JSON.stringify({eventType: "web_app_close"}), "*"))
</script>`

// TestBrowserOpensMiniApp opens a Mini App as a person with a phone does. It needs
// Chromium. JWXTBOT_SHOTS names a folder to leave a screenshot in.
func TestBrowserOpensMiniApp(t *testing.T) {
	ctx := browser(t)
	opened, seen := make(chan string, 1), make(chan bool)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/opened" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, appPage)
			return
		}
		raw, _ := io.ReadAll(r.Body)
		opened <- string(raw)
		<-seen
	}))
	t.Cleanup(app.Close)
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "请登录",
		"reply_markup", fmt.Sprintf(`{"inline_keyboard":[[{"text":"登录","web_app":{"url":%q}}]]}`, app.URL)))
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.EmulateViewport(390, 844), chromedp.Navigate(b.base+"/#1001/1001"), chromedp.Click(chromedp.CSS("[data-testid=button]")))
	var fragment string
	select {
	case fragment = <-opened:
	case <-ctx.Done():
		t.Fatal("the app was not opened")
	}
	frame := chromedp.CSS("[data-testid=app-frame]")
	do(chromedp.WaitVisible(frame), chromedp.Poll[chromedp.Void]("document.getAnimations().every(a => a.playState === 'finished')"))
	shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("JWXTBOT_SHOTS"); dir != "" {
		os.WriteFile(filepath.Join(dir, "miniapp.png"), shot, 0o600)
	}
	close(seen)
	do(chromedp.WaitNotPresent(frame))
	v, err := url.ParseQuery(fragment)
	if _, ok := genuine(b.Token(), v.Get("tgWebAppData")); err != nil || !ok {
		t.Errorf("the app got %q, %v", fragment, err)
	}
	if theme := v.Get("tgWebAppThemeParams"); !strings.Contains(theme, `"bg_color":"#ffffff"`) || strings.Contains(theme, `""`) {
		t.Errorf("theme: got %s", theme)
	}
}

func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("JWXTBOT_BROWSER") == "" {
		t.Skip("no Chromium on this machine")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(time.Minute), chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
