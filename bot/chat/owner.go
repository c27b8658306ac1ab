package chat

import (
	"context"
	"strconv"
	"strings"

	"jwxtbot/bot/msg"
)

// A menu in a group is seen by all of it and belongs to whoever asked for it.
// So the data of its buttons begin with that person.

// owned is data for the buttons of a person's menu; 0 is a person who hides
// behind the group, whose menu belongs to the administrators.
func owned(person int64, data string) string { return strconv.FormatInt(person, 36) + "!" + data }

// ownerOf takes owned data apart. They come back from outside and may be anything.
func ownerOf(data string) (person int64, rest string, ok bool) {
	who, rest, ok := strings.Cut(data, "!")
	person, err := strconv.ParseInt(who, 36, 64)
	return person, rest, ok && err == nil && person >= 0
}

// mayTap reports whether who tapped on a group's menu may use it: whoever asked
// for it, and administrators. Otherwise refusal is the key of what they are told.
func (s *Shell) mayTap(ctx context.Context, u msg.Update, owner int64) (refusal string) {
	if owner != 0 && owner == u.Person() {
		return ""
	}
	return s.mayGovern(ctx, u, "toast.not_yours")
}

// mayGovern reports whether who did something may set how the bot behaves in the
// group. If not, refusal is otherwise; if nobody can tell, it says that.
func (s *Shell) mayGovern(ctx context.Context, u msg.Update, otherwise string) (refusal string) {
	admin, err := s.isAdmin(ctx, u)
	switch {
	case err != nil:
		s.Log.Warn("a group's administrators are not known", msg.LogChat(u.Chat), "err", err)
		return "toast.unchecked"
	case !admin:
		return otherwise
	}
	return ""
}
