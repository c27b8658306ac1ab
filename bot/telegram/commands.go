package telegram

import (
	"context"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
)

// scope is where a menu is shown.
type scope struct {
	Type string `json:"type"`
	Chat int64  `json:"chat_id,omitempty"`
}

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
			"scope":    encode(scope{m.Scope, m.Chat}),
		}
		p.AddNonEmpty("language_code", m.Language)
		if _, err := b.call(ctx, "setMyCommands", p); err != nil {
			return err
		}
	}
	return nil
}
