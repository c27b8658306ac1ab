package bot

import (
	"context"
	"slices"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// The commands of private chats, of groups, and of who administers a group.
var (
	privateCommands = []string{"grades", "notices", "login", "logout", "cancel", "privacy", "language", "help"}
	groupCommands   = []string{"help", "grades", "notices"}
	adminCommands   = append(groupCommands, "language")

	// Where boards are watched, these are for who may set what is subscribed.
	boardCommands = []string{"subscribe", "subscriptions", "filter", "quiet", "digest", "unsubscribe"}
)

// menus are the command lists that Telegram shows, per kind of chat and
// language. Who speaks neither language sees the Chinese list.
func (b *Bot) menus() (out []msg.Menu) {
	for _, m := range []struct {
		scope    string
		commands []string
	}{
		{"all_private_chats", b.withBoards(privateCommands)}, {"all_group_chats", groupCommands},
		{"all_chat_administrators", b.withBoards(adminCommands)},
	} {
		for tag, lang := range map[string]say.Lang{"": say.Zh, "zh": say.Zh, "en": say.En} {
			out = append(out, msg.Menu{Scope: m.scope, Language: tag, Commands: described(lang, m.commands...)})
		}
	}
	return out
}

func (b *Bot) withBoards(commands []string) []string {
	if b.parts.Boards.Reader == nil {
		return commands
	}
	return slices.Concat(commands, boardCommands)
}

func described(lang say.Lang, names ...string) (out []msg.MenuCommand) {
	for _, name := range names {
		out = append(out, msg.MenuCommand{Name: name, Text: say.Plain(lang, "cmd."+name, say.Data{})})
	}
	return out
}

// operatorMenu is that of the operator's chat, which has commands more.
func (b *Bot) operatorMenu(chat int64, lang say.Lang) []msg.Menu {
	names := privateCommands
	if chat < 0 {
		names = adminCommands
	}
	own := []string{"status"}
	if b.parts.Boards.Reader != nil {
		own = append(own, "release", "drop")
	}
	all := append(own, b.withBoards(names)...)
	return []msg.Menu{{Scope: "chat", Chat: chat, Commands: described(lang, all...)}}
}

// introduce sets the command menus, which are help only: failing is no reason
// not to serve.
func (b *Bot) introduce(ctx context.Context) error {
	for wait := 5 * time.Second; ; wait = min(2*wait, 10*time.Minute) {
		err := b.parts.Door.SetCommands(ctx, b.menus())
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
				if err := b.parts.Door.SetCommands(ctx, b.operatorMenu(at, b.parts.Ops.Lang)); err == nil {
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
