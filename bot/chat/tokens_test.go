package chat_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"jwxtbot/bot/msg"
)

// TestTokenOfAnUpdateThatComesAgain: where the step after it could not be
// stored, the same update finds its token as it was; another one does not.
func TestTokenOfAnUpdateThatComesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, db := shell(t)
		ask := msg.Update{ID: 1, Chat: -5, ChatKind: msg.Group, User: 7, Command: "privacy", Language: "en"}
		if err := s.Handle(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
		_, payload, _ := strings.Cut(queued(t, db, -5)[0].Body.Buttons[0][0].URL, "?start=")
		start := msg.Update{ID: 2, Chat: 7, ChatKind: msg.Private, User: 7, Command: "start", Args: payload, Language: "en"}
		db.FailCommit(2) // the step, after the token
		if err := s.Handle(t.Context(), start); err == nil {
			t.Fatal("the failed commit went unnoticed")
		}
		for _, id := range []int{2, 2, 3} {
			start.ID = id
			if err := s.Handle(t.Context(), start); err != nil {
				t.Fatal(err)
			}
		}
		var said []string
		for _, it := range queued(t, db, 7) {
			said = append(said, it.Body.Text)
		}
		if len(said) != 2 || !strings.Contains(said[0], "What I keep") || !strings.Contains(said[1], "used before") {
			t.Errorf("the bot says %q", said)
		}
	})
}
