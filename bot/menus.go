package bot

import (
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// menus are the command lists that Telegram shows, per kind of chat and
// language. Who speaks neither language sees the Chinese list.
func menus() (out []msg.Menu) {
	lists := map[string][]string{
		"all_private_chats": {"grades", "notices", "login", "logout", "cancel", "privacy", "language", "help"},
		"all_group_chats":   {"help", "grades", "notices"},
	}
	for _, scope := range []string{"all_private_chats", "all_group_chats"} {
		for tag, lang := range map[string]say.Lang{"": say.Zh, "zh": say.Zh, "en": say.En} {
			m := msg.Menu{Scope: scope, Language: tag}
			for _, name := range lists[scope] {
				m.Commands = append(m.Commands, msg.MenuCommand{Name: name, Text: say.Plain(lang, "cmd."+name, say.Data{})})
			}
			out = append(out, m)
		}
	}
	return out
}
