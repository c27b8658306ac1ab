package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// looks are when an article is read again after it was told, because schools
// correct what they have just published, and lists do not show it.
func looks() []time.Duration {
	return []time.Duration{6 * time.Hour, 24 * time.Hour, 72 * time.Hour}
}

// mostWatches bounds a source's state.
const mostWatches = 60

func (s *state) watch(key string) {
	s.Watches = append(s.Watches, watch{Key: key, At: s.Last.Add(looks()[0])})
	s.Watches = s.Watches[max(0, len(s.Watches)-mostWatches):]
}

// lookAgain reads one article whose time for it has come, if it has changed.
func (n *Notifier) lookAgain(ctx context.Context, src bulletin.Source, s *state) []Notice {
	s.Watches = slices.Clone(s.Watches)
	for i := range s.Watches {
		w := &s.Watches[i]
		if w.Step >= len(looks()) || w.At.After(s.Last) {
			continue
		}
		s.dirty = true
		if w.Step++; w.Step < len(looks()) {
			w.At = s.Last.Add(looks()[w.Step] - looks()[w.Step-1])
		}
		nt, err := n.reread(ctx, src, w.Key)
		if err != nil {
			if ctx.Err() == nil {
				n.Log.Warn("notify: an article cannot be read again", "source", src.ID, "err", err)
			}
			return nil
		}
		return []Notice{nt}
	}
	return nil
}

// reread is a stored notice with what its page says now.
func (n *Notifier) reread(ctx context.Context, src bulletin.Source, key string) (Notice, error) {
	nt, err := n.stored(ctx, key)
	if err != nil {
		return nt, err
	}
	d, err := n.detail(ctx, src, bulletin.Item{URL: nt.URL, Title: nt.Listed, Date: nt.Date, Intranet: nt.Intranet})
	if err == nil {
		nt.fill(d)
	}
	return nt, err
}

func (n *Notifier) stored(ctx context.Context, key string) (nt Notice, err error) {
	err = n.DB.View(ctx, func(tx store.Tx) error {
		var ok bool
		nt, ok, err = n.notice(tx, key)
		if err == nil && !ok {
			err = store.ErrNotFound
		}
		return err
	})
	return nt, err
}

// changes are the notices that a poll found edited, and those whose edit has
// waited for its time. Of each it is decided how it is passed on: at most once
// in six hours. Those that have waited are no more than there is room for.
func (n *Notifier) changes(ctx context.Context, s *state, p *plan, looks []Notice, room int) (out []change, err error) {
	seen := map[string]int{}
	for _, e := range p.edited {
		nt := *e.known
		if cut := tidy(e.item.Title); nt.Listed != cut {
			nt.Listed, nt.Title = cut, fullTitle(cut, nt.Title)
		}
		if e.item.Date != (bulletin.Date{}) {
			nt.Date = e.item.Date
		}
		nt.retitled(e.known.Title)
		seen[nt.Key] = len(out)
		out = append(out, change{notice: nt, pass: howEdited(*e.known, nt)})
	}
	for _, nt := range looks {
		if _, both := seen[nt.Key]; both {
			continue // the list's change is there again next time
		}
		old, err := n.stored(ctx, nt.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if pass := howEdited(old, nt); pass != unedited || old.Body != nt.Body || !old.Detailed {
			seen[nt.Key] = len(out)
			out = append(out, change{nt, pass})
		}
	}
	for i := range s.Watches {
		w := &s.Watches[i]
		if _, now := seen[w.Key]; w.Edit == unedited || now {
			continue
		}
		if len(out) >= room {
			break // the others at the next poll
		}
		nt, err := n.stored(ctx, w.Key)
		if err == nil && s.Last.Sub(nt.Edited) >= editEvery {
			seen[w.Key] = len(out)
			out = append(out, change{nt, w.Edit})
			w.Edit = unedited
		}
	}
	for i := range out {
		out[i].pass = s.passOn(&out[i].notice, out[i].pass)
	}
	s.Watches = slices.DeleteFunc(s.Watches, func(w watch) bool { return w.Step >= 3 && w.Edit == unedited })
	return out, nil
}

// mostTitles is how many titles a notice is known by.
const mostTitles = 10

// retitled notes that a notice had another title, so that it is known by both.
func (nt *Notice) retitled(old string) {
	if key := titleKey(old); key != "" && key != titleKey(nt.Title) && !slices.Contains(nt.Were, key) && len(nt.Were) < mostTitles {
		nt.Were = append(slices.Clone(nt.Were), key)
	}
}

// editEvery is the least time between two edits of one notice's messages.
const editEvery = 6 * time.Hour

// passOn lets an edit pass, or puts it off. What waits already goes with it.
func (s *state) passOn(nt *Notice, pass edit) edit {
	if pass == unedited {
		return unedited
	}
	i := slices.IndexFunc(s.Watches, func(w watch) bool { return w.Key == nt.Key })
	if i >= 0 {
		pass = max(pass, s.Watches[i].Edit)
	}
	if s.Last.Sub(nt.Edited) >= editEvery {
		if i >= 0 {
			s.Watches[i].Edit = unedited
		}
		nt.Edited = s.Last
		return pass
	}
	if i < 0 {
		s.Watches = append(s.Watches, watch{Key: nt.Key, Step: len(looks())})
		i = len(s.Watches) - 1
	}
	s.Watches[i].Edit = pass
	return unedited
}

// howEdited compares what people were shown with what they would be now.
func howEdited(old, now Notice) edit {
	switch {
	case titleOrText(old.Title) != titleOrText(now.Title),
		old.Detailed && !slices.Equal(fileNames(old.Attachments), fileNames(now.Attachments)):
		return loudEdit
	case cardText(say.Zh, "", old) != cardText(say.Zh, "", now):
		return silentEdit
	}
	return unedited
}

func titleOrText(title string) string {
	if key := titleKey(title); key != "" {
		return key
	}
	return title
}

func cardText(l say.Lang, board string, nt Notice) string { return render.Board(l, nt.card(board)) }
