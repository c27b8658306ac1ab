package emulator

import "encoding/json"

// The types of this file are the Bot API's objects as far as the bot meets
// them; their JSON is what the official server sends.

// User is a person or the bot.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// me is what getMe adds to a User.
type me struct {
	User
	CanJoinGroups           bool `json:"can_join_groups"`
	CanReadAllGroupMessages bool `json:"can_read_all_group_messages"`
	SupportsInlineQueries   bool `json:"supports_inline_queries"`
	CanConnectToBusiness    bool `json:"can_connect_to_business"`
	HasMainWebApp           bool `json:"has_main_web_app"`
}

type wireChat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	IsForum   bool   `json:"is_forum,omitempty"`
}

type wireChatFull struct {
	wireChat
	AccentColorID     int             `json:"accent_color_id"`
	MaxReactionCount  int             `json:"max_reaction_count"`
	AcceptedGiftTypes map[string]bool `json:"accepted_gift_types"`
}

type wireMember struct {
	Status              string `json:"status"`
	User                User   `json:"user"`
	IsAnonymous         *bool  `json:"is_anonymous,omitempty"`
	CanBeEdited         *bool  `json:"can_be_edited,omitempty"`
	CanManageChat       *bool  `json:"can_manage_chat,omitempty"`
	CanDeleteMessages   *bool  `json:"can_delete_messages,omitempty"`
	CanManageVideoChats *bool  `json:"can_manage_video_chats,omitempty"`
	CanRestrictMembers  *bool  `json:"can_restrict_members,omitempty"`
	CanPromoteMembers   *bool  `json:"can_promote_members,omitempty"`
	CanChangeInfo       *bool  `json:"can_change_info,omitempty"`
	CanInviteUsers      *bool  `json:"can_invite_users,omitempty"`
	CanPostStories      *bool  `json:"can_post_stories,omitempty"`
	CanEditStories      *bool  `json:"can_edit_stories,omitempty"`
	CanDeleteStories    *bool  `json:"can_delete_stories,omitempty"`
	UntilDate           *int64 `json:"until_date,omitempty"`
}

type wireMemberUpdated struct {
	Chat          wireChat   `json:"chat"`
	From          User       `json:"from"`
	Date          int64      `json:"date"`
	OldChatMember wireMember `json:"old_chat_member"`
	NewChatMember wireMember `json:"new_chat_member"`
}

type wirePhoto struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	FileSize     int    `json:"file_size,omitempty"`
}

type wireDocument struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileName     string `json:"file_name,omitempty"`
	MimeType     string `json:"mime_type,omitempty"`
	FileSize     int    `json:"file_size,omitempty"`
}

type wireFile struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileSize     int    `json:"file_size,omitempty"`
	FilePath     string `json:"file_path,omitempty"`
}

type wireMessage struct {
	MessageID         int           `json:"message_id"`
	MessageThreadID   int           `json:"message_thread_id,omitempty"`
	IsTopicMessage    bool          `json:"is_topic_message,omitempty"`
	From              *User         `json:"from,omitempty"`
	SenderChat        *wireChat     `json:"sender_chat,omitempty"`
	Chat              wireChat      `json:"chat"`
	Date              int64         `json:"date"`
	EditDate          int64         `json:"edit_date,omitempty"`
	ReplyToMessage    *wireMessage  `json:"reply_to_message,omitempty"`
	Text              string        `json:"text,omitempty"`
	Entities          []Entity      `json:"entities,omitempty"`
	Photo             []wirePhoto   `json:"photo,omitempty"`
	Document          *wireDocument `json:"document,omitempty"`
	Caption           string        `json:"caption,omitempty"`
	CaptionEntities   []Entity      `json:"caption_entities,omitempty"`
	ReplyMarkup       *inline       `json:"reply_markup,omitempty"`
	MigrateToChatID   int64         `json:"migrate_to_chat_id,omitempty"`
	MigrateFromChatID int64         `json:"migrate_from_chat_id,omitempty"`
}

type wireCallback struct {
	ID           string       `json:"id"`
	From         User         `json:"from"`
	Message      *wireMessage `json:"message,omitempty"`
	ChatInstance string       `json:"chat_instance"`
	Data         string       `json:"data,omitempty"`
}

type wireUpdate struct {
	UpdateID      int                `json:"update_id"`
	Message       *wireMessage       `json:"message,omitempty"`
	EditedMessage *wireMessage       `json:"edited_message,omitempty"`
	CallbackQuery *wireCallback      `json:"callback_query,omitempty"`
	MyChatMember  *wireMemberUpdated `json:"my_chat_member,omitempty"`
	ChatMember    *wireMemberUpdated `json:"chat_member,omitempty"`
}

// chat is the chat an update happened in, 0 for none.
func (u wireUpdate) chat() int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.EditedMessage != nil:
		return u.EditedMessage.Chat.ID
	case u.CallbackQuery != nil && u.CallbackQuery.Message != nil:
		return u.CallbackQuery.Message.Chat.ID
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat.ID
	case u.ChatMember != nil:
		return u.ChatMember.Chat.ID
	}
	return 0
}

type wireWebhook struct {
	URL                  string   `json:"url"`
	HasCustomCertificate bool     `json:"has_custom_certificate"`
	PendingUpdateCount   int      `json:"pending_update_count"`
	LastErrorDate        int64    `json:"last_error_date,omitempty"`
	LastErrorMessage     string   `json:"last_error_message,omitempty"`
	MaxConnections       int      `json:"max_connections,omitempty"`
	AllowedUpdates       []string `json:"allowed_updates,omitempty"`
}

// answer is the envelope of every answer.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	ErrorCode   int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
	Parameters  *parameters     `json:"parameters,omitempty"`
}

type parameters struct {
	MigrateToChatID int64 `json:"migrate_to_chat_id,omitempty"`
	RetryAfter      int   `json:"retry_after,omitempty"`
}
