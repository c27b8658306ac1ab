package ops

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// Options is what an operator may want. The zero value tells nobody anything.
type Options struct {
	Chat    int64    // the operator's chat; 0: there is none
	Lang    say.Lang // spoken there
	Version string
	Meter   Sink // takes every report as well; nil: nobody measures
	Log     *slog.Logger
}

// House is what a desk asks of the bot it sits in.
type House struct {
	Schools *catalog.Catalog
	Queues  func() Queues
	// Tell says something in the operator's chat: once it returns nil, a crash
	// does not lose it.
	Tell func(ctx context.Context, b msg.Body) error
	// Unsent reports whether something waits to be sent to the operator's chat.
	Unsent func() bool
	// Telegram and Database are tried every now and then, if somebody measures.
	Telegram, Database func(context.Context) error
}

const (
	lookEvery = 15 * time.Second
	// tellEvery is the least time between two messages; what happens meanwhile
	// is put together in the next one, up to mostAlerts.
	tellEvery  = 30 * time.Second
	mostAlerts = 6
	// lastWords is how long the end of the program waits for its own notice.
	lastWords = 2 * time.Second
)

// Desk is the sink of a running bot. Make it with NewDesk.
type Desk struct {
	Options
	house House // of Run
	began time.Time
	ready readiness
	woken chan struct{} // an alert is pending

	mu        sync.Mutex
	schools   map[string]*trouble
	jobs      hour[outcome]
	sent      hour[msg.Outcome]
	pages     map[string]time.Time // when a page of a place was told of
	conflicts int                  // 409s in a row
	conflict  time.Time            // the last
	long      map[string]bool      // the queues told to be long
	pending   []msg.Body
	left      int // alerts beyond mostAlerts
	next      time.Time
}

// outcome is how a job at a school ended: a kind's name, or "" for well.
type outcome struct{ school, kind string }

var _ Sink = (*Desk)(nil)

// NewDesk makes a desk. Reports may come at once; alerts wait for Run.
func NewDesk(o Options) *Desk {
	if o.Meter == nil {
		o.Meter = Discard{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{
		Options: o, began: time.Now(), woken: make(chan struct{}, 1),
		schools: map[string]*trouble{}, pages: map[string]time.Time{}, long: map[string]bool{},
	}
}

// Enter tells the desk its house, before Run and before any Status.
func (d *Desk) Enter(h House) { d.house = h }

// Run looks after the house until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	d.alert("ops.start", say.Data{Version: d.Version, Schools: d.house.Schools.Len()})
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			d.look(time.Now())
		case <-d.woken:
		}
		if ctx.Err() == nil && d.due(time.Now()) { // the last words are told by LastWords
			d.tell(ctx)
		}
	}
}

// LastWords tells that the bot stops, and waits a moment for that to be sent.
// It is for the end of the program, while things can still be sent.
func (d *Desk) LastWords() {
	if d.Chat == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	d.alert("ops.stop", say.Data{})
	d.tell(ctx)
	for d.house.Unsent() && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
}

// look finds what nobody reports: queues, and that nothing goes wrong any more.
func (d *Desk) look(now time.Time) {
	q := d.house.Queues()
	d.Meter.Queues(q)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.measure("", q.Outbox, longOutbox)
	for id, n := range q.Schools {
		d.measure(id, n, longQueue)
	}
	for id := range d.long {
		if _, waits := q.Schools[id]; id != "" && !waits {
			d.measure(id, 0, longQueue)
		}
	}
	for id, t := range d.schools {
		if t.over(now) {
			d.add("ops.recovered", d.about(id, say.Data{Since: t.served.In(beijing)}))
		}
	}
	for place, told := range d.pages {
		if now.Sub(told) >= pageAgain {
			delete(d.pages, place)
		}
	}
}

const (
	longQueue  = 30     // requests for one school
	longOutbox = 20_000 // chats: at Telegram's pace, ten minutes are not enough
)

// beijing is the one time zone of all schools served.
var beijing = time.FixedZone("CST", 8*60*60)

// measure tells once when a queue gets too long, and once when it is half of that.
func (d *Desk) measure(id string, n, limit int) {
	switch {
	case n >= limit && !d.long[id]:
		d.long[id] = true
		d.add("ops.queue", d.about(id, say.Data{Count: n}))
	case n <= limit/2 && d.long[id]:
		delete(d.long, id)
		d.add("ops.queue_over", d.about(id, say.Data{Count: n}))
	}
}

// about adds a school's name to what is said.
func (d *Desk) about(id string, about say.Data) say.Data {
	about.Query = id
	if d.house.Schools != nil {
		s, _ := d.house.Schools.School(id)
		about.School, about.Vendor = cmp.Or(s.Name, id), s.Vendor
	}
	return about
}

// alert has something told soon.
func (d *Desk) alert(key string, about say.Data, buttons ...msg.Button) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.add(key, about, buttons...)
}

// add is alert for who holds the lock.
func (d *Desk) add(key string, about say.Data, buttons ...msg.Button) {
	if d.Chat == 0 {
		return
	}
	b := msg.Body{Text: say.Text(d.Lang, key, about)}
	if len(buttons) > 0 {
		b.Buttons = [][]msg.Button{buttons}
	}
	d.pending = append(d.pending, b)
	if n := len(d.pending); n > mostAlerts { // the newest stays: it may be the last
		d.pending = append(d.pending[:n-2], d.pending[n-1])
		d.left++
	}
	select {
	case d.woken <- struct{}{}:
	default:
	}
}

func (d *Desk) due(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pending) > 0 && !now.Before(d.next)
}

// tell sends what is pending as one message. What cannot be stored stays pending.
func (d *Desk) tell(ctx context.Context) {
	d.mu.Lock()
	told, left := d.pending, d.left
	d.pending, d.left = nil, 0
	d.next = time.Now().Add(tellEvery)
	d.mu.Unlock()
	if err := d.house.Tell(ctx, d.together(told, left)); err != nil {
		d.Log.Error("ops: the operator could not be told", "err", err)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.pending, d.left = append(told, d.pending...), d.left+left
	}
}

// together is one message of several, and of how many more there are.
func (d *Desk) together(told []msg.Body, left int) (b msg.Body) {
	var texts []string
	for _, one := range told {
		texts = append(texts, one.Text)
		b.Buttons = append(b.Buttons, one.Buttons...)
	}
	if left > 0 {
		texts = append(texts, say.Text(d.Lang, "ops.more", say.Data{Count: left}))
	}
	b.Text = strings.Join(texts, "\n\n")
	return b
}

// Update counts an update.
func (d *Desk) Update(kind UpdateKind) { d.Meter.Update(kind) }

// Step counts a step.
func (d *Desk) Step(event dialogue.EventKind) { d.Meter.Step(event) }

// Commit counts a commit.
func (d *Desk) Commit(took time.Duration, ok bool) { d.Meter.Commit(took, ok) }

// Queues hands queue lengths on.
func (d *Desk) Queues(q Queues) { d.Meter.Queues(q) }

// Sent counts an attempt to send.
func (d *Desk) Sent(o msg.Outcome) {
	d.Meter.Sent(o)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent.add(o, time.Now())
}

// Job counts a job and watches its school.
func (d *Desk) Job(j Job) {
	d.Meter.Job(j)
	now := time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	kind := ""
	if j.Failed {
		kind = j.Kind.String()
	}
	d.jobs.add(outcome{j.School, kind}, now)
	t := d.schools[j.School]
	if t == nil {
		t = &trouble{}
		d.schools[j.School] = t
	}
	if t.took(j, now) {
		d.add("ops.trouble", d.about(j.School, say.Data{
			Count: len(t.people), Minutes: int(troubleWindow.Minutes()), Kind: j.Kind.String(),
		}))
	}
}

// pageAgain is after how long the same place of the same school is told again.
const pageAgain = time.Hour

// Unknown tells of a page that was not understood.
func (d *Desk) Unknown(p Page) {
	d.Meter.Unknown(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	place, now := p.School+" "+p.Op, time.Now()
	if told, ok := d.pages[place]; ok && now.Sub(told) < pageAgain {
		return
	}
	d.pages[place] = now
	d.add("ops.unknown", d.about(p.School, say.Data{ID: p.ID, Why: p.Why}))
}

// Board tells of boards that need an eye.
func (d *Desk) Board(b Board) {
	d.Meter.Board(b)
	about := say.Data{Query: b.Source, Board: b.Name, Kind: b.Class, Count: b.Count, Why: b.Why}
	switch b.Event {
	case Failing:
		d.alert("ops.board_failing", about)
	case Recovered:
		d.alert("ops.board_recovered", about)
	case Held:
		button := func(key, op string) msg.Button {
			label := say.Plain(d.Lang, key, about) + " " + b.Source // several may be told of together
			return msg.Button{Text: label, Data: HeldTap + op + ":" + b.Source}
		}
		d.alert("ops.board_held", about, button("btn.release", "release"), button("btn.drop", "drop"))
	}
}

// HeldTap begins the data of buttons at what is held of a board. "release" or
// "drop" follows, and after a colon the board's id.
const HeldTap = "held:"

// conflictsOver is after how long without a 409 there is no second poller.
const conflictsOver = 30 * time.Minute

// Refused finds a second program with the same token. One 409 alone may be our
// own last poll, not yet known to be over.
func (d *Desk) Refused(code int) {
	d.Meter.Refused(code)
	if code != 409 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if now.Sub(d.conflict) > conflictsOver {
		d.conflicts = 0
	}
	d.conflict = now
	if d.conflicts++; d.conflicts == 2 {
		d.add("ops.conflict", say.Data{})
	}
}
