package outbox

import (
	"container/heap"
	"time"

	"jwxtbot/bot/msg"
)

const (
	// senders is how many calls are made at once. With a quarter of a second a
	// call, pushes alone then reach Telegram's limit.
	senders     = 32
	pushSenders = 24 // of them, at most, for pushes
)

// queue is who is to be served next. It holds a line for every chat with
// waiting items, and of the items no more than the first one's head. It starts
// nothing and waits for nothing. All its times are the caller's.
type queue struct {
	*limiter
	lines   map[int64]*line
	fresh   lineHeap // something was added: the first item is to be looked at
	replies lineHeap // may go as soon as all chats together allow it
	pushes  map[string]*source
	later   lineHeap  // not before their due time, which is counted from began
	began   time.Time // differences of times stay right where the clock is set

	clock   int64 // pass of the source whose turn was last
	tickets int64
	busy    int // lines that are being served
	pushing int // those of them that send a push
}

// line is a chat with waiting items. It is in one heap, or it is busy.
type line struct {
	chat   int64
	head   head
	known  bool  // whether head is
	ticket int64 // lines are served in this order within a heap
	busy   bool
	again  bool // something was added while it was busy

	failed failure // of the first item

	in    *lineHeap
	index int
	key   int64
}

// head is what has to be known of an item to say when its turn is.
type head struct {
	id     string
	lane   msg.Lane
	source string
	cost   cost
}

// failure is an item that is to be tried again, and not before until.
type failure struct {
	id    string
	tries int
	until time.Time
}

// source are the lines that wait with a push of one source. Sources take turns:
// the one with the lowest pass is next, and each turn raises it by one.
type source struct {
	waiting lineHeap
	pass    int64
}

func newQueue(l *limiter) *queue {
	return &queue{limiter: l, lines: map[int64]*line{}, pushes: map[string]*source{}}
}

// wake notes that something was added for a chat.
func (q *queue) wake(chat int64) {
	l := q.lines[chat]
	switch {
	case l == nil:
		l = &line{chat: chat}
		q.lines[chat] = l
		q.renew(l)
	case l.busy:
		l.again = true
		return
	case l.in == &q.fresh || l.in == &q.replies:
		return // it is looked at in any case before anything is sent
	}
	q.leave(l)
	l.known = false
	q.fresh.push(l, l.ticket)
}

// next takes the line to serve now, if there is one. Unless it is only to be
// looked at (not known), its call is already counted.
func (q *queue) next(now time.Time) *line {
	for len(q.later.lines) > 0 && q.later.lines[0].key <= int64(now.Sub(q.began)) {
		l := q.later.lines[0]
		q.leave(l)
		q.enter(l, now)
	}
	for q.busy < senders {
		l := q.first(now)
		if l == nil {
			return nil
		}
		q.leave(l)
		if !l.known {
			q.start(l)
			return l
		}
		if q.due(l).After(now) { // refused meanwhile, on another way
			q.enter(l, now)
			continue
		}
		q.start(l)
		q.count(l, now)
		if s := q.pushes[l.head.source]; s != nil && l.head.lane == msg.Push {
			q.clock = s.pass
			s.pass++
		}
		return l
	}
	return nil
}

// first is the line whose turn it is, all chats together considered.
func (q *queue) first(now time.Time) *line {
	if l := q.fresh.first(); l != nil {
		return l
	}
	if l := q.replies.first(); l != nil {
		if !q.allFree(msg.Reply, l.head.cost, now).After(now) {
			return l
		}
		return nil // pushes wait with them
	}
	if q.pushing >= pushSenders || q.allFree(msg.Push, message, now).After(now) {
		return nil
	}
	return q.turn()
}

// turn is the line of the source whose turn it is, nil without pushes. Where
// several have it, the longest wait decides.
func (q *queue) turn() *line {
	var best *line
	for _, s := range q.pushes {
		l := s.waiting.first()
		if l == nil {
			continue
		}
		if best == nil || s.pass < q.pass(best) || s.pass == q.pass(best) && l.ticket < best.ticket {
			best = l
		}
	}
	return best
}

func (q *queue) pass(l *line) int64 { return q.pushes[l.head.source].pass }

// admit decides about a busy line whose head was looked at: true, and its call
// is counted, if it may be made now. Otherwise the line waits its turn.
func (q *queue) admit(l *line, h head, now time.Time) bool {
	l.head, l.known = h, true
	if q.behind(h) || q.due(l).After(now) || q.allFree(h.lane, h.cost, now).After(now) {
		q.park(l, now)
		return false
	}
	q.count(l, now)
	return true
}

// behind reports whether others go first.
func (q *queue) behind(h head) bool {
	switch {
	case h.cost == free:
		return false
	case h.lane != msg.Push:
		return len(q.replies.lines) > 0
	}
	return len(q.replies.lines) > 0 || q.pushing >= pushSenders || q.turn() != nil
}

// count counts the call that a busy line is about to make.
func (q *queue) count(l *line, now time.Time) {
	q.begin(l.head.lane, l.head.cost, now)
	if l.head.lane == msg.Push {
		q.pushing++
	}
}

// sent notes that a counted call of a busy line has ended, made or not. The
// line goes to the end.
func (q *queue) sent(l *line) {
	if l.head.lane == msg.Push {
		q.pushing--
	}
	q.renew(l)
}

// due is when a line's own chat and item allow a call.
func (q *queue) due(l *line) time.Time {
	at := q.chatFree(l.chat, l.head.cost)
	if l.failed.id == l.head.id {
		at = later(at, l.failed.until)
	}
	return at
}

// enter puts a line where it has to wait.
func (q *queue) enter(l *line, now time.Time) {
	if q.began.IsZero() {
		q.began = now
	}
	switch due := q.due(l); {
	case !l.known:
		q.fresh.push(l, l.ticket)
	case due.After(now):
		q.later.push(l, int64(due.Sub(q.began)))
	case l.head.lane != msg.Push:
		q.replies.push(l, l.ticket)
	default:
		q.enterPush(l)
	}
}

// enterPush puts a line with a push behind the others of its source. A source that
// had none takes up the turns where they are.
func (q *queue) enterPush(l *line) {
	s := q.pushes[l.head.source]
	if s == nil {
		s = &source{}
		q.pushes[l.head.source] = s
	}
	if len(s.waiting.lines) == 0 {
		s.pass = max(s.pass, q.clock)
	}
	s.waiting.push(l, l.ticket)
}

// leave takes a line out of its heap, if it is in one.
func (q *queue) leave(l *line) {
	if l.in != nil {
		heap.Remove(l.in, l.index)
	}
}

// start makes a line busy.
func (q *queue) start(l *line) {
	l.busy = true
	q.busy++
}

// park ends that and lets the line wait.
func (q *queue) park(l *line, now time.Time) {
	l.busy = false
	q.busy--
	if l.again {
		l.again, l.known = false, false
	}
	q.enter(l, now)
}

// finish ends it for a line that has nothing more to send.
func (q *queue) finish(l *line) {
	q.busy--
	delete(q.lines, l.chat)
}

// renew gives a line a place behind all others.
func (q *queue) renew(l *line) {
	q.tickets++
	l.ticket = q.tickets
}

// until is when next may have something without anything else happening; zero
// for never.
func (q *queue) until(now time.Time) (at time.Time) {
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	if l := q.later.first(); l != nil {
		sooner(q.began.Add(time.Duration(l.key)))
	}
	if q.busy >= senders {
		return at
	}
	if l := q.replies.first(); l != nil {
		sooner(q.allFree(msg.Reply, l.head.cost, now))
	} else if q.pushing < pushSenders && q.turn() != nil {
		sooner(q.allFree(msg.Push, message, now))
	}
	return at
}

// lineHeap orders lines by their key. It implements heap.Interface.
type lineHeap struct{ lines []*line }

func (h *lineHeap) push(l *line, key int64) {
	l.key, l.in = key, h
	heap.Push(h, l)
}

func (h *lineHeap) first() *line {
	if len(h.lines) == 0 {
		return nil
	}
	return h.lines[0]
}

func (h *lineHeap) Len() int           { return len(h.lines) }
func (h *lineHeap) Less(i, j int) bool { return h.lines[i].key < h.lines[j].key }

func (h *lineHeap) Swap(i, j int) {
	h.lines[i], h.lines[j] = h.lines[j], h.lines[i]
	h.lines[i].index, h.lines[j].index = i, j
}

func (h *lineHeap) Push(x any) {
	l := x.(*line)
	l.index = len(h.lines)
	h.lines = append(h.lines, l)
}

func (h *lineHeap) Pop() any {
	n := len(h.lines) - 1
	l := h.lines[n]
	h.lines[n], h.lines = nil, h.lines[:n]
	l.in = nil
	return l
}
