package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
)

// This file tells how lendings end, and who lends to whom.

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
