package chat

import (
	"context"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// handleGroup answers in groups. Nothing personal is shown or asked there: a
// personal command gets a button into the private chat. What is not a command
// is no business of ours.
func (s *Shell) handleGroup(ctx context.Context, u msg.Update) error {
	it, ok := s.groupAnswer(u)
	if !ok {
		return nil
	}
	err := s.update(ctx, func(tx store.Tx) error {
		fresh, err := s.markSeen(tx, u.ID)
		if err != nil || !fresh {
			return err
		}
		now := time.Now()
		return s.Outbox.Add(tx, uint64(now.UnixMicro()), it, now)
	})
	if err == nil {
		s.Outbox.Wake(u.Chat)
	}
	return err
}

// groupAnswer is what is said to an update of a group, if anything. Every
// message has a button into the private chat.
func (s *Shell) groupAnswer(u msg.Update) (msg.Item, bool) {
	lang := say.Guess(u.Language)
	data := say.Data{Bot: s.Bot, Command: u.Command}
	it := msg.Item{Chat: u.Chat, Thread: u.Thread, Op: msg.Send}
	if u.Callback != "" {
		it.Op, it.Callback = msg.Answer, u.Callback
		it.Body.Text = say.Plain(lang, "toast.stale", data)
		return it, true
	}
	link := "https://t.me/" + s.Bot
	switch k, known := commands[u.Command]; {
	case u.ChatKind != msg.Group || !known && u.Presence != msg.Joined:
		return it, false
	case !known || k == dialogue.CmdStart:
		it.Body.Text = say.Text(lang, "start.group", data)
	case k == dialogue.CmdHelp:
		it.Body.Text = say.Text(lang, "help.group", data)
	default:
		it.Body.Text = say.Text(lang, "group.private", data)
		link += "?start=" + u.Command
	}
	it.Body.Buttons = [][]msg.Button{{{Text: say.Plain(lang, "btn.private", data), URL: link}}}
	return it, true
}
