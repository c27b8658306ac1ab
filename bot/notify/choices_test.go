package notify_test

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/notify"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// TestQuietHours: what is published at night comes in the morning, as one
// message; urgent words come at once, without a sound.
func TestQuietHours(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(5)
		s.update(func(tx store.Tx) error {
			return s.n.SetPlace(tx, 5, func(p *notify.Place) { p.Quiet.Off = true })
		})
		s.until(23, 5)
		exam := item(11)
		exam.Title = "关于期末考试提前的紧急通知"
		s.boards.publish("jwc", exam, item(12))
		s.until(2, 30)
		s.want(-1, exam.Title)
		for _, it := range s.door.items {
			if it.Body.Silent != (it.Chat == -1) {
				t.Errorf("chat %d: silent is %v", it.Chat, it.Body.Silent)
			}
		}
		s.want(5, exam.Title, title(12))
		s.boards.publish("jwc", item(13))
		s.until(6, 59)
		s.want(-1, exam.Title)
		s.restart()
		s.until(7, 2)
		s.want(-1, exam.Title, "教务通知 · 夜里的 2 条通知")
		s.pass(24 * time.Hour)
		s.want(-1, exam.Title, "教务通知 · 夜里的 2 条通知")
	})
}

// TestDigests come daily, or on Mondays.
func TestDigests(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(1, func(sub *notify.Sub) { sub.Digest = notify.Daily })
		s.subscribe(2, func(sub *notify.Sub) { sub.Digest = notify.Weekly })
		s.until(9, 0)
		for n := range 3 {
			s.boards.publish("jwc", item(11+n))
			s.until(9, 0)
		}
		s.want(1, "教务通知 · 每日汇总：1 条通知", "教务通知 · 每日汇总：1 条通知", "教务通知 · 每日汇总：1 条通知")
		s.want(2)
		s.pass(5 * 24 * time.Hour)
		s.want(2, "教务通知 · 每周汇总：3 条通知")
		s.want(-1, title(11), title(12), title(13))
	})
}

// TestFilters: words and expressions, in and out, and their preview.
func TestFilters(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.subscribe(1, func(sub *notify.Sub) { sub.Filter.Include = []string{"第11件"} })
		s.subscribe(2, func(sub *notify.Sub) { sub.Filter.Exclude = []string{"第１１件"} })
		s.subscribe(3, func(sub *notify.Sub) { sub.Filter.Include = []string{"/第(11|13)件/"}; sub.Silent = true })
		s.boards.publish("jwc", item(11), item(12))
		s.pass(time.Hour)
		s.want(1, title(11))
		s.want(2, title(12))
		s.want(3, title(11))
		err := s.db.View(t.Context(), func(tx store.Tx) error {
			matched, of, err := s.n.Preview(tx, "jwc", notify.Filter{Include: []string{"/第1.件/"}})
			if matched != 3 || of != 12 { // 10, 11 and 12
				t.Errorf("%d of the last %d", matched, of)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		for _, f := range []notify.Filter{
			{Include: []string{"/(/"}}, {Exclude: []string{""}}, {Include: []string{strings.Repeat("课", 81)}}, {Include: make([]string, 21)},
		} {
			if f.Check() == nil {
				t.Errorf("%q is let in", f)
			}
		}
	})
}

// TestPersonal: a text that identifies people is neither kept nor shown.
func TestPersonal(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.set(func() {
			s.boards.details[item(11).URL] = bulletin.Detail{
				Text: "张三 2020000001 优秀 地点：一教", Attachments: []jwxt.Attachment{{Name: "名单-张三.xls", URL: "https://x/1"}},
			}
		})
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.want(-1, title(11))
		if text := s.shows(-1); strings.Contains(text, "张三") || strings.Contains(text, "一教") || !strings.Contains(text, "个人信息") {
			t.Errorf("shown is\n%s", text)
		}
		s.db.View(t.Context(), func(tx store.Tx) error {
			for after := ""; ; {
				rows, _ := tx.Scan("b/", after, 100)
				if len(rows) == 0 {
					return nil
				}
				for _, r := range rows {
					if after = r.Key; strings.Contains(string(r.Value), "2020000001") {
						t.Errorf("stored under %s", r.Key)
					}
				}
			}
		})
	})
}
