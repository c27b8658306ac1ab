package chat_test

import (
	"testing"

	"jwxtbot/bot/msg"
)

// TestGroupBecomesSupergroup: what waits for the old group goes to the new one,
// whichever of the two tells first and however often.
func TestGroupBecomesSupergroup(t *testing.T) {
	const old, now = -5, -1005
	away := msg.Update{ID: 101, Chat: old, ChatKind: msg.Group, User: 7, MovedTo: now}
	here := msg.Update{ID: 102, Chat: now, ChatKind: msg.Group, User: 7, MovedFrom: old}
	for name, told := range map[string][]msg.Update{
		"the old group first": {away, here, away},
		"the new one first":   {here, away, here},
	} {
		t.Run(name, func(t *testing.T) {
			s, db := shell(t)
			const items = 70 // more than one transaction moves
			for i := range items {
				u := msg.Update{ID: i + 1, Chat: old, ChatKind: msg.Group, User: 7, Command: "help", Text: "/help"}
				if err := s.Handle(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			for _, u := range told {
				if err := s.Handle(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			if was, is := rows(t, db, "out/-5/"), rows(t, db, "out/-1005/"); was != 0 || is != items {
				t.Errorf("%d items wait for the old group and %d for the new one, want 0 and %d", was, is, items)
			}
		})
	}
}
