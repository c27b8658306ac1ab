// Package miniapp serves the login form as a page that Telegram's clients open
// over the chat (a Mini App), so that a password never is a message.
//
// It holds nothing of a login. What the page shows is read from the chat's
// state and what the person does is an event of the chat, like words and taps
// are; see [Desk]. Here are only the page, the proof of who opened it, and what
// keeps strangers out:
//
//   - A page begins with initData, which Telegram signs with the bot's token.
//     It must be some minutes old at most and is good once.
//   - For it the page gets a ticket, bound to one login attempt of one chat.
//     Every further call needs the ticket. Tickets live in memory, so after a
//     restart the button in the chat must be pressed again.
//   - Whether the attempt still stands is for the chat to say at each call.
//
// Passwords are taken from a request's body to the Desk and kept nowhere. No
// log line here names a chat, an account or an attempt.
//
// An App has no goroutines of its own. Behind a reverse proxy it needs neither
// the Host header nor anything else that a proxy may change, but the path.
package miniapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

// Desk is the chat as the page sees it. *chat.Shell implements it.
type Desk interface {
	// FormAdmit uses up an initData by its name; first is false if it was used
	// before. It is remembered until then.
	FormAdmit(ctx context.Context, opening string, until time.Time) (first bool, err error)
	// FormView is what the page shows. An attempt that is over or unknown, or
	// another chat's, is no error but the stage that says so.
	FormView(ctx context.Context, chat int64, attempt string) (chat.FormView, error)
	// FormOpen asks the school for its form.
	FormOpen(ctx context.Context, chat int64, attempt, school, account string) error
	// FormRefresh asks for another picture.
	FormRefresh(ctx context.Context, chat int64, attempt, askID string) error
	// FormSubmit sends the form. An empty password is the one held in memory.
	FormSubmit(ctx context.Context, chat int64, attempt string, e chat.FormEntry) error
	// FormWatch tells of steps of a chat: changed is readable, or closed, after
	// each that is committed once this returned. stop must be called.
	FormWatch(chat int64) (changed <-chan struct{}, stop func())
	// FormSchools lists schools that a query finds; all for the empty one.
	FormSchools(query string, limit int) []jwxt.School
}

// Config is what an App needs.
type Config struct {
	Token jwxt.Secret // the bot's: initData is signed with it
	URL   string      // public address of the page, "https://bot.example.edu/form/"
	// Frames are origins that may show the page in a frame, besides Telegram's
	// own web client.
	Frames []string
	Log    *slog.Logger
}

// App is the page and its calls: a handler for everything below the path of
// Config.URL. A nil App is no page.
type App struct {
	url     string
	token   jwxt.Secret
	log     *slog.Logger
	tickets *tickets
	desk    atomic.Pointer[Desk]
	routes  http.Handler
}

// New makes an App, which answers 503 until [App.Enter].
func New(c Config) (*App, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("miniapp: the address of the page must be a URL without query and fragment")
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	a := &App{url: u.String(), token: c.Token, log: c.Log, tickets: newTickets()}
	own := http.NewCrossOriginProtection()
	if err := own.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("miniapp: %w", err)
	}
	mux := http.NewServeMux()
	a.pageRoutes(mux)
	a.callRoutes(mux)
	a.routes = headers(c.Frames, own.Handler(http.StripPrefix(strings.TrimSuffix(u.Path, "/"), mux)))
	return a, nil
}

// URL is the page's address, which a button names with "?a=" and the attempt;
// "" of no page.
func (a *App) URL() string {
	if a == nil {
		return ""
	}
	return a.url
}

// Enter opens the page for business. It is called once the bot serves.
func (a *App) Enter(d Desk) {
	if a != nil {
		a.desk.Store(&d)
	}
}

// ServeHTTP implements http.Handler.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.routes.ServeHTTP(w, r) }
