package ops

import "time"

// hour counts what happened in the last sixty minutes, this one included.
type hour[K comparable] struct {
	minutes [60]map[K]int
	newest  int64 // unix minute of what was counted last
}

func (h *hour[K]) add(k K, now time.Time) {
	h.turn(now)
	m := &h.minutes[h.newest%60]
	if *m == nil {
		*m = map[K]int{}
	}
	(*m)[k]++
}

// sums are the counts of the hour before now.
func (h *hour[K]) sums(now time.Time) map[K]int {
	h.turn(now)
	out := map[K]int{}
	for _, m := range h.minutes {
		for k, n := range m {
			out[k] += n
		}
	}
	return out
}

// turn forgets the minutes that now lie an hour back.
func (h *hour[K]) turn(now time.Time) {
	minute := now.Unix() / 60
	if minute-h.newest > 60 {
		h.newest = minute - 60
	}
	for h.newest < minute {
		h.newest++
		h.minutes[h.newest%60] = nil
	}
}
