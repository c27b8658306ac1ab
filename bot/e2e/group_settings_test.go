package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

// in is a person in the class group, who sees what the group sees.
type in struct {
	*Person
	who int64
}

// inClass is a person in the class group.
func (w *World) inClass(who int64) in { return in{w.Person(Class), who} }

func (p in) says(text string) {
	p.TB.Helper()
	settles()
	p.acts()
	if _, err := p.Telegram.SendText(p.who, Class, text); err != nil {
		p.TB.Fatal(err)
	}
}

// taps presses a button of a message, and returns what was answered.
func (p in) taps(m emulator.Message, button string) emulator.Callback {
	p.TB.Helper()
	p.acts()
	tap, err := p.Telegram.Tap(p.who, m.Chat, m.ID, button)
	if err != nil {
		p.TB.Fatal(err)
	}
	return p.toast(tap)
}

// last is the newest message of the group.
func (p in) last() emulator.Message {
	p.TB.Helper()
	settles()
	all := p.Telegram.Messages(p.ID)
	return all[len(all)-1]
}

// TestGroupLanguage: an administrator chooses what is spoken in the group;
// nobody else can, neither by command nor with the administrator's menu.
func TestGroupLanguage(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		owner, member := w.inClass(ZhangSan), w.inClass(LiSi)
		member.says("/language")
		m := member.Sees("Only administrators")
		if !hasLink(m, "?start=_") {
			t.Errorf("a member is not led to the own setting: %v", m.Buttons)
		}
		owner.says("/language")
		menu := owner.Sees("我在这个群里说哪种语言")
		if c := member.taps(menu, "English"); !c.Alert || !strings.Contains(c.Text, "Somebody else opened this menu") {
			t.Errorf("somebody else's tap is answered %q, alert %v", c.Text, c.Alert)
		}
		if m := owner.last(); m.Edits != 0 || m.ID != menu.ID {
			t.Errorf("somebody else's tap changed something: %q", m.Text)
		}
		if c := owner.taps(menu, "English"); c.Text != "" {
			t.Errorf("the owner's tap is answered %q", c.Text)
		}
		if m := owner.Sees("I speak English in this group", "(set by 张三)"); m.ID != menu.ID || len(m.Buttons) != 0 {
			t.Errorf("the outcome does not stand where the menu was: %+v", m)
		}
		w.Stop()
		w.Start()
		owner.says("/help")
		owner.Sees("I never show grades in a group")
		w.Person(ZhangSan).Says("/help")
		w.Person(ZhangSan).Sees("我能做什么") // a private chat has its own
		obeysTelegram(w)
	})
}

func hasLink(m emulator.Message, part string) bool {
	return len(m.Buttons) == 1 && strings.Contains(m.Buttons[0][0].URL, part)
}

// TestAnonymousAdministrator: who writes in the group's name administers it. The
// menu is then for any administrator, and the one who taps is not named.
func TestAnonymousAdministrator(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		owner, member := w.inClass(ZhangSan), w.inClass(LiSi)
		if _, err := w.Telegram.SendAnonymous(Class, "/language"); err != nil {
			t.Fatal(err)
		}
		menu := owner.Sees("我在这个群里说哪种语言")
		if c := member.taps(menu, "English"); !c.Alert {
			t.Errorf("a member's tap is answered %q", c.Text)
		}
		owner.taps(menu, "English")
		owner.Sees("I speak English in this group")
		owner.seesNot("张三")
	})
}

// TestRanksChange: a promotion counts soon, a demotion at once where Telegram
// tells of it, and within minutes where it does not.
func TestRanksChange(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.inClass(LiSi)
		may := func() bool {
			p.says("/language")
			return strings.Contains(p.last().Text, "Which language")
		}
		want := func(when string, want bool) {
			t.Helper()
			if got := may(); got != want {
				t.Errorf("%s: may set the language = %v, want %v", when, got, want)
			}
		}
		want("a member", false)
		w.Telegram.SetAdmin(Class, LiSi, true)
		time.Sleep(20 * time.Second)
		want("promoted", true)
		w.Telegram.SetAdmin(Class, LiSi, false)
		time.Sleep(10 * time.Minute)
		want("demoted, and nobody told", false)
		w.Telegram.SetBot(ZhangSan, Class, "administrator")
		w.Telegram.SetAdmin(Class, LiSi, true)
		want("promoted, and told", true)
		p.says("/language")
		menu := p.last()
		w.Telegram.SetAdmin(Class, LiSi, false)
		settles()
		if c := p.taps(menu, "中文"); !c.Alert || !strings.Contains(c.Text, "Only administrators") {
			t.Errorf("the demoted one's own menu answers %q", c.Text)
		}
		want("demoted, and told", false)
	})
}

// TestAdministratorsAreAskedOnce however many commands there are, and what
// cannot be found out is said.
func TestAdministratorsAreAskedOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		owner := w.inClass(ZhangSan)
		w.Telegram.Fault(emulator.Fault{Method: "getChatAdministrators", Status: http.StatusInternalServerError, Times: 1 << 20})
		owner.says("/language")
		owner.Sees("没法确认谁是群管理员")
		w.Telegram.ClearFaults()
		for range 4 {
			owner.says("/language")
			owner.Sees("我在这个群里说哪种语言")
		}
		asked := 0
		for _, c := range w.Telegram.Calls() {
			if c.Method == "getChatAdministrators" && c.Err == nil {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("Telegram was asked %d times, want once", asked)
		}
	})
}

// TestGroupIsRemembered: settings go with a group that becomes a supergroup, and
// outlive the bot's removal.
func TestGroupIsRemembered(t *testing.T) {
	const old, supergroup = int64(-77), int64(Class - 1)
	for name, tc := range map[string]struct {
		happens func(*World)
		chat    int64
	}{
		"migrated": {func(w *World) { w.Telegram.Migrate(old, supergroup) }, supergroup},
		"removed for a day": {func(w *World) {
			w.Telegram.SetBot(ZhangSan, old, "kicked")
			time.Sleep(24 * time.Hour)
			w.Telegram.SetBot(ZhangSan, old, "member")
		}, old},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				o := Options{}
				o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}}
				o.People.Groups = []emulator.Group{{ID: old, Title: "班", Members: []int64{ZhangSan}, Admins: []int64{ZhangSan}}}
				w := New(t, o)
				p := in{w.Person(old), ZhangSan}
				w.Telegram.SendText(ZhangSan, old, "/language")
				p.taps(p.Sees("我在这个群里说哪种语言"), "English")
				tc.happens(w)
				settles()
				p = in{w.Person(tc.chat), ZhangSan}
				p.acts()
				if _, err := w.Telegram.SendText(ZhangSan, tc.chat, "/help"); err != nil {
					t.Fatal(err)
				}
				p.Sees("I never show grades")
				if got := keys(w, "group/"); slices.Contains(got, "group/-77") != (tc.chat == old) {
					t.Errorf("stored of groups: %q", got)
				}
			})
		})
	}
}

// TestStartToken: the button of a group's message works once and for a while,
// for who asked; a tap of somebody else neither does nor spoils anything.
func TestStartToken(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, other, class := w.Person(ZhangSan), w.Person(LiSi), w.inClass(ZhangSan)
		p.LogsIn(Number, Password)
		link := func() string {
			class.says("/grades")
			return class.Sees("请在私聊里用").Buttons[0][0].URL
		}
		opens := func(p *Person, link string) {
			p.acts()
			if _, err := w.Telegram.Open(p.ID, link); err != nil {
				t.Fatal(err)
			}
		}
		first := link()
		opens(other, first)
		other.Sees("Somebody else in the group", "/grades")
		opens(p, first)
		p.Sees("张三的成绩")
		opens(p, first)
		p.Sees("这个按钮已经用过", "/grades")
		opens(other, first)
		other.Sees("This button was used before", "/grades")

		second := link()
		time.Sleep(11 * time.Minute)
		opens(p, second)
		p.Sees("放太久了", "/grades")
		opens(p, "https://t.me/jwxt_demo_bot?start=_NOSUCHTOKEN")
		p.Sees("放太久了", "/help")

		third := link()
		w.Telegram.HoldUpdates(true)
		opens(p, third)
		w.Telegram.Redeliver(w.Telegram.LastUpdate())
		w.Telegram.HoldUpdates(false)
		p.Sees("张三的成绩") // once is enough, although it comes twice
		opens(other, "https://t.me/jwxt_demo_bot?start=donghu")
		other.Sees("student number")
		opens(p, "https://t.me/jwxt_demo_bot?start=grades")
		p.Sees("张三的成绩")
		time.Sleep(15 * time.Minute)
		if left := keys(w, "start/"); len(left) != 0 {
			t.Errorf("tokens are kept: %q", left)
		}
		obeysTelegram(w)
	})
}
