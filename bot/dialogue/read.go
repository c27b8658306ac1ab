package dialogue

import "jwxtbot/jwxt"

// This file holds the actions that read grades and notices, end sessions and
// let things come of age.

// wish is what the event asks for, or what was wanted before.
func (t *turn) wish() *Want {
	switch t.e.Kind {
	case CmdGrades:
		return &Want{What: Grades, Term: t.e.Term}
	case CmdNotices:
		return &Want{What: Notices, Page: 1}
	case TapNoticeMore:
		return &Want{What: Notices, Page: max(t.e.Page, 1)}
	case TapNotice:
		return &Want{What: Notice, Notice: t.e.Notice}
	case TapRetry, TapOther:
		return t.Want
	}
	return nil
}

// readNow starts reading; the answer takes the place of the message given.
func (t *turn) readNow(w Want, message int) {
	t.Want = &w
	s := Show{Slot: AnswerSlot, Mode: Fresh, Say: []string{"read." + string(w.What)}}
	if message != 0 {
		s.Mode, s.Message = InPlace, message
	}
	t.show(s)
	t.run(Run{Do: DoRead, School: t.Login.School, Account: t.Login.Account, Session: t.Login.Session, Want: w})
}

var (
	read = Action{"read", func(t *turn) {
		if t.e.Kind == CmdGrades || t.e.Kind == CmdNotices {
			t.readNow(*t.wish(), 0) // the message with the button is a menu, and stays
			return
		}
		t.readNow(*t.wish(), t.e.Message)
	}}
	readAgain = Action{"read again", func(t *turn) {
		w := *t.Want
		w.Renewed = false
		t.readNow(w, t.e.Message)
	}}
	wishNow = Action{"remember, ask again", func(t *turn) {
		t.Want = t.wish()
		if t.Place() == AskingCaptcha {
			t.tell(nil, "captcha.first")
			return
		}
		t.ask(t.question("login.first"))
	}}
	wishLater = Action{"remember", func(t *turn) {
		t.Want = t.wish()
		t.aside("login.pending")
	}}
	sayQueue = Action{"tell the queue", func(t *turn) {
		slot := FormSlot
		if t.Place() == Reading {
			slot = AnswerSlot
		}
		t.show(Show{Slot: slot, Say: []string{"queue"}, N: t.e.Ahead})
	}}
	showRead = Action{"show it", func(t *turn) {
		w := *t.Want
		t.used()
		t.Want = nil
		t.do(KeepView{Want: w, Transcript: t.e.Transcript, Notices: t.e.Notices, Detail: t.e.Detail})
		t.do(ShowView{What: w.What, Page: 1})
	}}
	renewPassword = Action{"ask password", func(t *turn) {
		t.do(CloseSlot{AnswerSlot})
		t.end(reasonOf(t.e.failure()))
		t.attempt()
		t.at(AskingPassword, t.ended()...)
	}}
	failRead = Action{"say why", func(t *turn) {
		f := t.e.failure()
		keys := []string{failKey(f)}
		if f.Kind == jwxt.Expired || f.Kind == jwxt.KickedOut {
			t.end(reasonOf(f))
		}
		t.keep()
		t.show(Show{Slot: AnswerSlot, Say: keys, Failure: &f, Buttons: t.ways(f)})
	}}
)

// failKey is the sentence that tells of a failure.
func failKey(f Failure) string {
	switch {
	case f.Other:
		return "ended." + string(EndedOther)
	case f.Gone:
		return "fail.gone"
	}
	return "fail." + f.Kind.String()
}

func reasonOf(f Failure) Reason {
	switch {
	case f.Other:
		return EndedOther
	case f.Kind == jwxt.KickedOut:
		return EndedKicked
	}
	return EndedBySchool
}

// used notes that the session worked, with the cookies the school sent last.
func (t *turn) used() {
	if t.Login == nil {
		return
	}
	t.Login.Used = t.env.Now
	t.keep()
}

// keep takes the session that a reading brought, be it that the reading failed
// once the session was renewed for it.
func (t *turn) keep() {
	if t.Login != nil && !t.e.Session.Empty() {
		t.Login.Session = t.e.Session
	}
}

// A session that is lent is not used by its owner: it lives no longer for it.
var (
	keepCookies = Action{"keep cookies", (*turn).keep}
	endLent     = Action{"wipe session", func(t *turn) { t.end(reasonOf(t.e.failure())) }}
)

// end wipes the session and remembers why, to be told when the person next
// asks. Unless another login is under way, the next one is for the same account.
func (t *turn) end(r Reason) {
	if p := t.Place(); t.Login != nil && (p == Idle || p == Reading) {
		t.School, t.Account, t.Attempt = t.Login.School, t.Login.Account, nil
	}
	t.Login, t.Ended = nil, r
	t.do(DropViews{})
}

// Logging out.
var (
	logout = Action{"wipe, tell school", func(t *turn) {
		l := t.Login
		t.abandon()
		t.Login, t.Ended, t.School, t.Account = nil, "", "", ""
		t.do(DropViews{})
		t.show(Show{Slot: AnswerSlot, Mode: Fresh, Say: []string{"logout.wait"}})
		t.run(Run{Do: DoLogout, School: l.School, Session: l.Session})
	}}
	noLogout = Action{"nothing to end", func(t *turn) {
		t.School, t.Account, t.Ended, t.Want, t.Attempt = "", "", "", nil, nil
		t.do(DropViews{})
		t.tell(row(btnLogin), "logout.none")
	}}
	loggedOut = Action{"say so", func(t *turn) {
		t.show(Show{Slot: AnswerSlot, Say: []string{"logout.done"}})
	}}
	leaveNow = Action{"do not wait", func(t *turn) {
		t.abandon()
		t.tell(nil, "logout.doneschoolfailed")
	}}
	loggedOutHere = Action{"say so", func(t *turn) {
		t.show(Show{Slot: AnswerSlot, Say: []string{"logout.doneschoolfailed"}})
	}}
)

// Cancelling.
var (
	cancel = Action{"cancel", func(t *turn) {
		t.abandon()
		t.tell(nil, "cancel.done")
	}}
	nothingToCancel = Action{"nothing to cancel", func(t *turn) { t.tell(nil, "cancel.nothing") }}
)

// Coming of age.
var (
	timeOut = Action{"give up quietly", func(t *turn) {
		t.abandon()
		t.tell(row(btnLogin), "login.timeout")
	}}
	giveUp = Action{"say it failed", func(t *turn) {
		t.next()
		t.show(Show{Slot: AnswerSlot, Say: []string{"fail.Unreachable"}, Buttons: t.retry()})
	}}
	wipeForm = Action{"wipe its cookies", func(t *turn) {
		t.Form = nil
		if t.Place() == FillingForm {
			t.note("form.aged", nil)
		}
	}}
	closePage   = Action{"forget the attempt", func(t *turn) { t.Attempt = nil }}
	endIdle     = Action{"wipe session", func(t *turn) { t.end(EndedIdle) }}
	endAbsolute = Action{"wipe session", func(t *turn) { t.end(EndedAbsolute) }}
)
