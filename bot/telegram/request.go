package telegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/render/text"
)

// request is one call to be made.
type request struct {
	method string
	params tgbotapi.Params
	files  []tgbotapi.RequestFile
}

// format is how a text goes to Telegram.
type format bool

const (
	asHTML  format = true
	asPlain format = false
)

// put writes a text under its name, with the parse mode that fits.
func (f format) put(into map[string]string, name, s string) {
	if s == "" {
		return
	}
	if f == asPlain {
		into[name] = text.Plain(s)
		return
	}
	into[name], into["parse_mode"] = s, tgbotapi.ModeHTML
}

// newOf is the request for a new message.
func newOf(it msg.Item, f format) request {
	r := request{params: chatParams(it.Chat, it.Thread)}
	r.params.AddBool("disable_notification", it.Body.Silent)
	if it.ReplyTo != 0 {
		r.params["reply_parameters"] = fmt.Sprintf(`{"message_id":%d,"allow_sending_without_reply":true}`, it.ReplyTo)
	}
	r.markup(it.Body)
	switch body := it.Body; {
	case body.Photo != nil:
		r.method = "sendPhoto"
		r.files = file("photo", photoName(body.Photo), body.Photo)
		f.put(r.params, "caption", body.Text)
	case body.Document != nil:
		r.method = "sendDocument"
		r.files = file("document", body.FileName, body.Document)
		r.params.AddBool("disable_content_type_detection", true) // a GIF stays a picture and is no film
		f.put(r.params, "caption", body.Text)
	default:
		r.method = "sendMessage"
		r.text(body, f)
	}
	return r
}

// editOf is the request that turns the message on screen into it.Body; false
// where Telegram has none: also for a text that is no caption any more.
func editOf(it msg.Item, f format) (request, bool) {
	body := it.Body
	if !it.Edits() || it.HasPhoto && text.Units(text.Plain(body.Text)) > text.MaxCaption {
		return request{}, false
	}
	r := request{params: chatParams(it.Chat, 0)}
	r.params.AddNonZero("message_id", it.Message)
	r.markup(body)
	switch {
	case body.Photo != nil:
		r.method = "editMessageMedia"
		r.files = file("picture", photoName(body.Photo), body.Photo)
		media := map[string]string{"type": "photo", "media": "attach://picture"}
		f.put(media, "caption", body.Text)
		r.params["media"] = encode(media)
	case body.Text == "":
		r.method = "editMessageReplyMarkup"
	case it.HasPhoto:
		r.method = "editMessageCaption"
		f.put(r.params, "caption", body.Text)
	default:
		r.method = "editMessageText"
		r.text(body, f)
	}
	return r, true
}

func (r *request) text(body msg.Body, f format) {
	f.put(r.params, "text", body.Text)
	r.params["link_preview_options"] = `{"is_disabled":true}`
}

// The library's buttons lack what Telegram has added since; ours are plain.
type (
	keyboard struct {
		Rows [][]button `json:"inline_keyboard"`
	}
	button struct {
		Text   string  `json:"text"`
		Data   string  `json:"callback_data,omitempty"`
		URL    string  `json:"url,omitempty"`
		WebApp *webApp `json:"web_app,omitempty"`
	}
	webApp struct {
		URL string `json:"url"`
	}
	forceReply struct {
		On          bool   `json:"force_reply"`
		Placeholder string `json:"input_field_placeholder"`
		Selective   bool   `json:"selective,omitempty"`
	}
)

// markup adds the buttons or the prompt. An edit without either removes the
// buttons that were there.
func (r *request) markup(body msg.Body) {
	switch {
	case body.Prompt != "":
		r.params["reply_markup"] = encode(forceReply{On: true, Placeholder: body.Prompt, Selective: body.Selective})
	case len(body.Buttons) > 0:
		k := keyboard{Rows: make([][]button, len(body.Buttons))}
		for i, row := range body.Buttons {
			k.Rows[i] = make([]button, len(row))
			for j, b := range row {
				k.Rows[i][j] = buttonOf(b)
			}
		}
		r.params["reply_markup"] = encode(k)
	}
}

func buttonOf(b msg.Button) button {
	out := button{Text: b.Text, Data: b.Data, URL: b.URL}
	if b.WebApp != "" {
		out.WebApp = &webApp{b.WebApp}
	}
	return out
}

func chatParams(chat int64, thread int) tgbotapi.Params {
	p := tgbotapi.Params{}
	p.AddNonZero64("chat_id", chat)
	p.AddNonZero("message_thread_id", thread)
	return p
}

// file is one upload. The name is shown to people, so it is never a path.
func file(field, name string, data []byte) []tgbotapi.RequestFile {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if name == "" {
		name = "file"
	}
	return []tgbotapi.RequestFile{{Name: field, Data: tgbotapi.FileBytes{Name: name, Bytes: data}}}
}

// photoName has the ending that the picture's bytes ask for.
func photoName(data []byte) string {
	switch http.DetectContentType(data) {
	case "image/png":
		return "picture.png"
	case "image/gif":
		return "picture.gif"
	case "image/bmp":
		return "picture.bmp"
	case "image/webp":
		return "picture.webp"
	}
	return "picture.jpg"
}

// encode writes JSON with & < > as they are.
func encode(v any) string {
	var s strings.Builder
	e := json.NewEncoder(&s)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // our own types always encode
		panic(err)
	}
	return strings.TrimSuffix(s.String(), "\n")
}
