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

// down lets time pass while the program is not running, which is quickly told.
func (l *lent) down(d time.Duration) {
	settles()
	l.Stop()
	time.Sleep(d)
	l.Start()
	time.Sleep(2 * time.Minute)
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

// TestLendEnds: each way in which a lending ends stops the reading at once and for
// good, and the group is told that its notices end.
func TestLendEnds(t *testing.T) {
	for name, tc := range map[string]struct {
		end    func(*lent, *Person)
		told   string // to who lent
		stands bool   // the login
		quiet  bool   // the group sees it in the menu
	}{
		"logout": {end: func(_ *lent, owner *Person) {
			owner.Says("/logout")
			owner.Sees("👋")
		}},
		"logout of a session that is over": {end: func(l *lent, owner *Person) {
			l.school.Expire("")
			l.pass(time.Hour)
			owner.Says("/logout")
			owner.Sees("没有登录")
		}},
		"erased": {end: func(_ *lent, owner *Person) {
			owner.Says("/privacy")
			owner.Sees("你把登录借给 1 个群读通知")
			owner.Taps("全部删除")
			owner.Taps("确定删除")
			owner.Sees("已经全部删除")
		}},
		"taken back": {stands: true, end: func(_ *lent, owner *Person) {
			owner.Taps("🔒 收回")
			owner.Sees("收回了")
		}},
		"taken back from the list": {stands: true, end: func(_ *lent, owner *Person) {
			owner.Says("/subscriptions")
			owner.Taps("🔓 我借出的登录")
			owner.Sees("借给了 1 个群")
			owner.Taps("🔒 收回 · 计科班")
			owner.Sees("收回了", "没有把登录借给任何群")
		}},
		"stopped by an administrator": {stands: true, quiet: true, told: "群管理员停掉了", end: func(l *lent, _ *Person) {
			l.Telegram.SetAdmin(Class, LiSi, true)
			other := l.inClass(LiSi)
			other.says("/unsubscribe")
			menu := other.Sees("点一下退订")
			other.taps(menu, "🗑 东湖示范大学 教务系统内部通知")
			other.Sees("李四 退订了")
		}},
		"switched off in the menu": {stands: true, quiet: true, told: "群管理员停掉了", end: func(l *lent, _ *Person) {
			g := l.inClass(ZhangSan)
			g.says("/subscribe 东湖示范大学")
			menu := g.Sees("点一下就订上")
			g.taps(menu, "✅ 🔒 教务系统内部通知")
			if got := buttonsOf(g.last()); !slices.Contains(got, "🔒 教务系统内部通知") {
				l.TB.Errorf("the menu shows %q", got)
			}
		}},
		"administrator no more": {stands: true, told: "你不再是那个群的管理员", end: func(l *lent, _ *Person) {
			l.Telegram.SetAdmin(Class, LiSi, true)
			l.Telegram.SetAdmin(Class, ZhangSan, false)
			l.pass(time.Hour)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			withRestarts(t, func(t *testing.T, l *lent) {
				owner := l.Person(ZhangSan)
				owner.LogsIn(Number, Password)
				l.lends(ZhangSan, Class)
				l.pass(2 * time.Hour)
				tc.end(l, owner)
				l.pass(2 * time.Minute)
				if stands := stored(owner).Login != nil; stands != tc.stands {
					t.Errorf("the login stands = %v, want %v", stands, tc.stands)
				}
				l.school.ClearLog()
				l.announces("结束以后才发的通知")
				l.pass(30 * time.Hour)
				if n := requests(l.World); n != 0 {
					t.Errorf("the school was asked %d times", n)
				}
				l.want(Class, "结束以后", 0)
				if want := map[bool]int{true: 0, false: 1}[tc.quiet]; l.shown(Class, ended) != want {
					t.Errorf("the group was told %d times:\n%s", l.shown(Class, ended), l.Person(Class).Chat())
				}
				if tc.told != "" {
					l.want(ZhangSan, tc.told, 1)
				}
				for _, prefix := range []string{"b/lent/", "b/lender/", "b/sub/@"} {
					if left := keys(l.World, prefix); len(left) != 0 {
						t.Errorf("left in the database: %q", left)
					}
				}
			})
		})
	}
}

// TestLendTwoGroups: who lends to two groups is read with once for both, and what
// ends for one goes on for the other. A third group gets nothing.
func TestLendTwoGroups(t *testing.T) {
	withRestarts(t, func(t *testing.T, l *lent) {
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.lends(ZhangSan, Course)
		l.pass(2 * time.Hour)
		l.school.ClearLog()
		l.announces("两个群都要看的通知")
		l.pass(time.Hour)
		for _, group := range []int64{Class, Course} {
			l.want(group, "两个群都要看的通知", 1)
		}
		owner.Says("/subscriptions")
		owner.Taps("🔓 我借出的登录")
		owner.Taps("🔒 收回 · 计科班")
		owner.Sees("收回了", "借给了 1 个群")
		settles()
		l.announces("只剩一个群要看的通知")
		l.pass(23 * time.Hour)
		l.want(Class, "只剩一个群", 0)
		l.want(Course, "只剩一个群", 1)
		l.want(Another, "要看的通知", 0)
		l.noGrades()
		l.politely(40)
	})
}

// TestLendNext: of two who lend one is read with. When that one leaves, the other
// steps in, and the groups notice nothing.
func TestLendNext(t *testing.T) {
	for _, how := range []string{"logs out", "expires"} {
		t.Run(how, func(t *testing.T) {
			withRestarts(t, func(t *testing.T, l *lent) {
				l.Telegram.SetAdmin(Class, LiSi, true)
				first, second := l.Person(ZhangSan), l.Person(LiSi)
				first.LogsIn(Number, Password)
				second.LogsIn("2020000002", "Second#Pass-2")
				l.lends(ZhangSan, Class)
				l.lends(LiSi, Another)
				class := l.inClass(LiSi)
				class.says("/subscriptions")
				menu := class.Sees("订了 1 个栏目")
				class.taps(menu, "⚙️ 东湖示范大学 教务系统内部通知")
				second.opensLink(class.taps(menu, "🔓 也借我的登录"))
				second.Sees("计科班", "只读通知")
				second.Taps("同意，只借来读通知")
				second.Sees("借给群“计科班”")
				l.pass(2 * time.Hour)
				l.school.ClearLog()
				l.pass(2 * time.Hour)
				if got := accounts(l); !slices.Equal(got, []string{Number}) {
					t.Errorf("the school was asked with the logins of %q", got)
				}
				if how == "logs out" {
					first.Says("/logout")
					first.Sees("👋")
				} else {
					l.school.Expire(Number)
				}
				l.pass(time.Minute)
				l.school.ClearLog()
				l.announces("换了人读到的通知")
				l.pass(2 * time.Hour)
				for _, group := range []int64{Class, Another} {
					l.want(group, "换了人读到的通知", 1)
					l.want(group, paused, 0)
					l.want(group, ended, 0)
				}
				if got := accounts(l); !slices.Contains(got, "2020000002") {
					t.Errorf("the school was asked with the logins of %q", got)
				}
			})
		})
	}
}

// accounts are those with whose logins notices were read since the log was cleared.
func accounts(l *lent) (out []string) {
	synctest.Wait()
	for _, e := range l.school.Log() {
		if e.Account != "" && strings.Contains(e.Path, "/ggly/") && !slices.Contains(out, e.Account) {
			out = append(out, e.Account)
		}
	}
	return out
}

// TestLendGroupLeaves: a group that has thrown the bot out costs nobody's login
// anything. If it lets the bot in again within 30 days it goes on from there,
// otherwise the lending has ended.
func TestLendGroupLeaves(t *testing.T) {
	for days, kept := range map[int]bool{3: true, 31: false} {
		t.Run(fmt.Sprintf("for %d days", days), func(t *testing.T) {
			withRestarts(t, func(t *testing.T, l *lent) {
				l.Person(ZhangSan).LogsIn(Number, Password)
				l.lends(ZhangSan, Class)
				l.pass(2 * time.Hour)
				l.Telegram.SetBot(ZhangSan, Class, "kicked")
				l.pass(time.Minute)
				l.school.ClearLog()
				l.announces("没有人在的时候发的通知")
				l.pass(2 * 24 * time.Hour)
				l.down(time.Duration(days-2) * 24 * time.Hour)
				if n := requests(l.World); n != 0 {
					t.Errorf("the school was asked %d times", n)
				}
				l.Telegram.SetBot(ZhangSan, Class, "member")
				l.pass(2 * time.Hour)
				l.announces("回来以后发的通知")
				l.pass(2 * time.Hour)
				l.want(Class, "回来以后发的通知", map[bool]int{true: 1}[kept])
				l.want(Class, paused, 0)
				if left := len(keys(l.World, "b/lent/")); (left == 1) != kept {
					t.Errorf("%d lendings are left", left)
				}
			})
		})
	}
}

// TestLendMoves: a lending goes with the group that becomes a supergroup, and can
// be ended there.
func TestLendMoves(t *testing.T) {
	const old, supergroup = int64(-77), int64(Class - 9)
	story(t, func(t *testing.T) {
		l := lending(t, func(o *Options) {
			o.People.Groups = append(o.People.Groups, emulator.Group{ID: old, Title: "小班", Members: []int64{LiSi}, Admins: []int64{ZhangSan}})
		})
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.lends(ZhangSan, old)
		l.pass(time.Hour)
		if err := l.Telegram.Migrate(old, supergroup); err != nil {
			t.Fatal(err)
		}
		l.announces("搬家以后发的通知")
		l.pass(2 * time.Hour)
		l.want(supergroup, "搬家以后发的通知", 1)
		owner.Taps("🔒 收回")
		owner.Sees("收回了")
		settles()
		l.want(supergroup, ended, 1)
		l.announces("收回以后发的通知")
		l.pass(24 * time.Hour)
		l.want(supergroup, "收回以后", 0)
		obeysTelegram(l.World)
	})
}
