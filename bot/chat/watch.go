package chat

import "sync"

// watchers are those who want to know when something happened in a chat.
type watchers struct {
	mu sync.Mutex
	of map[int64]map[chan struct{}]bool
}

// FormWatch gives a channel that has something to read after each committed
// step of a chat; steps in quick succession may count as one. Call stop when
// done.
func (s *Shell) FormWatch(chat int64) (changed <-chan struct{}, stop func()) {
	return s.watch.add(chat)
}

func (w *watchers) add(chat int64) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil {
		w.of = map[int64]map[chan struct{}]bool{}
	}
	if w.of[chat] == nil {
		w.of[chat] = map[chan struct{}]bool{}
	}
	w.of[chat][c] = true
	return c, func() { w.remove(chat, c) }
}

func (w *watchers) remove(chat int64, c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.of[chat], c)
	if len(w.of[chat]) == 0 {
		delete(w.of, chat)
	}
}

func (w *watchers) tell(chat int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.of[chat] {
		select {
		case c <- struct{}{}:
		default: // it has not been read since the last step
		}
	}
}
