package jwxt

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what went wrong in terms a dialogue can act upon.
type Kind uint8

// The kinds. Their order is stored nowhere; their names are.
const (
	Internal      Kind = iota // our own fault, or an error nobody classified
	Expired                   // the school ended the session: log in again
	KickedOut                 // another login of the same account ended it
	WrongCaptcha              // the picture was read wrongly or has aged out
	WrongPassword             // account or password refused; never retried unasked
	Locked                    // the school has locked the account
	MustActFirst              // 评教, 缴费, 改密 … stand before the data
	Closed                    // the school has closed this function for now
	Blocked                   // a firewall or rate limit refuses us: back off
	Changed                   // the page is not one we understand
	Unreachable               // network, time-out, 5xx
	Unsupported               // this school's system has no such function
)

var kindNames = [...]string{
	"Internal", "Expired", "KickedOut", "WrongCaptcha", "WrongPassword", "Locked",
	"MustActFirst", "Closed", "Blocked", "Changed", "Unreachable", "Unsupported",
}

// Kinds lists every kind, for tests that prove a table complete.
func Kinds() []Kind {
	out := make([]Kind, len(kindNames))
	for i := range out {
		out[i] = Kind(i)
	}
	return out
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText writes the name, which is stable across versions.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name; a name of a later version becomes Internal.
func (k *Kind) UnmarshalText(b []byte) error {
	*k = Internal
	for i, n := range kindNames {
		if n == string(b) {
			*k = Kind(i)
		}
	}
	return nil
}

// ErrOtherStudent is the cause of a KickedOut whose session turned out to be
// another student's (串号). The driver has dropped the session.
var ErrOtherStudent = errors.New("jwxt: the session belongs to another student")

// ErrUnposted is among the causes of a login's error where the password had not
// been sent yet: that was no try.
var ErrUnposted = errors.New("jwxt: the password was not sent")

// Error is what every driver and reader returns.
type Error struct {
	Kind Kind
	Op   string // what was being done: "qiangzhi: grades"
	// Said is the school's own sentence, if it gave one. It is shown to the
	// person, quoted, and it is never logged: it may hold a name.
	Said string
	// TriesLeft is how many wrong passwords the school says are left; -1
	// where the school said nothing. Only meaningful for WrongPassword.
	TriesLeft int
	Err       error // the cause, for the log; holds no cookie, URL query or password
}

// Fail makes an Error without the school's words.
func Fail(k Kind, op string, err error) *Error {
	return &Error{Kind: k, Op: op, TriesLeft: -1, Err: err}
}

// Refuse makes an Error that carries the school's own words.
func Refuse(k Kind, op, said string) *Error {
	return &Error{Kind: k, Op: op, Said: said, TriesLeft: -1}
}

func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.String()
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the Kind of err. A deadline is Unreachable; what nobody classified
// is Internal.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return Unreachable
	}
	return Internal
}

// SaidOf is what the school said with err, or "".
func SaidOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Said
	}
	return ""
}
