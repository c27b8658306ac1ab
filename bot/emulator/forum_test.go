package emulator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

const forum = int64(-1001000000009)

func newForum(t *testing.T) *bot {
	return newBot(t, emulator.Options{
		People: []emulator.Person{{ID: student, Name: "张三"}},
		Groups: []emulator.Group{{
			ID: forum, Title: "计科 2001 班", Members: []int64{student}, Admins: []int64{student},
			Topics: []emulator.Topic{{ID: 5, Name: "通知"}, {ID: 6, Name: "闲聊"}},
		}},
	})
}

func TestTopics(t *testing.T) {
	const missing = "Bad Request: message thread not found"
	tests := []struct {
		name   string
		act    func(b *bot)
		thread string
		want   string // of the refusal; "" is none
	}{
		{"a topic", nil, "5", ""},
		{"the general one is not named", nil, "", ""},
		{"the general one named", nil, "1", missing},
		{"a missing one", nil, "7", missing},
		{"a deleted one", func(b *bot) { b.DeleteTopic(forum, 5) }, "5", missing},
		{"a closed one", func(b *bot) { b.CloseTopic(forum, 5, true) }, "5", "Bad Request: TOPIC_CLOSED"},
		{"one opened again", func(b *bot) { b.CloseTopic(forum, 5, true); b.CloseTopic(forum, 5, false) }, "5", ""},
		{"a closed one and an administrator", func(b *bot) {
			b.CloseTopic(forum, 5, true)
			b.SetBot(student, forum, "administrator")
		}, "5", ""},
		{"the general one closed", func(b *bot) { b.CloseTopic(forum, 1, true) }, "", "Bad Request: TOPIC_CLOSED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newForum(t)
			if tt.act != nil {
				tt.act(b)
			}
			pairs := []string{"chat_id", fmt.Sprint(forum), "text", "x"}
			if tt.thread != "" {
				pairs = append(pairs, "message_thread_id", tt.thread)
			}
			r := b.form("sendMessage", pairs...)
			if tt.want != "" {
				b.refused(r, 400, tt.want)
				return
			}
			m := b.must(r)
			if got := fmt.Sprint(m["message_thread_id"]); got != tt.thread && tt.thread+got != "<nil>" {
				t.Errorf("thread: got %v, want %q", got, tt.thread)
			}
		})
	}
	b := newBot(t, emulator.Options{})
	b.refused(b.form("sendMessage", "chat_id", "1001", "text", "x", "message_thread_id", "5"), 400, missing)
}

func TestPeopleWriteInTopics(t *testing.T) {
	b := newForum(t)
	id, err := b.SendIn(student, forum, 5, "/subscribe")
	if err != nil {
		t.Fatal(err)
	}
	m := b.updates()[0]["message"].(map[string]any)
	if diff := cmp.Diff([]any{5.0, true, true}, []any{m["message_thread_id"], m["is_topic_message"], m["chat"].(map[string]any)["is_forum"]}); diff != "" {
		t.Errorf("update (-want +got):\n%s", diff)
	}
	answer := b.must(b.form("sendMessage", "chat_id", fmt.Sprint(forum), "text", "ok", "reply_parameters", fmt.Sprintf(`{"message_id":%d}`, id)))
	if answer["message_thread_id"] != 5.0 || b.Messages(forum)[1].Thread != 5 {
		t.Errorf("an answer left its topic: %v", answer)
	}
	if _, err := b.SendIn(student, forum, 99, "x"); err == nil {
		t.Error("somebody wrote in a topic that is not there")
	}
	b.refused(b.form("sendChatAction", "chat_id", fmt.Sprint(forum), "message_thread_id", "99", "action", "typing"), 400, "thread not found")
}
