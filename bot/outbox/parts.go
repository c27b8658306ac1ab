package outbox

import (
	"jwxtbot/bot/msg"
	"jwxtbot/bot/render/text"
)

// parts are the items that carry an item's text, one if it fits. The first
// takes the place of the message that was there, and has the file; the last has
// the buttons or the prompt and the Ref, and the slot from then on.
func parts(it msg.Item) []msg.Item {
	if it.Op != msg.Show && it.Op != msg.Send {
		return []msg.Item{it}
	}
	limit := text.MaxMessage
	if it.Body.Photo != nil || it.Body.Document != nil {
		limit = text.MaxCaption
	}
	texts := text.Split(it.Body.Text, limit)
	if len(texts) < 2 {
		return []msg.Item{it}
	}
	out := make([]msg.Item, len(texts))
	for i, words := range texts {
		part := it
		part.Body.Text = words
		if i > 0 {
			part.Op, part.Message, part.ReplyTo = msg.Send, 0, 0
			part.Body.Photo, part.Body.Document, part.Body.FileName = nil, nil, ""
		}
		if i < len(texts)-1 {
			part.Body.Buttons, part.Body.Prompt, part.Ref = nil, "", ""
		}
		out[i] = part
	}
	return out
}
