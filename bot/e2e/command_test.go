package e2e

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

// TestCommandsAsTyped: full-width slashes, punctuation of Chinese keyboards and
// captions are understood; another bot's commands are none of ours.
func TestCommandsAsTyped(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p, class := w.Person(ZhangSan), w.inClass(ZhangSan)
		for _, text := range []string{"／help", "/help，", "/HELP", "/help@jwxt_demo_bot。", "／ｈｅｌｐ　！"} {
			p.Says(text)
			p.Sees("我能做什么")
		}
		p.Says("/grades，２０２４－２０２５－９")
		p.Sees("2024-2025-9", "不像学期")
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
			t.Fatal(err)
		}
		p.acts()
		if _, err := w.Telegram.SendPhoto(ZhangSan, ZhangSan, picture.Bytes(), "/help"); err != nil {
			t.Fatal(err)
		}
		p.Sees("我能做什么")

		for _, text := range []string{"/help@jwxt_demo_bot", "/help！", "/help 谢谢"} {
			class.says(text)
			class.Sees("我不会在群里查成绩")
		}
		w.Telegram.SetBot(ZhangSan, Class, "administrator") // it sees everything
		before := len(w.Telegram.Messages(Class))
		for _, text := range []string{"/help@otherbot", "/help@otherbot @jwxt_demo_bot", "大家 /help", "/help/me", "12/help"} {
			class.says(text)
		}
		settles()
		if got := len(w.Telegram.Messages(Class)); got != before+5 {
			t.Errorf("the bot meddled:\n%s", class.Chat())
		}
	})
}
