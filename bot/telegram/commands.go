package telegram

import (
	"context"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Scope says who sees a list of commands.
type Scope string

// The scopes. A narrower one hides the wider ones.
const (
	EveryChat    Scope = "default"
	PrivateChats Scope = "all_private_chats"
	GroupChats   Scope = "all_group_chats"
	GroupAdmins  Scope = "all_chat_administrators"
)

// Command is a line of the menu.
type Command struct {
	Name string `json:"command"`     // 1-32 of a-z 0-9 _, without slash
	Text string `json:"description"` // 1-256 characters
}

// Commands is the menu of one scope in one language.
type Commands struct {
	Scope    Scope
	Language string // two letters; "" for all languages without a list of their own
	List     []Command
}

// SetCommands shows these menus from now on. A menu is a help, no permission:
// people can type any command anywhere. It stops at the first error.
func (b *Bot) SetCommands(ctx context.Context, menus []Commands) error {
	for _, m := range menus {
		list := m.List
		if list == nil {
			list = []Command{}
		}
		p := tgbotapi.Params{
			"commands": encode(list),
			"scope":    encode(map[string]Scope{"type": m.Scope}),
		}
		p.AddNonEmpty("language_code", m.Language)
		if _, err := b.call(ctx, "setMyCommands", p); err != nil {
			return err
		}
	}
	return nil
}
