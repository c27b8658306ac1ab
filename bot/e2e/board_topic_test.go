package e2e

import (
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

// TestBoardTopicLost: a topic that has a subscription is closed. Its notices go
// to General from then on, and that is told once and by one voice: to the
// administrator, or to the group where the bot has no chat with one.
func TestBoardTopicLost(t *testing.T) {
	const forum = int64(-1001000000009)
	for name, known := range map[string]bool{"the administrator is known": true, "nobody is known": false} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				o := Options{}
				o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}}
				o.People.Groups = []emulator.Group{{
					ID: forum, Title: "班", Members: []int64{ZhangSan}, Admins: []int64{ZhangSan},
					Topics: []emulator.Topic{{ID: 5, Name: "通知"}},
				}}
				w := stocked(t, o)
				p := in{w.Person(forum), ZhangSan}
				if known {
					w.Person(ZhangSan).Says("/help")
				}
				p.acts()
				w.Telegram.SendIn(ZhangSan, forum, 5, "/subscribe 东湖示范大学")
				p.taps(p.Sees("点一下就订上"), "教务处通知")
				time.Sleep(time.Hour)
				w.Telegram.CloseTopic(forum, 5, true)
				for _, title := range []string{"关于期末考试的通知", "关于放假的通知"} {
					w.publishes("donghu-jwc", title)
					time.Sleep(2 * time.Hour)
					if m := w.find(forum, title); m.Thread != 0 {
						t.Errorf("%s went to topic %d", title, m.Thread)
					}
				}
				const told = "已经关闭或"
				inGroup, private := count(w.Person(forum), told), count(w.Person(ZhangSan), told)
				if inGroup+private != 1 || (private == 1) != known {
					t.Errorf("the group was told %d times, the administrator %d times", inGroup, private)
				}
				obeysTelegram(w)
			})
		})
	}
}
