package e2e

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// story runs a story in simulated time.
func story(t *testing.T, tell func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, tell)
}

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
		for _, problem := range p.Telegram.Problems() {
			t.Error("against the Bot API:", problem)
		}
	})
}
