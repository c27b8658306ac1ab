package chat

import (
	"fmt"
	"slices"
	"strings"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// mostLost is how many lost topics of a group are remembered; the oldest is
// forgotten first, and may then be told of again.
const mostLost = 100

// topicLost tells once that a topic takes nothing from the bot any more, in the
// transaction that sends its item to General instead: the administrator who has
// to do with the bot, or the group where that one has no chat with it.
func (s *Shell) topicLost(tx store.Tx, chat int64, thread int) error {
	g, _, err := s.groupOf(tx, chat)
	if err != nil || slices.Contains(g.Lost, thread) {
		return err
	}
	g.Lost = append(g.Lost, thread)
	g.Lost = g.Lost[max(0, len(g.Lost)-mostLost):]
	to, lang := chat, g.Lang
	if g.Keeper != 0 {
		rec, err := s.record(tx, g.Keeper)
		switch {
		case err != nil:
			return err
		case rec.State.Lang != "":
			to, lang = g.Keeper, say.Lang(rec.State.Lang)
		}
	}
	if err := s.groups.Put(tx, chatID(chat), g); err != nil {
		return err
	}
	about := say.Data{Group: g.Title, URL: topicLink(chat, thread)}
	return s.queue(tx, msg.Item{Chat: to, Op: msg.Send, Body: msg.Body{Text: say.Text(lang, "group.topic_lost", about)}})
}

// topicLink leads members of a supergroup to one of its topics.
func topicLink(chat int64, thread int) string {
	id, ok := strings.CutPrefix(chatID(chat), "-100")
	if !ok {
		return ""
	}
	return fmt.Sprintf("https://t.me/c/%s/%d", id, thread)
}
