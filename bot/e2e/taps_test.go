package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jwxtbot/bot/emulator"
)

func refuseDeletions(p *Person) {
	p.Telegram.Fault(emulator.Fault{
		Method: "deleteMessage", Chat: p.ID, Times: -1,
		Status: 400, Description: "Bad Request: message can't be deleted",
	})
}

// TestDoubleTaps: a button pressed twice works once, and both taps are answered.
func TestDoubleTaps(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		picture := p.reachesPicture(Number, Password)
		before := requests(p.World)
		first, second := p.Taps("换一张"), p.Taps("换一张")
		p.toast(first)
		p.toast(second)
		if got, want := requests(p.World)-before, 1; got > 2*want {
			t.Errorf("two taps asked the school %d times", got)
		}
		next := p.SeesPicture(picture.Photo)
		if next.ID != picture.ID {
			t.Errorf("the new picture is message %d, want %d", next.ID, picture.ID)
		}
		p.Says(p.Reads(picture)) // the answer to the old one
		p.Sees("验证码不对")
		p.SolvesCaptcha()
		p.Sees("✅", "张三")

		p.Says("/grades")
		p.Sees("张三的成绩")
		before = requests(p.World)
		first, second = p.Taps("下一页 ›"), p.Taps("下一页 ›")
		p.toast(first)
		p.toast(second)
		p.Sees("/4 页")
		if got := requests(p.World) - before; got != 0 {
			t.Errorf("turning pages asked the school %d times", got)
		}
	})
}

// TestOldButtons: every button of every message that is still on screen is
// answered, at the end of a long story, and the bot survives it.
func TestOldButtons(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("/start")
		p.Sees("你好")
		p.Says("/privacy")
		p.Sees("我存了你的什么")
		p.LogsIn(Number, Password)
		p.Says("/notices")
		p.Sees("📢")
		p.Says("/grades")
		p.Sees("张三的成绩")
		p.Says("/logout")
		p.Sees("已退出")
		refused := 0
		for _, m := range p.Telegram.Messages(p.ID) {
			for _, row := range m.Buttons {
				for _, b := range row {
					tap, err := p.Telegram.Forge(p.ID, p.ID, m.ID, b.Data)
					if err != nil {
						t.Fatal(err)
					}
					if p.toast(tap).Text == "这个按钮已经失效了" {
						refused++
					}
				}
			}
			p.Says("/cancel")
			settles()
		}
		if refused == 0 {
			t.Error("no button was told to be old")
		}
		p.seesNot("平均绩点，") // nothing of the wiped answers came back
		obeysTelegram(p.World)
	})
}

// TestHostileTaps: data that no button of ours has.
func TestHostileTaps(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/notices")
		list := p.Sees("📢")
		before := requests(p.World)
		for _, data := range []string{
			"x", ":", "::::", "g:", "g:x:1", "g::99999", "n:abcde:-1", "d:abcde:1", "note:x:1", "note::99", "more:0",
			"more:99999999999999999999", "more:-5", "school:", "school:nowhere", "schools:x", "schools:9999", "draw:",
			"draw:x", "erase:x", "lang:xx", "lang:", "view/1002/grades", "../../etc", "\x00\x01", strings.Repeat("g", 64),
			"<b>", "'; DROP TABLE chats;--", "retry:1:2:3", "other",
		} {
			tap, err := p.Telegram.Forge(p.ID, p.ID, list.ID, data)
			if err != nil {
				t.Fatal(err)
			}
			p.toast(tap)
		}
		if got := requests(p.World) - before; got != 0 {
			t.Errorf("hostile taps asked the school %d times", got)
		}
		p.Says("/grades")
		p.Sees("张三的成绩")
		if log := p.Log.String(); strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("errors in the log:\n%s", log)
		}
	})
}

// TestTapsOfOthers: a person cannot page through another's answers.
func TestTapsOfOthers(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, other := w.Person(ZhangSan), w.Person(LiSi)
		p.LogsIn(Number, Password)
		p.Says("/grades")
		grades := p.Sees("张三的成绩")
		data := grades.Buttons[0][0].Data
		other.Says("/start")
		hello := other.Sees("Hello")
		tap, err := w.Telegram.Forge(LiSi, LiSi, hello.ID, data)
		if err != nil {
			t.Fatal(err)
		}
		other.toast(tap)
		other.seesNot("张三", "高等数学")
	})
}

// TestRedelivery: every update of a whole story is given twice, at once and
// once more at the end. It changes nothing: neither on screen nor at the school.
func TestRedelivery(t *testing.T) {
	tell := func(t *testing.T, again bool) (screen []string, asked, posted int) {
		story(t, func(t *testing.T) {
			p := New(t, Options{}).Person(ZhangSan)
			first := p.Telegram.LastUpdate() + 1
			step := func(do func()) {
				do()
				if again {
					p.Telegram.Redeliver(p.Telegram.LastUpdate())
				}
				settles()
			}
			step(func() { p.Says("/login") })
			step(func() { p.Says(Number) })
			step(func() { p.Says(Password) })
			step(func() { p.Says("AAAA") })
			step(func() { p.Taps("换一张") })
			step(func() { p.Says(p.Reads(p.SeesPicture(nil))) })
			step(func() { p.Says("/grades") })
			step(func() { p.Taps("下一页 ›") })
			step(func() { p.Says("/notices") })
			step(func() { p.Taps("1") })
			step(func() { p.Says("/logout") })
			if again {
				for id := first; id <= p.Telegram.LastUpdate(); id++ {
					p.Telegram.Redeliver(id)
					settles()
				}
			}
			screen, asked, posted = p.screen(), requests(p.World), posts(p.World)
		})
		return screen, asked, posted
	}
	wantScreen, wantAsked, wantPosted := tell(t, false)
	screen, asked, posted := tell(t, true)
	if got, want := len(screen), len(wantScreen); got != want {
		t.Errorf("%d messages on screen, want %d:\n%s", got, want, strings.Join(screen, "\n"))
	}
	if got, want := fmt.Sprint(asked, posted), fmt.Sprint(wantAsked, wantPosted); got != want {
		t.Errorf("requests and passwords %s, want %s", got, want)
	}
	if slices.ContainsFunc(screen, func(s string) bool { return strings.Contains(s, Password) }) {
		t.Error("the password is on screen")
	}
}
