package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/outbox"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// beijing is where the schools are.
var beijing = time.FixedZone("CST", 8*60*60)

// The real reader fits.
var _ notify.Reader = (*bulletin.Reader)(nil)

// boards are the schools' sites, and their reader.
type boards struct {
	mu      sync.Mutex
	pages   map[string][]bulletin.Item
	details map[string]bulletin.Detail // by URL
	fail    map[string]error           // by source; "" is all
	lists   map[string]int             // requests by source
	at      map[string][]time.Time
	reads   int // of articles
	full    int // lists that were parsed
}

func newBoards() *boards {
	return &boards{
		pages: map[string][]bulletin.Item{}, details: map[string]bulletin.Detail{}, fail: map[string]error{},
		lists: map[string]int{}, at: map[string][]time.Time{},
	}
}

func (b *boards) List(_ context.Context, src bulletin.Source, last bulletin.Validators) (bulletin.List, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists[src.ID]++
	b.at[src.ID] = append(b.at[src.ID], time.Now())
	for _, id := range []string{"", src.ID} {
		if err := b.fail[id]; err != nil {
			return bulletin.List{}, err
		}
	}
	items := b.pages[src.ID]
	if len(items) == 0 {
		return bulletin.List{}, &bulletin.Error{Class: bulletin.Empty, Status: 200}
	}
	v := bulletin.Validators{ETag: fmt.Sprint(items)}
	if v == last {
		return bulletin.List{Unchanged: true, Validators: v}, nil
	}
	b.full++
	return bulletin.List{Items: slices.Clone(items), Validators: v}, nil
}

func (b *boards) Detail(_ context.Context, _ bulletin.Source, it bulletin.Item) (bulletin.Detail, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	if err := b.fail[it.URL]; err != nil {
		return bulletin.Detail{}, err
	}
	d, ok := b.details[it.URL]
	if !ok {
		d.Text = "正文：" + it.Title
	}
	return d, nil
}

// set changes the boards.
func (b *boards) set(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

// asked is how often a source's list was asked for.
func (b *boards) asked(source string) (n int) {
	b.set(func() { n = b.lists[source] })
	return n
}

// parsed is how many lists were not "unchanged".
func (b *boards) parsed() (n int) {
	b.set(func() { n = b.full })
	return n
}

// opened is how many articles were asked for.
func (b *boards) opened() (n int) {
	b.set(func() { n = b.reads })
	return n
}

// day is a date so many days from today.
func day(n int) bulletin.Date {
	t := time.Now().In(beijing).AddDate(0, 0, n)
	return bulletin.Date{Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
}

// item is article n of the test school, of today.
func item(n int) bulletin.Item {
	return bulletin.Item{
		ID: fmt.Sprintf("vsb:jwc.example.edu.cn:%d", n), URL: fmt.Sprintf("https://jwc.example.edu.cn/info/1001/%d.htm", n),
		Title: fmt.Sprintf("关于第%d件教学事项的安排", n), Date: day(0),
	}
}

// old is item, of some days ago.
func old(n, days int) bulletin.Item {
	it := item(n)
	it.Date = day(-days)
	return it
}

// page is a list of items, those first that were published last: 10, 9, … 1,
// the newest of them yesterday.
func page() (out []bulletin.Item) {
	for n := 10; n > 0; n-- {
		out = append(out, old(n, 11-n))
	}
	return out
}

// publish puts items on top of a source's page, the last one topmost.
func (b *boards) publish(source string, items ...bulletin.Item) {
	b.set(func() {
		for _, it := range items {
			b.pages[source] = append([]bulletin.Item{it}, b.pages[source]...)
		}
	})
}

// door is Telegram: what is there to see in each chat.
type door struct {
	mu     sync.Mutex
	next   int
	shown  map[int64]map[int]string // chat, message
	order  map[int64][]string       // new messages, first lines
	items  []msg.Item
	answer func(msg.Item) msg.Verdict // nil: sent
}

func (d *door) Do(_ context.Context, it msg.Item) msg.Verdict {
	d.mu.Lock()
	answer := d.answer
	d.mu.Unlock()
	if answer != nil {
		if v := answer(it); v.Outcome != msg.Sent {
			return v
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.items = append(d.items, it)
	if d.shown[it.Chat] == nil {
		d.shown[it.Chat] = map[int]string{}
	}
	id := it.Message
	if !it.Edits() {
		d.next++
		id = d.next
		line, _, _ := strings.Cut(it.Body.Text, "\n")
		d.order[it.Chat] = append(d.order[it.Chat], line)
	}
	d.shown[it.Chat][id] = it.Body.Text
	return msg.Verdict{Outcome: msg.Sent, Message: id}
}

// answers sets what Telegram answers, nil for all is well.
func (d *door) answers(answer func(msg.Item) msg.Verdict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer = answer
}

// stage is a notifier with all its surroundings, in a synctest bubble.
type stage struct {
	t       *testing.T
	db      *memstore.DB
	boards  *boards
	door    *door
	n       *notify.Notifier
	out     *outbox.Outbox
	sources []bulletin.Source
	mortal  *mortal // instead of db, if set
	lender  *lender // nil: nobody lends a login

	mu      sync.Mutex
	reports []notify.Report
	stop    func()
}

// begin is a Monday in term, at eight.
var begin = time.Date(2026, 3, 2, 8, 0, 0, 0, beijing)

func jwc() bulletin.Source {
	return bulletin.Source{ID: "jwc", School: "a", Name: "教务通知", URL: "https://jwc.example.edu.cn/tzgg.htm"}
}

func xsc() bulletin.Source {
	return bulletin.Source{ID: "xsc", School: "a", Name: "学生通知", URL: "https://xsc.example.edu.cn/tzgg.htm"}
}

// play runs fn on a stage whose one board has a page, at the begin.
func play(t *testing.T, fn func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(begin))
		s := &stage{t: t, db: memstore.New(), boards: newBoards(), sources: []bulletin.Source{jwc()}}
		s.door = &door{shown: map[int64]map[int]string{}, order: map[int64][]string{}}
		s.boards.pages["jwc"] = page()
		s.start()
		defer func() { s.stop() }()
		fn(s)
	})
}

// start starts the program.
func (s *stage) start() {
	log := slog.New(slog.DiscardHandler)
	var db store.DB = s.db
	if s.mortal != nil {
		db = s.mortal
	}
	s.out = outbox.New(db, nil, s.door, log)
	s.n = notify.New(notify.Parts{DB: db, Outbox: s.out, Reader: s.boards, Lender: s.lender, Log: log, Report: func(r notify.Report) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reports = append(s.reports, r)
	}})
	s.out.OnMove(s.n.Move)
	s.n.SetSources(s.sources)
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { s.out.Run(ctx) })
	loops.Go(func() { s.n.Run(ctx) })
	s.stop = sync.OnceFunc(func() {
		cancel()
		loops.Wait()
	})
}

// restart stops the program and starts it again, as if at once.
func (s *stage) restart() {
	s.stop()
	s.start()
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// until lets time pass until the clock shows hour and minute.
func (s *stage) until(hour, minute int) {
	now := time.Now().In(beijing)
	at := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, 0, 0, beijing)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	s.pass(at.Sub(now))
}

func (s *stage) update(fn func(tx store.Tx) error) {
	s.t.Helper()
	if err := s.db.Update(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// subscribe subscribes a chat to jwc, with changes.
func (s *stage) subscribe(chat int64, change ...func(*notify.Sub)) {
	s.t.Helper()
	sub := notify.Sub{Chat: chat, Source: "jwc"}
	for _, c := range change {
		c(&sub)
	}
	s.update(func(tx store.Tx) error {
		_, err := s.n.Subscribe(tx, sub, time.Now())
		return err
	})
	s.n.Wanted(sub.Source)
}

// settle reads the first pages and subscribes the class group -1.
func (s *stage) settle() {
	s.t.Helper()
	s.pass(11 * time.Minute)
	s.subscribe(-1)
	s.pass(time.Minute)
}

// got is what chat was sent, first lines, without the marks.
func (s *stage) got(chat int64) (out []string) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	for _, line := range s.door.order[chat] {
		line = strings.NewReplacer("📢 ", "", "<b>", "", "</b>", "", "✏️ ", "", "🔌 ", "", "🌅 ", "", "🗞 ", "").Replace(line)
		out = append(out, line)
	}
	return out
}

// want fails unless chat was sent just that; a "*" at the end of a line stands
// for anything.
func (s *stage) want(chat int64, lines ...string) {
	s.t.Helper()
	got := s.got(chat)
	ok := len(got) == len(lines)
	for i := 0; ok && i < len(lines); i++ {
		head, open := strings.CutSuffix(lines[i], "*")
		ok = got[i] == lines[i] || open && strings.HasPrefix(got[i], head)
	}
	if !ok {
		s.t.Fatalf("%s: chat %d was sent\n\t%q, want\n\t%q", time.Now().In(beijing).Format("01-02 15:04"), chat, got, lines)
	}
}

// title is how a card of article n begins.
func title(n int) string { return item(n).Title }

// told are the reports of a kind.
func (s *stage) told(kind notify.ReportKind) (out []notify.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.reports {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// shows is what chat sees of what it was sent, in full.
func (s *stage) shows(chat int64) string {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	var ids []int
	for id := range s.door.shown[chat] {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out []string
	for _, id := range ids {
		out = append(out, s.door.shown[chat][id])
	}
	return strings.Join(out, "\n---\n")
}
