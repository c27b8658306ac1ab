package e2e

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus/boards"
)

// withBoards is the plain school with two boards.
func withBoards() Options {
	return Options{Boards: []BoardOf{
		{ID: "jwc", School: "donghu", Name: "教务通知", Kind: boards.VSB},
		{ID: "xsc", School: "donghu", Name: "学生通知", Kind: boards.Sudy},
	}}
}

// announces puts an article on a board.
func (w *World) announces(board, title, text string, files ...string) {
	w.Boards[board].Publish(boards.Article{Title: title, Publisher: "教务处", Text: text, Date: time.Now(), Files: files})
}

// opensLink follows what a tap leads to.
func (p *Person) opensLink(c emulator.Callback) {
	p.TB.Helper()
	p.acts()
	if _, err := p.Telegram.Open(p.ID, c.URL); err != nil {
		p.TB.Fatalf("the tap leads to %q: %v", c.URL, err)
	}
}

// TestReadsBoards: somebody who never logged in reads boards, searches, has one
// pushed; and finds the notices behind the login where they were.
func TestReadsBoards(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, withBoards())
		p := w.Person(ZhangSan)
		for range 12 {
			w.announces("jwc", "旧通知", "没什么")
		}
		w.announces("jwc", "关于四六级报名的通知", "报名截止时间：2000年3月5日17:00。", "报名表.doc")
		time.Sleep(time.Hour)

		p.Says("/notices")
		home := p.Sees("东湖示范大学", "不用登录")
		p.Taps("教务通知")
		list := p.Sees("1. 关于四六级报名的通知")
		if list.ID != home.ID {
			t.Errorf("the list is message %d, not in place of %d", list.ID, home.ID)
		}
		p.Taps("1")
		notice := p.Sees("关于四六级报名的通知", "报名截止时间", "报名表.doc")
		if notice.ID != home.ID || !strings.Contains(notice.HTML, `<a href="http://jwc.boards.test/`) {
			t.Errorf("the notice is %s", notice.HTML)
		}
		p.Taps("‹ 返回列表")
		p.Sees("1. 关于四六级报名的通知")

		time.Sleep(10 * time.Minute)
		w.announces("jwc", "刚刚发布的通知", "新的")
		p.Taps("‹ 栏目")
		p.Taps("教务通知")
		if m := p.Sees("1. 刚刚发布的通知"); m.ID != home.ID {
			t.Errorf("what is new is message %d, not in place of %d", m.ID, home.ID)
		}
		p.Taps("🔔 只给我推送")
		p.wait("the other button", func(m emulator.Message) bool { return hasButton(m, "🔕 不再推送给我") })
		time.Sleep(time.Hour)
		w.announces("jwc", "推送来的通知", "只给一个人")
		time.Sleep(2 * time.Hour)
		if n := count(p, "推送来的通知"); n != 1 {
			t.Errorf("it was pushed %d times:\n%s", n, p.Chat())
		}

		p.Taps("🔍 搜索")
		if m := p.Sees("想找什么"); !m.Force {
			t.Error("the word is not asked for with a prompt")
		}
		p.Says("四六级")
		p.Sees("“四六级”", "关于四六级报名的通知")
		p.Says("/notices 没有这个词")
		p.Sees("没有找到")

		p.Says("/notices")
		p.Taps("🔒 校内通知（需登录）")
		p.Sees("请发学号") // the old way, which is by login
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅")
		p.Says("/notices")
		p.Sees("东湖示范大学", "不用登录")

		w.Stop()
		w.Start()
		time.Sleep(time.Minute)
		p.Taps("学生通知")
		p.Sees("学生通知")
		obeysTelegram(w)
	})
}

// TestNoticesWithoutBoards: where a school has no boards, /notices is what it was.
func TestNoticesWithoutBoards(t *testing.T) {
	story(t, func(t *testing.T) {
		o := withBoards()
		o.Boards = []BoardOf{{ID: "other", School: "elsewhere", Name: "别处的通知", Kind: boards.VSB}}
		p := New(t, o).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/notices")
		p.Sees("点编号看全文")
		p.seesNot("别处的通知")
	})
}

// TestClassReadsNotice: the class gets a card. Who wants the file, the day in
// the calendar or a reminder is led into the private chat; who has read it
// counts, and the owner learns who has not.
func TestClassReadsNotice(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, withBoards())
		p, owner, member := w.Person(ZhangSan), w.inClass(ZhangSan), w.inClass(LiSi)
		time.Sleep(time.Until(time.Date(2000, 1, 3, 2, 0, 0, 0, time.UTC))) // ten in the morning
		w.announces("jwc", "旧通知", "没什么")
		time.Sleep(time.Hour)
		owner.says("/subscribe")
		owner.taps(owner.last(), "教务通知")
		settles()
		time.Sleep(time.Hour)
		w.announces("jwc", "关于四六级报名的通知", "报名截止时间：2000年1月6日17:00。", "报名表.doc")
		time.Sleep(time.Hour)
		card := w.find(Class, "关于四六级报名的通知")

		p.opensLink(owner.taps(card, "附件"))
		if m := p.Sees("关于四六级报名的通知", "报名表.doc"); !strings.Contains(m.HTML, `<a href="http://jwc.boards.test/`) {
			t.Errorf("no link in %s", m.HTML)
		}
		p.opensLink(owner.taps(card, "加日历"))
		if m := p.Sees("截止 2000-01-06 17:00"); !strings.Contains(string(m.Document), "DTSTART:20000106T090000Z") || !strings.HasSuffix(m.FileName, ".ics") {
			t.Errorf("the file %q is\n%s", m.FileName, m.Document)
		}
		p.opensLink(owner.taps(card, "提醒我"))
		p.Taps("前一天（2000-01-05 17:00）")
		p.Sees("好，2000-01-05 17:00")

		if c := member.taps(card, readButton(card)); !strings.Contains(c.Text, "1 have read it") && !strings.Contains(c.Text, "已有 1 位") {
			t.Errorf("a reader is told %q", c.Text)
		}
		owner.taps(card, readButton(card))
		member.taps(card, readButton(card))
		time.Sleep(15 * time.Second)
		w.find(Class, "关于四六级报名的通知", "已阅 2")

		w.announces("jwc", "关于放假的通知", "放假")
		time.Sleep(time.Hour)
		second := w.find(Class, "关于放假的通知")
		owner.taps(second, readButton(second))
		again := owner.taps(second, readButton(second))
		p.opensLink(again)
		p.Sees("还有 1 位没点", "Li Si")
		w.Person(LiSi).opensLink(again)
		if n := count(w.Person(LiSi), "Li Si") + count(w.Person(LiSi), "张三"); n != 0 {
			t.Errorf("a member learns who has read:\n%s", w.Person(LiSi).Chat())
		}

		member.says("/notices")
		member.Sees("1. 关于放假的通知", "2. 关于四六级报名的通知")

		time.Sleep(5 * 24 * time.Hour)
		if n := count(p, "你让我提醒的通知"); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		owner.seesNot("提醒的通知", "没点")
		obeysTelegram(w)
	})
}

// readButton is the data of a card's 已阅; its text changes.
func readButton(card emulator.Message) string {
	row := card.Buttons[len(card.Buttons)-1]
	return row[len(row)-1].Data
}

// find is the newest message of a chat with some words, and a button of a name.
func (w *World) find(chat int64, words string, buttons ...string) (out emulator.Message) {
	w.TB.Helper()
	settles()
	for _, m := range w.Telegram.Messages(chat) {
		ok := m.Bot && strings.Contains(m.Text, words)
		for _, b := range buttons {
			ok = ok && hasButton(m, b)
		}
		if ok {
			out = m
		}
	}
	if out.ID == 0 {
		w.TB.Fatalf("no message with %q and %q:\n%s\nlog:\n%s", words, buttons, w.Person(chat).Chat(), w.Log)
	}
	return out
}
