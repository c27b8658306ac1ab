package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"jwxtbot/bot/msg"
)

// The types below name the few fields we read. The library's own types have
// hundreds, lack forum topics, and refuse a whole update when a single field
// is not of the type it had in 2021.

type update struct {
	ID       int           `json:"update_id"`
	Message  *message      `json:"message"`
	Callback *callback     `json:"callback_query"`
	Me       *memberUpdate `json:"my_chat_member"`
	Member   *memberUpdate `json:"chat_member"` // comes where the bot is an administrator
}

type user struct {
	ID       int64  `json:"id"`
	Name     string `json:"first_name"`
	UserName string `json:"username"`
	Language string `json:"language_code"`
}

type chat struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

type message struct {
	ID      int    `json:"message_id"`
	Topic   bool   `json:"is_topic_message"`
	Thread  int    `json:"message_thread_id"`
	From    user   `json:"from"`
	Sender  chat   `json:"sender_chat"` // in whose name it was written, if not From's
	Date    int64  `json:"date"`        // 0: too old or deleted, only id and chat are known
	Chat    chat   `json:"chat"`
	Text    string `json:"text"`
	Caption string `json:"caption"`
	Reply   *struct {
		ID   int  `json:"message_id"`
		From user `json:"from"`
	} `json:"reply_to_message"`
	NewID int64 `json:"migrate_to_chat_id"`
	OldID int64 `json:"migrate_from_chat_id"`
	media
}

// media is what a message can hold instead of text.
type media struct {
	Animation present `json:"animation"`
	Audio     present `json:"audio"`
	Checklist present `json:"checklist"`
	Contact   present `json:"contact"`
	Dice      present `json:"dice"`
	Document  present `json:"document"`
	Game      present `json:"game"`
	LivePhoto present `json:"live_photo"`
	Location  present `json:"location"`
	PaidMedia present `json:"paid_media"`
	Photo     present `json:"photo"`
	Poll      present `json:"poll"`
	Rich      present `json:"rich_message"`
	Sticker   present `json:"sticker"`
	Story     present `json:"story"`
	Venue     present `json:"venue"`
	Video     present `json:"video"`
	VideoNote present `json:"video_note"`
	Voice     present `json:"voice"`
}

// present notes that a field is there and reads nothing of it.
type present bool

func (p *present) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"` // nil for messages sent in inline mode
	Data    string   `json:"data"`
}

type memberUpdate struct {
	Chat chat       `json:"chat"`
	From user       `json:"from"`
	Date int64      `json:"date"`
	Old  membership `json:"old_chat_member"`
	New  membership `json:"new_chat_member"`
}

type membership struct {
	Status   string `json:"status"`
	IsMember bool   `json:"is_member"` // of the restricted
}

// inside reports whether the bot can be met in the chat.
func (m membership) inside() bool {
	switch m.Status {
	case "", "left", "kicked":
		return false
	}
	return m.Status != "restricted" || m.IsMember
}

// ranks reports whether it is an administrator's.
func (m membership) ranks() bool { return m.Status == "creator" || m.Status == "administrator" }

// decodeUpdate reads one update. It is nil where there is nothing for us in it:
// a command for another bot, a service message, a kind we did not ask for. The
// id is told even of an update that is otherwise unreadable, 0 where it has none.
func decodeUpdate(raw []byte, botname string) (id int, u *msg.Update, err error) {
	var in update
	// A field of the wrong type does not keep json from filling the others.
	if err := json.Unmarshal(raw, &in); err != nil {
		return in.ID, nil, describe(err)
	}
	if in.ID == 0 {
		return 0, nil, errors.New("telegram: an update without an id")
	}
	switch {
	case in.Message != nil:
		u = fromMessage(in.Message, botname)
	case in.Callback != nil && in.Callback.Message != nil:
		u = fromCallback(in.Callback)
	case in.Me != nil:
		u = fromMe(in.Me)
	case in.Member != nil:
		u = fromMember(in.Member)
	}
	if u != nil {
		u.ID = in.ID
	}
	return in.ID, u, nil
}

// describe says where decoding failed without the value that was there.
func describe(err error) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("telegram: field %s is no %s", e.Field, e.Type)
	}
	return errors.New("telegram: malformed JSON")
}

func fromMessage(m *message, botname string) *msg.Update {
	u := at(m)
	by(u, m.From)
	if m.NewID != 0 || m.OldID != 0 {
		u.MovedTo, u.MovedFrom = m.NewID, m.OldID
		return u
	}
	u.As, u.Anonymous = m.Sender.ID, m.Sender.ID == m.Chat.ID
	u.Text = m.Text
	if u.Text == "" {
		u.Text = m.Caption
	}
	if r := m.Reply; r != nil && strings.EqualFold(r.From.UserName, botname) { // a topic's messages reply to its first
		u.ReplyTo = r.ID
	}
	u.Media = m.media != media{}
	if u.Text == "" && !u.Media {
		return nil // somebody joined, a message was pinned …
	}
	var mine bool
	u.Command, u.Args, mine = CommandOf(u.Text, botname)
	if !mine && u.ChatKind != msg.Private {
		return nil // in a private chat it is words like any other, perhaps a password
	}
	return u
}

func fromCallback(c *callback) *msg.Update {
	u := at(c.Message)
	by(u, c.From)
	u.Callback, u.Data = c.ID, c.Data
	return u
}

// fromMe is nil where the bot is as much outside as it was.
func fromMe(m *memberUpdate) *msg.Update {
	was, is := m.Old.inside(), m.New.inside()
	if !was && !is {
		return nil
	}
	u := m.at()
	u.Ranks = was && is
	u.Presence = msg.Left
	if is {
		u.Presence = msg.Joined
	}
	return u
}

// fromMember is nil where the list of administrators stays as it is.
func fromMember(m *memberUpdate) *msg.Update {
	if m.Old.ranks() == m.New.ranks() {
		return nil
	}
	u := m.at()
	u.Ranks = true
	return u
}

// at says where and when m happened, and by whom.
func (m *memberUpdate) at() *msg.Update {
	u := at(&message{Chat: m.Chat, Date: m.Date})
	by(u, m.From)
	return u
}

// by says who did it.
func by(u *msg.Update, who user) { u.User, u.Name, u.Language = who.ID, who.Name, who.Language }

// at says where and when m was said.
func at(m *message) *msg.Update {
	u := &msg.Update{Chat: m.Chat.ID, ChatKind: kindOf(m.Chat.Type), Title: m.Chat.Title, Message: m.ID, Date: dateOf(m.Date)}
	if m.Topic { // elsewhere the thread is only a chain of replies
		u.Thread = m.Thread
	}
	return u
}

func kindOf(chatType string) msg.ChatKind {
	switch chatType {
	case "private":
		return msg.Private
	case "channel":
		return msg.Channel
	}
	return msg.Group
}

func dateOf(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}
