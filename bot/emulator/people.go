package emulator

import (
	"slices"
	"time"
)

// Person is somebody with a Telegram client. The chat of a person with the bot
// has the person's ID.
type Person struct {
	ID       int64
	Name     string
	Username string
	Language string // language_code of the client, "zh-hans"
}

// Group is a chat of several people and the bot.
type Group struct {
	ID      int64 // negative; -100… is a supergroup
	Title   string
	Members []int64
	Admins  []int64 // the first is the owner
	// BotAdmin makes the bot an administrator: it then sees all messages and
	// may delete those of others.
	BotAdmin bool
	// Topics make a supergroup a forum; the general topic need not be listed.
	Topics []Topic
}

type person struct {
	User
	blocked bool // the person has stopped the bot
}

// chat is a private chat (group nil) or a group.
type chat struct {
	wireChat
	group    *Group
	bot      string // the bot's status in a group
	topics   []Topic
	movedTo  int64      // the supergroup it has become
	messages []*message // ids are index+1; deleted ones stay
	deleted  []int      // in the order of deletion
	action   string
	until    time.Time // of action
	rev      int       // of the last change of the chat itself
}

const privateChat = "private"

func (s *Server) populate() {
	for _, p := range s.opt.People {
		u := User{ID: p.ID, FirstName: p.Name, Username: p.Username, LanguageCode: p.Language}
		s.people[p.ID] = &person{User: u}
		s.addChat(&chat{wireChat: wireChat{ID: p.ID, Type: privateChat, Username: p.Username, FirstName: p.Name}})
	}
	for _, g := range s.opt.Groups {
		kind := "group"
		if g.ID < -1000000000000 {
			kind = "supergroup"
		}
		c := &chat{wireChat: wireChat{ID: g.ID, Type: kind, Title: g.Title}, group: &g, bot: statusMember}
		if g.BotAdmin {
			c.bot = statusAdmin
		}
		if c.IsForum = len(g.Topics) > 0; c.IsForum {
			c.topics = append([]Topic{{ID: generalTopic, Name: "General"}}, g.Topics...)
		}
		s.addChat(c)
	}
}

func (s *Server) addChat(c *chat) {
	s.chats[c.ID] = c
	s.order = append(s.order, c.ID)
}

// has reports whether the person can write in the chat.
func (c *chat) has(user int64) bool {
	if c.group == nil {
		return c.ID == user
	}
	return slices.Contains(c.group.Members, user) || slices.Contains(c.group.Admins, user)
}

// Block lets a person stop the bot, or start it again: the bot is told by a
// my_chat_member update, and what it sends meanwhile fails with 403.
func (s *Server) Block(user int64, blocked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[user]
	if p == nil || p.blocked == blocked {
		return
	}
	p.blocked = blocked
	was, is := statusMember, statusKicked
	if !blocked {
		was, is = is, was
	}
	s.botMoved(s.chats[user], p, was, is)
}

// reachable finds the chat a method wants to write to.
func (s *Server) reachable(r *request) (*chat, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	if p := s.people[c.ID]; p != nil && p.blocked {
		return nil, &Error{Code: 403, Description: "Forbidden: bot was blocked by the user"}
	}
	return c, nil
}

func (s *Server) knownChat(r *request) (*chat, *Error) {
	if r.str("chat_id") == "" {
		return nil, bad("chat_id is empty")
	}
	c := s.chats[r.chat()]
	if c == nil {
		return nil, bad("chat not found")
	}
	if err := c.outside(); err != nil {
		return nil, err
	}
	return c, nil
}

// member is a ChatMember with the fields its status asks for.
func member(status string, u User) wireMember {
	m := wireMember{Status: status, User: u}
	yes, no, forever := true, false, int64(0)
	switch status {
	case "creator":
		m.IsAnonymous = &no
	case statusKicked:
		m.UntilDate = &forever
	case statusAdmin:
		m.IsAnonymous, m.CanBeEdited, m.CanPromoteMembers = &no, &no, &no
		m.CanManageChat, m.CanDeleteMessages, m.CanManageVideoChats = &yes, &yes, &yes
		m.CanRestrictMembers, m.CanChangeInfo, m.CanInviteUsers = &yes, &yes, &yes
		m.CanPostStories, m.CanEditStories, m.CanDeleteStories = &no, &no, &no
	}
	return m
}

// status is a user's standing in a chat as getChatMember words it.
func (s *Server) status(c *chat, user int64) string {
	isBot := user == s.bot.ID
	switch {
	case c.group == nil && isBot && s.people[c.ID].blocked:
		return statusKicked
	case c.group == nil && (isBot || c.has(user)):
		return statusMember
	case c.group == nil:
		return statusLeft
	case isBot:
		return c.bot
	}
	switch at := slices.Index(c.group.Admins, user); {
	case at == 0:
		return "creator"
	case at > 0:
		return statusAdmin
	case c.has(user):
		return statusMember
	}
	return statusLeft
}

func (s *Server) user(id int64) (User, bool) {
	if id == s.bot.ID {
		return s.bot, true
	}
	if p := s.people[id]; p != nil {
		return p.User, true
	}
	return User{}, false
}

func (s *Server) getChat(r *request) (any, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	gifts := map[string]bool{}
	for _, k := range []string{"unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"} {
		gifts[k] = false
	}
	return wireChatFull{wireChat: c.wireChat, MaxReactionCount: 11, AcceptedGiftTypes: gifts}, nil
}

func (s *Server) getChatMember(r *request) (any, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	u, ok := s.user(r.int("user_id"))
	if !ok {
		return nil, bad("PARTICIPANT_ID_INVALID")
	}
	return member(s.status(c, u.ID), u), nil
}

func (s *Server) getChatAdministrators(r *request) (any, *Error) {
	c, err := s.knownChat(r)
	if err != nil {
		return nil, err
	}
	if c.group == nil {
		return nil, bad("there are no administrators in the private chat")
	}
	out := []wireMember{}
	for _, id := range c.group.Admins {
		if u, ok := s.user(id); ok {
			out = append(out, member(s.status(c, id), u))
		}
	}
	if c.bot == statusAdmin && r.bool("return_bots") {
		out = append(out, member(statusAdmin, s.bot))
	}
	return out, nil
}
