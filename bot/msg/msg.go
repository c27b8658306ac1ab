// Package msg is the vocabulary that crosses the Telegram door: updates in,
// outgoing items out, verdicts back. It keeps the library's types in
// bot/telegram and Telegram out of everything else.
package msg

import (
	"time"

	"jwxtbot/jwxt"
)

// ChatKind says where something was said.
type ChatKind string

// The kinds of chats. A supergroup is a Group here.
const (
	Private ChatKind = "private"
	Group   ChatKind = "group"
	Channel ChatKind = "channel"
)

// Update is one thing that happened in one chat.
type Update struct {
	ID       int // Telegram's update_id; unique, not monotonic over weeks
	Chat     int64
	ChatKind ChatKind
	Title    string // of a group or channel
	Thread   int    // forum topic, 0 where there is none
	User     int64
	Name     string // what User is called; people choose it themselves
	Language string // the client's IETF tag, a guess at best
	Message  int    // id of the message, or of the one whose button was tapped
	Date     time.Time

	Text    string // text or caption
	Command string // "grades" for /grades, /grades@thisbot; "" otherwise
	Args    string // what follows the command, trimmed, full-width punctuation stripped
	Media   bool   // photo, sticker, voice … instead of text
	ReplyTo int    // the bot's message that it replies to, 0 for none

	Callback string // id to answer, "" where no button was tapped
	Data     string // the tapped button's data, at most 64 bytes, hostile

	// As is the chat in whose name a message was written, 0 for the person's own:
	// the group itself (then Anonymous is set and an administrator wrote it), or
	// a channel, whose post it may be. User is then an account that many share.
	As        int64
	Anonymous bool

	// MovedTo and MovedFrom are set where a group became a supergroup, and then
	// there is no text. The old chat is told the new id and the new chat the old
	// one; which of the two comes first is not certain.
	MovedTo, MovedFrom int64

	// Ranks is set where somebody became an administrator of the group or
	// ceased to be one; then there is no text, and User is who did it. Together
	// with Joined it means that the bot stayed and its rights changed.
	Ranks bool

	// Presence is set where the bot itself came into the chat or left it; then
	// there is no text, and User is who did it.
	Presence Presence
}

// Presence is a change of the bot's own place in a chat.
type Presence string

// The presences. In a private chat they mean unblocked and blocked.
const (
	Joined Presence = "joined" // also: its rights changed
	Left   Presence = "left"   // nothing can be sent there any more
)

// Person is who did it, 0 where that is hidden behind a chat.
func (u Update) Person() int64 {
	if u.As != 0 {
		return 0
	}
	return u.User
}

// LogValue keeps what people write out of logs.
func (u Update) LogValue() jwxt.LogValue { return jwxt.HiddenLogValue }

// Button is one inline button: Data comes back in a tap, or URL opens, or
// WebApp opens as a page within the client, which Telegram has in private
// chats only.
type Button struct {
	Text   string `json:"text"`
	Data   string `json:"data,omitempty"`
	URL    string `json:"url,omitempty"`
	WebApp string `json:"web_app,omitempty"`
}

// Op is what to do with an Item.
type Op string

// The operations.
const (
	// Show puts Body on screen: edits the message in Slot (or Message) if
	// there is one that can be edited, otherwise sends a new one.
	Show Op = "show"
	// Send always sends a new message; it takes over Slot if one is named.
	Send Op = "send"
	// Edit changes Message to Body. If that message is gone, so is what was to
	// be said.
	Edit Op = "edit"
	// Close deletes the message in Slot (or Message), and forgets the slot.
	Close Op = "close"
	// Answer answers a button tap: Body.Text is the toast, Alert makes it a box.
	Answer Op = "answer"
	// Typing shows a chat action.
	Typing Op = "typing"
	// Forget forgets all slots of the chat. Nothing is sent.
	Forget Op = "forget"
)

// Body is what a message shows.
type Body struct {
	Text     string     `json:"text,omitempty"` // Telegram HTML; the caption where there is a file
	Buttons  [][]Button `json:"buttons,omitempty"`
	Photo    []byte     `json:"photo,omitempty"`
	Document []byte     `json:"document,omitempty"`
	FileName string     `json:"file_name,omitempty"`
	Prompt   string     `json:"prompt,omitempty"` // ForceReply placeholder; excludes Buttons
	// Selective shows a Prompt to those only whom Text mentions, and to whoever
	// wrote the message that it answers. It is for groups.
	Selective bool `json:"selective,omitempty"`
	Silent    bool `json:"silent,omitempty"`
}

// Item is one outgoing thing. Slot names a message of the chat by its role
// ("form", "answer"), so that whoever decides need not know message ids.
type Item struct {
	Chat     int64  `json:"chat"`
	Thread   int    `json:"thread,omitempty"`
	Op       Op     `json:"op"`
	Slot     string `json:"slot,omitempty"`
	Message  int    `json:"message,omitempty"`
	Callback string `json:"callback,omitempty"`
	Alert    bool   `json:"alert,omitempty"`
	Action   string `json:"action,omitempty"` // of Typing: typing, upload_photo, upload_document
	URL      string `json:"url,omitempty"`    // of Answer: the link into a chat with this bot that opens
	Body     Body   `json:"body,omitzero"`
	// HasPhoto tells Show what the message it edits now is, because Telegram
	// cannot turn a text message into a picture or back.
	HasPhoto bool `json:"has_photo,omitempty"`

	// ReplyTo is the message that a new one answers, if it is still there.
	ReplyTo int `json:"reply_to,omitempty"`
	// Ref is what the one who queued it wants to be told with the message that
	// it became; not a person's words.
	Ref string `json:"ref,omitempty"`

	// Lane says who is waiting for it. Source is, of a Push, on whose behalf it
	// goes out (a school, a board): sources share what Telegram lets us send.
	Lane   Lane   `json:"lane,omitempty"`
	Source string `json:"source,omitempty"`
}

// Lane is a class of items. Replies go before pushes, within a chat as well.
type Lane string

// The lanes.
const (
	Reply Lane = ""     // somebody asked and waits
	Push  Lane = "push" // nobody asked just now
)

// Edits reports whether a Show or Edit changes the message that is there.
// Otherwise a Show takes a new message: Telegram turns no text into a picture, and neither turns
// anything into a prompt or document nor edits a prompt.
func (it Item) Edits() bool {
	b := it.Body
	return (it.Op == Show || it.Op == Edit) && it.Message != 0 && b.Prompt == "" && b.Document == nil && (it.HasPhoto || b.Photo == nil)
}

// Outcome says what became of an Item.
type Outcome uint8

// The outcomes.
const (
	Sent    Outcome = iota // done, or already so
	Wait                   // not before Verdict.After
	Moved                  // the chat is now Verdict.Chat
	Gone                   // blocked, kicked, deleted: send nothing more there
	Retry                  // ambiguous or temporary: once more later
	Reject                 // Telegram will never take this Item
	NoTopic                // its forum topic is closed or gone; Thread 0 may work
)

// Outcomes lists every outcome.
func Outcomes() []Outcome { return []Outcome{Sent, Wait, Moved, Gone, Retry, Reject, NoTopic} }

func (o Outcome) String() string {
	names := [...]string{"sent", "wait", "moved", "gone", "retry", "reject", "no topic"}
	if int(o) < len(names) {
		return names[o]
	}
	return "other"
}

// Verdict is Telegram's answer to one Item, classified.
type Verdict struct {
	Outcome Outcome
	Message int           // id of the message sent, of Sent
	After   time.Duration // of Wait
	Chat    int64         // of Moved
	Err     error         // the cause, for the log; holds no token and no text
}

// Menu is the list of commands that one scope of chats shows in one language.
type Menu struct {
	Scope    string // Telegram's: all_private_chats, all_group_chats, chat, default …
	Chat     int64  // of the scope chat
	Language string // two letters; "" for all languages without a list of their own
	Commands []MenuCommand
}

// MenuCommand is a line of a Menu.
type MenuCommand struct {
	Name string `json:"command"`     // 1-32 of a-z 0-9 _, without slash
	Text string `json:"description"` // 1-256 characters
}
