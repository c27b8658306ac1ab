package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBrowser drives the demo's page as a student does, on a desk and on a
// phone, and looks at what is drawn. It needs Chromium; JWXTBOT_BROWSER=1 makes
// its absence a failure. JWXTBOT_SHOTS names a folder to leave screenshots in.
func TestBrowser(t *testing.T) {
	chromium := findChromium(t)
	page, school := demoURLs(t)
	b := openBrowser(t, chromium, page)

	b.size(1280, 800)
	b.open("chat-1001")
	b.say("/start")
	b.sees("你好")
	b.glyphsAreDrawn("成绩通知验证码")
	b.logIn(school, "2022000001", "Demo@2022")
	b.say("/grades")
	b.sees("平均绩点", "张三的成绩")
	shot := b.shot("grades")
	b.inked(shot, `[data-testid=message]:last-of-type .text`)

	post(t, school+"/_campus/expire?account=2022000001")
	b.say("/grades")
	b.sees("请发密码", "已经结束了上次的登录")
	b.say("Demo@2022")
	b.picture("")
	shot = b.shot("captcha")
	b.inked(shot, `[data-testid=photo]`)
	b.inked(shot, `[data-testid=button]`)
	b.inked(shot, `[data-testid=message]:last-of-type .text`)
	old := b.picture("")
	b.tap("换一张")
	b.picture(old)
	b.sees("已编辑")
	b.say("zzzz")
	b.sees("验证码不对")
	b.solve(school)
	b.sees("张三的成绩")

	b.say("/notices")
	b.sees("不用登录")
	b.tap("🔒 校内通知（需登录）")
	b.sees("点编号看全文")
	b.shot("notices")
	b.tap("1")
	b.sees("返回列表")
	b.shot("notice")

	b.size(390, 844)
	b.noSidewaysScroll()
	b.shot("phone")
	b.size(1280, 800)
	b.say("/logout")
	b.sees("已退出")
	if got := b.text(); strings.Contains(got, "Demo@2022") {
		t.Error("the page still shows the password")
	}
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("JWXTBOT_BROWSER") != "" {
		t.Fatal("no Chromium on this machine")
	}
	t.Skip("no Chromium on this machine")
	return ""
}

var urlIn = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// demoURLs starts the demo: the chat page, and the school named first.
func demoURLs(t *testing.T) (page, school string) {
	t.Helper()
	page, schools := demoSites(t)
	return page, schools["东湖示范大学"]
}

// demoSites starts the demo: the chat page, and the schools by name.
func demoSites(t *testing.T) (page string, schools map[string]string) {
	t.Helper()
	schools = map[string]string{}
	for lines := startDemo(t); lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl+C"); {
		url := urlIn.FindString(lines.Text())
		switch name, _, _ := strings.Cut(lines.Text(), " "); {
		case url != "" && page == "":
			page = url
		case url != "":
			schools[name] = url
		}
	}
	if schools["东湖示范大学"] == "" {
		t.Fatal("the demo did not tell its addresses")
	}
	return page, schools
}

// browser is one tab. Its methods fail the test when the page does not follow.
type browser struct {
	t   *testing.T
	ctx context.Context
}

func openBrowser(t *testing.T, chromium, page string) browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "zh-CN"), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(page)); err != nil {
		t.Fatal(err)
	}
	return browser{t, ctx}
}

func (b browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ask(b, chromedp.Steps(steps...))
}

// ask does something in the tab and returns what comes of it.
func ask[T any](b browser, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.shot("failed")
		b.t.Fatalf("%v; the page shows\n%s", err, b.text())
	}
	return v
}

// js is what an expression is worth on the page; promises are awaited.
func js[T any](b browser, expression string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (b browser) size(w, h int64) { b.do(chromedp.EmulateViewport(w, h)) }

func id(name string) chromedp.CSS { return chromedp.CSS("[data-testid=" + name + "]") }

func (b browser) open(chat string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(id(chat)), chromedp.Click(id(chat)))
	b.shows(chat)
}

// shows waits until a chat is drawn, which its mark in the list comes after.
func (b browser) shows(chat string) {
	b.t.Helper()
	b.until(`document.querySelector("[data-testid=\"` + chat + `\"]")?.getAttribute("aria-current") === "true"`)
}

// say types a message; a chat not begun yet is begun by its start button.
func (b browser) say(text string) {
	b.t.Helper()
	if fresh := js[bool](b, `!document.querySelector("[data-testid=start]").hidden`); fresh && text == "/start" {
		b.do(chromedp.Click(id("start")))
		return
	}
	b.do(chromedp.WaitVisible(id("input")), chromedp.SendKeys(id("input"), text), chromedp.Click(id("send")))
}

// sees waits until the last message of the bot holds all the texts.
func (b browser) sees(texts ...string) {
	b.t.Helper()
	var cond []string
	for _, text := range texts {
		cond = append(cond, fmt.Sprintf("last.textContent.includes(%q)", text))
	}
	b.until(`(() => {
		const all = [...document.querySelectorAll("[data-testid=message][data-from=bot]:not(.leaving)")];
		const last = all.at(-1);
		return Boolean(last) && ` + strings.Join(cond, " && ") + `})()`)
}

func (b browser) until(expression string) {
	b.t.Helper()
	b.do(chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(25*time.Second)))
}

// tap presses the newest button of that name.
func (b browser) tap(name string) {
	b.t.Helper()
	newest := fmt.Sprintf(`[...document.querySelectorAll("[data-testid=button]")].filter(b => b.innerText.trim() === %q).at(-1)`, name)
	b.until("Boolean(" + newest + ")")
	js[chromedp.Void](b, newest+".click()")
}

func (b browser) logIn(school, number, password string) {
	b.t.Helper()
	b.say("/login")
	b.sees("哪所学校")
	b.shot("schools")
	b.tap("东湖示范大学")
	b.sees("请发学号")
	b.say(number)
	b.sees("请发密码")
	b.say(password)
	b.solve(school)
	b.sees("✅", number)
}

// picture waits for a captcha other than the one given and returns its address.
func (b browser) picture(other string) string {
	b.t.Helper()
	find := `[...document.querySelectorAll("[data-testid=photo]")].filter(p => p.complete && p.naturalWidth > 0).at(-1)?.src`
	b.until(fmt.Sprintf("(%s ?? %q) !== %q", find, other, other))
	return js[string](b, find)
}

// solve reads the picture as the school's hook tells it and types it.
func (b browser) solve(school string) {
	b.t.Helper()
	b.picture("")
	data := js[string](b, `(async () => {
		const p = [...document.querySelectorAll("[data-testid=photo]")].at(-1);
		const bytes = new Uint8Array(await (await fetch(p.src)).arrayBuffer());
		return btoa(String.fromCharCode(...bytes));
	})()`)
	picture, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		b.t.Fatal(err)
	}
	sum := sha256.Sum256(picture)
	b.say(get(b.t, school+"/_campus/captcha?sha256="+hex.EncodeToString(sum[:])))
}

// text is all the page says, or why it cannot be told.
func (b browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	all, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return all
}

// shot takes a screenshot, and leaves it where the developer asked.
func (b browser) shot(name string) image.Image {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	// Bubbles slide in; what turns for ever is no reason to wait.
	still := "document.getAnimations().every(a => a.playState === 'finished' || a.effect.getComputedTiming().endTime === Infinity)"
	if err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void](still)); err != nil {
		b.t.Errorf("the page does not come to rest: %v", err)
	}
	raw, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Errorf("screenshot: %v", err)
		return image.NewGray(image.Rect(0, 0, 1, 1))
	}
	if dir := os.Getenv("JWXTBOT_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), raw, 0o644); err != nil {
			b.t.Error(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	return img
}

// inked fails unless the newest element of the selector is visible in the
// screenshot with more than two colours: text, picture or label is drawn.
func (b browser) inked(shot image.Image, selector string) {
	b.t.Helper()
	r := js[struct{ X, Y, W, H float64 }](b, fmt.Sprintf(`(() => {
		const r = [...document.querySelectorAll(%q)].at(-1).getBoundingClientRect();
		return {X: r.x, Y: r.y, W: r.width, H: r.height};
	})()`, selector))
	area := image.Rect(int(r.X), int(r.Y), int(r.X+r.W), int(r.Y+r.H)).Intersect(shot.Bounds())
	colours := map[[3]uint32]int{}
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			red, green, blue, _ := shot.At(x, y).RGBA()
			colours[[3]uint32{red >> 12, green >> 12, blue >> 12}]++
		}
	}
	if area.Dx() < 20 || area.Dy() < 10 || len(colours) < 4 {
		b.t.Errorf("%s: %v with %d colours is not something drawn", selector, area, len(colours))
	}
}

// glyphsAreDrawn fails where the browser has no font for a character: then
// they all look alike.
func (b browser) glyphsAreDrawn(text string) {
	b.t.Helper()
	kinds := js[int](b, fmt.Sprintf(`new Set([...%q, "\uFFFF"].map(c => {
		const canvas = document.createElement("canvas"), g = canvas.getContext("2d");
		canvas.width = canvas.height = 40;
		g.font = "32px " + getComputedStyle(document.body).fontFamily;
		g.fillText(c, 2, 34);
		return canvas.toDataURL();
	})).size`, text))
	if want := len([]rune(text)) + 1; kinds != want {
		b.t.Errorf("%d of %d characters have a glyph of their own", kinds-1, want-1)
	}
}

func (b browser) noSidewaysScroll() {
	b.t.Helper()
	if over := js[float64](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.t.Errorf("the page is %v pixels wider than a phone", over)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	return body(t)(http.Get(url))
}

func post(t *testing.T, url string) {
	t.Helper()
	body(t)(http.Post(url, "application/x-www-form-urlencoded", nil))
}

func body(t *testing.T) func(*http.Response, error) string {
	return func(res *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s: %s %v", res.Request.URL.Path, res.Status, err)
		}
		return strings.TrimSpace(string(b))
	}
}
