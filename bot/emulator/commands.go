package emulator

import (
	"fmt"
	"regexp"
	"strings"
)

// Command is one line of the bot's menu.
type Command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// scope says who sees a menu.
type scope struct {
	Type   string `json:"type"`
	ChatID int64  `json:"chat_id"`
	UserID int64  `json:"user_id"`
}

// key is the row of the menu of a scope and language.
func (c scope) key(language string) string {
	if c.Type == "" {
		c.Type = "default"
	}
	return fmt.Sprintf("%s/%d/%d/%s", c.Type, c.ChatID, c.UserID, language)
}

func (s *Server) readScope(r *request) (string, *Error) {
	var c scope
	if err := r.decode("scope", &c); err != nil {
		return "", err
	}
	switch c.Type {
	case "", "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
	case "chat", "chat_administrators", "chat_member":
		if s.chats[c.ChatID] == nil {
			return "", bad("chat not found")
		}
	default:
		return "", bad("can't parse BotCommandScope: unsupported type specified")
	}
	return c.key(r.str("language_code")), nil
}

var commandName = regexp.MustCompile(`^/?[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(r *request) (any, *Error) {
	key, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	var menu []Command
	if err := r.decode("commands", &menu); err != nil {
		return nil, err
	}
	if len(menu) > 100 {
		return nil, bad("BOT_COMMANDS_TOO_MUCH")
	}
	for i, c := range menu {
		if !commandName.MatchString(c.Command) {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if n := units(c.Description); n < 1 || n > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
		menu[i].Command = strings.TrimPrefix(c.Command, "/")
	}
	s.commands[key] = menu
	s.commandsRev = s.touch()
	return true, nil
}

func (s *Server) getMyCommands(r *request) (any, *Error) {
	key, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	return append([]Command{}, s.commands[key]...), nil
}

func (s *Server) deleteMyCommands(r *request) (any, *Error) {
	key, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	delete(s.commands, key)
	s.commandsRev = s.touch()
	return true, nil
}

// Menu is the command menu a person sees in a chat: that of the narrowest
// scope which has one, in the person's language before the general one.
func (s *Server) Menu(user, chat int64) []Command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.menu(user, chat)
}

func (s *Server) menu(user, chat int64) []Command {
	c, p := s.chats[chat], s.people[user]
	if c == nil || p == nil {
		return nil
	}
	language, _, _ := strings.Cut(p.LanguageCode, "-")
	for _, sc := range s.scopes(c, user) {
		for _, l := range []string{language, ""} {
			if menu := s.commands[sc.key(l)]; len(menu) > 0 {
				return menu
			}
		}
	}
	return nil
}

// scopes lists what applies to a person in a chat, the narrowest first.
func (s *Server) scopes(c *chat, user int64) []scope {
	if c.group == nil {
		return []scope{{Type: "chat", ChatID: c.ID}, {Type: "all_private_chats"}, {}}
	}
	out := []scope{{Type: "chat_member", ChatID: c.ID, UserID: user}}
	if status := s.status(c, user); status == "creator" || status == statusAdmin {
		out = append(out, scope{Type: "chat_administrators", ChatID: c.ID})
		return append(out, scope{Type: "chat", ChatID: c.ID}, scope{Type: "all_chat_administrators"}, scope{Type: "all_group_chats"}, scope{})
	}
	return append(out, scope{Type: "chat", ChatID: c.ID}, scope{Type: "all_group_chats"}, scope{})
}

func (s *Server) setMyDescription(r *request) (any, *Error) { return s.describe(r, "description", 512) }

func (s *Server) setMyShortDescription(r *request) (any, *Error) {
	return s.describe(r, "short_description", 120)
}

func (s *Server) describe(r *request, param string, limit int) (any, *Error) {
	if units(r.str(param)) > limit {
		return nil, bad("bot %s is too long", strings.ReplaceAll(param, "_", " "))
	}
	s.profile[param+"/"+r.str("language_code")] = r.str(param)
	s.commandsRev = s.touch()
	return true, nil
}
