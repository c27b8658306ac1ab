package outbox

import (
	"context"
	"fmt"

	"jwxtbot/store"
)

// countMost bounds Waiting: beyond it nobody needs to know exactly.
const countMost = 20_000

// Waiting is how many items are stored to be sent, 20,000 at most, or 0 if that
// cannot be read. It reads them all, so it is not for every moment.
func (o *Outbox) Waiting(ctx context.Context) (n int) {
	_ = o.db.View(ctx, func(tx store.Tx) error {
		for after := ""; n < countMost; {
			rows, err := tx.Scan("out/", after, store.MaxRows)
			if err != nil || len(rows) == 0 {
				return err
			}
			n, after = n+len(rows), rows[len(rows)-1].Key
		}
		return nil
	})
	return n
}

// WaitingFor reports whether items for a chat are stored to be sent.
func (o *Outbox) WaitingFor(ctx context.Context, chat int64) (some bool) {
	_ = o.db.View(ctx, func(tx store.Tx) error {
		rows, err := tx.Scan(fmt.Sprintf("out/%d/", chat), "", 1)
		some = len(rows) > 0
		return err
	})
	return some
}
