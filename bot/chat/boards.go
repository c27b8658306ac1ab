package chat

import (
	"context"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// Boards is the room of notice boards. Package board is one.
type Boards interface {
	// Takes reports whether an update may be the boards'. It is asked of each.
	Takes(u msg.Update) bool
	// Visit answers an update that it may take. It may ask the network, and
	// changes nothing; nil means that the update is not the boards' after all.
	Visit(ctx context.Context, v Visit) (*Turn, error)

	// Left, Joined and Move tell what happens to chats, as in bot/notify. Forget
	// ends what a chat has subscribed, and Speak tells its language.
	Left(tx store.Tx, chat int64, now time.Time) error
	Joined(tx store.Tx, chat int64) (restored int, err error)
	Move(tx store.Tx, from, to int64) error
	Forget(tx store.Tx, chat int64, now time.Time) error
	Speak(tx store.Tx, chat int64, lang say.Lang) error
	// Session tells of a login that began or ended, as in bot/notify.
	Session(tx store.Tx, s notify.Session, now time.Time) (ask *msg.Body, after func(), err error)
	// Kept is what /privacy tells of. It does not scan.
	Kept(tx store.Tx, user int64, now time.Time) (Kept, error)
}

// Kept is what the boards store about a person.
type Kept struct {
	Settings  bool // subscriptions, or how they come
	Reminders int  // that are still to come
	Groups    int  // in which the person's name is known
	Lent      int  // groups that the person lends a login to
}

// Visit is an update with what the boards need to know of its chat.
type Visit struct {
	msg.Update
	Lang   say.Lang
	School string // of the login or the choice in a private chat; may be ""
	Login  string // the school at which the person is logged in, of a private chat; may be ""
	// May tells whether who did it may set things in this chat. If not, refusal
	// is the key of a toast that says why. It may ask Telegram.
	May func(ctx context.Context) (refusal string)
	// MayIn is the same for a group.
	MayIn func(ctx context.Context, group int64) (refusal string)
	// TitleOf is what a group is called, "" where that is not known.
	TitleOf func(ctx context.Context, group int64) string
}

// Turn is what a visit leads to.
type Turn struct {
	// Do changes things and returns what is said, perhaps in other chats too. It
	// is called in the update's transaction, perhaps more than once.
	Do func(tx store.Tx) ([]msg.Item, error)
	// Sets tells that it changes a setting, so that who did it is whom to turn to.
	Sets bool
	// After is called once that is stored; may be nil.
	After func()
}

// visitBoards has the boards answer an update, if it is theirs.
func (s *Shell) visitBoards(ctx context.Context, u msg.Update) (taken bool, err error) {
	if s.Boards == nil || u.Presence != "" || u.Ranks || !s.Boards.Takes(u) {
		return false, nil
	}
	v, ok, err := s.visit(ctx, u)
	if err != nil || !ok {
		return false, err
	}
	turn, err := s.Boards.Visit(ctx, v)
	if err != nil || turn == nil {
		return false, err
	}
	return true, s.takeTurn(ctx, u, turn)
}

// visit is an update with what is known of its chat. Words in a private chat
// that the dialogue waits for are not for others.
func (s *Shell) visit(ctx context.Context, u msg.Update) (v Visit, ok bool, err error) {
	v, ok = Visit{Update: u}, true
	v.MayIn = func(ctx context.Context, group int64) string {
		return s.mayGovern(ctx, msg.Update{Chat: group, User: u.Person()}, "toast.admins")
	}
	v.TitleOf = s.titleOf
	err = s.DB.View(ctx, func(tx store.Tx) error {
		if u.ChatKind != msg.Private {
			g, _, err := s.groupOf(tx, u.Chat)
			v.Lang = g.lang(u)
			v.May = func(ctx context.Context) string { return s.mayGovern(ctx, u, "toast.admins") }
			return err
		}
		rec, err := s.record(tx, u.Chat)
		if v.Lang = say.Lang(rec.State.Lang); v.Lang == "" {
			v.Lang = say.Guess(u.Language)
		}
		if v.School = rec.State.School; rec.State.Login != nil {
			v.School, v.Login = rec.State.Login.School, rec.State.Login.School
		}
		v.May = func(context.Context) string { return "" }
		at := rec.State.Place()
		ok = u.Callback != "" || u.Command != "" || at == dialogue.Idle || at == dialogue.Reading
		return err
	})
	return v, ok, err
}

// titleOf is what a group was called when it was last heard of.
func (s *Shell) titleOf(ctx context.Context, group int64) (title string) {
	err := s.DB.View(ctx, func(tx store.Tx) error {
		g, _, err := s.groupOf(tx, group)
		title = g.Title
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.Log.Error("a group's title cannot be read", "err", err)
	}
	return title
}

// takeTurn makes the transaction of a visit.
func (s *Shell) takeTurn(ctx context.Context, u msg.Update, turn *Turn) error {
	var said []msg.Item
	err := s.inGroup(ctx, u, func(tx store.Tx, g *group) (items []msg.Item, changed bool, err error) {
		said, err = turn.Do(tx)
		if turn.Sets && u.ChatKind == msg.Group && u.Person() != 0 {
			g.Keeper, changed = u.Person(), true
		}
		return said, changed, err
	})
	if err != nil {
		return err
	}
	for _, it := range said {
		s.Outbox.Wake(it.Chat)
	}
	if turn.After != nil {
		turn.After()
	}
	return nil
}

// boardsLeft, boardsJoined and the like tell the boards, where there are any.
func (s *Shell) boardsLeft(tx store.Tx, chat int64) error {
	if s.Boards == nil {
		return nil
	}
	return s.Boards.Left(tx, chat, time.Now())
}

func (s *Shell) boardsJoined(tx store.Tx, chat int64) (restored int, err error) {
	if s.Boards == nil {
		return 0, nil
	}
	return s.Boards.Joined(tx, chat)
}

func (s *Shell) boardsSpeak(tx store.Tx, chat int64, lang say.Lang) error {
	if s.Boards == nil {
		return nil
	}
	return s.Boards.Speak(tx, chat, lang)
}
