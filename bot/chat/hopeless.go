package chat

import (
	"errors"
	"fmt"
	"runtime/debug"

	"jwxtbot/store"
)

// hopeless reports whether what failed would fail again in the same way, for
// ever: it breaks the limits of the store, or it made us panic.
func hopeless(err error) bool {
	var p *panicked
	return errors.As(err, &p) || errors.Is(err, store.ErrLimit)
}

// panicked is a panic as an error. It tells where, and of the value its type
// only: that may quote what people wrote.
type panicked struct{ kind, stack string }

func (p *panicked) Error() string { return "chat: panic (" + p.kind + ")\n" + p.stack }

// safely calls fn, so that one chat's odd data does not end the whole program,
// which would meet it again at its next start.
func safely(fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{fmt.Sprintf("%T", v), string(debug.Stack())}
		}
	}()
	return fn()
}
