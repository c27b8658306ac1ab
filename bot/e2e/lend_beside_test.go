package e2e

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// This file tells how a lent reading and the doings of its person go beside each
// other.

// slowNotices holds back what the school answers to the next lists of notices.
func (l *lent) slowNotices(times int) {
	l.TB.Helper()
	err := l.school.AddFault(campus.Fault{Kind: campus.FaultStall, Path: "ysgg_query", Times: times, Delay: 15 * time.Second})
	if err != nil {
		l.TB.Fatal(err)
	}
}

// reachesReading lets time pass until a list of notices is being asked for.
func (l *lent) reachesReading() {
	l.TB.Helper()
	l.slowNotices(1)
	was := l.school.Politeness().Requests
	for range 3600 {
		time.Sleep(time.Second)
		synctest.Wait()
		if l.school.Politeness().Requests > was {
			return
		}
	}
	l.TB.Fatal("nothing was asked for within an hour")
}

// TestLendBeside: whatever the person does while his login is read with comes
// first and goes well. The reading is made good soon.
func TestLendBeside(t *testing.T) {
	for name, tc := range map[string]struct {
		does  func(*lent, *Person)
		after bool // it goes on
	}{
		"grades": {after: true, does: func(_ *lent, p *Person) {
			p.Says("/grades")
			p.Sees("张三的成绩")
		}},
		"the own notices": {after: true, does: func(_ *lent, p *Person) {
			p.Taps("看通知")
			p.Sees("📢", "1.")
		}},
		"help": {after: true, does: func(_ *lent, p *Person) {
			p.Says("/help")
			p.Sees("我能做什么")
		}},
		"a button of before": {does: func(_ *lent, p *Person) {
			p.Taps("确定删除")
			p.Sees("已经全部删除")
		}},
		"logout": {does: func(_ *lent, p *Person) {
			p.Says("/logout")
			p.Sees("👋")
		}},
		"taken back": {does: func(_ *lent, p *Person) {
			p.Taps("🔒 收回")
			p.Sees("收回了")
		}},
		"the school changes the cookies": {after: true, does: func(l *lent, p *Person) {
			l.school.RotateCookies("")
			time.Sleep(time.Minute)
			p.Says("/grades")
			p.Sees("张三的成绩")
			l.school.RotateCookies("")
			p.Says("/grades")
			p.Sees("张三的成绩")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T) {
				l := lending(t)
				owner := l.Person(ZhangSan)
				owner.LogsIn(Number, Password)
				l.lends(ZhangSan, Class)
				owner.Says("/privacy")
				owner.Taps("全部删除")
				owner.Sees("确定要删除")
				l.pass(2 * time.Hour)
				l.announces("同时发的通知")
				l.reachesReading()
				tc.does(l, owner)
				l.pass(2 * time.Hour)
				l.want(Class, "同时发的通知", map[bool]int{true: 1}[tc.after])
				l.want(ZhangSan, askedAgain, 0)
				l.want(ZhangSan, "请发密码", 0)
				if n := posts(l.World); n != 1 {
					t.Errorf("the school was sent %d passwords", n)
				}
				obeysTelegram(l.World)
			})
		})
	}
}

// TestLendNotDuringLogin: while the person logs in, or is asked to, nothing is
// read, and nobody is told of a pause that ends at once.
func TestLendNotDuringLogin(t *testing.T) {
	story(t, func(t *testing.T) {
		l := lending(t)
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.pass(2 * time.Hour)
		l.announces("登录的时候发的通知")
		l.school.Expire("")
		owner.Says("/grades")
		owner.Sees("请发密码")
		l.school.ClearLog()
		time.Sleep(25 * time.Minute)
		if n := requests(l.World); n != 0 {
			t.Errorf("the school was asked %d times", n)
		}
		owner.Says(Password)
		owner.SolvesCaptcha()
		owner.Sees("张三的成绩")
		l.pass(time.Hour)
		l.want(Class, "登录的时候发的通知", 1)
		l.want(Class, paused, 0)
		l.want(Class, resumed, 0)
		l.want(ZhangSan, askedAgain, 0)
	})
}

// TestLendIsNoUse: what is read for groups does not keep a login. A day after its
// person last used it, it is wiped, and he is asked.
func TestLendIsNoUse(t *testing.T) {
	withRestarts(t, func(t *testing.T, l *lent) {
		l.Limits.Idle = 24 * time.Hour
		l.Stop()
		l.Start()
		owner := l.Person(ZhangSan)
		owner.LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.pass(23 * time.Hour)
		if l.reads() < 15 || stored(owner).Login == nil {
			t.Fatalf("read %d times, %s", l.reads(), owner.Chat())
		}
		l.want(ZhangSan, askedAgain, 0)
		l.pass(3 * time.Hour)
		if stored(owner).Login != nil {
			t.Error("the login is kept")
		}
		l.want(ZhangSan, askedAgain, 1)
		l.want(Class, paused, 1)
		l.down(29 * 24 * time.Hour)
		l.want(ZhangSan, askedAgain, 1)
		l.want(Class, ended, 0)
		l.down(2 * 24 * time.Hour)
		l.want(Class, ended, 1)
		if left := keys(l.World, "b/lent/"); len(left) != 0 {
			t.Errorf("left in the database: %q", left)
		}
	})
}

// TestLendTroubles: a school that is down, changed or guarded is asked less and
// less, and that costs nobody his login; when it is back it goes on.
func TestLendTroubles(t *testing.T) {
	for _, kind := range []campus.FaultKind{campus.FaultGateway, campus.FaultWAF, campus.FaultRedesign, campus.FaultReset} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T) {
				l := lending(t)
				owner := l.Person(ZhangSan)
				owner.LogsIn(Number, Password)
				l.lends(ZhangSan, Class)
				l.pass(2 * time.Hour)
				fails(owner, kind, "")
				l.announces("学校出毛病时发的通知")
				l.school.ClearLog()
				l.pass(24 * time.Hour)
				if n := l.reads(); n > 12 || n == 0 {
					t.Errorf("a school in trouble was asked %d times", n)
				}
				l.school.ClearFaults()
				l.pass(24 * time.Hour)
				l.want(Class, "学校出毛病时发的通知", 1)
				l.want(ZhangSan, askedAgain, 0)
				l.want(Class, paused, 0)
			})
		})
	}
}

// TestLendPersonal: a notice that names people by number comes without its text.
func TestLendPersonal(t *testing.T) {
	story(t, func(t *testing.T) {
		l := lending(t)
		l.Person(ZhangSan).LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.pass(2 * time.Hour)
		l.announces("关于公布奖学金名单的通知")
		l.school.ChangeNotices(func(all []campus.Notice) []campus.Notice {
			all[0].Body = "<p>2020000007 王五 一等，截止时间：2026年12月1日，地点：行政楼302</p>"
			all[0].Files = []campus.File{{Name: "王五.xls", Path: "/ewebeditor/x.xls", Data: []byte("x")}}
			return all
		})
		l.pass(time.Hour)
		card := l.find(Class, "关于公布奖学金名单的通知")
		if strings.Contains(card.Text, "王五") || strings.Contains(card.Text, "302") || !strings.Contains(card.Text, "个人信息") {
			t.Errorf("the card is\n%s", card.Text)
		}
		for _, row := range rows(l.World) {
			if strings.Contains(string(row.Value), "王五") {
				t.Errorf("%s keeps a name", row.Key)
			}
		}
	})
}

// TestLendHidesFromOthers: what was read for a group is not to be found by those
// who have nothing to do with it: neither in lists nor by a search, nor by data of
// buttons that somebody made up.
func TestLendHidesFromOthers(t *testing.T) {
	story(t, func(t *testing.T) {
		l := lending(t)
		l.Person(ZhangSan).LogsIn(Number, Password)
		l.lends(ZhangSan, Class)
		l.pass(2 * time.Hour)
		l.announces("只在教务系统里的通知")
		l.pass(time.Hour)
		card := l.find(Class, "只在教务系统里的通知")
		key := strings.TrimPrefix(dataOf(card, "已阅"), "b:k:")

		other := l.Person(LiSi)
		other.Says("/notices")
		other.Sees("通知")
		other.seesNot("内部通知")
		other.Says("/notices 只在教务系统里")
		other.Sees("没有找到")
		other.Says("/subscribe 东湖示范大学")
		menu := other.Sees("点一下就订上")
		for _, data := range []string{
			"b:bl:1:@donghu", "b:bm:1:1:@donghu", "b:sub:@donghu:1:1", "b:bd:" + key + ":-:1:1", "b:f:" + key,
			"b:in:donghu:1:1", "b:in:donghu:1:0", "b:ly:-1:0:donghu", "b:ly:x", "b:lc:" + key, "b:lx:-1:0", "b:lx::", "b:ll",
		} {
			other.acts()
			tap, err := l.Telegram.Forge(LiSi, LiSi, menu.ID, data)
			if err != nil {
				t.Fatal(err)
			}
			other.toast(tap)
			other.seesNot("只在教务系统里的通知", "请按时办理", "附件")
		}
		for _, link := range []string{"l_", "l_x", "l_0_0_donghu", "l_-1_0_donghu", "l_-1_0_nowhere"} {
			other.Says("/start " + link)
			settles()
		}
		obeysTelegram(l.World)
		if left := keys(l.World, "b/sub/@"); len(left) != 1 {
			t.Errorf("subscriptions are %q", left)
		}
		l.want(Another, "内部通知", 0)
		l.want(LiSi, "请按时办理", 0)
	})
}

// dataOf is the data of a button.
func dataOf(m emulator.Message, name string) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == name {
				return b.Data
			}
		}
	}
	return ""
}

// TestLendSystems: the notices of each system that has any reach a group, whether
// its sessions are in cookies or in addresses.
func TestLendSystems(t *testing.T) {
	for name, change := range map[string]func(*campus.Profile){
		"jwglxt":    func(p *campus.Profile) { p.System = campus.Jwglxt{} },
		"zhengfang": func(p *campus.Profile) { p.System, p.Charset = campus.Zhengfang{}, campus.GBK },
		"zhengfang without cookies": func(p *campus.Profile) {
			p.System, p.Charset = campus.Zhengfang{Cookieless: campus.CookielessS}, campus.GBK
		},
		"qiangzhi, notices at its home": func(p *campus.Profile) { p.System = campus.Qiangzhi{Columns: 21, Widgets: true} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, func(t *testing.T) {
				l := lending(t, func(o *Options) { change(&o.Profiles[0]) })
				l.Person(ZhangSan).LogsIn(Number, Password)
				l.lends(ZhangSan, Class)
				l.pass(2 * time.Hour)
				l.announces("各种系统都有的新通知")
				l.pass(time.Hour)
				l.want(Class, "📢 各种系统都有的新通知", 1)
				l.want(Class, "早先", 0)
				l.pass(26 * time.Hour)
				l.want(Class, "📢", 1)
				for _, row := range rows(l.World) {
					if strings.HasPrefix(row.Key, "b/notice/") && strings.Contains(string(row.Value), "donghu.school.test") {
						t.Errorf("%s keeps an address behind the login: %s", row.Key, row.Value)
					}
				}
				obeysTelegram(l.World)
			})
		})
	}
}
