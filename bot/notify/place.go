package notify

import (
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// Place is a chat's own settings, for all its subscriptions. The zero Place is
// the default.
type Place struct {
	Lang   say.Lang  `json:"lang,omitempty"`
	Quiet  Quiet     `json:"quiet,omitzero"`
	Urgent []string  `json:"urgent,omitempty"` // words that break through; none: UrgentWords
	Hushed bool      `json:"hushed,omitempty"` // nothing breaks through
	By     string    `json:"by,omitempty"`     // who set it last
	At     time.Time `json:"at,omitzero"`

	// What follows is kept by this room.
	Gone  time.Time `json:"gone,omitzero"`   // nothing can be sent there since
	Was   int64     `json:"was,omitempty"`   // id before the group became a supergroup
	Moved int64     `json:"moved,omitempty"` // id since then
	Lost  []int     `json:"lost,omitempty"`  // topics that are closed or gone
	Deaf  int       `json:"deaf,omitempty"`  // times in a row that nothing was taken there
	Until time.Time `json:"until,omitzero"`  // when it is tried again
}

// Quiet is when a chat is not to be disturbed. The zero Quiet is from 23:00 to
// 07:00, Beijing time.
type Quiet struct {
	Off      bool `json:"off,omitempty"`
	Set      bool `json:"set,omitempty"` // From and To were chosen
	From, To int  // minutes of the day; quiet from From until before To
}

// Hours are From and To, as they hold.
func (q Quiet) Hours() (from, to int) {
	if !q.Set {
		return 23 * 60, 7 * 60
	}
	return q.From, q.To
}

// until is when the quiet hours around now end; the zero time outside of them.
func (q Quiet) until(now time.Time) time.Time {
	from, to := q.Hours()
	t := now.In(beijing)
	minute := t.Hour()*60 + t.Minute()
	inside := from <= minute && minute < to
	if from > to {
		inside = minute >= from || minute < to
	}
	if q.Off || !inside {
		return time.Time{}
	}
	return nextAt(now, to)
}

// nextAt is when the clock next shows a minute of the day.
func nextAt(now time.Time, minute int) time.Time {
	t := now.In(beijing)
	at := time.Date(t.Year(), t.Month(), t.Day(), minute/60, minute%60, 0, 0, beijing)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

func (p Place) lang() say.Lang {
	if p.Lang == "" {
		return say.Zh
	}
	return p.Lang
}

func (p Place) quietNow(now time.Time) bool { return !p.Quiet.until(now).IsZero() }

func (p Place) urgent(title string) bool {
	title = fold(title)
	return slices.ContainsFunc(p.UrgentWords(), func(w string) bool { return strings.Contains(title, fold(w)) })
}

// UrgentWords are the words that break through.
func (p Place) UrgentWords() []string {
	switch {
	case p.Hushed:
		return nil
	case len(p.Urgent) == 0:
		return UrgentWords()
	}
	return p.Urgent
}

// thread is where a topic's messages go: to General once it is closed.
func (p Place) thread(thread int) int {
	if slices.Contains(p.Lost, thread) {
		return 0
	}
	return thread
}

// Place is a chat's settings; of a chat without any the zero Place.
func (n *Notifier) Place(tx store.Tx, chat int64) (Place, error) {
	p, _, err := get(tx, n.places, placeID(chat))
	return p, err
}

// SetPlace changes a chat's settings. Words are at most MaxPatterns of at most
// MaxPattern characters, ErrPatterns otherwise.
func (n *Notifier) SetPlace(tx store.Tx, chat int64, change func(*Place)) error {
	p, err := n.Place(tx, chat)
	if err != nil {
		return err
	}
	kept := p
	change(&p)
	if err := (Filter{Include: p.Urgent}).Check(); err != nil {
		return err
	}
	p.Gone, p.Was, p.Moved, p.Lost, p.Deaf, p.Until = kept.Gone, kept.Was, kept.Moved, kept.Lost, kept.Deaf, kept.Until
	return n.places.Put(tx, placeID(chat), p)
}

// keepGone is how long a chat's subscriptions outlive the bot's place in it.
const keepGone = 30 * 24 * time.Hour

// Left notes that the bot is no longer in a chat, or blocked by a person. What
// is subscribed and set there rests for 30 days and is then forgotten.
func (n *Notifier) Left(tx store.Tx, chat int64, now time.Time) error {
	p, known, err := get(tx, n.places, placeID(chat))
	if err != nil || !known || !p.Gone.IsZero() {
		return err // who ever subscribed has settings
	}
	p.Gone = now
	if err := n.places.Put(tx, placeID(chat), p); err != nil {
		return err
	}
	return n.gone.Put(tx, dueID(now.Add(keepGone), placeID(chat)), struct{}{})
}

// Joined notes that the bot is in a chat, again perhaps. It reports how many
// subscriptions were restored. What was published meanwhile is not sent.
func (n *Notifier) Joined(tx store.Tx, chat int64) (restored int, err error) {
	p, err := n.Place(tx, chat)
	if err != nil || p.Gone.IsZero() {
		return 0, err
	}
	rows, err := n.mine.Sub(placeID(chat)+"/").Scan(tx, "", MaxSubs)
	if err != nil {
		return 0, err
	}
	if err := n.gone.Delete(tx, dueID(p.Gone.Add(keepGone), placeID(chat))); err != nil {
		return 0, err
	}
	p.Gone, p.Deaf, p.Until = time.Time{}, 0, time.Time{}
	return len(rows), n.places.Put(tx, placeID(chat), p)
}

func (n *Notifier) outboxGone(tx store.Tx, chat int64) error { return n.Left(tx, chat, time.Now()) }

// topicLost has what is subscribed in a topic go to General from now on. Package
// chat says so, to whom it concerns.
func (n *Notifier) topicLost(tx store.Tx, chat int64, thread int) error {
	p, ok, err := get(tx, n.places, placeID(chat))
	if err != nil || !ok || slices.Contains(p.Lost, thread) {
		return err
	}
	p.Lost = append(p.Lost, thread)
	return n.places.Put(tx, placeID(chat), p)
}

// moveSubs is how many subscriptions one transaction moves: what the outbox's
// own move leaves of the limits.
const moveSubs = 6

// Move gives what a group has subscribed to the supergroup that it has become.
// It is for outbox.OnMove. What does not fit the transaction follows by itself,
// after a crash as well. The second telling of a move finds nothing to do.
func (n *Notifier) Move(tx store.Tx, from, to int64) error {
	rows, err := n.mine.Sub(placeID(from)+"/").Scan(tx, "", moveSubs)
	if err != nil || from == to {
		return err
	}
	p, known, err := get(tx, n.places, placeID(from))
	if err != nil || !known && len(rows) == 0 {
		return err
	}
	if err := n.movePlace(tx, p, from, to); err != nil {
		return err
	}
	for _, r := range rows {
		if err := n.moveSub(tx, from, to, r.ID); err != nil {
			return err
		}
	}
	if len(rows) < moveSubs {
		return n.moves.Delete(tx, placeID(from))
	}
	return n.moves.Put(tx, placeID(from), to)
}

// movePlace moves settings once. Those that the new chat already has stay.
func (n *Notifier) movePlace(tx store.Tx, p Place, from, to int64) error {
	if p.Moved != 0 {
		return nil
	}
	there, known, err := get(tx, n.places, placeID(to))
	if err != nil {
		return err
	}
	if !known {
		there = p
		there.Lost, there.Gone = nil, time.Time{}
	}
	there.Was = from
	if err := n.places.Put(tx, placeID(to), there); err != nil {
		return err
	}
	return n.places.Put(tx, placeID(from), Place{Moved: to, Lang: p.Lang})
}

// moveSub moves the subscription of "thread/source". One that the new chat has
// already stays as it is.
func (n *Notifier) moveSub(tx store.Tx, from, to int64, id string) error {
	_, thread, source, ok := parseMine(placeID(from) + "/" + id)
	if !ok {
		return n.mine.Delete(tx, placeID(from)+"/"+id)
	}
	sub, known, err := get(tx, n.subs, subID(source, from, thread))
	if err != nil {
		return err
	}
	taken, err := n.subs.Has(tx, subID(source, to, thread))
	if err != nil {
		return err
	}
	if known && !taken {
		if err := n.putSub(tx, sub, source, to, thread); err != nil {
			return err
		}
	}
	return n.dropSub(tx, source, from, thread)
}
