package bot

import (
	"context"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// The commands of private chats, of groups, and of who administers a group.
var (
	privateCommands = []string{"grades", "notices", "login", "logout", "cancel", "privacy", "language", "help"}
	groupCommands   = []string{"help", "grades", "notices"}
	adminCommands   = append(groupCommands, "language")
)

// menus are the command lists that Telegram shows, per kind of chat and
// language. Who speaks neither language sees the Chinese list.
func menus() (out []msg.Menu) {
	for _, m := range []struct {
		scope    string
		commands []string
	}{
		{"all_private_chats", privateCommands}, {"all_group_chats", groupCommands}, {"all_chat_administrators", adminCommands},
	} {
		for tag, lang := range map[string]say.Lang{"": say.Zh, "zh": say.Zh, "en": say.En} {
			out = append(out, msg.Menu{Scope: m.scope, Language: tag, Commands: described(lang, m.commands...)})
		}
	}
	return out
}

func described(lang say.Lang, names ...string) (out []msg.MenuCommand) {
	for _, name := range names {
		out = append(out, msg.MenuCommand{Name: name, Text: say.Plain(lang, "cmd."+name, say.Data{})})
	}
	return out
}

// operatorMenu is that of the operator's chat, which has a command more.
func operatorMenu(chat int64, lang say.Lang) []msg.Menu {
	names := privateCommands
	if chat < 0 {
		names = adminCommands
	}
	all := append([]string{"status"}, names...)
	return []msg.Menu{{Scope: "chat", Chat: chat, Commands: described(lang, all...)}}
}

// introduce sets the command menus, which are help only: failing is no reason
// not to serve.
func (b *Bot) introduce(ctx context.Context) error {
	for wait := 5 * time.Second; ; wait = min(2*wait, 10*time.Minute) {
		err := b.parts.Door.SetCommands(ctx, menus())
		if err == nil || ctx.Err() != nil {
			return nil
		}
		b.parts.Log.Warn("command menus not set", "err", err)
		if !sleep(ctx, wait) {
			return nil
		}
	}
}

// greetOperator sets the menu of the operator's chat, once the operator has
// opened it, and anew when it has become a supergroup.
func (b *Bot) greetOperator(chat func(context.Context) int64) func(context.Context) error {
	return func(ctx context.Context) error {
		for greeted := int64(0); b.parts.Ops.Chat != 0; {
			if at := chat(ctx); at != greeted {
				if err := b.parts.Door.SetCommands(ctx, operatorMenu(at, b.parts.Ops.Lang)); err == nil {
					greeted = at
				} else if ctx.Err() == nil {
					b.parts.Log.Info("the menu of the operator's chat is not set", "err", err)
				}
			}
			if !sleep(ctx, 10*time.Minute) {
				break
			}
		}
		return nil
	}
}
