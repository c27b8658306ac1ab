package emulator

import "strings"

// method is one row of the table of what the server answers.
type method struct {
	name   string
	params string // names; a ! marks those that must be there
	run    func(*Server, *request) (any, *Error)
}

const (
	where   = "business_connection_id chat_id! message_thread_id direct_messages_topic_id "
	outcome = " disable_notification protect_content allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup"
	edited  = "business_connection_id chat_id message_id inline_message_id "
)

// methods is the table, as the Bot API documents them (10.1).
func methods() []method {
	return []method{
		{"getMe", "", (*Server).getMe},
		{"getUpdates", "offset limit timeout allowed_updates", nil}, // waits; see updates.go
		{"setWebhook", "url! certificate ip_address max_connections allowed_updates drop_pending_updates secret_token", (*Server).setWebhook},
		{"deleteWebhook", "drop_pending_updates", (*Server).deleteWebhook},
		{"getWebhookInfo", "", (*Server).getWebhookInfo},
		{"sendMessage", where + "text! parse_mode entities link_preview_options" + outcome, (*Server).sendMessage},
		{"sendPhoto", where + "photo! caption parse_mode caption_entities show_caption_above_media has_spoiler" + outcome, (*Server).sendPhoto},
		{"sendDocument", where + "document! thumbnail caption parse_mode caption_entities disable_content_type_detection" + outcome, (*Server).sendDocument},
		{"editMessageText", edited + "text parse_mode entities link_preview_options rich_message reply_markup", (*Server).editMessageText},
		{"editMessageCaption", edited + "caption parse_mode caption_entities show_caption_above_media reply_markup", (*Server).editMessageCaption},
		{"editMessageMedia", edited + "media! reply_markup", (*Server).editMessageMedia},
		{"editMessageReplyMarkup", edited + "reply_markup", (*Server).editMessageReplyMarkup},
		{"deleteMessage", "chat_id! message_id!", (*Server).deleteMessage},
		{"deleteMessages", "chat_id! message_ids!", (*Server).deleteMessages},
		{"answerCallbackQuery", "callback_query_id! text show_alert url cache_time", (*Server).answerCallbackQuery},
		{"sendChatAction", "business_connection_id chat_id! message_thread_id action!", (*Server).sendChatAction},
		{"setMyCommands", "commands! scope language_code", (*Server).setMyCommands},
		{"getMyCommands", "scope language_code", (*Server).getMyCommands},
		{"deleteMyCommands", "scope language_code", (*Server).deleteMyCommands},
		{"setMyDescription", "description language_code", (*Server).setMyDescription},
		{"setMyShortDescription", "short_description language_code", (*Server).setMyShortDescription},
		{"getChat", "chat_id!", (*Server).getChat},
		{"getChatMember", "chat_id! user_id!", (*Server).getChatMember},
		{"getChatAdministrators", "chat_id! return_bots", (*Server).getChatAdministrators},
		{"getFile", "file_id!", (*Server).getFile},
	}
}

// methodNamed finds a method; case does not matter.
func methodNamed(name string) *method {
	for _, m := range methods() {
		if strings.EqualFold(m.name, name) {
			return &m
		}
	}
	return nil
}

// kind is what a parameter's text must hold.
type kind int

const (
	text   kind = iota
	number      // Integer
	flag        // Boolean
	list        // JSON array
	object      // JSON object
	chatID      // number or @name
	upload      // a file part, a file_id or a URL
)

// kindOf tells the kind of a parameter: a name means the same in all methods.
func kindOf(param string) kind {
	switch param {
	case "chat_id":
		return chatID
	case "photo", "document", "thumbnail", "certificate":
		return upload
	case "offset", "limit", "timeout", "message_id", "message_thread_id", "direct_messages_topic_id", "cache_time", "user_id", "max_connections":
		return number
	case "entities", "caption_entities", "allowed_updates", "commands", "message_ids":
		return list
	case "reply_markup", "reply_parameters", "link_preview_options", "suggested_post_parameters", "rich_message", "media", "scope":
		return object
	case "drop_pending_updates", "disable_notification", "protect_content", "allow_paid_broadcast", "show_caption_above_media",
		"has_spoiler", "disable_content_type_detection", "show_alert", "return_bots":
		return flag
	}
	return text
}
