package board_test

import (
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// TestBrowse: from /notices to a notice and back, in one message.
func TestBrowse(t *testing.T) {
	play(t, func(s *stage) {
		home := s.opens("/notices").has("东湖示范大学", "<教务通知>", "<学生通知>", "<🔒 校内通知（需登录）>", "<🔍 搜索>", "<换学校>").lacks("北岭")
		list := home.taps("教务通知").has("<b>1.</b> 关于第19件", "<b>8.</b> 关于第12件", "读的</i>", "<8>", "<下一页 ›>").lacks("第11件", "上一页")
		second := list.taps("下一页").has("第 2 页", "<b>9.</b> 关于第11件", "<16>", "<‹ 上一页>")
		second.taps("下一页").has("<b>20.</b> 关于第0件").lacks("下一页")
		notice := second.taps("9").has("关于第11件", "⏳ 正在读正文", "<打开原文>", "<提醒我>", "<‹ 返回列表>")
		s.later().has("正文：关于第11件教学事项的安排", "<‹ 返回列表>").lacks("⏳")
		notice.taps("‹ 返回列表").has("第 2 页")
		second.taps("9").has("正文：关于第11件") // it was stored
		if s.site.read != 1 {
			t.Errorf("articles were read %d times", s.site.read)
		}
		list.taps("‹ 栏目").has("<教务通知>").taps("换学校").has("<东湖示范大学>", "<北岭教务>").taps("北岭").lacks("校内通知").taps("北岭").has("北岭大学选课通知")
	})
}

// TestWhoseBoards: which boards /notices shows to whom.
func TestWhoseBoards(t *testing.T) {
	for name, tc := range map[string]struct {
		school string
		change func(*stage)
		want   string // "": it is not the boards'
	}{
		"of the own school":          {"b", nil, "<北岭教务>"},
		"of the only one served":     {"", nil, "<教务通知>"},
		"the own school has none":    {"c", nil, ""},
		"there are none":             {"", func(s *stage) { s.n.SetSources(nil) }, ""},
		"there are none of the only": {"", func(s *stage) { s.n.SetSources([]bulletin.Source{{ID: "x", School: "b", Name: "x"}}) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *stage) {
				if s.school = tc.school; tc.change != nil {
					tc.change(s)
				}
				items := s.says("/notices")
				if tc.want == "" {
					if items != nil {
						t.Errorf("the boards answer %+v", items)
					}
					return
				}
				s.shown(items).has(tc.want)
			})
		})
	}
}

// TestRefreshBehind: a list is shown at once and asked for behind, at most once
// in five minutes; only news change the message, and only while it is there.
func TestRefreshBehind(t *testing.T) {
	play(t, func(s *stage) {
		home := s.opens("/notices")
		s.pass(6 * time.Minute)
		asked := s.site.asked["jwc"]
		home.taps("教务通知")
		if b := s.later(); b.Text != "" || s.site.asked["jwc"] != asked+1 {
			t.Errorf("without news the message became %q; asked %d times", b.Text, s.site.asked["jwc"]-asked)
		}
		s.site.publish("jwc", 100, "刚刚发布", bulletin.Detail{})
		home.taps("教务通知").lacks("刚刚发布")
		if b := s.later(); b.Text != "" || s.site.asked["jwc"] != asked+1 {
			t.Errorf("asked again too soon: %q", b.Text)
		}
		s.pass(6 * time.Minute)
		home.taps("教务通知").lacks("刚刚发布")
		s.later().has("<b>1.</b> 刚刚发布", "<🔔 只给我推送>")

		s.pass(6 * time.Minute)
		s.site.publish("jwc", 101, "又一条", bulletin.Detail{})
		s.site.slow = time.Second
		list := home.taps("教务通知")
		list.taps("下一页") // before the school has answered
		s.pass(2 * time.Second)
		if b := s.later(); b.Text != "" {
			t.Errorf("the page that is read was replaced by %q", b.Text)
		}
	})
}

// TestTrouble: what is stored is shown, and said to be old.
func TestTrouble(t *testing.T) {
	play(t, func(s *stage) {
		s.site.fail = &bulletin.Error{Class: bulletin.Blocked, Status: 412}
		s.pass(6 * time.Minute)
		list := s.opens("/notices").taps("教务通知").has("关于第19件")
		s.later().has("学校网站现在读不到", "2026-03-02 08:")
		list.taps("1").has("⏳")
		s.later().has("正文现在读不到", "<打开原文>").lacks("⏳")
	})
}

// TestSearch: by word, in the command or asked for; pages, and back to them.
func TestSearch(t *testing.T) {
	play(t, func(s *stage) {
		s.opens("/notices 奖学金").has("“奖学金”", "1 条", "奖学金评定通知", "学生通知").taps("1").has("⏳").taps("‹ 返回").has("“奖学金”")
		s.opens("/notices 选课").has("没有找到") // of the other school
		s.opens("/notices <b>&").has("&lt;b&gt;&amp;", "没有找到")
		ask := s.opens("/notices").taps("🔍")
		if ask.has("想找什么").Prompt == "" {
			t.Error("there is no prompt")
		}
		found := s.opens("教学事项").has("20 条", "<b>1.</b>", "<下一页 ›>")
		found.taps("下一页").has("<b>9.</b>").taps("9").taps("‹ 返回").has("<b>9.</b>")
		if items := s.says("教学事项"); items != nil {
			t.Errorf("words that nobody asked for are answered: %+v", items)
		}
		s.pass(25 * time.Hour)
	})
}

// TestOnlyMe: a person has a board pushed, and ceases to.
func TestOnlyMe(t *testing.T) {
	play(t, func(s *stage) {
		list := s.opens("/notices").taps("教务通知")
		on := list.taps("🔔").has("只发给你", "<🔕 不再推送给我>", "<b>1.</b> 关于第19件")
		list.taps("🔔").has("<🔕") // twice is once
		s.pass(30 * time.Minute)
		s.site.publish("jwc", 100, "选课开始", bulletin.Detail{})
		s.pass(time.Hour)
		if n := s.sentTo(student, "选课开始"); n != 1 {
			t.Errorf("pushed %d times", n)
		}
		on.taps("🔕").has("不再推送给你", "<🔔 只给我推送>")
		s.site.publish("jwc", 101, "选课结束", bulletin.Detail{})
		s.pass(time.Hour)
		if n := s.sentTo(student, "选课结束"); n != 0 {
			t.Errorf("pushed %d times after the end", n)
		}
	})
}

// sentTo counts the messages with some words that the notifier sent to a chat.
func (s *stage) sentTo(chat int64, words string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.out {
		if it.Chat == chat && strings.Contains(it.Body.Text, words) && it.Op == msg.Send {
			n++
		}
	}
	return n
}

// TestLongNotice: a text of any length is read part by part; of what identifies
// people nothing is shown.
func TestLongNotice(t *testing.T) {
	play(t, func(s *stage) {
		long := strings.Repeat("很长的一段话，一个字也不能少。\n", 900)
		file := []jwxt.Attachment{{Name: "名单.xls", URL: "https://jwc.example.edu.cn/a.xls"}}
		s.site.publish("jwc", 100, "长通知", bulletin.Detail{Text: long, Attachments: file})
		s.site.publish("jwc", 101, "名单公示", bulletin.Detail{Text: "张三 学号 2020000001 身份证 110101199003070038", Attachments: file})
		s.pass(30 * time.Minute)
		s.opens("/notices").taps("教务通知")
		s.pass(time.Minute)
		list := s.opens("/notices").taps("教务通知").has("名单公示")
		list.taps("1").lacks("2020000001", "名单.xls").has("个人信息")
		part, words, parts := list.taps("2"), 0, 1
		for {
			if n := len(part.Text); n > 4096*3 || len([]rune(part.Text)) > 4096 {
				t.Fatalf("a part of %d bytes", n)
			}
			words += strings.Count(part.Text, "一个字也不能少")
			if !strings.Contains(strings.Join(names(part), " "), "下一页") {
				break
			}
			part = part.taps("下一页")
			parts++
		}
		part.has("名单.xls")
		if words != 900 || parts < 3 {
			t.Errorf("%d of 900 sentences on %d parts", words, parts)
		}
	})
}

func names(c screen) (out []string) {
	for _, row := range c.Buttons {
		for _, b := range row {
			out = append(out, b.Text)
		}
	}
	return out
}

// FuzzTaps: a button's data come from outside. Whatever they are, the desk
// answers the tap, and its own buttons fit.
func FuzzTaps(f *testing.F) {
	for _, data := range []string{
		"b:bh:1", "b:bs:99999999999999999999:a", "b:bl:-1:jwc", "b:bm:1:1:jwc", "b:bm", "b:bd:0123:x", "b:bq", "b:bf:2",
		"b:rt:x:zzzzzzzzzzzzzzzz", "b:rc::", "b:k:" + strings.Repeat("0", 32), "b:f:", "b:", "b:::::::", "b:bd:" + strings.Repeat("f", 32),
		"b:sub:jwc:1:1", "b:sub:::", "b:sc:a:-1", "b:sch:2", "b:fin:a", "b:fin:", "b:ask", "b:ls:-5", "b:one:jwc:0", "b:rm:*:*:1", "b:rl:9",
		"b:dg:jwc:0:d", "b:da:w", "b:si:jwc:99999999999999999999:1", "b:fl:jwc:0", "b:fc:jwc:0", "b:fp:a:*:0", "b:fs:a:jwc:0", "b:fx", "b:qt:2200-0700",
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data string) {
		if !strings.HasPrefix(data, "b:") || len(data) > 64 {
			return
		}
		play(t, func(s *stage) {
			u := msg.Update{User: student, Message: 600, Callback: "77", Data: data}
			items := s.visit(u)
			if len(items) == 0 || items[0].Op != msg.Answer {
				t.Errorf("%q is not answered: %+v", data, items)
			}
			for _, it := range items {
				for _, row := range it.Body.Buttons {
					for _, b := range row {
						if len(b.Data) > 64 || b.Text == "" {
							t.Errorf("%q gives the button %+v", data, b)
						}
					}
				}
			}
		})
	})
}
