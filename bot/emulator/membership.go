package emulator

import (
	"fmt"
	"slices"
	"time"
)

// What the bot can be in a group.
const (
	statusMember = "member"
	statusAdmin  = "administrator"
	statusKicked = "kicked"
	statusLeft   = "left"
)

// SetBot gives the bot another status in a group, by the hand of a person:
// member, administrator, kicked or left. The bot is told by a my_chat_member
// update.
func (s *Server) SetBot(by, chat int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.chats[chat], s.people[by]
	was := c.bot
	c.bot = status
	s.botMoved(c, p, was, status)
}

// SetAdmin makes a member of a group an administrator of it, or an ordinary
// member again, by the owner's hand. The bot is told by a chat_member update if
// it is an administrator itself.
func (s *Server) SetAdmin(chat, user int64, admin bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.chats[chat], s.people[user]
	was := s.status(c, user)
	c.group.Admins = slices.DeleteFunc(slices.Clone(c.group.Admins), func(id int64) bool { return id == user })
	c.group.Members = append(c.group.Members, user)
	if admin {
		c.group.Admins = append(c.group.Admins, user)
	}
	if c.bot == statusAdmin {
		s.enqueue("chat_member", wireUpdate{ChatMember: &wireMemberUpdated{
			Chat: c.wireChat, From: s.people[c.group.Admins[0]].User, Date: time.Now().Unix(),
			OldChatMember: member(was, p.User), NewChatMember: member(s.status(c, user), p.User),
		}})
	}
	s.touch()
}

// botMoved tells the bot of its new status in a chat.
func (s *Server) botMoved(c *chat, by *person, was, is string) {
	s.enqueue("my_chat_member", wireUpdate{MyChatMember: &wireMemberUpdated{
		Chat: c.wireChat, From: by.User, Date: time.Now().Unix(), OldChatMember: member(was, s.bot), NewChatMember: member(is, s.bot),
	}})
	s.touch()
}

// outside is why the bot cannot reach a group; nil: it can.
func (c *chat) outside() *Error {
	kind := c.Type + " chat"
	switch {
	case c.movedTo != 0:
		e := &Error{Code: 400, MigrateTo: c.movedTo}
		e.Description = e.usual()
		return e
	case c.bot == statusKicked:
		return &Error{Code: 403, Description: "Forbidden: bot was kicked from the " + kind}
	case c.bot == statusLeft:
		return &Error{Code: 403, Description: "Forbidden: bot is not a member of the " + kind}
	}
	return nil
}

// Migrate turns a group into a supergroup with another id, as its owner does.
// Both chats get a service message, in the order Telegram sends them; what the
// bot asks of the old id fails from now on. Messages stay behind.
func (s *Server) Migrate(from, to int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.chats[from]
	if old == nil || old.group == nil || old.movedTo != 0 || s.chats[to] != nil {
		return fmt.Errorf("emulator: chat %d cannot become %d", from, to)
	}
	owner := s.people[old.group.Admins[0]].User
	next := &chat{wireChat: wireChat{ID: to, Type: "supergroup", Title: old.Title}, group: old.group, bot: old.bot}
	s.addChat(next)
	s.serviceMessage(old, &message{from: owner, migrateTo: to})
	s.serviceMessage(next, &message{from: owner, migrateFrom: from})
	old.movedTo = to
	s.worldRev = s.touch()
	return nil
}

func (s *Server) serviceMessage(c *chat, m *message) {
	s.add(c, m)
	if c.bot == statusMember || c.bot == statusAdmin {
		s.enqueue("message", wireUpdate{Message: s.wire(c, m)})
	}
}

// anonymous is whom an administrator who hides writes as.
var anonymous = User{ID: 1087968824, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}

// SendAnonymous posts a text in a group as an administrator who hides behind it.
func (s *Server) SendAnonymous(chat int64, text string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || c.group == nil {
		return 0, fmt.Errorf("emulator: %d is no group", chat)
	}
	return s.publish(c, &message{from: anonymous, text: text, entities: detect(text, nil)}), nil
}
