package chat

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// A button in a group leads into the private chat by t.me/bot?start=<token>,
// and the command goes on there. A token works once, and for who asked: all of
// the group see the button, and none of them must log out by another's /logout.

// tokenFor is time enough to read, tap and be in the private chat; a button
// found when scrolling back does nothing.
const tokenFor = 10 * time.Minute

// tokenMark begins all tokens, and neither a command nor a school's id.
const tokenMark = "_"

// token is a row of start/.
type token struct {
	Command string    `json:"command"`
	Asker   int64     `json:"asker,omitempty"` // 0: whoever; who asked hid behind the group
	Until   time.Time `json:"until"`
	Used    int       `json:"used,omitempty"` // the update that used it
}

// newToken stores a token for what an update of a group asks, and returns its
// payload: at most 64 of A-Z a-z 0-9 _ -.
func (s *Shell) newToken(tx store.Tx, u msg.Update) (string, error) {
	id, until := rand.Text(), time.Now().Add(tokenFor)
	row := token{Command: u.Command, Asker: u.Person(), Until: until}
	return tokenMark + id, s.tokens.PutUntil(tx, id, row, until)
}

// redeem turns a /start with a token into the command that was asked in the
// group. With a token that is another's, used or too old it says so, and done is
// true.
func (s *Shell) redeem(ctx context.Context, u msg.Update) (asked msg.Update, done bool, err error) {
	id, ok := strings.CutPrefix(u.Args, tokenMark)
	if u.Command != "start" || !ok || len(id) > 63 || id == "" {
		return u, false, nil
	}
	var row token
	var works bool
	key := "start.stale"
	err = s.update(ctx, func(tx store.Tx) error {
		row, err = s.tokens.Get(tx, id)
		if store.Missing(err) {
			return nil
		}
		works = row.Until.After(time.Now()) && (row.Used == 0 || row.Used == u.ID)
		if works && row.Asker != 0 && row.Asker != u.User {
			works, key = false, "start.not_yours"
		}
		if err != nil || !works || row.Used != 0 {
			return err
		}
		row.Used = u.ID // should this update come again, it is still its own
		return s.tokens.PutUntil(tx, id, row, row.Until)
	})
	if err != nil {
		return u, false, err
	}
	u.Args = ""
	if works {
		u.Command = row.Command
		return u, false, nil
	}
	return u, true, s.refuseToken(ctx, u, key, row.Command)
}

// refuseToken says why a link does nothing, and what to do instead.
func (s *Shell) refuseToken(ctx context.Context, u msg.Update, key, command string) error {
	lang, err := s.langOf(ctx, u)
	if err != nil {
		return err
	}
	text := say.Text(lang, key, say.Data{Command: command})
	return s.answer(ctx, u, msg.Item{Chat: u.Chat, Op: msg.Send, Body: msg.Body{Text: text}})
}

// langOf is the language of a private chat.
func (s *Shell) langOf(ctx context.Context, u msg.Update) (lang say.Lang, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rec, err := s.record(tx, u.Chat)
		lang = say.Lang(rec.State.Lang)
		return err
	})
	if lang == "" {
		lang = say.Guess(u.Language)
	}
	return lang, err
}
