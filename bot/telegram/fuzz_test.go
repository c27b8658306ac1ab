package telegram

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzCommandOf(f *testing.F) {
	for _, s := range []string{"/grades", "／grades，2024", "/a@b c", "/grades@thisbot　２０２４", "//", "/\xff", "/a@", "/ａ＠ｂ～"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		command, args, mine := CommandOf(text, "thisbot")
		if !mine && (command != "" || args != "") {
			t.Errorf("another bot's command was told: %q %q", command, args)
		}
		if command == "" {
			if args != "" {
				t.Errorf("arguments %q without a command", args)
			}
			return
		}
		if len(command) > maxCommand || strings.Trim(command, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("%q is no command", command)
		}
		if utf8.ValidString(text) && !utf8.ValidString(args) {
			t.Errorf("%q was cut inside a character: %q", text, args)
		}
		// What was read reads the same when written plainly.
		c, a, m := CommandOf("/"+command+"@ThisBot "+args, "thisbot")
		if c != command || a != args || !m {
			t.Errorf("got %q %q %v on second reading, want %q %q", c, a, m, command, args)
		}
	})
}

func FuzzDecodeUpdate(f *testing.F) {
	for _, s := range []string{
		`{"update_id":1,"message":{"message_id":5,"date":1,"from":{"id":7},"chat":{"id":7,"type":"private"},"text":"/x@y"}}`,
		`{"update_id":1,"callback_query":{"id":"1","from":{"id":7},"message":{"message_id":5,"date":0,"chat":{"id":7}},"data":"x"}}`,
		`{"update_id":1,"callback_query":{"id":"1","from":{"id":7},"inline_message_id":"x"}}`,
		`{"update_id":1,"my_chat_member":{"chat":{"id":7},"new_chat_member":{"status":"kicked"}}}`,
		`{"update_id":1,"message":{"photo":{},"message_id":"x"}}`, `{"update_id":"1"}`, `[]`, `null`, `{"update_id":1e9,"message":{}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, u, err := decodeUpdate(raw, "thisbot")
		switch {
		case id == 0 && err == nil:
			t.Error("neither an id nor an error")
		case u != nil && (err != nil || u.ID != id):
			t.Errorf("got update %d with error %v, want id %d and none", u.ID, err, id)
		case u != nil && u.Command != "" && !strings.ContainsAny(u.Text, "/／"):
			t.Errorf("command %q came out of %q", u.Command, u.Text)
		}
	})
}
