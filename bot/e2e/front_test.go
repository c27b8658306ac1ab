package e2e

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt/campus"
)

// behind is the plain school behind a front with a host of its own.
func behind(f campus.Front) Options {
	return plain(func(p *campus.Profile) {
		f.Host = "ids.donghu.school.test"
		p.Front, p.Captcha = f, false
	})
}

// says account and password, as a login asks for them.
func (p *Person) saysWho() {
	p.TB.Helper()
	p.Says("/login")
	p.Sees("请发学号")
	p.Says(Number)
	p.Sees("请发密码")
	p.Says(Password)
}

// TestRenewed: behind a front, a session that has ended is no reason to bother
// anybody, as long as the front remembers. When it has forgotten, the person logs
// in once more, and gets what was asked for.
func TestRenewed(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, behind(campus.Front{Kind: campus.Authserver})).Person(ZhangSan)
		p.saysWho()
		p.Sees("✅", Number)
		for range 3 {
			p.School().Expire("")
			p.Says("/grades")
			p.Sees("张三的成绩")
			p.seesNot("请发密码", "已经结束了上次的登录")
		}
		p.School().Expire("")
		p.Says("/notices")
		p.Sees("📢", "1.")
		wantPosts(p, 1)

		p.School().Expire("")
		p.School().ExpireFront("")
		p.Says("/grades")
		p.Sees("已经结束了上次的登录", "登录好我就接着查成绩", "请发密码")
		p.Says(Password)
		p.Sees("张三的成绩")
		wantPosts(p, 2)

		p.School().Kick("") // somebody else has logged in: that is for the person to know
		p.Says("/grades")
		p.Sees("你的账号在别处登录了", "请发密码")
		obeysTelegram(p.World)
	})
}

// TestRenewedLent: what is read for groups bothers nobody either, as long as the
// front remembers. When it has forgotten, the person is asked once.
func TestRenewedLent(t *testing.T) {
	story(t, func(t *testing.T) {
		l := lending(t, func(o *Options) {
			o.Profiles[0].Captcha = false
			o.Profiles[0].Front = campus.Front{Kind: campus.Authserver, Host: "ids.donghu.school.test"}
		})
		owner := l.Person(ZhangSan)
		owner.saysWho()
		owner.Sees("✅", Number)
		l.lends(ZhangSan, Class)
		l.pass(2 * time.Hour)
		l.school.Expire("")
		l.announces("门户还认得时发的通知")
		l.pass(time.Hour)
		l.want(Class, "门户还认得时发的通知", 1)
		l.want(Class, paused, 0)
		l.want(ZhangSan, askedAgain, 0)
		owner.Says("/grades")
		owner.Sees("张三的成绩")
		wantPosts(owner, 1)

		l.school.Expire("")
		l.school.ExpireFront("")
		l.pass(2 * time.Hour)
		l.want(Class, paused, 1)
		l.want(ZhangSan, askedAgain, 1)
		wantPosts(owner, 1)
	})
}

// TestRenewedOfTrouble: a front that cannot be asked is told of as such; the
// session is kept for when it can.
func TestRenewedOfTrouble(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, behind(campus.Front{Kind: campus.Authserver})).Person(ZhangSan)
		p.saysWho()
		p.Sees("✅", Number)
		p.School().Expire("")
		fails(p, campus.FaultGateway, "/authserver/")
		p.Says("/grades")
		p.Sees("错误编号")
		p.seesNot("请发密码")
		p.School().ClearFaults()
		p.Says("/grades")
		p.Sees("张三的成绩")
		wantPosts(p, 1)
	})
}

// TestCaptchaOfAccount: a front tells only of an account that it wants a captcha.
// The password has not been sent then, however often that happens.
func TestCaptchaOfAccount(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, behind(campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture, Refuse401: true})).Person(ZhangSan)
		for range 4 { // more than the guard lets wrong passwords through
			p.saysWho()
			p.SeesPicture(nil)
			p.Says("/cancel")
			p.Sees("取消")
			p.Says("/login")
			p.Sees("请发密码")
			p.Taps("换学校或账号")
		}
		wantPosts(p, 0)
		p.saysWho()
		first := p.SeesPicture(nil)
		p.Says("WRNG")
		next := p.SeesPicture(first.Photo)
		p.Says(p.Reads(next))
		p.Sees("✅", Number)
		wantPosts(p, 2)
		p.Says("/grades")
		p.Sees("张三的成绩")
	})
}

// TestPhoneCode: a second factor by phone, first mistyped.
func TestPhoneCode(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, behind(campus.Front{Kind: campus.Authserver, SMS: true})).Person(ZhangSan)
		p.saysWho()
		p.Sees("短信")
		code, ok := p.School().PhoneCode(Number)
		if !ok {
			t.Fatal("no code was sent")
		}
		p.Says("000000x")
		p.Sees("验证码")
		p.Says(code)
		p.Sees("✅", Number)
		p.Says("/grades")
		p.Sees("张三的成绩")
		wantPosts(p, 1)
	})
}

// TestOneLogin: a front that allows one login at a time ends the older one, and
// the person is told.
func TestOneLogin(t *testing.T) {
	story(t, func(t *testing.T) {
		o := behind(campus.Front{Kind: campus.Authserver, OneLogin: true})
		w := New(t, o)
		first, second := w.Person(ZhangSan), w.Person(LiSi)
		first.saysWho()
		first.Sees("✅", Number)
		first.seesNot("只能登录一处")
		second.Says("/login")
		second.Sees("student number")
		second.Says(Number)
		second.Sees("password")
		second.Says(Password)
		second.Sees("✅", Number, "one login at a time")
		first.School().Expire("")
		first.Says("/grades")
		first.Sees("请发密码") // the front remembers the newer login only
		wantPosts(first, 2)
	})
}

// TestFrontSlider: the page has the piece to drag, which is asked once the
// account is known; a miss is no try.
func TestFrontSlider(t *testing.T) {
	story(t, func(t *testing.T) {
		o := behind(campus.Front{Kind: campus.Authserver, Captcha: campus.FrontSignedDrag})
		o.Form = true
		p := New(t, o).Person(ZhangSan)
		p.Says("/grades")
		page := p.OpensForm()
		v := page.does("submit", map[string]any{"ask": page.opens().Ask, "account": Number, "password": Password})
		if v.Stage != chat.FormFilling || !v.Held {
			t.Fatalf("once the account is known the page shows %s, %q; it holds a password: %v", v.Stage, v.Message, v.Held)
		}
		for _, off := range []int{30, 40, -30, 0} {
			gap, err := strconv.Atoi(page.reads(v))
			if err != nil {
				t.Fatal(err)
			}
			v = page.does("submit", map[string]any{"ask": v.Ask, "account": Number, "track": hand(gap + off)})
			if off != 0 && (v.Stage != chat.FormFilling || !strings.Contains(v.Message, "没有对准")) {
				t.Fatalf("after a miss the page shows %s, %q", v.Stage, v.Message)
			}
		}
		if v.Stage != chat.FormDone {
			t.Errorf("the login ended with %s, %q", v.Stage, v.Message)
		}
		p.Sees("张三的成绩")
		p.toldNobody()
		wantPosts(p, 1)
	})
}
