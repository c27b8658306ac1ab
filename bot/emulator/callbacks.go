package emulator

import (
	"fmt"
	"time"
)

const callbackLives = time.Minute // after it, an answer comes too late

// Callback is a tap on a button, and what the bot answered.
type Callback struct {
	ID       string
	Chat     int64
	Message  int
	User     int64
	Data     string
	Answered bool
	Text     string // of the toast; "" shows nothing
	Alert    bool   // Text was shown as a box
	URL      string
}

type callback struct {
	Callback
	at  time.Time
	rev int
}

// Tap presses a button that has callback data. The button is named by its text
// or by its data; it returns the id to look the answer up with Callback.
func (s *Server) Tap(user, chat int64, message int, button string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.chats[chat], s.people[user]
	if c == nil || p == nil || !c.has(user) {
		return "", fmt.Errorf("emulator: user %d is not in chat %d", user, chat)
	}
	m := c.live(message)
	if m == nil {
		return "", fmt.Errorf("emulator: no message %d in chat %d", message, chat)
	}
	b, ok := m.button(button)
	if !ok {
		return "", fmt.Errorf("emulator: message %d has no button %q with data", message, button)
	}
	return s.tap(c, p, m, b.Data), nil
}

func (m *message) button(name string) (Button, bool) {
	if m.inline == nil {
		return Button{}, false
	}
	for _, row := range m.inline.Rows {
		for _, b := range row {
			if b.Data != "" && (b.Text == name || b.Data == name) {
				return b, true
			}
		}
	}
	return Button{}, false
}

// tap makes the callback. The caller holds s.mu.
func (s *Server) tap(c *chat, p *person, m *message, data string) string {
	s.lastTap++
	cb := &callback{at: time.Now(), Callback: Callback{
		ID: fmt.Sprintf("%d%06d", p.ID, s.lastTap), Chat: c.ID, Message: m.id, User: p.ID, Data: data,
	}}
	s.callbacks[cb.ID] = cb
	s.enqueue("callback_query", wireUpdate{CallbackQuery: &wireCallback{
		ID: cb.ID, From: p.User, Message: s.wire(c, m), ChatInstance: fmt.Sprint(c.ID), Data: data,
	}})
	s.touch()
	return cb.ID
}

// Callback looks a tap up by the id Tap returned.
func (s *Server) Callback(id string) (Callback, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cb := s.callbacks[id]
	if cb == nil {
		return Callback{}, false
	}
	return cb.Callback, true
}

func (s *Server) answerCallbackQuery(r *request) (any, *Error) {
	cb := s.callbacks[r.str("callback_query_id")]
	switch {
	case cb == nil || cb.Answered || time.Since(cb.at) > callbackLives:
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	case units(r.str("text")) > 200:
		return nil, bad("MESSAGE_TOO_LONG")
	}
	cb.Answered, cb.Text, cb.Alert, cb.URL = true, r.str("text"), r.bool("show_alert"), r.str("url")
	cb.rev = s.touch()
	return true, nil
}
