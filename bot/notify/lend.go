package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
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
	switch {
	case err != nil:
		return nil, err
	case old.Over:
		return nil, ErrForgetting
	case len(sub.Lenders) == 0 && len(mine) >= MaxSubs:
		return nil, ErrTooMany
	case slices.Contains(sub.Lenders, person):
		return nil, nil
	case len(sub.Lenders) >= MaxLenders, known && old.School == school && len(old.Spots) >= MaxLent:
		return nil, ErrLentEnough
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

// Session is a change of a person's login.
type Session struct {
	Person int64
	Lang   say.Lang
	School string // where the person is logged in now; "" for nowhere
	Out    bool   // by /logout
	Asked  bool   // the person is just being asked to log in
}

// Session notes that a person's login began or ended. Of one that ended by
// itself the person is asked once to log in again, by the body returned. after is
// for when the transaction is committed; either may be nil. It does not scan, and
// costs a read and, where the person lends, 2 writes.
func (n *Notifier) Session(tx store.Tx, s Session, now time.Time) (ask *msg.Body, after func(), err error) {
	l, ok, err := n.Lent(tx, s.Person)
	if err != nil || !ok {
		return nil, nil, err
	}
	source := innerMark + l.School
	after = func() { n.Wanted(source) }
	switch {
	case s.Out:
		return nil, func() { poke(n.ending) }, n.endSoon(tx, s.Person, l, now)
	case s.School == l.School:
		l.Asked = time.Time{}
		return nil, after, n.lendings.Put(tx, personID(s.Person), l)
	case !l.Asked.IsZero():
		return nil, nil, nil
	}
	l.Asked = now
	if err := n.ended.Put(tx, dueID(now.Add(lendRests), personID(s.Person)), struct{}{}); err != nil {
		return nil, nil, err
	}
	if !s.Asked {
		ask = n.askAgain(s.Lang, l)
	}
	return ask, after, n.lendings.Put(tx, personID(s.Person), l)
}

// askAgain is how a person is asked to log in again.
func (n *Notifier) askAgain(l say.Lang, lent Lending) *msg.Body {
	b := msg.Body{Text: say.Text(l, "inner.ask", say.Data{Board: n.nameOf(innerMark + lent.School), Count: len(lent.Spots)})}
	button := func(key, data string) []msg.Button {
		return []msg.Button{{Text: say.Plain(l, key, say.Data{}), Data: data}}
	}
	b.Buttons = [][]msg.Button{button("btn.login", "login"), button("btn.lent", "b:"+TapLent)}
	return &b
}

// endSoon ends a lending at once; what follows from it is done within a minute.
func (n *Notifier) endSoon(tx store.Tx, person int64, l Lending, now time.Time) error {
	l.Over = true
	if err := n.ended.Put(tx, dueID(now, personID(person)), struct{}{}); err != nil {
		return err
	}
	return n.lendings.Put(tx, personID(person), l)
}

// ForgetLent ends all that a person lends: of groups within a minute. It costs a
// read and 2 writes.
func (n *Notifier) ForgetLent(tx store.Tx, person int64, now time.Time) error {
	l, ok, err := n.Lent(tx, person)
	if err != nil || !ok {
		return err
	}
	return n.endSoon(tx, person, l, now)
}

// endSome clears a lending away that has ended, or has rested for too long.
func (n *Notifier) endSome(tx store.Tx, now time.Time, wake map[int64]bool) (more bool, err error) {
	rows, err := n.ended.Scan(tx, "", 1)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	due, who, _ := strings.Cut(rows[0].ID, "/")
	at, err1 := strconv.ParseInt(due, 10, 64)
	person, err2 := strconv.ParseInt(who, 10, 64)
	if err1 == nil && at > now.Unix() {
		return false, nil
	}
	l, known, err := get(tx, n.lendings, who)
	if err != nil {
		return false, err
	}
	rested := !l.Asked.IsZero() && now.Sub(l.Asked) >= lendRests
	if err1 == nil && err2 == nil && known && (l.Over || rested) {
		said, err := n.endLending(tx, person, l)
		if err == nil {
			err = n.sayAll(tx, said, now, wake)
		}
		if err != nil {
			return false, err
		}
	}
	return true, n.ended.Delete(tx, rows[0].ID)
}

// sayAll queues items of ours.
func (n *Notifier) sayAll(tx store.Tx, said []msg.Item, now time.Time, wake map[int64]bool) error {
	serial, err := n.counter(tx, "item", 0)
	if err != nil {
		return err
	}
	for _, it := range said {
		if err := n.Outbox.Add(tx, serial.next(), it, now); err != nil {
			return err
		}
		wake[it.Chat] = true
	}
	return serial.save(tx)
}

// lenders are those who lend a login for a source, longest first; perhaps some are
// not logged in. Who does not administer a group any more lends to it no more. It is
// notNow where nobody lends to a group that is there.
func (n *Notifier) lenders(ctx context.Context, src bulletin.Source) ([]int64, error) {
	all, err := n.lendingsOf(ctx, src)
	if err != nil {
		return nil, err
	}
	var out []int64
	sure := true // of who administers; one answer that does not come is waited for
	for _, l := range all {
		kept := 0
		for _, at := range l.there {
			ok := !sure || n.administers(ctx, at.Chat, l.person, &sure)
			if ok {
				kept++
			} else if err := n.lostRights(ctx, l.person, at); err != nil {
				return nil, err
			}
		}
		if kept > 0 {
			out = append(out, l.person)
		}
	}
	if len(out) == 0 {
		return nil, notNow{byDaylight(src, time.Now().Add(innerEvery))}
	}
	return out, nil
}

func (n *Notifier) administers(ctx context.Context, chat, person int64, sure *bool) bool {
	ok, err := n.Lender.Administers(ctx, chat, person)
	if err != nil {
		*sure = false
		n.Log.Warn("notify: a group's administrators are not known", msg.LogChat(chat), "err", err)
	}
	return ok || err != nil
}

// lentBy is a lending and where it matters now.
type lentBy struct {
	Lending
	person int64
	there  []Spot // with the ids that groups have now
}

// mostLendings is how many of a school are looked at.
const mostLendings = 50

func (n *Notifier) lendingsOf(ctx context.Context, src bulletin.Source) (out []lentBy, err error) {
	school, _ := Inner(src.ID)
	err = n.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		rows, err := n.lenderIDs.Sub(school+"/").Scan(tx, "", mostLendings)
		if err != nil {
			return err
		}
		for _, r := range rows {
			l, err := n.lentNow(tx, r.ID)
			if err != nil {
				return err
			}
			if l.School == school {
				out = append(out, l)
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b lentBy) int { return a.Since.Compare(b.Since) })
	return out, err
}

func (n *Notifier) lentNow(tx store.Tx, who string) (out lentBy, err error) {
	if out.person, err = strconv.ParseInt(who, 10, 64); err != nil {
		return out, nil
	}
	l, ok, err := n.Lent(tx, out.person)
	if err != nil || !ok {
		return out, err
	}
	out.Lending = l
	for _, at := range l.Spots {
		place, chat, err := n.whereIs(tx, at.Chat)
		if err != nil {
			return out, err
		}
		if place.Gone.IsZero() {
			out.there = append(out.there, Spot{chat, at.Thread})
		}
	}
	return out, nil
}

// lostRights ends what is lent to a group by who does not administer it any more.
func (n *Notifier) lostRights(ctx context.Context, person int64, at Spot) error {
	_, err := n.keepStep(ctx, time.Now(), func(tx store.Tx, now time.Time, wake map[int64]bool) (bool, error) {
		l, ok, err := n.Lent(tx, person)
		if err != nil || !ok {
			return false, err
		}
		place, err := n.Place(tx, at.Chat)
		if err != nil {
			return false, err
		}
		i := slices.IndexFunc(l.Spots, func(s Spot) bool {
			return s == at || s == Spot{place.Was, at.Thread} && place.Was != 0
		})
		if i < 0 {
			return false, nil
		}
		said, err := n.takeBack(tx, person, &l, l.Spots[i])
		if err != nil {
			return false, err
		}
		return false, n.sayAll(tx, append(said, n.toLender(person, l, "inner.no_admin")), now, wake)
	})
	return err
}
