package notify

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// This file has what becomes of lendings: logins end and begin, rights are lost,
// and what is over is cleared away.

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

// lenders are those who lend a login for a source, who is logged in first; many
// may not be. Who does not administer a group any more lends to it no more. It is
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

// mostLendings is how many of a school's one poll looks at.
const mostLendings = 50

// lendingsOf are those that one poll of a school looks at.
func (n *Notifier) lendingsOf(ctx context.Context, src bulletin.Source) (out []lentBy, err error) {
	school, _ := Inner(src.ID)
	err = n.DB.View(ctx, func(tx store.Tx) error {
		out = nil
		rows, err := n.lenderIDs.Sub(school+"/").Scan(tx, "", math.MaxInt)
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
	return inTurn(out, roll(src.ID, time.Now().Unix())), err
}

// inTurn are some of all lendings: first of those who are logged in, longest
// first, and of the others so many from some place on. Rights that were lost show
// in time, however many lend.
func inTurn(all []lentBy, from float64) []lentBy {
	slices.SortStableFunc(all, func(a, b lentBy) int {
		return cmp.Or(cmp.Compare(rests(a), rests(b)), a.Since.Compare(b.Since))
	})
	const first = mostLendings / 2
	if len(all) <= mostLendings {
		return all
	}
	others := all[first:]
	at := int(from * float64(len(others)))
	return slices.Concat(all[:first], others[at:], others[:at])[:mostLendings]
}

// rests is 1 for a lending whose person is not logged in, otherwise 0.
func rests(l lentBy) int {
	if l.Asked.IsZero() {
		return 0
	}
	return 1
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
