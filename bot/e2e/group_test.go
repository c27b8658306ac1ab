package e2e

import (
	"strings"
	"testing"

	"jwxtbot/bot/emulator"
)

// TestGroup: nothing personal is shown or asked in a group; the button leads
// into the private chat and there to the answer.
func TestGroup(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.LogsIn(Number, Password)
		say := func(text string) {
			t.Helper()
			if _, err := w.Telegram.SendText(ZhangSan, Class, text); err != nil {
				t.Fatal(err)
			}
			settles()
		}
		said := func() (out []emulator.Message) {
			for _, m := range w.Telegram.Messages(Class) {
				if m.Bot {
					out = append(out, m)
				}
			}
			return out
		}
		say("大家好")
		say("我的学号是 2020000001")
		say("/unknown")
		if got := said(); len(got) != 0 {
			t.Errorf("the bot meddled: %q", got[0].Text)
		}
		before := requests(w)
		for _, command := range []string{"/grades", "/notices", "/login", "/logout", "/privacy", "/cancel"} {
			say(command)
			m := said()[len(said())-1]
			if !strings.Contains(m.Text, "请在私聊里用") {
				t.Errorf("%s: the bot says %q", command, m.Text)
			}
			if len(m.Buttons) != 1 || !strings.Contains(m.Buttons[0][0].URL, "?start=_") {
				t.Errorf("%s: the buttons are %v", command, m.Buttons)
			}
		}
		say("/help")
		say("/start")
		if m := said()[len(said())-1]; len(m.Buttons) != 1 || m.Buttons[0][0].URL == "" {
			t.Errorf("/start in the group has no button into the private chat: %v", m.Buttons)
		}
		for _, m := range said() {
			for _, personal := range []string{"张三", Number, "学分", "验证码"} {
				if strings.Contains(m.Text, personal) {
					t.Errorf("in the group: %q", m.Text)
				}
			}
		}
		if got := requests(w); got != before {
			t.Errorf("the school was asked %d times", got-before)
		}

		p.acts()
		if _, err := w.Telegram.Open(ZhangSan, said()[0].Buttons[0][0].URL); err != nil {
			t.Fatal(err)
		}
		p.Sees("张三的成绩")

		w.Telegram.Redeliver(w.Telegram.LastUpdate())
		n := len(said())
		say("/grades")
		w.Telegram.Redeliver(w.Telegram.LastUpdate())
		settles()
		if got, want := len(said()), n+1; got != want {
			t.Errorf("a repeated command was answered again: %d messages, want %d", got, want)
		}
		obeysTelegram(w)
	})
}

// TestHostileTapInGroup: the buttons of a private chat do nothing in a group.
func TestHostileTapInGroup(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/grades")
		data := p.Sees("张三的成绩").Buttons[0][0].Data
		if _, err := w.Telegram.SendText(ZhangSan, Class, "/help"); err != nil {
			t.Fatal(err)
		}
		settles()
		all := w.Telegram.Messages(Class)
		for _, data := range []string{data, "grades", "retry", "login"} {
			tap, err := w.Telegram.Forge(LiSi, Class, all[len(all)-1].ID, data)
			if err != nil {
				t.Fatal(err)
			}
			p.toast(tap)
		}
		if got, want := len(w.Telegram.Messages(Class)), len(all); got != want {
			t.Errorf("%d messages in the group, want %d", got, want)
		}
	})
}
