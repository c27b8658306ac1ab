package dialogue

import "jwxtbot/jwxt"

// This file holds the actions of a login that is led from its page. The chat
// then shows one message, with the way to the page, and asks nothing.

// maxPicture bounds the pictures that are kept for the page, in bytes: with
// them a chat's row must stay well below what a store takes.
const maxPicture = 200 << 10

// attempt begins a login in the eyes of its page. A page of an earlier one
// shows that it is over.
func (t *turn) attempt() { t.Attempt = &Attempt{ID: t.nonce()} }

// withPage puts the way to the page above the buttons, where there is one.
func (t *turn) withPage(buttons [][]Button) [][]Button {
	if !pageOffered.Test(t) {
		return buttons
	}
	return append(row(Button{Key: "btn.page", Page: t.Attempt.ID}), buttons...)
}

// note is what the page says now.
func (t *turn) note(key string, f *Failure) { t.Attempt.Say, t.Attempt.Failure = key, f }

// says is the action of a sentence on the page and nothing else.
func says(name, key string) Action { return Action{name, func(t *turn) { t.note(key, nil) }} }

// lead hands the login over to the page.
func (t *turn) lead() {
	if t.Attempt.Led && t.Place() != Idle {
		return
	}
	t.Attempt.Led = true
	s := Show{Slot: FormSlot, Say: []string{"form.led"}, Buttons: t.withPage(row(btnCancel))}
	if t.Place() == AskingCaptcha {
		s.Mode = Replace // a picture stays a picture
	}
	t.show(s)
}

// chatLeads takes the login back into the chat.
func (t *turn) chatLeads() {
	if t.Attempt != nil {
		t.Attempt = &Attempt{ID: t.Attempt.ID}
	}
}

// fill makes the form that a job opened the one on the page.
func (t *turn) fill(key string, f *Failure) {
	t.adopt()
	t.note(key, f)
	a := t.e.Ask
	if a == nil {
		return
	}
	size := len(a.Image)
	if a.Puzzle != nil {
		size += len(a.Puzzle.Piece)
	}
	if size > maxPicture {
		t.note("form.toobig", nil)
		return
	}
	t.Form.Image, t.Form.Puzzle = a.Image, a.Puzzle
}

// openAgain opens the form, or draws its next picture.
func (t *turn) openAgain(key string) {
	t.lead()
	t.note(key, nil)
	t.Attempt.Until = zeroTime
	if t.Form != nil {
		t.Form.Image, t.Form.Puzzle = nil, nil
	}
	t.open()
}

var (
	dropForm    = Action{"nothing", func(*turn) {}}
	openForPage = Action{"open form for the page", func(t *turn) {
		school, account := t.School, t.Account
		if school != t.e.School {
			t.choose(t.e.School)
		}
		if a := narrow(t.e.Account); accountForm.MatchString(a) {
			t.Account = a
		}
		if t.School != school || t.Account != account {
			t.do(ForgetSecret{}) // it was meant for another account
		}
		t.openAgain("")
	}}
	redraw      = Action{"draw again", func(t *turn) { t.openAgain("") }}
	redrawAged  = Action{"draw again", func(t *turn) { t.openAgain("form.aged") }}
	noteOlder   = says("show the newest picture", "form.older")
	noteAccount = says("account looks wrong", "form.account")
	noteSecret  = says("ask password again", "form.password")
	noteCaptcha = says("no captcha text", "form.letters")
	noteDrag    = says("ask to drag", "form.drag")
	noteCode    = says("no code", "form.code")
	noteQueue   = Action{"tell the queue", func(t *turn) {
		t.note("queue", nil)
		t.Attempt.Ahead = t.e.Ahead
	}}
	noteNoPassword = Action{"ask password again", func(t *turn) {
		key := "form.restart"
		if t.e.Aged {
			key = "form.forgot"
		}
		t.note(key, nil)
	}}

	submitForPage = Action{"post form", func(t *turn) {
		if t.Form.needs(jwxt.FieldAccount) {
			t.Account = narrow(t.e.Account)
		}
		t.note("", nil)
		t.post(Run{Captcha: letters(t.e.Text), Code: letters(t.e.Code), Drag: t.e.drag()})
	}}
	fillForm = Action{"show form", func(t *turn) { t.fill(t.Attempt.aside(), nil) }}
	fillMore = Action{"show what is asked", func(t *turn) {
		key := ""
		if codeAsked.Test(t) {
			key = "code.ask"
		}
		t.passwordTaken()
		t.fill(key, nil)
	}}
	fillNext = Action{"show next picture", func(t *turn) {
		key := "form.wrong"
		switch {
		case codeAsked.Test(t):
			key = "form.codewrong"
		case dragAsked.Test(t):
			key = "form.missed"
		}
		t.fill(key, t.e.Failure)
	}}
	failForPage = Action{"say why", func(t *turn) {
		key, f := t.fail()
		t.note(key, &f)
		t.show(Show{Slot: FormSlot, Say: []string{key}, Failure: &f, N: f.Minutes, Buttons: t.withPage(t.ways(f))})
	}}

	// A picture that must be dragged cannot be answered in words.
	offerPage = Action{"offer the page", func(t *turn) {
		t.passwordTaken()
		t.fill("", nil)
		t.Attempt.Led = true
		t.ask(Show{Say: []string{"drag.page"}, Buttons: t.withPage(row(btnCancel))})
	}}
	sayNoDrag = Action{"say it cannot be done here", func(t *turn) {
		t.abandon()
		t.tell(nil, "drag.none")
	}}
)

// aside is what the page goes on saying while a form opens.
func (a *Attempt) aside() string {
	if a.Say == "form.aged" {
		return a.Say
	}
	return ""
}

// drag is the track's text form, "" where nothing was dragged.
func (e Event) drag() string {
	if len(e.Track) == 0 {
		return ""
	}
	return e.Track.String()
}

// passwordTaken wipes the password once the school wants it no more.
func (t *turn) passwordTaken() {
	if t.e.Kind == AskedMore && !askedFor(jwxt.FieldPassword).Test(t) {
		t.do(ForgetSecret{})
	}
}
