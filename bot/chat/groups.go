package chat

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// group is the stored row of a group: what its administrators have set, and
// whom to turn to. A group has one once the bot was added or told something.
type group struct {
	Lang   say.Lang  `json:"lang,omitempty"`   // "": that of whoever asks
	Title  string    `json:"title,omitempty"`  // as last seen
	Keeper int64     `json:"keeper,omitempty"` // who added the bot or last set something; 0 is not known
	Left   time.Time `json:"left,omitzero"`    // when the bot was removed
	Lost   []int     `json:"lost,omitempty"`   // topics that took nothing more, of which it was told
}

// groupKept is how long a group's settings outlive the bot's removal.
const groupKept = 30 * 24 * time.Hour

// lang is what is spoken to whom u comes from.
func (g group) lang(u msg.Update) say.Lang { return cmp.Or(g.Lang, say.Guess(u.Language)) }

// groupOf is a group's row, empty where there is none to go by.
func (s *Shell) groupOf(tx store.Tx, chat int64) (g group, known bool, err error) {
	g, err = s.groups.Get(tx, chatID(chat))
	switch {
	case errors.Is(err, store.ErrUnreadable):
		s.Log.Error("a group begins anew, its row cannot be read", "err", err)
		return group{}, false, nil
	case store.Missing(err):
		return group{}, false, nil
	case err == nil && !g.Left.IsZero() && time.Since(g.Left) >= groupKept:
		return group{}, false, nil // not swept yet
	}
	return g, err == nil, err
}

// inGroup makes the transaction of a group's update: fn may change the row,
// and says whether it did; what it returns is said.
func (s *Shell) inGroup(ctx context.Context, u msg.Update, fn func(tx store.Tx, g *group) (said []msg.Item, changed bool, err error)) error {
	err := s.update(ctx, func(tx store.Tx) error {
		seen, err := s.seen.Has(tx, strconv.Itoa(u.ID))
		if err != nil || seen {
			return err
		}
		g, _, err := s.groupOf(tx, u.Chat)
		if err != nil {
			return err
		}
		said, changed, err := fn(tx, &g)
		if err != nil {
			return err
		}
		if changed {
			g.Title = cmp.Or(u.Title, g.Title)
			if err := s.groups.Put(tx, chatID(u.Chat), g); err != nil {
				return err
			}
		}
		for _, it := range said {
			if err := s.queue(tx, it); err != nil {
				return err
			}
		}
		_, err = s.markSeen(tx, u.ID) // last: fn may scan, which comes before all writes
		return err
	})
	if err == nil {
		s.Outbox.Wake(u.Chat)
	}
	return err
}

// arrive greets a group that the bot came into. One that it had been in before
// has its settings back; one that only became a supergroup was greeted.
func (s *Shell) arrive(ctx context.Context, u msg.Update) error {
	return s.inGroup(ctx, u, func(tx store.Tx, g *group) ([]msg.Item, bool, error) {
		restored, err := s.boardsJoined(tx, u.Chat)
		if err != nil || g.Keeper != 0 && g.Left.IsZero() {
			return nil, false, err
		}
		g.Left, g.Keeper = time.Time{}, cmp.Or(u.Person(), g.Keeper)
		said := []msg.Item{s.withLink(s.inReply(u, g, "start.group"), g.lang(u), "")}
		if restored > 0 {
			text := say.Text(g.lang(u), "board.restored", say.Data{Count: restored})
			said = append(said, msg.Item{Chat: u.Chat, Op: msg.Send, Body: msg.Body{Text: text}})
		}
		return said, true, nil
	})
}

// heardAgain notes that the bot's rights in a group changed: what it may not
// have been allowed to say goes on.
func (s *Shell) heardAgain(ctx context.Context, u msg.Update) error {
	return s.inGroup(ctx, u, func(tx store.Tx, _ *group) ([]msg.Item, bool, error) {
		_, err := s.boardsJoined(tx, u.Chat)
		return nil, false, err
	})
}

// leave keeps a group's settings for a while after the bot was removed.
func (s *Shell) leave(ctx context.Context, u msg.Update) error {
	return s.update(ctx, func(tx store.Tx) error {
		if err := s.boardsLeft(tx, u.Chat); err != nil {
			return err
		}
		g, known, err := s.groupOf(tx, u.Chat)
		if err != nil || !known {
			return err
		}
		if g.Left.IsZero() {
			g.Left = time.Now()
		}
		return s.groups.PutUntil(tx, chatID(u.Chat), g, g.Left.Add(groupKept))
	})
}

// move gives what waits for a group to the supergroup that it has become, and
// with it all that is stored of the group. Telegram tells of it in both, and the
// second time there is nothing to do.
func (s *Shell) move(ctx context.Context, from, to int64) error {
	for more := true; more; {
		err := s.update(ctx, func(tx store.Tx) (err error) {
			more, err = s.Outbox.Move(tx, from, to)
			return err
		})
		if err != nil {
			return err
		}
	}
	s.Outbox.Wake(to)
	return nil
}

// moveGroup is the part of a move that is not the outbox's, in its transaction.
// The new group may have a row already: it was told that the bot came in.
func (s *Shell) moveGroup(tx store.Tx, from, to int64) error {
	if s.Boards != nil {
		if err := s.Boards.Move(tx, from, to); err != nil {
			return err
		}
	}
	old, known, err := s.groupOf(tx, from)
	if err != nil {
		return err
	}
	if from == s.Operator.Chat {
		if err := s.moves.Put(tx, chatID(from), to); err != nil {
			return err
		}
	}
	if !known {
		return nil
	}
	g, _, err := s.groupOf(tx, to)
	if err != nil {
		return err
	}
	g = group{Lang: cmp.Or(g.Lang, old.Lang), Title: cmp.Or(g.Title, old.Title), Keeper: cmp.Or(g.Keeper, old.Keeper)}
	if err := s.groups.Put(tx, chatID(to), g); err != nil {
		return err
	}
	return s.groups.Delete(tx, chatID(from))
}
