package notify_test

import (
	"slices"
	"testing"

	"jwxtbot/bot/notify"
	"jwxtbot/bot/ops"
	"jwxtbot/jwxt/bulletin"
)

// listener is a sink that remembers what is said of boards.
type listener struct {
	ops.Discard
	heard []ops.Board
}

func (l *listener) Board(b ops.Board) { l.heard = append(l.heard, b) }

// TestReportTo: every kind of report has its event.
func TestReportTo(t *testing.T) {
	var l listener
	report := notify.ReportTo(&l, func(id string) string { return "教务 " + id })
	kinds := []notify.ReportKind{notify.Polled, notify.FannedOut, notify.Failing, notify.Recovered, notify.Held}
	for _, kind := range kinds {
		report(notify.Report{Kind: kind, Source: "jwc", Class: bulletin.Net, Count: 3, Why: "x"})
	}
	var events []ops.BoardEvent
	for _, b := range l.heard {
		events = append(events, b.Event)
		if want := (ops.Board{Event: b.Event, Source: "jwc", Name: "教务 jwc", Class: "NET", Count: 3, Why: "x"}); b != want {
			t.Errorf("got %+v, want %+v", b, want)
		}
	}
	if want := []ops.BoardEvent{ops.Asked, ops.HandedOut, ops.Failing, ops.Recovered, ops.Held}; !slices.Equal(events, want) {
		t.Errorf("events %q, want %q", events, want)
	}
}
