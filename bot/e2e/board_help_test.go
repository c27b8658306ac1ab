package e2e

import (
	"slices"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

// TestBoardHelp: where boards are watched, /help tells how, in both languages,
// and the operator's menu has what is his alone; elsewhere neither speaks of it.
func TestBoardHelp(t *testing.T) {
	for name, boards := range map[string]bool{"with boards": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				o := operated(1)
				if boards {
					o = watching(o)
				}
				w := New(t, o)
				p, class := w.Person(ZhangSan), w.inClass(ZhangSan)
				sees := func(chat *Person, word string) {
					t.Helper()
					if chat.Sees(word); boards {
						chat.Sees("/subscribe", "/unsubscribe", "/notices")
					} else {
						chat.seesNot("/subscribe")
					}
					chat.acts()
				}
				p.Says("/help")
				sees(p, "我能做什么")
				class.says("/help")
				sees(class.Person, "在群里")
				p.Says("/language")
				p.Taps("English")
				p.Says("/help")
				sees(p, "What I can do")
				time.Sleep(10 * time.Minute)
				for _, name := range []string{"release", "drop"} {
					has := slices.ContainsFunc(w.Telegram.Menu(Admin, Admin), func(c emulator.Command) bool { return c.Command == name })
					if has != boards {
						t.Errorf("/%s is in the operator's menu: %t", name, has)
					}
				}
			})
		})
	}
}
