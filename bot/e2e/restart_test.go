package e2e

import (
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// restarts stops and starts the bot on the same database.
func (w *World) restarts() {
	w.TB.Helper()
	w.Stop()
	w.Start()
}

// TestRestarts: after a restart at any step the person goes on where he was.
// Only the password is asked again, because it was never written.
func TestRestarts(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("/grades")
		p.Sees("请发学号")
		p.restarts()
		p.Says(Number)
		p.Sees("请发密码")
		p.restarts()
		p.Says(Password)
		picture := p.SeesPicture(nil)
		p.restarts()
		p.Says(p.Reads(picture))
		p.Sees("刚才我重启了。密码从不保存", "请发密码")
		wantPosts(p, 0)
		p.restarts()
		p.Says(Password)
		p.Sees("张三的成绩") // with the old picture's answer, and what was asked first
		wantPosts(p, 1)

		p.restarts()
		p.Taps("下一页 ›")
		p.Sees("第 2/4 页")
		p.Says("/notices")
		p.Sees("📢")
		p.restarts()
		p.Taps("1")
		p.Sees("附件")
		p.restarts()
		p.Says("/logout")
		p.Sees("已退出")
		p.restarts()
		settles()
		if got := p.screen()[len(p.screen())-1]; got[:4] != "bot:" {
			t.Errorf("the last word is %q", got)
		}
		wantPosts(p, 1)
		p.seesNot(Password)
		obeysTelegram(p.World)
	})
}

// TestMissedUpdates: what was said while the bot was away is answered in order.
func TestMissedUpdates(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, other := w.Person(ZhangSan), w.Person(LiSi)
		p.LogsIn(Number, Password)
		w.Stop()
		p.Says("/grades")
		other.Says("/help")
		time.Sleep(10 * time.Minute)
		w.Start()
		p.Sees("张三的成绩")
		other.Sees("/login")
	})
}

// stopsWhileReading ends the bot while a school is slow to tell grades; at the
// next start the school is quick.
func stopsWhileReading(p *Person) {
	p.TB.Helper()
	fails(p, campus.FaultStall, "cjcx_")
	p.Says("/grades")
	p.Sees("查成绩")
	p.Stop()
	p.School().ClearFaults()
	p.acts()
}

// TestJobsGoOn: what the school was being asked when the bot ended is asked
// again at the next start; the form of a login is not posted twice.
func TestJobsGoOn(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		stopsWhileReading(p)
		p.Start()
		p.Sees("张三的成绩")

		p.Says("/logout")
		p.Sees("已退出")
		p.reachesPicture(Number, Password)
		picture := p.SeesPicture(nil)
		fails(p, campus.FaultStall, "LoginToXk")
		p.Says(p.Reads(picture))
		p.Sees("正在登录")
		p.Stop()
		p.School().ClearFaults()
		p.acts()
		p.Start()
		p.Sees("请发密码")
		wantPosts(p, 2) // one for each login: the second was under way
		settles()
		wantPosts(p, 2)
	})
}

// TestGracefulStop: with a school that does not answer the bot still ends
// within 10 seconds, and nothing is lost.
func TestGracefulStop(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		fails(p, campus.FaultStall, "cjcx_")
		p.Says("/grades")
		p.Sees("查成绩")
		began := time.Now()
		p.Stop()
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if got, want := len(keys(p.World, "job/")), 1; got != want {
			t.Errorf("%d jobs are stored, want %d", got, want)
		}
		p.Says("/help") // said to nobody
		p.School().ClearFaults()
		p.Start()
		p.Sees("张三的成绩")
		p.Sees("我能做什么")
	})
}

// TestAnswersWhileStopping: a school that answers within the grace is not asked again.
func TestAnswersWhileStopping(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		if err := p.School().AddFault(campus.Fault{Kind: campus.FaultStall, Path: "cjcx_", Times: 1, Delay: 3 * time.Second}); err != nil {
			t.Fatal(err)
		}
		p.Says("/grades")
		p.Sees("查成绩")
		p.Stop()
		asked := requests(p.World)
		p.acts()
		p.Start()
		p.Sees("张三的成绩")
		if got := requests(p.World); got != asked {
			t.Errorf("the school was asked %d times more", got-asked)
		}
	})
}
