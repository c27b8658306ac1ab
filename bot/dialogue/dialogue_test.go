package dialogue

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
)

var update = flag.Bool("update", false, "rewrite the diagram in the README")

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// states are the states a place is met in.
func states(p Place) (out []State) {
	forms := []*Form{nil}
	if p != Idle && p != Reading && p != Leaving {
		open := Form{AskID: "a1", Fields: []jwxt.FieldKind{jwxt.FieldCaptcha}, Until: now.Add(time.Minute), Refused: "old1"}
		answered, aged, drawn := open, open, open
		answered.Answer, aged.Until = "ab12", now.Add(-time.Second)
		forms = append(forms, &open, &answered, &aged)
		if p == FillingForm || p == Submitting {
			drawn.Image, drawn.Puzzle = []byte("png"), &jwxt.Puzzle{Piece: []byte("png")}
			drawn.Fields = []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldDrag}
			code := open
			code.Fields = []jwxt.FieldKind{jwxt.FieldCode}
			forms = append(forms, &drawn, &code)
		}
	}
	login := &Login{School: "x", Account: "2020000001", Since: now.Add(-time.Hour), Used: now.Add(-time.Hour)}
	old := &Login{School: "x", Account: "2020000001", Since: now.Add(-32 * 24 * time.Hour), Used: now.Add(-time.Hour)}
	stale := &Login{School: "x", Account: "2020000001", Since: now.Add(-48 * time.Hour), Used: now.Add(-25 * time.Hour)}
	wants := []*Want{nil, {What: Grades}, {What: Notice, Notice: "n", Renewed: true}}
	if p == Reading {
		wants = wants[1:]
	}
	r := rand.New(rand.NewPCG(3, 4)) // every attempt with every state would take a minute
	out = shapes(p, forms, []*Login{nil, login, old, stale}, wants)
	for i := range out {
		all := attempts(p)
		if f := out[i].Form; f != nil && f.Image != nil {
			all = []*Attempt{{ID: "at", Led: true}}
		}
		out[i].Attempt = all[r.IntN(len(all))]
		out[i] = out[i].clone()
	}
	return out
}

// attempts are what a login may be to its page in a place.
func attempts(p Place) []*Attempt {
	asked, led, done := &Attempt{ID: "at"}, &Attempt{ID: "at", Led: true, Say: "form.aged"}, &Attempt{ID: "at", Done: true}
	old := &Attempt{ID: "at", Led: true, Until: now.Add(-time.Second)}
	switch p {
	case FillingForm:
		return []*Attempt{led}
	case Opening, Submitting:
		return []*Attempt{nil, asked, led}
	case Idle, Reading:
		return []*Attempt{nil, asked, led, done, old}
	}
	return []*Attempt{nil, asked}
}

func shapes(p Place, forms []*Form, logins []*Login, wants []*Want) (out []State) {
	for _, f := range forms {
		for _, l := range logins {
			for _, w := range wants {
				for _, account := range []string{"", "2020000001"} {
					for _, until := range []time.Time{now.Add(time.Hour), now.Add(-time.Second)} {
						if p == Idle {
							until = time.Time{}
						}
						s := State{At: p, Lang: "zh", Gen: 7, Account: account, Form: f, Login: l, Want: w, Until: until}
						if account != "" {
							s.School = "x"
						}
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

// events are the shapes a kind comes in.
func events(k EventKind) (out []Event) {
	base := Event{Kind: k, Gen: 7, Text: "ab12", Message: 3, Page: 1, View: "v"}
	add := func(change func(*Event)) {
		e := base
		change(&e)
		out = append(out, e)
	}
	add(func(*Event) {})
	switch k {
	case Text:
		for _, text := range []string{"", "🙂", "验证码", "old1", strings.Repeat("x", 300), "ＡＢ１２", " a b c d "} {
			add(func(e *Event) { e.Text = text })
		}
		add(func(e *Event) { e.Found = []string{"x"} })
		add(func(e *Event) { e.Found = []string{"x", "y"} })
	case CmdStartSchool, TapSchool:
		add(func(e *Event) { e.School = "x" })
		add(func(e *Event) { e.School = "y" })
	case TapRefresh:
		add(func(e *Event) { e.AskID = "a1" })
	case TapRetry:
		add(func(e *Event) { e.Nonce = "7" })
		add(func(e *Event) { e.Nonce, e.HasSecret = "7", true })
	case TapEraseYes:
		add(func(e *Event) { e.Nonce = "7" })
	case Secret, TooBig:
		add(func(e *Event) { e.Undeleted = true })
	case FormOpen, FormRefresh, FormSubmit:
		out = append(out, formEvents(base)...)
	case Opened, WrongCaptcha, AskedMore:
		for _, fields := range [][]jwxt.FieldKind{
			{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldCaptcha},
			{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldDrag}, {jwxt.FieldCode},
		} {
			add(func(e *Event) { e.Ask = &jwxt.Ask{ID: "a2", Fields: fields, Image: []byte("png")} })
		}
		add(func(e *Event) {
			e.Ask = &jwxt.Ask{ID: "a2", Fields: []jwxt.FieldKind{jwxt.FieldDrag}, Image: make([]byte, maxPicture), Puzzle: &jwxt.Puzzle{Piece: []byte("png")}}
		})
	case OpenFailed, LoginFailed, ReadFailed, LoggedOut, LentFailed:
		for _, kind := range jwxt.Kinds() {
			add(func(e *Event) { e.Failure = &Failure{Kind: kind, TriesLeft: -1, ID: "id"} })
		}
		add(func(e *Event) { e.Failure = &Failure{Kind: jwxt.KickedOut, Other: true} })
		add(func(e *Event) { e.Failure = &Failure{Kind: jwxt.Locked, Minutes: 12} })
	case NoPassword:
		add(func(e *Event) { e.Aged = true })
	}
	return out
}

// formEvents are what a page may send: of this login or another, complete or
// with something missing.
func formEvents(base Event) (out []Event) {
	whole := base
	whole.Attempt, whole.AskID, whole.School, whole.Account = "at", "a1", "x", "2020000001"
	whole.HasSecret, whole.Code, whole.Track = true, "123456", jwxt.Track{{X: 40, T: 300}}
	for _, change := range []func(*Event){
		func(*Event) {},
		func(e *Event) { e.Attempt = "another" },
		func(e *Event) { e.School = "" },
		func(e *Event) { e.School, e.Account = "y", "" },
		func(e *Event) { e.AskID = "a0" },
		func(e *Event) { e.Account = "2020000009" },
		func(e *Event) { e.Account = "no account" },
		func(e *Event) { e.Account, e.Fresh = "2020000009", true },
		func(e *Event) { e.HasSecret = false },
		func(e *Event) { e.Text = "" },
		func(e *Event) { e.Track = nil },
		func(e *Event) { e.Code = "?" },
	} {
		e := whole
		change(&e)
		out = append(out, e)
	}
	if base.Kind != FormSubmit {
		return out[:6] // it brings no answers
	}
	return out
}

var envs = []Env{
	{Now: now, Limits: DefaultLimits()},
	{Now: now, Limits: DefaultLimits(), OnlySchool: "x", Page: true},
	{Now: now, Limits: DefaultLimits(), SchoolGone: true},
}

// TestEveryPair walks every place with every event in every shape.
func TestEveryPair(t *testing.T) {
	pairs := 0
	for _, p := range Places() {
		for _, k := range EventKinds() {
			for _, s := range states(p) {
				for _, e := range events(k) {
					for _, env := range envs {
						pairs++
						before := s.clone()
						got, fx := Step(s, e, env)
						if bad := lawful(before, e, got, fx); bad != "" {
							t.Fatalf("%s + %s: %s\nstate  %+v\nevent  %+v\nbecame %+v\neffects %+v", p, k, bad, before, e, got, fx)
						}
						if !reflect.DeepEqual(before, s) {
							t.Fatalf("%s + %s changed the state it was given:\n%s", p, k, cmp.Diff(before, s))
						}
					}
				}
			}
		}
	}
	t.Logf("%d steps", pairs)
}

var waitsFor = map[Place]JobKind{Opening: DoOpen, Submitting: DoSubmit, Reading: DoRead, Leaving: DoLogout}

// lawful says which law a step broke.
func lawful(before State, e Event, after State, fx []Effect) string {
	runs, visible := jobs(fx), seen(fx)
	switch {
	case !slices.Contains(Places(), after.Place()):
		return "unknown place"
	case !e.isResult() && e.Kind != Woke && !slices.Contains(forms, e.Kind) && !visible: // the page looks for itself
		return "a person got no answer"
	case e.Kind == CmdCancel && after.Place() != Idle:
		return "/cancel did not end it"
	case after.Place() == Idle && after.Form != nil:
		return "cookies of an abandoned form are kept"
	case after.Form != nil && after.Form.Image != nil && after.Place() != FillingForm && after.Place() != Submitting:
		return "a picture is kept for nothing"
	case after.Attempt != nil && !after.Attempt.Until.IsZero() && after.Place() != Idle && after.Place() != Reading:
		return "a page closes while it leads"
	case after.Place() == FillingForm && (after.Attempt == nil || !after.Attempt.Led):
		return "a page that does not lead"
	case len(runs) == 1 && runs[0].Do == DoSubmit && e.isResult() && e.Kind != Opened:
		return "a form is posted that nobody answered"
	case len(runs) == 1 && runs[0].Do == DoSubmit && e.Kind == FormSubmit && !answers(before, e):
		return "an answer is posted that was not given to this picture"
	case after.Place() != Idle && after.Until.IsZero():
		return "a place without an end"
	case len(runs) > 1:
		return "two jobs at once"
	case after.Gen < before.Gen:
		return "the generation went back"
	}
	kind, waits := waitsFor[after.Place()]
	if waits && after.Gen != before.Gen && (len(runs) != 1 || runs[0].Do != kind) {
		return "waits for a job that was not started"
	}
	if waits && after.Gen == before.Gen && after.Place() != before.Place() {
		return "waits for a job that was not started"
	}
	if (after.Place() == AskingCaptcha || after.Place() == AskingCode) && before.Place() != after.Place() && after.Form == nil {
		return "asks for a captcha without a form"
	}
	if (after.Place() == AskingPassword || after.Place() == Opening || after.Place() == Submitting) &&
		before.Place() != after.Place() && after.School == "" && e.Kind != TapRetry {
		if before.School != "" {
			return "the school was lost"
		}
	}
	return ""
}

// answers reports whether a page answered the latest picture of this attempt.
func answers(s State, e Event) bool {
	return s.Place() == FillingForm && s.Form != nil && s.Form.AskID == e.AskID && s.Attempt.ID == e.Attempt &&
		(e.HasSecret || !s.Form.needs(jwxt.FieldPassword))
}

func jobs(fx []Effect) (out []Run) {
	for _, f := range fx {
		if r, ok := f.(Run); ok {
			out = append(out, r)
		}
	}
	return out
}

func seen(fx []Effect) bool {
	return slices.ContainsFunc(fx, func(f Effect) bool {
		switch f.(type) {
		case Show, ShowView, Toast:
			return true
		case Run: // the answer to a tap on 换一张 is the next picture
			return true
		}
		return false
	})
}

// TestEveryRowCounts fails on a row that an earlier one always hides.
func TestEveryRowCounts(t *testing.T) {
	hit := map[*Row]bool{}
	for _, p := range Places() {
		for _, k := range EventKinds() {
			for _, s := range states(p) {
				for _, e := range events(k) {
					for _, env := range envs {
						hit[find(&turn{State: s, e: e, env: env}, k)] = true
					}
				}
			}
		}
	}
	for i := range table {
		if !hit[&table[i]] {
			t.Errorf("row %d is never taken: from %v on %v if %q do %q", i, table[i].From, table[i].On, table[i].If.Name, table[i].Do.Name)
		}
	}
	if hit[nil] {
		for _, p := range Places() {
			for _, k := range EventKinds() {
				if find(&turn{State: State{At: p}, e: Event{Kind: k}}, k) == nil && k != Woke {
					t.Errorf("%s + %s has no row", p, k)
				}
			}
		}
	}
}

// TestWalks walks at random from an empty state: every place is reached, no
// law is broken, and wherever a walk ends, /cancel leads home.
func TestWalks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	reached := map[Place]int{}
	kinds := EventKinds()
	for walk := range 500 {
		var s State
		env := envs[walk%len(envs)]
		for step := range 1000 {
			shapes := events(kinds[r.IntN(len(kinds))])
			e := shapes[r.IntN(len(shapes))]
			e.Gen = s.Gen
			if s.Form != nil && r.IntN(2) == 0 {
				e.AskID = s.Form.AskID
			}
			env.Now = env.Now.Add(time.Duration(r.IntN(120)) * time.Second)
			next, fx := Step(s, e, env)
			if bad := lawful(s, e, next, fx); bad != "" {
				t.Fatalf("walk %d step %d: %s\nstate %+v\nevent %+v\nbecame %+v", walk, step, bad, s, e, next)
			}
			s = next
			reached[s.Place()]++
		}
		if home, _ := Step(s, Event{Kind: CmdCancel}, env); home.Place() != Idle {
			t.Fatalf("walk %d: /cancel led to %s", walk, home.Place())
		}
	}
	for _, p := range Places() {
		if reached[p] == 0 {
			t.Errorf("place %s is never reached", p)
		}
	}
}

// TestOldResults proves that a job which no longer counts changes nothing.
func TestOldResults(t *testing.T) {
	for _, p := range Places() {
		for _, k := range EventKinds() {
			s := State{At: p, Lang: "zh", Gen: 9, School: "x", Account: "a", Until: now.Add(time.Hour)}
			e := Event{Kind: k, Gen: 8}
			if !e.isResult() {
				continue
			}
			got, fx := Step(s, e, envs[0])
			if diff := cmp.Diff(s, got); diff != "" || len(fx) > 0 {
				t.Errorf("%s + old %s: effects %v, state\n%s", p, k, fx, diff)
			}
		}
	}
}

// TestLent: a session that is lent keeps the cookies that the school gave last,
// and lives no longer for it. One that is found to be over ends.
func TestLent(t *testing.T) {
	used := now.Add(-time.Hour)
	s := State{Lang: "zh", Gen: 7, Login: &Login{School: "x", Account: "a", Since: used, Used: used}}
	cookies := jwxt.Session{Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: "2"}}}
	got, fx := Step(s, Event{Kind: LentRead, Gen: 7, Session: cookies}, envs[0])
	if len(got.Login.Session.Cookies) != 1 || !got.Login.Used.Equal(used) || len(fx) != 0 {
		t.Errorf("a lent reading leaves %+v, %v", got.Login, fx)
	}
	got, _ = Step(s, Event{Kind: LentFailed, Gen: 7, Failure: &Failure{Kind: jwxt.Unreachable}}, envs[0])
	if got.Login == nil {
		t.Error("a school that cannot be reached ends the session")
	}
	got, _ = Step(s, Event{Kind: LentFailed, Gen: 7, Failure: &Failure{Kind: jwxt.KickedOut}}, envs[0])
	if got.Login != nil || got.Ended != EndedKicked || got.Account != "a" {
		t.Errorf("a session that is over leaves %+v", got)
	}
}

// TestUnknownPlace: a state of a later version of this program, found after a
// way back, is as good as idle.
func TestUnknownPlace(t *testing.T) {
	for _, k := range EventKinds() {
		s := State{At: "asking-fingerprint", Lang: "zh", Gen: 7, Until: now.Add(-time.Hour)}
		e := Event{Kind: k, Gen: 6}
		got, fx := Step(s, e, envs[0])
		s.At = Idle
		want, wantFx := Step(s, e, envs[0])
		got.At, want.At = got.Place(), want.Place()
		if diff := cmp.Diff(want, got) + cmp.Diff(wantFx, fx); diff != "" {
			t.Errorf("%s:\n%s", k, diff)
		}
	}
}

// TestAccountOnly: who sends 学号 and password in one message has not typed a
// 学号. Joined together they would be stored as one.
func TestAccountOnly(t *testing.T) {
	for text, want := range map[string]string{
		" 2020000001 ": "2020000001", "２０２０００００0１": "2020000001",
		"2020000001 Canary77": "", "2020000001　Canary77": "", "2020000001\nCanary77": "", "2020000001\tCanary77": "",
	} {
		got, fx := Step(State{At: AskingAccount, School: "x", Until: now.Add(time.Hour)}, Event{Kind: Text, Text: text}, envs[0])
		if got.Account != want || strings.Contains(fmt.Sprint(got, fx), "Canary") {
			t.Errorf("%q: the account is %q, want %q; effects %v", text, got.Account, want, fx)
		}
	}
}

// TestDiagram keeps the README's picture true.
func TestDiagram(t *testing.T) {
	const file, begin, end = "../../README.md", "```mermaid\n", "```\n"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	old, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no diagram to compare with", file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+begin+Mermaid()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(Mermaid(), old); diff != "" {
		t.Errorf("the README's diagram is not the table's; run go test ./bot/dialogue -update:\n%s", diff)
	}
}

func ExampleStep() {
	s := State{School: "demo", Account: "2020000001"}
	s, effects := Step(s, Event{Kind: CmdGrades}, Env{Now: now, Limits: DefaultLimits()})
	fmt.Println(s.At, s.Want.What, len(effects))
	// Output: asking-password grades 2
}
