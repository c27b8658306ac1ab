package notify

import (
	"context"
	"strings"
	"time"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// mostSearched is how many of a column's notices a search looks at.
const mostSearched = 300

// Latest are the newest notices of a source, newest first. It costs 2 reads for
// each.
func (n *Notifier) Latest(tx store.Tx, source string, limit int) ([]Notice, error) {
	var out []Notice
	err := n.walk(tx, source, limit, func(nt Notice) bool {
		out = append(out, nt)
		return true
	})
	return out, err
}

// walk calls fn with a column's notices, newest first, while it returns true.
func (n *Notifier) walk(tx store.Tx, source string, limit int, fn func(Notice) bool) error {
	rows, err := n.columns.Sub(source+"/").Scan(tx, "", limit)
	if err != nil {
		return err
	}
	for _, r := range rows {
		nt, ok, err := get(tx, n.notices, r.Value)
		if err != nil {
			return err
		}
		if ok && !fn(nt) {
			return nil
		}
	}
	return nil
}

// Search are the newest notices of sources whose title or text holds a word, at
// most limit of them. It is for a View: it reads much.
func (n *Notifier) Search(tx store.Tx, sources []string, word string, limit int) ([]Notice, error) {
	word = fold(strings.TrimSpace(word))
	var out []Notice
	seen := map[string]bool{}
	for _, source := range sources {
		err := n.walk(tx, source, mostSearched, func(nt Notice) bool {
			if !seen[nt.Key] && (strings.Contains(fold(nt.Title), word) || strings.Contains(fold(nt.Text), word)) {
				seen[nt.Key] = true
				out = append(out, nt)
			}
			return len(out) < limit
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// previewed is how many notices a Preview looks at.
const previewed = 30

// Preview is how many of a source's last notices a filter would have let
// through: matched of the 30 newest, or of all where there are fewer.
func (n *Notifier) Preview(tx store.Tx, source string, f Filter) (matched, of int, err error) {
	if err := f.Check(); err != nil {
		return 0, 0, err
	}
	match := f.compile()
	err = n.walk(tx, source, previewed, func(nt Notice) bool {
		of++
		if match(nt.Title) {
			matched++
		}
		return true
	})
	return matched, of, err
}

// Notice is a notice by its key.
func (n *Notifier) Notice(tx store.Tx, key string) (Notice, bool, error) { return n.notice(tx, key) }

// Health is how a source does.
type Health struct {
	LastOK time.Time      // when its list was last understood; zero: never
	Class  bulletin.Class // of what is wrong now; "" for nothing
	Since  time.Time      // when that began
	Held   int            // notices that wait for Release or Drop
	Paused time.Time      // since when nobody is logged in who lends; zero: not so
	Next   time.Time
}

// Health is how a source does, as stored: of the last minute it may not know.
func (n *Notifier) Health(tx store.Tx, source string) (Health, error) {
	s, _, err := get(tx, n.states, source)
	if err != nil {
		return Health{}, err
	}
	h, _, err := get(tx, n.held, source)
	return Health{LastOK: s.LastOK, Class: s.Class, Since: s.Since, Held: len(h.Items), Paused: s.Paused, Next: s.Next}, err
}

// Release sends what the flood guard holds of a source, as one digest. It
// returns how many notices there were.
func (n *Notifier) Release(ctx context.Context, source string) (count int, err error) {
	err = n.endHold(ctx, source, &count, true)
	poke(n.fanning)
	return count, err
}

// Drop forgets what the flood guard holds of a source: it can be read, and is
// pushed to nobody.
func (n *Notifier) Drop(ctx context.Context, source string) (count int, err error) {
	err = n.endHold(ctx, source, &count, false)
	return count, err
}

func (n *Notifier) endHold(ctx context.Context, source string, count *int, send bool) error {
	return n.update(ctx, func(tx store.Tx) error {
		h, ok, err := get(tx, n.held, source)
		if *count = len(h.Items); err != nil || !ok {
			return err
		}
		fans, err := n.counter(tx, "fan", time.Now().UnixMicro())
		if err != nil {
			return err
		}
		if f := h.fan(source, digestHeld, time.Now()); send && f != nil {
			if err := n.fans.Put(tx, fanID(fans.next()), *f); err != nil {
				return err
			}
		}
		if err := fans.save(tx); err != nil {
			return err
		}
		return n.held.Delete(tx, source)
	})
}

// Asked notes that a person looked at a source, which keeps it fresh for three
// days without subscribers.
func (n *Notifier) Asked(source string) {
	n.mu.Lock()
	w := n.sources[source]
	fresh := w != nil && time.Since(w.asked) < askedLately
	if w != nil {
		w.asked = time.Now()
	}
	n.mu.Unlock()
	if w != nil && !fresh {
		n.Wanted(source)
	}
}

// Refresh asks a source now and returns when the answer is recorded. It does so
// at most once in five minutes, and not while the school asks to be left alone;
// then it returns false at once, and what is stored is as fresh as can be.
func (n *Notifier) Refresh(ctx context.Context, source string) (bool, error) {
	n.mu.Lock()
	w := n.sources[source]
	if w == nil {
		n.mu.Unlock()
		return false, ErrUnknown
	}
	now := time.Now()
	w.asked = now
	if !w.busy && len(w.forced) == 0 && (now.Sub(w.last) < forceEvery || w.until.After(now)) {
		n.mu.Unlock()
		return false, nil
	}
	done := make(chan struct{})
	w.forced = append(w.forced, done)
	if !w.busy {
		w.next = now
		poke(n.kick)
	}
	n.mu.Unlock()
	select {
	case <-done:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// Open is a notice with its text, which is read from the school if it has not
// been before. It is for people who want to read it, and not for transactions.
func (n *Notifier) Open(ctx context.Context, key string) (Notice, error) {
	nt, err := n.stored(ctx, key)
	if err != nil || nt.Detailed {
		return nt, err
	}
	for _, id := range nt.Sources {
		src, ok := n.Source(id)
		if !ok {
			continue
		}
		read, err := n.reread(ctx, src, nt.Key)
		if err != nil {
			return nt, err
		}
		return read, n.update(ctx, func(tx store.Tx) error {
			now, ok, err := n.notice(tx, read.Key)
			if err != nil || !ok || now.Detailed {
				return err
			}
			return n.notices.Put(tx, read.Key, read)
		})
	}
	return nt, nil
}
