package notify

import (
	"context"
	"slices"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// recordAlone stores a state, with a fan if there is one.
func (n *Notifier) recordAlone(ctx context.Context, src bulletin.Source, s *state, f *fan) error {
	if f == nil && !s.dirty {
		return n.plan(ctx, src, s)
	}
	return n.recordPart(ctx, src, s, part{up: f})
}

// plan notes a state without news, to be stored with others.
func (n *Notifier) plan(ctx context.Context, src bulletin.Source, s *state) error {
	err := n.DB.View(ctx, func(tx store.Tx) error {
		d, err := n.demand(tx, src, s.Asked, s.Last)
		s.Next = s.due(src, d, s.Last)
		return err
	})
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.sources[src.ID]; w != nil {
		noted := *s
		w.noted = &noted
	}
	return nil
}

func (n *Notifier) forgetNoted(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if w := n.sources[id]; w != nil {
		w.noted = nil
	}
}

// storeNoted stores the states without news.
func (n *Notifier) storeNoted(ctx context.Context) {
	n.mu.Lock()
	noted := map[string]*state{}
	for id, w := range n.sources {
		if w.noted != nil {
			noted[id] = w.noted
		}
	}
	n.mu.Unlock()
	var ids []string
	for id := range noted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, store.MaxWrites) {
		err := n.update(ctx, func(tx store.Tx) error {
			for _, id := range some {
				if err := n.putNoted(tx, id, noted[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			n.trouble(ctx, "states cannot be stored", err)
			return
		}
		n.mu.Lock()
		for _, id := range some {
			if w := n.sources[id]; w != nil && w.noted == noted[id] {
				w.noted = nil
			}
		}
		n.mu.Unlock()
	}
}

// putNoted stores a noted state, unless news have been recorded since.
func (n *Notifier) putNoted(tx store.Tx, id string, s *state) error {
	old, _, err := get(tx, n.states, id)
	if err != nil || old.Last.After(s.Last) {
		return err
	}
	return n.states.Put(tx, id, *s)
}
