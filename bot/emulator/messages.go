package emulator

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"
)

const (
	maxText    = 4096 // UTF-16 units after parsing
	maxCaption = 1024
	maxRawText = 32 << 10 // bytes before parsing
)

// message is one message of a chat.
type message struct {
	id       int
	from     User
	date     time.Time
	edited   time.Time // zero: never
	edits    int
	text     string // or the caption
	entities []Entity
	photo    *picture
	document *file
	inline   *inline
	force    *markup // a ForceReply
	replyTo  int
	thread   int // the topic; 0 is none and the general one
	// of a service message
	migrateTo, migrateFrom int64
	silent                 bool
	deleted                bool
	rev                    int
	html                   string // of text and entities, as they were at htmlRev
	htmlRev                int
}

func (m *message) isText() bool { return m.photo == nil && m.document == nil }

// add appends a message to a chat. The caller holds s.mu.
func (s *Server) add(c *chat, m *message) {
	m.id = len(c.messages) + 1
	m.date = time.Now()
	c.messages = append(c.messages, m)
	if m.from.IsBot {
		c.action = ""
	}
	m.rev = s.touch()
	c.rev = m.rev
}

// live finds a message that is not deleted.
func (c *chat) live(id int) *message {
	if id < 1 || id > len(c.messages) || c.messages[id-1].deleted {
		return nil
	}
	return c.messages[id-1]
}

func (s *Server) wire(c *chat, m *message) *wireMessage {
	w := &wireMessage{MessageID: m.id, From: &m.from, Chat: c.wireChat, Date: m.date.Unix(), ReplyMarkup: m.inline}
	w.MigrateToChatID, w.MigrateFromChatID = m.migrateTo, m.migrateFrom
	w.MessageThreadID, w.IsTopicMessage = m.thread, m.thread != 0
	if m.from.ID == anonymous.ID {
		w.SenderChat = &c.wireChat
	}
	if !m.edited.IsZero() {
		w.EditDate = m.edited.Unix()
	}
	if to := c.live(m.replyTo); to != nil {
		w.ReplyToMessage = s.wire(c, to)
		w.ReplyToMessage.ReplyToMessage = nil
	}
	if m.isText() {
		w.Text, w.Entities = m.text, m.entities
		return w
	}
	w.Caption, w.CaptionEntities = m.text, m.entities
	if m.photo != nil {
		w.Photo = m.photo.sizes
	}
	if d := m.document; d != nil {
		w.Document = &wireDocument{FileID: d.id, FileUniqueID: "u" + d.id, FileName: d.name, MimeType: d.kind, FileSize: len(d.data)}
	}
	return w
}

// readText parses the text or caption of a call.
func (r *request) readText(param, entitiesParam string) (string, []Entity, *Error) {
	raw := r.str(param)
	switch {
	case !utf8.ValidString(raw):
		return "", nil, bad("strings must be encoded in UTF-8")
	case len(raw) > maxRawText:
		return "", nil, bad("text is too long")
	}
	var entities []Entity
	if err := r.decode(entitiesParam, &entities); err != nil {
		return "", nil, err
	}
	return parseText(raw, r.str("parse_mode"), entities)
}

func parseText(raw, mode string, entities []Entity) (string, []Entity, *Error) {
	switch mode {
	case "":
	case "HTML", "html":
		var err error
		if raw, entities, err = ParseHTML(raw); err != nil {
			return "", nil, bad("can't parse entities: %v", err)
		}
	default:
		return "", nil, bad("unsupported parse_mode")
	}
	raw, entities = trim(raw, tidy(entities))
	return raw, detect(raw, entities), nil
}

func (s *Server) sendMessage(r *request) (any, *Error) {
	return s.send(r, func(m *message) (err *Error) {
		if m.text, m.entities, err = r.readText("text", "entities"); err != nil {
			return err
		}
		return checkText(m.text)
	})
}

func checkText(text string) *Error {
	switch {
	case text == "":
		return bad("message text is empty")
	case units(text) > maxText:
		return bad("message is too long")
	}
	return nil
}

func (s *Server) sendPhoto(r *request) (any, *Error) {
	return s.send(r, func(m *message) *Error {
		f, err := s.sentFile(r, "photo", r.str("photo"))
		if err != nil {
			return err
		}
		if err := r.readCaption(m); err != nil {
			return err
		}
		m.photo, err = s.addPhoto(f.data)
		return err
	})
}

func (s *Server) sendDocument(r *request) (any, *Error) {
	return s.send(r, func(m *message) *Error {
		f, err := s.sentFile(r, "document", r.str("document"))
		if err != nil {
			return err
		}
		if len(f.data) > maxDocument {
			return &Error{Code: 413, Description: "Request Entity Too Large"}
		}
		if err := r.readCaption(m); err != nil {
			return err
		}
		m.document = s.addFile("document", f.name, f.data)
		return nil
	})
}

func (r *request) readCaption(m *message) (err *Error) {
	if m.text, m.entities, err = r.readText("caption", "caption_entities"); err != nil {
		return err
	}
	return checkCaption(m.text)
}

func checkCaption(caption string) *Error {
	if units(caption) > maxCaption {
		return bad("message caption is too long")
	}
	return nil
}

// send does what all sending methods share; fill adds the content.
func (s *Server) send(r *request, fill func(*message) *Error) (any, *Error) {
	c, err := s.reachable(r)
	if err != nil {
		return nil, err
	}
	m := &message{from: s.bot, silent: r.bool("disable_notification")}
	if err := fill(m); err != nil {
		return nil, err
	}
	k, err := r.readMarkup(c)
	if err != nil {
		return nil, err
	}
	if m.inline = k.inline(); k.ForceReply {
		m.force = &k
	}
	if m.replyTo, err = r.readReply(c); err != nil {
		return nil, err
	}
	m.thread = int(r.int("message_thread_id"))
	if to := c.live(m.replyTo); m.thread == 0 && to != nil {
		m.thread = to.thread
	}
	if err := c.writable(m.thread); err != nil {
		return nil, err
	}
	s.add(c, m)
	return s.wire(c, m), nil
}

// readReply is the message the call replies to, 0 for none.
func (r *request) readReply(c *chat) (int, *Error) {
	var to struct {
		MessageID     int             `json:"message_id"`
		ChatID        json.RawMessage `json:"chat_id"`
		AllowMissing  bool            `json:"allow_sending_without_reply"`
		Quote         string          `json:"quote"`
		QuoteParse    string          `json:"quote_parse_mode"`
		QuoteEntities []Entity        `json:"quote_entities"`
		QuotePosition int             `json:"quote_position"`
	}
	if err := r.decode("reply_parameters", &to); err != nil || to.MessageID == 0 {
		return 0, err
	}
	if c.live(to.MessageID) == nil {
		if to.AllowMissing {
			return 0, nil
		}
		return 0, bad("message to be replied not found")
	}
	return to.MessageID, nil
}

var chatActions = []string{"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
	"upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"}

const actionShown = 5 * time.Second

func (s *Server) sendChatAction(r *request) (any, *Error) {
	c, err := s.reachable(r)
	if err != nil {
		return nil, err
	}
	if thread := int(r.int("message_thread_id")); thread != 0 && c.topic(thread) == nil {
		return nil, bad("message thread not found")
	}
	if !slices.Contains(chatActions, r.str("action")) {
		return nil, bad("wrong parameter action in request")
	}
	c.action, c.until = r.str("action"), time.Now().Add(actionShown)
	c.rev = s.touch()
	return true, nil
}
