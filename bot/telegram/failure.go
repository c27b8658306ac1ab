package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// apiError is a refusal by the server.
type apiError struct {
	method      string
	code        int
	description string // without what we had sent
	retryAfter  time.Duration
	migrateTo   int64
}

func (e *apiError) Error() string {
	return fmt.Sprintf("telegram: %s: %d: %s", e.method, e.code, e.description)
}

// tokenRefused tells a wrong token. A 404 means so only in these words: an
// unknown method and a wrong endpoint are 404 as well.
func (e *apiError) tokenRefused() bool {
	return e.code == http.StatusUnauthorized || e.code == http.StatusNotFound && e.description == "Not Found"
}

// says reports whether the description contains one of the phrases, in any case.
func (e *apiError) says(phrases ...string) bool {
	d := strings.ToLower(e.description)
	for _, p := range phrases {
		if strings.Contains(d, strings.ToLower(p)) {
			return true
		}
	}
	return false
}

// failure turns what the library returned into an error that can be logged.
// The library loses the code of a failed upload, hence status.
func (b *Bot) failure(method string, status int, err error) error {
	// The library returns a pointer to a type whose methods are the value's.
	var e *tgbotapi.Error
	if !errors.As(err, &e) {
		return b.blot(fmt.Errorf("telegram: %s: %w", method, err))
	}
	code := e.Code
	if code == 0 {
		code = status
	}
	refusal := &apiError{
		method:      method,
		code:        code,
		description: b.blotText(withoutQuotes(e.Message)),
		retryAfter:  time.Duration(e.RetryAfter) * time.Second,
		migrateTo:   e.MigrateToChatID,
	}
	if b.refused != nil {
		b.refused(code)
	}
	if refusal.tokenRefused() {
		return fmt.Errorf("%w (%w)", ErrToken, refusal)
	}
	return refusal
}

// withoutQuotes cuts a description where it begins to quote what was sent.
func withoutQuotes(s string) string {
	if i := strings.IndexByte(s, '"'); i >= 0 {
		s = s[:i] + "…"
	}
	if i := strings.Index(s, " '"); i >= 0 {
		s = s[:i] + " …"
	}
	return s
}

func (b *Bot) blotText(s string) string {
	return strings.ReplaceAll(s, b.token.Reveal(), "[secret]")
}

// blot hides the token in err. Errors that hold it lose their inner types but
// still answer errors.Is.
func (b *Bot) blot(err error) error {
	text := err.Error()
	if blotted := b.blotText(text); blotted != text {
		return &blottedError{blotted, err}
	}
	return err
}

type blottedError struct {
	text  string
	cause error
}

func (e *blottedError) Error() string        { return e.text }
func (e *blottedError) Is(target error) bool { return errors.Is(e.cause, target) }
