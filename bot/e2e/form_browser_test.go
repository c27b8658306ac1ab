package e2e

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestBrowserForm logs in on the page that the demo's client opens over the
// chat, as a student with a phone does: at a school with letters to read, and
// at one with a piece to drag. It needs Chromium, as TestBrowser does.
func TestBrowserForm(t *testing.T) {
	chromium := findChromium(t)
	page, schools := demoSites(t)
	b := openBrowser(t, chromium, page)
	b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch))
	b.open("chat-1001")
	b.say("/start")
	b.sees("你好")

	b.say("/grades")
	f := b.openForm()
	f.chooses("东湖示范大学")
	f.types("account", "2022000001")
	f.types("password", "Demo@20")
	old := f.anotherPicture(f.picture("")) // as a slow school's first one comes
	if got := f.value("document.activeElement.dataset.testid"); got != "password" {
		t.Errorf("a picture that comes while the password is being typed has the rest typed into %q", got)
	}
	f.types("password", "22")
	f.shot("form-filled-day")
	f.click("refresh")
	old = f.picture(old)
	f.types("letters", "zzzz")
	f.click("go")
	f.sees("note", "验证码不对")
	f.sees("note", "“验证码错误!!”") // the school's own words
	if got := f.value(`document.querySelector("[data-testid=password]").value`); got != "Demo@2022" {
		t.Errorf("after a wrong captcha the password is %q", got)
	}
	f.night(true)
	f.shot("form-wrong-night")
	f.night(false)
	f.types("letters", reads(t, schools["东湖示范大学"], f.picture(old)))
	f.click("go")
	b.do(chromedp.WaitNotPresent(id("app-frame")))
	b.sees("张三的成绩")
	b.shot("form-done")

	// Whoever got hold of the address comes too late.
	thief := b.tab(f.address)
	thief.until(`document.body.innerText.includes("这个页面已经打开过")`)
	if thief.text() == "" || js[bool](thief, `document.querySelector("[data-testid=form]").checkVisibility()`) {
		t.Error("a replayed address shows the form")
	}

	b.say("/logout")
	b.sees("已退出")
	b.say("/login")
	f = b.openForm()
	f.chooses("岚山大学")
	f.types("account", "2024000002")
	f.types("password", "Demo@2024")
	f.drags(30) // beside the gap
	f.click("go")
	f.sees("note", "没有对准")
	f.shot("form-missed-day")
	f.night(true)
	f.drags(gapOf(t, schools["岚山大学"], f.scene()))
	f.shot("form-dragged-night")
	f.night(false)
	f.click("go")
	b.do(chromedp.WaitNotPresent(id("app-frame")))
	b.sees("✅", "李四")
	for _, secret := range []string{"Demo@2022", "Demo@2024"} {
		if strings.Contains(b.text(), secret) {
			t.Errorf("the chat shows the password %s", secret)
		}
	}
}

// formPage is the login page in its sheet over the chat.
type formPage struct {
	browser
	frame   *chromedp.Node
	address string
}

// openForm presses the button of the newest question.
func (b browser) openForm() formPage {
	b.t.Helper()
	b.tap("🔒 在网页里登录")
	b.do(chromedp.WaitVisible(id("app-frame")))
	frame := b.sheet()
	f := formPage{b, frame, frame.AttributeValue("src")}
	f.until(`document.querySelector("[data-testid=form]")?.checkVisibility()`)
	return f
}

// sheet is the frame of the sheet once its document is there. Before that there
// is an empty one to be found in it, or none, which Chromium calls an error.
func (b browser) sheet() *chromedp.Node {
	b.t.Helper()
	var err error
	for range 250 {
		frame := ask(b, chromedp.Nodes(id("app-frame")))[0]
		there := chromedp.Poll[chromedp.Void](`location.href !== "about:blank" && document.readyState === "complete"`,
			chromedp.WithPollingInFrame(frame), chromedp.WithPollingTimeout(time.Second))
		if _, err = chromedp.Run(b.ctx, there); err == nil {
			return ask(b, chromedp.Nodes(id("app-frame")))[0]
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("the page did not load: %v", err)
	return nil
}

// tab opens an address beside.
func (b browser) tab(address string) browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatal(err)
	}
	return browser{b.t, ctx}
}

func (f formPage) until(expression string) {
	f.t.Helper()
	f.do(chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInFrame(f.frame), chromedp.WithPollingTimeout(25*time.Second)))
}

// value is what an expression is worth in the page, once it is anything.
func (f formPage) value(expression string) string {
	f.t.Helper()
	return ask(f.browser, chromedp.Poll[string](expression, chromedp.WithPollingInFrame(f.frame)))
}

func (f formPage) types(field, text string) {
	f.t.Helper()
	f.do(chromedp.SendKeys(id(field), text, chromedp.FromNode(f.frame)))
}

// anotherPicture has one drawn, without a finger on anything.
func (f formPage) anotherPicture(old string) string {
	f.t.Helper()
	f.until(`!document.querySelector("[data-testid=refresh]").disabled`)
	f.until(`(document.querySelector("[data-testid=refresh]").click(), true)`)
	return f.picture(old)
}

func (f formPage) click(name string) {
	f.t.Helper()
	f.until(fmt.Sprintf(`!document.querySelector("[data-testid=%s]").disabled`, name))
	f.do(chromedp.Click(id(name), chromedp.FromNode(f.frame)))
}

func (f formPage) sees(element, text string) {
	f.t.Helper()
	f.until(fmt.Sprintf(`document.querySelector("[data-testid=%s]").textContent.includes(%q)`, element, text))
}

// chooses finds a school in the list.
func (f formPage) chooses(name string) {
	f.t.Helper()
	f.click("school")
	f.types("query", name)
	f.until(fmt.Sprintf(`[...document.querySelectorAll("[data-testid=found]")].map(e => e.textContent).join() === %q`, name))
	f.shot("form-schools-day")
	f.click("found")
	f.sees("school", name)
}

// picture waits for a captcha other than the one given.
func (f formPage) picture(other string) string {
	f.t.Helper()
	return f.drawn("picture", other)
}

// scene is the picture with the gap.
func (f formPage) scene() string {
	f.t.Helper()
	return f.drawn("scene", "")
}

func (f formPage) drawn(element, other string) string {
	f.t.Helper()
	return f.value(fmt.Sprintf(`(p => p.naturalWidth > 0 && p.checkVisibility() && !document.querySelector("[data-busy]") && p.src !== %q && p.src)(document.querySelector("[data-testid=%s]"))`, other, element))
}

// drags moves a finger on the handle, by pixels of the school's picture.
func (f formPage) drags(by int) {
	f.t.Helper()
	f.scene()
	scale, err := strconv.ParseFloat(f.value(`(p => String(p.clientWidth / p.naturalWidth))(document.querySelector("[data-testid=scene]"))`), 64)
	if err != nil {
		f.t.Fatal(err)
	}
	box := ask(f.browser, chromedp.Dimensions(id("handle"), chromedp.FromNode(f.frame))).Content
	x, y := (box[0]+box[2])/2, (box[1]+box[5])/2
	finger := func(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
		f.t.Helper()
		if _, err := chromedp.Call(f.ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points}); err != nil {
			f.t.Fatal(err)
		}
	}
	const steps = 24
	finger(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: x, Y: y})
	for i := 1; i <= steps; i++ {
		time.Sleep(8 * time.Millisecond) // a hand's haste: the school looks at it
		finger(input.DispatchTouchEventTypeTouchMove, &input.TouchPoint{X: x + scale*float64(by*i)/steps, Y: y + float64(i%5)})
	}
	finger(input.DispatchTouchEventTypeTouchEnd)
}

// night changes the client's colours, which the page follows.
func (f formPage) night(on bool) {
	f.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(f.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.until(fmt.Sprintf(`document.documentElement.dataset.scheme === %q`, scheme))
}

// reads is what the school drew on a picture.
func reads(t *testing.T, school, picture string) string {
	t.Helper()
	_, data, _ := strings.Cut(picture, "base64,")
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return get(t, school+"/_campus/captcha?sha256="+hex.EncodeToString(sum[:]))
}

// gapOf is where the piece of a picture belongs.
func gapOf(t *testing.T, school, picture string) int {
	t.Helper()
	left, err := strconv.Atoi(reads(t, school, picture))
	if err != nil {
		t.Fatal(err)
	}
	return left
}
