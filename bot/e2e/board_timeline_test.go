package e2e

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt/campus/boards"
)

// timeline is what happens to a board day after day, and what those who
// subscribe to it see of it.
type timeline struct {
	*World
	kind         boards.Kind
	board, other *boards.Board
	class, owner *Person // chats: the group subscribes to both boards, the owner to one …
	member       *Person // … and a member to the other
	since        map[*Person]int
	want         map[*Person][]string
	ids          map[string]int // of articles, by title
	restarts     bool           // at every step
}

// TestBoardTimeline goes through two weeks of a board of each kind: what is
// published comes once, what changes is changed, and what only looks new is
// not told. It is the same if the program is started again at every step.
func TestBoardTimeline(t *testing.T) {
	for _, kind := range boards.Kinds() {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s restarts=%v", kind, restarts), func(t *testing.T) {
				t.Parallel()
				story(t, func(t *testing.T) { beginTimeline(t, kind, restarts).tell() })
			})
		}
	}
}

func beginTimeline(t *testing.T, kind boards.Kind, restarts bool) *timeline {
	w := New(t, Options{Boards: []BoardOf{
		{ID: "donghu-jwc", School: "donghu", Name: "教务处通知", Kind: kind},
		{ID: "donghu-xsc", School: "donghu", Name: "学生处通知", Kind: kind},
	}})
	l := &timeline{
		World: w, kind: kind, board: w.Boards["donghu-jwc"], other: w.Boards["donghu-xsc"],
		class: w.Person(Class), owner: w.Person(ZhangSan), member: w.Person(LiSi), restarts: restarts,
		since: map[*Person]int{}, want: map[*Person][]string{}, ids: map[string]int{},
	}
	for i := range 2 * boards.Rows {
		a := boards.Article{Title: fmt.Sprintf("早先的第%d件事", i), Date: time.Now().AddDate(0, 0, i-2*boards.Rows)}
		l.ids[a.Title] = l.board.Publish(a)
		l.other.Publish(a)
	}
	time.Sleep(time.Hour)
	group := w.inClass(ZhangSan)
	group.says("/subscribe")
	menu := group.Sees("点一下就订上")
	group.taps(menu, "教务处通知")
	group.taps(menu, "学生处通知")
	l.owner.Says("/subscribe")
	l.owner.Sees("点一下就订上")
	l.owner.Taps("教务处通知")
	l.member.Says("/subscribe")
	l.member.Taps("学生处通知")
	settles()
	for _, chat := range l.chats() {
		all := w.Telegram.Messages(chat.ID)
		l.since[chat] = all[len(all)-1].ID
	}
	return l
}

func (l *timeline) chats() []*Person { return []*Person{l.class, l.owner, l.member} }

// publish puts up articles of these titles, in this order.
func (l *timeline) publish(titles ...string) {
	for _, title := range titles {
		l.ids[title] = l.board.Publish(boards.Article{Title: title, Text: "请按时办理。", Date: time.Now()})
	}
}

// day lets something happen at ten, see after.
func (l *timeline) day(what string, happens func(), hours int, news ...string) {
	l.TB.Helper()
	l.until(10)
	l.after(what, happens, hours, news...)
}

// later lets something happen at five of the same day, see after.
func (l *timeline) later(what string, happens func(), hours int, news ...string) {
	l.TB.Helper()
	l.until(17)
	l.after(what, happens, hours, news...)
}

// after lets something happen, and looks after some hours, when the office's
// subscribers must have seen just that, and at four or the next morning, when
// nothing more has come.
func (l *timeline) after(what string, happens func(), hours int, news ...string) {
	l.TB.Helper()
	happens()
	l.restart()
	time.Sleep(10 * time.Minute)
	l.restart()
	time.Sleep(time.Duration(hours) * time.Hour)
	for _, chat := range []*Person{l.class, l.owner} {
		l.want[chat] = append(l.want[chat], news...)
	}
	l.check(what)
	l.until(9, 16)
	l.check(what + ", hours later")
}

func (l *timeline) restart() {
	if l.restarts {
		l.Stop()
		l.Start()
	}
}

// until lets time pass until the next of some hours of the day in Beijing.
func (l *timeline) until(hours ...int) {
	now := time.Now().In(time.FixedZone("", 8*60*60))
	wait := 24 * time.Hour
	for _, hour := range hours {
		at := time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, now.Location())
		if !at.After(now) {
			at = at.AddDate(0, 0, 1)
		}
		wait = min(wait, at.Sub(now))
	}
	time.Sleep(wait)
}

// check compares what the chats show with what is to be seen: the first line of
// each message, with a star for each edit. A line that ends with … is the head
// of one.
func (l *timeline) check(when string) {
	l.TB.Helper()
	synctest.Wait()
	for _, chat := range l.chats() {
		var got []string
		for _, m := range l.Telegram.Messages(chat.ID) {
			if m.ID <= l.since[chat] {
				continue
			}
			line, _, _ := strings.Cut(m.Text, "\n")
			line += strings.Repeat("*", m.Edits)
			if n := len(got); n < len(l.want[chat]) {
				if head, open := strings.CutSuffix(l.want[chat][n], "…"); open && strings.HasPrefix(line, head) {
					line = head + "…"
				}
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(got, l.want[chat]); diff != "" {
			l.TB.Fatalf("%s: chat %d shows, got − want +:\n%s", when, chat.ID, diff)
		}
	}
}

// changes says that a line both chats have already becomes another one.
func (l *timeline) changes(from, to string) {
	for _, chat := range []*Person{l.class, l.owner} {
		for i, line := range l.want[chat] {
			if line == from {
				l.want[chat][i] = to
			}
		}
	}
}

func (l *timeline) tell() {
	const a, b, c = "关于期中考试安排的通知", "关于图书馆开放时间的通知", "关于重修报名的通知"
	l.day("nothing", func() {}, 3)
	l.later("one is new", func() { l.publish(a) }, 3, "📢 "+a)
	l.day("two are new", func() { l.publish(b, c) }, 3, "📢 "+b, "📢 "+c)
	l.later("three are new", func() { l.publish("第一件要紧的事情", "第二件要紧的事情", "第三件要紧的事情") }, 3, "📢 教务处通知 · 3 条新通知")
	l.changes("📢 "+c, "📢 "+c+"（更正）*")
	l.day("a title is edited", func() {
		l.board.Edit(l.ids[c], func(a *boards.Article) { a.Title += "（更正）" })
	}, 3, "✏️ 已更新："+c+"（更正）")
	l.later("one is removed", func() { l.board.Remove(l.ids[a]) }, 3)
	l.day("it is put up again", func() { l.publish(a) }, 3)
	l.want[l.member] = []string{"📢 " + b}
	l.later("one is put up by another office too", func() {
		l.other.Publish(boards.Article{Title: b, Date: time.Now()})
	}, 3)
	l.changes("📢 "+a, "📢 "+a+"*") // its new date, when the list is read again
	var pinned []string
	if l.kind == boards.Feed { // which does not mark it: an article nobody has seen is on top
		pinned = []string{"📢 早先的第3件事"}
	}
	l.day("an old one is pinned", func() { l.board.Pin(l.ids["早先的第3件事"], true) }, 3, pinned...)
	l.later("one moves to another column", func() {
		l.board.Edit(l.ids[b], func(a *boards.Article) { a.Column = 1600 })
	}, 3)
	l.day("a deadline is written into a text", func() {
		const d = "关于缓考申请的通知"
		l.publish(d)
		time.Sleep(time.Hour)
		l.board.Edit(l.ids[d], func(a *boards.Article) {
			a.Text = "截止时间：" + time.Now().AddDate(0, 0, 9).Format(time.DateOnly)
		})
	}, 9, "📢 关于缓考申请的通知*")
	l.day("a redesign for some hours", func() {
		l.publish("改版时发的通知之一")
		l.board.Become(boards.Redesigned)
		time.Sleep(3 * time.Hour)
		l.restart()
		l.check("redesigned")
		l.board.Become(boards.Open)
	}, 3, "📢 改版时发的通知之一")
	l.day("a firewall for some hours", func() {
		l.publish("防火墙后面发的通知")
		l.board.Become(boards.Blocked)
		time.Sleep(2 * time.Hour)
		l.restart()
		l.check("blocked")
		l.board.Become(boards.Open)
	}, 9, "📢 防火墙后面发的通知")
	l.day("for the campus only for some hours", func() {
		l.publish("只给校内看的时候发的通知")
		l.board.Become(boards.Intranet)
		time.Sleep(2 * time.Hour)
		l.restart()
		l.check("intranet")
		l.board.Become(boards.Open)
	}, 3, "📢 只给校内看的时候发的通知")
	l.later("emptied for some hours", func() {
		l.board.Become(boards.Emptied)
		time.Sleep(2 * time.Hour)
		l.board.Become(boards.Open)
	}, 3)
	l.night()
	l.outage()
	obeysTelegram(l.World)
}

// night is one in which something is published; nobody is woken for it.
func (l *timeline) night() {
	l.until(1)
	l.publish("半夜发的通知不吵人")
	l.restart()
	l.until(6)
	l.check("at night")
	l.day("after the night", func() {}, 1, "📢 半夜发的通知不吵人")
}

// outage is a day and more without the board. It is told once, after a day, and
// the same message says that it is over.
func (l *timeline) outage() {
	const down = "🔌 教务处通知：学校网站已经 24 小时打不开了，恢复后我会自动补发。"
	l.day("the connections break", func() { l.board.Become(boards.Outage) }, 3)
	l.day("the second day of it", func() { l.publish("断网时发的通知之一", "断网时发的通知之二") }, 8, down)
	l.changes(down, "🔌 教务处通知：学校网站又能打开了…")
	l.day("it is over", func() { l.board.Become(boards.Open) }, 9, "📢 断网时发的通知之一", "📢 断网时发的通知之二")
}
