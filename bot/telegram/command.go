package telegram

import "strings"

// maxCommand is the longest command Telegram knows, in bytes.
const maxCommand = 32

// CommandOf splits "/grades@thisbot 2024" into "grades" and "2024". mine is
// false where the command is addressed to another bot than botname. A text that
// is no command gives "", "", true.
//
// It reads what Chinese keyboards make of a command: "／grades", "/grades，2024",
// "/grades　２０２４－１". So ASCII characters of full width become plain ones in
// command and args, and punctuation and blanks around args are cut. It goes by the
// text and not by Telegram's entities, which know neither of these.
func CommandOf(text, botname string) (command, args string, mine bool) {
	text = strings.Map(halfWidth, text)
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		return "", "", true
	}
	command, rest = cutName(rest)
	if command == "" || len(command) > maxCommand || strings.HasPrefix(rest, "/") {
		return "", "", true // a path, a fraction, a lone slash
	}
	if addressed, ok := strings.CutPrefix(rest, "@"); ok {
		var name string
		name, rest = cutName(addressed)
		if name != "" && !strings.EqualFold(name, botname) {
			return "", "", false
		}
	}
	return strings.ToLower(command), strings.Trim(rest, " \t\r\n,.;:!?，。、；：！？…·~"), true
}

// cutName cuts off the characters a command or a bot's name can have.
func cutName(s string) (name, rest string) {
	end := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}

// halfWidth maps the full-width forms of ASCII, U+FF01 to U+FF5E, and the
// ideographic space to ASCII.
func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　':
		return ' '
	}
	return r
}
