package emulator

import (
	"encoding/json"
	"net"
	"net/url"
	"strings"
)

// Button is one button of an inline keyboard.
type Button struct {
	Text   string    `json:"text"`
	Data   string    `json:"callback_data,omitempty"`
	URL    string    `json:"url,omitempty"`
	Style  string    `json:"style,omitempty"`
	WebApp *webApp   `json:"web_app,omitempty"`
	Copy   *copyText `json:"copy_text,omitempty"`
	Switch *string   `json:"switch_inline_query,omitempty"`
	Here   *string   `json:"switch_inline_query_current_chat,omitempty"`
	Icon   string    `json:"icon_custom_emoji_id,omitempty"`
	Login  *webApp   `json:"login_url,omitempty"`
}

type webApp struct {
	URL string `json:"url"`
}

type copyText struct {
	Text string `json:"text"`
}

// inline is an inline keyboard as it is sent back in messages.
type inline struct {
	Rows [][]Button `json:"inline_keyboard"`
}

// markup is any reply_markup.
type markup struct {
	Inline      [][]Button      `json:"inline_keyboard"`
	ForceReply  bool            `json:"force_reply"`
	Placeholder string          `json:"input_field_placeholder"`
	Selective   bool            `json:"selective"`
	Keyboard    json.RawMessage `json:"keyboard"`
	Remove      bool            `json:"remove_keyboard"`
}

// readMarkup checks the reply_markup of a call to a chat. There is none: all zero.
func (r *request) readMarkup(c *chat) (markup, *Error) {
	var m markup
	if err := r.decode("reply_markup", &m); err != nil {
		return m, err
	}
	if m.Keyboard != nil {
		r.problem("reply_markup: the emulator shows no reply keyboards")
	}
	if units(m.Placeholder) > 64 {
		return m, bad("input field placeholder is too long")
	}
	for _, row := range m.Inline {
		for _, b := range row {
			if err := b.check(); err != nil {
				return m, err
			}
			if b.WebApp != nil && c.group != nil {
				return m, bad("BUTTON_TYPE_INVALID")
			}
		}
	}
	return m, nil
}

func (b Button) check() *Error {
	actions := 0
	for _, there := range []bool{b.Data != "", b.URL != "", b.WebApp != nil, b.Copy != nil, b.Switch != nil, b.Here != nil, b.Login != nil} {
		if there {
			actions++
		}
	}
	switch {
	case strings.TrimSpace(b.Text) == "":
		return bad("can't parse inline keyboard button: Field \"text\" must be non-empty")
	case actions == 0:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case actions > 1:
		return bad("can't parse inline keyboard button: only one action is allowed")
	case len(b.Data) > 64:
		return bad("BUTTON_DATA_INVALID")
	case b.WebApp != nil && !secure(b.WebApp.URL):
		return bad("inline keyboard button Web App URL '%s' is invalid: Only HTTPS links are allowed", b.WebApp.URL)
	case b.URL != "" && cleanURL(b.URL) == "":
		return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", b.URL)
	}
	return nil
}

// inline is the keyboard to keep, nil if m has none.
func (m markup) inline() *inline {
	var rows [][]Button
	for _, row := range m.Inline {
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if rows == nil {
		return nil
	}
	return &inline{rows}
}

// secure reports whether an address is HTTPS, or on this machine.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || local(u))
}

func local(u *url.URL) bool {
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}
