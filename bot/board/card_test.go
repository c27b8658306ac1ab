package board_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// pushed is a notice that was pushed to the class, with all buttons, and its
// message there.
func (s *stage) pushed() (key string, message int) {
	s.t.Helper()
	err := s.db.Update(context.Background(), func(tx store.Tx) error {
		_, err := s.n.Subscribe(tx, notify.Sub{Chat: class, Source: "jwc"}, time.Now())
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.n.Wanted("jwc")
	s.pass(time.Hour)
	s.site.publish("jwc", 100, "四六级<报名>", bulletin.Detail{
		Text:        "报名截止时间：2026年3月5日17:00。\n地点：教一楼101；",
		Attachments: []jwxt.Attachment{{Name: "报名表.doc", URL: "https://jwc.example.edu.cn/a.doc"}, {Name: "坏的", URL: "javascript:1"}},
	})
	s.pass(time.Hour)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, it := range s.out {
		if it.Chat == class && strings.Contains(it.Body.Text, "四六级") {
			tap, _ := notify.ParseTap(it.Body.Buttons[0][1].Data)
			key, message = tap.Key, i+1
		}
	}
	if key == "" {
		s.t.Fatalf("nothing was pushed: %+v", s.out)
	}
	return key, message
}

// press is somebody's tap on the card in the class.
func (s *stage) press(user int64, name string, op notify.TapOp, key string, message int) msg.Item {
	s.t.Helper()
	items := s.visit(msg.Update{
		Chat: class, ChatKind: msg.Group, User: user, Name: name, Message: message, Callback: "77", Data: notify.Tap{Op: op, Key: key}.Data(),
	})
	if len(items) != 1 || items[0].Op != msg.Answer {
		s.t.Fatalf("in the group a tap gives %+v", items)
	}
	return items[0]
}

// follows opens the link that a tap in the group leads to.
func (s *stage) follows(it msg.Item) screen {
	s.t.Helper()
	payload, ok := strings.CutPrefix(it.URL, "https://t.me/jwxt_demo_bot?start=")
	if !ok || len(payload) > 64 {
		s.t.Fatalf("the tap leads to %q", it.URL)
	}
	return s.opens("/start " + payload)
}

// TestCardLeadsToPrivate: in the group nobody else sees what one person wants;
// in private the same buttons answer at once.
func TestCardLeadsToPrivate(t *testing.T) {
	play(t, func(s *stage) {
		key, message := s.pushed()
		for op, want := range map[notify.TapOp][]string{
			notify.TapFiles:    {"四六级&lt;报名&gt;", `<a href="https://jwc.example.edu.cn/a.doc">报名表.doc</a>`, "坏的（链接打不开"},
			notify.TapCalendar: {"四六级&lt;报名&gt;", "截止 2026-03-05 17:00"},
			notify.TapRemind:   {"什么时候提醒你", "前一天（2026-03-04 17:00）", "当天早上（2026-03-05 08:00）", "一小时后（2026-03-02 1"},
		} {
			s.follows(s.press(student, "张三", op, key, message)).has(want...).lacks("javascript")
			private := s.visit(msg.Update{User: student, Message: 9, Callback: "77", Data: notify.Tap{Op: op, Key: key}.Data()})
			if len(private) != 2 || private[0].Op != msg.Answer || private[1].ReplyTo != 9 {
				t.Errorf("%s in private gives %+v", op, private)
			}
			s.shown(private).has(want...)
		}
		file := s.follows(s.press(student, "张三", notify.TapCalendar, key, message))
		for _, want := range []string{"DTSTART:20260305T090000Z", "SUMMARY:截止：四六级<报名>", "LOCATION:教一楼101", "BEGIN:VALARM"} {
			if !strings.Contains(string(file.Document), want) {
				t.Errorf("no %s in\n%s", want, file.Document)
			}
		}
		if got, want := file.FileName, "四六级报名.ics"; got != want {
			t.Errorf("the file is called %q, want %q", got, want)
		}
	})
}

// TestRemind: at the time that was chosen, in private and once; or not at all.
func TestRemind(t *testing.T) {
	play(t, func(s *stage) {
		key, message := s.pushed()
		ask := s.follows(s.press(student, "张三", notify.TapRemind, key, message))
		set := ask.taps("前一天").has("好，2026-03-04 17:00", "<取消提醒>")
		ask.taps("前一天")
		ask.taps("当天").taps("取消").has("不提醒了", "什么时候提醒你")
		s.pass(4 * 24 * time.Hour)
		if n := s.sentTo(student, "你让我提醒的通知"); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		ask.taps("前一天").has("什么时候提醒你", "<一小时后").lacks("前一天", "当天") // it is too late for that
		set.taps("取消")
	})
}

// TestManyReminders: one person waits for so many and no more; those that have
// come make room.
func TestManyReminders(t *testing.T) {
	play(t, func(s *stage) {
		key, _ := s.pushed()
		ask := func(n int) screen {
			at := time.Now().Add(time.Hour + time.Duration(n)*time.Second).Unix()
			data := fmt.Sprintf("b:rt:%s:%s", key, strconv.FormatInt(at, 36))
			return s.shown(s.visit(msg.Update{User: student, Message: 9, Callback: "77", Data: data}))
		}
		for n := range 20 {
			ask(n).has("我在这里提醒你")
		}
		ask(20).has("等着的提醒太多了")
		ask(19).has("我在这里提醒你") // it is there already
		s.pass(2 * time.Hour)
		ask(20).has("我在这里提醒你")
		if n := s.sentTo(student, "你让我提醒的通知"); n != 20 {
			t.Errorf("reminded %d times", n)
		}
	})
}

// TestOffers: the times that suit a notice.
func TestOffers(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		hour int // of 2 March
		want []string
	}{
		"no deadline, by day":   {"正文", 9, []string{"一小时后（2026-03-02 10:00）", "今晚（2026-03-02 20:00）", "明早（2026-03-03 08:00）"}},
		"no deadline, at night": {"正文", 22, []string{"一小时后（2026-03-02 23:00）", "明早（2026-03-03 08:00）"}},
		"a day":                 {"截止日期：3月4日", 9, []string{"一小时后（2026-03-02 10:00）", "前一天（2026-03-03 20:00）", "当天早上（2026-03-04 08:00）"}},
		"early in the morning":  {"截止时间：3月4日07:00", 9, []string{"一小时后（2026-03-02 10:00）", "前一天（2026-03-03 07:00）"}},
		"tonight":               {"截止时间：3月2日23:00", 9, []string{"一小时后（2026-03-02 10:00）", "今晚（2026-03-02 20:00）"}},
		"over":                  {"截止时间：3月1日23:00", 9, []string{"一小时后（2026-03-02 10:00）", "今晚（2026-03-02 20:00）", "明早（2026-03-03 08:00）"}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.site.publish("jwc", 100, "一件事", bulletin.Detail{Text: tc.text})
				s.pass(6 * time.Minute)
				s.opens("/notices").taps("教务通知") // which reads it
				s.pass(time.Minute)
				beijing := time.FixedZone("CST", 8*60*60)
				time.Sleep(time.Until(time.Date(2026, 3, 2, tc.hour, 0, 0, 0, beijing)))
				got := names(s.opens("/notices 一件事").taps("1").taps("提醒我"))
				if !slices.Equal(got, tc.want) {
					t.Errorf("offered %q, want %q", got, tc.want)
				}
			})
		})
	}
}

// TestReadReceipts: everybody counts once; the number on the card follows; an
// administrator learns in private who has not, and nobody else does.
func TestReadReceipts(t *testing.T) {
	play(t, func(s *stage) {
		s.admins = []int64{student}
		key, message := s.pushed()
		press := func(user int64) msg.Item {
			return s.press(user, fmt.Sprintf("同学<%d>", user), notify.TapRead, key, message)
		}
		if it := press(1); !strings.Contains(it.Body.Text, "已有 1 位") {
			t.Errorf("the first is told %q", it.Body.Text)
		}
		press(2)
		if it := press(2); !strings.Contains(it.Body.Text, "点过了，共 2 位") || it.URL != "" {
			t.Errorf("the second time one is told %q %q", it.Body.Text, it.URL)
		}
		s.press(3, "同学<3>", notify.TapRead, s.older(), message) // has read something else
		press(student)
		again := press(student)
		s.follows(again).has("还有 1 位没点", "共 4 位", "同学&lt;3&gt;").lacks("同学&lt;1&gt;", "<3>")
		s.pass(time.Minute)
		if got := s.button(message); got != "已阅 3" {
			t.Errorf("the button says %q", got)
		}

		s.admins = nil
		s.follows(again).has("只给那个群的管理员看").lacks("同学")
		s.admins = []int64{student}
		made := again
		made.URL = made.URL[:strings.LastIndex(made.URL, "-")] + "-zzz"
		s.follows(made).has("只给那个群的管理员看")

		err := s.db.Update(t.Context(), func(tx store.Tx) error { return s.desk.Forget(tx, 3, time.Now()) })
		if err != nil {
			t.Fatal(err)
		}
		s.follows(again).has("都读过了").lacks("同学")
	})
}

// older is the key of another notice.
func (s *stage) older() (key string) {
	s.db.View(s.t.Context(), func(tx store.Tx) error {
		all, err := s.n.Latest(tx, "jwc", 2)
		key = all[1].Key
		return err
	})
	return key
}

// button is what the last button of a card says now.
func (s *stage) button(message int) (text string) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.out {
		if it.Op == msg.Edit && it.Message == message {
			row := it.Body.Buttons[len(it.Body.Buttons)-1]
			text = row[len(row)-1].Text
		}
	}
	return text
}

// TestBothLanguages: the desk speaks to people as they are spoken to elsewhere.
func TestBothLanguages(t *testing.T) {
	play(t, func(s *stage) {
		key, message := s.pushed()
		s.lang = say.En
		list := s.opens("/notices").has("notices", "<🔒 Inner notices (login)>").taps("教务通知").has("<🔔 Send to me only>", "Tap a number")
		list.taps("1").has("Deadline", "<Remind me>")
		s.follows(s.press(student, "Z", notify.TapRemind, key, message)).has("When shall I remind you", "A day before").taps("A day").has("Fine, I will")
		s.follows(s.press(student, "Z", notify.TapCalendar, key, message)).has("Due 2026-03-05 17:00")
		list.taps("🔔").has("sent to you, and only you")
		s.site.publish("jwc", 101, "缓考", bulletin.Detail{Text: "请于3月9日前申请"})
		s.pass(time.Hour)
		if n := s.sentTo(student, "Deadline 2026-03-09"); n != 1 {
			t.Errorf("pushed %d times in English", n)
		}
	})
}

// TestGroupLatest: a group is shown the latest of what it subscribes to, and
// nothing of anybody.
func TestGroupLatest(t *testing.T) {
	play(t, func(s *stage) {
		ask := msg.Update{Chat: class, ChatKind: msg.Group, User: student, Command: "notices"}
		if items := s.visit(ask); items != nil {
			t.Errorf("a group without subscriptions is shown %+v", items)
		}
		s.pushed()
		s.shown(s.visit(ask)).has("四六级&lt;报名&gt;", "10. ", `<a href="https://jwc.example.edu.cn/info/1001/100.htm">`).lacks("11. ", "推送")
		ask.Thread = 5
		if items := s.visit(ask); items != nil {
			t.Errorf("a topic without subscriptions is shown %+v", items)
		}
	})
}

// FuzzLinks: what follows /start comes from anybody.
func FuzzLinks(f *testing.F) {
	key := strings.Repeat("0a", 16)
	for _, payload := range []string{"", "donghu", "nf-" + key, "nu-" + key, "nu-" + key + "-zz", "nr-" + key + "-1", "nu-" + key + "-zzzzzzzzzzzzz", "n", "nx-" + key} {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		play(t, func(s *stage) {
			for _, it := range s.says("/start " + payload) {
				if strings.Contains(it.Body.Text, "位没点") || it.Body.Text == "" {
					t.Errorf("%q is answered %q", payload, it.Body.Text)
				}
			}
		})
	})
}
