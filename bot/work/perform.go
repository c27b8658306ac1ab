package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/jwxt"
)

// longQueue is how many may be before us at a school until the person is told.
const longQueue = 5

// perform does a job and says what happened.
func (p *Pool) perform(ctx context.Context, j Job) dialogue.Event {
	at, err := p.Schools.Open(j.Run.School)
	if err != nil {
		return p.Failed(j, err)
	}
	p.tellQueue(ctx, j, at)
	c := &jwxt.Conn{School: at.School, Session: j.Run.Session.Clone(), HTTP: at.HTTP}
	switch j.Run.Do {
	case dialogue.DoOpen:
		return p.open(ctx, j, at, c)
	case dialogue.DoSubmit:
		return p.submit(ctx, j, at, c)
	case dialogue.DoRead:
		return p.read(ctx, j, at, c)
	case dialogue.DoLogout:
		return p.logout(ctx, j, at, c)
	}
	return p.Failed(j, jwxt.Fail(jwxt.Internal, "work", fmt.Errorf("unknown job %q", j.Run.Do)))
}

// tellQueue tells the person when many others wait for the same school.
func (p *Pool) tellQueue(ctx context.Context, j Job, at catalog.Entry) {
	q, ok := at.HTTP.(interface{ Waiting() int })
	if !ok || q.Waiting() < longQueue || j.Run.Do == dialogue.DoLogout {
		return
	}
	if err := p.Report(ctx, j, dialogue.Event{Kind: dialogue.Queued, Gen: j.Gen, Ahead: q.Waiting()}); err != nil {
		p.Log.Warn("work: queue not told", "err", err)
	}
}

// open opens the login form, or draws the next picture of an open one. Where
// the guard would not let the form be posted, nobody is asked to read a picture.
func (p *Pool) open(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn) dialogue.Event {
	wait, err := p.guard.wait(ctx, j.Run.School, j.Run.Account, time.Now())
	if err != nil {
		return p.Failed(j, jwxt.Fail(jwxt.Internal, "guard", err))
	}
	if wait > 0 {
		return guarded(dialogue.OpenFailed, wait)
	}
	ask, err := begin(ctx, at.Driver, c)
	if err != nil {
		return p.Failed(j, err)
	}
	return dialogue.Event{Kind: dialogue.Opened, Ask: ask, Session: c.Session}
}

// guarded is what a job says that the guard stopped.
func guarded(k dialogue.EventKind, wait time.Duration) dialogue.Event {
	return dialogue.Event{Kind: k, Failure: &dialogue.Failure{
		Kind: jwxt.Locked, TriesLeft: -1, Minutes: int(math.Ceil(wait.Minutes())),
	}}
}

func begin(ctx context.Context, d jwxt.Driver, c *jwxt.Conn) (*jwxt.Ask, error) {
	step, err := d.Login(ctx, c, nil)
	if err != nil {
		return nil, err
	}
	ask, ok := step.(*jwxt.Ask)
	if !ok {
		return nil, jwxt.Fail(jwxt.Changed, "login", errors.New("logged in without being asked anything"))
	}
	return ask, nil
}

// submit posts the form once. After a wrong captcha it brings the next picture.
func (p *Pool) submit(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn) dialogue.Event {
	r, password := j.Run, ""
	if r.Needs(jwxt.FieldPassword) {
		var held, aged bool
		if password, held, aged = p.Vault.Get(j.Chat); !held {
			return dialogue.Event{Kind: dialogue.NoPassword, Aged: aged}
		}
		wait, err := p.guard.spend(ctx, r.School, r.Account, time.Now())
		if err != nil {
			return p.Failed(j, jwxt.Fail(jwxt.Internal, "guard", err))
		}
		if wait > 0 {
			return guarded(dialogue.LoginFailed, wait)
		}
	}
	step, err := at.Driver.Login(ctx, c, answers(r, password))
	if of, ok := outcome(step, err); ok {
		// The verdict counts even if nobody waits for it any more.
		if gerr := p.guard.judged(context.WithoutCancel(ctx), r.School, r.Account, of, time.Now()); gerr != nil {
			p.Log.Error("work: try not recorded", "err", gerr)
		}
	}
	return p.judged(ctx, j, at, c, step, err)
}

// outcome is what a step of a login means to the guard. It is nothing where the
// school has the password and wants it once more: it has said nothing of the one
// it got, and the try stays spent.
func outcome(step jwxt.Step, err error) (of error, ok bool) {
	ask, asked := step.(*jwxt.Ask)
	switch {
	case !asked || ask == nil:
		return err, true
	case ask.Unposted:
		return jwxt.ErrUnposted, true
	}
	return err, !slices.Contains(ask.Fields, jwxt.FieldPassword)
}

// answers are what the form asks for.
func answers(r dialogue.Run, password string) jwxt.Answers {
	all := jwxt.Answers{
		jwxt.FieldAccount: r.Account, jwxt.FieldPassword: password, jwxt.FieldCaptcha: r.Captcha,
		jwxt.FieldDrag: r.Drag, jwxt.FieldCode: r.Code,
	}
	maps.DeleteFunc(all, func(k jwxt.FieldKind, _ string) bool { return !r.Needs(k) })
	return all
}

// judged is what the school said of a form.
func (p *Pool) judged(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn, step jwxt.Step, err error) dialogue.Event {
	if jwxt.KindOf(err) == jwxt.WrongCaptcha && err != nil {
		return p.nextPicture(ctx, j, at, c, err)
	}
	if err != nil {
		return p.Failed(j, err)
	}
	switch step := step.(type) {
	case *jwxt.Done:
		return loggedIn(step, j.Run.Account, c)
	case *jwxt.Ask:
		if slices.ContainsFunc(step.Fields, answerable) {
			return dialogue.Event{Kind: dialogue.AskedMore, Ask: step, Session: c.Session}
		}
	}
	return p.Failed(j, jwxt.Fail(jwxt.Unsupported, "login", errors.New("the school asks for more than this bot can")))
}

// answerable reports whether a person who gave account and password can be
// asked for such a field besides.
func answerable(k jwxt.FieldKind) bool {
	return k == jwxt.FieldCaptcha || k == jwxt.FieldDrag || k == jwxt.FieldCode
}

func loggedIn(done *jwxt.Done, account string, c *jwxt.Conn) dialogue.Event {
	who := done.Student
	if who.Number == "" {
		who.Number = account
	}
	c.Session.Student = who
	return dialogue.Event{Kind: dialogue.LoggedIn, Student: who, Session: c.Session, Elsewhere: done.Ended}
}

func (p *Pool) nextPicture(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn, refused error) dialogue.Event {
	ask, err := begin(ctx, at.Driver, c)
	if err != nil {
		return p.Failed(j, err)
	}
	return dialogue.Event{
		Kind: dialogue.WrongCaptcha, Ask: ask, Session: c.Session,
		Failure: &dialogue.Failure{Kind: jwxt.WrongCaptcha, Said: jwxt.SaidOf(refused), TriesLeft: -1},
	}
}

// read reads what is wanted.
func (p *Pool) read(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn) dialogue.Event {
	var e dialogue.Event
	renewed, err := renewing(ctx, at.Driver, c, func() (err error) {
		e, err = p.readWant(ctx, j.Run.Want, at.Driver, c)
		return err
	})
	if err != nil {
		e = p.Failed(j, err)
	}
	if err == nil || renewed {
		e.Session = c.Session
	}
	return e
}

// renewing reads with a session. One that has ended is renewed once, where that
// takes nothing of the person, and read with again; it is the one to keep then,
// whatever came of the reading.
func renewing(ctx context.Context, d jwxt.Driver, c *jwxt.Conn, read func() error) (renewed bool, err error) {
	err = read()
	r, ok := jwxt.As[jwxt.Renewer](d)
	if !ok || err == nil || jwxt.KindOf(err) != jwxt.Expired {
		return false, err
	}
	if err = r.Renew(ctx, c); err != nil {
		return false, err
	}
	return true, read()
}

func (p *Pool) readWant(ctx context.Context, w dialogue.Want, d jwxt.Driver, c *jwxt.Conn) (dialogue.Event, error) {
	switch w.What {
	case dialogue.Grades:
		if r, ok := jwxt.As[jwxt.GradeReader](d); ok {
			t, err := r.Grades(ctx, c, w.Term)
			return dialogue.Event{Kind: dialogue.GradesRead, Transcript: &t}, err
		}
	case dialogue.Notices:
		if r, ok := jwxt.As[jwxt.NoticeReader](d); ok {
			n, err := r.Notices(ctx, c, max(w.Page, 1))
			return dialogue.Event{Kind: dialogue.NoticesRead, Notices: &n}, err
		}
	case dialogue.Notice:
		if r, ok := jwxt.As[jwxt.NoticeReader](d); ok {
			n, err := r.Notice(ctx, c, w.Notice)
			return dialogue.Event{Kind: dialogue.NoticeRead, Detail: &n}, err
		}
	}
	return dialogue.Event{}, jwxt.Fail(jwxt.Unsupported, string(w.What), nil)
}

// logout ends the session at the school, where that can be told. The session
// is wiped here in any case.
func (p *Pool) logout(ctx context.Context, j Job, at catalog.Entry, c *jwxt.Conn) dialogue.Event {
	l, ok := jwxt.As[jwxt.LogoutCaller](at.Driver)
	if !ok {
		return dialogue.Event{Kind: dialogue.LoggedOut}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	err := l.Logout(ctx, c)
	switch jwxt.KindOf(err) {
	case jwxt.Expired, jwxt.KickedOut, jwxt.Unsupported: // nothing is left to end, or no way to
		err = nil
	}
	if err != nil {
		return p.Failed(j, err)
	}
	return dialogue.Event{Kind: dialogue.LoggedOut}
}

// Failed turns an error into the event of its job, and logs it under the id
// that the person is shown. The school's words stay out of the log.
func (p *Pool) Failed(j Job, err error) dialogue.Event {
	f := &dialogue.Failure{Kind: jwxt.KindOf(err), Said: jwxt.SaidOf(err), TriesLeft: -1, ID: errorID()}
	var e *jwxt.Error
	if errors.As(err, &e) {
		f.TriesLeft = e.TriesLeft
	}
	f.Other = errors.Is(err, jwxt.ErrOtherStudent)
	f.Gone = errors.Is(err, catalog.ErrGone)
	level := slog.LevelWarn
	if errors.Is(err, context.Canceled) {
		level = slog.LevelDebug // by the person, or by our own end
	}
	p.Log.Log(context.Background(), level, "job failed", "id", f.ID, "job", j.Run.Do, "want", j.Run.Want.What,
		"school", j.Run.School, "kind", f.Kind.String(), msg.LogChat(j.Chat), "err", err)
	if e != nil && f.Kind == jwxt.Changed {
		p.Ops.Unknown(ops.Page{School: j.Run.School, Op: e.Op, ID: f.ID, Why: err.Error()})
	}
	kind := map[dialogue.JobKind]dialogue.EventKind{
		dialogue.DoOpen: dialogue.OpenFailed, dialogue.DoSubmit: dialogue.LoginFailed,
		dialogue.DoRead: dialogue.ReadFailed, dialogue.DoLogout: dialogue.LoggedOut, dialogue.DoLend: dialogue.LentFailed,
	}[j.Run.Do]
	return dialogue.Event{Kind: kind, Failure: f}
}

// errorID is short enough to be read out and long enough to be found in a log.
func errorID() string { return strings.ToLower(rand.Text()[:6]) }
