package ops

import (
	"slices"
	"testing"
	"time"

	"jwxtbot/jwxt"
)

// TestTrouble goes through a day of a school, minute by minute.
func TestTrouble(t *testing.T) {
	type event struct {
		minute int
		chat   int64
		failed bool
		kind   jwxt.Kind
	}
	down := func(minute int, chat int64) event { return event{minute, chat, true, jwxt.Unreachable} }
	fine := func(minute int, chat int64) event { return event{minute: minute, chat: chat} }
	tests := []struct {
		name        string
		events      []event
		began, over []int // minutes
	}{
		{"three people", []event{down(1, 1), down(2, 2), down(3, 3), fine(20, 1)}, []int{3}, []int{20}},
		{"one person often", []event{down(1, 1), down(2, 1), down(3, 1), down(4, 1)}, nil, nil},
		{"three people over a long time", []event{down(1, 1), down(6, 2), down(11, 3)}, nil, nil},
		{"their own fault", []event{{1, 1, true, jwxt.WrongPassword}, {1, 2, true, jwxt.WrongCaptcha}, {1, 3, true, jwxt.Locked}}, nil, nil},
		{"each of the kinds", []event{{1, 1, true, jwxt.Blocked}, {1, 2, true, jwxt.Changed}, {1, 3, true, jwxt.Unreachable}}, []int{1}, nil},
		{"told once while it lasts", []event{down(1, 1), down(1, 2), down(1, 3), down(8, 4), down(16, 5), down(24, 6)}, []int{1}, nil},
		{"nobody came since", []event{down(1, 1), down(1, 2), down(1, 3), down(1, 4)}, []int{1}, nil},
		{"it answers every other time", []event{down(1, 1), down(1, 2), down(1, 3), fine(2, 1), down(3, 2), fine(4, 1), down(5, 3), fine(6, 2)}, []int{1}, []int{15}},
		{"a wrong password is an answer", []event{down(1, 1), down(1, 2), down(1, 3), {5, 1, true, jwxt.WrongPassword}}, []int{1}, []int{11}},
		{"twice a day", []event{down(1, 1), down(1, 2), down(1, 3), fine(2, 1), down(50, 1), down(50, 2), down(50, 3), fine(51, 1)}, []int{1, 50}, []int{11, 60}},
	}
	start := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tr trouble
			var began, over []int
			for minute := range 24 * 60 {
				now := start.Add(time.Duration(minute) * time.Minute)
				for _, e := range tt.events {
					if e.minute == minute && tr.took(Job{Chat: e.chat, Failed: e.failed, Kind: e.kind}, now) {
						began = append(began, minute)
					}
				}
				if tr.over(now) {
					over = append(over, minute)
				}
			}
			if !slices.Equal(began, tt.began) || !slices.Equal(over, tt.over) {
				t.Errorf("began %v, over %v; want %v and %v", began, over, tt.began, tt.over)
			}
			if len(tr.people) != 0 {
				t.Errorf("%d people are remembered after a day", len(tr.people))
			}
		})
	}
}

func TestHour(t *testing.T) {
	start := time.Date(2026, 7, 1, 8, 0, 30, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	var h hour[string]
	h.add("a", at(0))
	h.add("a", at(1))
	h.add("b", at(1))
	for _, tt := range []struct{ minute, a, b int }{{1, 2, 1}, {59, 2, 1}, {60, 1, 1}, {61, 0, 0}} {
		got := h.sums(at(tt.minute))
		if got["a"] != tt.a || got["b"] != tt.b {
			t.Errorf("minute %d: got %v, want a %d and b %d", tt.minute, got, tt.a, tt.b)
		}
	}
	h.add("a", at(100_000))
	if got := h.sums(at(100_030)); got["a"] != 1 {
		t.Errorf("after a long silence: got %v, want 1", got)
	}
}
