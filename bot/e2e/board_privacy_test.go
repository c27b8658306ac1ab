package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestErasesBoards: /privacy tells what the boards know of a person, and erasing
// ends it: nothing is pushed any more, no reminder comes, no name is left.
func TestErasesBoards(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, withBoards())
		p, class := w.Person(ZhangSan), w.inClass(ZhangSan)
		time.Sleep(time.Until(time.Date(2000, 1, 3, 2, 0, 0, 0, time.UTC))) // ten in the morning
		w.announces("jwc", "关于四六级报名的通知", "报名截止时间：2000年1月6日17:00。")
		time.Sleep(time.Hour)
		p.Says("/privacy")
		p.Sees("我存了你的什么")
		p.seesNot("已阅", "提醒", "/subscriptions")

		p.Says("/notices")
		p.Taps("教务通知")
		p.Sees("1. 关于四六级报名的通知")
		p.Taps("🔔 只给我推送")
		settles()
		p.Says("/notices 四六级")
		p.Sees("“四六级”", "1. 关于四六级报名的通知")
		class.says("/subscribe")
		class.taps(class.last(), "教务通知")
		time.Sleep(time.Hour)
		w.announces("jwc", "关于放假的通知", "正文")
		time.Sleep(time.Hour)
		card := w.find(Class, "关于放假的通知")
		class.taps(card, readButton(card))
		p.opensLink(class.taps(card, "提醒我"))
		p.Sees("什么时候提醒你")
		p.Taps("明早（2000-01-04 08:00）")
		p.Sees("好，2000-01-04 08:00")

		p.Says("/privacy")
		p.Sees("/subscriptions", "你要的提醒（1 个）", "你在 1 个群点过“已阅”")
		p.Taps("全部删除")
		p.Taps("确定删除")
		settles()
		time.Sleep(2 * time.Minute)
		for _, key := range keys(w, "board/") {
			if strings.Contains(key, "1001/") || strings.HasSuffix(key, "/1001") {
				t.Errorf("%s is left", key)
			}
		}
		for _, key := range keys(w, "b/mine/1001") {
			t.Errorf("%s is left", key)
		}
		w.announces("jwc", "关于考试的通知", "正文")
		time.Sleep(24 * time.Hour)
		p.seesNot("你让我提醒的通知", "关于考试的通知")
		obeysTelegram(w)
	})
}
