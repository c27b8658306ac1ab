package telegram

import (
	"context"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
)

// SetCommands shows these menus from now on. A menu is a help, no permission:
// people can type any command anywhere. It stops at the first error.
func (b *Bot) SetCommands(ctx context.Context, menus []msg.Menu) error {
	for _, m := range menus {
		list := m.Commands
		if list == nil {
			list = []msg.MenuCommand{}
		}
		p := tgbotapi.Params{
			"commands": encode(list),
			"scope":    encode(map[string]string{"type": m.Scope}),
		}
		p.AddNonEmpty("language_code", m.Language)
		if _, err := b.call(ctx, "setMyCommands", p); err != nil {
			return err
		}
	}
	return nil
}
