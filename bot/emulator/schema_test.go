package emulator

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// official is the official schema; without it the test is skipped.
func official(t *testing.T) *Schema {
	path := os.Getenv("JWXTBOT_BOTAPI")
	if path == "" {
		t.Skip("JWXTBOT_BOTAPI names no file with the official schema")
	}
	s, err := LoadSchema(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kindIn is the kind of a parameter as the schema sees it.
func kindIn(f SchemaField) kind {
	switch {
	case f.Name == "chat_id":
		return chatID
	case slices.Contains(f.Types, "InputFile"):
		return upload
	case f.Types[0] == "Integer":
		return number
	case f.Types[0] == "Boolean":
		return flag
	case f.Types[0] == "String":
		return text
	case strings.HasPrefix(f.Types[0], "Array of"):
		return list
	}
	return object
}

func TestTableMatchesTheSchema(t *testing.T) {
	schema := official(t)
	for _, m := range methods() {
		documented, ok := schema.Methods[m.name]
		if !ok {
			t.Errorf("%s: not in the schema", m.name)
			continue
		}
		var want []string
		for _, f := range documented.Fields {
			name := f.Name
			if f.Required {
				name += "!"
			}
			want = append(want, name)
			if got := kindOf(f.Name); got != kindIn(f) {
				t.Errorf("%s: %s: kind %d, want %d", m.name, f.Name, got, kindIn(f))
			}
		}
		got := strings.Fields(m.params)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", m.name, got, want)
		}
	}
}

// Objects that are sent must have no field of our own, and all required ones.
func TestObjectsMatchTheSchema(t *testing.T) {
	schema := official(t)
	for name, v := range map[string]any{
		"User": me{}, "Chat": wireChat{}, "ChatFullInfo": wireChatFull{}, "Message": wireMessage{}, "PhotoSize": wirePhoto{},
		"Document": wireDocument{}, "File": wireFile{}, "MessageEntity": Entity{}, "CallbackQuery": wireCallback{}, "Update": wireUpdate{},
		"WebhookInfo": wireWebhook{}, "ChatMemberUpdated": wireMemberUpdated{}, "InlineKeyboardMarkup": inline{}, "InlineKeyboardButton": Button{},
		"BotCommand": Command{}, "ResponseParameters": parameters{},
	} {
		var names []string
		jsonNames(reflect.TypeOf(v), &names)
		for _, f := range schema.Types[name].Fields {
			if f.Required && !slices.Contains(names, f.Name) {
				t.Errorf("%s: %s is missing", name, f.Name)
			}
			names = slices.DeleteFunc(names, func(n string) bool { return n == f.Name })
		}
		if len(names) > 0 {
			t.Errorf("%s: %q are not in the schema", name, names)
		}
	}
}

// Members differ by status, so that real ones are compared.
func TestMembersMatchTheSchema(t *testing.T) {
	schema := official(t)
	for status, name := range map[string]string{"creator": "ChatMemberOwner", "administrator": "ChatMemberAdministrator",
		"member": "ChatMemberMember", "left": "ChatMemberLeft", "kicked": "ChatMemberBanned"} {
		raw, _ := json.Marshal(member(status, User{ID: 1}))
		var got map[string]any
		json.Unmarshal(raw, &got)
		for _, f := range schema.Types[name].Fields {
			if _, ok := got[f.Name]; f.Required && !ok {
				t.Errorf("%s: %s is missing", name, f.Name)
			}
			delete(got, f.Name)
		}
		if len(got) > 0 {
			t.Errorf("%s: %v are not in the schema", name, got)
		}
	}
}

func jsonNames(t reflect.Type, names *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			jsonNames(f.Type, names)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		*names = append(*names, name)
	}
}

func TestCallsAgainstTheSchema(t *testing.T) {
	schema := official(t)
	tests := []struct {
		name, method string
		params       map[string]string
		want         []string
	}{
		{"all is well", "sendMessage", map[string]string{
			"chat_id": "-100", "text": strings.Repeat("<b>x</b>", 1000), "message_thread_id": "5", "parse_mode": "HTML",
			"reply_markup":         `{"inline_keyboard":[[{"text":"a","web_app":{"url":"https://bot.example"}},{"text":"b","callback_data":"c","style":"danger"}]]}`,
			"reply_parameters":     `{"message_id":7,"allow_sending_without_reply":true}`,
			"link_preview_options": `{"is_disabled":true}`, "entities": `[{"type":"bold","offset":0,"length":1}]`,
		}, nil},
		{"inside a keyboard", "sendMessage", map[string]string{
			"reply_markup": `{"inline_keyboard":[[{"text":"a","callback_data":"` + strings.Repeat("密", 22) + `"},{"callback_dat":"x","text":7}]]}`,
		}, []string{
			"reply_markup.inline_keyboard[0][0].callback_data: 66 bytes, must be 1-64",
			"reply_markup.inline_keyboard[0][1].text: no String",
			"reply_markup.inline_keyboard[0][1].callback_dat: no field of InlineKeyboardButton",
		}},
		{"a text that is parsed first may be longer", "editMessageText", map[string]string{"text": strings.Repeat("<b>x</b>", 1000)}, nil},
		{"another keyboard", "sendMessage", map[string]string{"reply_markup": `{"force_reply":true,"input_field_placeholder":"验证码"}`}, nil},
		{"an edit takes inline keyboards only", "editMessageText", map[string]string{"reply_markup": `{"force_reply":true}`},
			[]string{"reply_markup.inline_keyboard: missing", "reply_markup.force_reply: no field of InlineKeyboardMarkup"}},
		{"a subtype", "editMessageMedia", map[string]string{"media": `{"type":"photo","media":"attach://f","captoin":"x"}`},
			[]string{"media.captoin: no field of InputMediaPhoto"}},
		{"a list", "setMyCommands", map[string]string{"commands": `[{"command":"` + strings.Repeat("x", 33) + `","description":"d"},{"command":"y"}]`, "scope": `{"type":"all_private_chats"}`},
			[]string{"commands[0].command: 33 characters, must be 1-32", "commands[1].description: missing"}},
		{"numbers and words", "deleteMessages", map[string]string{"message_ids": `[1,"2",3.5]`}, []string{"message_ids[1]: no Integer", "message_ids[2]: no Integer"}},
		{"a text", "answerCallbackQuery", map[string]string{"text": strings.Repeat("长", 201), "show_alert": "true"}, []string{"text: 201 characters, must be 0-200"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := schema.check(&request{method: methodNamed(tt.method), params: tt.params})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A small schema of one's own shows that every call is checked.
func TestEveryCallIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "api.json")
	os.WriteFile(path, []byte(`{"methods":{"getChat":{"fields":[{"name":"chat_id","types":["String"],"description":"1-3 characters"}]}}}`), 0o600)
	schema, err := LoadSchema(path)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Schema: schema})
	client := http.Client{Transport: InMemory(s)}
	if _, err := client.Get("http://emulator/bot" + s.Token() + "/getChat?chat_id=1001"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"getChat: chat_id: 4 characters, must be 1-3"}, s.Problems()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
