package emulator_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
)

const keyboard = `{"inline_keyboard":[[{"text":"换一张","callback_data":"again"},{"text":"帮助","url":"https://t.me/jwxt_demo_bot?start=help"}]]}`

func TestCallbackRoundTrip(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", keyboard))
	id, err := b.Tap(student, student, 1, "换一张")
	if err != nil {
		t.Fatal(err)
	}
	q := b.updates()[0]["callback_query"].(map[string]any)
	if q["id"] != id || q["data"] != "again" || q["message"].(map[string]any)["message_id"] != 1.0 || q["chat_instance"] == "" {
		t.Errorf("callback_query: got %v", q)
	}
	if cb, _ := b.Callback(id); cb.Answered {
		t.Error("answered before the answer")
	}
	b.refused(b.form("answerCallbackQuery", "callback_query_id", id, "text", strings.Repeat("长", 201)), 400, "MESSAGE_TOO_LONG")
	b.form("answerCallbackQuery", "callback_query_id", id, "text", "稍候", "show_alert", "true")
	if cb, _ := b.Callback(id); !cb.Answered || cb.Text != "稍候" || !cb.Alert {
		t.Errorf("got %+v", cb)
	}
	b.refused(b.form("answerCallbackQuery", "callback_query_id", id), 400, "query is too old")
}

func TestTapsThatCannotBe(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", keyboard))
	tests := []struct {
		name       string
		user, chat int64
		message    int
		button     string
	}{
		{"a stranger", other, student, 1, "again"},
		{"no message", student, student, 2, "again"},
		{"no button", student, student, 1, "nothing"},
		{"a link", student, student, 1, "帮助"},
		{"no chat", student, 5, 1, "again"},
	}
	for _, tt := range tests {
		if id, err := b.Tap(tt.user, tt.chat, tt.message, tt.button); err == nil {
			t.Errorf("%s: tapped as %s", tt.name, id)
		}
	}
}

func TestLateAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.direct("sendMessage", "chat_id=1001&text=x&reply_markup="+keyboard)
		id, _ := b.Tap(student, student, 1, "again")
		time.Sleep(61 * time.Second)
		b.refused(b.direct("answerCallbackQuery", "callback_query_id="+id), 400, "query is too old")
	})
}

func TestChatActionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		show := func() { b.must(b.direct("sendChatAction", "chat_id=1001&action=upload_photo")) }
		show()
		if got := b.Action(student); got != "upload_photo" {
			t.Errorf("got %q, want upload_photo", got)
		}
		time.Sleep(6 * time.Second)
		if got := b.Action(student); got != "" {
			t.Errorf("after 6 s: got %q, want nothing", got)
		}
		show()
		b.direct("sendMessage", "chat_id=1001&text=x")
		if got := b.Action(student); got != "" {
			t.Errorf("after a message: got %q, want nothing", got)
		}
	})
}

func TestOldMessagesCannotBeDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := inBubble(t, emulator.Options{})
		b.direct("sendMessage", "chat_id=1001&text=x")
		time.Sleep(49 * time.Hour)
		b.refused(b.direct("deleteMessage", "chat_id=1001&message_id=1"), 400, "message can't be deleted for everyone")
	})
}

func TestDeepLinkStartsThePrivateChat(t *testing.T) {
	b := newBot(t, emulator.Options{})
	for link, want := range map[string]string{
		"https://t.me/jwxt_demo_bot?start=ecnu":             "/start ecnu",
		"tg://resolve?domain=jwxt_demo_bot&start=token_-9":  "/start token_-9",
		"https://t.me/JWXT_demo_bot":                        "/start",
		"https://t.me/other_bot?start=x":                    "",
		"https://example.org/jwxt_demo_bot?start=elsewhere": "",
	} {
		id, err := b.Open(student, link)
		if want == "" {
			if err == nil {
				t.Errorf("%s was opened", link)
			}
			continue
		}
		if m := b.Messages(student); err != nil || m[id-1].Text != want {
			t.Errorf("%s: got %q, %v; want %q", link, m[len(m)-1].Text, err, want)
		}
	}
}
