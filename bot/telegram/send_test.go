package telegram_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

// The wordings are Telegram's, seen in its server's source or from the service.
func TestVerdicts(t *testing.T) {
	for _, tc := range []struct {
		code int
		said string
		more map[string]int
		want msg.Verdict
	}{
		{code: 403, said: "Forbidden: bot was blocked by the user", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: user is deactivated", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot was kicked from the group chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot was kicked from the supergroup chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot was kicked from the channel chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot is not a member of the group chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot is not a member of the supergroup chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot is not a member of the channel chat", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: the group chat was deleted", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bot can't initiate conversation with a user", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 403, said: "Forbidden: bots can't send messages to bots", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 400, said: "Bad Request: chat not found", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 400, said: "Bad Request: private chat not found", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 400, said: "Bad Request: PEER_ID_INVALID", want: msg.Verdict{Outcome: msg.Gone}},
		{code: 400, said: "Bad Request: CHANNEL_PRIVATE", want: msg.Verdict{Outcome: msg.Gone}},

		{code: 400, said: "Bad Request: group chat was upgraded to a supergroup chat",
			more: map[string]int{"migrate_to_chat_id": -1001234567890}, want: msg.Verdict{Outcome: msg.Moved, Chat: -1001234567890}},
		{code: 429, said: "Too Many Requests: retry after 35",
			more: map[string]int{"retry_after": 35}, want: msg.Verdict{Outcome: msg.Wait, After: 35 * time.Second}},
		{code: 429, said: "Too Many Requests", want: msg.Verdict{Outcome: msg.Wait, After: time.Second}},

		{code: 500, said: "Internal Server Error: Request aborted", want: msg.Verdict{Outcome: msg.Retry}},
		{code: 502, said: "Bad Gateway", want: msg.Verdict{Outcome: msg.Retry}},
		{code: 401, said: "Unauthorized", want: msg.Verdict{Outcome: msg.Retry}},
		{code: 404, said: "Not Found", want: msg.Verdict{Outcome: msg.Retry}},

		{code: 404, said: "Not Found: method not found", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 400, said: "Bad Request: message text is empty", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 400, said: "Bad Request: message is too long", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 400, said: "Bad Request: message thread not found", want: msg.Verdict{Outcome: msg.NoTopic}},
		{code: 400, said: "Bad Request: TOPIC_CLOSED", want: msg.Verdict{Outcome: msg.NoTopic}},
		{code: 400, said: "Bad Request: TOPIC_DELETED", want: msg.Verdict{Outcome: msg.NoTopic}},
		{code: 400, said: "Bad Request: not enough rights to send text messages to the chat", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 400, said: "Bad Request: CHAT_WRITE_FORBIDDEN", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 400, said: "Bad Request: PHOTO_INVALID_DIMENSIONS", want: msg.Verdict{Outcome: msg.Reject}},
		{code: 413, said: "Request Entity Too Large", want: msg.Verdict{Outcome: msg.Reject}},
	} {
		t.Run(tc.said, func(t *testing.T) {
			_, bot := serve(t, always(func(w http.ResponseWriter) { refuse(w, tc.code, tc.said, tc.more) }))
			for _, it := range []msg.Item{text("hi"), photo("hi")} {
				v := bot.Do(t.Context(), it)
				if v.Err == nil || !strings.Contains(v.Err.Error(), tc.said) {
					t.Errorf("got error %v, want one with %q", v.Err, tc.said)
				}
				v.Err = nil
				if diff := cmp.Diff(tc.want, v); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestRequests(t *testing.T) {
	buttons := [][]msg.Button{{{Text: "换一张", Data: "v1"}, {Text: "a&b", URL: "https://example.com/?a=1&b=2"}}, {{Text: "登录", WebApp: "https://example.com/?a=1"}}}
	const markup = `{"inline_keyboard":[[{"text":"换一张","callback_data":"v1"},{"text":"a&b","url":"https://example.com/?a=1&b=2"}],[{"text":"登录","web_app":{"url":"https://example.com/?a=1"}}]]}`
	for name, tc := range map[string]struct {
		item   msg.Item
		method string
		params map[string]string
		files  map[string]upload
	}{
		"new text": {
			msg.Item{Chat: -100, Thread: 3, Op: msg.Send, Body: msg.Body{Text: "<b>x</b>", Buttons: buttons, Silent: true}},
			"sendMessage",
			map[string]string{"chat_id": "-100", "message_thread_id": "3", "text": "<b>x</b>", "parse_mode": "HTML",
				"link_preview_options": `{"is_disabled":true}`, "disable_notification": "true", "reply_markup": markup},
			nil,
		},
		"new reply": {
			msg.Item{Chat: 1, Op: msg.Send, ReplyTo: 8, Body: msg.Body{Text: "x"}},
			"sendMessage",
			map[string]string{"chat_id": "1", "text": "x", "parse_mode": "HTML", "link_preview_options": `{"is_disabled":true}`,
				"reply_parameters": `{"message_id":8,"allow_sending_without_reply":true}`},
			nil,
		},
		"new prompt": {
			msg.Item{Chat: 1, Op: msg.Show, Body: msg.Body{Text: "?", Prompt: "验证码"}},
			"sendMessage",
			map[string]string{"chat_id": "1", "text": "?", "parse_mode": "HTML", "link_preview_options": `{"is_disabled":true}`,
				"reply_markup": `{"force_reply":true,"input_field_placeholder":"验证码"}`},
			nil,
		},
		"new photo": {
			msg.Item{Chat: 1, Op: msg.Show, Body: msg.Body{Text: "x", Photo: pngHead, Buttons: buttons}},
			"sendPhoto",
			map[string]string{"chat_id": "1", "caption": "x", "parse_mode": "HTML", "reply_markup": markup},
			map[string]upload{"photo": {"picture.png", pngHead}},
		},
		"new photo without caption": {
			msg.Item{Chat: 1, Op: msg.Send, Body: msg.Body{Photo: []byte("GIF89a...")}},
			"sendPhoto", map[string]string{"chat_id": "1"},
			map[string]upload{"photo": {"picture.gif", []byte("GIF89a...")}},
		},
		"new document": {
			msg.Item{Chat: 1, Op: msg.Send, Body: msg.Body{Text: "x", Document: []byte("a,b"), FileName: "g.csv"}},
			"sendDocument", map[string]string{"chat_id": "1", "caption": "x", "parse_mode": "HTML", "disable_content_type_detection": "true"},
			map[string]upload{"document": {"g.csv", []byte("a,b")}},
		},
		"edited text": {
			msg.Item{Chat: 1, Thread: 3, Op: msg.Show, Message: 9, Body: msg.Body{Text: "x", Buttons: buttons}},
			"editMessageText",
			map[string]string{"chat_id": "1", "message_id": "9", "text": "x", "parse_mode": "HTML",
				"link_preview_options": `{"is_disabled":true}`, "reply_markup": markup},
			nil,
		},
		"edited caption": {
			msg.Item{Chat: 1, Op: msg.Show, Message: 9, HasPhoto: true, Body: msg.Body{Text: "x"}},
			"editMessageCaption", map[string]string{"chat_id": "1", "message_id": "9", "caption": "x", "parse_mode": "HTML"}, nil,
		},
		"edited buttons": {
			msg.Item{Chat: 1, Op: msg.Show, Message: 9, Body: msg.Body{Buttons: buttons}},
			"editMessageReplyMarkup", map[string]string{"chat_id": "1", "message_id": "9", "reply_markup": markup}, nil,
		},
		"close": {
			msg.Item{Chat: 1, Op: msg.Close, Message: 9},
			"deleteMessage", map[string]string{"chat_id": "1", "message_id": "9"}, nil,
		},
		"answer": {
			msg.Item{Chat: 1, Op: msg.Answer, Callback: "77", Alert: true, Body: msg.Body{Text: "a &amp; <b>b</b>"}},
			"answerCallbackQuery", map[string]string{"callback_query_id": "77", "text": "a & b", "show_alert": "true"}, nil,
		},
		"answer with a link": {
			msg.Item{Chat: 1, Op: msg.Answer, Callback: "77", URL: "https://t.me/b?start=x"},
			"answerCallbackQuery", map[string]string{"callback_query_id": "77", "url": "https://t.me/b?start=x"}, nil,
		},
		"typing": {
			msg.Item{Chat: 1, Thread: 3, Op: msg.Typing},
			"sendChatAction", map[string]string{"chat_id": "1", "message_thread_id": "3", "action": "typing"}, nil,
		},
		"other action": {
			msg.Item{Chat: 1, Op: msg.Typing, Action: "upload_photo"},
			"sendChatAction", map[string]string{"chat_id": "1", "action": "upload_photo"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `{"message_id":9}`) }))
			if v := bot.Do(t.Context(), tc.item); v.Outcome != msg.Sent {
				t.Fatalf("got %v %v, want Sent", v.Outcome, v.Err)
			}
			got := f.made("")
			if len(got) != 1 || got[0].Method != tc.method {
				t.Fatalf("got %s, want %s", f.methods(), tc.method)
			}
			if diff := cmp.Diff(tc.params, got[0].Params); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
			if len(tc.files)+len(got[0].Files) > 0 {
				if diff := cmp.Diff(tc.files, got[0].Files); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestShowAndClose: what Telegram says to each method, and what the door makes
// of it. A method that is not in said works and gives message 900.
func TestShowAndClose(t *testing.T) {
	const edit, del = "editMessageText", "deleteMessage"
	show := func(hasPhoto bool, b msg.Body) msg.Item {
		return msg.Item{Chat: 1, Op: msg.Show, Message: 9, HasPhoto: hasPhoto, Body: b}
	}
	words, picture := msg.Body{Text: "x"}, msg.Body{Text: "x", Photo: pngHead}
	for name, tc := range map[string]struct {
		item    msg.Item
		said    map[string]string
		methods string
		want    msg.Outcome
		message int
	}{
		"edited":               {show(false, words), nil, edit, msg.Sent, 9},
		"same as before":       {show(false, words), map[string]string{edit: "message is not modified: specified new message content and reply markup are exactly the same"}, edit, msg.Sent, 9},
		"message gone":         {show(false, words), map[string]string{edit: "message to edit not found"}, edit + " sendMessage", msg.Sent, 900},
		"message too old":      {show(false, words), map[string]string{edit: "message can't be edited"}, edit + " deleteMessage sendMessage", msg.Sent, 900},
		"caption gone":         {show(true, words), map[string]string{"editMessageCaption": "message to edit not found"}, "editMessageCaption sendMessage", msg.Sent, 900},
		"media gone":           {show(true, picture), map[string]string{"editMessageMedia": "MESSAGE_ID_INVALID"}, "editMessageMedia sendPhoto", msg.Sent, 900},
		"text becomes picture": {show(false, picture), nil, del + " sendPhoto", msg.Sent, 900},
		"text becomes file":    {show(false, msg.Body{Document: []byte("x")}), nil, del + " sendDocument", msg.Sent, 900},
		"text becomes prompt":  {show(false, msg.Body{Text: "?", Prompt: "p"}), nil, del + " sendMessage", msg.Sent, 900},
		"replaced though gone": {show(false, picture), map[string]string{del: "message to delete not found"}, del + " sendPhoto", msg.Sent, 900},
		"replaced though old":  {show(false, picture), map[string]string{del: "message can't be deleted for everyone"}, del + " sendPhoto", msg.Sent, 900},
		"replacing must wait":  {show(false, picture), map[string]string{del: "429"}, del, msg.Wait, 0},
		"was a picture":        {show(false, words), map[string]string{edit: "there is no text in the message to edit"}, edit + " deleteMessage sendMessage", msg.Sent, 900},
		"was a text":           {show(true, words), map[string]string{"editMessageCaption": "there is no caption in the message to edit"}, "editMessageCaption deleteMessage sendMessage", msg.Sent, 900},
		"no caption holds it":  {show(true, msg.Body{Text: strings.Repeat("课", 1025)}), nil, "deleteMessage sendMessage", msg.Sent, 900},
		"edit must wait":       {show(false, words), map[string]string{edit: "429"}, edit, msg.Wait, 0},
		"edit refused":         {show(false, words), map[string]string{edit: "message is too long"}, edit, msg.Reject, 0},

		"only edited":     {msg.Item{Chat: 1, Op: msg.Edit, Message: 9, Body: words}, nil, edit, msg.Sent, 9},
		"nothing to edit": {msg.Item{Chat: 1, Op: msg.Edit, Message: 9, Body: words}, map[string]string{edit: "message to edit not found"}, edit, msg.Sent, 9},
		"edit of nothing": {msg.Item{Chat: 1, Op: msg.Edit, Body: words}, nil, "", msg.Reject, 0},
		"edit waits":      {msg.Item{Chat: 1, Op: msg.Edit, Message: 9, Body: words}, map[string]string{edit: "429"}, edit, msg.Wait, 0},

		"closed":          {msg.Item{Chat: 1, Op: msg.Close, Message: 9}, nil, del, msg.Sent, 0},
		"closed before":   {msg.Item{Chat: 1, Op: msg.Close, Message: 9}, map[string]string{del: "message to delete not found"}, del, msg.Sent, 0},
		"never was there": {msg.Item{Chat: 1, Op: msg.Close}, nil, "", msg.Sent, 0},
		"cannot close":    {msg.Item{Chat: 1, Op: msg.Close, Message: 9}, map[string]string{del: "message can't be deleted"}, del, msg.Reject, 0},

		"tap too old": {msg.Item{Chat: 1, Op: msg.Answer, Callback: "1"},
			map[string]string{"answerCallbackQuery": "query is too old and response timeout expired or query ID is invalid"},
			"answerCallbackQuery", msg.Sent, 0},
		"no such operation": {msg.Item{Chat: 1, Op: "dance"}, nil, "", msg.Reject, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, bot := serve(t, func(w http.ResponseWriter, _ *http.Request, c call) {
				switch said := tc.said[c.Method]; said {
				case "":
					ok(w, `{"message_id":900}`)
				case "429":
					refuse(w, 429, "Too Many Requests", map[string]int{"retry_after": 3})
				default:
					refuse(w, 400, "Bad Request: "+said, nil)
				}
			})
			v := bot.Do(t.Context(), tc.item)
			if v.Outcome != tc.want || v.Message != tc.message {
				t.Errorf("got %+v, want outcome %v, message %d", v, tc.want, tc.message)
			}
			if v.Outcome == msg.Sent && v.Err != nil {
				t.Errorf("got error %v with Sent", v.Err)
			}
			if got := f.methods(); got != tc.methods {
				t.Errorf("got calls %q, want %q", got, tc.methods)
			}
		})
	}
}

func TestBrokenHTMLGoesAsPlainText(t *testing.T) {
	f, bot := serve(t, func(w http.ResponseWriter, _ *http.Request, c call) {
		if strings.Contains(c.Params["parse_mode"]+c.Params["media"], "HTML") {
			refuse(w, 400, `Bad Request: can't parse entities: can't find end tag corresponding to start tag "b"`, nil)
			return
		}
		ok(w, `{"message_id":900}`)
	})
	body := msg.Body{Text: `<b>1 &lt; 2 <a href="https://example.com/">a&amp;b</a>`}
	items := []msg.Item{
		{Chat: 1, Op: msg.Send, Body: body},
		{Chat: 1, Op: msg.Show, Message: 9, Body: body},
		{Chat: 1, Op: msg.Show, Message: 9, HasPhoto: true, Body: msg.Body{Text: body.Text, Photo: pngHead}},
	}
	for _, it := range items {
		if v := bot.Do(t.Context(), it); v.Outcome != msg.Sent || v.Err != nil {
			t.Errorf("%s: got %v %v, want Sent", it.Op, v.Outcome, v.Err)
		}
	}
	want := "sendMessage sendMessage editMessageText editMessageText editMessageMedia editMessageMedia"
	if got := f.methods(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := f.made("sendMessage")[1].Params["text"], "1 < 2 a&b"; got != want {
		t.Errorf("got text %q, want %q", got, want)
	}
	if got, want := f.made("editMessageMedia")[1].Params["media"], `{"caption":"1 < 2 a&b","media":"attach://picture","type":"photo"}`; got != want {
		t.Errorf("got media %s, want %s", got, want)
	}
	if !strings.Contains(f.log.String(), "plain text") {
		t.Error("nothing was logged")
	}
}

// TestRefusedPictureGoesAsFile once, with words and buttons, wherever it was to
// stand.
func TestRefusedPictureGoesAsFile(t *testing.T) {
	buttons := [][]msg.Button{{{Text: "换一张", Data: "draw:1"}}}
	gif := []byte("GIF89a and more")
	for name, tc := range map[string]struct {
		it      msg.Item
		said    string
		file    bool // Telegram takes it as a file
		want    msg.Outcome
		methods string
	}{
		"too wide":   {msg.Item{Chat: 1, Op: msg.Send}, "Bad Request: PHOTO_INVALID_DIMENSIONS", true, msg.Sent, "sendPhoto sendDocument"},
		"unreadable": {msg.Item{Chat: 1, Op: msg.Show}, "Bad Request: IMAGE_PROCESS_FAILED", true, msg.Sent, "sendPhoto sendDocument"},
		"too large": {msg.Item{Chat: 1, Op: msg.Send}, "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
			true, msg.Sent, "sendPhoto sendDocument"},
		"in place of another": {msg.Item{Chat: 1, Op: msg.Show, Message: 5, HasPhoto: true}, "Bad Request: PHOTO_SAVE_FILE_INVALID",
			true, msg.Sent, "editMessageMedia deleteMessage sendDocument"},
		"nor as a file":   {msg.Item{Chat: 1, Op: msg.Send}, "Bad Request: PHOTO_INVALID_DIMENSIONS", false, msg.Reject, "sendPhoto sendDocument"},
		"another refusal": {msg.Item{Chat: 1, Op: msg.Send}, "Bad Request: not enough rights to send photos to the chat", true, msg.Reject, "sendPhoto"},
	} {
		t.Run(name, func(t *testing.T) {
			f, bot := serve(t, func(w http.ResponseWriter, _ *http.Request, c call) {
				switch {
				case c.Method == "sendPhoto", c.Method == "editMessageMedia", c.Method == "sendDocument" && !tc.file:
					refuse(w, 400, tc.said, nil)
				default:
					ok(w, `{"message_id":900}`)
				}
			})
			tc.it.Body = msg.Body{Text: "<b>看图</b>", Photo: gif, Buttons: buttons}
			if v := bot.Do(t.Context(), tc.it); v.Outcome != tc.want || v.Outcome == msg.Sent && v.Message != 900 {
				t.Errorf("got %v, message %d; want %v", v.Outcome, v.Message, tc.want)
			}
			if got := f.methods(); got != tc.methods {
				t.Errorf("got calls %q, want %q", got, tc.methods)
			}
			for _, c := range f.made("sendDocument") {
				if u := c.Files["document"]; u.Name != "picture.gif" || string(u.Data) != string(gif) || c.Params["caption"] != "<b>看图</b>" || c.Params["reply_markup"] == "" {
					t.Errorf("the file is %q, with %v", u.Name, c.Params)
				}
			}
		})
	}
}

func TestSetCommands(t *testing.T) {
	f, bot := serve(t, func(w http.ResponseWriter, _ *http.Request, c call) {
		if c.Params["language_code"] == "xx" {
			refuse(w, 400, "Bad Request: LANG_CODE_INVALID", nil)
			return
		}
		ok(w, "true")
	})
	err := bot.SetCommands(t.Context(), []msg.Menu{
		{Scope: "all_private_chats", Language: "zh", Commands: []msg.MenuCommand{{Name: "grades", Text: "查成绩"}}},
		{Scope: "all_chat_administrators"},
		{Scope: "chat", Chat: -100},
		{Scope: "default", Language: "xx"},
		{Scope: "all_group_chats"},
	})
	if err == nil || !strings.Contains(err.Error(), "LANG_CODE_INVALID") {
		t.Errorf("got %v, want the refusal", err)
	}
	var got []map[string]string
	for _, c := range f.made("setMyCommands") {
		got = append(got, c.Params)
	}
	want := []map[string]string{
		{"commands": `[{"command":"grades","description":"查成绩"}]`, "scope": `{"type":"all_private_chats"}`, "language_code": "zh"},
		{"commands": `[]`, "scope": `{"type":"all_chat_administrators"}`},
		{"commands": `[]`, "scope": `{"type":"chat","chat_id":-100}`},
		{"commands": `[]`, "scope": `{"type":"default"}`, "language_code": "xx"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHello(t *testing.T) {
	f, bot := serve(t, nil)
	if name, err := bot.Hello(t.Context()); name != "thisbot" || err != nil {
		t.Errorf("got %q %v, want thisbot", name, err)
	}
	for name, tc := range map[string]struct {
		fail  func(http.ResponseWriter)
		token bool
	}{
		"revoked":        {func(w http.ResponseWriter) { refuse(w, 401, "Unauthorized", nil) }, true},
		"unknown":        {func(w http.ResponseWriter) { refuse(w, 404, "Not Found", nil) }, true},
		"wrong endpoint": {func(w http.ResponseWriter) { http.NotFound(w, nil) }, false},
		"down":           {func(w http.ResponseWriter) { http.Error(w, "<html>", http.StatusServiceUnavailable) }, false},
		"nobody":         {func(w http.ResponseWriter) { ok(w, `{}`) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f.failHello = func(w http.ResponseWriter) bool { tc.fail(w); return true }
			if _, err := bot.Hello(t.Context()); err == nil || errors.Is(err, telegram.ErrToken) != tc.token {
				t.Errorf("got %v, want an error, ErrToken %v", err, tc.token)
			}
		})
	}
}
