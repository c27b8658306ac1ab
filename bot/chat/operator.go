package chat

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/store"
)

// Operator is where the operator is, and what is answered there.
type Operator struct {
	Chat   int64         // 0: there is none
	Status func() string // the answer to /status, as HTML
	// Held answers /release (send) and /drop, with the id of a notice board, and
	// the buttons that do the same.
	Held func(ctx context.Context, source string, send bool) string
}

// OperatorChat is where the operator is now: a group may have become a
// supergroup since the configuration was written. 0 means nowhere.
func (s *Shell) OperatorChat(ctx context.Context) int64 {
	chat := s.Operator.Chat
	if chat >= 0 {
		return chat
	}
	err := s.DB.View(ctx, func(tx store.Tx) error {
		to, err := s.moves.Get(tx, chatID(chat))
		if err == nil {
			chat = to
		}
		return err
	})
	if err != nil && !store.Missing(err) && ctx.Err() == nil {
		s.Log.Error("where the operator's group went cannot be read", "err", err)
	}
	return chat
}

// operates reports whether an update is a command, or a button, that the operator
// alone has.
func (s *Shell) operates(ctx context.Context, u msg.Update) bool {
	own := slices.Contains([]string{"status", "release", "drop"}, u.Command) || u.Callback != "" && strings.HasPrefix(u.Data, ops.HeldTap)
	return own && s.Operator.Chat != 0 && u.Chat == s.OperatorChat(ctx)
}

// operate answers such a command. No dialogue takes part in it.
func (s *Shell) operate(ctx context.Context, u msg.Update) error {
	var said string
	switch data, tapped := strings.CutPrefix(u.Data, ops.HeldTap); {
	case u.Callback != "" && tapped:
		op, source, _ := strings.Cut(data, ":")
		said = s.Operator.Held(ctx, clip(source), op == "release")
	case u.Command == "status":
		said = s.Operator.Status()
	default:
		said = s.Operator.Held(ctx, clip(u.Args), u.Command == "release")
	}
	return s.answer(ctx, u, msg.Item{Chat: u.Chat, Thread: u.Thread, Op: msg.Send, Body: msg.Body{Text: said}})
}

// Tell says something to a chat, beside any dialogue. Once it has returned nil
// a crash does not lose it.
func (s *Shell) Tell(ctx context.Context, it msg.Item) error {
	return s.say(ctx, it, func(store.Tx) (bool, error) { return true, nil })
}

// answer says something to the chat of an update, and notes the update. Of a tap
// it ends the spinner.
func (s *Shell) answer(ctx context.Context, u msg.Update, it msg.Item) error {
	return s.say(ctx, it, func(tx store.Tx) (bool, error) {
		counts, err := s.markSeen(tx, u.ID)
		if err == nil && counts && u.Callback != "" {
			err = s.queue(tx, toast(u, "", ""))
		}
		return counts, err
	})
}

// say queues an item if first, asked in the same transaction, says so.
func (s *Shell) say(ctx context.Context, it msg.Item, first func(store.Tx) (bool, error)) error {
	err := s.update(ctx, func(tx store.Tx) error {
		counts, err := first(tx)
		if err != nil || !counts {
			return err
		}
		return s.queue(tx, it)
	})
	if err == nil {
		s.Outbox.Wake(it.Chat)
	}
	return err
}

// queue queues an item that belongs to no dialogue.
func (s *Shell) queue(tx store.Tx, it msg.Item) error {
	now := time.Now()
	serial, err := s.serial(tx, it.Chat, now)
	if err != nil {
		return err
	}
	return s.Outbox.Add(tx, serial, it, now)
}

// serial is the number of an item that belongs to no dialogue.
func (s *Shell) serial(tx store.Tx, chat int64, now time.Time) (uint64, error) {
	rec, err := s.record(tx, chat)
	if err != nil {
		return 0, err
	}
	serial := s.next(&rec, now)
	if rec == (record{Serial: serial}) {
		return serial, nil // there is no dialogue
	}
	return serial, s.chats.Put(tx, chatID(chat), rec)
}

// next numbers an item of a chat. It is nearly the time, so that a chat erased
// and begun anew goes on after what still waits from before, and no two items
// share one, whether a dialogue or somebody else sends them.
func (s *Shell) next(rec *record, now time.Time) uint64 {
	least := uint64(now.UnixMicro())
	if rec.Serial == 0 {
		rec.Serial = s.lone.after(least)
	} else {
		rec.Serial = max(rec.Serial+1, least)
	}
	return rec.Serial
}

// rising gives numbers that rise, whatever the clock does.
type rising struct {
	mu   sync.Mutex
	last uint64
}

func (r *rising) after(least uint64) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = max(r.last+1, least)
	return r.last
}
