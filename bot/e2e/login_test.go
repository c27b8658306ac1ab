package e2e

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestMainLoop is the program's reason to be: captcha photo, login, grades,
// the session dies, grades again go on by themselves, notices, logout.
func TestMainLoop(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Says("/start")
		p.Sees("你好")
		p.LogsIn(Number, Password)
		for _, m := range p.Telegram.Messages(p.ID) {
			if strings.Contains(m.Text, Password) {
				t.Error("the password's message is still in the chat")
			}
			if m.Photo != nil {
				t.Error("the captcha is still in the chat")
			}
		}
		p.Says("/grades")
		p.Sees("张三的成绩", "平均绩点")

		time.Sleep(time.Hour)
		p.School().Expire("")
		p.Says("/grades")
		p.Sees("已经结束了上次的登录", "请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("张三的成绩", "平均绩点")

		p.Says("/notices")
		list := p.Sees("通知", "1.")
		p.Taps("1")
		p.Sees("附件")
		p.Taps("‹ 返回列表")
		if got := p.Sees("1."); got.ID != list.ID {
			t.Errorf("the list came back as message %d, not in place of %d", got.ID, list.ID)
		}
		p.Says("/logout")
		p.Sees("已退出")
		p.Says("/grades")
		p.Sees("请发学号")
		obeysTelegram(p.World)
	})
}

// TestEverySchool goes the way of TestMainLoop at schools of every make.
func TestEverySchool(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options Options
		picture bool
	}{
		{"GBK pages", plain(func(p *campus.Profile) { p.Charset = campus.GBK }), true},
		{"JPEG pictures", plain(func(p *campus.Profile) { p.JPEG = true }), true},
		{"interleaved password", qiangzhi(func(q *campus.Qiangzhi) { q.Encoding = campus.Interleave }), true},
		{"interleaved password, LDAP", qiangzhi(func(q *campus.Qiangzhi) { q.Encoding, q.Ldap = campus.Interleave, true }), true},
		{"plain password, LDAP", qiangzhi(func(q *campus.Qiangzhi) { q.Encoding, q.Ldap = campus.Plain, true }), true},
		{"no captcha", plain(func(p *campus.Profile) { p.Captcha = false }), false},
		{"interleaved password, no captcha", plain(func(p *campus.Profile) {
			p.Captcha, p.System = false, campus.Qiangzhi{Encoding: campus.Interleave}
		}), false},
		{"plain password, no captcha", plain(func(p *campus.Profile) {
			p.Captcha, p.System = false, campus.Qiangzhi{Encoding: campus.Plain}
		}), false},
		{"new skin, handed over by script", qiangzhi(func(q *campus.Qiangzhi) { q.Skin, q.ScriptHandover = campus.SkinNew, true }), true},
		{"app skin, Referer demanded", qiangzhi(func(q *campus.Qiangzhi) { q.Skin, q.Referer = campus.SkinApp, true }), true},
		{"grades in JSON", qiangzhi(func(q *campus.Qiangzhi) { q.JSON = true }), true},
		{"grade form first", qiangzhi(func(q *campus.Qiangzhi) { q.FormFirst = true }), true},
		{"notices in widgets", qiangzhi(func(q *campus.Qiangzhi) { q.Widgets = true }), true},
		{"another root", qiangzhi(func(q *campus.Qiangzhi) { q.Root = "/whujsxsd" }), true},
		{"a fresh form each time", qiangzhi(func(q *campus.Qiangzhi) { q.FreshForm = true }), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				p := New(t, tc.options).Person(ZhangSan)
				p.reachesPassword(Number)
				p.Says(Password)
				if tc.picture {
					p.SolvesCaptcha()
				}
				p.Sees("✅", "张三", Number)
				p.Says("/grades")
				p.Sees("张三的成绩", "平均绩点")
				p.Says("/notices")
				p.Sees("通知", "1.")
				p.Taps("1")
				p.Taps("‹ 返回列表")
				p.Sees("通知", "1.")
				p.Says("/logout")
				p.Sees("已退出")
				wantPosts(p, 1)
				if n := p.School().Sessions(""); n != 0 {
					t.Errorf("%d sessions are left at the school", n)
				}
				obeysTelegram(p.World)
			})
		})
	}
}
