package emulator

import "fmt"

// Forge is a tap with any data on any message of the bot, as a modified client
// can send it: the button need not be there. The message must be.
func (s *Server) Forge(user, chat int64, message int, data string) (string, error) {
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
	return s.tap(c, p, m, data), nil
}
