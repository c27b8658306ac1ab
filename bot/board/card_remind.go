package board

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// The ops of reminders: b:rt:<key>:<unix time, base 36> has a person reminded
// then, and b:rc:… takes that back.

// remindWithin is how far ahead somebody can be reminded.
const remindWithin = 400 * 24 * time.Hour

// offer is a time at which somebody may want to be reminded.
type offer struct {
	key string // of its button
	at  time.Time
}

// offers are the times that suit a notice: soon, and around its deadline; or
// this evening and tomorrow, where that tells nothing.
func offers(nt notify.Notice, now time.Time) (out []offer) {
	end := now.Add(remindWithin)
	add := func(key string, at time.Time) {
		if at.After(now.Add(time.Minute)) && at.Before(end) {
			out = append(out, offer{key, at})
		}
	}
	add("btn.remind_hour", now.Add(time.Hour).Truncate(time.Minute).In(beijing))
	if due, ok := nt.Deadline(); ok && !nt.Personal {
		at := moment(due)
		before, over := clock(at, -1, 20), clock(at, 1, 0)
		if due.Timed {
			before, over = at.Add(-24*time.Hour), at
		}
		if over.After(now) {
			end = over
		}
		add("btn.remind_before", before)
		add("btn.remind_morning", clock(at, 0, 8))
	}
	if len(out) < 2 {
		add("btn.remind_evening", clock(now, 0, 20))
		add("btn.remind_tomorrow", clock(now, 1, 8))
	}
	slices.SortStableFunc(out, func(a, b offer) int { return a.at.Compare(b.at) })
	return out
}

// clock is a full hour so many days from a day.
func clock(day time.Time, days, hour int) time.Time {
	day = day.In(beijing)
	return time.Date(day.Year(), day.Month(), day.Day()+days, hour, 0, 0, 0, beijing)
}

// remindBody offers times.
func remindBody(v chat.Visit, nt notify.Notice, now time.Time) msg.Body {
	b := sentence(v, "browse.remind.ask", say.Data{Title: nt.Title})
	for _, o := range offers(nt, now) {
		label := say.Plain(v.Lang, o.key, say.Data{Since: o.at})
		b.Buttons = append(b.Buttons, []msg.Button{{Text: label, Data: remindData("rt", nt.Key, o.at)}})
	}
	return b
}

func remindData(op, key string, at time.Time) string {
	return tapData(op, key, strconv.FormatInt(at.Unix(), 36))
}

// reminder reads what a button about reminders speaks of.
func (d *Desk) reminder(ctx context.Context, v chat.Visit, args []string) (nt notify.Notice, at time.Time, ok bool, err error) {
	seconds, bad := strconv.ParseInt(arg(args, 1), 36, 64)
	if bad != nil || v.ChatKind != msg.Private || seconds < 0 || seconds > 1<<40 {
		return nt, at, false, nil
	}
	nt, ok, err = d.stored(ctx, arg(args, 0))
	return nt, time.Unix(seconds, 0).In(beijing), ok, err
}

// remindAt notes when somebody wants to be reminded.
func (d *Desk) remindAt(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	nt, at, ok, err := d.reminder(ctx, v, args)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	switch {
	case !ok || at.After(now.Add(remindWithin)):
		return toast(v, "toast.stale"), nil
	case !at.After(now): // the question stood there for long
		return settles(screen(v, remindBody(v, nt, now))...), nil
	}
	b := sentence(v, "browse.remind.set", say.Data{Title: nt.Title, Since: at})
	b.Buttons = [][]msg.Button{{button(v.Lang, "btn.unremind", remindData("rc", nt.Key, at))}}
	items := screen(v, b)
	w := wish{nt.Key, at.Unix()}
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		wishes, err := d.wished(tx, v.Chat, now)
		switch {
		case err != nil:
			return nil, err
		case slices.Contains(wishes, w):
			return items, nil
		case len(wishes) >= mostWishes:
			return []msg.Item{alert(v, "toast.many_reminders")}, nil
		}
		if err := d.putWishes(tx, v.Chat, append(wishes, w)); err != nil {
			return nil, err
		}
		return items, d.Notify.Remind(tx, v.Chat, nt.Key, at, v.Lang)
	}}, nil
}

// wish is a reminder that somebody waits for. They are noted by person as well,
// to be few, and to be forgotten with the person.
type wish struct {
	Key string `json:"key"`
	At  int64  `json:"at"` // unix seconds
}

// mostWishes is how many reminders one person may wait for.
const mostWishes = 20

// wished are the reminders that a person waits for.
func (d *Desk) wished(tx store.Tx, user int64, now time.Time) ([]wish, error) {
	wishes, err := d.wishes.Get(tx, personID(user))
	if err != nil && !store.Missing(err) {
		return nil, err
	}
	return slices.DeleteFunc(wishes, func(w wish) bool { return w.At <= now.Unix() }), nil
}

func (d *Desk) putWishes(tx store.Tx, user int64, wishes []wish) error {
	if len(wishes) == 0 {
		return drop(tx, d.wishes, personID(user))
	}
	last := slices.MaxFunc(wishes, func(a, b wish) int { return cmp.Compare(a.At, b.At) })
	return d.wishes.PutUntil(tx, personID(user), wishes, time.Unix(last.At, 0))
}

// forgetWishes takes all reminders of a person back.
func (d *Desk) forgetWishes(tx store.Tx, user int64) error {
	wishes, err := d.wished(tx, user, time.Time{})
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if err := d.Notify.Unremind(tx, user, w.Key, time.Unix(w.At, 0)); err != nil {
			return err
		}
	}
	return d.putWishes(tx, user, nil)
}

// unremind takes it back, and offers the times again.
func (d *Desk) unremind(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	nt, at, ok, err := d.reminder(ctx, v, args)
	if err != nil {
		return nil, err
	}
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	items := screen(v, remindBody(v, nt, time.Now()))
	items[0].Body.Text = say.Plain(v.Lang, "toast.unreminded", say.Data{})
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		wishes, err := d.wished(tx, v.Chat, time.Now())
		if err != nil {
			return nil, err
		}
		gone := wish{nt.Key, at.Unix()}
		if err := d.putWishes(tx, v.Chat, slices.DeleteFunc(wishes, func(w wish) bool { return w == gone })); err != nil {
			return nil, err
		}
		return items, d.Notify.Unremind(tx, v.Chat, nt.Key, at)
	}}, nil
}
