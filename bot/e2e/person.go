package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"jwxtbot/bot/emulator"
)

// Person is somebody with a chat client. Its methods fail the test when the
// chat does not go as told.
type Person struct {
	*World
	ID   int64
	seen map[int]int // message id → edits, when the person last did something
}

// The people of every story.
const (
	ZhangSan = 1001 // speaks Chinese, owns the class group
	LiSi     = 1002 // speaks English
	Class    = -1001000000001
)

// Person is somebody, in the private chat with the bot.
func (w *World) Person(id int64) *Person { return &Person{World: w, ID: id} }

// acts notes what is on screen, so that only what comes after counts as seen.
func (p *Person) acts() {
	p.seen = map[int]int{}
	for _, m := range p.Telegram.Messages(p.ID) {
		p.seen[m.ID] = m.Edits
	}
}

func (p *Person) isNew(m emulator.Message) bool {
	edits, old := p.seen[m.ID]
	return !old || m.Edits > edits
}

// Says types a message.
func (p *Person) Says(text string) int {
	p.TB.Helper()
	p.acts()
	id, err := p.Telegram.SendText(p.ID, p.ID, text)
	if err != nil {
		p.TB.Fatalf("saying it: %v", err)
	}
	return id
}

// Taps presses the newest button of that name.
func (p *Person) Taps(button string) string {
	p.TB.Helper()
	m := p.wait("a button "+button, func(m emulator.Message) bool { return hasButton(m, button) })
	p.acts()
	id, err := p.Telegram.Tap(p.ID, p.ID, m.ID, button)
	if err != nil {
		p.TB.Fatalf("tapping %q: %v", button, err)
	}
	return id
}

func hasButton(m emulator.Message, text string) bool {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == text || b.Data == text {
				return true
			}
		}
	}
	return false
}

// Sees waits for words of the bot, newer than what the person did last, that
// hold all the texts.
func (p *Person) Sees(texts ...string) emulator.Message {
	p.TB.Helper()
	return p.wait(fmt.Sprintf("words with %q", texts), func(m emulator.Message) bool {
		for _, t := range texts {
			if !strings.Contains(m.Text, t) {
				return false
			}
		}
		return m.Bot && p.isNew(m)
	})
}

// SeesPicture waits for a captcha other than the one given.
func (p *Person) SeesPicture(other []byte) emulator.Message {
	p.TB.Helper()
	return p.wait("a picture", func(m emulator.Message) bool {
		return m.Bot && m.Photo != nil && string(m.Photo) != string(other) && hasButton(m, "换一张")
	})
}

// Reads is what the school drew on a picture.
func (p *Person) Reads(m emulator.Message) string {
	p.TB.Helper()
	sum := sha256.Sum256(m.Photo)
	for _, s := range p.Schools {
		if answer, ok := s.Captcha(hex.EncodeToString(sum[:])); ok {
			return answer
		}
	}
	p.TB.Fatal("no school drew this picture")
	return ""
}

// SolvesCaptcha waits for a picture and types what it shows.
func (p *Person) SolvesCaptcha() {
	p.TB.Helper()
	p.Says(p.Reads(p.SeesPicture(nil)))
}

// LogsIn logs in from the start, at the only school.
func (p *Person) LogsIn(number, password string) {
	p.TB.Helper()
	p.Says("/login")
	p.Sees("请发学号")
	p.Says(number)
	p.Sees("请发密码")
	p.Says(password)
	p.SolvesCaptcha()
	p.Sees("✅", number)
}

// Chat is what the chat shows, for a failing test's log.
func (p *Person) Chat() string {
	var b strings.Builder
	for _, m := range p.Telegram.Messages(p.ID) {
		who := "person"
		if m.Bot {
			who = "bot"
		}
		fmt.Fprintf(&b, "%3d %-6s %s", m.ID, who, m.Text)
		if m.Photo != nil {
			b.WriteString(" [picture]")
		}
		for _, row := range m.Buttons {
			for _, btn := range row {
				fmt.Fprintf(&b, " <%s>", btn.Text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (p *Person) wait(what string, match func(emulator.Message) bool) emulator.Message {
	p.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	m, err := p.Telegram.WaitMessage(ctx, p.ID, match)
	if err != nil {
		p.TB.Fatalf("waited in vain for %s; the chat shows\n%s\nlog:\n%s", what, p.Chat(), p.Log)
	}
	return m
}
