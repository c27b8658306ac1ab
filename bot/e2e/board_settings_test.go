package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus/boards"
)

// watching is a stage with boards of two schools, one of which nobody can log
// in to.
func watching(o Options) Options {
	o.Boards = []BoardOf{
		{ID: "donghu-jwc", School: "donghu", Name: "东湖示范大学教务处通知", Kind: boards.VSB},
		{ID: "donghu-xsc", School: "donghu", Name: "东湖示范大学学生处通知", Kind: boards.Sudy},
		{ID: "shenyang-jwc", School: "shenyang", Name: "沈阳示范大学教务处通知", Kind: boards.Feed},
	}
	return o
}

// publishes puts an article on a board.
func (w *World) publishes(board, title string) int {
	return w.Boards[board].Publish(boards.Article{Title: title, Date: time.Now(), Column: 1001, Text: title + "，请大家注意。"})
}

// stocked is a stage whose boards have some articles.
func stocked(t *testing.T, o Options) *World {
	w := New(t, watching(o))
	for n := range 5 {
		for id := range w.Boards {
			w.publishes(id, fmt.Sprintf("关于第%d项安排的通知", n+1))
		}
	}
	return w
}

// buttonsOf are the names of a message's buttons.
func buttonsOf(m emulator.Message) (out []string) {
	for _, row := range m.Buttons {
		for _, b := range row {
			out = append(out, b.Text)
		}
	}
	return out
}

// subscribes subscribes the class to the office's notices.
func (p in) subscribes() {
	p.TB.Helper()
	p.says("/subscribe 东湖示范大学")
	menu := p.Sees("东湖示范大学", "点一下就订上")
	p.taps(menu, "教务处通知")
	p.taps(p.last(), "完成")
	p.Sees("订好了")
}

// TestBoardSubscribe: an administrator chooses a school and boards in one
// message, which names him in the end, and the latest three reply to it. A
// notice that comes later is pushed; others cannot change a thing.
func TestBoardSubscribe(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner, member := w.inClass(ZhangSan), w.inClass(LiSi)
		member.says("/subscribe")
		member.Sees("Only administrators")
		owner.says("/subscribe")
		menu := owner.Sees("订哪所学校的通知")
		if c := member.taps(menu, "东湖示范大学"); !c.Alert || !strings.Contains(c.Text, "Only administrators") {
			t.Errorf("a member's tap is answered %q, alert %v", c.Text, c.Alert)
		}
		owner.taps(menu, "东湖示范大学")
		owner.taps(menu, "教务处通知")
		owner.taps(menu, "学生处通知")
		owner.taps(menu, "✅ 学生处通知")
		if c := member.taps(menu, "学生处通知"); !c.Alert {
			t.Error("a member could choose a board")
		}
		if got := buttonsOf(owner.last()); !slices.Contains(got, "✅ 教务处通知") || !slices.Contains(got, "学生处通知") {
			t.Errorf("the menu shows %q", got)
		}
		owner.taps(menu, "完成")
		done := owner.Sees("张三", "订好了", "1 个栏目", "• 教务处通知")
		if done.ID != menu.ID || len(done.Buttons) != 0 {
			t.Errorf("the outcome does not stand where the menu was: %+v", done)
		}
		latest := owner.last()
		if latest.ReplyTo != menu.ID || !latest.Silent || strings.Count(latest.Text, "项安排的通知") != 3 || !strings.Contains(latest.Text, "第5项") {
			t.Errorf("the latest are %q, in reply to %d", latest.Text, latest.ReplyTo)
		}
		time.Sleep(time.Hour)
		owner.acts()
		w.publishes("donghu-jwc", "关于期末考试的通知")
		w.publishes("donghu-xsc", "关于宿舍的通知")
		time.Sleep(time.Hour)
		owner.Sees("关于期末考试的通知")
		owner.seesNot("宿舍")
		obeysTelegram(w)
	})
}

// TestBoardSearch: a school is found by what its boards are called too, by
// argument or by the answer to a prompt that opens for the one who asked.
func TestBoardSearch(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner := w.inClass(ZhangSan)
		owner.says("/subscribe 沈示大")
		owner.Sees("沈阳示范大学", "点一下就订上")
		owner.says("/subscribe 没有的学校")
		owner.taps(owner.Sees("没有找到“没有的学校”"), "🔎 搜学校")
		prompt := owner.Sees("请发校名")
		if !prompt.Force || !strings.HasPrefix(prompt.Text, "张三") {
			t.Errorf("the prompt is %+v", prompt)
		}
		n := len(w.Telegram.Messages(Class))
		w.Telegram.SendReply(LiSi, Class, prompt.ID, "东湖")
		w.Telegram.SendText(ZhangSan, Class, "东湖的同学好")
		settles()
		if got := len(w.Telegram.Messages(Class)); got != n+2 {
			t.Errorf("the bot answered what was not for it: %s", owner.last().Text)
		}
		owner.acts()
		w.Telegram.SendReply(ZhangSan, Class, prompt.ID, "东湖")
		owner.Sees("东湖示范大学", "点一下就订上")
		obeysTelegram(w)
	})
}

// TestBoardAnonymous: who writes in the group's name may subscribe, and is
// called an administrator and by no name.
func TestBoardAnonymous(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner := w.inClass(ZhangSan)
		owner.acts()
		if _, err := w.Telegram.SendAnonymous(Class, "/quiet 22:30-06:30"); err != nil {
			t.Fatal(err)
		}
		owner.Sees("管理员 改了设置", "22:30–06:30")
		owner.seesNot("张三")
		obeysTelegram(w)
	})
}

// TestBoardSettings: filter with preview, digest, silence and quiet hours; each
// change says who made it, and each holds when a notice comes.
func TestBoardSettings(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner, member := w.inClass(ZhangSan), w.inClass(LiSi)
		owner.subscribes()
		time.Sleep(time.Hour)

		owner.says("/filter +第1项 第2项 -研究生 /第[34]项.*/")
		preview := owner.Sees("最近 5 条里会发 4 条")
		if c := member.taps(preview, "保存"); !c.Alert {
			t.Error("a member could save a filter")
		}
		owner.taps(preview, "保存")
		owner.Sees("张三 设好了", "第1项 +第2项 +/第[34]项.*/ -研究生")
		owner.says("/filter /(/")
		owner.Sees("正则写得不对")

		owner.says("/subscriptions")
		list := owner.Sees("订了 1 个栏目", "🟢", "筛选")
		owner.taps(list, "⚙️ 东湖示范大学教务处通知")
		owner.Sees("张三 设置")
		owner.taps(list, "不筛选")
		owner.taps(list, "🔎 筛选")
		prompt := owner.Sees("只要哪些")
		owner.acts()
		w.Telegram.SendReply(ZhangSan, Class, prompt.ID, "考试")
		owner.taps(owner.Sees("最近 5 条里会发 0 条"), "取消")
		owner.Sees("筛选没有改")
		owner.taps(list, "静音")
		owner.acts()
		w.publishes("donghu-jwc", "关于第6项安排的通知")
		time.Sleep(time.Hour)
		if m := owner.Sees("关于第6项安排的通知"); !m.Silent {
			t.Error("what was to be silent is not")
		}

		owner.says("/digest")
		menu := owner.Sees("什么时候发")
		owner.taps(menu, "每天汇总")
		if m := owner.Sees("张三 改了设置"); !slices.Contains(buttonsOf(m), "✅ 每天汇总") {
			t.Errorf("the menu shows %q", buttonsOf(m))
		}
		w.publishes("donghu-jwc", "关于第7项安排的通知")
		time.Sleep(2 * time.Hour)
		owner.seesNot("第7项")
		owner.acts()
		time.Sleep(24 * time.Hour)
		owner.Sees("每日汇总", "第7项")

		owner.says("/quiet")
		owner.taps(owner.Sees("23:00–07:00 免打扰"), "不要免打扰")
		owner.Sees("没有免打扰", "张三 改了设置")
		owner.says("/quiet 25:99-3")
		owner.Sees("看不懂")

		owner.says("/unsubscribe")
		menu = owner.Sees("点一下退订")
		if c := member.taps(menu, "🗑 东湖示范大学教务处通知"); !c.Alert {
			t.Error("a member could unsubscribe")
		}
		owner.taps(menu, "🗑 东湖示范大学教务处通知")
		owner.Sees("张三 退订了“东湖示范大学教务处通知”", "什么都没订")
		w.publishes("donghu-jwc", "关于第8项安排的通知")
		time.Sleep(48 * time.Hour)
		owner.seesNot("第8项")
		obeysTelegram(w)
	})
}

// TestBoardOnlyForMe: in a private chat the same commands are for oneself, in
// the language that is spoken there, and end with everything else that is erased.
func TestBoardOnlyForMe(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		p := w.Person(LiSi)
		p.Says("/subscribe 东湖示范大学")
		p.Sees("Tap a board to subscribe")
		p.Taps("学生处通知")
		p.Taps("Done")
		p.Sees("Subscribed to 1 board of 东湖示范大学")
		p.acts()
		time.Sleep(time.Hour)
		w.publishes("donghu-xsc", "关于宿舍的通知")
		time.Sleep(time.Hour)
		if m := p.Sees("关于宿舍的通知"); !slices.Contains(buttonsOf(m), "Remind me") {
			t.Errorf("the card's buttons are %q", buttonsOf(m))
		}
		p.Says("/filter")
		p.Sees("Which notices")
		p.Says("/login")
		p.Sees("student number")
		p.Says("20200000") // the dialogue comes before what the boards asked
		p.Sees("password")
		p.Says("/cancel")
		settles()
		p.Says("宿舍 -考试")
		p.Sees("1 of the last 6 would have matched")
		p.Taps("Save")
		p.Sees("Filter of", "宿舍")
		p.Says("/privacy")
		p.Taps("Erase everything")
		p.Taps("Yes, erase")
		p.Says("/subscribe 东湖示范大学")
		p.Sees("Tap a board")
		if c := p.toast(p.Taps("教务处通知")); !c.Alert || !strings.Contains(c.Text, "still being wiped") {
			t.Errorf("to subscribe at once is answered %q", c.Text)
		}
		time.Sleep(2 * time.Minute)
		if left := append(keys(w, "b/sub/"), keys(w, "b/place/")...); len(left) != 0 {
			t.Errorf("subscriptions are left: %q", left)
		}
		obeysTelegram(w)
	})
}

// TestBoardGroupLives: subscriptions go with a group that becomes a supergroup,
// and outlive the bot's removal for 30 days.
func TestBoardGroupLives(t *testing.T) {
	const old, supergroup = int64(-77), int64(Class - 1)
	for name, tc := range map[string]struct {
		happens func(*World)
		chat    int64
		kept    bool
	}{
		"migrated": {func(w *World) {
			w.Telegram.Migrate(old, supergroup)
			w.Telegram.Redeliver(w.Telegram.LastUpdate())
		}, supergroup, true},
		"removed for a week": {func(w *World) {
			w.Telegram.SetBot(ZhangSan, old, "kicked")
			time.Sleep(24 * time.Hour)
			w.down(6 * 24 * time.Hour)
			w.Telegram.SetBot(ZhangSan, old, "member")
		}, old, true},
		"removed for too long": {func(w *World) {
			w.Telegram.SetBot(ZhangSan, old, "kicked")
			time.Sleep(24 * time.Hour)
			w.down(28 * 24 * time.Hour)
			time.Sleep(2 * 24 * time.Hour)
			w.Telegram.SetBot(ZhangSan, old, "member")
		}, old, false},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				o := Options{}
				o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}}
				o.People.Groups = []emulator.Group{{ID: old, Title: "班", Members: []int64{ZhangSan}, Admins: []int64{ZhangSan}}}
				w := stocked(t, o)
				p := in{w.Person(old), ZhangSan}
				p.acts()
				w.Telegram.SendText(ZhangSan, old, "/subscribe 东湖示范大学")
				menu := p.Sees("点一下就订上")
				p.taps(menu, "教务处通知")
				p.taps(menu, "完成")
				tc.happens(w)
				settles()
				p = in{w.Person(tc.chat), ZhangSan}
				restored := 0
				for _, m := range w.Telegram.Messages(tc.chat) {
					restored += strings.Count(m.Text, "之前订的 1 个通知栏目还在")
				}
				if want := name == "removed for a week"; (restored == 1) != want {
					t.Errorf("it was said %d times that subscriptions are back", restored)
				}
				p.acts()
				w.publishes("donghu-jwc", "关于期末考试的通知")
				time.Sleep(25 * time.Hour)
				pushed := 0
				for _, m := range w.Telegram.Messages(tc.chat) {
					pushed += strings.Count(m.Text, "关于期末考试的通知")
				}
				if got := pushed == 1; got != tc.kept {
					t.Errorf("pushed %d times, kept = %v:\n%s", pushed, tc.kept, p.Chat())
				}
				obeysTelegram(w)
			})
		})
	}
}

// TestBoardTopics: each topic of a forum has subscriptions of its own.
func TestBoardTopics(t *testing.T) {
	const forum = int64(-1001000000009)
	story(t, func(t *testing.T) {
		o := Options{}
		o.People.People = []emulator.Person{{ID: ZhangSan, Name: "张三", Language: "zh-hans"}}
		o.People.Groups = []emulator.Group{{
			ID: forum, Title: "班", Members: []int64{ZhangSan}, Admins: []int64{ZhangSan},
			Topics: []emulator.Topic{{ID: 5, Name: "通知"}},
		}}
		w := stocked(t, o)
		p := in{w.Person(forum), ZhangSan}
		p.acts()
		w.Telegram.SendIn(ZhangSan, forum, 5, "/subscribe 东湖示范大学")
		menu := p.Sees("点一下就订上", "这个话题里")
		p.taps(menu, "教务处通知")
		p.taps(menu, "完成")
		if m := p.last(); m.Thread != 5 {
			t.Errorf("the latest went to topic %d", m.Thread)
		}
		p.acts()
		w.Telegram.SendText(ZhangSan, forum, "/subscribe 东湖示范大学")
		if m := p.Sees("点一下就订上"); !slices.Contains(buttonsOf(m), "教务处通知") {
			t.Errorf("General shows the topic's choice: %q", buttonsOf(m))
		}
		time.Sleep(time.Hour)
		p.acts()
		w.publishes("donghu-jwc", "关于期末考试的通知")
		time.Sleep(time.Hour)
		if m := p.Sees("关于期末考试的通知"); m.Thread != 5 {
			t.Errorf("the notice went to topic %d", m.Thread)
		}
		w.Telegram.CloseTopic(forum, 5, true)
		for n := range 2 {
			p.acts()
			w.publishes("donghu-jwc", fmt.Sprintf("话题关了以后的第%d条", n))
			time.Sleep(time.Hour)
			if m := p.Sees(fmt.Sprintf("话题关了以后的第%d条", n)); m.Thread != 0 {
				t.Errorf("the notice went to topic %d", m.Thread)
			}
		}
		told := count(p.Person, "已经关闭或者删掉了") + count(w.Person(ZhangSan), "已经关闭或者删掉了")
		if told != 1 {
			t.Errorf("it was told %d times:\n%s", told, p.Chat())
		}
		obeysTelegram(w)
	})
}

// TestBoardMuted: a group that lets the bot write no more is tried again; then
// who subscribed is told, once and in private, and the notices rest until the
// bot's rights change.
func TestBoardMuted(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner, private := w.inClass(ZhangSan), w.Person(ZhangSan)
		private.Says("/help")
		owner.subscribes()
		time.Sleep(time.Hour)
		w.Telegram.Fault(emulator.Fault{
			Method: "sendMessage", Chat: Class, Times: -1, Status: http.StatusBadRequest,
			Description: "Bad Request: not enough rights to send text messages to the chat",
		})
		w.publishes("donghu-jwc", "没人看到的第1条")
		time.Sleep(3 * 24 * time.Hour)
		w.publishes("donghu-jwc", "没人看到的第2条")
		time.Sleep(3 * 24 * time.Hour)
		if got := count(private, "有个群不让我发言了"); got != 1 {
			t.Errorf("who subscribed was told %d times:\n%s", got, private.Chat())
		}
		w.Telegram.ClearFaults()
		w.Telegram.SetBot(ZhangSan, Class, "administrator")
		settles()
		owner.acts()
		w.publishes("donghu-jwc", "又能看到的一条")
		time.Sleep(12 * time.Hour)
		owner.Sees("又能看到的一条")
		owner.seesNot("没人看到")
	})
}

// TestBoardBlocked: who blocks the bot keeps the own subscriptions for when it
// is let in again.
func TestBoardBlocked(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		p := w.Person(ZhangSan)
		p.Says("/subscribe 东湖示范大学")
		p.Sees("点一下就订上")
		p.Taps("教务处通知")
		p.Taps("完成")
		p.Sees("订好了")
		w.Telegram.Block(ZhangSan, true)
		time.Sleep(24 * time.Hour)
		w.publishes("donghu-jwc", "没人看到的一条")
		time.Sleep(24 * time.Hour)
		w.Telegram.Block(ZhangSan, false)
		settles()
		p.acts()
		w.publishes("donghu-jwc", "又能看到的一条")
		time.Sleep(12 * time.Hour)
		p.Sees("又能看到的一条")
		p.seesNot("没人看到")
	})
}

// TestBoardHealth: the list says how each board does, and what of a board that
// is not watched any more, which comes back with its subscription.
func TestBoardHealth(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner := w.inClass(ZhangSan)
		owner.subscribes()
		for state, want := range map[boards.State]string{
			boards.Open: "🟢 2000-01-", boards.Blocked: "学校网站不让我看", boards.Intranet: "只有校园网能看", boards.Emptied: "看不懂", boards.Outage: "打不开",
		} {
			w.Boards["donghu-jwc"].Become(state)
			time.Sleep(14 * time.Hour)
			owner.says("/subscriptions")
			owner.Sees("教务处通知", want)
		}
		w.Reload <- w.sources[1:]
		settles()
		owner.says("/subscriptions")
		owner.Sees("donghu-jwc", "不在名单里")
		w.Reload <- w.sources
		settles()
		owner.says("/subscriptions")
		owner.Sees("东湖示范大学教务处通知")
		if !strings.Contains(w.Log.String(), `"removed":["donghu-jwc"]`) {
			t.Error("the log does not say what was removed")
		}
	})
}

// TestBoardOperator: what is suspicious is held, told to the operator, and goes
// out as one message once he says so. Others have no such command.
func TestBoardOperator(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, operated(1))
		owner, admin := w.inClass(ZhangSan), w.Person(Admin)
		w.Telegram.SetAdmin(Class, ZhangSan, true)
		admin.Says("/help")
		owner.subscribes()
		time.Sleep(2 * time.Hour)
		owner.acts()
		admin.acts()
		for n := range 14 {
			w.publishes("donghu-jwc", fmt.Sprintf("突然冒出来的第%d条", n))
		}
		time.Sleep(2 * time.Hour)
		admin.Sees("donghu-jwc", "/release donghu-jwc")
		owner.seesNot("突然冒出来")
		owner.says("/release donghu-jwc")
		settles()
		owner.seesNot("突然冒出来")
		admin.Says("/release nowhere")
		admin.Sees("没有", "nowhere")
		owner.acts()
		admin.Says("/release donghu-jwc")
		admin.Sees("放行")
		settles()
		owner.Sees("突然冒出来", "东湖示范大学教务处通知")
		admin.Says("/drop donghu-jwc")
		admin.Sees("没有扣住")
	})
}

// TestBoardHostileTaps: data that no button has changes nothing and is answered.
func TestBoardHostileTaps(t *testing.T) {
	story(t, func(t *testing.T) {
		w := stocked(t, Options{})
		owner := w.inClass(ZhangSan)
		owner.says("/subscribe")
		menu := owner.Sees("订哪所学校的通知")
		before := len(keys(w, "b/sub/")) + len(keys(w, "b/place/"))
		for _, data := range []string{
			"b:", "b:sub", "b:sub:nowhere:1:1", "b:sub:::", "b:sc:../x:-1", "b:fin:", "b:dg:donghu-jwc:0:d", "b:si:x:99999999999999999999:1",
			"b:fs:aaaa:*:0", "b:fp:::", "b:qt:99999-1", "b:da:x", "b:ls:-5", "b:rm:donghu-jwc:0:1", "b:one:*:*", "b:zz:1", "b:fl:%00:0",
		} {
			tap, err := w.Telegram.Forge(ZhangSan, Class, menu.ID, data)
			if err != nil {
				t.Fatal(err)
			}
			owner.toast(tap)
		}
		if got := len(keys(w, "b/sub/")) + len(keys(w, "b/place/")); got != before {
			t.Errorf("%d rows of settings, want %d", got, before)
		}
	})
}
