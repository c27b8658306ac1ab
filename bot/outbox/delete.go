package outbox

import (
	"context"
	"time"

	"jwxtbot/bot/msg"
)

const (
	deleteFor   = 5 * time.Second        // a Delete tries
	deleteAgain = 700 * time.Millisecond // after one that failed, at least
)

// Delete deletes a message now, past all that waits for its chat, trying for up
// to five seconds. It asks nothing while Telegram wants the chat left alone. The
// verdict is Sent when the message is gone, also if it was before; with Wait and
// Retry it may go later, not before Verdict.After.
func (o *Outbox) Delete(ctx context.Context, chat int64, message int) msg.Verdict {
	ctx, cancel := context.WithTimeout(ctx, deleteFor)
	defer cancel()
	end := time.Now().Add(deleteFor)
	for {
		v := o.delete(ctx, chat, message)
		if v.Outcome != msg.Wait && v.Outcome != msg.Retry {
			return v
		}
		wait := max(v.After, deleteAgain)
		if time.Now().Add(wait).After(end) || !pause(ctx, wait) {
			return v
		}
	}
}

func (o *Outbox) delete(ctx context.Context, chat int64, message int) msg.Verdict {
	if wait := time.Until(o.chatFree(chat)); wait > 0 {
		return msg.Verdict{Outcome: msg.Wait, After: wait}
	}
	v := o.door.Do(ctx, msg.Item{Chat: chat, Op: msg.Close, Message: message})
	if v.Outcome == msg.Wait {
		o.refused(chat, v.After)
	}
	return v
}

// chatFree is when a chat may be sent what costs nothing; a past time means now.
func (o *Outbox) chatFree(chat int64) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.queue.chatFree(chat, free)
}
