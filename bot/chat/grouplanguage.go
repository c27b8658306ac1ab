package chat

import (
	"context"
	"strings"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// groupLanguage reads the data of a button of the language menu.
func groupLanguage(data string) (say.Lang, bool) {
	tag, ok := strings.CutPrefix(data, "lang:")
	lang := say.Lang(tag)
	return lang, ok && (lang == say.Zh || lang == say.En)
}

// askGroupLanguage answers /language in a group. What it sets is for all, so it
// is for administrators; others are led to their own setting.
func (s *Shell) askGroupLanguage(ctx context.Context, u msg.Update) error {
	refusal := s.mayGovern(ctx, u, "group.admins")
	return s.inGroup(ctx, u, func(tx store.Tx, g *group) ([]msg.Item, bool, error) {
		switch refusal {
		case "":
			it := s.inReply(u, g, "group.language.ask")
			it.Body.Buttons = languageButtons(u.Person())
			return []msg.Item{it}, false, nil
		case "group.admins":
			it, err := s.leadPrivate(tx, u, g, refusal)
			return []msg.Item{it}, false, err
		}
		return []msg.Item{s.inReply(u, g, "group.unchecked")}, false, nil
	})
}

// languageButtons name each language in itself.
func languageButtons(owner int64) [][]msg.Button {
	var row []msg.Button
	for _, l := range say.Langs() {
		row = append(row, msg.Button{Text: say.Plain(l, "btn."+string(l), say.Data{}), Data: owned(owner, "lang:"+string(l))})
	}
	return [][]msg.Button{row}
}

// tapGroupLanguage sets the language of a group, and says in place of the menu
// who did. Who had asked for it hidden behind the group is not named.
func (s *Shell) tapGroupLanguage(ctx context.Context, u msg.Update, owner int64, lang say.Lang) error {
	refusal := s.mayTap(ctx, u, owner)
	if refusal == "" {
		refusal = s.mayGovern(ctx, u, "toast.admins") // perhaps not any more
	}
	if refusal != "" {
		return s.refuseTap(ctx, u, refusal, true)
	}
	return s.inGroup(ctx, u, func(tx store.Tx, g *group) ([]msg.Item, bool, error) {
		g.Lang, g.Keeper = lang, u.User
		if err := s.boardsSpeak(tx, u.Chat, lang); err != nil {
			return nil, false, err
		}
		about := say.Data{}
		if owner != 0 {
			about.Who = u.Name
		}
		text := say.Text(lang, "group.language.set", about)
		return []msg.Item{
			toast(u, lang, ""),
			{Chat: u.Chat, Thread: u.Thread, Op: msg.Show, Message: u.Message, Body: msg.Body{Text: text}},
		}, true, nil
	})
}
