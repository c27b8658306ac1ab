// Package chat is the shell around the dialogue: it makes one transaction of
// each thing that happens.
//
// For an update from Telegram that transaction is: if this update was seen,
// stop; step the dialogue; store the new state, what is to be said (outbox),
// what is to be done (jobs), and that the update was seen. So every crash
// leaves either all of it or nothing, and Telegram's redelivery of an update
// changes nothing twice. Which updates were seen is a set and not a highest
// number, because Telegram picks numbers anew after a quiet week.
//
// No network call is made inside a transaction. Two are made before one: the
// deletion of a message that holds a password, and the question who administers
// a group.
package chat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// Parts is what a Shell is made of.
type Parts struct {
	DB      store.DB
	Box     store.Box
	Schools *catalog.Catalog
	Vault   *work.Vault
	Work    *work.Pool
	Outbox  *outbox.Outbox
	Door    Door
	Limits  dialogue.Limits
	Bot     string // the bot's user name, for links
	FormURL string // of the page to log in on, without a query; "" where there is none
	Log     *slog.Logger

	Ops      ops.Sink // nil: nobody is told of steps
	Operator Operator
	Boards   Boards // nil: there are none
}

// Shell runs dialogues. Its methods may be called for many chats at once.
type Shell struct {
	Parts
	chats store.Table[record]
	seen  store.Table[struct{}]
	wakes store.Table[struct{}]
	views views
	watch watchers
	lone  rising // serials of items in chats without a row

	groups store.Table[group]
	tokens store.Table[token]
	unsaid store.Table[unsaid]
	moves  store.Table[int64] // where the operator's group went
	ranks  ranks
}

// record is the stored row of a private chat.
type record struct {
	State  dialogue.State `json:"state"`
	Serial uint64         `json:"serial,omitempty"` // of the last outgoing item
	Wake   time.Time      `json:"wake,omitzero"`    // when a wake row stands; never later than needed
}

// New makes a shell.
func New(p Parts) *Shell {
	if p.Ops == nil {
		p.Ops = ops.Discard{}
	}
	s := &Shell{
		Parts: p,
		chats: store.NewTable[record]("chat/", 1, p.Box),
		seen:  store.NewTable[struct{}]("seen/", 1, nil),
		wakes: store.NewTable[struct{}]("wake/", 1, nil),
		views: newViews(p.Box),

		groups: store.NewTable[group]("group/", 1, p.Box),
		tokens: store.NewTable[token]("start/", 1, p.Box),
		unsaid: store.NewTable[unsaid]("unsay/", 1, p.Box),
		moves:  store.NewTable[int64]("moved/", 1, nil),
	}
	p.Outbox.OnMove(s.moveGroup)
	p.Outbox.Hook(outbox.Hooks{NoTopic: s.topicLost})
	return s
}

// seenFor is twice as long as Telegram keeps an update.
const seenFor = 48 * time.Hour

// Handle takes one update. It returns nil once the update is durably dealt
// with; after an error the same update may be given again. One that can never
// be dealt with is dropped: it would hold up all that come after it.
func (s *Shell) Handle(ctx context.Context, u msg.Update) error {
	err := safely(func() error { return s.handle(ctx, u) })
	if hopeless(err) {
		s.Log.Error("an update is dropped, it cannot be dealt with", "update", u.ID, "err", err)
		return nil
	}
	return err
}

func (s *Shell) handle(ctx context.Context, u msg.Update) error {
	if s.operates(ctx, u) {
		return s.operate(ctx, u)
	}
	if u.ChatKind != msg.Private {
		return s.handleGroup(ctx, u)
	}
	if u.Presence != "" {
		return s.present(ctx, u)
	}
	u, done, err := s.redeem(ctx, u)
	if err != nil || done {
		return err
	}
	if taken, err := s.visitBoards(ctx, u); taken || err != nil {
		return err
	}
	e, err := s.hear(ctx, u)
	if err != nil {
		return err
	}
	return s.step(ctx, u.Chat, step{
		event: e, callback: u.Callback,
		first: func(tx store.Tx, _ *record) (bool, error) { return s.markSeen(tx, u.ID) },
	})
}

// present takes that a person blocked or unblocked the bot. What else is stored
// ends in its own time.
func (s *Shell) present(ctx context.Context, u msg.Update) error {
	return s.update(ctx, func(tx store.Tx) error {
		if u.Presence == msg.Left {
			return s.boardsLeft(tx, u.Chat)
		}
		_, err := s.boardsJoined(tx, u.Chat)
		return err
	})
}

// Result takes what became of a job. A result that cannot be stored counts as
// the failure of its job.
func (s *Shell) Result(ctx context.Context, j work.Job, e dialogue.Event) error {
	err := s.result(ctx, j, e)
	if hopeless(err) && e.Kind != dialogue.Queued {
		err = s.result(ctx, j, s.Work.Failed(j, jwxt.Fail(jwxt.Internal, "chat: "+string(e.Kind), err)))
	}
	if hopeless(err) {
		s.Log.Error("a result is dropped, it cannot be dealt with", "err", err)
		return nil // the chat is freed when its time is over
	}
	return err
}

func (s *Shell) result(ctx context.Context, j work.Job, e dialogue.Event) error {
	e.Gen = j.Gen
	return safely(func() error {
		return s.step(ctx, j.Chat, step{
			event: e,
			first: func(tx store.Tx, _ *record) (bool, error) {
				if e.Kind == dialogue.Queued {
					return s.Work.Open(tx, j)
				}
				return s.Work.Done(tx, j)
			},
		})
	})
}

// step is one thing that happened to a chat. first is asked at the start of
// the transaction whether it still counts; what it writes is kept either way.
type step struct {
	event    dialogue.Event
	callback string
	first    func(store.Tx, *record) (bool, error)
}

// step makes the transaction and then sets going what it stored. Where it was
// run twice, the first run may have been the one that counted.
func (s *Shell) step(ctx context.Context, chat int64, st step) error {
	var out outcome
	var counts bool
	runs := 0
	err := s.update(ctx, func(tx store.Tx) error {
		runs++
		rec, err := s.record(tx, chat)
		if err != nil {
			return err
		}
		if counts, err = st.first(tx, &rec); err != nil || !counts {
			return err
		}
		out = outcome{chat: chat, forget: out.forget}
		w := writer{Shell: s, tx: tx, chat: chat, rec: &rec, now: time.Now(), out: &out, event: st.event}
		return w.step(st.callback)
	})
	if err != nil {
		return err
	}
	s.setGoing(out)
	s.watch.tell(chat)
	if counts {
		s.Ops.Step(st.event.Kind)
	}
	if !counts || runs > 1 {
		return s.resume(ctx, chat)
	}
	return nil
}

// resume sets going what is stored for a chat. Something that counts no more
// was committed before, perhaps without anybody being told.
func (s *Shell) resume(ctx context.Context, chat int64) error {
	s.Outbox.Wake(chat)
	return s.Work.Resume(ctx, chat)
}

// outcome is what a committed transaction sets going.
type outcome struct {
	chat   int64
	items  bool
	forget bool
	jobs   []work.Job
	after  func() // of the boards; nil: nothing
}

func (s *Shell) setGoing(out outcome) {
	if out.forget {
		s.Vault.Wipe(out.chat)
	}
	for _, j := range out.jobs {
		s.Work.Start(j)
	}
	if out.items {
		s.Outbox.Wake(out.chat)
	}
	if out.after != nil {
		out.after()
	}
}

// update runs fn again while nobody can tell whether it was committed; what fn
// asks first makes a second run harmless.
func (s *Shell) update(ctx context.Context, fn func(store.Tx) error) error {
	for try := 0; ; try++ {
		err := s.DB.Update(ctx, fn)
		if !errors.Is(err, store.ErrUnknown) || try == 2 {
			return err
		}
	}
}

// record is a chat's row, empty where there is none. A row that cannot be read
// counts as none: the chat begins anew, rather than being silent for good.
func (s *Shell) record(tx store.Tx, chat int64) (record, error) {
	rec, err := s.chats.Get(tx, chatID(chat))
	if errors.Is(err, store.ErrUnreadable) {
		s.Log.Error("a chat begins anew, its row cannot be read", "err", err)
	}
	if store.Missing(err) {
		err = nil
	}
	return rec, err
}

// markSeen notes an update; false when it was noted before.
func (s *Shell) markSeen(tx store.Tx, update int) (bool, error) {
	seen, err := s.seen.Has(tx, strconv.Itoa(update))
	if err != nil || seen {
		return false, err
	}
	return true, s.seen.PutUntil(tx, strconv.Itoa(update), struct{}{}, time.Now().Add(seenFor))
}

func chatID(chat int64) string { return strconv.FormatInt(chat, 10) }

func wakeID(at time.Time, chat int64) string { return fmt.Sprintf("%012d/%d", at.Unix(), chat) }
