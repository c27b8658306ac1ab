package work

import "errors"

// ErrInUse says that a session cannot be lent now: its person is using it, or
// is about to log in.
var ErrInUse = errors.New("work: the session is in use")
