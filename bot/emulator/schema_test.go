package emulator

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// apiField is a parameter of a method or a field of a type in the schema.
type apiField struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`
}

type apiSchema struct {
	Methods map[string]struct {
		Fields []apiField `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields []apiField `json:"fields"`
	} `json:"types"`
}

func loadSchema(t *testing.T) apiSchema {
	path := os.Getenv("JWXTBOT_BOTAPI")
	if path == "" {
		t.Skip("JWXTBOT_BOTAPI names no file with the official schema")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s apiSchema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// kindIn is the kind of a parameter as the schema sees it.
func kindIn(f apiField) kind {
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
	schema := loadSchema(t)
	for _, m := range methods() {
		official, ok := schema.Methods[m.name]
		if !ok {
			t.Errorf("%s: not in the schema", m.name)
			continue
		}
		var want []string
		for _, f := range official.Fields {
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
	schema := loadSchema(t)
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
	schema := loadSchema(t)
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
