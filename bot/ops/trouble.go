package ops

import "time"

const (
	// manyPeople, failed within troubleWindow, are a school's fault and not
	// theirs.
	manyPeople    = 3
	troubleWindow = 10 * time.Minute
)

// trouble follows one school: it begins when the school has failed for many
// people, and is over when it has failed for nobody during a whole window and
// has served somebody since. So it tells once of each, even of a school that
// answers every other time.
type trouble struct {
	last   Job                 // the last failure
	at     time.Time           // of last
	people map[int64]time.Time // who it failed for, and when last
	served time.Time           // first job it served after last; zero: none yet
	since  time.Time           // zero: no trouble
}

// took takes the end of a job. It reports whether trouble began with it.
func (t *trouble) took(j Job, now time.Time) bool {
	if !j.Unusable() {
		if t.served.IsZero() {
			t.served = now
		}
		return false
	}
	if t.people == nil {
		t.people = map[int64]time.Time{}
	}
	t.last, t.at, t.served = j, now, time.Time{}
	t.people[j.Chat] = now
	t.forget(now)
	if !t.since.IsZero() || len(t.people) < manyPeople {
		return false
	}
	t.since = now
	return true
}

// over reports whether trouble has ended, once.
func (t *trouble) over(now time.Time) bool {
	t.forget(now)
	if t.since.IsZero() || len(t.people) > 0 || t.served.IsZero() {
		return false
	}
	t.since = time.Time{}
	return true
}

// forget drops those whose failure lies a window back.
func (t *trouble) forget(now time.Time) {
	for chat, at := range t.people {
		if now.Sub(at) >= troubleWindow {
			delete(t.people, chat)
		}
	}
}
