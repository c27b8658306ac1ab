package miniapp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

// school answers the page as the chat and a school behind it would: with a
// captcha that reads "good", and a password that is right.
func school(d *desk, what did) {
	pictures := 0
	for _, w := range d.did {
		if w.What != "submit" || w.Entry.Captcha != "good" {
			pictures++
		}
	}
	v := filling(fmt.Sprint("picture", pictures))
	v.Account = what.Account + what.Entry.Account
	switch {
	case what.What != "submit":
	case what.Entry.Captcha == "good":
		v = chat.FormView{Lang: "zh", Stage: chat.FormDone}
	default:
		v.Message, v.Held = "验证码不对，已经换了新的一张，请再输一次。", true
	}
	d.put(v)
}

// TestBrowser tells what happens on the page, in one browser.
func TestBrowser(t *testing.T) {
	browser := newBrowser(t)
	for name, story := range map[string]func(*testing.T, phone){
		"Login":        logsIn,
		"Reload":       reloads,
		"Follows":      follows,
		"Remembers":    remembers,
		"Slider":       drags,
		"SliderByKeys": dragsByKeys,
		"Refused":      refuses,
		"Injection":    injects,
		"Looks":        looks,
	} {
		t.Run(name, func(t *testing.T) { story(t, newPhone(t, browser)) })
	}
}

// logsIn: from the search for a school to the page that closes
// itself. What was typed stays typed while pictures come and go.
func logsIn(t *testing.T, p phone) {
	p.desk.react = school
	p.enter(day)
	p.taps("go")
	p.sees("note", "请先选学校")
	p.taps("school")
	p.types("query", "东湖")
	p.until("document.querySelectorAll('[data-testid=found]').length === 1")
	p.taps("found")
	p.sees("school", "东湖示范大学")
	p.until(el("picture") + ".naturalWidth > 0")

	p.types("account", "2020000001")
	p.taps("go")
	p.sees("note", "请填密码")
	p.types("password", "Canary#Pass")
	if hidden := js[string](p, el("password")+".type"); hidden != "password" {
		t.Errorf("the password is shown: %s", hidden)
	}
	p.taps("reveal")
	if shown := js[string](p, el("password")+".type"); shown != "text" {
		t.Errorf("the eye shows nothing: %s", shown)
	}
	p.taps("reveal")

	before := js[string](p, el("picture")+".src")
	p.types("letters", "half")
	p.taps("refresh")
	p.until(fmt.Sprintf("%s.src !== %q && !%s.disabled && %s.value === ''", el("picture"), before, el("go"), el("letters")))
	p.types("letters", "wrong")
	p.taps("go")
	p.sees("note", "验证码不对")
	if got := [3]string{p.value("account"), p.value("password"), p.value("letters")}; got != [3]string{"2020000001", "Canary#Pass", ""} {
		t.Errorf("after a wrong captcha the page holds %q", got)
	}
	p.until("document.activeElement === " + el("letters"))
	p.types("letters", "good")
	p.taps("go")
	p.sees("end", "登录好了")
	p.until("told.includes('web_app_close')")
	if got := p.value("password"); got != "" {
		t.Error("the page still holds the password")
	}
	want := []did{
		{What: "open", Chat: 1001, Attempt: attempt, School: "donghu"},
		{What: "refresh", Chat: 1001, Attempt: attempt, Entry: chat.FormEntry{AskID: "picture1"}},
		{What: "submit", Chat: 1001, Attempt: attempt, Entry: chat.FormEntry{
			AskID: "picture2", Account: "2020000001", Password: "Canary#Pass", Captcha: "wrong"}},
		{What: "submit", Chat: 1001, Attempt: attempt, Entry: chat.FormEntry{
			AskID: "picture3", Account: "2020000001", Password: "Canary#Pass", Captcha: "good"}},
	}
	if diff := cmp.Diff(want, p.desk.done()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if kept := js[string](p, "JSON.stringify([localStorage, sessionStorage, document.cookie])"); strings.Contains(kept, "Canary") {
		t.Errorf("the browser keeps the password: %s", kept)
	}
}

// reloads: a reload goes on with the same page, and an empty password
// field stands for the one still known.
func reloads(t *testing.T, p phone) {
	v := filling("p1")
	v.Account, v.Held = "2020000001", true
	p.desk.show(v)
	p.enter(day)
	p.do(chromedp.Reload())
	p.until("document.readyState === 'complete' && " + el("account") + ".value === '2020000001'")
	p.types("letters", "good")
	p.taps("go")
	if got, want := p.waits(1)[0].Entry, (chat.FormEntry{AskID: "p1", Account: "2020000001", Captcha: "good"}); !cmp.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if n := len(p.desk.admitted); n != 1 {
		t.Errorf("%d initData were used up", n)
	}
}

// follows: what happens elsewhere is shown without a tap.
func follows(t *testing.T, p phone) {
	p.desk.show(chat.FormView{Lang: "zh", Stage: chat.FormOpening, School: "donghu", Name: "东湖示范大学", Message: "前面还有 3 人"})
	p.enter(day)
	p.sees("note", "前面还有 3 人")
	p.desk.show(filling("p1"))
	p.until(el("picture") + ".naturalWidth > 0 && " + el("note") + ".textContent === ''")
	code := filling("p2")
	code.Fields, code.Image = []jwxt.FieldKind{jwxt.FieldCode}, nil
	p.desk.show(code)
	p.types("code", "123456")
	p.taps("go")
	if got := p.waits(1)[0].Entry; got.Code != "123456" || got.AskID != "p2" {
		t.Errorf("got %+v", got)
	}
	p.desk.show(chat.FormView{Lang: "en", Stage: chat.FormChoose, School: "donghu", Name: "Donghu", Message: "Wrong password."})
	p.sees("note", "Wrong password.")
	p.sees("go", "Try again")
	p.desk.show(chat.FormView{Lang: "en", Stage: chat.FormOver})
	p.sees("end", "This login is over")
}

// remembers: who comes with a school in mind has nothing to choose.
func remembers(t *testing.T, p phone) {
	p.desk.react = school
	p.desk.show(chat.FormView{Lang: "zh", Stage: chat.FormChoose, School: "xishan", Name: "西山师范学院", Account: "2020000001"})
	p.enter(day)
	if got := p.waits(1)[0]; got.What != "open" || got.School != "xishan" || got.Account != "2020000001" {
		t.Errorf("got %+v", got)
	}
}

// drags: a finger drags the piece into the gap, and the drag itself
// is what is sent, in pixels of the school's picture.
func drags(t *testing.T, p phone) {
	p.desk.show(puzzled("p1"))
	p.enter(day)
	p.until(el("scene") + ".naturalWidth > 0 && " + el("piece") + ".offsetHeight > 20")
	p.types("account", "2020000001")
	p.types("password", "Canary#Pass")
	p.taps("go")
	p.sees("note", "请先把滑块拖到缺口")
	scale := js[float64](p, el("scene")+".clientWidth / "+el("scene")+".naturalWidth")
	for _, grip := range []string{"piece", "handle"} { // the second drag counts
		p.drags(grip, gap*scale)
	}
	off := js[float64](p, fmt.Sprintf("(%s.getBoundingClientRect().x - %s.getBoundingClientRect().x) - %v", el("piece"), el("scene"), gap*scale))
	if off < -2 || off > 2 {
		t.Errorf("the piece stands %v pixels beside the gap", off)
	}
	p.shot("slider-dragged")
	p.taps("go")
	track := p.waits(1)[0].Entry.Track
	if end := track.End(); end < gap-2 || end > gap+2 {
		t.Errorf("the drag ends at %d, want %d", end, gap)
	}
	moved, last := 0, track[len(track)-1].T
	for _, q := range track {
		moved = max(moved, q.Y)
	}
	if len(track) < 10 || moved == 0 || last < 100 || track[0] != (jwxt.Point{}) {
		t.Errorf("that is not the hand's drag: %v", track)
	}
	p.desk.show(puzzled("p2"))
	p.until(el("handle") + ".getAttribute('aria-valuenow') === '0'")
}

// dragsByKeys: who has no pointer moves the piece with the arrows.
func dragsByKeys(t *testing.T, p phone) {
	p.desk.show(puzzled("p1"))
	p.enter(night)
	p.types("account", "2020000001")
	p.types("password", "Canary#Pass")
	p.until(el("scene") + ".naturalWidth > 0")
	js[bool](p, fmt.Sprintf(`%s.focus(), [...Array(68)].forEach(() => document.activeElement.dispatchEvent(
		new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}))), true`, el("handle")))
	p.taps("go")
	if track := p.waits(1)[0].Entry.Track; track.End() != 136 || len(track) != 69 {
		t.Errorf("got %v", track)
	}
}

// refuses: whoever cannot prove to come by the button, now, gets no
// form; the page says what to do.
func refuses(t *testing.T, p phone) {
	used := initData(token, 1001, time.Now(), nonce())
	good := initData(token, 1001, time.Now(), nonce())
	for _, tt := range []struct{ name, data, why, says string }{
		{"forged", strings.Replace(good, "1001", "1002", 1), "forged", "没法确认是你"},
		{"another bot's", initData("4242:another", 1001, time.Now(), nonce()), "forged", "没法确认是你"},
		{"none", "", "forged", ""}, // and so no language but the browser's
		{"stale", initData(token, 1001, time.Now().Add(-11*time.Minute), nonce()), "stale", "这个页面放得太久了"},
		{"used", used, "", "登录教务系统"},
		{"replayed", used, "used", "这个页面已经打开过"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.t = t
			js[bool](p, "location.protocol === 'http:' && sessionStorage.clear(), true") // another phone
			p.open(tt.data, day)
			p.until(fmt.Sprintf("document.body.innerText.includes(%q) && (%s.dataset.why ?? '') === %q", tt.says, el("end"), tt.why))
			if shown := js[bool](p, el("form")+".checkVisibility()"); shown != (tt.name == "used") {
				t.Errorf("the form is shown: %v", shown)
			}
			p.shot("refused-" + strings.Fields(tt.name)[0])
		})
	}
	if got := p.desk.done(); len(got) > 0 {
		t.Errorf("the chat was told of %+v", got)
	}
}

// injects: what schools and people write is text, whatever it
// looks like, and if it were not, the browser would not run it.
func injects(t *testing.T, p phone) {
	evil := `<img src=x onerror="hacked=1"><script>hacked=1</script><svg onload="hacked=1">"'&lt;b&gt;{{7*7}}${hacked=1}`
	p.desk.list = []jwxt.School{{ID: `"><script>hacked=1</script>`, Name: evil}}
	v := filling(`"]<img src=x onerror=hacked=1>`)
	v.Name, v.Message, v.Account, v.Lang = evil, evil, evil, `zh"><script>hacked=1</script>`
	v.Image = []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="hacked=1"><script>hacked=1</script></svg>`)
	p.desk.show(v)
	p.enter(`{"bg_color":"red;background:url(//evil.example)","text_color":"</style><script>hacked=1</script>","button_color":{"a":1}}`)
	for element, text := range map[string]string{"school": evil, "note": evil} {
		if got := js[string](p, el(element)+".textContent"); !strings.Contains(got, text) {
			t.Errorf("%s shows %q", element, got)
		}
	}
	p.taps("school")
	p.sees("found", evil)
	made := js[int](p, "document.querySelectorAll('#found img, #found script, #found svg, #note *, #school *, body script:not([type]), [onerror], [onload]').length")
	if made > 0 {
		t.Errorf("%d elements came of words", made)
	}
	p.taps("found")
	if got := p.waits(1)[0]; got.School != p.desk.list[0].ID {
		t.Errorf("got %+v", got)
	}
	// Even markup that got in would be dead.
	blocked := js[[]string](p, `new Promise(done => {
		const seen = [];
		document.addEventListener("securitypolicyviolation", e => seen.push(e.effectiveDirective));
		const div = document.createElement("div");
		div.innerHTML = "<img src='https://evil.example/x.png' onerror='hacked=1'><iframe src='https://evil.example/'></iframe><b style='color:red'>x</b>";
		document.body.append(div);
		const script = document.createElement("script");
		script.textContent = "hacked=1";
		document.body.append(script);
		fetch("https://evil.example/").catch(() => {});
		setTimeout(() => done([...new Set(seen)].sort()), 500);
	})`)
	if diff := cmp.Diff([]string{"connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"}, blocked); diff != "" {
		t.Errorf("what the browser blocked: -want +got\n%s", diff)
	}
	if js[bool](p, "typeof hacked !== 'undefined'") {
		t.Error("a script of somebody else's ran")
	}
}

// looks: whatever the page shows fits a small phone, by day and by
// night, in both languages.
func looks(t *testing.T, p phone) {
	long := "华东示范科技大学继续教育学院（东湖新技术开发区校区）"
	wrong := filling("p2")
	wrong.Account, wrong.Message = "2020000001", "验证码不对，已经换了新的一张，请再输一次。"
	said := filling("p3")
	said.Name, said.Lang = "Donghu University of Science and Technology, School of Continuing Education", "en"
	said.Message = "Donghu University says that the student number or the password is wrong.\n\n“用户名或密码错误，还可以尝试 3 次，超过后账号将锁定 30 分钟”"
	drag := puzzled("p4")
	drag.Name, drag.Message = long, "没有对准，已经换了新的一张，请再拖一次。"
	views := []struct {
		name string
		view chat.FormView
	}{
		{"choose", chat.FormView{Lang: "zh", Stage: chat.FormChoose}},
		{"opening", chat.FormView{Lang: "zh", Stage: chat.FormOpening, School: "x", Name: "东湖示范大学", Message: "前面还有 3 位同学，请稍等。"}},
		{"filling", filling("p1")},
		{"wrong", wrong},
		{"said", said},
		{"slider", drag},
		{"checking", chat.FormView{Lang: "en", Stage: chat.FormChecking, School: "x", Name: "Donghu", Account: "2020000001"}},
		{"done", chat.FormView{Lang: "zh", Stage: chat.FormDone}},
		{"over", chat.FormView{Lang: "zh", Stage: chat.FormOver}},
	}
	for _, look := range []struct {
		theme, colours string
		height         int64
	}{{"day", day, 740}, {"night", night, 640}} {
		p.do(chromedp.EmulateViewport(360, look.height, chromedp.EmulateMobile, chromedp.EmulateTouch))
		for _, v := range views {
			p.desk.show(v.view)
			p.open(initData(token, 1001, time.Now(), nonce()), look.colours)
			p.until("[...document.querySelectorAll('#page, #end')].some(e => !e.hidden)")
			p.until("[...document.images].every(i => !i.checkVisibility() || i.complete)")
			p.shot(v.name + "-" + look.theme)
			p.fits(v.name + " by " + look.theme)
		}
	}
}

// fits fails unless everything on the page is inside of it and whole, and the
// button is in sight.
func (p phone) fits(name string) {
	p.t.Helper()
	cut := js[[]string](p, `[...document.body.querySelectorAll("*")].filter(e => e.checkVisibility() && e.closest(".scene, .rail") === null && e.tagName !== "INPUT" && (
		e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline" ||
		e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map(e => e.outerHTML.slice(0, 80))`)
	if len(cut) > 0 {
		p.t.Errorf("%s: cut is %q", name, cut)
	}
	if below := js[float64](p, `Math.max(0, ...[...document.querySelectorAll(".main")].filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().bottom)) - innerHeight`); below > 0 {
		p.t.Errorf("%s: the button is %v pixels below the screen", name, below)
	}
}
