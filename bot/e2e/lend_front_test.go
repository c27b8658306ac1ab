package e2e

import (
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestLendBehindAFront: a lent session that has ended is renewed by the front, and
// nobody is bothered: not the group, and not who lends.
func TestLendBehindAFront(t *testing.T) {
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
		l.announces("关于期中考试安排的通知")
		l.pass(2 * time.Hour)
		l.want(Class, "📢 关于期中考试安排的通知", 1)
		l.want(ZhangSan, askedAgain, 0)
		wantPosts(owner, 1)
	})
}
