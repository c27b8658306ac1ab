package emulator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

const oldGroup = int64(-4001)

func newOldGroup(t *testing.T) *bot {
	return newBot(t, emulator.Options{
		People: []emulator.Person{{ID: student, Name: "张三"}},
		Groups: []emulator.Group{{ID: oldGroup, Title: "班", Members: []int64{student}, Admins: []int64{student}}},
	})
}

func TestTheBotsStanding(t *testing.T) {
	tests := []struct {
		status string
		sent   string // "" if sends work
		sees   bool   // all messages
	}{
		{"administrator", "", true},
		{"kicked", "Forbidden: bot was kicked from the group chat", false},
		{"left", "Forbidden: bot is not a member of the group chat", false},
	}
	for _, tt := range tests {
		t.Run(tt.status, func(t *testing.T) {
			b := newOldGroup(t)
			b.SetBot(student, oldGroup, tt.status)
			u := b.updates()[0]["my_chat_member"].(map[string]any)
			was, is := u["old_chat_member"].(map[string]any), u["new_chat_member"].(map[string]any)
			if diff := cmp.Diff([]any{"member", tt.status}, []any{was["status"], is["status"]}); diff != "" {
				t.Errorf("update (-want +got):\n%s", diff)
			}
			b.SendText(student, oldGroup, "chatter")
			if got := len(b.updates("offset", "2")) == 1; got != tt.sees {
				t.Errorf("sees chatter: got %v, want %v", got, tt.sees)
			}
			r := b.form("sendMessage", "chat_id", fmt.Sprint(oldGroup), "text", "x")
			if tt.sent == "" {
				b.must(r)
			} else {
				b.refused(r, 403, tt.sent)
			}
			b.SetBot(student, oldGroup, "member")
			b.must(b.form("sendMessage", "chat_id", fmt.Sprint(oldGroup), "text", "x"))
		})
	}
}

func TestMigration(t *testing.T) {
	b := newOldGroup(t)
	if err := b.Migrate(oldGroup, class); err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, u := range b.updates() {
		m := u["message"].(map[string]any)
		got = append(got, m["chat"].(map[string]any)["id"], m["migrate_to_chat_id"], m["migrate_from_chat_id"])
	}
	if diff := cmp.Diff([]any{float64(oldGroup), float64(class), nil, float64(class), nil, float64(oldGroup)}, got); diff != "" {
		t.Errorf("updates (-want +got):\n%s", diff)
	}
	for _, method := range []string{"sendMessage", "sendChatAction", "getChat"} {
		r := b.form(method, "chat_id", fmt.Sprint(oldGroup), "text", "x", "action", "typing")
		b.refused(r, 400, "group chat was upgraded to a supergroup chat")
		if r.Parameters.MigrateTo != class {
			t.Errorf("%s: parameters %+v", method, r.Parameters)
		}
	}
	if m := b.must(b.form("sendMessage", "chat_id", fmt.Sprint(class), "text", "x")); m["chat"].(map[string]any)["type"] != "supergroup" {
		t.Errorf("got %v", m)
	}
	if _, err := b.SendText(student, oldGroup, "x"); err == nil {
		t.Error("somebody wrote in the old group")
	}
	if err := b.Migrate(oldGroup, class-1); err == nil {
		t.Error("the group migrated twice")
	}
	if _, err := b.SendText(student, class, "/notices"); err != nil {
		t.Error(err)
	}
}

func TestThePageFollowsAMigration(t *testing.T) {
	b := newOldGroup(t)
	next := b.stream("")
	next()
	b.Migrate(oldGroup, class)
	if e := next(); e.data.World == nil || len(e.data.Messages) != 1 {
		t.Errorf("got %+v, want a new world with the new group's one message", e)
	}
}

// TestRanks: who administers a group is told only to a bot that is an
// administrator too, and asked for the updates.
func TestRanks(t *testing.T) {
	b := newBot(t, emulator.Options{})
	told := func() (n int) {
		for _, u := range b.updates("allowed_updates", `["chat_member"]`) {
			if m, ok := u["chat_member"].(map[string]any); ok {
				n++
				is := m["new_chat_member"].(map[string]any)
				if is["status"] != "administrator" {
					t.Errorf("the update says %v", is)
				}
			}
		}
		return n
	}
	standing := func() any {
		return b.must(b.form("getChatMember", "chat_id", fmt.Sprint(class), "user_id", "1002"))["status"]
	}
	b.SetBot(student, class, "administrator")
	b.SetAdmin(class, 1002, true)
	if got := told(); got != 0 {
		t.Errorf("told %d times unasked", got)
	}
	b.SetBot(student, class, "member")
	b.SetAdmin(class, 1002, false)
	if got := standing(); got != "member" {
		t.Errorf("the demoted is %v", got)
	}
	if got := told(); got != 0 {
		t.Errorf("an ordinary bot was told %d times", got)
	}
	b.SetBot(student, class, "administrator")
	b.SetAdmin(class, 1002, true)
	if got := told(); got != 1 {
		t.Errorf("told %d times, want once", got)
	}
	if got := standing(); got != "administrator" {
		t.Errorf("the promoted is %v", got)
	}
}

func TestAnonymousAdministrators(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.SendAnonymous(class, "/subscribe")
	m := b.updates()[0]["message"].(map[string]any)
	from, sender := m["from"].(map[string]any), m["sender_chat"].(map[string]any)
	if diff := cmp.Diff([]any{1087968824.0, true, "GroupAnonymousBot", float64(class)}, []any{from["id"], from["is_bot"], from["username"], sender["id"]}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.Messages(class)[0].Bot {
		t.Error("it counts as written by the bot")
	}
}
