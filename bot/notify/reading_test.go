package notify_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// TestReading: latest, search, one notice, and the text of one from before our
// time, read when somebody wants it.
func TestReading(t *testing.T) {
	play(t, func(s *stage) {
		s.boards.set(func() { s.boards.details[old(3, 1).URL] = bulletin.Detail{Text: "缓考申请"} })
		s.settle()
		var key string
		s.update(func(tx store.Tx) error {
			latest, err := s.n.Latest(tx, "jwc", 3)
			for i, nt := range latest {
				if nt.Title != title(10-i) || nt.Detailed {
					t.Errorf("latest %d is %+v", i, nt)
				}
			}
			return err
		})
		s.db.View(t.Context(), func(tx store.Tx) error {
			found, err := s.n.Search(tx, []string{"jwc"}, "第3件", 5)
			if len(found) != 1 || err != nil {
				t.Fatalf("found %+v, %v", found, err)
			}
			key = found[0].Key
			if none, _ := s.n.Search(tx, []string{"jwc"}, "缓考", 5); len(none) != 0 {
				t.Errorf("found %+v", none)
			}
			return nil
		})
		before := s.boards.opened()
		for range 3 {
			if nt, err := s.n.Open(t.Context(), key); err != nil || nt.Text != "缓考申请" {
				t.Errorf("opened %+v, %v", nt, err)
			}
		}
		if n := s.boards.opened() - before; n != 1 {
			t.Errorf("the article was read %d times", n)
		}
		s.db.View(t.Context(), func(tx store.Tx) error {
			if found, _ := s.n.Search(tx, []string{"jwc"}, "缓考", 5); len(found) != 1 {
				t.Errorf("found %+v", found)
			}
			return nil
		})
	})
}

// TestReadReceipts count people once, in each chat; reminders come once.
func TestReadReceipts(t *testing.T) {
	play(t, func(s *stage) {
		s.settle()
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		var nt notify.Notice
		read := func(chat, user int64) (count int, first bool) {
			s.update(func(tx store.Tx) (err error) {
				count, first, err = s.n.Read(tx, chat, nt.Key, user, time.Now())
				return err
			})
			return count, first
		}
		s.update(func(tx store.Tx) error {
			latest, err := s.n.Latest(tx, "jwc", 1)
			nt = latest[0]
			return err
		})
		read(-1, 5)
		read(-1, 6)
		if n, first := read(-1, 5); n != 2 || first {
			t.Errorf("the second time: %d, %v", n, first)
		}
		if n, first := read(-2, 5); n != 1 || !first {
			t.Errorf("in another chat: %d, %v", n, first)
		}
		s.db.View(t.Context(), func(tx store.Tx) error {
			for user, want := range map[int64]bool{5: true, 6: true, 7: false} {
				if got, err := s.n.HasRead(tx, -1, nt.Key, user); got != want || err != nil {
					t.Errorf("%d has read it = %v, %v", user, got, err)
				}
			}
			return nil
		})
		if got := s.n.Card(say.Zh, nt, 28).Buttons[1]; got[len(got)-1].Text != "已阅 28" {
			t.Errorf("the buttons are %+v", got)
		}
		at := time.Now().Add(26 * time.Hour)
		s.update(func(tx store.Tx) error {
			return errors.Join(
				s.n.Remind(tx, 5, nt.Key, at, say.Zh), s.n.Remind(tx, 5, nt.Key, at, say.Zh),
				s.n.Remind(tx, 6, nt.Key, at, say.Zh), s.n.Unremind(tx, 6, nt.Key, at),
			)
		})
		s.pass(25 * time.Hour)
		s.want(5)
		s.restart()
		s.pass(2 * time.Hour)
		s.want(5, "⏰ 你让我提醒的通知：")
		s.want(6)
	})
}

// TestDeadlines are found by rules, and none is made up.
func TestDeadlines(t *testing.T) {
	for text, want := range map[string]string{
		"报名截止时间：2026年3月5日17:00。":     "2026-3-5 17:00",
		"请于3月9日（周一）下午5点前提交":          "2026-3-9 17:00",
		"截止日期为2026-04-01":            "2026-4-1",
		"报名时间为3月1日至3月8日，截至3月8日24:00": "2026-3-8 24:00",
		"请各学院在1月5日之前完成":              "2027-1-5",
		"３月２０日前":                     "2026-3-20",
		"2019年3月5日前毕业的学生":            "",
		"3月35日前":                     "",
		"本学期共16周，每周2学时":              "",
		"3月5日举行":                     "",
	} {
		nt := notify.Notice{Text: text, Date: bulletin.Date{Year: 2026, Month: 3, Day: 2}}
		got := ""
		if d, ok := nt.Deadline(); ok {
			got = fmt.Sprintf("%d-%d-%d", d.Year, d.Month, d.Day)
			if d.Timed {
				got += fmt.Sprintf(" %d:%02d", d.Hour, d.Minute)
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestTaps: callback data is read back, and nothing else is.
func TestTaps(t *testing.T) {
	key := strings.Repeat("0a", 16)
	for _, op := range []notify.TapOp{notify.TapFiles, notify.TapCalendar, notify.TapRemind, notify.TapRead} {
		tap := notify.Tap{Op: op, Key: key}
		if got, ok := notify.ParseTap(tap.Data()); !ok || got != tap || len(tap.Data()) > 64 {
			t.Errorf("%q is read as %+v, %v", tap.Data(), got, ok)
		}
	}
	for _, data := range []string{"", "b:", "b:k", "b:k:", "b:k:" + key[1:], "b:x:" + key, "b:sub:" + key, "k:" + key, "b:k:" + strings.Repeat("Z", 32), "b:k:" + key + ":1"} {
		if tap, ok := notify.ParseTap(data); ok {
			t.Errorf("%q is read as %+v", data, tap)
		}
	}
}

// TestCard has the buttons that a notice needs, and no more.
func TestCard(t *testing.T) {
	play(t, func(s *stage) {
		nt := notify.Notice{Key: strings.Repeat("0a", 16), Title: "<通知>", URL: "https://x.example/1", Sources: []string{"jwc"}}
		text := func(nt notify.Notice) string {
			var words []string
			for _, row := range s.n.Card(say.Zh, nt, 0).Buttons {
				for _, b := range row {
					words = append(words, b.Text)
				}
			}
			return strings.Join(words, " ")
		}
		if got := text(nt); got != "打开原文 提醒我 已阅" {
			t.Errorf("plain: %s", got)
		}
		nt.Text = "截止时间：3月9日"
		nt.First = time.Now()
		nt.Attachments = []jwxt.Attachment{{Name: "a.doc"}, {Name: "b.doc"}, {Name: "c.doc"}, {Name: "d.doc"}}
		if got := text(nt); got != "打开原文 附件 加日历 提醒我 已阅" {
			t.Errorf("full: %s", got)
		}
		nt.URL = "javascript:alert(1)"
		if got := text(nt); strings.Contains(got, "原文") {
			t.Errorf("hostile link: %s", got)
		}
		want := "📢 <b>&lt;通知&gt;</b>\n教务通知\n⏰ 截止 2026-03-09\n📎 a.doc\n📎 b.doc\n📎 c.doc\n📎 还有 1 个附件"
		if got := s.n.Card(say.Zh, nt, 0).Text; got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
