package ops_test

import (
	"testing"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
)

func TestKindOf(t *testing.T) {
	for want, updates := range map[ops.UpdateKind][]msg.Update{
		ops.Text:     {{Text: "你好"}, {}},
		ops.Command:  {{Command: "grades", Text: "/grades"}, {Command: "help", Media: true}},
		ops.Media:    {{Media: true}, {Media: true, Text: "caption"}},
		ops.Tap:      {{Callback: "q", Data: "x"}},
		ops.Presence: {{Presence: msg.Joined}, {Presence: msg.Left}, {Ranks: true}},
	} {
		for _, u := range updates {
			if got := ops.KindOf(u); got != want {
				t.Errorf("an update is %q, want %q", got, want)
			}
		}
	}
}
