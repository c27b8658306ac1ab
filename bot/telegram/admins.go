package telegram

import (
	"context"
	"encoding/json"
	"errors"
)

// Admins asks who administers a group: its owner and the people with rights,
// those who hide behind the group included, bots not. Every member may ask.
func (b *Bot) Admins(ctx context.Context, chat int64) ([]int64, error) {
	result, err := b.call(ctx, "getChatAdministrators", chatParams(chat, 0))
	if err != nil {
		return nil, err
	}
	var members []struct {
		User struct {
			ID    int64 `json:"id"`
			IsBot bool  `json:"is_bot"`
		} `json:"user"`
	}
	if err := json.Unmarshal(result, &members); err != nil {
		return nil, errors.New("telegram: getChatAdministrators: the result is no list of members")
	}
	var ids []int64
	for _, m := range members {
		if !m.User.IsBot {
			ids = append(ids, m.User.ID)
		}
	}
	return ids, nil
}
