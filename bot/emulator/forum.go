package emulator

import "slices"

// generalTopic is the topic a forum always has. Messages in it carry no
// message_thread_id, and sends must not name it.
const generalTopic = 1

// Topic is a thread of a forum.
type Topic struct {
	ID     int // that of the message which began it
	Name   string
	Closed bool // only administrators write in it
}

// SendIn posts a text as a person in a topic of a forum.
func (s *Server) SendIn(user, chat int64, topic int, text string) (int, error) {
	return s.post(user, chat, &message{text: text, entities: detect(text, nil), thread: topic})
}

// CloseTopic closes a topic, or opens it again; topic 1 is the general one.
func (s *Server) CloseTopic(chat int64, topic int, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.chats[chat].topic(topic); t != nil {
		t.Closed = closed
	}
}

// DeleteTopic removes a topic and its messages.
func (s *Server) DeleteTopic(chat int64, topic int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	c.topics = slices.DeleteFunc(c.topics, func(t Topic) bool { return t.ID == topic })
	for _, m := range c.messages {
		if m.thread == topic && !m.deleted {
			s.remove(c, m)
		}
	}
}

func (c *chat) topic(id int) *Topic {
	for i := range c.topics {
		if c.topics[i].ID == id {
			return &c.topics[i]
		}
	}
	return nil
}

// writable checks that the bot may write in a thread; 0 is no thread, which is
// the general topic in a forum.
func (c *chat) writable(thread int) *Error {
	if thread == 0 && !c.IsForum {
		return nil
	}
	t := c.topic(thread)
	if thread == 0 {
		t = c.topic(generalTopic)
	}
	switch {
	case t == nil, thread == generalTopic:
		return bad("message thread not found")
	case t.Closed && c.bot != statusAdmin:
		return bad("TOPIC_CLOSED")
	}
	return nil
}
