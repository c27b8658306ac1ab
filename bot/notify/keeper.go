package notify

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jwxtbot/store"
)

const (
	// keepEvery is how often time-bound things are looked at, and states without
	// news stored.
	keepEvery = time.Minute
	// pruneEvery is how often old rows are looked for.
	pruneEvery = time.Hour

	keepNotices = 400 * 24 * time.Hour
	keepGiven   = 60 * 24 * time.Hour
	keepPages   = 5 // of a column's list, however old
)

// keepTime does what is due at some time: digests, reminders, chats to forget,
// moves to finish, states to store, old rows to delete.
func (n *Notifier) keepTime(ctx context.Context) {
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	prunedAt := time.Now()
	for {
		now := time.Now()
		n.keep(ctx, "digests cannot be made", func() (bool, error) { return n.sendLater(ctx, now) })
		for doing, step := range n.steps() {
			n.keep(ctx, doing, func() (bool, error) { return n.keepStep(ctx, now, step) })
		}
		poke(n.fanning) // for a fan whose commit seemed to fail
		n.storeNoted(ctx)
		if now.Sub(prunedAt) >= pruneEvery {
			prunedAt = now
			n.prune(ctx, now)
		}
		select {
		case <-t.C:
		case <-n.ending:
		case <-ctx.Done():
			return
		}
	}
}

// step is one bounded transaction of something that may need several.
type step func(tx store.Tx, now time.Time, wake map[int64]bool) (more bool, err error)

func (n *Notifier) steps() map[string]step {
	return map[string]step{
		"reminders cannot be sent":      n.remindSome,
		"chats cannot be forgotten":     n.forgetSome,
		"subscriptions cannot be moved": n.moveSome,
		"lendings cannot be ended":      n.endSome,
	}
}

func (n *Notifier) keepStep(ctx context.Context, now time.Time, step step) (more bool, err error) {
	wake := map[int64]bool{}
	err = n.update(ctx, func(tx store.Tx) (err error) {
		more, err = step(tx, now, wake)
		return err
	})
	for chat := range wake {
		n.Outbox.Wake(chat)
	}
	return more, err
}

// keep repeats a step while there is more.
func (n *Notifier) keep(ctx context.Context, doing string, step func() (bool, error)) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = step(); err != nil {
			n.trouble(ctx, doing, err)
			return
		}
	}
}

// forgetSome deletes what a chat subscribed that has been gone for too long.
func (n *Notifier) forgetSome(tx store.Tx, now time.Time, _ map[int64]bool) (more bool, err error) {
	rows, err := n.gone.Scan(tx, "", 1)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	due, rest, _ := strings.Cut(rows[0].ID, "/")
	at, err1 := strconv.ParseInt(due, 10, 64)
	chat, err2 := strconv.ParseInt(rest, 10, 64)
	if err1 == nil && at > now.Unix() {
		return false, nil
	}
	if err1 != nil || err2 != nil {
		return true, n.gone.Delete(tx, rows[0].ID)
	}
	place, err := n.Place(tx, chat)
	if err != nil {
		return false, err
	}
	if !place.Gone.IsZero() && !place.Gone.Add(keepGone).After(now) {
		if more, err := n.forgetChat(tx, chat); more || err != nil {
			return more, err
		}
	}
	return true, n.gone.Delete(tx, rows[0].ID)
}

// forgetChat deletes what a chat subscribed and set; more says that it is to be
// called in another transaction for the rest.
func (n *Notifier) forgetChat(tx store.Tx, chat int64) (more bool, err error) {
	mine, err := n.mine.Sub(placeID(chat)+"/").Scan(tx, "", MaxSubs)
	if err != nil {
		return false, err
	}
	silent, err := n.silences.Sub(placeID(chat)+"/").Scan(tx, "", 2*mostSilent)
	if err != nil {
		return false, err
	}
	for _, r := range silent {
		if err := n.silences.Delete(tx, placeID(chat)+"/"+r.ID); err != nil {
			return false, err
		}
	}
	if len(silent) > 0 {
		return true, nil
	}
	if stopped, err := n.forgetInner(tx, chat, mine); stopped || err != nil {
		return stopped, err
	}
	for _, r := range mine {
		if _, thread, source, ok := parseMine(placeID(chat) + "/" + r.ID); ok {
			if err := n.dropSub(tx, source, chat, thread); err != nil {
				return false, err
			}
		}
	}
	return false, n.places.Delete(tx, placeID(chat))
}

// forgetInner ends one subscription to inner notices of a chat, and what was lent
// for it; it reports whether there was one.
func (n *Notifier) forgetInner(tx store.Tx, chat int64, mine []store.Row[struct{}]) (stopped bool, err error) {
	for _, r := range mine {
		_, thread, source, ok := parseMine(placeID(chat) + "/" + r.ID)
		if _, inner := Inner(source); ok && inner {
			_, err := n.StopInner(tx, chat, thread, source)
			return true, err
		}
	}
	return false, nil
}

// moveSome goes on with a move that did not fit one transaction.
func (n *Notifier) moveSome(tx store.Tx, _ time.Time, _ map[int64]bool) (more bool, err error) {
	rows, err := n.moves.Scan(tx, "", 1)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	from, err := strconv.ParseInt(rows[0].ID, 10, 64)
	if err != nil || rows[0].Err != nil {
		return true, n.moves.Delete(tx, rows[0].ID)
	}
	return true, n.Move(tx, from, rows[0].Value)
}

// pruned is how far a column's old rows are deleted.
type pruned struct {
	Given   uint64 `json:"given"`   // who was given it, and who read it
	Notices uint64 `json:"notices"` // the notices themselves
}

// prune deletes what is too old: in a column, oldest first.
func (n *Notifier) prune(ctx context.Context, now time.Time) {
	for _, src := range n.Sources() {
		n.keep(ctx, "old rows cannot be deleted", func() (bool, error) { return n.pruneOne(ctx, src.ID, now) })
	}
}

// pruneOne makes one step of a column's pruning.
func (n *Notifier) pruneOne(ctx context.Context, source string, now time.Time) (more bool, err error) {
	err = n.update(ctx, func(tx store.Tx) error {
		more = false
		s, _, err := get(tx, n.states, source)
		if err != nil {
			return err
		}
		p, _, err := get(tx, n.pruned, source)
		if err != nil {
			return err
		}
		if p.Given < s.Seq {
			if more, err = n.pruneGiven(tx, source, &p, now); err != nil || more {
				return err
			}
		}
		if p.Notices+uint64(keepPages*len(s.Page)) < p.Given {
			more, err = n.pruneNotice(tx, source, &p, s.Page, now)
		}
		return err
	})
	return more, err
}

// pruneGiven forgets who was given the next notice of a column, if it is old.
func (n *Notifier) pruneGiven(tx store.Tx, source string, p *pruned, now time.Time) (more bool, err error) {
	key, _, err := get(tx, n.columns, columnID(source, p.Given+1))
	if err != nil {
		return false, err
	}
	nt, ok, err := get(tx, n.notices, key)
	if err != nil || ok && now.Sub(nt.First) < keepGiven {
		return false, err
	}
	left := 0
	if ok {
		if left, err = n.forgetRows(tx, key); err != nil {
			return false, err
		}
	}
	if left == 0 {
		p.Given++
		return true, n.pruned.Put(tx, source, *p)
	}
	return true, nil
}

// forgetRows deletes some rows of a notice in chats; it returns how many it
// found.
func (n *Notifier) forgetRows(tx store.Tx, key string) (found int, err error) {
	const limit = 30
	prefixes := []string{"b/given/" + key + "/", "b/read/" + key + "/", "b/reads/" + key + "/"}
	var pairs []store.Pair
	for _, prefix := range prefixes {
		some, err := tx.Scan(prefix, "", limit)
		if err != nil {
			return 0, err
		}
		pairs = append(pairs, some...)
	}
	for _, pair := range pairs {
		if err := tx.Delete(pair.Key); err != nil {
			return 0, err
		}
	}
	return len(pairs), nil
}

// pruneNotice deletes the oldest notice of a column, unless it is still listed.
func (n *Notifier) pruneNotice(tx store.Tx, source string, p *pruned, page []string, now time.Time) (more bool, err error) {
	id := columnID(source, p.Notices+1)
	key, _, err := get(tx, n.columns, id)
	if err != nil {
		return false, err
	}
	nt, ok, err := get(tx, n.notices, key)
	if err != nil || ok && now.Sub(nt.First) < keepNotices {
		return false, err
	}
	if ok { // some may have pressed 已阅 under a card of long ago
		if left, err := n.forgetRows(tx, key); err != nil || left > 0 {
			return true, err
		}
	}
	p.Notices++
	if ok && !listedIn(page, nt) {
		if err := n.dropNotice(tx, nt); err != nil {
			return false, err
		}
		if err := n.columns.Delete(tx, id); err != nil {
			return false, err
		}
	}
	return true, n.pruned.Put(tx, source, *p)
}

func listedIn(page []string, nt Notice) bool {
	for _, key := range page {
		if key == nt.Key {
			return true
		}
		for _, also := range nt.Also {
			if key == also {
				return true
			}
		}
	}
	return false
}

// dropNotice deletes a notice by all its names.
func (n *Notifier) dropNotice(tx store.Tx, nt Notice) error {
	for _, also := range nt.Also {
		if err := n.notices.Delete(tx, also); err != nil {
			return err
		}
	}
	school := nt.School
	if school == "" && len(nt.Sources) > 0 {
		school = nt.Sources[0]
	}
	for _, title := range append(nt.Were, titleKey(nt.Title)) {
		if err := n.titles.Delete(tx, school+"/"+title); err != nil {
			return err
		}
	}
	return n.notices.Delete(tx, nt.Key)
}
