package board_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/store"
)

// inClass is a command of an administrator in the class.
func (s *stage) inClass(command, args string) []msg.Item {
	s.admins = []int64{student}
	return s.visit(msg.Update{Chat: class, ChatKind: msg.Group, User: student, Name: "张三", Message: 7, Command: command, Args: args})
}

// taps has the administrator tap a button under what was said in the class, and
// want the words in what then stands there.
func (s *stage) taps(items []msg.Item, name string, want ...string) []msg.Item {
	s.t.Helper()
	for _, row := range items[len(items)-1].Body.Buttons {
		for _, b := range row {
			if b.Text == name {
				u := msg.Update{Chat: class, ChatKind: msg.Group, User: student, Name: "张三", Message: 8, Callback: "c", Data: b.Data}
				return s.reads(s.visit(u), want...)
			}
		}
	}
	s.t.Fatalf("no button %s under %+v", name, items)
	return nil
}

// reads wants words in the last of what was said.
func (s *stage) reads(items []msg.Item, want ...string) []msg.Item {
	s.t.Helper()
	said := html.UnescapeString(items[len(items)-1].Body.Text)
	for _, words := range want {
		if !strings.Contains(said, words) {
			s.t.Errorf("no %q in %s", words, said)
		}
	}
	return items
}

// classSubscribes makes the class subscribe to boards.
func (s *stage) classSubscribes(sources ...string) {
	s.t.Helper()
	for _, source := range sources {
		err := s.db.Update(s.t.Context(), func(tx store.Tx) error {
			_, err := s.n.Subscribe(tx, notify.Sub{Chat: class, Source: source}, time.Now())
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestFilterWords: what people type for a filter, and what is made of it.
func TestFilterWords(t *testing.T) {
	play(t, func(s *stage) {
		s.classSubscribes("jwc")
		for words, want := range map[string]string{
			"考试 选课":                  "<code>+考试 +选课</code>",
			"+考试，-研究生、－答辩":           "<code>+考试 -研究生 -答辩</code>",
			"/第[12]+件 教学/ x":         "<code>+/第[12]+件 教学/ +x</code>",
			"-/a b/":                 "<code>-/a b/</code>",
			"and/or":                 "<code>+and/or</code>",
			"off":                    "全都要",
			" - + ":                  "全都要",
			"件":                      "最近 20 条里会发 <b>20</b> 条",
			"第3件":                    "最近 20 条里会发 <b>1</b> 条",
			"/(/":                    "有一个正则写得不对",
			strings.Repeat("字", 81):  "太多或者太长",
			strings.Repeat("x ", 21): "太多或者太长",
		} {
			s.reads(s.inClass("filter", words), want)
		}
	})
}

// TestFilterOfSeveral: with several subscriptions it is asked which is meant, or
// all; each is counted.
func TestFilterOfSeveral(t *testing.T) {
	play(t, func(s *stage) {
		s.classSubscribes("jwc", "xsc")
		which := s.reads(s.inClass("filter", "第3件 奖学金"), "给哪个栏目")
		preview := s.taps(which, "这里全部栏目", "这里全部栏目", "最近 21 条里会发 <b>2</b> 条")
		s.taps(preview, "保存", "张三", "设好了")
		s.db.View(t.Context(), func(tx store.Tx) error {
			for _, source := range []string{"jwc", "xsc"} {
				sub, ok, err := s.n.Sub(tx, class, 0, source)
				if !ok || err != nil || len(sub.Filter.Include) != 2 || sub.ByName != "张三" {
					t.Errorf("%s: %+v, %v, %v", source, sub, ok, err)
				}
			}
			return nil
		})
	})
}

// TestQuietHours: what people type for quiet hours.
func TestQuietHours(t *testing.T) {
	play(t, func(s *stage) {
		for words, want := range map[string]string{
			"23:00-07:00": "23:00–07:00", "22：30～6：30": "22:30–06:30", "23-7": "23:00–07:00", "0:00 至 24:00": "看不懂",
			"2200-0700": "22:00–07:00", "off": "没有免打扰", "关": "没有免打扰", "7": "看不懂", "23:60-7:00": "看不懂", "25-7": "看不懂", "8:00-8:00": "看不懂",
		} {
			s.reads(s.inClass("quiet", words), want)
		}
	})
}

// TestManySubscriptions: lists go by pages, and the most a chat can have fits
// what one transaction may read and write.
func TestManySubscriptions(t *testing.T) {
	play(t, func(s *stage) {
		sources := s.n.Sources()
		for n := range notify.MaxSubs {
			src := sources[0]
			src.ID, src.Name = fmt.Sprintf("many-%02d", n), fmt.Sprintf("第%02d个栏目", n)
			sources = append(sources, src)
		}
		s.n.SetSources(sources)
		for n := range notify.MaxSubs {
			s.classSubscribes(fmt.Sprintf("many-%02d", n))
		}
		list := s.reads(s.inClass("subscriptions", ""), "订了 40 个栏目", "第 1/5 页", "第00个栏目")
		s.taps(list, "下一页 ›", "第 2/5 页", "第08个栏目")
		s.taps(s.inClass("digest", ""), "每周汇总", "张三", "改了设置")
		preview := s.taps(s.inClass("filter", "考试"), "这里全部栏目")
		s.taps(preview, "保存", "设好了")
		s.taps(s.inClass("unsubscribe", ""), "🗑 第00个栏目", "退订了“第00个栏目”", "订了 39 个栏目")
	})
}
