package e2e

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestPrivacy tells what is stored before and during a login, and erases it.
func TestPrivacy(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("/privacy")
		p.Sees("你现在没有登录，没有学号、姓名和登录凭证", "从来不存", "密码")
		p.LogsIn(Number, Password)
		p.Says("/grades")
		p.Sees("张三的成绩")
		p.Says("/privacy")
		p.Sees("东湖示范大学", Number, "张三", "不再使用的话，2000-01-02 08:00 删除", "最晚 2000-02-01 08:00 删除", "上次查到的成绩")
		p.Taps("全部删除")
		p.Sees("确定要删除")
		p.Taps("先不删")
		p.Sees("我存了你的什么", Number)
		p.Taps("全部删除")
		p.Sees("确定要删除")
		p.Taps("确定删除")
		p.Sees("已经全部删除")
		settles()
		if left := keys(p.World, "1001"); len(left) != 0 {
			t.Errorf("left in the database: %q", left)
		}
		if n := p.School().Sessions(""); n != 0 {
			t.Errorf("%d sessions are left at the school", n)
		}
		p.Says("/grades")
		p.Sees("请发学号")
		p.Says("/privacy")
		p.Sees("你现在没有登录")
	})
}

// TestErasesInTheMiddle: whatever is going on, nothing of it comes back.
func TestErasesInTheMiddle(t *testing.T) {
	for _, tc := range []struct {
		name  string
		reach func(*Person)
	}{
		{"picture", func(p *Person) { p.reachesPicture(Number, Password) }},
		{"opening", func(p *Person) {
			p.reachesPassword(Number)
			slow(p)
			p.Says(Password)
			p.Sees("取验证码")
		}},
		{"submitting", func(p *Person) {
			picture := p.reachesPicture(Number, Password)
			slow(p)
			p.Says(p.Reads(picture))
			p.Sees("正在登录")
		}},
		{"reading", func(p *Person) {
			p.LogsIn(Number, Password)
			slow(p)
			p.Says("/grades")
			p.Sees("查成绩")
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := New(t, Options{}).Person(ZhangSan)
				tc.reach(p)
				p.Says("/privacy")
				p.Sees("我存了你的什么")
				p.Taps("全部删除")
				p.Sees("确定要删除")
				p.Taps("确定删除")
				p.Sees("已经全部删除")
				time.Sleep(3 * time.Minute)
				if left := keys(p.World, "1001"); len(left) != 0 {
					t.Errorf("left in the database: %q", left)
				}
				if n := len(p.pictures()); n != 0 {
					t.Errorf("%d pictures are left in the chat", n)
				}
				p.seesNot("的成绩 ·", "⏳")
				p.School().ClearFaults()
				p.LogsIn(Number, Password)
			})
		})
	}
}

// slow makes the school take its time for the next answer.
func slow(p *Person) {
	p.TB.Helper()
	if err := p.School().AddFault(campus.Fault{Kind: campus.FaultStall, Times: 1, Delay: 15 * time.Second}); err != nil {
		p.TB.Fatal(err)
	}
}

// TestOldErase: the question whether to erase is void once something else has begun.
func TestOldErase(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/privacy")
		p.Sees("我存了你的什么")
		p.Taps("全部删除")
		p.Sees("确定要删除")
		p.Says("/grades")
		p.Sees("张三的成绩")
		if got := p.toast(p.Taps("确定删除")).Text; !strings.Contains(got, "失效") {
			t.Errorf("the tap was answered with %q", got)
		}
		p.Says("/grades")
		p.Sees("张三的成绩")
	})
}

// TestLanguage: guessed from the client, changed by a button, kept.
func TestLanguage(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, other := w.Person(ZhangSan), w.Person(LiSi)
		p.Says("/help")
		p.Sees("我能做什么")
		other.Says("/help")
		other.Sees("What I can do")

		p.Says("/language")
		p.Taps("English")
		p.Sees("English")
		p.Says("/help")
		p.Sees("What I can do")
		w.restarts()
		p.Says("/login")
		p.Sees("student number")
		p.Says("/cancel")
		p.Says("/language")
		p.Taps("中文")
		p.Sees("以后我说中文")
		p.Says("/help")
		p.Sees("我能做什么")
	})
}
