package telegram

import (
	"context"
	"sync"
)

// lines lets in one at a time of each chat, in the order in which they came.
// The zero lines is ready.
type lines struct {
	mu sync.Mutex
	of map[int64]*line
}

type line struct {
	turn   chan struct{} // full while somebody is in
	people int           // in it and before it
}

// enter waits for the chat's turn, or until ctx ends, which is not ok.
func (l *lines) enter(ctx context.Context, chat int64) (leave func(), ok bool) {
	l.mu.Lock()
	ln := l.of[chat]
	if ln == nil {
		if l.of == nil {
			l.of = map[int64]*line{}
		}
		ln = &line{turn: make(chan struct{}, 1)}
		l.of[chat] = ln
	}
	ln.people++
	l.mu.Unlock()
	select {
	case ln.turn <- struct{}{}: // channels keep the order
		return func() { <-ln.turn; l.quit(chat, ln) }, true
	case <-ctx.Done():
		l.quit(chat, ln)
		return nil, false
	}
}

func (l *lines) quit(chat int64, ln *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ln.people--; ln.people == 0 {
		delete(l.of, chat)
	}
}
