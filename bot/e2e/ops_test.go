package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store/memstore"
)

// Admin runs the bot.
const Admin = 1009

// operated is a world with an operator, and students from 2001 on.
func operated(students int) Options {
	o := Options{Operator: ops.Options{Chat: Admin, Lang: say.Zh, Version: "jwxtbot v9"}, Measured: true}
	o.People.People = []emulator.Person{
		{ID: ZhangSan, Name: "张三", Language: "zh-hans"}, {ID: Admin, Name: "管理员", Language: "zh-hans"},
	}
	o.People.Groups = []emulator.Group{{ID: Class, Title: "班级群", Members: []int64{ZhangSan}}}
	for i := range students {
		o.People.People = append(o.People.People, emulator.Person{ID: 2001 + int64(i), Name: fmt.Sprint("学生", i), Language: "zh-hans"})
	}
	return o
}

// TestOperatorChat: the operator is told of start and stop, once of a school
// that fails for many, and once of its recovery.
func TestOperatorChat(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(3))
		admin := w.Person(Admin)
		admin.Sees("🟢 已启动", "jwxtbot v9", "1 所学校")

		fails(admin, campus.FaultGateway, "")
		for round := range 3 {
			for i := range 3 {
				p := w.Person(2001 + int64(i))
				p.Says("/login")
				if round == 0 {
					p.Sees("请发学号")
					p.Says(Number)
				}
				p.Sees("请发密码")
				p.Says(Password)
				time.Sleep(time.Minute)
				if i < 2 && round == 0 {
					admin.seesNot("碰了壁")
				}
			}
		}
		admin.Sees("🔴", "东湖示范大学", "3 位同学", "Unreachable")
		w.School().ClearFaults()
		w.Person(2001).Says("/login")
		w.Person(2001).Says(Password)
		time.Sleep(8 * time.Minute)
		admin.seesNot("恢复了")
		time.Sleep(3 * time.Minute)
		admin.Sees("🟢", "东湖示范大学", "恢复了")
		if got := count(admin, "碰了壁"); got != 1 {
			t.Errorf("the operator was told %d times, want once:\n%s", got, admin.Chat())
		}

		w.Stop()
		admin.Sees("正在停止")
		w.Start()
		settles()
		if got := count(admin, "已启动"); got != 2 {
			t.Errorf("%d starts were told of, want 2", got)
		}
		obeysTelegram(w)
	})
}

// count is how many messages of the chat hold a text.
func count(p *Person, text string) (n int) {
	for _, line := range p.screen() {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// TestOperatorUnknownPage: a page that is not understood is told once per place,
// with the error id that the person sees, and with nothing of the page.
func TestOperatorUnknownPage(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(1))
		p, admin := w.Person(2001), w.Person(Admin)
		p.LogsIn(Number, Password)
		fails(p, campus.FaultRedesign, "cjcx_list")
		p.Says("/grades")
		time.Sleep(time.Minute)
		id := errorIDIn(p.Chat())
		admin.Sees("🧩", "东湖示范大学", "qiangzhi", "qiangzhi: grades: Changed", id)
		admin.seesNot("张三", Number)
		p.Says("/grades")
		time.Sleep(time.Minute)
		if got := count(admin, "🧩"); got != 1 {
			t.Errorf("told %d times within the hour, want once", got)
		}
		time.Sleep(time.Hour)
		p.Says("/grades")
		time.Sleep(time.Minute)
		if got := count(admin, "🧩"); got != 2 {
			t.Errorf("told %d times after the hour, want twice", got)
		}
	})
}

func errorIDIn(chat string) string {
	if m := regexp.MustCompile(`错误编号 ?(?:<code>)?([a-z0-9]{6})`).FindStringSubmatch(chat); m != nil {
		return m[1]
	}
	return "no error id in " + chat
}

// TestOperatorSecondPoller: a 409 that lasts is told once; one alone is not.
func TestOperatorSecondPoller(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(0))
		admin := w.Person(Admin)
		admin.Sees("已启动")
		conflict := func(times int) {
			w.Telegram.Fault(emulator.Fault{Method: "getUpdates", Status: http.StatusConflict, Times: times})
			admin.Says("/help") // ends the poll that is open
			time.Sleep(10 * time.Minute)
		}
		conflict(1)
		admin.seesNot("409")
		time.Sleep(time.Hour)
		conflict(6)
		if got := count(admin, "409"); got != 1 {
			t.Errorf("told %d times, want once:\n%s", got, admin.Chat())
		}
	})
}

// TestOperatorIsNotFlooded: many alerts at once come as few messages.
func TestOperatorIsNotFlooded(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(0))
		settles()
		began := len(sends(w, Admin))
		for i := range 100 {
			w.desk.Unknown(ops.Page{School: "donghu", Op: fmt.Sprint("op", i), ID: "abcdef", Why: "why"})
		}
		time.Sleep(5 * time.Minute)
		if got := len(sends(w, Admin)) - began; got != 1 {
			t.Errorf("%d messages, want 1", got)
		}
		w.Person(Admin).Sees("还有 94 条")
	})
}

// TestStatus: /status is answered in the operator's chat, and is no command
// anywhere else.
func TestStatus(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(1))
		p, admin := w.Person(2001), w.Person(Admin)
		p.LogsIn(Number, Password)
		fails(p, campus.FaultGateway, "")
		p.Says("/grades")
		time.Sleep(time.Minute)
		admin.Says("/status")
		admin.Sees("📊", "jwxtbot v9", "1 分", "任务 3 个，失败 1", "东湖示范大学", "Unreachable 1")
		admin.seesNot(Number, "张三", "2001")
		admin.Says("/help") // it stays an ordinary chat
		admin.Sees("/grades")
		p.Says("/status")
		p.Sees("没有", "/status")
		p.seesNot("📊")

		time.Sleep(2 * time.Hour) // the last hour only
		admin.Says("/status")
		admin.Sees("任务 0 个，失败 0")

		if !hasStatus(w, Admin, Admin) || hasStatus(w, ZhangSan, ZhangSan) {
			t.Error("/status is not in the operator's menu alone")
		}
		obeysTelegram(w)
	})
}

// hasStatus reports whether a person's menu in a chat shows /status, and with it
// all that others have there.
func hasStatus(w *World, person, chat int64) bool {
	names := map[string]bool{}
	for _, c := range w.Telegram.Menu(person, chat) {
		names[c.Command] = true
	}
	return names["status"] && names["grades"] && names["help"]
}

// TestStatusInAGroup: the operator's chat may be a group, also one that becomes
// a supergroup.
func TestStatusInAGroup(t *testing.T) {
	const old, now = int64(-77), int64(-1001000000077)
	story(t, func(t *testing.T) {
		o := operated(0)
		o.Operator.Chat = old
		o.People.Groups = []emulator.Group{{ID: old, Title: "运维", Members: []int64{ZhangSan}, Admins: []int64{ZhangSan}}}
		w := New(t, o)
		group := w.Person(old)
		asks := func(chat int64) {
			t.Helper()
			group = w.Person(chat)
			group.acts()
			if _, err := w.Telegram.SendText(ZhangSan, chat, "/status"); err != nil {
				t.Fatal(err)
			}
			group.Sees("📊")
		}
		group.Sees("已启动")
		asks(old)
		if err := w.Telegram.Migrate(old, now); err != nil {
			t.Fatal(err)
		}
		settles()
		asks(now)
		time.Sleep(10 * time.Minute)
		if !hasStatus(w, ZhangSan, now) {
			t.Errorf("the menu is %v", w.Telegram.Menu(ZhangSan, now))
		}
		w.Stop()
		group.Sees("正在停止")
		w.Start()
		settles()
		group.Sees("已启动")
		asks(now)
	})
}

// TestOperatorComesLater: the menu is set when the operator opens the chat.
func TestOperatorComesLater(t *testing.T) {
	story(t, func(t *testing.T) {
		o := operated(0)
		w := New(t, o)
		w.Stop()
		w.Telegram.Fault(emulator.Fault{Method: "setMyCommands", Status: 400, Description: "Bad Request: chat not found", Times: 10})
		w.Start()
		time.Sleep(30 * time.Minute)
		if !hasStatus(w, Admin, Admin) {
			t.Errorf("the menu is %v", w.Telegram.Menu(Admin, Admin))
		}
	})
}

// asks reads a page of the operator's port.
func (w *World) asks(path string) (code int, body string) {
	w.TB.Helper()
	rec := httptest.NewRecorder()
	w.Private.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	return rec.Code, rec.Body.String()
}

// TestReady: /healthz while the process lives, /readyz while Telegram and the
// database work.
func TestReady(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, operated(0))
		want := func(path string, code int, text string) {
			t.Helper()
			if got, body := w.asks(path); got != code || !strings.Contains(body, text) {
				t.Errorf("%s is %d %q, want %d %q", path, got, body, code, text)
			}
		}
		w.Stop()
		down := emulator.Fault{HTML502: true, Times: 1 << 20}
		w.Telegram.Fault(down)
		w.Start()
		settles()
		want("/readyz", 503, "telegram: not seen to work yet")
		want("/healthz", 200, "ok")
		w.Telegram.ClearFaults()
		time.Sleep(time.Minute)
		want("/readyz", 200, "ok")
		w.Telegram.Fault(down)
		time.Sleep(5 * time.Minute)
		want("/readyz", 503, "telegram: last seen to work ")
		want("/healthz", 200, "ok")
		w.Telegram.ClearFaults()
		time.Sleep(time.Minute)
		want("/readyz", 200, "ok")
		for n := range 1000 {
			w.DB.(*memstore.DB).FailCommit(n + 1)
		}
		time.Sleep(3 * time.Minute)
		want("/readyz", 503, "database: last seen to work ")
	})
}
