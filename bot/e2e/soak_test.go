package e2e

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// TestSoak has a crowd talk with the real program, under Telegram's limits,
// while Telegram and the schools misbehave, and looks whether it grows: the
// goroutines and the memory of the end are those after the warm-up. When the
// mischief ends everybody is answered, and nothing waits. $JWXTBOT_SOAK says
// how long (12s); the long run, 30m, is for the night.
func TestSoak(t *testing.T) {
	length := 12 * time.Second
	if text := os.Getenv("JWXTBOT_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("$JWXTBOT_SOAK: %v", err)
		}
	}
	s := newSoak(t)
	p := s.start()
	s.patient = length < time.Minute
	began, quit := time.Now(), make(chan struct{})
	everybody := s.talk(quit)
	warmUp, window := length/6, length/6
	s.watch(t, began.Add(warmUp))
	early := s.watch(t, began.Add(warmUp+window))
	s.watch(t, began.Add(length-window))
	late := s.watch(t, began.Add(length))
	close(quit)
	everybody.Wait()
	s.calm()
	s.everybodyIsAnswered(t)
	s.nothingWaits(t)
	if err := p.terminate(); err != nil {
		t.Errorf("SIGTERM at the end: %v", err)
	}
	t.Logf("in %v: %s", length, s.tally.String())
	t.Logf("after the warm-up: %v", early)
	t.Logf("at the end:        %v", late)
	late.grownFrom(t, early)
	s.judge(t)
}

// soak is a stage whose Telegram and schools misbehave.
type soak struct {
	*live
	private string // address of the operator's port
	patient bool   // nothing is stalled: that takes 20 s
	tally   soakTally
}

const (
	soakPeople  = 24
	soakSchools = 2
)

// soakFile is mainFile with the usual rate and an operator's port.
const soakFile = `[telegram]
endpoint = %q
[data]
dir = "data"
key_file = "key"
[operator]
listen = %q
[log]
format = "json"
`

func newSoak(t *testing.T) *soak {
	t.Helper()
	people := emulator.Options{Limits: emulator.TelegramLimits(), KeepCalls: 2000}
	group := emulator.Group{ID: groupChat, Title: "班级群"}
	for i := range soakPeople {
		id := int64(firstStudent + i)
		people.People = append(people.People, emulator.Person{ID: id, Name: fmt.Sprint("学生", id), Language: "zh-hans"})
		group.Members = append(group.Members, id)
	}
	group.Admins = group.Members[:1]
	people.Groups = []emulator.Group{group}
	var profiles []campus.Profile
	for i := range soakSchools {
		profiles = append(profiles, campus.Profile{
			ID: fmt.Sprint("school", i), Name: fmt.Sprintf("第%d示范大学", i+1),
			System: campus.Qiangzhi{Columns: 21}, Captcha: true, Accounts: soakAccounts(i),
		})
	}
	s := &soak{live: newLive(t, people, profiles)}
	s.api = s.listen(s.telegram) // no wire: it would mend half answers
	s.private = freeAddress()
	return s
}

// soakAccounts are enough for a new one at every login of a night.
func soakAccounts(school int) (out []campus.Account) {
	grades := campus.Transcript("2020000001", 2022, 6, false)
	for k := range 8000 {
		number := fmt.Sprint(2020000000 + 10000*school + k)
		out = append(out, campus.Account{Number: number, Name: "学生" + number[5:], Password: canaryWord + number, Grades: grades})
	}
	return out
}

// freeAddress is an address that nobody listens at now. Its port is none of
// those that systems give to connections, so nobody takes it before it is used.
func freeAddress() string {
	for {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20000+rand.IntN(10000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
}

// start starts the program. It collects its garbage often, so that the lowest
// points of its memory show what it holds.
func (s *soak) start() *process {
	s.tb.Helper()
	s.write("jwxtbot.toml", fmt.Sprintf(soakFile, s.api, s.private))
	p := &process{cmd: exec.Command(s.program, "run", "--config", s.config), ended: make(chan struct{})}
	p.cmd.Env = []string{"JWXTBOT_TOKEN=" + token, "PATH=" + os.Getenv("PATH"), "GOGC=20"}
	s.launch(p)
	s.metrics(s.tb) // it serves
	return p
}

// footprint is what the program took up in a window of time.
type footprint struct {
	goroutines, heap, files float64 // at the lowest point; goroutines besides two a file
	resident                float64 // at the highest
	database                int64   // bytes of the file
}

func (f footprint) String() string {
	return fmt.Sprintf("%.0f open files, %.0f goroutines less two for each, %.2f MiB heap at least; %.1f MiB resident at most; database %d KiB",
		f.files, f.goroutines, f.heap/(1<<20), f.resident/(1<<20), f.database>>10)
}

// grownFrom fails the test if f is not what was there before, give or take what
// a busy moment needs: something under way for each of the people.
func (f footprint) grownFrom(t *testing.T, before footprint) {
	t.Helper()
	if f.goroutines > before.goroutines+soakPeople {
		t.Errorf("%.0f goroutines have become %.0f", before.goroutines, f.goroutines)
	}
	if f.heap > 1.25*before.heap+2<<20 { // it varies by 1 MiB
		t.Errorf("%.0f bytes of heap have become %.0f", before.heap, f.heap)
	}
	if f.files > before.files+soakPeople {
		t.Errorf("%.0f open files have become %.0f", before.files, f.files)
	}
}

// watch measures the program until a time.
func (s *soak) watch(t *testing.T, until time.Time) (f footprint) {
	t.Helper()
	for first := true; first || time.Now().Before(until); first = false {
		time.Sleep(min(time.Second, time.Until(until)))
		m := s.metrics(t)
		now := footprint{heap: m["go_memstats_heap_alloc_bytes"], files: m["process_open_fds"]}
		now.goroutines = m["go_goroutines"] - 2*now.files
		if first {
			f = now
		}
		f.goroutines, f.heap, f.files = min(f.goroutines, now.goroutines), min(f.heap, now.heap), min(f.files, now.files)
		f.resident = max(f.resident, m["process_resident_memory_bytes"])
	}
	if info, err := os.Stat(s.db); err == nil {
		f.database = info.Size()
	}
	return f
}

// metrics are the numbers without labels that the operator's port shows.
func (s *soak) metrics(t testing.TB) map[string]float64 {
	t.Helper()
	for end := time.Now().Add(mustFollow); ; time.Sleep(100 * time.Millisecond) {
		res, err := http.Get("http://" + s.private + "/metrics")
		if err == nil {
			defer res.Body.Close()
			return plainMetrics(res.Body)
		}
		if time.Now().After(end) {
			t.Fatalf("the program does not answer: %v; its log is\n%s", err, s.log)
		}
	}
}

func plainMetrics(r io.Reader) map[string]float64 {
	out := map[string]float64{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil && !strings.Contains(name, "{") {
			out[name] = n
		}
	}
	return out
}

// catchUp is how long a crowd may wait for its answers in the end: Telegram has
// told the bot again and again that it is too fast.
const catchUp = 5 * time.Minute

// everybodyIsAnswered has each say something that nobody said before. What
// follows /cancel is no password.
func (s *soak) everybodyIsAnswered(t *testing.T) {
	t.Helper()
	for id := range s.ids() {
		s.telegram.Block(id, false)
		for _, text := range []string{"/cancel", fmt.Sprintf("/last%d", id)} {
			if _, err := s.telegram.SendText(id, id, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	began := time.Now()
	for id := range s.ids() {
		for word := fmt.Sprintf("我没有 /last%d 这个命令", id); s.shows(id, word) == 0; time.Sleep(100 * time.Millisecond) {
			if time.Since(began) > catchUp {
				t.Errorf("nobody answered student %d; the chat ends with\n%s", id, s.tail(id))
				break
			}
		}
	}
	t.Logf("the last answer came %v after the last mischief", time.Since(began).Round(time.Second))
}

// shows counts the messages of a chat that hold a text.
func (s *soak) shows(chat int64, text string) (n int) {
	for _, m := range s.telegram.Messages(chat) {
		if m.Bot && strings.Contains(m.Text, text) {
			n++
		}
	}
	return n
}

// tail is the end of a chat, for a failing test's log.
func (s *soak) tail(chat int64) string {
	lines := strings.Split((&Person{World: &World{Telegram: s.telegram}, ID: chat}).Chat(), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// nothingWaits fails the test if a queue or a job is left.
func (s *soak) nothingWaits(t *testing.T) {
	t.Helper()
	var m map[string]float64
	for end := time.Now().Add(mustFollow); time.Now().Before(end); time.Sleep(time.Second) {
		if m = s.metrics(t); m["jwxtbot_outbox_waiting"] == 0 && m["jwxtbot_jobs_running"] == 0 {
			return
		}
	}
	t.Errorf("%v chats still have something waiting, %v jobs run", m["jwxtbot_outbox_waiting"], m["jwxtbot_jobs_running"])
}

// judge looks for what the program did wrong.
func (s *soak) judge(t *testing.T) {
	if problems := s.telegram.Problems(); len(problems) > 0 {
		t.Error("against the Bot API:", problems)
	}
	early := slices.DeleteFunc(s.telegram.Breaches(), func(b emulator.Breach) bool {
		return b.Rule != emulator.RuleEarly || underWay(b)
	})
	if len(early) > 0 {
		t.Errorf("%d calls during a retry_after, the first is %+v", len(early), early[0])
	}
	t.Logf("%d calls faster than Telegram's limits", len(s.telegram.Breaches())-len(early))
	log := s.log.String()
	for _, secret := range []string{canaryWord, token, "panic:", "DATA RACE"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// underWay tells a call that met a retry_after (of whole seconds) so young that
// it had left before the program could know: a deletion goes beside the queue.
func underWay(b emulator.Breach) bool {
	return (b.Wait-1)%time.Second > 900*time.Millisecond
}
