package e2e

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

// TestLostTopic: what a closed or deleted topic does not take goes to General;
// the administrator who added the bot is told once and in private, and where
// there is no such chat the group is.
func TestLostTopic(t *testing.T) {
	const forum = int64(-1001000000009)
	for name, tc := range map[string]struct {
		known, added bool // who added the bot has a chat with it; anybody did
		lose         func(*emulator.Server)
		private      int
		inGroup      int
	}{
		"closed":                        {true, true, func(s *emulator.Server) { s.CloseTopic(forum, 5, true) }, 1, 0},
		"deleted":                       {true, true, func(s *emulator.Server) { s.DeleteTopic(forum, 5) }, 1, 0},
		"by somebody without a chat":    {false, true, func(s *emulator.Server) { s.CloseTopic(forum, 5, true) }, 0, 1},
		"nobody knows who added it":     {true, false, func(s *emulator.Server) { s.CloseTopic(forum, 5, true) }, 0, 1},
		"only a member's chat is known": {false, true, func(s *emulator.Server) { s.SendText(LiSi, LiSi, "/help"); s.DeleteTopic(forum, 5) }, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				o := Options{}
				o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}, {ID: LiSi, Name: "李四", Language: "zh-hans"}}
				o.People.Groups = []emulator.Group{{
					ID: forum, Title: "计科 2001 班", Members: []int64{ZhangSan, LiSi}, Admins: []int64{ZhangSan},
					Topics: []emulator.Topic{{ID: 5, Name: "通知"}},
				}}
				w := New(t, o)
				if tc.known {
					w.Person(ZhangSan).Says("/help")
				}
				if tc.added {
					w.Telegram.SetBot(ZhangSan, forum, "left")
					w.Telegram.SetBot(ZhangSan, forum, "member")
				}
				settles()
				// The bot's answer is on its way when the topic is closed.
				for range 3 {
					w.Telegram.Fault(emulator.Fault{Method: "sendMessage", Chat: forum, HTML502: true})
					if _, err := w.Telegram.SendIn(LiSi, forum, 5, "/help"); err != nil {
						break // the topic is gone
					}
					time.Sleep(100 * time.Millisecond)
					tc.lose(w.Telegram)
					time.Sleep(time.Minute)
				}
				for who, want := range map[int64]int{ZhangSan: tc.private, LiSi: 0, forum: tc.inGroup} {
					if got := count(w.Person(who), "已经关闭或者删掉了"); got != want {
						t.Errorf("chat %d was told %d times, want %d:\n%s", who, got, want, w.Person(who).Chat())
					}
				}
				if tc.private == 1 {
					p := w.Person(ZhangSan)
					p.seen = nil
					if m := p.Sees("“计科 2001 班”", "话题"); !strings.Contains(m.HTML, "https://t.me/c/1000000009/5") {
						t.Errorf("there is no way to the topic: %s", m.HTML)
					}
				}
				answered := 0
				for _, m := range w.Telegram.Messages(forum) {
					if m.Bot && m.Thread == 0 && strings.Contains(m.Text, "我不会在群里查成绩") {
						answered++
					}
				}
				if answered == 0 {
					t.Errorf("nothing went to General:\n%s", w.Person(forum).Chat())
				}
			})
		})
	}
}
