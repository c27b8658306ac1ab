package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/campus/boards"
)

// The groups of these stories, beside the class.
const (
	Course  = Class - 1 // ZhangSan administers it as well
	Another = Class - 2 // LiSi does
)

// lent is a stage with a school whose notices stand behind its login, and who
// lends his to read them.
type lent struct {
	*World
	school   *campus.School
	restarts bool // at every step
}

// lending sets the stage at nine in the morning of a Monday.
func lending(t *testing.T, change ...func(*Options)) *lent {
	profile := PlainSchool()
	profile.Idle = 1000 * time.Hour
	profile.Notices = campus.DemoNotices()
	o := Options{
		Limits:   dialogue.Limits{Captcha: 5 * time.Minute, Idle: 1000 * time.Hour, Absolute: 2000 * time.Hour, Attempt: 30 * time.Minute},
		Profiles: []campus.Profile{profile},
		Boards:   []BoardOf{{ID: "donghu-jwc", School: "donghu", Name: "教务处通知", Kind: boards.VSB}},
	}
	o.People.People = []emulator.Person{
		{ID: ZhangSan, Name: "张三", Language: "zh-hans"}, {ID: LiSi, Name: "李四", Language: "zh-hans"},
	}
	o.People.Groups = []emulator.Group{
		{ID: Class, Title: "计科班", Members: []int64{LiSi}, Admins: []int64{ZhangSan}},
		{ID: Course, Title: "高数课", Members: []int64{LiSi}, Admins: []int64{ZhangSan}},
		{ID: Another, Title: "邻班", Members: []int64{ZhangSan}, Admins: []int64{LiSi}},
	}
	for _, c := range change {
		c(&o)
	}
	time.Sleep(time.Until(time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("", 8*60*60))))
	w := New(t, o)
	w.publishes("donghu-jwc", "公开栏目里早先的一条通知")
	return &lent{World: w, school: w.School()}
}

// withRestarts tells a story twice: the program starts again at every step, or not.
func withRestarts(t *testing.T, tell func(t *testing.T, l *lent)) {
	for _, restarts := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarts=%v", restarts), func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T) {
				l := lending(t)
				l.restarts = restarts
				tell(t, l)
				obeysTelegram(l.World)
			})
		})
	}
}

// pass lets time pass, with a restart before and after where the story wants it.
func (l *lent) pass(d time.Duration) {
	l.restart()
	time.Sleep(d)
	synctest.Wait()
	l.restart()
	settles()
}

func (l *lent) restart() {
	if l.restarts {
		settles()
		l.Stop()
		l.Start()
	}
}

// asks goes as far as the question whether somebody lends his login to a group.
func (l *lent) asks(who int64, group int64) (private *Person) {
	l.TB.Helper()
	settles()
	g := in{l.Person(group), who}
	g.acts()
	if _, err := l.Telegram.SendText(who, group, "/subscribe 东湖示范大学"); err != nil {
		l.TB.Fatal(err)
	}
	menu := g.Sees("点一下就订上")
	private = l.Person(who)
	private.opensLink(g.taps(menu, "🔒 教务系统内部通知"))
	return private
}

// lends has somebody who is logged in lend his login to a group.
func (l *lent) lends(who int64, group int64) *Person {
	l.TB.Helper()
	private := l.asks(who, group)
	private.Sees("把你的登录借给群用")
	private.Taps("同意，只借来读通知")
	private.Sees("只读通知", "收回")
	settles()
	return private
}

// announces puts notices on top of the school's list.
func (l *lent) announces(titles ...string) {
	l.school.ChangeNotices(func(all []campus.Notice) []campus.Notice {
		for _, title := range titles {
			n := campus.Notice{Notice: jwxt.Notice{
				ID: fmt.Sprintf("N%07d", len(all)), Title: title, Category: "学生类别", Sender: "李老师",
				Published: time.Now().In(time.FixedZone("", 8*60*60)).Format(time.DateTime),
			}, Body: "<p>请按时办理。</p>"}
			all = append([]campus.Notice{n}, all...)
		}
		return all
	})
}

// reads counts the requests of a list of notices since the log was cleared.
func (l *lent) reads() (n int) {
	synctest.Wait()
	for _, e := range l.school.Log() {
		if strings.HasSuffix(e.Path, "/ysgg_query") {
			n++
		}
	}
	return n
}

// noGrades fails if anything but notices was asked for since the log was cleared.
func (l *lent) noGrades() {
	l.TB.Helper()
	synctest.Wait()
	for _, e := range l.school.Log() {
		if !strings.Contains(e.Path, "/ggly/") {
			l.TB.Errorf("%s %s was requested of the school", e.Method, e.Path)
		}
	}
}

// shown counts how often a text is in the messages of a chat.
func (l *lent) shown(chat int64, text string) (n int) {
	synctest.Wait()
	for _, m := range l.Telegram.Messages(chat) {
		n += strings.Count(m.Text, text)
	}
	return n
}

// want fails unless a chat shows a text so many times.
func (l *lent) want(chat int64, text string, times int) {
	l.TB.Helper()
	if got := l.shown(chat, text); got != times {
		l.TB.Fatalf("%s: chat %d shows %q %d times, want %d:\n%s", time.Now().Format(time.DateTime), chat, text, got, times, l.Person(chat).Chat())
	}
}

const (
	begun, ended    = "订好了 东湖示范大学 教务系统里的通知", "现在没有管理员借登录给这里读通知"
	paused, resumed = "内部通知 暂停了", "内部通知 恢复了"
	askedAgain      = "你借给群用来读通知的登录失效了"
)

// TestLend: an administrator who is logged in is told what he would lend, and
// agrees. What the school then publishes reaches the group and nobody else; what
// was there before does not. The group learns of no name, the school is asked for
// notices only, never by night, and seldom by day.
func TestLend(t *testing.T) {
	withRestarts(t, func(t *testing.T, l *lent) {
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.asks(ZhangSan, Class)
		owner.Sees("计科班", "东湖示范大学", "只读通知", "不会用它查成绩", "随时可以收回", "/logout")
		l.want(Class, begun, 0)
		owner.Taps("同意，只借来读通知")
		owner.Sees("借给群“计科班”")
		settles()
		l.want(Class, "管理员 "+begun, 1)
		l.pass(2 * time.Hour)
		l.school.ClearLog()
		before := len(l.Telegram.Messages(Class))

		l.announces("关于期中考试安排的通知")
		l.pass(time.Hour)
		l.want(Class, "📢 关于期中考试安排的通知", 1)
		card := l.find(Class, "关于期中考试安排的通知")
		if text := card.Text; !strings.Contains(text, "登录教务系统，在“通知公告”里看全文") || strings.Contains(text, "李老师") {
			t.Errorf("the card is\n%s", text)
		}
		if got := buttonsOf(card); slices.Contains(got, "打开原文") || !slices.Contains(got, "已阅") {
			t.Errorf("the card's buttons are %q", got)
		}
		l.school.ChangeNotices(func(all []campus.Notice) []campus.Notice {
			all[0].Title += "（更正）"
			return all
		})
		l.pass(8 * time.Hour)
		l.want(Class, "📢 关于期中考试安排的通知（更正）", 1)
		l.want(Class, "✏️ 已更新：关于期中考试安排的通知（更正）", 1)
		l.pass(20 * time.Hour)
		if got := len(l.Telegram.Messages(Class)); got != before+2 {
			t.Errorf("the class was sent %d messages, want 2:\n%s", got-before, l.Person(Class).Chat())
		}
		for _, name := range []string{"张三", Number} {
			for _, m := range l.Telegram.Messages(Class) {
				if m.Bot && strings.Contains(m.Text, name) {
					t.Errorf("the class is told of %s: %s", name, m.Text)
				}
			}
		}
		for _, chat := range []int64{Course, Another, LiSi, ZhangSan} {
			l.want(chat, "期中考试", 0)
		}
		l.noGrades()
		l.politely(40)
	})
}

// politely fails unless the lists since the log was cleared were asked for at most
// so often, none of them by night and no two within half an hour.
func (l *lent) politely(most int) {
	l.TB.Helper()
	if got := l.reads(); got > most || got == 0 {
		l.TB.Errorf("the list was asked for %d times, want at most %d", got, most)
	}
	var last time.Time
	for _, e := range l.school.Log() {
		at := e.Time.In(time.FixedZone("", 8*60*60))
		if hour := at.Hour(); hour < 6 {
			l.TB.Errorf("the school was asked at %s", at.Format(time.TimeOnly))
		}
		if strings.HasSuffix(e.Path, "/ysgg_query") {
			if !l.restarts && at.Sub(last) < 30*time.Minute {
				l.TB.Errorf("the school was asked %v after the last time", at.Sub(last))
			}
			last = at
		}
	}
}

// TestLendAsksForTheLogin: who is not logged in is asked to, and for consent only
// then. Who does not administer the group is not asked at all.
func TestLendAsksForTheLogin(t *testing.T) {
	withRestarts(t, func(t *testing.T, l *lent) {
		owner := l.asks(ZhangSan, Class)
		owner.Sees("你现在没有登录", "计科班")
		owner.Taps("登录")
		owner.Sees("请发学号")
		owner.Says(Number)
		owner.Sees("请发密码")
		owner.Says(Password)
		owner.SolvesCaptcha()
		owner.Sees("✅")
		owner.Taps("登录好了")
		owner.Sees("把你的登录借给群用")
		owner.Taps("不借")
		owner.Sees("不借")
		l.pass(time.Minute)

		link := ""
		for _, c := range l.Telegram.Calls("answerCallbackQuery") {
			if strings.Contains(c.Params["url"], "start=l_") {
				link = c.Params["url"]
			}
		}
		member := l.Person(LiSi)
		member.LogsIn("2020000002", "Second#Pass-2")
		member.acts()
		if _, err := l.Telegram.Open(LiSi, link); err != nil {
			t.Fatal(err)
		}
		member.Sees("只有那个群的管理员")
		l.pass(3 * time.Hour)
		l.want(Class, begun, 0)
		if n := len(keys(l.World, "b/lent/")) + l.reads(); n != 0 {
			t.Error("something was lent")
		}
	})
}

// TestLendExpires: the session ends. Who lends is asked once, in private; the
// group is told of a pause and no more. After the next login it goes on: a few
// that came meanwhile in full, many as one message, none twice.
func TestLendExpires(t *testing.T) {
	withRestarts(t, func(t *testing.T, l *lent) {
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.pass(2 * time.Hour)
		for round, titles := range [][]string{
			{"停着时发的第一条通知", "停着时发的第二条通知"},
			{"积压的通知之一", "积压的通知之二", "积压的通知之三", "积压的通知之四", "积压的通知之五", "积压的通知之六"},
		} {
			l.school.Expire("")
			l.pass(2 * time.Hour)
			l.want(ZhangSan, askedAgain, round+1)
			l.want(Class, paused, 1)
			l.Telegram.SendText(ZhangSan, Class, "/subscriptions")
			settles()
			l.want(Class, "⏸ 2026-11-", round+1)
			l.announces(titles...)
			l.school.ClearLog()
			l.pass(26 * time.Hour)
			if n := requests(l.World); n != 0 {
				t.Errorf("the school was asked %d times without a login", n)
			}
			l.want(ZhangSan, askedAgain, round+1)
			l.want(Class, paused, 1)
			before := len(l.Telegram.Messages(Class))
			owner.Taps("登录")
			owner.Sees("请发密码")
			owner.Says(Password)
			owner.SolvesCaptcha()
			owner.Sees("✅")
			l.pass(time.Until(nextNoon()))
			l.want(Class, paused, 0)
			l.want(Class, resumed, round+1)
			for _, title := range titles {
				l.want(Class, title, 1)
			}
			sent := len(l.Telegram.Messages(Class)) - before
			if want := []int{2, 1}[round]; sent != want {
				t.Errorf("%d messages brought what had come meanwhile, want %d:\n%s", sent, want, l.Person(Class).Chat())
			}
		}
		l.want(Class, "早先", 0)
	})
}

// nextNoon is noon in Beijing, some hours from now at least.
func nextNoon() time.Time {
	now := time.Now().In(time.FixedZone("", 8*60*60)).Add(3 * time.Hour)
	at := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location())
	if at.Before(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}
