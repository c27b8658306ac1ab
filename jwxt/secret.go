package jwxt

import "log/slog"

const hidden = "[secret]"

// LogValue and HiddenLogValue keep a type out of logs in one line:
//
//	func (T) LogValue() jwxt.LogValue { return jwxt.HiddenLogValue }
type LogValue = slog.Value

// HiddenLogValue prints as [secret].
var HiddenLogValue = slog.StringValue(hidden)

// Secret is a string that no formatter, logger or encoder prints.
type Secret string

func (Secret) String() string               { return hidden }
func (Secret) GoString() string             { return hidden }
func (Secret) LogValue() LogValue           { return HiddenLogValue }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal is the string itself. Each call is a place worth reviewing.
func (s Secret) Reveal() string { return string(s) }
