package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus/boards"
)

// TestBoardUrgentWords: which words break through the quiet hours can be set in
// the chat, also to none, and back to the usual ones.
func TestBoardUrgentWords(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner := w.inClass(ZhangSan)
		owner.subscribes()
		sets := func(words string, sees ...string) {
			t.Helper()
			owner.says("/quiet")
			owner.taps(owner.Sees("23:00–07:00 免打扰"), "✏️ 紧急词")
			prompt := owner.Sees("夜里哪些词")
			if !prompt.Force {
				t.Errorf("the prompt is %+v", prompt)
			}
			owner.acts()
			w.Telegram.SendReply(ZhangSan, Class, prompt.ID, words)
			owner.Sees(sees...)
		}
		night := func(title string, comes bool) {
			t.Helper()
			time.Sleep(time.Until(nextMidnight()))
			settles()
			w.publishes("donghu-jwc", title)
			time.Sleep(4 * time.Hour)
			if got := count(owner.Person, title) == 1; got != comes {
				t.Errorf("by night %q came = %v:\n%s", title, got, owner.Chat())
			}
			time.Sleep(6 * time.Hour)
			if n := count(owner.Person, title); n != 1 {
				t.Errorf("in the morning %q stands %d times", title, n)
			}
		}
		night("关于明天停水的紧急通知", true)
		sets("停暖，宿管 停暖", "张三 改了设置", "静音发来：停暖 宿管")
		night("关于明天停电的紧急通知", false)
		night("关于明天停暖的紧急通知", true)
		w.Stop()
		w.Start()
		sets("off", "夜里什么都不发")
		night("关于后天停暖的紧急通知", false)
		sets(strings.Repeat("很", 90), "什么都没改")
		owner.says("/quiet")
		owner.taps(owner.Sees("夜里什么都不发"), "恢复默认词")
		owner.Sees("张三 改了设置", "考试 选课")
		night("关于大后天停水的紧急通知", true)
		owner.says("/quiet")
		owner.taps(owner.Sees("免打扰"), "22:00–07:00")
		owner.Sees("22:00–07:00", "考试 选课")
		obeysTelegram(w)
	})
}

// nextMidnight is one in the morning in Beijing.
func nextMidnight() time.Time {
	now := time.Now().In(time.FixedZone("", 8*60*60))
	at := time.Date(now.Year(), now.Month(), now.Day(), 1, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// TestReadersSurviveMove: who pressed 已阅 in a group is known in the supergroup
// that it becomes, and counts as having read what was read before.
func TestReadersSurviveMove(t *testing.T) {
	const old, supergroup = int64(-77), int64(Class - 1)
	story(t, func(t *testing.T) {
		o := Options{}
		o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}, {ID: LiSi, Name: "李四", Language: "zh-hans"}}
		o.People.Groups = []emulator.Group{{ID: old, Title: "班", Members: []int64{LiSi}, Admins: []int64{ZhangSan}}}
		w := stocked(t, o)
		p := in{w.Person(old), ZhangSan}
		p.acts()
		w.Telegram.SendText(ZhangSan, old, "/subscribe 东湖示范大学")
		p.taps(p.Sees("点一下就订上"), "教务处通知")
		time.Sleep(time.Hour)
		w.publishes("donghu-jwc", "搬家以前的通知")
		time.Sleep(time.Hour)
		card := w.find(old, "搬家以前的通知")
		p.taps(card, readButton(card))
		member := in{w.Person(old), LiSi}
		member.taps(card, readButton(card))
		if err := w.Telegram.Migrate(old, supergroup); err != nil {
			t.Fatal(err)
		}
		settles()
		w.publishes("donghu-jwc", "搬家以后的通知")
		time.Sleep(2 * time.Hour)
		p = in{w.Person(supergroup), ZhangSan}
		card = w.find(supergroup, "搬家以后的通知")
		p.taps(card, readButton(card))
		settles()
		card = w.find(supergroup, "搬家以后的通知")
		private := w.Person(ZhangSan)
		private.opensLink(p.taps(card, readButton(card)))
		list := private.Sees("还有 1 位没点“已阅”", "共 2 位", "李四")
		if strings.Contains(list.Text, "张三") {
			t.Errorf("who has read it is in the list:\n%s", list.Text)
		}
		obeysTelegram(w)
	})
}

// TestOutageOfASchool: where all boards of a school fall silent, a chat is told
// once and in one message, which follows what happens to them, until the last is
// back. A board of another school has a message of its own, and so has the next
// outage.
func TestOutageOfASchool(t *testing.T) {
	for _, restarts := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarts=%v", restarts), func(t *testing.T) {
			story(t, func(t *testing.T) {
				w := stocked(t, Options{})
				owner := w.inClass(ZhangSan)
				owner.says("/subscribe 东湖示范大学")
				menu := owner.Sees("点一下就订上")
				owner.taps(menu, "教务处通知")
				owner.taps(menu, "学生处通知")
				pass := func(d time.Duration) {
					for range 2 {
						if restarts {
							settles()
							w.Stop()
							w.Start()
						}
						time.Sleep(d / 2)
					}
					settles()
				}
				become := func(state boards.State, ids ...string) {
					for _, id := range ids {
						w.Boards[id].Become(state)
					}
				}
				tells := func(when string, want ...string) {
					t.Helper()
					var got []string
					for _, m := range w.Telegram.Messages(Class) {
						if rest, ok := strings.CutPrefix(m.Text, "🔌 东湖示范大学"); ok {
							head, _, _ := strings.Cut(rest, "（")
							if _, several, ok := strings.Cut(head, " 等 "); ok { // which is named first is by chance
								head = several
							}
							got = append(got, strings.TrimSuffix(head, "，恢复后我会自动补发。"))
						}
					}
					if !slices.Equal(got, want) {
						t.Fatalf("%s the class is told\n%q, want\n%q", when, got, want)
					}
				}
				const both, back = "2 个栏目：学校网站已经 24 小时打不开了", "教务处通知：学校网站又能打开了"
				pass(2 * time.Hour)
				become(boards.Outage, "donghu-jwc", "donghu-xsc")
				pass(40 * time.Hour)
				tells("after a day and more", both)
				become(boards.Open, "donghu-xsc")
				pass(14 * time.Hour)
				tells("when one is back", "教务处通知：学校网站已经 24 小时打不开了")
				become(boards.Open, "donghu-jwc")
				pass(14 * time.Hour)
				tells("when all are back", back)
				become(boards.Outage, "donghu-jwc", "donghu-xsc")
				pass(40 * time.Hour)
				tells("at the next outage", back, both)
				owner.says("/unsubscribe")
				owner.taps(owner.Sees("点一下退订"), "🗑 东湖示范大学学生处通知")
				become(boards.Open, "donghu-jwc", "donghu-xsc")
				pass(14 * time.Hour)
				tells("when the one that is left is back", back, back)
				obeysTelegram(w)
			})
		})
	}
}

// TestHeldButtons: what is held can be released, or dropped, by a button under
// the message that tells of it; by the operator only, and once.
func TestHeldButtons(t *testing.T) {
	for button, comes := range map[string]bool{"✅ 放行": true, "🗑 不发": false} {
		t.Run(button, func(t *testing.T) {
			story(t, func(t *testing.T) {
				w := stocked(t, operated(1))
				owner, admin := w.inClass(ZhangSan), w.Person(Admin)
				w.Telegram.SetAdmin(Class, ZhangSan, true)
				admin.Says("/help")
				owner.subscribes()
				time.Sleep(2 * time.Hour)
				admin.acts()
				for n := range 14 {
					w.publishes("donghu-jwc", fmt.Sprintf("突然冒出来的第%d条", n))
				}
				time.Sleep(2 * time.Hour)
				m := admin.Sees("donghu-jwc", "看着可疑")
				i := slices.IndexFunc(buttonsOf(m), func(b string) bool { return strings.HasPrefix(b, button) })
				if i < 0 {
					t.Fatalf("the buttons are %q", buttonsOf(m))
				}
				label := buttonsOf(m)[i]
				if tap, err := w.Telegram.Forge(ZhangSan, Class, 1, dataOf(m, label)); err == nil {
					owner.toast(tap)
				}
				owner.seesNot("突然冒出来")
				admin.acts()
				tap, err := w.Telegram.Tap(Admin, Admin, m.ID, label)
				if err != nil {
					t.Fatal(err)
				}
				admin.toast(tap)
				admin.Sees("扣住的 14 条")
				time.Sleep(time.Minute)
				if got := count(owner.Person, "突然冒出来") > 0; got != comes {
					t.Errorf("they were sent = %v", got)
				}
				admin.acts()
				tap, err = w.Telegram.Tap(Admin, Admin, m.ID, label)
				if err != nil {
					t.Fatal(err)
				}
				admin.toast(tap)
				admin.Sees("没有扣住")
				obeysTelegram(w)
			})
		})
	}
}
