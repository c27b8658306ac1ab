package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"iter"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// soakTally counts what the crowd and its enemies did.
type soakTally struct {
	said, taps, passwords, logins, mischief, schoolTrouble atomic.Int64
}

func (t *soakTally) String() string {
	return fmt.Sprintf("%d messages and %d taps, %d passwords, %d logins, %d mischiefs of Telegram and %d of schools",
		t.said.Load(), t.taps.Load(), t.passwords.Load(), t.logins.Load(), t.mischief.Load(), t.schoolTrouble.Load())
}

// ids are the people.
func (s *soak) ids() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i := range int64(soakPeople) {
			if !yield(firstStudent + i) {
				return
			}
		}
	}
}

// talk lets everybody talk, and the enemies do their worst, until quit.
func (s *soak) talk(quit chan struct{}) *sync.WaitGroup {
	var all sync.WaitGroup
	every := func(least, most time.Duration, do func()) {
		all.Go(func() {
			for {
				select {
				case <-quit:
					return
				case <-time.After(least + rand.N(most-least)):
					do()
				}
			}
		})
	}
	for id := range s.ids() {
		m := &talker{soak: s, id: id, school: int(id) % soakSchools, next: int(id-firstStudent) * (8000 / soakPeople)}
		every(1500*time.Millisecond, 4*time.Second, m.act)
	}
	every(500*time.Millisecond, 2*time.Second, s.troubleTelegram)
	every(time.Second, 4*time.Second, s.troubleSchools)
	return &all
}

// calm ends all troubles.
func (s *soak) calm() {
	s.telegram.ClearFaults()
	for _, school := range s.schools {
		school.ClearFaults()
	}
}

// talker is somebody who looks at the chat and does something that suits it,
// as a rule, whatever went wrong before.
type talker struct {
	*soak
	id     int64
	school int
	next   int // account
}

var asksForPassword = regexp.MustCompile(`(20200\d{5})[\s\S]*请发密码|请发密码[\s\S]*?(20200\d{5})`)

// act does one thing.
func (p *talker) act() {
	last, ok := p.last()
	asked := asksForPassword.FindString(last.Text)
	switch {
	case !ok || rand.N(6) == 0:
		p.strays()
	case last.Photo != nil:
		p.solves(last)
	case asked != "":
		p.tally.passwords.Add(1)
		p.types(canaryWord + regexp.MustCompile(`20200\d{5}`).FindString(asked))
	case strings.Contains(last.Text, "请发学号"):
		p.next++
		p.types(fmt.Sprint(2020000000 + 10000*p.school + p.next%8000))
	case strings.Contains(last.Text, "你是哪所学校的"):
		p.types(p.schools[p.school].Profile().Name)
	default:
		p.wants()
	}
}

// last is the newest message of the bot.
func (p *talker) last() (emulator.Message, bool) {
	all := p.telegram.Messages(p.id)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Bot {
			return all[i], true
		}
	}
	return emulator.Message{}, false
}

func (p *talker) types(text string) {
	p.tally.said.Add(1)
	p.telegram.SendText(p.id, p.id, text)
}

// solves answers a captcha, now and then wrongly.
func (p *talker) solves(m emulator.Message) {
	sum := sha256.Sum256(m.Photo)
	answer, ok := p.schools[p.school].Captcha(hex.EncodeToString(sum[:]))
	switch dice := rand.N(10); {
	case dice == 0:
		p.taps("换一张", m)
	case dice == 1 || !ok:
		p.types("zzzz")
	default:
		p.tally.logins.Add(1)
		p.types(answer)
	}
}

func (p *talker) taps(button string, m emulator.Message) {
	p.tally.taps.Add(1)
	p.telegram.Tap(p.id, p.id, m.ID, button)
}

// wants asks for something.
func (p *talker) wants() {
	wishes := []string{"/grades", "/grades", "/grades", "/notices", "/notices", "/login", "/logout", "/help", "/start"}
	p.types(wishes[rand.N(len(wishes))])
}

// strays does what nobody asked for.
func (p *talker) strays() {
	switch rand.N(8) {
	case 0:
		p.types("/cancel")
	case 1:
		p.telegram.SendPhoto(p.id, p.id, selfie(), "看")
	case 2:
		for range 6 {
			p.types("在吗")
		}
	case 3:
		p.telegram.Block(p.id, true)
		time.Sleep(rand.N(2 * time.Second))
		p.telegram.Block(p.id, false)
	case 4:
		p.telegram.SendText(p.id, groupChat, "/notices")
	case 5:
		p.types("/login")
	default:
		p.tapsAnything()
	}
}

// tapsAnything presses a button that is on screen, however old.
func (p *talker) tapsAnything() {
	all := p.telegram.Messages(p.id)
	for range 20 {
		if len(all) == 0 {
			return
		}
		m := all[rand.N(len(all))]
		if len(m.Buttons) > 0 && len(m.Buttons[0]) > 0 {
			p.taps(m.Buttons[0][0].Text, m)
			return
		}
	}
}

// selfie is a picture that no school drew.
func selfie() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// troubleTelegram does one of the things that Telegram can do to a bot.
func (s *soak) troubleTelegram() {
	s.tally.mischief.Add(1)
	chat := firstStudent + rand.N(int64(soakPeople))
	faults := []emulator.Fault{
		{RetryAfter: 1 + rand.N(4), Chat: chat},
		{RetryAfter: 1, Method: "sendMessage"},
		{HTML502: true, Times: 1 + rand.N(3)},
		{Status: http.StatusInternalServerError},
		{Status: http.StatusGatewayTimeout, Times: 2},
		{Status: http.StatusConflict, Method: "getUpdates"},
		{CutAfterSend: true},
		{HalfBody: true},
		{Stall: true, Chat: chat, Method: "sendMessage"},
		{Stall: true, Chat: chat, Method: "deleteMessage"},
		{Delay: 2 * time.Second, Times: 5},
	}
	if s.patient {
		faults = slices.DeleteFunc(faults, func(f emulator.Fault) bool { return f.Stall })
	}
	switch n := rand.N(len(faults) + 6); n {
	case 0:
		s.telegram.Poison()
	case 1:
		s.telegram.Redeliver(s.telegram.LastUpdate() - rand.N(20))
	case 2:
		s.telegram.SkipUpdates(1 + rand.N(50))
	case 3, 4, 5:
		s.telegram.HoldUpdates(true)
		time.Sleep(300 * time.Millisecond)
		if n == 3 {
			s.telegram.Shuffle(rand.Uint64())
		} else {
			s.telegram.Double()
		}
		s.telegram.HoldUpdates(false)
	default:
		s.telegram.Fault(faults[n-6])
	}
}

// troubleSchools does one of the things that schools do.
func (s *soak) troubleSchools() {
	s.tally.schoolTrouble.Add(1)
	school := s.schools[rand.N(len(s.schools))]
	kinds := campus.FaultKinds()
	if rand.N(4) == 0 {
		school.ClearFaults()
		return
	}
	fault := campus.Fault{Kind: kinds[rand.N(len(kinds))], Times: 1, Delay: rand.N(3 * time.Second)}
	if err := school.AddFault(fault); err != nil {
		s.tb.Error(err)
	}
}
