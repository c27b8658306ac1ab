package miniapp_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"jwxtbot/bot/miniapp"
)

// phone is the page in a browser as large as a phone's. Its methods fail the
// test when the page does not follow. It needs Chromium; JWXTBOT_BROWSER=1 makes
// its absence a failure. JWXTBOT_SHOTS names a folder to leave screenshots in.
type phone struct {
	t    *testing.T
	ctx  context.Context
	desk *desk
	url  string
}

// The clients' colours in which the page is looked at: of a phone by day and by
// night.
const (
	day = `{"bg_color":"#ffffff","secondary_bg_color":"#f0f2f5","text_color":"#0f1419","hint_color":"#7d8b97",` +
		`"link_color":"#2f8bd0","button_color":"#2f8bd0","button_text_color":"#ffffff","destructive_text_color":"#d9534f"}`
	night = `{"bg_color":"#17212b","secondary_bg_color":"#0e1621","section_bg_color":"#17212b","text_color":"#f5f5f5",` +
		`"hint_color":"#7d94aa","button_color":"#5288c1","button_text_color":"#ffffff","destructive_text_color":"#ec3942"}`
)

// newBrowser starts a browser, which ends with the test.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("JWXTBOT_BROWSER") == "" {
		t.Skip("no Chromium on this machine")
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(time.Minute), chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// newPhone serves a page and opens a tab for it.
func newPhone(t *testing.T, browser context.Context) phone {
	t.Helper()
	var app http.Handler
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { app.ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	page, err := miniapp.New(miniapp.Config{Token: token, URL: s.URL + "/form/", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	p := phone{t: t, desk: newDesk(), url: page.URL()}
	page.Enter(p.desk)
	app = page
	var cancel context.CancelFunc
	p.ctx, cancel = chromedp.NewContext(browser)
	t.Cleanup(cancel)
	if err := chromedp.Do(p.ctx, chromedp.Navigate("about:blank")); err != nil { // the tab lives as long as this context
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	return p
}

func (p phone) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.shot("failed")
		p.t.Fatalf("%v; the page shows\n%s", err, js[string](p, "document.body.innerText"))
	}
}

// js is what an expression is worth on the page; promises are awaited.
func js[T any](p phone, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true. chromedp's own poll is lost when
// the page is loaded anew under it.
func (p phone) until(expression string) {
	p.t.Helper()
	for late := time.Now().Add(15 * time.Second); !js[bool](p, "Boolean("+expression+")"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(late) {
			p.shot("failed")
			p.t.Fatalf("waited in vain for %s; the page shows\n%s", expression, js[string](p, "document.body.innerText"))
		}
	}
}

// id finds an element of the page.
func id(name string) chromedp.CSS { return chromedp.CSS("[data-testid=" + name + "]") }

// el is the same in the page's own language.
func el(name string) string { return fmt.Sprintf("document.querySelector('[data-testid=%s]')", name) }

// open loads the page as a client does that got this initData.
func (p phone) open(initData, theme string) {
	p.t.Helper()
	launch := url.Values{"tgWebAppData": {initData}, "tgWebAppThemeParams": {theme}, "tgWebAppVersion": {"9.1"}}
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.url+"?a="+attempt+"#"+launch.Encode()))
	// What the page tells the client from now on.
	js[bool](p, "window.told = [], window.TelegramWebviewProxy = {postEvent: name => told.push(name)}, true")
}

// enter opens the page by a press of the button, and waits for the form.
func (p phone) enter(theme string) {
	p.t.Helper()
	p.open(initData(token, 1001, time.Now(), nonce()), theme)
	p.do(chromedp.WaitVisible(id("form")))
}

func (p phone) types(field, text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(id(field), text))
}

func (p phone) taps(name string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(id(name)), chromedp.Click(id(name)))
}

func (p phone) value(field string) string { return js[string](p, el(field)+".value") }

func (p phone) sees(element, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%s?.textContent.includes(%q)", el(element), text))
}

// waits until the chat was told of so many acts.
func (p phone) waits(n int) []did {
	p.t.Helper()
	for late := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if got := p.desk.done(); len(got) >= n {
			return got
		}
		if time.Now().After(late) {
			p.shot("failed")
			p.t.Fatalf("the chat was told of %+v, want %d", p.desk.done(), n)
		}
	}
}

// drags moves a finger from the middle of an element to the right, by pixels of
// the screen, as a hand does: in steps, and not quite level.
func (p phone) drags(element string, by float64) {
	p.t.Helper()
	at := js[struct{ X, Y float64 }](p, "(r => ({X: r.x + r.width / 2, Y: r.y + r.height / 2}))("+el(element)+".getBoundingClientRect())")
	finger := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		p.t.Helper()
		if _, err := chromedp.Call(p.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			p.t.Fatal(err)
		}
	}
	const steps = 24
	finger(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X, Y: at.Y})
	for i := 1; i <= steps; i++ {
		time.Sleep(8 * time.Millisecond)
		finger(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: at.X + by*float64(i)/steps, Y: at.Y + float64(i%5)})
	}
	finger(input.DispatchTouchEventTypeTouchEnd)
}

// shot leaves a screenshot where the developer asked, once nothing moves.
func (p phone) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("JWXTBOT_SHOTS")
	if dir == "" {
		return
	}
	js[bool](p, `Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity)
		.map(a => a.finished)).then(() => true)`)
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Errorf("screenshot: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "form-"+name+".png"), picture, 0o644); err != nil {
		p.t.Error(err)
	}
}
