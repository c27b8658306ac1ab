package board

import (
	"context"
	"sync"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
)

// What people are shown at once is what is stored. What has to be asked of a
// school first is read behind, and the message then changes, unless the person
// has gone on meanwhile. All this is in memory: after a crash the message stays
// as it was, and a tap begins anew.

const (
	mostBehind = 32               // readings under way
	queued     = 512              // readings that wait; a further one is not begun
	readFor    = 90 * time.Second // a reading is waited for
)

// reading asks a school; nil is nothing new.
type reading func(ctx context.Context) (*msg.Body, error)

// task is a reading for a message.
type task struct {
	chat    int64
	message int
	read    reading

	mu   sync.Mutex
	over bool // the person has gone on
}

// tasks are the readings for chats, the latest for each.
type tasks struct {
	queue chan *task

	mu     sync.Mutex
	latest map[int64]*task
}

func newTasks() *tasks { return &tasks{queue: make(chan *task, queued), latest: map[int64]*task{}} }

// end has a chat's reading, if there is one, change nothing any more.
func (t *tasks) end(chat int64) {
	t.mu.Lock()
	old := t.latest[chat]
	delete(t.latest, chat)
	t.mu.Unlock()
	if old != nil {
		old.mu.Lock()
		old.over = true
		old.mu.Unlock()
	}
}

func (t *tasks) begin(it *task) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.queue <- it:
		t.latest[it.chat] = it
		return true
	default:
		return false
	}
}

func (t *tasks) done(it *task) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.latest[it.chat] == it {
		delete(t.latest, it.chat)
	}
}

// shows is a turn that shows a body, and ends what was being read for the chat.
func (d *Desk) shows(v chat.Visit, b msg.Body) *chat.Turn {
	d.tasks.end(v.Chat)
	turn := settles(screen(v, b)...)
	turn.After = func() {}
	return turn
}

// behind adds a reading to a turn that answers a tap.
func (d *Desk) behind(turn *chat.Turn, v chat.Visit, read reading) {
	turn.After = func() {
		if !d.tasks.begin(&task{chat: v.Chat, message: v.Message, read: read}) {
			d.Log.Warn("board: too much is being read, one reading is left out")
		}
	}
}

// Run reads for people until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	var readings sync.WaitGroup
	defer readings.Wait()
	room := make(chan struct{}, mostBehind)
	for {
		select {
		case <-ctx.Done():
			return nil
		case room <- struct{}{}:
		}
		select {
		case <-ctx.Done():
			return nil
		case t := <-d.tasks.queue:
			readings.Go(func() {
				d.carryOut(ctx, t)
				<-room
			})
		}
	}
}

// carryOut reads, and changes the message if it still stands as it was.
func (d *Desk) carryOut(ctx context.Context, t *task) {
	defer d.tasks.done(t)
	ctx, cancel := context.WithTimeout(ctx, readFor)
	defer cancel()
	b, err := t.read(ctx)
	if err != nil && ctx.Err() == nil {
		d.Log.Info("board: nothing was read", "err", err)
	}
	if b == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	// The update that asked for it was dealt with, so this is no longer its own.
	ctx = context.WithoutCancel(ctx)
	if err := d.Tell(ctx, msg.Item{Chat: t.chat, Op: msg.Edit, Message: t.message, Body: *b}); err != nil {
		d.Log.Error("board: what was read is not shown", "err", err)
	}
}
