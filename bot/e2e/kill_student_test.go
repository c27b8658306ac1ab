package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// class is the students who talk with the program while it is being killed.
type class struct {
	*live
	kills  atomic.Int64
	ends   atomic.Int64 // kills and polite stops: a password does not outlive either
	tally  tally
	mu     sync.Mutex
	unused [][]campus.Account // by school: nobody has tried them yet
	taps   []string
	all    []*student
}

// tally counts what happened, for the report.
type tally struct {
	acts, stories, logins, passwords, pictures, guarded, lost atomic.Int64
}

// student is one of them, in the private chat with the bot. After each act he
// waits for the screen that must follow. He never repeats himself, with two
// exceptions, each counted and each only after a kill since he first said it:
// the password, and a captcha whose picture the school has used up.
type student struct {
	*class
	tb    testing.TB
	id    int64
	rand  *rand.Rand    // nil: does always the same
	words int           // said that nobody said before
	news  chan struct{} // the chat may have changed

	school  int
	account campus.Account
	before  map[int]int // message → edits, when the student last did something

	actAt, passwordAt, captchaAt int64 // ends of the program before it was asked for

	restarts      int    // passwords asked again for this account
	leftovers     int    // answered questions for a lost password that are still shown
	drawn         []byte // the picture dealt with last
	awaitsPicture bool
	erased        bool // the last story ended with everything erased
}

const (
	mustFollow   = 60 * time.Second // for what must follow an act, restarts included
	firstStudent = 5001
	groupChat    = -1001000000009
	canaryWord   = "Canary#"
)

// screen is what a student hopes to see.
type screen func(emulator.Message) bool

// says is a new message or edit with all the words.
func says(words ...string) screen {
	return func(m emulator.Message) bool {
		for _, w := range words {
			if !strings.Contains(m.Text, w) {
				return false
			}
		}
		return true
	}
}

func restarted(m emulator.Message) bool { return strings.Contains(m.Text, "刚才我重启了") }

func offers(button string) screen {
	return func(m emulator.Message) bool { return hasButton(m, button) }
}

// await waits for the first of the screens since the last act; it tells which.
// The test ends for this student when none comes: a reply was lost.
func (s *student) await(what string, screens ...screen) (int, emulator.Message) {
	s.tb.Helper()
	which := func(m emulator.Message) int {
		edits, old := s.before[m.ID]
		if !m.Bot || old && m.Edits <= edits {
			return -1
		}
		for i, fits := range screens {
			if fits(m) {
				return i
			}
		}
		return -1
	}
	m := s.wait(what, func(m emulator.Message) bool { return which(m) >= 0 })
	return which(m), m
}

// wait returns the newest message in the chat that fits.
func (s *student) wait(what string, fits screen) emulator.Message {
	s.tb.Helper()
	patience := time.NewTimer(mustFollow)
	defer patience.Stop()
	for {
		for _, m := range slices.Backward(s.telegram.Messages(s.id)) {
			if fits(m) {
				return m
			}
		}
		select {
		case <-s.news:
		case <-patience.C:
			s.lost("waited in vain for %s", what)
		}
	}
}

// hears tells the student that something may have changed in the chat.
func (s *student) hears() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *student) sees(what string, want screen) emulator.Message {
	s.tb.Helper()
	_, m := s.await(what, want)
	return m
}

// lost ends the student's part of the test.
func (s *student) lost(format string, args ...any) {
	s.tb.Helper()
	s.tally.lost.Add(1)
	s.tb.Errorf("student %d: %s; the chat shows\n%s", s.id, fmt.Sprintf(format, args...),
		(&Person{World: &World{Telegram: s.telegram}, ID: s.id}).Chat())
	runtime.Goexit()
}

// acts notes what is on screen. It returns how often the program had ended when
// the student acted before: a question can come twice if that was since then.
func (s *student) acts() (before int64) {
	s.tally.acts.Add(1)
	before, s.actAt = s.actAt, s.ends.Load()
	s.before = map[int]int{}
	for _, m := range s.telegram.Messages(s.id) {
		s.before[m.ID] = m.Edits
	}
	s.wire.acted(s.id)
	return before
}

func (s *student) types(text string) (before int64) {
	s.tb.Helper()
	before = s.acts()
	if _, err := s.telegram.SendText(s.id, s.id, text); err != nil {
		s.lost("cannot say it: %v", err)
	}
	return before
}

// presses taps the newest button of that name or data.
func (s *student) presses(button string) {
	s.tb.Helper()
	m := s.wait("a button "+button, offers(button))
	s.acts()
	tap, err := s.telegram.Tap(s.id, s.id, m.ID, button)
	if err != nil {
		s.lost("cannot tap %s: %v", button, err)
	}
	s.mu.Lock()
	s.taps = append(s.taps, tap)
	s.mu.Unlock()
}

// fresh takes an account that nobody has tried a password for, so that the
// guard against locked accounts knows nothing of it.
func (s *student) fresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.school = int(s.id) % len(s.unused)
	if s.rand != nil {
		s.school = s.rand.IntN(len(s.unused))
	}
	pool := s.unused[s.school]
	if len(pool) == 0 {
		s.lost("no accounts left")
	}
	s.account, s.unused[s.school] = pool[0], pool[1:]
	s.restarts = 0
}

// asks says something that nobody said before and sees its own answer.
func (s *student) asks() {
	s.words++
	word := fmt.Sprintf("/q%dx%d", s.id, s.words)
	s.types(word)
	s.sees("the answer to "+word, says("我没有 "+word+" 这个命令"))
}

// reachesPassword goes from /login to the question for the password.
func (s *student) reachesPassword() {
	s.types("/login")
	which, m := s.await("the first question", says("你是哪所学校的"), says("请发密码"))
	if which == 1 {
		if strings.Contains(m.Text, s.account.Number) {
			return
		}
		s.presses("换学校或账号")
		s.sees("the schools", says("你是哪所学校的"))
	}
	name := s.schools[s.school].Profile().Name
	if s.chance(2) {
		s.presses(name)
	} else {
		s.types(name)
	}
	s.sees("the question for the account", says("请发学号"))
	if s.chance(6) {
		s.cancels()
		s.reachesPassword()
		return
	}
	s.types(s.account.Number)
	s.sees("the question for the password", says("请发密码", s.account.Number))
}

func (s *student) cancels() {
	if s.chance(2) {
		s.types("/cancel")
	} else {
		s.presses("取消")
	}
	s.sees("that it is cancelled", says("已经取消"))
}

// logsIn logs in, with another account if the guard stops the first.
func (s *student) logsIn() {
	s.tally.logins.Add(1)
	s.reachesPassword()
	if s.chance(6) {
		s.cancels()
		s.reachesPassword()
	}
	s.password()
	if !s.finishes(says("✅", s.account.Number)) {
		s.fresh()
		s.logsIn()
	}
}

// password answers the question for it.
func (s *student) password() {
	s.leftovers, s.awaitsPicture = s.restartsShown(), true
	s.passwordAt = s.types(s.account.Password)
}

// restartsShown counts the questions for a password lost in a restart.
func (s *student) restartsShown() (n int) {
	for _, m := range s.telegram.Messages(s.id) {
		if m.Bot && restarted(m) {
			n++
		}
	}
	return n
}

// finishes goes from the password to what must follow the login. It reports
// false when the guard stepped in, which counts a password that was on its way
// at a kill as tried. Questions that come again are lawful only after a kill.
func (s *student) finishes(want screen) bool {
	picture := func(m emulator.Message) bool {
		return m.Photo != nil && string(m.Photo) != string(s.drawn) && hasButton(m, "换一张")
	}
	for {
		which, m := s.await("the end of the login", want, restarted, picture, says("我先停下来"))
		switch which {
		case 0:
			return true
		case 1:
			if n := s.restartsShown(); n > s.leftovers+1 {
				// The question just answered, sent twice: the bot takes away an
				// answered one before it asks anew.
				s.leftovers = n - 1
				s.before[m.ID] = m.Edits
				continue
			}
			s.again(s.passwordAt, "the password")
			s.restarts++
			s.tally.passwords.Add(1)
			s.passwordAt = s.types(s.account.Password)
		case 2:
			if !s.awaitsPicture {
				s.again(s.captchaAt, "a captcha")
				s.tally.pictures.Add(1)
			}
			s.solves(m)
		case 3:
			if s.restarts < 2 {
				s.lost("stopped by the guard after %d passwords lost in kills", s.restarts)
			}
			s.tally.guarded.Add(1)
			return false
		}
	}
}

// again fails the test if something is asked again without a reason.
func (s *student) again(said int64, what string) {
	if s.ends.Load() == said {
		s.lost("asked again for %s though the program had not ended", what)
	}
}

// solves deals with a picture: it is answered rightly, wrongly, or not at all.
func (s *student) solves(m emulator.Message) {
	sum := sha256.Sum256(m.Photo)
	answer, ok := s.schools[s.school].Captcha(hex.EncodeToString(sum[:]))
	if !ok {
		s.lost("the school did not draw the picture shown")
	}
	s.drawn = m.Photo
	s.captchaAt = s.actAt
	s.awaitsPicture = true
	switch {
	case s.chance(6):
		s.presses("换一张")
	case s.chance(5):
		s.words++
		s.types("zz" + fmt.Sprint(s.words))
	default:
		s.awaitsPicture = false
		s.types(answer)
	}
}

// chance is true once in n times; never for a student without dice, who goes
// straight on.
func (s *student) chance(n int) bool { return s.rand != nil && s.rand.IntN(n) == 0 }
