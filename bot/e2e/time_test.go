package e2e

import (
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// longLived is a school that itself never ends a session.
func longLived() Options {
	return plain(func(p *campus.Profile) { p.Idle = 100 * 24 * time.Hour })
}

// TestCaptchaAges: an old picture is replaced before its answer is used.
func TestCaptchaAges(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		picture := p.reachesPicture(Number, Password)
		time.Sleep(5*time.Minute + time.Second)
		p.Says(p.Reads(picture))
		p.Sees("已经失效", "请看下面的新图")
		next := p.SeesPicture(picture.Photo)
		wantPosts(p, 0)
		p.Says(p.Reads(next)) // the password has aged as well
		p.Sees("你的密码我只保留 5 分钟", "请发密码")
		p.Says(Password)
		p.Sees("✅", "张三")
		wantPosts(p, 1)
		p.seesNot(Password)
	})
}

// TestPasswordAges: a person who draws new pictures for minutes keeps the
// login but not the password.
func TestPasswordAges(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.reachesPicture(Number, Password)
		for range 2 {
			time.Sleep(150 * time.Second)
			old := p.SeesPicture(nil)
			p.Taps("换一张")
			p.SeesPicture(old.Photo)
		}
		p.SolvesCaptcha()
		p.Sees("你的密码我只保留 5 分钟", "请发密码")
		wantPosts(p, 0)
		p.Says(Password)
		p.Sees("✅", "张三")
		wantPosts(p, 1)
	})
}

// TestLeftAlone: half a login is given up after half an hour, and its cookies
// with it.
func TestLeftAlone(t *testing.T) {
	for _, tc := range []struct {
		name  string
		reach func(*Person)
	}{
		{"account", func(p *Person) { p.Says("/login"); p.Sees("请发学号") }},
		{"password", func(p *Person) { p.reachesPassword(Number) }},
		{"picture", func(p *Person) { p.reachesPicture(Number, Password) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := New(t, Options{}).Person(ZhangSan)
				tc.reach(p)
				p.acts()
				time.Sleep(31 * time.Minute)
				p.Sees("登录放了太久没有继续")
				if n := len(p.pictures()); n != 0 {
					t.Errorf("%d pictures are left in the chat", n)
				}
				if s := stored(p); s.Form != nil {
					t.Error("the form's cookies are still stored")
				}
				p.Taps("登录")
				p.Sees("请发")
			})
		})
	}
}

// TestUnusedSession: a day without use ends a session. The sweep wipes it by
// itself, and the person is told when he next asks.
func TestUnusedSession(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, longLived()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/grades")
		p.Sees("张三的成绩")
		time.Sleep(24*time.Hour - 2*time.Minute)
		if stored(p).Login == nil {
			t.Fatal("the session was thrown away early")
		}
		messages := len(p.Telegram.Messages(p.ID))
		time.Sleep(3 * time.Minute)
		if stored(p).Login != nil {
			t.Error("the session is still stored")
		}
		if views := keys(p.World, "view/"); len(views) != 0 {
			t.Errorf("answers are still stored: %q", views)
		}
		if got := len(p.Telegram.Messages(p.ID)); got != messages {
			t.Error("the person was disturbed")
		}
		p.Says("/grades")
		p.Sees("已经 24 小时没有用过", "登录好我就接着查成绩", "请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("张三的成绩")
	})
}

// TestUsedSession: a session used every 23 hours lives for 31 days and no longer.
// For most of them the program runs only while it is used.
func TestUsedSession(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, longLived()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		end := time.Now().Add(31 * 24 * time.Hour)
		for day := 0; time.Until(end) > 23*time.Hour; day++ {
			if day < 25 {
				p.down(23 * time.Hour)
			} else {
				time.Sleep(23 * time.Hour)
			}
			p.Says("/grades")
			p.Sees("张三的成绩")
		}
		wantPosts(p, 1)
		time.Sleep(time.Until(end) - time.Minute)
		p.Says("/grades")
		p.Sees("张三的成绩")
		time.Sleep(2 * time.Minute)
		if stored(p).Login != nil {
			t.Error("the session is still stored")
		}
		p.Says("/grades")
		p.Sees("已满 31 天", "请发密码")
		wantPosts(p, 1)
	})
}

// TestSchoolEndsSooner: what the school has ended is never trusted, whatever
// our own limits say.
func TestSchoolEndsSooner(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan) // 30 minutes at this school
		p.LogsIn(Number, Password)
		time.Sleep(time.Hour)
		p.Says("/grades")
		p.Sees("已经结束了上次的登录", "请发密码")
	})
}

// TestOldAnswers: pages of an answer can be turned for an hour; then the
// answer is gone from the database too.
func TestOldAnswers(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, longLived()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/grades")
		p.Sees("张三的成绩")
		time.Sleep(50 * time.Minute)
		p.Taps("下一页 ›")
		p.Sees("第 2/4 页")
		time.Sleep(12 * time.Minute)
		if views := keys(p.World, "view/"); len(views) != 0 {
			t.Errorf("still stored: %q", views)
		}
		p.Taps("下一页 ›")
		p.Sees("这份列表放太久")
	})
}

// TestNothingPilesUp: after a long quiet time the database holds the chat's
// row and little else.
func TestNothingPilesUp(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, longLived()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		for range 20 {
			p.Says("/grades")
			p.Sees("张三的成绩")
		}
		p.Says("/logout")
		p.Sees("已退出")
		p.attempts(Number, "wrong")
		p.Sees("没有接受")
		time.Sleep(3 * 24 * time.Hour)
		for _, row := range rows(p.World) {
			switch row.Key {
			case "chat/1001", "slot/1001", "salt/guard":
			default:
				t.Errorf("left in the database: %s", row.Key)
			}
		}
	})
}
