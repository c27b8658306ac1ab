package chat

import (
	"context"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// handleGroup answers in groups. Nothing personal is shown or asked there: a
// personal command gets a button into the private chat. What is not a command
// is no business of ours.
func (s *Shell) handleGroup(ctx context.Context, u msg.Update) error {
	switch {
	case u.MovedTo != 0:
		return s.move(ctx, u.Chat, u.MovedTo)
	case u.MovedFrom != 0:
		return s.move(ctx, u.MovedFrom, u.Chat)
	}
	it, ok := s.groupAnswer(u)
	if !ok {
		return nil
	}
	return s.answer(ctx, u, it)
}

// move gives what waits for a group to the supergroup that it has become.
// Telegram tells of it in both, and the second time there is nothing to do.
func (s *Shell) move(ctx context.Context, from, to int64) error {
	for more := true; more; {
		err := s.update(ctx, func(tx store.Tx) (err error) {
			more, err = s.Outbox.Move(tx, from, to)
			return err
		})
		if err != nil {
			return err
		}
	}
	s.Outbox.Wake(to)
	return nil
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
