package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

const (
	student = 1001
	group   = -1001000000001
)

// TestRoundTrip drives the door against the emulator, which checks every
// parameter against the documentation.
func TestRoundTrip(t *testing.T) {
	server, bot := emulated(t)
	var updates = make(chan msg.Update, 10)
	stop := startPoll(t, bot, func(_ context.Context, u msg.Update) error { updates <- u; return nil })
	defer stop()
	next := func() msg.Update {
		t.Helper()
		select {
		case u := <-updates:
			return u
		case <-t.Context().Done():
			t.Fatal("no update came")
			return msg.Update{}
		}
	}
	do := func(it msg.Item) int {
		t.Helper()
		v := bot.Do(t.Context(), it)
		if v.Outcome != msg.Sent || v.Err != nil {
			t.Fatalf("%s: got %v %v, want Sent", it.Op, v.Outcome, v.Err)
		}
		return v.Message
	}

	asked, err := server.SendText(student, student, "/login")
	if err != nil {
		t.Fatal(err)
	}
	u := next()
	if u.Command != "login" || u.Chat != student || u.Message != asked || u.Language != "zh-hans" {
		t.Fatalf("got %+v, want /login", u)
	}
	do(msg.Item{Chat: student, Op: msg.Typing})
	form := do(msg.Item{Chat: student, Op: msg.Show, Body: msg.Body{Text: "<b>学号</b>？", Prompt: "学号"}})
	wait := do(msg.Item{Chat: student, Op: msg.Show, Message: form, Body: msg.Body{Text: "请稍候"}})
	if wait == form {
		t.Error("a prompt was edited, which Telegram refuses")
	}
	same := do(msg.Item{Chat: student, Op: msg.Show, Message: wait, Body: msg.Body{Text: "请再等等"}})
	if same != wait {
		t.Errorf("an edited text got the id %d, want %d", same, wait)
	}
	do(msg.Item{Chat: student, Op: msg.Show, Message: wait, Body: msg.Body{Text: "请再等等"}}) // not modified
	captcha := do(msg.Item{Chat: student, Op: msg.Show, Message: wait, Body: msg.Body{
		Text: "验证码 &lt;1&gt;", Photo: picture(1), Buttons: [][]msg.Button{{{Text: "换一张", Data: "v1:new"}}},
	}})
	if captcha == wait {
		t.Error("the captcha has the id of the text before it")
	}

	if _, err := server.Tap(student, student, captcha, "换一张"); err != nil {
		t.Fatal(err)
	}
	tap := next()
	if tap.Data != "v1:new" || tap.Message != captcha || tap.Callback == "" {
		t.Fatalf("got %+v, want the tap", tap)
	}
	do(msg.Item{Chat: student, Op: msg.Answer, Callback: tap.Callback, Body: msg.Body{Text: "好"}})
	do(msg.Item{Chat: student, Op: msg.Answer, Callback: tap.Callback}) // too old now
	do(msg.Item{Chat: student, Op: msg.Show, Message: captcha, HasPhoto: true, Body: msg.Body{Text: "再来", Photo: picture(2)}})
	do(msg.Item{Chat: student, Op: msg.Show, Message: captcha, HasPhoto: true, Body: msg.Body{Text: "请稍候"}})

	shown := server.Messages(student)
	got := shown[len(shown)-1]
	if got.ID != captcha || got.Text != "请稍候" || !bytes.Equal(got.Photo, picture(2)) || len(got.Buttons) != 0 {
		t.Errorf("got message %d %q with %d buttons, want the second captcha", got.ID, got.Text, len(got.Buttons))
	}
	do(msg.Item{Chat: student, Op: msg.Close, Message: captcha})
	do(msg.Item{Chat: student, Op: msg.Close, Message: captcha})
	do(msg.Item{Chat: student, Op: msg.Send, Body: msg.Body{Text: "表", Document: []byte("a,b\n"), FileName: "成绩.csv"}})
	do(msg.Item{Chat: student, Op: msg.Close, Message: asked})
	if diff := cmp.Diff([]int{form, wait, captcha, asked}, server.Deleted(student)); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	if problems := server.Problems(); len(problems) > 0 {
		t.Errorf("the emulator complains: %q", problems)
	}
}

func TestRoundTripOfPresence(t *testing.T) {
	server, bot := emulated(t)
	updates := make(chan msg.Update, 10)
	stop := startPoll(t, bot, func(_ context.Context, u msg.Update) error { updates <- u; return nil })
	defer stop()
	server.Block(student, true)
	if u := <-updates; u.Presence != msg.Left || u.Chat != student {
		t.Errorf("got %+v, want Left", u)
	}
	if v := bot.Do(t.Context(), msg.Item{Chat: student, Op: msg.Send, Body: msg.Body{Text: "x"}}); v.Outcome != msg.Gone {
		t.Errorf("got %v %v, want Gone", v.Outcome, v.Err)
	}
	server.Block(student, false)
	if u := <-updates; u.Presence != msg.Joined {
		t.Errorf("got %+v, want Joined", u)
	}
	if v := bot.Do(t.Context(), msg.Item{Chat: group, Op: msg.Send, Body: msg.Body{Text: "<b"}}); v.Outcome != msg.Sent {
		t.Errorf("broken HTML: got %v %v, want Sent", v.Outcome, v.Err)
	}
}

// TestRoundTripByWebhook: a bot that fails at every second update gets each in
// order all the same, and one that polls afterwards goes on where it ended.
func TestRoundTripByWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		public := http.NewServeMux()
		server := emulator.New(emulator.Options{Deliver: emulator.InMemory(public)})
		pipe := campus.NewPipe()
		api := &http.Server{Handler: server}
		go api.Serve(pipe)
		defer api.Close()
		defer server.Close()
		start := func(webhook string, handle func(context.Context, msg.Update) error) (stop func() error) {
			bot, err := telegram.New(telegram.Config{
				Token: jwxt.Secret(server.Token()), Endpoint: "http://telegram.test/bot%s/%s",
				Webhook: webhook, DialContext: pipe.DialContext,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(bot.Close)
			if webhook != "" {
				public.Handle("/telegram", bot.Webhook())
			}
			return startPoll(t, bot, handle)
		}
		write := func(texts ...string) {
			for _, text := range texts {
				if _, err := server.SendText(student, student, text); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got []string
		tries := 0
		stop := start(hookURL, func(_ context.Context, u msg.Update) error {
			if tries++; tries%2 == 1 {
				return errors.New("disk full")
			}
			got = append(got, u.Text)
			return nil
		})
		write("1", "2", "3")
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			t.Error(err)
		}
		write("4") // to a webhook that is shut
		time.Sleep(time.Second)
		stop = start("", func(_ context.Context, u msg.Update) error { got = append(got, u.Text); return nil })
		time.Sleep(time.Minute)
		stop()
		if diff := cmp.Diff([]string{"1", "2", "3", "4"}, got); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		if problems := server.Problems(); len(problems) > 0 {
			t.Errorf("the emulator complains: %q", problems)
		}
	})
}

func TestRoundTripOfMenus(t *testing.T) {
	server, bot := emulated(t)
	err := bot.SetCommands(t.Context(), []msg.Menu{
		{Scope: "all_private_chats", Commands: []msg.MenuCommand{{Name: "grades", Text: "Grades"}}},
		{Scope: "all_private_chats", Language: "zh", Commands: []msg.MenuCommand{{Name: "grades", Text: "查成绩"}}},
		{Scope: "all_group_chats", Commands: []msg.MenuCommand{{Name: "help", Text: "Help"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := server.Menu(student, student); len(got) != 1 || got[0].Description != "查成绩" {
		t.Errorf("got %v, want the Chinese menu", got)
	}
	if problems := server.Problems(); len(problems) > 0 {
		t.Errorf("the emulator complains: %q", problems)
	}
}

func emulated(t *testing.T) (*emulator.Server, *telegram.Bot) {
	t.Helper()
	server := emulator.New(emulator.Options{})
	web := httptest.NewServer(server)
	bot, err := telegram.New(telegram.Config{Token: jwxt.Secret(server.Token()), Endpoint: web.URL + "/bot%s/%s"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bot.Close(); server.Close(); web.Close() })
	return server, bot
}

// picture is a small PNG; each n gives another one.
func picture(n int) []byte {
	var b bytes.Buffer
	m := image.NewGray(image.Rect(0, 0, 60+n, 30))
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}
