package board

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// ask is a question that waits for words: of one person, in one topic.
type ask struct {
	What   string `json:"what"` // a key of answers
	User   int64  `json:"user"` // who was asked
	Source string `json:"source,omitempty"`
	Thread int    `json:"thread,omitempty"` // of the subscription
	Until  time.Time
}

// askFor is how long a question waits.
const askFor = 10 * time.Minute

// What is asked.
const (
	askSchool = "school"
	askFilter = "filter"
	askNotice = "notice"
	askUrgent = "urgent"
)

func askID(v chat.Visit) string {
	return strconv.FormatInt(v.Chat, 10) + "/" + strconv.Itoa(v.Thread)
}

// putAsk asks for words. In a group it names who was asked, so that the prompt
// opens with nobody else.
func (d *Desk) putAsk(v chat.Visit, a ask, key, placeholder string, about say.Data) *chat.Turn {
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		a.User, a.Until = v.User, time.Now().Add(askFor)
		if err := d.asks.PutUntil(tx, askID(v), a, a.Until); err != nil {
			return nil, err
		}
		it := msg.Item{Chat: v.Chat, Thread: v.Thread, Op: msg.Send, Body: msg.Body{
			Text: say.Text(v.Lang, key, about), Prompt: say.Plain(v.Lang, placeholder, say.Data{}),
		}}
		if v.ChatKind == msg.Group {
			it.Body.Selective = true
			if v.Callback == "" {
				it.ReplyTo = v.Message
			} else {
				it.Body.Text = fmt.Sprintf(`<a href="tg://user?id=%d">%s</a> `, v.User, text.Escape(text.Line(v.Name, 32))) + it.Body.Text
			}
		}
		if v.Callback == "" {
			return []msg.Item{it}, nil
		}
		return []msg.Item{spun(v), it}, nil
	}}
}

// answer takes words as the answer to what was asked; nil where nothing was.
// Who hides behind the group may have been asked under the own name.
func (d *Desk) answer(ctx context.Context, v chat.Visit) (*chat.Turn, error) {
	var a ask
	err := d.DB.View(ctx, func(tx store.Tx) (err error) {
		a, err = d.asks.Get(tx, askID(v))
		return err
	})
	switch {
	case store.Missing(err):
		return nil, nil
	case err != nil:
		return nil, err
	case time.Now().After(a.Until) || a.User != v.User && !v.Anonymous:
		return nil, nil
	}
	h := map[string]handler{askSchool: d.subscribe, askFilter: d.filterWords, askNotice: d.wordCame, askUrgent: d.urgentWords}[a.What]
	if h == nil {
		return nil, nil
	}
	turn, err := d.governs(h)(ctx, v, []string{v.Text, a.Source, strconv.Itoa(a.Thread)})
	if err != nil {
		return nil, err
	}
	do := turn.Do
	turn.Do = func(tx store.Tx) ([]msg.Item, error) {
		if err := d.dropAsk(tx, askID(v)); err != nil {
			return nil, err
		}
		return do(tx)
	}
	return turn, nil
}

// dropAsk forgets a question, and when it would have been forgotten.
func (d *Desk) dropAsk(tx store.Tx, id string) error {
	if err := d.asks.PutUntil(tx, id, ask{}, time.Time{}); err != nil {
		return err
	}
	return d.asks.Delete(tx, id)
}
