package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The index of deadlines: an empty row "due/<unix seconds, 12 digits>/<key>" for
// each row with a deadline. It may also hold entries that nothing answers to
// any more (the row was deleted, or put again without a deadline); a Sweep
// drops those when their time comes. A row always has the entry of its deadline.
const (
	duePrefix  = "due/"
	dueDigits  = 12
	maxSeconds = 999_999_999_999
	// sweepChunk entries in one Update read at most 2 × sweepChunk rows and
	// write as often.
	sweepChunk = min(MaxRows, MaxWrites) / 2
)

func dueKey(end int64, key string) string {
	return fmt.Sprintf("%s%0*d/%s", duePrefix, dueDigits, end, key)
}

// parseDue is the inverse of dueKey.
func parseDue(entry string) (end int64, key string, ok bool) {
	digits, key, ok := strings.Cut(strings.TrimPrefix(entry, duePrefix), "/")
	end, err := strconv.ParseInt(digits, 10, 64)
	return end, key, ok && err == nil && len(digits) == dueDigits && key != ""
}

// moveDue replaces the entry of key, if its row has one, by one for end.
func moveDue(tx Tx, key string, end int64) error {
	old, err := deadlineOf(tx, key)
	if err != nil || old == end {
		return err
	}
	if old != 0 {
		if err := tx.Delete(dueKey(old, key)); err != nil {
			return err
		}
	}
	if end == 0 {
		return nil
	}
	return tx.Put(dueKey(end, key), nil)
}

// deadlineOf is the deadline in the header of a row; 0 for a row without one,
// a missing row, and one that is no frame.
func deadlineOf(tx Tx, key string) (int64, error) {
	b, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	f, err := decodeFrame(b)
	if err != nil {
		return 0, nil
	}
	return f.deadline, nil
}

// Sweep deletes rows whose deadline is not after now, oldest first, at most
// limit of them, and reports how many it deleted, also beside an error. It
// works in small Updates, so others get their turn between them.
func Sweep(ctx context.Context, db DB, now time.Time, limit int) (deleted int, err error) {
	for deleted < limit {
		chunk := min(limit-deleted, sweepChunk)
		var n int
		var more bool
		err := db.Update(ctx, func(tx Tx) (err error) {
			n, more, err = sweepSome(tx, now.Unix(), chunk)
			return err
		})
		if err != nil {
			return deleted, err
		}
		deleted += n
		if !more {
			break
		}
	}
	return deleted, nil
}

// sweepSome handles up to n entries that are due; more says that it found n.
func sweepSome(tx Tx, now int64, n int) (deleted int, more bool, err error) {
	entries, err := tx.Scan(duePrefix, "", n)
	if err != nil {
		return 0, false, err
	}
	for _, entry := range entries {
		end, key, ok := parseDue(entry.Key)
		if ok && end > now {
			return deleted, false, nil
		}
		expired := false
		if ok {
			if expired, err = expire(tx, key, now); err != nil {
				return deleted, false, err
			}
		}
		if expired {
			deleted++
		}
		if err := tx.Delete(entry.Key); err != nil {
			return deleted, false, err
		}
	}
	return deleted, len(entries) == n, nil
}

// expire deletes the row of key if its own header says that its time is over.
func expire(tx Tx, key string, now int64) (bool, error) {
	end, err := deadlineOf(tx, key)
	if err != nil || end == 0 || end > now {
		return false, err
	}
	return true, tx.Delete(key)
}
