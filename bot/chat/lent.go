package chat

import (
	"context"
	"errors"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// This file lends sessions to the notices of groups, see bot/notify. A lent
// reading takes the generation of before it and begins none: nothing that the
// person does waits for it or is made void by it, and whatever the person has
// begun since is not touched by what it brings.

var _ notify.Lender = (*Shell)(nil)

// Lent calls read with the session that a person has at a school, and keeps the
// cookies that came of it. A session that turns out to be over ends as it would
// under the person's own hands. See notify.Lender for the errors.
func (s *Shell) Lent(ctx context.Context, person int64, school string, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) error {
	lent, release, ok := s.Work.Lend(ctx, person)
	if !ok {
		return work.ErrInUse
	}
	defer release()
	j, err := s.lentJob(lent, person, school)
	if err != nil {
		return err
	}
	e, err := s.Work.ReadLent(lent, j, read)
	if errors.Is(lent.Err(), context.Canceled) {
		return work.ErrInUse // or ctx has ended, which the caller sees
	}
	counts, kept := s.lentResult(context.WithoutCancel(ctx), j, e)
	switch {
	case kept != nil:
		return kept
	case err != nil && !counts:
		return work.ErrInUse // what is over may have ended by the person's own doing
	}
	return err
}

// lentJob is the reading of a chat that is logged in at a school and does nothing
// else just now.
func (s *Shell) lentJob(ctx context.Context, person int64, school string) (j work.Job, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rec, err := s.record(tx, person)
		if err != nil {
			return err
		}
		st := rec.State
		ends := st.NextWake(s.Limits)
		switch {
		case st.Place() != dialogue.Idle, !ends.IsZero() && !time.Now().Before(ends):
			return work.ErrInUse
		case st.Login == nil || st.Login.School != school:
			return jwxt.Fail(jwxt.Expired, string(dialogue.DoLend), nil)
		}
		j = work.Job{Chat: person, Gen: st.Gen, Run: dialogue.Run{
			Do: dialogue.DoLend, School: school, Account: st.Login.Account, Session: st.Login.Session,
		}}
		return nil
	})
	return j, err
}

// lentResult stores what came of a lent reading, unless the person has begun
// something since.
func (s *Shell) lentResult(ctx context.Context, j work.Job, e dialogue.Event) (counts bool, err error) {
	err = safely(func() error {
		return s.step(ctx, j.Chat, step{event: e, first: func(_ store.Tx, rec *record) (bool, error) {
			counts = rec.State.Gen == j.Gen
			return counts, nil
		}})
	})
	return counts, err
}

// Administers reports whether a person administers a group. It may ask Telegram.
func (s *Shell) Administers(ctx context.Context, group, person int64) (bool, error) {
	return s.isAdmin(ctx, msg.Update{Chat: group, User: person})
}

// tellSession tells the boards that a login began or ended in this step. They
// may ask the person something.
func (w *writer) tellSession(before *dialogue.Login) error {
	now, out := w.rec.State.Login, w.event.Kind == dialogue.CmdLogout
	began := now != nil && (before == nil || !before.Since.Equal(now.Since))
	ended := now == nil && (before != nil || out)
	if w.Boards == nil || w.erased || !began && !ended {
		return nil
	}
	s := notify.Session{Person: w.chat, Lang: w.lang(), Out: out, Asked: w.rec.State.Place() != dialogue.Idle}
	if now != nil {
		s.School = now.School
	}
	ask, after, err := w.Boards.Session(w.tx, s, w.now)
	if err != nil {
		return err
	}
	w.out.after = after
	if ask == nil {
		return nil
	}
	return w.add(msg.Item{Op: msg.Send, Body: *ask})
}
