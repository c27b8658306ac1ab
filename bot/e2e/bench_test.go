package e2e

import (
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	bolt "go.etcd.io/bbolt"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// BenchmarkDialogue measures the real program, a process of its own, against
// schools and Telegram over HTTP on loopback.
//
// step: an operation is one durable step: an update comes, a transaction, an
// answer goes. The same number of messages then goes to a bare echo bot on
// tgbotapi, as its manual writes one, also a process of its own, against the
// same server: x-echo is how many times its CPU time a step costs.
//
// A chat gets no more than a burst of three messages and then one a second, so
// the steps are those of many chats: run it with -benchtime 20000x, which gives
// each its warm-up and two steps. CPU time is counted in ticks of 10 ms.
//
// full: an operation is a whole dialogue: school, account, password, captcha,
// grades, notices, one notice, logout; an act is one message or tap of that.
// 128 students of 8 schools talk at once, because a school is asked no more
// than three things at a time. The simulations take more CPU than the program:
// acts/s is of all together, and at most what the pace of 128 chats allows.
func BenchmarkDialogue(b *testing.B) {
	b.Run("step", func(b *testing.B) { benchmarkStep(b, 10_000) })
	b.Run("full", benchmarkFull)
}

func benchmarkStep(b *testing.B, chats int) {
	l := newLive(b, crowdOf(chats), []campus.Profile{PlainSchool()})
	c := crowd{live: l, chats: chats}
	p := l.start()
	c.warmUp(b)
	b.ResetTimer()
	own := c.measure(b, p.cmd.Process.Pid)
	b.StopTimer()
	b.ReportMetric(own.Seconds()*1e6/float64(b.N), "cpu-µs/step")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
	if err := p.terminate(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(2*l.commits())/float64(b.N+chats), "syncs/step")

	echo := l.startEcho()
	c.warmUp(b)
	bare := c.measure(b, echo.cmd.Process.Pid)
	echo.kill()
	b.ReportMetric(bare.Seconds()*1e6/float64(b.N), "echo-cpu-µs/msg")
	b.ReportMetric(own.Seconds()/bare.Seconds(), "x-echo")
}

// crowd says /help, all at once, and waits for the answers.
type crowd struct {
	*live
	chats   int
	answers map[int64]chan struct{}
}

func crowdOf(n int) (o emulator.Options) {
	for i := range n {
		o.People = append(o.People, emulator.Person{ID: int64(firstStudent + i), Name: "同学", Language: "zh-hans"})
	}
	return o
}

// warmUp has one message of everybody answered, so that connections stand.
func (c *crowd) warmUp(b *testing.B) {
	c.answers = map[int64]chan struct{}{}
	for i := range c.chats {
		c.answers[int64(firstStudent+i)] = make(chan struct{}, 1)
	}
	c.wire.tell(func(sent call) {
		if sent.sends() {
			c.answers[sent.chat] <- struct{}{}
		}
	})
	c.talk(b, c.chats)
}

// measure has b.N messages answered and returns the CPU time of the process.
func (c *crowd) measure(b *testing.B, pid int) time.Duration {
	before := cpuOf(b, pid)
	c.talk(b, b.N)
	return cpuOf(b, pid) - before
}

func (c *crowd) talk(b *testing.B, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for id, answered := range c.answers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := c.telegram.SendText(id, id, "/help"); err != nil {
					b.Error(err)
					return
				}
				select {
				case <-answered:
				case <-time.After(mustFollow):
					b.Error("no answer")
					return
				}
			}
		})
	}
	wg.Wait()
}

func benchmarkFull(b *testing.B) {
	const n = 128
	var schools []campus.Profile
	for i := range 8 {
		schools = append(schools, campus.Profile{
			ID: fmt.Sprint("school", i), Name: fmt.Sprintf("第%d示范大学", i+1),
			System: campus.Qiangzhi{Columns: 21}, Captcha: true,
		})
	}
	c := newClass(b, n, 1, schools)
	p := c.start()
	for _, s := range c.all {
		s.rand = nil
	}
	c.plainStories(n) // the first ones make connections and templates
	warm := c.tally.acts.Load()
	before := cpuOf(b, p.cmd.Process.Pid)
	b.ResetTimer()
	c.plainStories(b.N)
	b.StopTimer()
	acts := float64(c.tally.acts.Load() - warm)
	b.ReportMetric(acts/b.Elapsed().Seconds(), "acts/s")
	b.ReportMetric(acts/float64(b.N), "acts/op")
	b.ReportMetric((cpuOf(b, p.cmd.Process.Pid)-before).Seconds()*1e6/acts, "cpu-µs/act")
	if err := p.terminate(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(2*c.commits())/(acts+float64(warm)), "syncs/act")
}

// plainStories has the class tell n stories.
func (c *class) plainStories(n int) {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for _, s := range c.all {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				s.plainStory()
			}
		})
	}
	wg.Wait()
}

// plainStory is the dialogue that the program is for.
func (s *student) plainStory() {
	s.fresh()
	s.logsIn()
	s.types("/grades")
	s.sees("grades", s.grades())
	s.types("/notices")
	s.presses(noteButton(s.sees("notices", says("📢"))))
	s.sees("a notice", offers("‹ 返回列表"))
	s.types("/logout")
	s.sees("that the session has ended", says("👋", "清除"))
}

// commits is how many transactions the database has taken, each with two syncs.
func (l *live) commits() (n int) {
	l.tb.Helper()
	db, err := bolt.Open(l.db, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		l.tb.Fatal(err)
	}
	defer db.Close()
	db.View(func(tx *bolt.Tx) error { n = tx.ID(); return nil })
	return n
}

// cpuOf is the CPU time that a process has used, to 10 ms.
func cpuOf(tb testing.TB, pid int) time.Duration {
	tb.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		tb.Skip("CPU time is read from /proc")
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

const echoEndpoint = "JWXTBOT_ECHO_ENDPOINT"

// startEcho starts TestEchoBot as a process of its own.
func (l *live) startEcho() *process {
	l.tb.Helper()
	p := &process{cmd: exec.Command(os.Args[0], "-test.run=^TestEchoBot$"), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), echoEndpoint+"="+l.api+"/0/bot%s/%s")
	l.launch(p)
	return p
}

// TestEchoBot is no test: it is the bot that BenchmarkDialogue compares with.
func TestEchoBot(t *testing.T) {
	endpoint := os.Getenv(echoEndpoint)
	if endpoint == "" {
		t.Skip("runs as a process of BenchmarkDialogue")
	}
	tgbotapi.SetLogger(log.New(io.Discard, "", 0))
	bot, err := tgbotapi.NewBotAPIWithAPIEndpoint(token, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	u := tgbotapi.NewUpdate(0)
	u.Timeout = 60
	for update := range bot.GetUpdatesChan(u) {
		if update.Message != nil {
			bot.Send(tgbotapi.NewMessage(update.Message.Chat.ID, update.Message.Text))
		}
	}
}
