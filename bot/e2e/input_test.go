package e2e

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestCommandsInTheMiddle gives every command at every place of a login. What
// the command does not end goes on where it was.
func TestCommandsInTheMiddle(t *testing.T) {
	two := func(t *testing.T) *Person {
		other := campus.Profile{ID: "lianhu", Name: "莲湖演示学院", System: campus.Qiangzhi{}, Captcha: true}
		return New(t, Options{Profiles: []campus.Profile{PlainSchool(), other}}).Person(ZhangSan)
	}
	places := []struct {
		name  string
		reach func(*Person)
		goOn  func(*Person) // from the place to a login
	}{
		{"school", func(p *Person) {
			p.Says("/login")
			p.Sees("你是哪所学校的")
		}, func(p *Person) {
			p.Taps("东湖示范大学")
			p.Sees("请发学号")
			p.Says(Number)
			p.Sees("请发密码")
			p.Says(Password)
			p.SolvesCaptcha()
		}},
		{"account", func(p *Person) {
			p.Says("/start donghu")
			p.Sees("请发学号")
		}, func(p *Person) {
			p.Says(Number)
			p.Sees("请发密码")
			p.Says(Password)
			p.SolvesCaptcha()
		}},
		{"password", func(p *Person) {
			p.Says("/start donghu")
			p.Sees("请发学号")
			p.Says(Number)
			p.Sees("请发密码")
		}, func(p *Person) {
			p.Says(Password)
			p.SolvesCaptcha()
		}},
		{"picture", func(p *Person) {
			p.Says("/start donghu")
			p.Sees("请发学号")
			p.Says(Number)
			p.Sees("请发密码")
			p.Says(Password)
			p.SeesPicture(nil)
		}, func(p *Person) { p.SolvesCaptcha() }},
	}
	for _, tc := range []struct {
		says, sees string
		after      string // what the login ends with; "": the command ended it
	}{
		{"/help", "我能做什么", "✅"},
		{"/start", "你好", "✅"},
		{"/privacy", "我存了你的什么", "✅"},
		{"/language", "选择语言", "✅"},
		{"/grades", "", "的成绩"},
		{"/notices", "", "📢"},
		{"/grades 什么", "不像学期", "✅"},
		{"/cancel", "已经取消", ""},
		{"/logout", "已经取消", ""},
	} {
		for _, at := range places {
			t.Run(tc.says[1:]+" at "+at.name, func(t *testing.T) {
				story(t, func(t *testing.T) {
					p := two(t)
					at.reach(p)
					p.Says(tc.says)
					p.Sees(tc.sees)
					settles()
					if tc.after == "" {
						if n := len(p.pictures()); n != 0 {
							t.Errorf("%d pictures are left", n)
						}
						p.Says("/cancel")
						p.Sees("现在没有正在做的事")
						return
					}
					at.goOn(p)
					p.Sees(tc.after)
					wantPosts(p, 1)
					obeysTelegram(p.World)
				})
			})
		}
	}
}

// TestLoginAgainInTheMiddle: /login begins anew from everywhere.
func TestLoginAgainInTheMiddle(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.reachesPicture(Number, "mistyped")
		p.Says("/login")
		p.Sees("请发密码")
		if n := len(p.pictures()); n != 0 {
			t.Errorf("%d pictures are left", n)
		}
		p.Taps("换学校或账号")
		p.Sees("请发学号")
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅", "张三")
		wantPosts(p, 1)
	})
}

// TestUnknownCommand names the way out, except where it may be a password.
func TestUnknownCommand(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("/grade")
		p.Sees("我没有", "/grade", "/help")
		p.School().ChangePassword(Number, "/Canary-77")
		p.attempts(Number, "/Canary-77")
		p.Sees("✅", "张三")
		p.seesNot("Canary-77")
	})
}

// TestOddAnswers: what is no answer is not taken for one, and asked again.
func TestOddAnswers(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("hello?")
		p.Sees("这句话我没看懂", "/login")
		photo(p)
		p.Sees("我只看得懂文字")

		p.Says("/login")
		p.Sees("请发学号")
		photo(p)
		p.Sees("请发学号")
		p.Says("我的学号")
		p.Sees("这不像学号")
		p.Says("　２０２００００００１ ") // full width, with blanks around
		p.Sees("请发密码", Number)

		photo(p)
		p.Sees("请发密码")
		long := strings.Repeat("p", 4000)
		p.Says(long)
		p.Sees("这条不能当密码用", "请发密码")
		p.seesNot(long)
		p.Says(Password)

		picture := p.SeesPicture(nil)
		photo(p)
		p.Sees("验证码是 2 到 8 位字母或数字")
		p.Says("😀😀😀😀")
		p.Sees("验证码是 2 到 8 位字母或数字")
		p.Says("a b c d e f g h i j")
		p.Sees("验证码是 2 到 8 位字母或数字")
		wantPosts(p, 0)
		p.Says(" " + wide(p.Reads(picture)) + "　")
		p.Sees("✅", "张三")
		wantPosts(p, 1)
		obeysTelegram(p.World)
	})
}

func photo(p *Person) {
	p.TB.Helper()
	p.acts()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 90, 30))); err != nil {
		p.TB.Fatal(err)
	}
	if _, err := p.Telegram.SendPhoto(p.ID, p.ID, picture.Bytes(), "2020000009"); err != nil {
		p.TB.Fatal(err)
	}
}

// wide writes ASCII as a Chinese input method does.
func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

// TestLongPassword: Telegram cuts 5,000 characters into two messages. Both
// are deleted, and neither is taken for anything.
func TestLongPassword(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.reachesPassword(Number)
		p.Says(strings.Repeat("x", 4096))
		p.Says(strings.Repeat("x", 904))
		p.Sees("这条不能当密码用")
		settles()
		p.seesNot("xxxx")
		if got, want := len(keys(p.World, "job/")), 0; got != want {
			t.Errorf("%d jobs wait, want %d", got, want)
		}
		if got := requests(p.World); got != 0 {
			t.Errorf("the school was asked %d times", got)
		}
	})
}

// TestWaiting: whoever writes while the school thinks is asked to wait, and
// /cancel still works.
func TestWaiting(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.reachesPassword(Number)
		fails(p, campus.FaultStall, "/jsxsd/")
		p.Says(Password)
		p.Sees("正在从", "取验证码")
		p.Says("快点")
		p.Sees("上一件事还在办")
		p.Says("/login")
		p.Sees("正在核对上一次的登录")
		p.Says("/grades")
		p.Sees("正在核对上一次的登录")
		p.Says("/cancel")
		p.Sees("已经取消")
		p.School().ClearFaults()
		settles()
		p.LogsInAgain(Password)

		fails(p, campus.FaultStall, "cjcx_")
		p.Says("/grades")
		p.Sees("正在", "查成绩")
		p.Says("/grades")
		p.Sees("上一件事还在办")
		p.Says("好了吗")
		p.Sees("上一件事还在办")
		p.Says("/cancel")
		p.Sees("已经取消")
		time.Sleep(2 * time.Minute)
		p.seesNot("连不上", "成绩没有查到", "⏳ 正在") // what was cancelled is heard of no more
		p.School().ClearFaults()
		p.Says("/grades")
		p.Sees("张三的成绩")
		wantPosts(p, 1)
	})
}

// LogsInAgain logs in where the account is known.
func (p *Person) LogsInAgain(password string) {
	p.TB.Helper()
	p.Says("/login")
	p.Sees("请发密码")
	p.Says(password)
	p.SolvesCaptcha()
	p.Sees("✅")
}

// TestUndeletable: where the password's message cannot be deleted the person
// is told to do it.
func TestUndeletable(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.reachesPassword(Number)
		refuseDeletions(p)
		p.Says(Password)
		p.Sees("我没能删掉你发密码的那条消息")
		p.Telegram.ClearFaults()
		p.SolvesCaptcha()
		p.Sees("✅", "张三")
		p.seen = nil
		p.Sees("我没能删掉你发密码的那条消息") // still there
		if strings.Contains(p.Log.String(), Password) {
			t.Error("the password is in the log")
		}
	})
}
