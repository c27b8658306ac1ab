package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

func TestGapsInUpdateIDs(t *testing.T) {
	b := newBot(t, emulator.Options{FirstUpdate: 5})
	b.SendText(student, student, "one")
	b.SkipUpdates(1000)
	b.SendText(student, student, "two")
	if diff := cmp.Diff([]int{5, 1006}, ids(b.updates())); diff != "" || b.LastUpdate() != 1006 {
		t.Errorf("last %d (-want +got):\n%s", b.LastUpdate(), diff)
	}
}

func TestPeopleSendFilesAndDelete(t *testing.T) {
	b := newBot(t, emulator.Options{})
	id, err := b.SendDocument(student, student, "a.txt", []byte("x"), "看 /grades")
	if err != nil {
		t.Fatal(err)
	}
	m := b.updates()[0]["message"].(map[string]any)
	if m["caption"] != "看 /grades" || m["caption_entities"] == nil || m["document"].(map[string]any)["file_name"] != "a.txt" {
		t.Errorf("update: got %v", m)
	}
	b.Delete(student, id)
	if got := b.Messages(student); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
	if n := len(b.updates()); n != 1 {
		t.Errorf("%d updates: the bot was told of the deletion", n)
	}
}

func TestAdministratorBot(t *testing.T) {
	b := newBot(t, emulator.Options{
		People: []emulator.Person{{ID: 1, Name: "甲"}, {ID: 2, Name: "乙"}, {ID: 3, Name: "丙"}},
		Groups: []emulator.Group{{ID: -7, Title: "班", Members: []int64{1, 2}, Admins: []int64{1, 2}, BotAdmin: true}},
	})
	b.SendText(1, -7, "seen by an administrator")
	b.must(b.form("deleteMessage", "chat_id", "-7", "message_id", "1"))
	if n := len(b.updates()); n != 1 {
		t.Errorf("%d updates, want 1", n)
	}
	for user, want := range map[string]string{"1": "creator", "2": "administrator", "3": "left", "7000000001": "administrator"} {
		if m := b.must(b.form("getChatMember", "chat_id", "-7", "user_id", user)); m["status"] != want {
			t.Errorf("member %s: got %v, want %s", user, m["status"], want)
		}
	}
	var admins []any
	json.Unmarshal(b.form("getChatAdministrators", "chat_id", "-7", "return_bots", "true").Result, &admins)
	if len(admins) != 3 {
		t.Errorf("administrators: got %v", admins)
	}
	b.refused(b.form("getChatMember", "chat_id", "-7", "user_id", "99"), 400, "PARTICIPANT_ID_INVALID")
	b.refused(b.form("getChatAdministrators", "chat_id", "1"), 400, "no administrators in the private chat")
}

func TestDescriptionIsReadInTheOwnLanguage(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("setMyDescription", "description", "Your grades."))
	b.must(b.form("setMyDescription", "description", "你的成绩。", "language_code", "zh"))
	b.must(b.form("setMyShortDescription", "short_description", "short"))
	b.refused(b.form("setMyShortDescription", "short_description", strings.Repeat("长", 121)), 400, "bot short description is too long")
	resp, err := http.Get(b.base + "/_emu/state")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var state struct{ About map[int64]string }
	json.NewDecoder(resp.Body).Decode(&state)
	if diff := cmp.Diff(map[int64]string{student: "你的成绩。", other: "Your grades."}, state.About); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFormsThatAreNotUnderstood(t *testing.T) {
	b := newBot(t, emulator.Options{})
	for _, tt := range []struct{ kind, body string }{
		{"application/json", `{"chat_id":`},
		{"multipart/form-data; boundary=x", "--x\r\nbroken"},
	} {
		resp, err := http.Post(b.url("sendMessage"), tt.kind, strings.NewReader(tt.body))
		b.refused(b.read(resp, err), 400, "can't parse the request body")
	}
	resp, err := http.Post(b.base+"/_emu/send", "application/json", strings.NewReader("{"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 {
		t.Errorf("page: got %d, want 400", resp.StatusCode)
	}
}
