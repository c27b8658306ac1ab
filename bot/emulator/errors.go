package emulator

import (
	"fmt"
	"net/http"
)

// Error is a refusal as the Bot API words it.
type Error struct {
	Code        int
	Description string
	RetryAfter  int   // seconds
	MigrateTo   int64 // chat id
}

func (e *Error) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Description) }

// usual is what the official server says with the code when nothing more is known.
func (e *Error) usual() string {
	switch {
	case e.Code == http.StatusTooManyRequests:
		return fmt.Sprintf("Too Many Requests: retry after %d", e.RetryAfter)
	case e.MigrateTo != 0:
		return "Bad Request: group chat was upgraded to a supergroup chat"
	case e.Code == http.StatusForbidden:
		return "Forbidden: bot was blocked by the user"
	}
	return http.StatusText(e.Code)
}

func (e *Error) answer() answer {
	a := answer{ErrorCode: e.Code, Description: e.Description}
	if e.RetryAfter != 0 || e.MigrateTo != 0 {
		a.Parameters = &parameters{MigrateToChatID: e.MigrateTo, RetryAfter: e.RetryAfter}
	}
	return a
}

func bad(format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}
