package telegram

import (
	"errors"
	"net/http"
	"time"

	"jwxtbot/bot/msg"
)

// gone are the words in which Telegram says that a chat is closed to us. Other
// refusals of the same codes concern one message, not the chat.
var gone = []string{
	"bot was blocked by the user",
	"user is deactivated",
	"bot was kicked from",
	"bot is not a member of",
	"group chat was deleted",
	"group chat was deactivated",
	"bot can't initiate conversation",
	"bots can't send messages to bots",
	"bot can't send messages to bots",
	"chat not found", // also "private chat not found"
	"USER_IS_BLOCKED",
	"INPUT_USER_DEACTIVATED",
	"PEER_ID_INVALID",
	"CHANNEL_PRIVATE",
}

// noTopic are the words for a forum topic that takes nothing more.
var noTopic = []string{"message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED"}

// verdictOf classifies the outcome of a call; a nil err is Sent.
func verdictOf(err error) msg.Verdict {
	v := msg.Verdict{Err: err}
	e := asAPI(err)
	switch {
	case err == nil:
		v.Outcome = msg.Sent
	case e.code == 0: // the network, a deadline, half an answer: it may have arrived
		v.Outcome = msg.Retry
	case e.migrateTo != 0:
		v.Outcome, v.Chat = msg.Moved, e.migrateTo
	case e.code == http.StatusTooManyRequests || e.retryAfter > 0:
		v.Outcome, v.After = msg.Wait, max(e.retryAfter, time.Second)
	case temporary(e):
		v.Outcome = msg.Retry
	case (e.code == http.StatusBadRequest || e.code == http.StatusForbidden) && e.says(gone...):
		v.Outcome = msg.Gone
	case e.code == http.StatusBadRequest && e.says(noTopic...):
		v.Outcome = msg.NoTopic
	default:
		v.Outcome = msg.Reject
	}
	return v
}

// temporary reports whether the same call may succeed later. A refused token is
// temporary here: it is the poller that ends the program, and nothing is to be
// thrown away meanwhile.
func temporary(e *apiError) bool {
	switch {
	case e.code >= 500, e.description == notTheAPI, e.tokenRefused():
		return true
	case e.code == http.StatusRequestTimeout, e.code == http.StatusConflict:
		return true
	}
	return false
}

// asAPI is the refusal in err, or an empty one that says nothing.
func asAPI(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	return &apiError{}
}
