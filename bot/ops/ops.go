// Package ops is what an operator may know: everything of note that happens in
// the bot is reported here, counted, and told where it matters.
//
// Rooms report to a [Sink] and know nothing of who listens. A [Desk] is the
// sink of a running bot: it remembers the last hour for /status, finds out
// which schools fail for many people, writes to the operator's chat, and hands
// every report on to a meter, such as bot/ops/metrics. That one is a package of
// its own because it alone knows Prometheus.
//
// No report holds a name, an account or what people write. [Job] holds a chat,
// so that different people can be counted; it stays in memory, for a few
// minutes, and is handed to no text and no label.
package ops

import (
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/jwxt"
)

// Sink takes reports, from many goroutines at once. It does not block.
type Sink interface {
	Update(kind UpdateKind)             // Telegram handed one over
	Step(event dialogue.EventKind)      // a dialogue's step is stored
	Job(j Job)                          // a job ended
	Unknown(p Page)                     // a page was not understood
	Sent(outcome msg.Outcome)           // one attempt to send something
	Refused(code int)                   // Telegram refused a call, with this error code
	Board(b Board)                      // something happened with a notice board
	Commit(took time.Duration, ok bool) // the database made an update durable, or failed to
	Queues(q Queues)                    // how long queues are, every now and then
}

// UpdateKind says what an update is.
type UpdateKind string

// The kinds of updates.
const (
	Text     UpdateKind = "text"
	Command  UpdateKind = "command"
	Media    UpdateKind = "media"
	Tap      UpdateKind = "tap"
	Presence UpdateKind = "presence" // the bot came into a chat or left it, or its administrators changed
)

// UpdateKinds lists every kind.
func UpdateKinds() []UpdateKind { return []UpdateKind{Text, Command, Media, Tap, Presence} }

// KindOf is the kind of an update.
func KindOf(u msg.Update) UpdateKind {
	switch {
	case u.Callback != "":
		return Tap
	case u.Presence != "" || u.Ranks:
		return Presence
	case u.Command != "":
		return Command
	case u.Media:
		return Media
	}
	return Text
}

// Job is the end of a job at a school.
type Job struct {
	School string // its id
	Do     dialogue.JobKind
	Chat   int64 // whose job it was
	Failed bool
	Kind   jwxt.Kind // of what failed
	Took   time.Duration
}

// Unusable reports whether the school could not be used, as against a failure
// that is between one student and the school.
func (j Job) Unusable() bool {
	return j.Failed && (j.Kind == jwxt.Unreachable || j.Kind == jwxt.Blocked || j.Kind == jwxt.Changed)
}

// Page is a school's page that was not understood. Nothing of its text is kept.
type Page struct {
	School string // its id
	Op     string // what was being done, as in jwxt.Error
	ID     string // the error id that the person was shown
	Why    string // what the driver's error says: the place, and what it missed there
}

// Board is something that happened with a notice board.
type Board struct {
	Event  BoardEvent
	Source string // its id
	Name   string
	Class  string // what is or was wrong; "" for nothing
	Count  int    // of Asked: new notices; of Held: those held; of HandedOut: chats
	Why    string // of Held
}

// BoardEvent says what happened.
type BoardEvent string

// The events. Failing, Recovered and Held are told to the operator.
const (
	Asked     BoardEvent = "asked"
	HandedOut BoardEvent = "handed out"
	Failing   BoardEvent = "failing" // once for each trouble, when it is likely to last
	Recovered BoardEvent = "recovered"
	Held      BoardEvent = "held" // notices look suspicious and wait for the operator
)

// Queues is how many wait for what.
type Queues struct {
	Schools map[string]int // requests, by school id; those without are left out
	Jobs    int            // under way
	Outbox  int            // chats that have something waiting to be sent
}

// Discard takes reports and forgets them. Embedded, it is the rest of a sink
// that wants few of them.
type Discard struct{}

// Update is not kept.
func (Discard) Update(UpdateKind) {}

// Step is not kept.
func (Discard) Step(dialogue.EventKind) {}

// Job is not kept.
func (Discard) Job(Job) {}

// Unknown is not kept.
func (Discard) Unknown(Page) {}

// Sent is not kept.
func (Discard) Sent(msg.Outcome) {}

// Refused is not kept.
func (Discard) Refused(int) {}

// Board is not kept.
func (Discard) Board(Board) {}

// Commit is not kept.
func (Discard) Commit(time.Duration, bool) {}

// Queues is not kept.
func (Discard) Queues(Queues) {}
