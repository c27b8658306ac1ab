package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/outbox"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/campus/boards"
	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
)

// TestKillFanOut kills the real program five times while it hands notices to
// many groups: soon after it has found one, while it fills the queue, while it
// sends; near the end the first one is edited. Every group gets every notice, in
// order, and sees the edit, told at most once; what was under way at a kill may
// come twice. $JWXTBOT_FANOUT says how many groups (1000), $JWXTBOT_SEED which
// moments.
func TestKillFanOut(t *testing.T) {
	c := newAudience(t, setting(t, "JWXTBOT_FANOUT", 1000), setting(t, "JWXTBOT_SEED", 1))
	c.subscribes()
	began := time.Now()
	open := map[int]*autopsy{} // by run
	for kill := range 5 {
		if kill%2 == 0 {
			c.publishes()
		}
		if kill == 4 {
			c.board.Edit(c.first, func(a *boards.Article) { a.Title += corrected })
		}
		c.dies(kill%2 == 0)
		open[c.runs] = examine(t, c.db, c.key)
	}
	c.describes()
	p := c.start()
	select {
	case <-c.all:
	case <-time.After(3 * time.Minute):
		t.Error("some groups wait for their notices in vain")
	}
	took := time.Since(began)
	time.Sleep(3 * time.Second) // the board is asked once more
	if err := p.terminate(); err != nil {
		t.Errorf("SIGTERM at the end: %v", err)
	}
	c.isDone(examine(t, c.db, c.key))
	t.Logf("%d groups have %d notices each, after 5 kills in %.0f s; sent twice at each: %v", c.groups, notices, took.Seconds(), c.judge(open))
	for _, problem := range c.telegram.Problems() {
		t.Error("against the Bot API:", problem)
	}
}

// audience is many groups that subscribe to one board.
type audience struct {
	*live
	t      *testing.T
	dice   *rand.Rand
	groups int
	board  *boards.Board
	proxy  string // the way to the board
	told   int    // notices published since the groups subscribed
	first  int    // article of the first of them

	mu       sync.Mutex
	has      map[int64]int // by group: a bit for each notice that it was sent, and one for the edit
	complete int           // groups that have all
	all      chan struct{} // closed when that is every group
}

const (
	// soon is the id of a source whose turn comes first, of the ten minutes that
	// a start takes.
	soon       = "jwc-111176"
	notices    = 3
	firstGroup = -1002000000000
	atOnce     = 32 // calls to Telegram that the program makes at most
)

func newAudience(t *testing.T, groups, seed int) *audience {
	t.Helper()
	c := &audience{
		t: t, groups: groups, dice: rand.New(rand.NewPCG(uint64(seed), 0)), board: boards.New(boards.VSB, "东湖示范大学教务处"),
		has: map[int64]int{}, all: make(chan struct{}),
	}
	people := emulator.Options{People: []emulator.Person{{ID: firstStudent, Name: "班长", Language: "zh-hans"}}}
	for i := range groups {
		people.Groups = append(people.Groups, emulator.Group{
			ID: firstGroup - int64(i), Title: fmt.Sprint("班级群 ", i), Members: []int64{firstStudent}, Admins: []int64{firstStudent},
		})
	}
	c.live = newLive(t, people, []campus.Profile{PlainSchool()})
	c.settings = "sources = \"boards.toml\"\n[boards]\ncontact = \"https://bot.example\"\n"
	c.proxy = c.listen(c.wire.school(c.board))
	c.wire.tell(c.hears)
	for i := range 6 {
		c.board.Publish(boards.Article{Title: fmt.Sprintf("以前的第%d件事", i), Date: time.Now().AddDate(0, 0, i-9)})
	}
	return c
}

// source is the board as a run has it described. It is never described twice in
// the same way, so that each start of the program asks the board at once.
func (c *audience) source(run int) bulletin.Source {
	s := c.board.Source(soon, "donghu", "http://jwc.donghu.edu.cn")
	s.URL += fmt.Sprint("?run=", run)
	s.Proxy, s.Rules.Detail.Skip = c.proxy, true
	return s
}

// subscribes fills the database as the program would: the board is read once,
// and all groups subscribe. They have no quiet hours, which would make the test
// another one at night.
func (c *audience) subscribes() {
	c.t.Helper()
	key, err := seal.LoadFile(c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	ring, err := seal.NewRing(key)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(c.db), 0o700); err != nil {
		c.t.Fatal(err)
	}
	db, err := boltstore.Open(c.db)
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	log := slog.New(slog.DiscardHandler)
	reader := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot"})
	defer reader.Close()
	n := notify.New(notify.Parts{DB: db, Box: ring, Outbox: outbox.New(db, ring, nil, log), Reader: reader, Log: log})
	n.SetSources([]bulletin.Source{c.source(0)})
	c.reads(n)
	var adding sync.WaitGroup
	for part := range 16 { // they share commits
		adding.Go(func() {
			for i := part; i < c.groups; i += 16 {
				if err := subscribe(db, n, firstGroup-int64(i)); err != nil {
					c.t.Error(err)
					return
				}
			}
		})
	}
	adding.Wait()
}

// reads has the board read once.
func (c *audience) reads(n *notify.Notifier) {
	ctx, cancel := context.WithCancel(c.t.Context())
	var running sync.WaitGroup
	running.Go(func() { n.Run(ctx) })
	defer running.Wait()
	defer cancel()
	if ok, err := n.Refresh(ctx, soon); !ok || err != nil {
		c.t.Fatalf("the board cannot be read: %v", err)
	}
}

func subscribe(db store.DB, n *notify.Notifier, group int64) error {
	return db.Update(context.Background(), func(tx store.Tx) error {
		if _, err := n.Subscribe(tx, notify.Sub{Chat: group, Source: soon, By: firstStudent}, time.Now()); err != nil {
			return err
		}
		return n.SetPlace(tx, group, func(p *notify.Place) { p.Quiet.Off = true })
	})
}

func (c *audience) publishes() {
	c.told++
	id := c.board.Publish(boards.Article{Title: noticeTitle(c.told), Date: time.Now()})
	if c.told == 1 {
		c.first = id
	}
}

func noticeTitle(n int) string { return fmt.Sprintf("关于第%d件教学事项的通知", n) }

const (
	corrected = "（更正）"
	aboutEdit = notices + 1 // stands for the reply that tells of the edit
)

// noticeIn is the number of the notice that a message is, 0 for none.
func noticeIn(text string) int {
	if strings.Contains(text, "已更新") {
		return aboutEdit
	}
	for n := 1; n <= notices; n++ {
		if strings.Contains(text, noticeTitle(n)) {
			return n
		}
	}
	return 0
}

// hears notes what groups have.
func (c *audience) hears(did call) {
	n := noticeIn(did.text)
	if !did.ok || n == 0 || n == aboutEdit {
		return
	}
	bits := 1 << (n - 1)
	if n == 1 && strings.Contains(did.text, corrected) {
		bits |= 1 << notices
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.has[did.chat]
	c.has[did.chat] |= bits
	if everything := 1<<(notices+1) - 1; before != everything && c.has[did.chat] == everything {
		if c.complete++; c.complete == c.groups {
			close(c.all)
		}
	}
}

// describes writes the file of sources for the next run.
func (c *audience) describes() { c.write("boards.toml", c.source(c.runs+1).TOML()) }

// waiting is how many messages groups are still to be sent.
func (c *audience) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.groups * c.told
	for _, has := range c.has {
		n -= bits.OnesCount(uint(has & (1<<notices - 1)))
	}
	return n
}

// dies runs the program until it is killed.
func (c *audience) dies(finds bool) {
	c.describes()
	// Usually it dies at a message; where there is something to find, half of the
	// times in the second after it has seen the board.
	t := &trap{at: moment(c.dice.IntN(int(moments))), n: 1 + c.dice.IntN(max(1, c.waiting()/2))}
	t.lost = t.at == asked && c.dice.IntN(2) == 0
	if finds && c.dice.IntN(2) == 0 {
		after := c.dice.Int64N(int64(c.groups) * int64(100*time.Microsecond))
		t = &trap{schools: true, at: answered, n: 2, after: time.Duration(after)} // robots.txt is the first
	}
	c.live.dies(t, time.Minute, func() {})
}

// judge checks what each group was sent: every notice, in order. Those that came
// twice, at which kill, are counted; each must have been next in its group's
// queue when the program died.
func (c *audience) judge(open map[int]*autopsy) map[int]int {
	sent := map[int64][]call{}
	for _, did := range c.wire.all() {
		if did.sends() && did.ok {
			sent[did.chat] = append(sent[did.chat], did)
		}
	}
	twice := map[int]int{}
	for group, calls := range sent {
		// A request may outlive the program that made it.
		slices.SortStableFunc(calls, func(a, b call) int { return a.run - b.run })
		last := 0
		for i, did := range calls {
			switch n := noticeIn(did.text); {
			case n == last+1: // the reply about the edit is the last, if there is one
				last = n
			case n == last && n > 0 && calls[i-1].run < did.run && onItsWay(open[calls[i-1].run], did):
				twice[calls[i-1].run]++
			default:
				c.t.Fatalf("group %d was sent\n%s", group, history(calls))
			}
		}
		if last < notices {
			c.t.Fatalf("group %d was sent\n%s", group, history(calls))
		}
		c.seesEdit(group)
	}
	if len(sent) != c.groups {
		c.t.Errorf("%d of %d groups were sent something", len(sent), c.groups)
	}
	for run, n := range twice {
		if n > atOnce {
			c.t.Errorf("%d messages came twice after kill %d, while at most %d are under way", n, run, atOnce)
		}
	}
	return twice
}

// seesEdit checks that a group's card of the first notice, the last one if it
// came twice, shows the edit.
func (c *audience) seesEdit(group int64) {
	for _, m := range slices.Backward(c.telegram.Messages(group)) {
		if noticeIn(m.Text) == 1 {
			if !strings.Contains(m.Text, corrected) {
				c.t.Errorf("group %d sees %q", group, m.Text)
			}
			return
		}
	}
}

// isDone checks that nothing is left to do, and that it is known what every
// group was given.
func (c *audience) isDone(a *autopsy) {
	rows := map[string]int{}
	for _, key := range a.keys {
		for _, table := range []string{"out/", "b/fan/", "b/given/"} {
			if strings.HasPrefix(key, table) {
				rows[table]++
			}
		}
	}
	if diff := cmp.Diff(rows, map[string]int{"b/given/": c.groups * notices}); diff != "" {
		c.t.Errorf("rows at the end, got − want +:\n%s", diff)
	}
}
