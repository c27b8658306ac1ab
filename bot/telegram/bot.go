package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/jwxt"
)

// DefaultEndpoint is Telegram's own server. The two verbs are the token and
// the method.
const DefaultEndpoint = tgbotapi.APIEndpoint

// ErrToken means that Telegram does not know the token. Asking again is no use.
var ErrToken = errors.New("telegram: the bot token is refused; copy the current one from @BotFather (/mybots, API Token)")

// Config is what a Bot needs.
type Config struct {
	Token    jwxt.Secret
	Endpoint string // with two %s, for token and method; "" means DefaultEndpoint
	// Proxy is an http, https, socks5 or socks5h URL; "" means what the
	// environment says (HTTPS_PROXY).
	Proxy string
	// Webhook is the public https URL at which Telegram finds [Bot.Webhook];
	// "" means that Poll asks Telegram for updates.
	Webhook string
	Log     *slog.Logger // nil: no log
	// DialContext opens connections, nil means TCP. Tests dial in memory.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Bot is one bot at Telegram. Its methods may be called from many goroutines.
type Bot struct {
	token     jwxt.Secret
	endpoint  string
	log       *slog.Logger
	transport *http.Transport
	name      atomic.Pointer[string] // username, nil until getMe has answered
	refused   func(code int)         // see OnRefusal
	webhook   *webhook               // nil: polling
}

var tokenShape = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{3,128}$`)

// New checks the configuration. It opens no connection.
func New(c Config) (*Bot, error) {
	token := strings.TrimSpace(c.Token.Reveal())
	if !tokenShape.MatchString(token) {
		return nil, errors.New("telegram: the bot token is malformed; it looks like 123456:AbC-dEf")
	}
	endpoint, err := checkEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	transport, err := newTransport(c)
	if err != nil {
		return nil, err
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b := &Bot{token: jwxt.Secret(token), endpoint: endpoint, log: log, transport: transport}
	if c.Webhook != "" {
		b.webhook = newWebhook(b, c.Webhook)
	}
	return b, nil
}

// Hello asks Telegram who this bot is and returns its username, without @.
// The error is ErrToken where the token is wrong, anything else may pass.
func (b *Bot) Hello(ctx context.Context) (string, error) {
	result, err := b.call(ctx, "getMe", nil)
	if err != nil {
		return "", err
	}
	var me tgbotapi.User
	if err := json.Unmarshal(result, &me); err != nil || me.UserName == "" {
		return "", errors.New("telegram: getMe: the answer names no bot")
	}
	b.name.Store(&me.UserName)
	return me.UserName, nil
}

// username is the bot's name, asked for once.
func (b *Bot) username(ctx context.Context) (string, error) {
	if name := b.name.Load(); name != nil {
		return *name, nil
	}
	return b.Hello(ctx)
}

// OnRefusal has fn told the error code of every call that Telegram refuses.
// It is for before the first call.
func (b *Bot) OnRefusal(fn func(code int)) { b.refused = fn }

// Close drops idle connections. The Bot stays usable.
func (b *Bot) Close() { b.transport.CloseIdleConnections() }

func checkEndpoint(s string) (string, error) {
	if s == "" {
		return DefaultEndpoint, nil
	}
	if strings.Count(s, "%s") != 2 || strings.Count(s, "%") != 2 {
		return "", fmt.Errorf("telegram: endpoint %q needs two %%s, for token and method", s)
	}
	if _, err := http.NewRequest("POST", fmt.Sprintf(s, "1:a", "getMe"), nil); err != nil {
		return "", fmt.Errorf("telegram: endpoint %q is no URL", s)
	}
	return s, nil
}
