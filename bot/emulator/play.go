package emulator

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"
)

// Message is what a chat shows of one message.
type Message struct {
	ID       int
	Chat     int64
	From     int64
	Bot      bool   // from the bot
	Text     string // or the caption
	HTML     string // Text with its formatting, in the HTML parse mode
	Photo    []byte
	Document []byte
	FileName string
	Buttons  [][]Button
	Prompt   string // placeholder of a ForceReply
	Force    bool   // it is a ForceReply
	ReplyTo  int
	Thread   int // the topic; 0 is none and the general one
	Date     time.Time
	Edits    int
	Silent   bool
}

// Messages lists what a chat shows now, oldest first.
func (s *Server) Messages(chat int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	if c := s.chats[chat]; c != nil {
		for _, m := range c.messages {
			if !m.deleted {
				out = append(out, m.view(chat))
			}
		}
	}
	return out
}

// Deleted lists the ids of a chat's deleted messages in the order of deletion.
func (s *Server) Deleted(chat int64) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[chat]; c != nil {
		return append([]int(nil), c.deleted...)
	}
	return nil
}

// Action is the chat action a chat shows now, "" for none.
func (s *Server) Action(chat int64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[chat]; c != nil && time.Now().Before(c.until) {
		return c.action
	}
	return ""
}

func (m *message) view(chat int64) Message {
	v := Message{
		ID: m.id, Chat: chat, From: m.from.ID, Bot: m.from.IsBot && m.from.ID != anonymous.ID, Text: m.text, HTML: m.rendered(),
		ReplyTo: m.replyTo, Thread: m.thread, Date: m.date, Edits: m.edits, Silent: m.silent,
	}
	if m.photo != nil {
		v.Photo = m.photo.file.data
	}
	if m.document != nil {
		v.Document, v.FileName = m.document.data, m.document.name
	}
	if m.inline != nil {
		v.Buttons = m.inline.Rows
	}
	if m.force != nil {
		v.Force, v.Prompt = true, m.force.Placeholder
	}
	return v
}

// rendered is the text in the HTML parse mode. Chats are looked at far more often
// than they change.
func (m *message) rendered() string {
	if m.htmlRev != m.rev {
		m.html, m.htmlRev = renderHTML(m.text, m.entities), m.rev
	}
	return m.html
}

// SendText posts a text as a person and returns the message's id. A person who
// had stopped the bot starts it again by writing. As clients do, it splits a
// text that one message cannot hold; the id is then that of the last part.
func (s *Server) SendText(user, chat int64, text string) (int, error) {
	return s.SendReply(user, chat, 0, text)
}

// SendReply is SendText in reply to a message; 0 is none.
func (s *Server) SendReply(user, chat int64, to int, text string) (int, error) {
	for {
		part, rest := splitText(text)
		part, _ = trim(part, nil)
		if part == "" {
			return 0, checkText(part)
		}
		id, err := s.post(user, chat, &message{text: part, entities: detect(part, nil), replyTo: to})
		if err != nil || strings.TrimSpace(rest) == "" {
			return id, err
		}
		text = rest
	}
}

// splitText cuts off what one message can hold.
func splitText(text string) (part, rest string) {
	size := 0
	for i, r := range text {
		if size += max(1, utf16.RuneLen(r)); size > maxText {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// SendPhoto posts a picture as a person.
func (s *Server) SendPhoto(user, chat int64, picture []byte, caption string) (int, error) {
	s.mu.Lock()
	p, err := s.addPhoto(picture)
	s.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return s.post(user, chat, &message{text: caption, entities: detect(caption, nil), photo: p})
}

// SendDocument posts a file as a person.
func (s *Server) SendDocument(user, chat int64, name string, data []byte, caption string) (int, error) {
	s.mu.Lock()
	f := s.addFile("document", name, data)
	s.mu.Unlock()
	return s.post(user, chat, &message{text: caption, entities: detect(caption, nil), document: f})
}

func (s *Server) post(user, chat int64, m *message) (int, error) {
	s.mu.Lock()
	blocked := s.people[user] != nil && s.people[user].blocked && chat == user
	s.mu.Unlock()
	if blocked {
		s.Block(user, false)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.chats[chat], s.people[user]
	if c == nil || p == nil || !c.has(user) {
		return 0, fmt.Errorf("emulator: user %d is not in chat %d", user, chat)
	}
	if c.movedTo != 0 || m.thread != 0 && c.topic(m.thread) == nil {
		return 0, fmt.Errorf("emulator: nobody can write in thread %d of chat %d", m.thread, chat)
	}
	m.from = p.User
	return s.publish(c, m), nil
}

// publish adds a message that is not the bot's, and tells the bot if it may
// know. The caller holds s.mu.
func (s *Server) publish(c *chat, m *message) int {
	s.add(c, m)
	if s.sees(c, m) {
		s.enqueue("message", wireUpdate{Message: s.wire(c, m)})
		s.wake()
	}
	return m.id
}

// sees applies the privacy mode: in a group a bot that is no administrator
// gets commands that may be for it and replies to its own messages.
func (s *Server) sees(c *chat, m *message) bool {
	switch {
	case c.group == nil || c.bot == statusAdmin:
		return true
	case c.bot != statusMember:
		return false
	}
	if to := c.live(m.replyTo); to != nil && to.from.ID == s.bot.ID {
		return true
	}
	me := "@" + strings.ToLower(s.bot.Username)
	for _, word := range strings.Fields(strings.ToLower(m.text)) {
		name, at, _ := strings.Cut(word, "@")
		if strings.HasPrefix(name, "/") && (at == "" || "@"+at == me) || strings.HasPrefix(word, me) {
			return true
		}
	}
	return false
}

// EditText edits a text message or caption of a person.
func (s *Server) EditText(user, chat int64, id int, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || c.live(id) == nil || c.live(id).from.ID != user {
		return fmt.Errorf("emulator: user %d has no message %d in chat %d", user, id, chat)
	}
	m := c.live(id)
	m.text, m.entities = text, detect(text, nil)
	s.edited(c, m)
	if s.sees(c, m) {
		s.enqueue("edited_message", wireUpdate{EditedMessage: s.wire(c, m)})
		s.wake()
	}
	return nil
}

// Delete removes a message as a person does; the bot is not told.
func (s *Server) Delete(chat int64, id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[chat]; c != nil && c.live(id) != nil {
		s.remove(c, c.live(id))
	}
}

// Open follows a t.me link to this bot as a person: it sends /start with the
// link's payload in the private chat.
func (s *Server) Open(user int64, link string) (int, error) {
	payload, ok := s.startPayload(link)
	if !ok {
		return 0, fmt.Errorf("emulator: not a link to this bot: %s", link)
	}
	return s.SendText(user, user, strings.TrimSpace("/start "+payload))
}

func (s *Server) startPayload(link string) (string, bool) {
	u, err := url.Parse(link)
	if err != nil {
		return "", false
	}
	name := strings.Trim(u.Path, "/")
	if u.Scheme == "tg" && u.Host == "resolve" {
		name = u.Query().Get("domain")
	} else if u.Host != "t.me" && u.Host != "telegram.me" {
		return "", false
	}
	return u.Query().Get("start"), strings.EqualFold(name, s.bot.Username)
}
