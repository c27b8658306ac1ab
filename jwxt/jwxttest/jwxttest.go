// Package jwxttest is the suite that every driver passes.
//
// A driver's own tests start a simulated school, describe it with a [Case] and
// call [Run]. The suite stands between the driver and the school: it counts
// requests, breaks answers, and writes the session to JSON and back between
// any two calls, each of which is made by a fresh driver value.
package jwxttest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// School is a simulated school under the suite's orders. Orders that concern
// a student concern the case's account.
type School interface {
	http.Handler
	// Captcha is what a picture says; ok is false for a picture never drawn.
	Captcha(picture []byte) (text string, ok bool)
	Expire()   // ends the student's sessions
	Kick()     // ends them as a login from elsewhere does
	Rotate()   // changes the session's cookies with the next answer
	Lock()     // refuses the login from now on
	Evaluate() // puts 评教 before the grades
	Shut()     // closes the grades for now
	Empty()    // takes all grades, lessons and examinations away, and says so
}

// Slider is a School whose captcha is a piece to drag.
type Slider interface {
	// Gap is how far a piece must be dragged on a board; ok is false for a
	// board never drawn.
	Gap(board []byte) (pixels int, ok bool)
}

// Front is a School behind a front that remembers who has logged in.
type Front interface {
	Forget() // ends what it remembers of the student
}

// Case describes one school and what is right there.
type Case struct {
	New    func() jwxt.Driver
	School func(t testing.TB) School         // a fresh one each time
	At     func(baseURL string) jwxt.School  // how a client is told of it
	Login  func(r *http.Request) (post bool) // this request carries a password
	Data   string                            // part of the path of the grade list

	Student  jwxt.Student
	Password string
	Captcha  bool
	Drag     bool // the captcha is a piece to drag, and the School a Slider
	Later    bool // it is asked once the account is known, and nothing has been posted then
	// InAddress says that the session is in the address, not in a cookie.
	InAddress bool
	Rows      int    // grades of all terms
	Lessons   int    // of the first term that has grades, where the driver reads timetables
	Exams     int    // of that term, where the driver reads examinations
	ExamsNow  bool   // the system tells of the last term's only, and Exams counts those
	Notices   int    // notices on the first page
	NoticeID  string // as the driver's lists give them; "" means 32 hex digits

	Begin  int // requests to begin a login, its picture included
	Redraw int // requests for another picture; 0 means 1
	Grades int // requests of /grades on a session that has been used before
}

// Run runs the suite.
func Run(t *testing.T, c Case) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Case)
	}{
		{"login", testLogin},
		{"new picture", testRefresh},
		{"wrong captcha", testWrongCaptcha},
		{"password shown again", testEcho},
		{"wrong password", testWrongPassword},
		{"locked", testLocked},
		{"answer without a form", testNoForm},
		{"grades", testGrades},
		{"one term", testTerm},
		{"notices", testNotices},
		{"timetable", testTimetable},
		{"examinations", testExams},
		{"session ends", testEnds},
		{"gates", testGates},
		{"renewed", testRenewed},
		{"logout", testLogout},
		{"cookies change", testRotation},
		{"broken answers", testBroken},
		{"broken login", testBrokenLogin},
		{"slow answers", testSlow},
		{"huge answers", testHuge},
		{"another host", testForeign},
		{"cancelled", testCancelled},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

// rig is one student at one school, with the suite in between.
type rig struct {
	testing.TB
	Case
	school School
	wire   *wire
	conn   jwxt.Conn
}

func newRig(t *testing.T, c Case) *rig {
	r := rigOf(t, c)
	server := httptest.NewServer(r.wire)
	t.Cleanup(server.Close)
	r.wire.foreign = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.wire.leak(q) }))
	t.Cleanup(r.wire.foreign.Close)

	school := c.At(server.URL)
	school.Pace.Timeout = 20 * time.Second // a busy machine draws slowly
	r.connect(school)
	return r
}

// rigOf is one without a way to the school.
func rigOf(t *testing.T, c Case) *rig {
	r := &rig{TB: t, Case: c, school: c.School(t)}
	r.wire = &wire{inner: r.school, login: c.Login}
	return r
}

func (r *rig) connect(school jwxt.School, opts ...fetch.Option) {
	r.Helper()
	client, err := fetch.New(school, opts...)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(client.Close)
	r.conn = jwxt.Conn{School: school, HTTP: client}
}

// call makes one call that is no login: none may post the password.
func (r *rig) call(do func(context.Context, jwxt.Driver, *jwxt.Conn) error) error {
	r.Helper()
	err := r.callWith(r.Context(), do)
	if _, posts := r.wire.counted(); posts > 0 {
		r.Errorf("the password was posted %d times outside a login", posts)
	}
	return err
}

// callWith makes one call with a fresh driver and a session that comes from JSON
// and goes there, and returns the call's error after looking into it.
func (r *rig) callWith(ctx context.Context, do func(context.Context, jwxt.Driver, *jwxt.Conn) error) error {
	r.Helper()
	c := r.conn
	c.Session = r.stored(r.conn.Session)
	r.wire.forget()
	err := do(ctx, r.New(), &c)
	r.conn.Session = r.stored(c.Session)
	r.discreet(err)
	return err
}

// stored is a session as a caller stores it, which must not hold the password.
func (r *rig) stored(s jwxt.Session) jwxt.Session {
	r.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		r.Fatal(err)
	}
	for _, secret := range []string{r.Password, base64.StdEncoding.EncodeToString([]byte(r.Password))} {
		for range 3 { // as it is, in JSON, and in a memo's JSON in JSON
			if bytes.Contains(b, []byte(secret)) {
				r.Error("the session holds the password")
			}
			quoted, _ := json.Marshal(secret) // strings always marshal
			secret = string(quoted[1 : len(quoted)-1])
		}
	}
	var out jwxt.Session
	if err := json.Unmarshal(b, &out); err != nil {
		r.Fatal(err)
	}
	return out
}

// discreet checks that an error is classified and tells nothing personal.
func (r *rig) discreet(err error) {
	r.Helper()
	if err == nil {
		return
	}
	var e *jwxt.Error
	if !errors.As(err, &e) {
		r.Errorf("not a *jwxt.Error: %v", err)
	}
	secrets := []string{r.Password, r.Student.Number, r.Student.Name}
	for _, c := range r.conn.Session.Cookies {
		if len(c.Value) > 3 { // "1" is a setting
			secrets = append(secrets, c.Value)
		}
	}
	text := fmt.Sprintf("%v %s", err, err)
	if r.InAddress {
		memo := maps.Clone(r.conn.Session.Memo)
		delete(memo, fetch.MemoMirror)
		secrets = slices.AppendSeq(secrets, maps.Values(memo))
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(text, s) {
			r.Errorf("the error tells a secret: %v", err)
		}
	}
}

// begin opens a login form, or draws the next picture of an open one. Where the
// captcha comes later, it goes on to where that is asked.
func (r *rig) begin() *jwxt.Ask {
	r.Helper()
	ask := r.ask(func() (jwxt.Step, error) { return r.login(nil) })
	if !r.Later || len(ask.Image) > 0 {
		return ask
	}
	return r.askedLater(ask)
}

// askedLater answers a form that has no captcha yet with all it asks. The answer
// must be another question, before anything is posted.
func (r *rig) askedLater(ask *jwxt.Ask) *jwxt.Ask {
	r.Helper()
	if want := []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}; !slices.Equal(ask.Fields, want) {
		r.Errorf("asked first for %v, want %v", ask.Fields, want)
	}
	begin, _ := r.wire.counted()
	later := r.ask(func() (jwxt.Step, error) {
		return r.login(jwxt.Answers{jwxt.FieldAccount: r.Student.Number, jwxt.FieldPassword: r.Password})
	})
	if _, posts := r.wire.counted(); posts != 0 || !later.Unposted {
		r.Errorf("before the captcha was asked the password was posted %d times; Unposted is %v", posts, later.Unposted)
	}
	r.wire.add(begin)
	return later
}

func (r *rig) login(a jwxt.Answers) (step jwxt.Step, err error) {
	r.Helper()
	err = r.callWith(r.Context(), func(ctx context.Context, d jwxt.Driver, c *jwxt.Conn) error {
		step, err = d.Login(ctx, c, a)
		return err
	})
	if _, posts := r.wire.counted(); posts > 1 {
		r.Errorf("the password was posted %d times", posts)
	}
	return step, err
}

func (r *rig) ask(do func() (jwxt.Step, error)) *jwxt.Ask {
	r.Helper()
	step, err := do()
	if err != nil {
		r.Fatalf("Login: %v (said %q)", err, jwxt.SaidOf(err))
	}
	ask, ok := step.(*jwxt.Ask)
	if !ok {
		r.Fatalf("got %T, want an Ask", step)
	}
	return ask
}

// answers are right ones, but for what the caller changes.
func (r *rig) answers(ask *jwxt.Ask) jwxt.Answers {
	r.Helper()
	a := jwxt.Answers{jwxt.FieldAccount: r.Student.Number, jwxt.FieldPassword: r.Password}
	switch {
	case r.Drag:
		gap, ok := r.school.(Slider).Gap(ask.Image)
		if !ok {
			r.Fatal("the board is not one that the school drew")
		}
		a[jwxt.FieldDrag] = drag(gap).String()
	case r.Captcha:
		text, ok := r.school.Captcha(ask.Image)
		if !ok {
			r.Fatal("the picture is not one that the school drew")
		}
		a[jwxt.FieldCaptcha] = text
	}
	return a
}

// drag is a track as a hand makes it.
func drag(to int) jwxt.Track {
	var t jwxt.Track
	for i := range 21 {
		t = append(t, jwxt.Point{X: to * i / 20, Y: i % 3, T: 40 * i})
	}
	return t
}

// in logs in.
func (r *rig) in() {
	r.Helper()
	r.done(r.answers(r.begin()))
}

func (r *rig) done(a jwxt.Answers) jwxt.Student {
	r.Helper()
	step, err := r.login(a)
	if err != nil {
		r.Fatalf("Login: %v (said %q)", err, jwxt.SaidOf(err))
	}
	done, ok := step.(*jwxt.Done)
	if !ok {
		r.Fatalf("got %T, want Done", step)
	}
	return done.Student
}

func (r *rig) grades(t jwxt.Term) (out jwxt.Transcript, err error) {
	r.Helper()
	err = r.call(func(ctx context.Context, d jwxt.Driver, c *jwxt.Conn) error {
		out, err = grades(d).Grades(ctx, c, t)
		return err
	})
	return out, err
}

// grades is the reader of grades that every driver has.
func grades(d jwxt.Driver) jwxt.GradeReader {
	r, _ := jwxt.As[jwxt.GradeReader](d)
	return r
}

// used makes sure that the session works, and that the driver has learned what
// it learns with the first reading.
func (r *rig) used() {
	r.Helper()
	got, err := r.grades(jwxt.Term{})
	if err != nil {
		r.Fatalf("Grades: %v (said %q)", err, jwxt.SaidOf(err))
	}
	if len(got.Grades) != r.Rows {
		r.Fatalf("got %d grades, want %d", len(got.Grades), r.Rows)
	}
}

func (r *rig) want(err error, kinds ...jwxt.Kind) {
	r.Helper()
	for _, k := range kinds {
		if err != nil && jwxt.KindOf(err) == k {
			return
		}
	}
	r.Errorf("got error %v, want %v", err, kinds)
}
