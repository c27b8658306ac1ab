package notify

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// Who administers a group may lend it his login at a school, for notices only:
// the group then subscribes to the school's inner source, and the subscription
// names who lends for it. It ends with the last of them. A lending rests while
// its person is not logged in, and ends
//
//   - by its button, by /logout, and when the person has all erased;
//   - when an administrator of the group stops the notices;
//   - when the person administers the group no more;
//   - when the person has not logged in again for 30 days, or the bot has not
//     been in the group for as long.
//
// What is read once serves all groups of the school that subscribe.

// MaxLent is to how many groups, or topics, one person lends; MaxLenders is how
// many lend to one of these.
const (
	MaxLent    = 3
	MaxLenders = 3
)

// lendRests is how long a lending outlives the session.
const lendRests = 30 * 24 * time.Hour

// ErrLentEnough is of Lend: the person lends to MaxLent already, or MaxLenders to
// the group.
var ErrLentEnough = errors.New("notify: too many lend already")

// Spot is where notices go: a group, or a topic of it.
type Spot struct {
	Chat   int64 `json:"chat"`
	Thread int   `json:"thread,omitempty"`
}

// TapLent is the op of the button that shows a person what they lend.
const TapLent = "ll"

// Lending is what one person lends.
type Lending struct {
	School string    `json:"school"`
	Spots  []Spot    `json:"spots"`
	Lang   say.Lang  `json:"lang,omitempty"` // of the person
	Since  time.Time `json:"since"`
	// Asked is when the person was asked to log in again; zero while logged in.
	Asked time.Time `json:"asked,omitzero"`
	Over  bool      `json:"over,omitempty"` // it has ended, and is being cleared away
}

func personID(person int64) string { return strconv.FormatInt(person, 10) }

func lenderID(school string, person int64) string { return school + "/" + personID(person) }

// Lent is what a person lends; not ok for nothing. It costs a read.
func (n *Notifier) Lent(tx store.Tx, person int64) (Lending, bool, error) {
	l, ok, err := get(tx, n.lendings, personID(person))
	return l, ok && !l.Over, err
}

// Lend has a person lend the login at a school to a spot. What the person lent at
// another school ends, and what is to be said of that is returned. Call Wanted
// with the source once the transaction is committed. It scans first, and costs
// at most 70 reads and 30 writes.
//
// Errors: ErrUnknown, ErrTooMany, ErrLentEnough, ErrForgetting, or the
// transaction's.
func (n *Notifier) Lend(tx store.Tx, person int64, school string, at Spot, l say.Lang, now time.Time) (said []msg.Item, err error) {
	source := innerMark + school
	if _, ok := n.Source(source); !ok {
		return nil, ErrUnknown
	}
	mine, err := n.mine.Sub(placeID(at.Chat)+"/").Scan(tx, "", MaxSubs)
	if err != nil {
		return nil, err
	}
	sub, err := n.subFor(tx, source, at, now)
	if err != nil {
		return nil, err
	}
	old, known, err := get(tx, n.lendings, personID(person))
	if err != nil || slices.Contains(sub.Lenders, person) && !old.Over {
		return nil, err
	}
	if err := old.allows(school, sub, len(mine)); err != nil {
		return nil, err
	}
	if err := n.hereAgain(tx, at.Chat, at.Thread, now); err != nil {
		return nil, err
	}
	if known && old.School != school {
		if said, err = n.endLending(tx, person, old); err != nil {
			return nil, err
		}
		known = false
	}
	if !known {
		old = Lending{School: school, Since: now}
	}
	old.Lang, old.Asked, old.Spots = l, time.Time{}, append(old.Spots, at)
	if err := n.putLending(tx, person, old); err != nil {
		return nil, err
	}
	sub.By, sub.Lenders = person, append(sub.Lenders, person)
	return said, n.putSub(tx, sub, source, at.Chat, at.Thread)
}

// allows reports whether who lends this may lend to a spot as well, which has so
// many subscriptions.
func (l Lending) allows(school string, sub Sub, subs int) error {
	switch {
	case l.Over:
		return ErrForgetting
	case len(sub.Lenders) == 0 && subs >= MaxSubs:
		return ErrTooMany
	case len(sub.Lenders) >= MaxLenders, l.School == school && len(l.Spots) >= MaxLent:
		return ErrLentEnough
	}
	return nil
}

// subFor is the subscription of a spot, begun now if there is none.
func (n *Notifier) subFor(tx store.Tx, source string, at Spot, now time.Time) (Sub, error) {
	sub, ok, err := n.Sub(tx, at.Chat, at.Thread, source)
	if err != nil || ok {
		return sub, err
	}
	s, _, err := get(tx, n.states, source)
	sub.At, sub.Since = now, s.Seq
	return sub, err
}

func (n *Notifier) putLending(tx store.Tx, person int64, l Lending) error {
	if err := n.lenderIDs.Put(tx, lenderID(l.School, person), struct{}{}); err != nil {
		return err
	}
	return n.lendings.Put(tx, personID(person), l)
}

// TakeBack ends what a person lends to a spot. It returns what is said in the
// group, if notices end there.
func (n *Notifier) TakeBack(tx store.Tx, person int64, at Spot) (said []msg.Item, err error) {
	l, ok, err := n.Lent(tx, person)
	if err != nil || !ok || !slices.Contains(l.Spots, at) {
		return nil, err
	}
	return n.takeBack(tx, person, &l, at)
}

// takeBack takes a spot out of a lending, and the person out of the subscription
// there, which ends with the last. It costs 3 reads and 4 writes.
func (n *Notifier) takeBack(tx store.Tx, person int64, l *Lending, at Spot) (said []msg.Item, err error) {
	l.Spots = slices.DeleteFunc(slices.Clone(l.Spots), func(s Spot) bool { return s == at })
	if err := n.keepLending(tx, person, *l); err != nil {
		return nil, err
	}
	place, chat, err := n.whereIs(tx, at.Chat)
	if err != nil {
		return nil, err
	}
	source := innerMark + l.School
	sub, ok, err := n.Sub(tx, chat, at.Thread, source)
	if err != nil || !ok {
		return nil, err
	}
	sub.Lenders = slices.DeleteFunc(sub.Lenders, func(p int64) bool { return p == person })
	if len(sub.Lenders) > 0 {
		if sub.By == person {
			sub.By = sub.Lenders[0]
		}
		return nil, n.subs.Put(tx, subID(source, chat, at.Thread), sub)
	}
	if err := n.dropSub(tx, source, chat, at.Thread); err != nil || !place.Gone.IsZero() {
		return nil, err
	}
	it := msg.Item{Chat: chat, Thread: place.thread(at.Thread), Op: msg.Send, Lane: msg.Push, Source: source}
	it.Body = msg.Body{Text: say.Text(place.lang(), "inner.ended", say.Data{Board: n.nameOf(source)}), Silent: true}
	return []msg.Item{it}, nil
}

// keepLending stores a lending, or deletes it once it is to nobody.
func (n *Notifier) keepLending(tx store.Tx, person int64, l Lending) error {
	if len(l.Spots) > 0 {
		return n.lendings.Put(tx, personID(person), l)
	}
	if err := n.lenderIDs.Delete(tx, lenderID(l.School, person)); err != nil {
		return err
	}
	return n.lendings.Delete(tx, personID(person))
}

// endLending ends all that a person lends.
func (n *Notifier) endLending(tx store.Tx, person int64, l Lending) (said []msg.Item, err error) {
	for _, at := range l.Spots {
		some, err := n.takeBack(tx, person, &l, at)
		if err != nil {
			return nil, err
		}
		said = append(said, some...)
	}
	return said, n.keepLending(tx, person, l)
}

// StopInner ends a group's subscription to inner notices, and what is lent for
// it. It returns what those who lent are told. It costs at most 10 reads and 8
// writes.
func (n *Notifier) StopInner(tx store.Tx, chat int64, thread int, source string) (said []msg.Item, err error) {
	sub, ok, err := n.Sub(tx, chat, thread, source)
	if err != nil || !ok {
		return nil, err
	}
	place, err := n.Place(tx, chat)
	if err != nil {
		return nil, err
	}
	for _, person := range sub.Lenders {
		l, known, err := get(tx, n.lendings, personID(person))
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		l.Spots = slices.DeleteFunc(l.Spots, func(s Spot) bool {
			return s.Thread == thread && (s.Chat == chat || s.Chat == place.Was && place.Was != 0)
		})
		if err := n.keepLending(tx, person, l); err != nil {
			return nil, err
		}
		said = append(said, n.toLender(person, l, "inner.stopped"))
	}
	return said, n.dropSub(tx, source, chat, thread)
}

// toLender is a sentence to who lends, in private.
func (n *Notifier) toLender(person int64, l Lending, key string) msg.Item {
	text := say.Text(l.Lang, key, say.Data{Board: n.nameOf(innerMark + l.School)})
	return msg.Item{Chat: person, Op: msg.Send, Lane: msg.Push, Source: innerMark + l.School, Body: msg.Body{Text: text, Silent: true}}
}

func (n *Notifier) nameOf(source string) string {
	src, _ := n.Source(source)
	return cmp.Or(src.Name, source)
}

// whereIs is a chat's settings and its id, which may have become another one.
func (n *Notifier) whereIs(tx store.Tx, chat int64) (Place, int64, error) {
	p, err := n.Place(tx, chat)
	if err != nil || p.Moved == 0 {
		return p, chat, err
	}
	to := p.Moved
	p, err = n.Place(tx, to)
	return p, to, err
}
