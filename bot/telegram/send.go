package telegram

import (
	"context"
	"encoding/json"
	"errors"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/render/text"
)

// Do carries out one Item and says what became of it. It makes one attempt,
// save that HTML which Telegram does not take is sent once more as plain text,
// and a picture that it does not take once more as a file.
//
// Show keeps the message where Telegram can: a text stays a text, a picture a
// picture. Otherwise it deletes the old message and sends a new one, whose id
// the verdict has; so it does from and to a Prompt, because only new messages
// can have one and Telegram does not edit them afterwards. Show with neither
// text nor file changes the buttons alone.
func (b *Bot) Do(ctx context.Context, it msg.Item) msg.Verdict {
	f := asHTML
	v := b.do(ctx, it, f)
	if asAPI(v.Err).says("can't parse entities") {
		b.log.Error("Telegram refused our HTML, sending it as plain text", "err", v.Err)
		f = asPlain
		v = b.do(ctx, it, f)
	}
	if it.Body.Photo != nil && asAPI(v.Err).says(noPhoto...) {
		b.log.Warn("Telegram refused a picture, sending it as a file", "err", v.Err)
		v = b.do(ctx, asFile(it), f)
	}
	return v
}

// noPhoto are the words for a picture that is none to Telegram: too wide, too
// high, too large, or of a format that it cannot read.
var noPhoto = []string{
	"PHOTO_INVALID_DIMENSIONS", "PHOTO_SAVE_FILE_INVALID", "PHOTO_EXT_INVALID", "PHOTO_CONTENT_TYPE_INVALID",
	"PHOTO_INVALID", "IMAGE_PROCESS_FAILED", "too big for a photo",
}

// asFile is it with its picture as a file, which people see all the same.
func asFile(it msg.Item) msg.Item {
	it.Body.Document, it.Body.FileName = it.Body.Photo, photoName(it.Body.Photo)
	it.Body.Photo = nil
	return it
}

func (b *Bot) do(ctx context.Context, it msg.Item, f format) msg.Verdict {
	switch it.Op {
	case msg.Show:
		return b.show(ctx, it, f)
	case msg.Edit:
		return b.edit(ctx, it, f)
	case msg.Send:
		return b.send(ctx, it, f)
	case msg.Close:
		return b.remove(ctx, it)
	case msg.Answer:
		return b.answer(ctx, it)
	case msg.Typing:
		return b.typing(ctx, it)
	}
	return msg.Verdict{Outcome: msg.Reject, Err: errors.New("telegram: unknown operation " + string(it.Op))}
}

// show edits the message on screen, or replaces it, or sends the first one.
func (b *Bot) show(ctx context.Context, it msg.Item, f format) msg.Verdict {
	if it.Message == 0 {
		return b.send(ctx, it, f)
	}
	r, ok := editOf(it, f)
	if !ok {
		return b.replace(ctx, it, f)
	}
	_, err := b.call(ctx, r.method, r.params, r.files...)
	switch e := asAPI(err); {
	case err == nil, e.says("message is not modified"):
		return msg.Verdict{Outcome: msg.Sent, Message: it.Message}
	case e.says("message to edit not found", "MESSAGE_ID_INVALID"):
		return b.send(ctx, it, f)
	case e.says("message can't be edited", // it is old, or a Prompt
		"no text in the message", "no caption in the message", "no media in the message"): // HasPhoto was wrong
		return b.replace(ctx, it, f)
	}
	return verdictOf(err)
}

// edit changes a message, or nothing where it is gone or past editing.
func (b *Bot) edit(ctx context.Context, it msg.Item, f format) msg.Verdict {
	r, ok := editOf(it, f)
	if !ok {
		return msg.Verdict{Outcome: msg.Reject, Err: errors.New("telegram: nothing to edit")}
	}
	_, err := b.call(ctx, r.method, r.params, r.files...)
	if asAPI(err).says("message is not modified", "message to edit not found", "MESSAGE_ID_INVALID", "message can't be edited") {
		err = nil
	}
	v := verdictOf(err)
	if v.Outcome == msg.Sent {
		v.Message = it.Message
	}
	return v
}

// replace deletes before it sends: cut off in between, it can be done again.
func (b *Bot) replace(ctx context.Context, it msg.Item, f format) msg.Verdict {
	if v := b.remove(ctx, it); v.Outcome != msg.Sent && v.Outcome != msg.Reject {
		return v
	}
	return b.send(ctx, it, f)
}

// send sends a new message.
func (b *Bot) send(ctx context.Context, it msg.Item, f format) msg.Verdict {
	r := newOf(it, f)
	result, err := b.call(ctx, r.method, r.params, r.files...)
	if err != nil {
		return verdictOf(err)
	}
	var sent struct {
		ID int `json:"message_id"`
	}
	if err := json.Unmarshal(result, &sent); err != nil || sent.ID == 0 {
		b.log.Error("Telegram took a message but did not tell its id", "method", r.method)
	}
	return msg.Verdict{Outcome: msg.Sent, Message: sent.ID}
}

// remove deletes a message; one that is gone already was deleted.
func (b *Bot) remove(ctx context.Context, it msg.Item) msg.Verdict {
	if it.Message == 0 {
		return msg.Verdict{Outcome: msg.Sent}
	}
	p := chatParams(it.Chat, 0)
	p.AddNonZero("message_id", it.Message)
	_, err := b.call(ctx, "deleteMessage", p)
	if asAPI(err).says("message to delete not found", "MESSAGE_ID_INVALID") {
		err = nil
	}
	return verdictOf(err)
}

// answer ends the spinner on a tapped button. One that has ended by itself
// needs no answer any more.
func (b *Bot) answer(ctx context.Context, it msg.Item) msg.Verdict {
	p := tgbotapi.Params{"callback_query_id": it.Callback}
	p.AddNonEmpty("text", text.Plain(it.Body.Text))
	p.AddBool("show_alert", it.Alert)
	p.AddNonEmpty("url", it.URL)
	_, err := b.call(ctx, "answerCallbackQuery", p)
	if asAPI(err).says("query is too old", "query ID is invalid", "QUERY_ID_INVALID") {
		err = nil
	}
	return verdictOf(err)
}

func (b *Bot) typing(ctx context.Context, it msg.Item) msg.Verdict {
	p := chatParams(it.Chat, it.Thread)
	p["action"] = it.Action
	if it.Action == "" {
		p["action"] = tgbotapi.ChatTyping
	}
	_, err := b.call(ctx, "sendChatAction", p)
	return verdictOf(err)
}
