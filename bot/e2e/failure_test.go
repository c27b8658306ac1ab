package e2e

import (
	"fmt"
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestWrongCaptcha: the same message gets the next picture, and the password
// is not asked again.
func TestWrongCaptcha(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		first := p.reachesPicture(Number, Password)
		p.Says("AAAA")
		second := p.SeesPicture(first.Photo)
		if second.ID != first.ID || second.Edits == 0 {
			t.Errorf("the next picture is message %d, edited %d times; want message %d, edited", second.ID, second.Edits, first.ID)
		}
		p.Sees("验证码不对")

		p.Says("AAAA") // sent twice by a nervous finger: not tried against the next picture
		p.Sees("你答的是旧图")
		wantPosts(p, 1)

		p.Says(p.Reads(second))
		p.Sees("✅", "张三")
		wantPosts(p, 2)
		if n := len(p.pictures()); n != 0 {
			t.Errorf("%d pictures are left in the chat", n)
		}
	})
}

// TestWrongPassword: the school's words, a way on, the password forgotten, and
// one posting for each answer.
func TestWrongPassword(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.attempts(Number, "wrong")
		p.Sees("没有接受这个学号或密码", "该帐号不存在或密码错误", "我不会自己重试")
		wantPosts(p, 1)
		time.Sleep(time.Hour)
		wantPosts(p, 1)
		p.Taps("再试一次")
		p.Sees("请发密码") // it was forgotten
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅", "张三")
		wantPosts(p, 2)
		p.seesNot("wrong", Password)
	})
}

// TestGuardAgainstLocks: two wrong passwords are sent in half an hour, a third
// is not; half an hour later it is.
func TestGuardAgainstLocks(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.attempts(Number, "wrong-1")
		p.Sees("没有接受")
		p.Taps("再试一次")
		p.Sees("请发密码")
		p.Says("wrong-2")
		p.SolvesCaptcha()
		p.Sees("没有接受")
		wantPosts(p, 2)

		p.Taps("再试一次")
		p.Sees("请发密码")
		p.Says(Password)
		p.Sees("30 分钟内密码已经错了两次") // before a picture is asked to be read
		wantPosts(p, 2)

		time.Sleep(30 * time.Minute)
		p.Says("/login")
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅", "张三")
		wantPosts(p, 3)
	})
}

// TestLoginFails shows each kind of failure at each step of a login as a
// person sees it.
func TestLoginFails(t *testing.T) {
	const onForm, onPicture, onPost = "/jsxsd/", "verifycode", "LoginToXk"
	type fault struct {
		kind campus.FaultKind
		path string
	}
	for _, tc := range []struct {
		fault
		gate  campus.Gate
		sees  []string
		posts int
	}{
		{gate: campus.GateLocked, sees: []string{"账号被锁定了", "该帐号已被锁定", "再发 /login"}, posts: 1},
		{gate: campus.GatePassword, sees: []string{"先办完一件事", "修改密码"}, posts: 1},
		{fault: fault{campus.FaultWAF, onForm}, sees: []string{"防火墙现在拒绝我访问，登录没有完成", "我不会硬闯"}},
		{fault: fault{campus.FaultWAF202, onForm}, sees: []string{"防火墙现在拒绝我访问"}},
		{fault: fault{campus.FaultWAF, onPicture}, sees: []string{"防火墙现在拒绝我访问"}},
		{fault: fault{campus.FaultWAF, onPost}, sees: []string{"防火墙现在拒绝我访问"}, posts: 1},
		{fault: fault{campus.FaultRedesign, onForm}, sees: []string{"页面我没看懂，登录没有完成", "不会拿猜的结果给你看"}},
		{fault: fault{campus.FaultRedesign, onPicture}, sees: []string{"页面我没看懂"}},
		{fault: fault{campus.FaultRedesign, onPost}, sees: []string{"登录没有完成", "请重新登录"}, posts: 1},
		{fault: fault{campus.FaultEmpty, onForm}, sees: []string{"页面我没看懂"}},
		{fault: fault{campus.FaultHuge, onForm}, sees: []string{"页面我没看懂"}},
		{fault: fault{campus.FaultLoop, onForm}, sees: []string{"页面我没看懂"}},
		{fault: fault{campus.FaultReset, onForm}, sees: []string{"连不上", "登录没有完成"}},
		{fault: fault{campus.FaultReset, onPicture}, sees: []string{"连不上", "登录没有完成"}},
		{fault: fault{campus.FaultReset, onPost}, sees: []string{"连不上", "登录没有完成"}, posts: 1},
		{fault: fault{campus.FaultHalf, onForm}, sees: []string{"连不上"}},
		{fault: fault{campus.FaultGateway, onForm}, sees: []string{"连不上"}},
		{fault: fault{campus.FaultBusy, onForm}, sees: []string{"连不上"}},
		{fault: fault{campus.FaultStall, onForm}, sees: []string{"连不上"}},
		{fault: fault{campus.FaultStall, onPost}, sees: []string{"连不上"}, posts: 1},
	} {
		t.Run(fmt.Sprintf("%s %s %s", tc.gate, tc.kind, tc.path[min(1, len(tc.path)):]), func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := New(t, Options{}).Person(ZhangSan)
				if tc.gate != "" {
					p.School().SetGate(Number, tc.gate)
				}
				p.reachesPassword(Number)
				if tc.kind != "" && tc.path != onPost {
					fails(p, tc.kind, tc.path)
				}
				p.Says(Password)
				if tc.gate != "" || tc.path == onPost {
					picture := p.SeesPicture(nil)
					if tc.kind != "" {
						fails(p, tc.kind, tc.path)
					}
					p.Says(p.Reads(picture))
				}
				p.Sees(append(tc.sees, "东湖示范大学", "错误编号")...)
				if n := len(p.pictures()); n != 0 {
					t.Errorf("%d pictures are left in the chat", n)
				}
				time.Sleep(time.Hour)
				wantPosts(p, tc.posts)

				// Once the school is well, the way on leads to the end.
				p.School().ClearFaults()
				p.School().SetGate("", campus.Open)
				p.Taps("再试一次")
				p.Sees("请发密码")
				p.Says(Password)
				p.SolvesCaptcha()
				p.Sees("✅", "张三")
				p.seesNot(Password)
				obeysTelegram(p.World)
			})
		})
	}
}

// TestReadingFails shows each kind of failure of /grades and /notices as a
// person sees it, and that "再试一次" leads on when it is over.
func TestReadingFails(t *testing.T) {
	const grades, notices = "cjcx_", "ysgg_query"
	for _, tc := range []struct {
		name string
		gate campus.Gate
		kind campus.FaultKind
		sees []string
	}{
		{"评教", campus.GateEvaluate, "", []string{"先办完一件事", "评教未完成", "再发 /grades"}},
		{"评教 of the newest term", campus.GateNewest, "", []string{"先办完一件事", "评教未完成"}},
		{"change password", campus.GatePassword, "", []string{"先办完一件事", "修改密码"}},
		{"closed", campus.GateClosed, "", []string{"没有开放这项功能，成绩没有查到", "未开放"}},
		{"WAF 412", "", campus.FaultWAF, []string{"防火墙现在拒绝我访问，成绩没有查到"}},
		{"WAF 202", "", campus.FaultWAF202, []string{"防火墙现在拒绝我访问，成绩没有查到"}},
		{"redesign", "", campus.FaultRedesign, []string{"页面我没看懂，成绩没有查到"}},
		{"empty page", "", campus.FaultEmpty, []string{"页面我没看懂，成绩没有查到"}},
		{"too big a page", "", campus.FaultHuge, []string{"页面我没看懂，成绩没有查到"}},
		{"loop", "", campus.FaultLoop, []string{"页面我没看懂，成绩没有查到"}},
		{"not found", "", campus.FaultNotFound, []string{"页面我没看懂，成绩没有查到"}},
		{"reset", "", campus.FaultReset, []string{"连不上", "成绩没有查到"}},
		{"stall", "", campus.FaultStall, []string{"连不上", "成绩没有查到"}},
		{"half", "", campus.FaultHalf, []string{"连不上", "成绩没有查到"}},
		{"502", "", campus.FaultGateway, []string{"连不上", "成绩没有查到"}},
		{"503", "", campus.FaultBusy, []string{"连不上", "成绩没有查到"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := New(t, Options{}).Person(ZhangSan)
				p.LogsIn(Number, Password)
				if tc.gate != "" {
					p.School().SetGate(Number, tc.gate)
				} else {
					fails(p, tc.kind, grades)
					fails(p, tc.kind, notices)
				}
				p.Says("/grades")
				p.Sees(append(tc.sees, "错误编号")...)
				p.seesNot("还没有成绩", "📭")
				if tc.kind != "" {
					p.Says("/notices")
					p.Sees("通知没有查到", "错误编号")
					p.Says("/grades")
					p.Sees("成绩没有查到")
				}
				p.School().ClearFaults()
				p.School().SetGate(Number, campus.Open)
				p.Taps("再试一次")
				p.Sees("张三的成绩") // with the session it had
				wantPosts(p, 1)
				obeysTelegram(p.World)
			})
		})
	}
}

// TestDrip: a slow answer is waited for, with a sign of life meanwhile.
func TestDrip(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		if err := p.School().AddFault(campus.Fault{Kind: campus.FaultDrip, Path: "cjcx_", Delay: 10 * time.Second}); err != nil {
			t.Fatal(err)
		}
		p.Says("/grades")
		p.Sees("正在", "查成绩")
		time.Sleep(6 * time.Second)
		if got, want := p.Telegram.Action(p.ID), "typing"; got != want {
			t.Errorf("the chat action is %q, want %q", got, want)
		}
		p.Sees("张三的成绩")
	})
}

// TestNoGrades: an empty list is said to be one only when the school says so.
func TestNoGrades(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.School().SetGate(Number, campus.GateEmpty)
		p.Says("/grades")
		p.Sees("目前还没有成绩")
		p.Says("/grades 2019-2020-1")
		p.Sees("2019–2020 学年第 1 学期没有成绩", "/grades all")
	})
}

// TestNoNotices: a board without notices.
func TestNoNotices(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, plain(func(p *campus.Profile) { p.Notices = []campus.Notice{} })).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/notices")
		p.Sees("现在没有通知")
	})
}
