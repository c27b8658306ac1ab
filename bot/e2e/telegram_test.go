package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// sends are the calls of a chat that show or change something, polls excluded.
func sends(w *World, chat int64) (out []emulator.Call) {
	for _, c := range w.Telegram.Calls() {
		if c.Chat == chat {
			out = append(out, c)
		}
	}
	return out
}

// TestFloodWait: told to wait, the bot sends that chat nothing, and answers
// everybody else meanwhile.
func TestFloodWait(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, other := w.Person(ZhangSan), w.Person(LiSi)
		p.LogsIn(Number, Password)
		time.Sleep(5 * time.Second)          // a chat gets a message a second
		fails(p, campus.FaultStall, "cjcx_") // so that signs of life are due
		w.Telegram.Fault(emulator.Fault{Method: "sendMessage", Chat: p.ID, RetryAfter: 30})
		p.Says("/help")
		p.Says("/grades")
		time.Sleep(time.Second)
		held := time.Now()
		other.Says("/help")
		other.Sees("/login")
		if waited := time.Since(held); waited > 2*time.Second {
			t.Errorf("somebody else waited %v", waited)
		}
		before := len(sends(w, p.ID))
		time.Sleep(28 * time.Second)
		for _, c := range sends(w, p.ID)[before:] {
			t.Errorf("%s was called %v into a wait of 30 s", c.Method, c.At.Sub(held))
		}
		time.Sleep(2 * time.Second)
		p.Sees("我能做什么")
		p.Sees("查成绩")
		w.School().ClearFaults()
	})
}

// TestTelegramStumbles: gateway pages, server errors and refused connections
// cost time and nothing else.
func TestTelegramStumbles(t *testing.T) {
	for _, fault := range []emulator.Fault{
		{HTML502: true, Times: 3},
		{Status: http.StatusInternalServerError, Times: 3},
		{Status: http.StatusConflict, Times: 2},
		{RetryAfter: 1, Times: 3}, // a password is told to be undeletable after 5 s
	} {
		t.Run(fmt.Sprint(fault.Status, fault.RetryAfter), func(t *testing.T) {
			for _, method := range []string{"sendMessage", "sendPhoto", "getUpdates", "editMessageMedia", "answerCallbackQuery", ""} {
				t.Run(method, func(t *testing.T) {
					story(t, func(t *testing.T) {
						p := New(t, Options{}).Person(ZhangSan)
						fault.Method = method
						p.reachesPassword(Number)
						p.Telegram.Fault(fault)
						p.Says(Password)
						old := p.SeesPicture(nil)
						p.Taps("换一张")
						p.Says(p.Reads(p.SeesPicture(old.Photo)))
						p.Sees("✅", "张三")
						p.Says("/grades")
						p.Sees("张三的成绩")
						wantPosts(p, 1)
						if got := len(p.pictures()); got != 0 {
							t.Errorf("%d pictures are left", got)
						}
						if !strings.Contains(strings.Join(p.screen(), "\n"), "我没能删掉") {
							p.seesNot(Password)
						}
					})
				})
			}
		})
	}
}

// TestCutAfterSend: an answer of Telegram's that got lost doubles at most the
// one message it was about.
func TestCutAfterSend(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Telegram.Fault(emulator.Fault{Method: "sendMessage", Chat: p.ID, CutAfterSend: true})
		p.Says("/help")
		p.Sees("我能做什么")
		settles()
		p.Says("/grades")
		p.Sees("张三的成绩")
		settles()
		helps := 0
		for _, m := range p.Telegram.Messages(p.ID) {
			if strings.Contains(m.Text, "我能做什么") {
				helps++
			}
		}
		if helps < 1 || helps > 2 {
			t.Errorf("the message is there %d times", helps)
		}
	})
}

// TestBlocked: a person who has stopped the bot is sent nothing more; one who
// comes back is answered, and still logged in.
func TestBlocked(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		if err := p.School().AddFault(campus.Fault{Kind: campus.FaultStall, Path: "cjcx_", Times: 1, Delay: 5 * time.Second}); err != nil {
			t.Fatal(err)
		}
		p.Says("/grades")
		p.Sees("查成绩")
		p.Telegram.Block(p.ID, true)
		time.Sleep(time.Hour)
		refused := 0
		for _, c := range sends(p.World, p.ID) {
			if c.Method != "sendChatAction" && c.Err != nil {
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("%d attempts to write to a person who has stopped the bot, want 1", refused)
		}
		if left := keys(p.World, "out/"); len(left) != 0 {
			t.Errorf("still waiting: %q", left)
		}
		p.Says("/start")
		p.Sees("你已经登录了")
	})
}

// TestSecondPoller: another program that polls with the same token is waited out.
func TestSecondPoller(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.Telegram.Fault(emulator.Fault{Method: "getUpdates", Status: http.StatusConflict, Times: 10})
		p.Says("/start")
		time.Sleep(10 * time.Minute)
		p.seen = nil
		p.Sees("你好")
		if !strings.Contains(p.Log.String(), "another program uses this bot's token") {
			t.Error("the log does not tell")
		}
	})
}

// TestNoTelegram: a start without Telegram waits for it.
func TestNoTelegram(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		w.Stop()
		w.Telegram.Fault(emulator.Fault{HTML502: true, Times: 5})
		w.Start()
		p.Says("/start")
		time.Sleep(5 * time.Minute)
		p.seen = nil
		p.Sees("你好")
	})
}
