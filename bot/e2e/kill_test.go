package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// TestKill kills the real program again and again, at random moments and at
// the worst ones, while students talk with it. Nobody may notice more than
// that a password is asked again and that what was on its way at that moment
// came twice. $JWXTBOT_KILLS says how often (15), $JWXTBOT_SEED which moments.
func TestKill(t *testing.T) {
	kills, seed := setting(t, "JWXTBOT_KILLS", 15), setting(t, "JWXTBOT_SEED", 1)
	c := newClass(t, 6, seed, []campus.Profile{
		{ID: "donghu", Name: "东湖示范大学", System: campus.Qiangzhi{Columns: 21}, Captcha: true},
		{ID: "nanshan", Name: "南山理工学院", System: campus.Qiangzhi{Encoding: campus.Plain}, Charset: campus.GBK},
	})
	began := time.Now()
	everybody, leave := c.talk()
	dice := rand.New(rand.NewPCG(uint64(seed), 0))
	open := map[int]*autopsy{} // by run
	for int(c.kills.Load()) < kills && !t.Failed() {
		if dice.IntN(10) == 0 {
			c.stopsPolitely(t, dice)
			continue
		}
		c.dies(dice)
		open[c.runs] = examine(t, c.db, c.key)
		c.mourns(t)
	}
	p := c.start()
	close(leave)
	everybody.Wait()
	c.empties(t)
	if err := p.terminate(); err != nil {
		t.Errorf("SIGTERM at the end: %v", err)
	}
	if !t.Failed() {
		last := examine(t, c.db, c.key)
		last.quiet()
		for _, s := range c.all {
			if s.erased {
				last.forgot(s.id)
			}
		}
		c.answered(t)
	}
	twice := c.judge(t, open)
	c.secrets(t)
	report(t, c, twice, open, time.Since(began))
}

func setting(t testing.TB, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("$%s: %v", name, err)
	}
	return n
}

// newClass is n students of the schools, which get students by the thousand.
func newClass(t testing.TB, n, seed int, profiles []campus.Profile) *class {
	t.Helper()
	c := &class{unused: make([][]campus.Account, len(profiles))}
	grades := campus.Transcript("2020000001", 2022, 6, false)
	for i := range profiles {
		for k := range 16000 / len(profiles) {
			number := fmt.Sprint(2020000000 + 10000*i + k)
			c.unused[i] = append(c.unused[i], campus.Account{
				Number: number, Name: "学生" + number[5:], Password: canaryWord + number, Grades: grades,
			})
		}
		profiles[i].Accounts = c.unused[i]
	}
	var people emulator.Options
	group := emulator.Group{ID: groupChat, Title: "班级群"}
	for i := range n {
		id := int64(firstStudent + i)
		people.People = append(people.People, emulator.Person{ID: id, Name: fmt.Sprint("学生", id), Language: "zh-hans"})
		group.Members = append(group.Members, id)
		dice := rand.New(rand.NewPCG(uint64(seed), uint64(id)))
		c.all = append(c.all, &student{class: c, tb: t, id: id, rand: dice, news: make(chan struct{}, 1)})
	}
	group.Admins = group.Members[:1]
	people.Groups = []emulator.Group{group}
	c.live = newLive(t, people, profiles)
	c.wire.tell(func(did call) {
		if i := int(did.chat - firstStudent); i >= 0 && i < n {
			c.all[i].hears()
		}
	})
	return c
}

// talk lets everybody tell stories until leave is closed.
func (c *class) talk() (everybody *sync.WaitGroup, leave chan struct{}) {
	everybody, leave = &sync.WaitGroup{}, make(chan struct{})
	for _, s := range c.all {
		everybody.Go(func() {
			for {
				select {
				case <-leave:
					return
				default:
					s.story()
				}
			}
		})
	}
	return everybody, leave
}

// dies runs the program until it is killed: at a moment of a request, or at
// any other.
func (c *class) dies(dice *rand.Rand) {
	var t *trap
	limit := 3 * time.Second
	switch dice.IntN(10) {
	case 0:
		limit = time.Duration(dice.IntN(50)) * time.Millisecond // while it starts
	case 1, 2:
		limit = time.Duration(dice.IntN(800)) * time.Millisecond
	default:
		at := moment(dice.IntN(int(moments)))
		t = &trap{
			schools: dice.IntN(3) == 0, at: at, n: 1 + dice.IntN(25),
			after: time.Duration(dice.IntN(3)) * time.Duration(dice.IntN(2000)) * time.Microsecond,
			lost:  at == asked && dice.IntN(2) == 0,
		}
	}
	c.live.dies(t, limit, func() {
		c.kills.Add(1)
		c.ends.Add(1)
	})
}

// mourns fails the test if the program had ended by itself before the kill.
func (c *class) mourns(t *testing.T) {
	if log := c.log.String(); strings.Contains(log, "panic:") || strings.Contains(log, `"level":"ERROR"`) {
		t.Fatalf("the program has a complaint:\n%s", log)
	}
}

// stopsPolitely runs the program for a moment and ends it with SIGTERM.
func (c *class) stopsPolitely(t *testing.T, dice *rand.Rand) {
	p := c.start()
	time.Sleep(200*time.Millisecond + time.Duration(dice.IntN(500))*time.Millisecond)
	c.ends.Add(1)
	if err := p.terminate(); err != nil {
		t.Fatalf("SIGTERM: %v; the log is\n%s", err, c.log)
	}
	examine(t, c.db, c.key)
}

// empties waits until the program has had nothing to say for a moment.
func (c *class) empties(t *testing.T) {
	for n := -1; ; time.Sleep(500 * time.Millisecond) {
		m := len(c.wire.all())
		if m == n {
			return
		}
		n = m
	}
}

// answered checks that no tapped button is still spinning.
func (c *class) answered(t *testing.T) {
	for _, id := range c.taps {
		if tap, ok := c.telegram.Callback(id); ok && !tap.Answered {
			t.Errorf("a tap on %q was never answered", tap.Data)
		}
	}
}

// judge finds what was sent twice: equal messages with nothing said in between.
// It is lawful where the first one was on its way at a kill: sent by then and
// not yet taken off the queue.
func (c *class) judge(t *testing.T, open map[int]*autopsy) (twice map[int]int) {
	twice = map[int]int{}
	chats := map[int64][]call{}
	for _, s := range c.wire.all() {
		if s.sends() && s.ok {
			chats[s.chat] = append(chats[s.chat], s)
		}
	}
	for chat, sent := range chats {
		// A request may outlive the program that made it, and end after its repetition.
		slices.SortStableFunc(sent, func(a, b call) int { return a.run - b.run })
		for i, b := range sent {
			if i > 0 && sent[i-1].what == b.what && sent[i-1].run < b.run && onItsWay(open[sent[i-1].run], b) {
				twice[sent[i-1].run]++
				sent[i].begin = sent[i-1].begin // people may have acted on the first one
				continue
			}
			for k, a := range slices.Backward(sent[:i]) {
				if a.what == b.what && !c.wire.between(chat, a, b) {
					t.Errorf("sent twice in chat %d, as %d and %d of\n%s", chat, k, i, history(sent[k:i+1]))
				}
			}
		}
	}
	return twice
}

// history is a list of messages, for a failing test's log.
func history(sent []call) string {
	var b strings.Builder
	for _, c := range sent {
		fmt.Fprintf(&b, "run %d, %d–%d: %.60q\n", c.run, c.begin, c.end, c.text)
	}
	return b.String()
}

// onItsWay reports whether a message was the next to be sent when the program died.
func onItsWay(a *autopsy, c call) bool {
	return a != nil && len(a.out[c.chat]) > 0 && a.out[c.chat][0].Item.Body.Text == c.text
}

// secrets looks for passwords and the token in the log and in the database file.
func (c *class) secrets(t *testing.T) {
	file, err := os.ReadFile(c.db)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"the log": []byte(c.log.String()), "the database": file} {
		if passwordIn(b) != "" {
			t.Errorf("%s holds a password", name)
		}
		if bytes.Contains(b, []byte(token)) {
			t.Errorf("%s holds the token", name)
		}
	}
}

func report(t *testing.T, c *class, twice map[int]int, open map[int]*autopsy, took time.Duration) {
	all, queues := 0, 0
	for run, a := range open {
		all += twice[run]
		queues += len(a.out)
		if twice[run] > len(a.out) {
			t.Errorf("run %d: %d sent twice, %d on their way", run, twice[run], len(a.out))
		}
	}
	v := &c.tally
	t.Logf("%d kills in %.0f s, %d acts in %d stories with %d logins: %d replies lost; %d sent twice, while %d chats had something on its way; "+
		"asked again: %d passwords, %d captchas; %d logins stopped by the guard",
		c.kills.Load(), took.Seconds(), v.acts.Load(), v.stories.Load(), v.logins.Load(), v.lost.Load(), all, queues,
		v.passwords.Load(), v.pictures.Load(), v.guarded.Load())
	for _, problem := range c.telegram.Problems() {
		t.Error("against the Bot API:", problem)
	}
}
