package notify

import (
	"regexp"
	"strings"
)

// Tap is a button under a notice. Its callback data is "b:<op>:<key>", 36
// bytes, where key is that of the notice:
//
//	b:f:<key>   附件: list the attachments, as links
//	b:c:<key>   加日历: send an .ics of the deadline
//	b:r:<key>   提醒我: offer times, in private
//	b:k:<key>   已阅: see Read
//
// Other buttons about boards begin with "b:" and two letters or more.
type Tap struct {
	Op  TapOp
	Key string
}

// TapOp is what a tap asks for.
type TapOp string

// The taps.
const (
	TapFiles    TapOp = "f"
	TapCalendar TapOp = "c"
	TapRemind   TapOp = "r"
	TapRead     TapOp = "k"
)

// Data is the tap as callback data.
func (t Tap) Data() string { return "b:" + string(t.Op) + ":" + t.Key }

var keyShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// ParseTap reads callback data, which is hostile.
func ParseTap(data string) (Tap, bool) {
	rest, ok := strings.CutPrefix(data, "b:")
	op, key, more := strings.Cut(rest, ":")
	switch t := (Tap{TapOp(op), key}); t.Op {
	case TapFiles, TapCalendar, TapRemind, TapRead:
		return t, ok && more && keyShape.MatchString(key)
	}
	return Tap{}, false
}
