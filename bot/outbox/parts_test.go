package outbox_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/msg"
	"jwxtbot/store/memstore"
)

// TestLongTexts go out in parts, in order; the slot is the last one, which has
// the buttons.
func TestLongTexts(t *testing.T) {
	long := "<b>" + strings.Repeat("高等数学 92\n", 1000) + "</b>"
	buttons := [][]msg.Button{{{Text: "下一页", Data: "v1"}}}
	for name, body := range map[string]msg.Body{
		"text":     {Text: long, Buttons: buttons},
		"photo":    {Text: long, Photo: picture(), Buttons: buttons},
		"document": {Text: long, Document: []byte("a,b"), FileName: "g.csv", Buttons: buttons},
		"prompt":   {Text: long, Prompt: "验证码"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, door := dial(t, emulator.Options{Limits: emulator.TelegramLimits(), People: people(1)})
				b := start(t, memstore.New(), door)
				show := func(body msg.Body) msg.Item {
					return msg.Item{Chat: 1, Op: msg.Show, Slot: "answer", Body: body}
				}
				b.add(show(msg.Body{Text: "wait"}), show(body), text(1, "next"))
				pass(time.Minute)
				got := server.Messages(1)
				if len(got) < 3 || b.left() != 0 {
					t.Fatalf("%d messages, %d items are left", len(got), b.left())
				}
				var all strings.Builder
				parts := got[:len(got)-1]
				for i, m := range parts {
					all.WriteString(m.Text)
					last := i == len(parts)-1
					if (len(m.Buttons) > 0 || m.Prompt != "") != last {
						t.Errorf("part %d of %d has buttons %v, prompt %q", i, len(parts), m.Buttons, m.Prompt)
					}
					if (m.Photo != nil || m.Document != nil) != (i == 0 && (body.Photo != nil || body.Document != nil)) {
						t.Errorf("part %d has the file, or has it not", i)
					}
				}
				if n := strings.Count(all.String(), "高等数学 92"); n != 1000 {
					t.Errorf("%d of 1000 lines were sent", n)
				}
				if got[len(got)-1].Text != "next" {
					t.Errorf("the next item is not the last: %v", got)
				}
				b.add(show(msg.Body{Text: "after"}))
				pass(time.Minute)
				if words := fmt.Sprint(server.Messages(1)); strings.Contains(words, "下一页") || !strings.Contains(words, "after") {
					t.Error("the last part was not replaced")
				}
				if breaches, problems := server.Breaches(), server.Problems(); len(breaches)+len(problems) > 0 {
					t.Errorf("too early: %v; against the documentation: %v", breaches, problems)
				}
			})
		})
	}
}
