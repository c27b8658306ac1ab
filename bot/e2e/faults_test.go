package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

// TestUpdateFaults makes everything that can happen to updates on their way
// happen to what a person does: the bot answers as if nothing had, neither more
// nor less, and so it does everybody else. What is judged are the calls in the
// emulator's log. There is no column for pushes, because no update leads to one.
// TestFaults of the outbox is the other half, what can happen to answers.
func TestUpdateFaults(t *testing.T) {
	acts := []struct {
		name  string
		reach func(*Person)
		do    func(*Person)
		sends string // what the bot must do, at least
	}{
		{"reply", func(p *Person) {}, func(p *Person) { p.Says("/help") }, "sendMessage"},
		{"photo", func(p *Person) { p.reachesPassword(Number) }, func(p *Person) { p.Says(Password) }, "sendPhoto"},
		{"edit", func(p *Person) { p.reachesPicture(Number, Password) }, func(p *Person) { p.Taps("换一张") }, "editMessageMedia"},
	}
	none := func(*emulator.Server) {}
	faults := []struct {
		name          string
		before, after func(*emulator.Server) // the act, while its update waits
		later         func(*emulator.Server) // when it was answered
	}{
		{"poison before it", func(s *emulator.Server) { s.Poison() }, none, none},
		{"poison after it", none, func(s *emulator.Server) { s.Poison() }, none},
		{"doubled", none, (*emulator.Server).Double, none},
		{"doubled among poison", func(s *emulator.Server) { s.Poison() }, (*emulator.Server).Double, none},
		{"shuffled", none, func(s *emulator.Server) { s.Shuffle(1) }, none},
		{"shuffled otherwise", none, func(s *emulator.Server) { s.Shuffle(2) }, none},
		{"doubled and shuffled", none, func(s *emulator.Server) { s.Double(); s.Shuffle(3) }, none},
		{"after a gap", func(s *emulator.Server) { s.SkipUpdates(5000) }, none, none},
		{"jumped back", func(s *emulator.Server) { s.SkipUpdates(-5000) }, none, none},
		{"brought again", none, none, func(s *emulator.Server) { s.Redeliver(s.LastUpdate()); s.Redeliver(s.LastUpdate() - 1) }},
	}
	for _, act := range acts {
		play := func(t *testing.T, before, after, later func(*emulator.Server)) (mine, others []string) {
			story(t, func(t *testing.T) {
				w := New(t, Options{People: emulator.Options{FirstUpdate: 10_000}})
				p, other := w.Person(ZhangSan), w.Person(LiSi)
				act.reach(p)
				settles()
				atFirst, atOther := len(worked(w, p.ID)), len(worked(w, other.ID))
				w.Telegram.HoldUpdates(true)
				before(w.Telegram)
				other.Says("/help")
				act.do(p)
				after(w.Telegram)
				w.Telegram.HoldUpdates(false)
				settles()
				later(w.Telegram)
				settles()
				mine, others = worked(w, p.ID)[atFirst:], worked(w, other.ID)[atOther:]
			})
			return mine, others
		}
		mine, others := play(t, none, none, none)
		if !strings.Contains(strings.Join(mine, " "), act.sends) || len(others) == 0 {
			t.Fatalf("%s: without any fault the bot did %v and %v", act.name, mine, others)
		}
		for _, f := range faults {
			t.Run(f.name+"/"+act.name, func(t *testing.T) {
				got, gotOthers := play(t, f.before, f.after, f.later)
				if diff := cmp.Diff(mine, got); diff != "" {
					t.Errorf("calls (-without +with the fault):\n%s", diff)
				}
				if diff := cmp.Diff(others, gotOthers); diff != "" {
					t.Errorf("somebody else's calls (-without +with the fault):\n%s", diff)
				}
			})
		}
	}
}

// worked are the methods of the calls in a chat that worked, signs of life
// excluded.
func worked(w *World, chat int64) (out []string) {
	for _, c := range sends(w, chat) {
		if c.Err == nil && c.Method != "sendChatAction" {
			out = append(out, c.Method)
		}
	}
	return out
}
