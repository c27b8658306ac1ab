package emulator

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

const deletable = 48 * time.Hour // the age up to which messages can be deleted

// own finds the bot's message that a call wants to edit.
func (s *Server) own(r *request) (*chat, *message, *Error) {
	c, err := s.reachable(r)
	if err != nil {
		return nil, nil, err
	}
	m := c.live(int(r.int("message_id")))
	switch {
	case m == nil:
		return nil, nil, bad("message to edit not found")
	case m.from.ID != s.bot.ID, m.force != nil:
		return nil, nil, bad("message can't be edited")
	}
	return c, m, nil
}

// edit does what all editing methods share: change alters a copy, which then
// takes the message's place unless it is the same.
func (s *Server) edit(r *request, change func(*message) *Error) (any, *Error) {
	c, m, err := s.own(r)
	if err != nil {
		return nil, err
	}
	k, err := r.readMarkup(c)
	if err != nil {
		return nil, err
	}
	after := *m
	after.inline = k.inline()
	if err := change(&after); err != nil {
		return nil, err
	}
	if reflect.DeepEqual(*m, after) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same " +
			"as a current content and reply markup of the message")
	}
	*m = after
	s.edited(c, m)
	return s.wire(c, m), nil
}

// edited marks a message as changed now.
func (s *Server) edited(c *chat, m *message) {
	m.edited = time.Now()
	m.edits++
	m.rev = s.touch()
	c.rev = m.rev
}

func (s *Server) editMessageText(r *request) (any, *Error) {
	return s.edit(r, func(m *message) (err *Error) {
		if !m.isText() {
			return bad("there is no text in the message to edit")
		}
		if m.text, m.entities, err = r.readText("text", "entities"); err != nil {
			return err
		}
		return checkText(m.text)
	})
}

func (s *Server) editMessageCaption(r *request) (any, *Error) {
	return s.edit(r, func(m *message) *Error {
		if m.isText() {
			return bad("there is no caption in the message to edit")
		}
		return r.readCaption(m)
	})
}

func (s *Server) editMessageReplyMarkup(r *request) (any, *Error) {
	return s.edit(r, func(*message) *Error { return nil })
}

// inputMedia is the media parameter of editMessageMedia.
type inputMedia struct {
	Type            string   `json:"type"`
	Media           string   `json:"media"`
	Thumbnail       string   `json:"thumbnail"`
	Caption         string   `json:"caption"`
	ParseMode       string   `json:"parse_mode"`
	CaptionEntities []Entity `json:"caption_entities"`
	Above           bool     `json:"show_caption_above_media"`
	Spoiler         bool     `json:"has_spoiler"`
	NoDetection     bool     `json:"disable_content_type_detection"`
}

func (s *Server) editMessageMedia(r *request) (any, *Error) {
	return s.edit(r, func(m *message) *Error {
		var in inputMedia
		if err := r.decode("media", &in); err != nil {
			return err
		}
		if m.isText() {
			return bad("message can't be edited")
		}
		return s.replaceMedia(r, m, in)
	})
}

func (s *Server) replaceMedia(r *request, m *message, in inputMedia) *Error {
	f, err := s.sentFile(r, "media", in.Media)
	if err != nil {
		return err
	}
	if m.text, m.entities, err = parseText(in.Caption, in.ParseMode, in.CaptionEntities); err != nil {
		return err
	}
	if err := checkCaption(m.text); err != nil {
		return err
	}
	same := m.photo != nil && s.files[in.Media] == m.photo.file || m.document != nil && s.files[in.Media] == m.document
	switch {
	case same:
	case in.Type == "photo":
		m.document = nil
		m.photo, err = s.addPhoto(f.data)
	case in.Type == "document":
		m.photo = nil
		m.document = s.addFile("document", f.name, f.data)
	default:
		return bad("can't parse InputMedia: type must be photo or document")
	}
	return err
}

func (s *Server) deleteMessage(r *request) (any, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	m := c.live(int(r.int("message_id")))
	if m == nil {
		return nil, bad("message to delete not found")
	}
	if err := s.mayDelete(c, m); err != nil {
		return nil, err
	}
	s.remove(c, m)
	return true, nil
}

func (s *Server) mayDelete(c *chat, m *message) *Error {
	others := m.from.ID != s.bot.ID
	admin := c.bot == statusAdmin
	switch {
	case others && c.group != nil && !admin:
		return bad("message can't be deleted")
	case time.Since(m.date) > deletable && !admin:
		return bad("message can't be deleted for everyone")
	}
	return nil
}

func (s *Server) remove(c *chat, m *message) {
	m.deleted = true
	c.deleted = append(c.deleted, m.id)
	m.rev = s.touch()
	c.rev = m.rev
}

func (s *Server) deleteMessages(r *request) (any, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	var ids []int
	if json.Unmarshal([]byte(r.str("message_ids")), &ids) != nil || len(ids) == 0 {
		return nil, bad("message identifiers are not specified")
	}
	if len(ids) > 100 {
		return nil, bad("too many message identifiers specified")
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if m := c.live(id); m != nil && s.mayDelete(c, m) == nil {
			s.remove(c, m)
		}
	}
	return true, nil
}
