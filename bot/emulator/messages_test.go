package emulator_test

import (
	"bytes"
	"encoding/json"
	"image/color"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

func TestSendMessageShowsFormattedText(t *testing.T) {
	b := newBot(t, emulator.Options{})
	m := b.must(b.form("sendMessage", "chat_id", "1001", "parse_mode", "HTML", "text", " <b>成绩</b> 😀 <i>90</i>\n",
		"reply_markup", `{"inline_keyboard":[[{"text":"下一页","callback_data":"p2"}]]}`))
	if m["text"] != "成绩 😀 90" || m["message_id"] != 1.0 || m["date"] == 0.0 {
		t.Errorf("got %v", m)
	}
	entities, _ := json.Marshal(m["entities"])
	if want := `[{"length":2,"offset":0,"type":"bold"},{"length":2,"offset":6,"type":"italic"}]`; string(entities) != want {
		t.Errorf("entities: got %s, want %s", entities, want)
	}
	from, chat := m["from"].(map[string]any), m["chat"].(map[string]any)
	if from["is_bot"] != true || chat["type"] != "private" || chat["first_name"] != "张三" {
		t.Errorf("from %v, chat %v", from, chat)
	}
	got := b.Messages(student)[0]
	if got.HTML != "<b>成绩</b> 😀 <i>90</i>" || got.Buttons[0][0].Data != "p2" || !got.Bot {
		t.Errorf("on screen: %+v", got)
	}
	if p := b.Problems(); p != nil {
		t.Errorf("problems: %q", p)
	}
}

func TestRefusals(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "one"))
	b.must(b.upload("sendPhoto", map[string][]byte{"photo": picture(30, 20, color.White)}, "chat_id", "1001"))
	b.SendText(student, student, "mine")
	keyboard := func(button string) string { return `{"inline_keyboard":[[` + button + `]]}` }
	tests := []struct {
		name, method, params string
		want                 string
	}{
		{"no chat", "sendMessage", "text=x", "chat_id is empty"},
		{"unknown chat", "sendMessage", "chat_id=5&text=x", "chat not found"},
		{"no text", "sendMessage", "chat_id=1001", "message text is empty"},
		{"blank text", "sendMessage", "chat_id=1001&text= \n", "message text is empty"},
		{"only tags", "sendMessage", "chat_id=1001&text=<b></b>&parse_mode=HTML", "message text is empty"},
		{"long text", "sendMessage", "chat_id=1001&text=" + strings.Repeat("好", 4097), "message is too long"},
		{"emoji count twice", "sendMessage", "chat_id=1001&text=" + strings.Repeat("😀", 2049), "message is too long"},
		{"huge text", "sendMessage", "chat_id=1001&text=" + strings.Repeat("a", 33<<10), "text is too long"},
		{"unknown tag", "sendMessage", "chat_id=1001&parse_mode=HTML&text=好<br>", `can't parse entities: Unsupported start tag "br" at byte offset 3`},
		{"markdown", "sendMessage", "chat_id=1001&parse_mode=MarkdownV2&text=x", "unsupported parse_mode"},
		{"long data", "sendMessage", "chat_id=1001&text=x&reply_markup=" + keyboard(`{"text":"x","callback_data":"`+strings.Repeat("好", 22)+`"}`), "BUTTON_DATA_INVALID"},
		{"button without action", "sendMessage", "chat_id=1001&text=x&reply_markup=" + keyboard(`{"text":"x"}`), "Text buttons are unallowed"},
		{"button without text", "sendMessage", "chat_id=1001&text=x&reply_markup=" + keyboard(`{"callback_data":"x"}`), "must be non-empty"},
		{"bad link", "sendMessage", "chat_id=1001&text=x&reply_markup=" + keyboard(`{"text":"x","url":"nowhere"}`), "Wrong HTTP URL"},
		{"reply to nothing", "sendMessage", `chat_id=1001&text=x&reply_parameters={"message_id":99}`, "message to be replied not found"},
		{"no photo", "sendPhoto", "chat_id=1001", "there is no photo in the request"},
		{"unknown file", "sendPhoto", "chat_id=1001&photo=xyz", "wrong file identifier"},
		{"edit nothing", "editMessageText", "chat_id=1001&message_id=9&text=x", "message to edit not found"},
		{"edit a person's", "editMessageText", "chat_id=1001&message_id=3&text=x", "message can't be edited"},
		{"text of a photo", "editMessageText", "chat_id=1001&message_id=2&text=x", "there is no text in the message to edit"},
		{"caption of a text", "editMessageCaption", "chat_id=1001&message_id=1&caption=x", "there is no caption in the message to edit"},
		{"picture into a text", "editMessageMedia", `chat_id=1001&message_id=1&media={"type":"photo","media":"x"}`, "message can't be edited"},
		{"same text", "editMessageText", "chat_id=1001&message_id=1&text=one ", "message is not modified"},
		{"long caption", "editMessageCaption", "chat_id=1001&message_id=2&caption=" + strings.Repeat("好", 1025), "message caption is too long"},
		{"delete nothing", "deleteMessage", "chat_id=1001&message_id=9", "message to delete not found"},
		{"answer nothing", "answerCallbackQuery", "callback_query_id=9", "query is too old and response timeout expired or query ID is invalid"},
		{"strange action", "sendChatAction", "chat_id=1001&action=dance", "wrong parameter action"},
		{"bad command", "setMyCommands", `commands=[{"command":"Grades","description":"x"}]`, "BOT_COMMAND_INVALID"},
		{"mute command", "setMyCommands", `commands=[{"command":"grades","description":""}]`, "BOT_COMMAND_DESCRIPTION_INVALID"},
		{"strange scope", "setMyCommands", `commands=[]&scope={"type":"world"}`, "unsupported type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var pairs []string
			for pair := range strings.SplitSeq(tt.params, "&") {
				k, v, _ := strings.Cut(pair, "=")
				pairs = append(pairs, k, v)
			}
			b := &bot{b.Server, t, b.base}
			b.refused(b.form(tt.method, pairs...), 400, tt.want)
		})
	}
	if n := len(b.Messages(student)); n != 3 {
		t.Errorf("got %d messages, want 3: a refused call did its work", n)
	}
}

func TestPhotoIsReplacedInPlace(t *testing.T) {
	b := newBot(t, emulator.Options{})
	white, black := picture(600, 200, color.White), picture(60, 20, color.Black)
	m := b.must(b.upload("sendPhoto", map[string][]byte{"photo": white}, "chat_id", "1001", "caption", "验证码"))
	if sizes := m["photo"].([]any); len(sizes) != 3 || sizes[2].(map[string]any)["width"] != 600.0 {
		t.Errorf("sizes: got %v", sizes)
	}
	m = b.must(b.upload("editMessageMedia", map[string][]byte{"pic": black}, "chat_id", "1001", "message_id", "1",
		"media", `{"type":"photo","media":"attach://pic","caption":"<b>再来</b>","parse_mode":"HTML"}`))
	if m["caption"] != "再来" || m["edit_date"] == nil {
		t.Errorf("got %v", m)
	}
	got := b.Messages(student)[0]
	if !bytes.Equal(got.Photo, black) || got.HTML != "<b>再来</b>" || got.Edits != 1 {
		t.Errorf("on screen: %d bytes, %q, %d edits", len(got.Photo), got.HTML, got.Edits)
	}
	b.must(b.form("editMessageCaption", "chat_id", "1001", "message_id", "1", "caption", "完"))
	if got := b.Messages(student)[0].Text; got != "完" {
		t.Errorf("caption: got %q", got)
	}
}

func TestPhotoLimits(t *testing.T) {
	b := newBot(t, emulator.Options{})
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "file must be non-empty"},
		{"no picture", []byte("hello"), "IMAGE_PROCESS_FAILED"},
		{"too wide", picture(210, 10, color.White), "PHOTO_INVALID_DIMENSIONS"},
		{"too heavy", make([]byte, 10<<20+1), "too big for a photo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &bot{b.Server, t, b.base}
			b.refused(b.upload("sendPhoto", map[string][]byte{"photo": tt.data}, "chat_id", "1001"), 400, tt.want)
		})
	}
}

func TestFilesDownload(t *testing.T) {
	b := newBot(t, emulator.Options{})
	want := []byte("课程,成绩\n")
	m := b.must(b.upload("sendDocument", map[string][]byte{"document": want}, "chat_id", "1001"))
	id := m["document"].(map[string]any)["file_id"].(string)
	f := b.must(b.form("getFile", "file_id", id))
	resp, err := http.Get(b.base + "/file/bot" + b.Token() + "/" + f["file_path"].(string))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, _ := io.ReadAll(resp.Body); !bytes.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	again := b.must(b.form("sendDocument", "chat_id", "1002", "document", id))
	if again["document"].(map[string]any)["file_name"] != "document.png" {
		t.Errorf("sent again: got %v", again)
	}
	b.refused(b.form("getFile", "file_id", "none"), 400, "invalid file_id")
}

func TestEditTakesTheKeyboardAway(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"a"}]]}`))
	b.must(b.form("editMessageText", "chat_id", "1001", "message_id", "1", "text", "x"))
	if got := b.Messages(student)[0].Buttons; len(got) > 0 {
		t.Errorf("got %v, want no buttons", got)
	}
	b.must(b.form("editMessageReplyMarkup", "chat_id", "1001", "message_id", "1", "reply_markup", `{"inline_keyboard":[[{"text":"b","callback_data":"b"}]]}`))
	if got := b.Messages(student)[0].Buttons[0][0].Text; got != "b" {
		t.Errorf("got %q, want b", got)
	}
}

func TestDeletion(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.SendText(student, student, "my password")
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "a"))
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "b"))
	if r := b.form("deleteMessage", "chat_id", "1001", "message_id", "1"); string(r.Result) != "true" {
		t.Errorf("got %s %s, want true", r.Result, r.Description)
	}
	b.refused(b.form("deleteMessage", "chat_id", "1001", "message_id", "1"), 400, "message to delete not found")
	b.form("deleteMessages", "chat_id", "1001", "message_ids", "[3,2,77]")
	if diff := cmp.Diff([]int{1, 2, 3}, b.Deleted(student)); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	b.SendText(student, class, "in the group")
	b.refused(b.form("deleteMessage", "chat_id", "-1001000000001", "message_id", "1"), 400, "message can't be deleted")
}

func TestDeviationsAreReported(t *testing.T) {
	b := newBot(t, emulator.Options{Schema: &emulator.Schema{}}) // the table alone
	b.form("sendMessage", "chat_id", "1001", "text", "x", "entities", "null", "disable_web_page_preview", "true", "disable_notification", "maybe",
		"reply_markup", `{"inline_keyboard":[[{"text":"a","callback_data":"a","colour":"red"}]]}`)
	b.form("deleteMessage", "chat_id", "1001")
	want := []string{
		"sendMessage: disable_notification: wrong kind",
		"sendMessage: disable_web_page_preview: no parameter of sendMessage",
		"sendMessage: entities: null",
		`sendMessage: reply_markup: json: unknown field "colour"`,
		"deleteMessage: message_id: missing",
	}
	if diff := cmp.Diff(want, b.Problems()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if len(b.Messages(student)) != 1 {
		t.Error("a deviation that the official server forgives was refused")
	}
}

func TestChatsAndMembers(t *testing.T) {
	b := newBot(t, emulator.Options{})
	if m := b.must(b.form("getChat", "chat_id", "-1001000000001")); m["type"] != "supergroup" || m["title"] != "计科 2001 班" {
		t.Errorf("getChat: got %v", m)
	}
	for user, want := range map[string]string{"1001": "creator", "1002": "member", "7000000001": "member"} {
		if m := b.must(b.form("getChatMember", "chat_id", "-1001000000001", "user_id", user)); m["status"] != want {
			t.Errorf("member %s: got %v, want %s", user, m["status"], want)
		}
	}
	var admins []map[string]any
	json.Unmarshal(b.form("getChatAdministrators", "chat_id", "-1001000000001").Result, &admins)
	if len(admins) != 1 || admins[0]["status"] != "creator" {
		t.Errorf("administrators: got %v", admins)
	}
}

func TestMenuOfTheNarrowestScope(t *testing.T) {
	b := newBot(t, emulator.Options{})
	set := func(name string, more ...string) {
		pairs := append([]string{"commands", `[{"command":"` + name + `","description":"d"}]`}, more...)
		b.must(b.form("setMyCommands", pairs...))
	}
	set("all")
	set("private", "scope", `{"type":"all_private_chats"}`)
	set("privatezh", "scope", `{"type":"all_private_chats"}`, "language_code", "zh")
	set("admins", "scope", `{"type":"all_chat_administrators"}`)
	tests := []struct {
		name       string
		user, chat int64
		want       string
	}{
		{"Chinese, private", student, student, "privatezh"},
		{"English, private", other, other, "private"},
		{"administrator in the group", student, class, "admins"},
		{"member in the group", other, class, "all"},
	}
	for _, tt := range tests {
		if got := b.Menu(tt.user, tt.chat); len(got) != 1 || got[0].Command != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, got, tt.want)
		}
	}
	b.form("deleteMyCommands", "scope", `{"type":"all_chat_administrators"}`)
	if got := b.Menu(student, class); got[0].Command != "all" {
		t.Errorf("after deletion: got %v, want all", got)
	}
	var menu []emulator.Command
	json.Unmarshal(b.form("getMyCommands", "language_code", "zh", "scope", `{"type":"all_private_chats"}`).Result, &menu)
	if !slices.Equal(menu, []emulator.Command{{Command: "privatezh", Description: "d"}}) {
		t.Errorf("getMyCommands: got %v", menu)
	}
}
