// Package board is the room where people read notice boards and say what they
// want of them: /subscribe and the settings that follow, /notices, and the
// buttons under what is pushed. What happens to the boards themselves is
// bot/notify's.
//
// # A visit
//
// Package chat hands over an update as a [chat.Visit]. The desk looks things up
// first, with no transaction open: who may set something, what is subscribed,
// perhaps a board itself. What it gives back, a [chat.Turn], then changes
// things and says what became of it, in chat's one transaction of the update.
//
// # Buttons
//
// Data is "b:<op>:<args>". The ops of one letter are those under a notice, of
// bot/notify; those here have two letters or more and name what is to be, not
// what is to change, so that a second tap does nothing. They come from outside
// and may be anything.
//
// A menu in a group can be used by every administrator of it and by nobody
// else, so it remembers nobody.
package board

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// Parts is what a Desk is made of.
type Parts struct {
	DB      store.DB
	Box     store.Box // seals what people typed
	Notify  *notify.Notifier
	Schools *catalog.Catalog
	Bot     string // the bot's user name, for links
	Log     *slog.Logger
	// Tell says something that no update asked for just now.
	Tell func(ctx context.Context, it msg.Item) error
}

// Desk is the room. Beside the database it has only what is being read for
// people, see Run.
type Desk struct {
	Parts
	tasks    *tasks
	hunts    store.Table[hunt]
	members  store.Table[member]
	groupsOf store.Table[[]int64] // in which a person is a member
	wishes   store.Table[[]wish]
	asks     store.Table[ask]
	drafts   store.Table[notify.Filter]
	commands map[string]handler
	taps     map[string]handler
}

var _ chat.Boards = (*Desk)(nil)

// handler answers a command or a tap. Of a tap, args are the parts after its
// op; of a command, its one argument.
type handler func(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error)

// New makes a desk.
func New(p Parts) *Desk {
	d := &Desk{
		Parts: p, commands: map[string]handler{}, taps: map[string]handler{},
		tasks:    newTasks(),
		hunts:    store.NewTable[hunt]("board/hunt/", 1, p.Box),
		members:  store.NewTable[member]("board/member/", 1, p.Box),
		groupsOf: store.NewTable[[]int64]("board/groups/", 1, p.Box),
		wishes:   store.NewTable[[]wish]("board/wish/", 1, p.Box),
		asks:     store.NewTable[ask]("board/ask/", 1, p.Box),
		drafts:   store.NewTable[notify.Filter]("board/draft/", 1, p.Box),
	}
	d.settings()
	d.browsing()
	return d
}

// Takes reports whether an update may be the boards'. Plain words may be the
// answer to what the desk asked, in groups only where they reply to something.
func (d *Desk) Takes(u msg.Update) bool {
	switch {
	case u.Callback != "":
		return strings.HasPrefix(u.Data, "b:")
	case u.Command != "":
		return d.commands[u.Command] != nil
	}
	return u.Text != "" && !u.Media && (u.ChatKind == msg.Private || u.ReplyTo != 0)
}

// Visit answers an update. Nil means that it is not the boards' after all.
func (d *Desk) Visit(ctx context.Context, v chat.Visit) (*chat.Turn, error) {
	switch {
	case v.Callback != "":
		op, args := parseTap(v.Data)
		if h := d.taps[op]; h != nil {
			return h(ctx, v, args)
		}
		return toast(v, "toast.stale"), nil
	case v.Command != "":
		if h := d.commands[v.Command]; h != nil {
			return h(ctx, v, []string{v.Args})
		}
		return nil, nil
	}
	return d.answer(ctx, v)
}

// maxData is what Telegram takes of a button's data, in bytes.
const maxData = 64

// tapData is data for a button.
func tapData(op string, args ...string) string {
	return strings.Join(append([]string{"b", op}, args...), ":")
}

// parseTap takes data apart; an op that there is not has no handler.
func parseTap(data string) (op string, args []string) {
	f := strings.Split(data, ":")
	if len(data) > maxData || len(f) < 2 || f[0] != "b" {
		return "", nil
	}
	return f[1], f[2:]
}

// arg is an argument of a tap, "" where there is none.
func arg(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

// settles is a turn that only says something.
func settles(items ...msg.Item) *chat.Turn {
	return &chat.Turn{Do: func(store.Tx) ([]msg.Item, error) { return items, nil }}
}

// toast answers a tap with a box that must be closed by hand, and changes nothing.
func toast(v chat.Visit, key string) *chat.Turn { return settles(alert(v, key)) }

func alert(v chat.Visit, key string) msg.Item {
	it := spun(v)
	it.Body.Text, it.Alert = say.Plain(v.Lang, key, say.Data{}), true
	return it
}

// spun ends the spinner of a tapped button.
func spun(v chat.Visit) msg.Item {
	return msg.Item{Chat: v.Chat, Op: msg.Answer, Callback: v.Callback}
}

// screen shows a body: in place of the menu that was tapped, or as a new message.
func screen(v chat.Visit, b msg.Body) []msg.Item {
	if v.Callback == "" {
		return []msg.Item{{Chat: v.Chat, Thread: v.Thread, Op: msg.Send, Body: b}}
	}
	return []msg.Item{spun(v), {Chat: v.Chat, Thread: v.Thread, Op: msg.Show, Message: v.Message, Body: b}}
}

// sentence is a sentence as a message.
func sentence(v chat.Visit, key string, about say.Data) msg.Body {
	return msg.Body{Text: say.Text(v.Lang, key, about)}
}

// button is one of a menu.
func button(l say.Lang, key, data string) msg.Button {
	return msg.Button{Text: say.Plain(l, key, say.Data{}), Data: data}
}

// governs calls h for who may set things in the chat, and tells others so.
func (d *Desk) governs(h handler) handler {
	return func(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
		refusal := v.May(ctx)
		switch {
		case refusal == "":
			return h(ctx, v, args)
		case v.Callback != "":
			return toast(v, refusal), nil
		case refusal == "toast.unchecked":
			return settles(screen(v, sentence(v, "group.unchecked", say.Data{}))...), nil
		}
		return settles(screen(v, sentence(v, "board.admins", say.Data{}))...), nil
	}
}

// Left tells that the bot is no longer in a chat.
func (d *Desk) Left(tx store.Tx, chat int64, now time.Time) error {
	return d.Notify.Left(tx, chat, now)
}

// Joined tells that it is, and how many subscriptions came back.
func (d *Desk) Joined(tx store.Tx, chat int64) (restored int, err error) {
	return d.Notify.Joined(tx, chat)
}

// Move gives what is a group's to the supergroup that it has become.
func (d *Desk) Move(tx store.Tx, from, to int64) error { return d.Notify.Move(tx, from, to) }

// Forget ends what a chat has subscribed, and forgets what it has set.
func (d *Desk) Forget(tx store.Tx, chat int64, now time.Time) error {
	if err := d.Notify.Forget(tx, chat, now); err != nil {
		return err
	}
	if err := d.Notify.ForgetLent(tx, chat, now); err != nil {
		return err
	}
	return d.forgetPerson(tx, chat)
}

// Session tells of a login that began or ended.
func (d *Desk) Session(tx store.Tx, s notify.Session, now time.Time) (*msg.Body, func(), error) {
	return d.Notify.Session(tx, s, now)
}

// Speak tells which language a chat wants to be spoken to.
func (d *Desk) Speak(tx store.Tx, chat int64, lang say.Lang) error {
	p, err := d.Notify.Place(tx, chat)
	if err != nil || p.Lang == "" || p.Lang == lang { // without a language it never subscribed
		return err
	}
	return d.Notify.SetPlace(tx, chat, func(p *notify.Place) { p.Lang = lang })
}
