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
// is no business of ours. Settings are for administrators.
func (s *Shell) handleGroup(ctx context.Context, u msg.Update) error {
	if u.Ranks || u.Presence != "" {
		s.ranks.forget(u.Chat)
	}
	switch {
	case u.MovedTo != 0:
		return s.move(ctx, u.Chat, u.MovedTo)
	case u.MovedFrom != 0:
		return s.move(ctx, u.MovedFrom, u.Chat)
	case u.ChatKind == msg.Group && u.Ranks && u.Presence == msg.Joined:
		return s.heardAgain(ctx, u)
	case u.ChatKind != msg.Group || u.Ranks:
		return nil
	case u.Presence == msg.Joined:
		return s.arrive(ctx, u)
	case u.Presence == msg.Left:
		return s.leave(ctx, u)
	}
	taken, err := s.visitBoards(ctx, u)
	switch {
	case taken || err != nil:
		return err
	case u.Callback != "":
		return s.groupTap(ctx, u)
	case u.Command == "language":
		return s.askGroupLanguage(ctx, u)
	}
	return s.groupCommand(ctx, u)
}

// groupCommand answers a command with a button into the private chat.
func (s *Shell) groupCommand(ctx context.Context, u msg.Update) error {
	k, known := commands[u.Command]
	if !known {
		return nil
	}
	return s.inGroup(ctx, u, func(tx store.Tx, g *group) ([]msg.Item, bool, error) {
		switch k {
		case dialogue.CmdStart:
			return []msg.Item{s.withLink(s.inReply(u, g, "start.group"), g.lang(u), "")}, false, nil
		case dialogue.CmdHelp:
			return []msg.Item{s.withLink(s.inReply(u, g, "help.group"), g.lang(u), "")}, false, nil
		}
		it, err := s.leadPrivate(tx, u, g, "group.private")
		return []msg.Item{it}, false, err
	})
}

// leadPrivate is a sentence with a button at which the command of u goes on in
// the private chat.
func (s *Shell) leadPrivate(tx store.Tx, u msg.Update, g *group, key string) (msg.Item, error) {
	payload, err := s.newToken(tx, u)
	return s.withLink(s.inReply(u, g, key), g.lang(u), payload), err
}

// inReply is a sentence where u came from.
func (s *Shell) inReply(u msg.Update, g *group, key string) msg.Item {
	text := say.Text(g.lang(u), key, say.Data{Bot: s.Bot, Boards: s.Boards != nil, Command: u.Command})
	return msg.Item{Chat: u.Chat, Thread: u.Thread, Op: msg.Send, Body: msg.Body{Text: text}}
}

// withLink adds a button into the private chat.
func (s *Shell) withLink(it msg.Item, lang say.Lang, payload string) msg.Item {
	link := "https://t.me/" + s.Bot
	if payload != "" {
		link += "?start=" + payload
	}
	it.Body.Buttons = [][]msg.Button{{{Text: say.Plain(lang, "btn.private", say.Data{}), URL: link}}}
	return it
}

// groupTap takes a tap on a menu of a group. Other buttons there do nothing.
func (s *Shell) groupTap(ctx context.Context, u msg.Update) error {
	owner, data, ok := ownerOf(u.Data)
	if lang, is := groupLanguage(data); ok && is {
		return s.tapGroupLanguage(ctx, u, owner, lang)
	}
	return s.refuseTap(ctx, u, "toast.stale", false)
}

// refuseTap answers a tap and changes nothing. An alert must be closed by hand.
func (s *Shell) refuseTap(ctx context.Context, u msg.Update, key string, alert bool) error {
	return s.inGroup(ctx, u, func(_ store.Tx, g *group) ([]msg.Item, bool, error) {
		it := toast(u, g.lang(u), key)
		it.Alert = alert
		return []msg.Item{it}, false, nil
	})
}

// toast answers a tap; without a key it only ends the spinner.
func toast(u msg.Update, lang say.Lang, key string) msg.Item {
	it := msg.Item{Chat: u.Chat, Op: msg.Answer, Callback: u.Callback}
	if key != "" {
		it.Body.Text = say.Plain(lang, key, say.Data{})
	}
	return it
}
