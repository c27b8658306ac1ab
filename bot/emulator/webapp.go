package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SignInitData is the initData string of a Mini App: the fields and their hash,
// which proves that somebody who knows the bot's token made it. A test forges
// by another token, and makes stale ones by another auth_date.
func SignInitData(token string, fields map[string]string) string {
	values := url.Values{}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		values.Set(k, fields[k])
		lines = append(lines, k+"="+fields[k])
	}
	secret := sign([]byte("WebAppData"), token)
	values.Set("hash", hex.EncodeToString(sign(secret, strings.Join(lines, "\n"))))
	return encode(values)
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// InitFields are what a person's client tells a Mini App that an inline button
// opens now. Each opening has its own query_id.
func (s *Server) InitFields(user int64) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.initFields(user)
}

func (s *Server) initFields(user int64) (map[string]string, error) {
	p := s.people[user]
	if p == nil {
		return nil, fmt.Errorf("emulator: nobody has the id %d", user)
	}
	s.lastTap++
	who, _ := json.Marshal(map[string]any{
		"id": p.ID, "first_name": p.FirstName, "last_name": "", "username": p.Username,
		"language_code": p.LanguageCode, "allows_write_to_pm": !p.blocked,
	})
	return map[string]string{
		"query_id": fmt.Sprintf("AAH%06d", s.lastTap), "user": string(who), "auth_date": strconv.FormatInt(time.Now().Unix(), 10),
		// A third party would check this with Telegram's key, which nobody
		// else has; the hash covers it.
		"signature": "emulator",
	}, nil
}

// InitData is the signed initData of a person who opens a Mini App now.
func (s *Server) InitData(user int64) (string, error) {
	fields, err := s.InitFields(user)
	if err != nil {
		return "", err
	}
	return SignInitData(s.opt.Token, fields), nil
}

// Theme is the colours of a client, by the names of Telegram's ThemeParams.
type Theme map[string]string

func lightTheme() Theme {
	return Theme{
		"bg_color": "#ffffff", "secondary_bg_color": "#f1f5f8", "text_color": "#111a22", "hint_color": "#7d8b97",
		"link_color": "#2f8bd0", "button_color": "#2f8bd0", "button_text_color": "#ffffff", "destructive_text_color": "#d9534f",
	}
}

// OpenApp presses a button that opens a Mini App, named by its text, and
// returns the address that the person's client loads. A nil theme is a light one.
func (s *Server) OpenApp(user, chat int64, message int, button string, theme Theme) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.chats[chat]
	if c == nil || !c.has(user) || c.live(message) == nil || c.live(message).inline == nil {
		return "", fmt.Errorf("emulator: user %d sees no message %d with buttons in chat %d", user, message, chat)
	}
	for _, b := range slices.Concat(c.live(message).inline.Rows...) {
		if b.WebApp != nil && b.Text == button {
			return s.launch(user, b.WebApp.URL, theme)
		}
	}
	return "", fmt.Errorf("emulator: message %d has no button %q with a Mini App", message, button)
}

// launch adds to a Mini App's address what a client adds.
func (s *Server) launch(user int64, address string, theme Theme) (string, error) {
	fields, err := s.initFields(user)
	if err != nil {
		return "", err
	}
	if theme == nil {
		theme = lightTheme()
	}
	colours, _ := json.Marshal(theme)
	base, fragment, _ := strings.Cut(address, "#")
	added := url.Values{
		"tgWebAppData": {SignInitData(s.opt.Token, fields)}, "tgWebAppVersion": {"9.1"},
		"tgWebAppPlatform": {"web"}, "tgWebAppThemeParams": {string(colours)},
	}
	return base + "#" + strings.TrimPrefix(fragment+"&"+encode(added), "&"), nil
}

// encode writes a query as clients do, with %20 for a space.
func encode(v url.Values) string { return strings.ReplaceAll(v.Encode(), "+", "%20") }
