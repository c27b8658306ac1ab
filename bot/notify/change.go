package notify

import (
	"time"

	"jwxtbot/store"
)

// Change changes filter, mode, digest and who set it of a subscription that is
// there; it reports whether it is. It costs a read and a write. Errors are those
// of Filter.Check, or the transaction's.
func (n *Notifier) Change(tx store.Tx, chat int64, thread int, source string, change func(*Sub)) (bool, error) {
	sub, ok, err := n.Sub(tx, chat, thread, source)
	if err != nil || !ok {
		return false, err
	}
	kept := sub
	change(&sub)
	if err := sub.Filter.Check(); err != nil {
		return false, err
	}
	sub.At, sub.Since = kept.At, kept.Since
	return true, n.subs.Put(tx, subID(source, chat, thread), sub)
}

// Forget ends what a chat subscribes and forgets its settings, within a minute:
// it scans nothing and costs two writes. Until then Subscribe is ErrForgetting.
func (n *Notifier) Forget(tx store.Tx, chat int64, now time.Time) error {
	if err := n.gone.Put(tx, dueID(now, placeID(chat)), struct{}{}); err != nil {
		return err
	}
	return n.places.Put(tx, placeID(chat), Place{Gone: now.Add(-keepGone)})
}
