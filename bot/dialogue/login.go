package dialogue

import (
	"jwxtbot/jwxt"
)

// This file holds the actions of a login, from the first question to the
// school's verdict.

// run starts a job under a new generation, so that whatever an older job still
// brings counts for nothing.
func (t *turn) run(r Run) {
	t.next()
	t.do(r)
}

// next begins a generation. It is nearly the time, so that a chat erased and
// begun anew does not take results of jobs from before for its own.
func (t *turn) next() { t.Gen = max(t.Gen+1, uint64(t.env.Now.UnixMicro())) }

// abandon leaves a login or a read unfinished.
func (t *turn) abandon() {
	t.next()
	t.Form, t.Attempt, t.Want = nil, nil, nil
	t.clear()
}

// clear takes the password from memory, and from the screen what only belongs
// to the unfinished.
func (t *turn) clear() {
	t.do(ForgetSecret{})
	t.do(CloseSlot{FormSlot})
	if t.Place() == Reading || t.Place() == Leaving {
		t.do(CloseSlot{AnswerSlot}) // it says that something is going on
	}
}

// ask puts a question of the login on screen, in place of the one before.
func (t *turn) ask(s Show) {
	s.Slot, s.Mode = FormSlot, Replace
	t.show(s)
}

func (t *turn) question(keys ...string) Show {
	buttons := t.withPage(row(btnCancel))
	switch t.Place() {
	case AskingSchool:
		return Show{Say: append(keys, "school.ask"), Schools: 1, Buttons: buttons}
	case AskingAccount:
		return Show{Say: append(keys, "account.ask"), Buttons: buttons}
	case FillingForm:
		return Show{Say: append(keys, "form.led"), Buttons: buttons}
	case AskingCode:
		return Show{Say: append(keys, "code.ask"), Buttons: row(btnCancel)}
	default:
		return Show{Say: append(keys, "password.ask"), Buttons: t.withPage(row(btnOther, btnCancel))}
	}
}

// at poses the question of a place the row is about to go to.
func (t *turn) at(p Place, keys ...string) {
	t.At = p
	t.ask(t.question(keys...))
}

// turnInto poses the question of a place in the message whose button was tapped.
func (t *turn) turnInto(p Place) {
	t.At = p
	s := t.question()
	s.Slot, s.Message = FormSlot, t.e.Message
	t.show(s)
}

// begin forgets an unfinished login and keeps what is wanted now.
func (t *turn) begin() []string {
	want := t.wish()
	t.next()
	t.attempt()
	t.Form = nil
	t.Want = want
	t.do(ForgetSecret{})
	return t.why()
}

// why is the sentence that tells what the login is for, if there is one.
func (t *turn) why() []string {
	if ended := t.ended(); ended != nil || t.Want == nil {
		return ended
	}
	return []string{"login.first"}
}

// ended is the sentence that tells why the last session ended; it is told once.
func (t *turn) ended() []string {
	if t.Ended == "" {
		return nil
	}
	key := "ended." + string(t.Ended)
	t.Ended = ""
	return []string{key}
}

var (
	beginPassword = Action{"ask password", func(t *turn) { t.at(AskingPassword, t.begin()...) }}
	beginOnly     = Action{"ask account", func(t *turn) {
		keys := t.begin()
		t.School, t.Account = t.env.OnlySchool, ""
		t.at(AskingAccount, keys...)
	}}
	beginSchool = Action{"ask school", func(t *turn) { t.at(AskingSchool, t.begin()...) }}
	askSchool   = Action{"ask school", func(t *turn) { t.turnInto(AskingSchool) }}
	sayAlready  = Action{"logged in already", func(t *turn) { t.tell(homeButtons, "login.already") }}

	sayPending    = Action{"still checking", func(t *turn) { t.aside("login.pending") }}
	saySchoolGone = Action{"school unknown", func(t *turn) {
		t.tell(row(btnLogin), "school.gone")
	}}
	toastSchoolGone = Action{"school unknown", func(t *turn) { t.do(Toast{Key: "toast.school_gone", Alert: true}) }}
	takeLinked      = Action{"take school", func(t *turn) {
		keys := t.begin()
		t.choose(t.e.School)
		t.at(AskingAccount, keys...)
	}}
	takeSchool = Action{"take school", func(t *turn) {
		t.choose(t.e.School)
		t.turnInto(AskingAccount)
	}}
	takeFound = Action{"take school", func(t *turn) {
		t.choose(t.e.Found[0])
		t.at(AskingAccount)
	}}
	takeOnly = Action{"ask account", func(t *turn) {
		t.choose(t.env.OnlySchool)
		t.turnInto(AskingAccount)
	}}
	turnSchools = Action{"turn page", func(t *turn) {
		t.show(Show{Slot: FormSlot, Message: t.e.Message, Say: []string{"school.ask"}, Schools: max(t.e.Page, 1), Buttons: t.withPage(row(btnCancel))})
	}}
	offerFound = Action{"offer matches", func(t *turn) {
		t.ask(Show{Say: []string{"school.found"}, Offer: t.e.Found, Query: t.e.Text, N: len(t.e.Found), Buttons: t.withPage(row(btnCancel))})
	}}
	noneFound = Action{"nothing matches", func(t *turn) {
		t.ask(Show{Say: []string{"school.none"}, Schools: 1, Query: t.e.Text, Buttons: t.withPage(row(btnCancel))})
	}}
	repeat = Action{"ask again", func(t *turn) { t.ask(t.question()) }}
)

func (t *turn) choose(school string) { t.School, t.Account, t.Form = school, "", nil }

// Account and password.
var (
	takeAccount = Action{"ask password", func(t *turn) {
		t.Account = narrow(t.e.Text)
		t.at(AskingPassword)
	}}
	refuseAccount  = Action{"account looks wrong", func(t *turn) { t.ask(t.question("account.bad")) }}
	refusePassword = Action{"password too long", func(t *turn) {
		t.do(ForgetSecret{})
		t.warn()
		t.ask(t.question("password.bad"))
	}}
	openForm = Action{"open form", func(t *turn) {
		t.chatLeads()
		t.warn()
		t.ask(Show{Say: []string{"captcha.loading"}, Buttons: row(btnCancel)})
		t.open()
	}}
	submitKept = Action{"post form", func(t *turn) {
		t.warn()
		t.answer(t.Form.Answer, Replace, Run{Captcha: t.Form.Answer})
	}}
	askPasswordAgain = Action{"ask password again", func(t *turn) {
		t.at(AskingPassword, passwordGone(t.e))
	}}
)

// passwordGone is the sentence that asks for the password once more.
func passwordGone(e Event) string {
	if e.Aged {
		return "password.aged"
	}
	return "password.restart"
}

// warn says where the password still stands in the chat. That stays on screen.
func (t *turn) warn() {
	if t.e.Undeleted {
		t.tell(nil, "password.undeleted")
	}
}

func (t *turn) open() {
	r := Run{Do: DoOpen, School: t.School, Account: t.Account}
	if t.Form != nil {
		r.Session = t.Form.Session
	}
	t.run(r)
}

// answer sends the form with what was answered in the chat. That is kept with
// the form, because the password may turn out to be gone.
func (t *turn) answer(words string, m Mode, r Run) {
	t.Form.Answer = words
	t.show(Show{Slot: FormSlot, Mode: m, Say: []string{"login.submitting"}})
	t.post(r)
}

// post sends the form.
func (t *turn) post(r Run) {
	r.Do, r.School, r.Account = DoSubmit, t.School, t.Account
	r.Session, r.Fields = t.Form.Session, t.Form.Fields
	t.run(r)
}

// The picture.
var (
	showCaptcha     = Action{"show picture", func(t *turn) { t.picture(Replace, t.Form != nil, "captcha.ask") }}
	showNextCaptcha = Action{"show next picture", func(t *turn) {
		refused := t.Form.answer()
		t.picture(InPlace, false, "captcha.wrong")
		t.Form.Refused = refused
	}}
	submitPlain = Action{"post form", func(t *turn) {
		t.adopt()
		t.answer("", InPlace, Run{})
	}}
	submit = Action{"post form", func(t *turn) {
		captcha := letters(t.e.Text)
		t.answer(captcha, InPlace, Run{Captcha: captcha})
	}}
	refresh     = Action{"draw again", func(t *turn) { t.open() }}
	toastNewer  = Action{"drawn already", func(t *turn) { t.toast("toast.newer") }}
	replaceAged = Action{"draw again", func(t *turn) {
		t.tell(nil, "captcha.aged")
		t.open()
	}}
	sayOldAnswer  = Action{"answer came too late", func(t *turn) { t.tell(nil, "captcha.old") }}
	refuseCaptcha = Action{"no captcha text", func(t *turn) { t.tell(nil, "captcha.bad") }}
)

// The code.
var (
	askCode = Action{"ask for the code", func(t *turn) {
		t.passwordTaken()
		t.adopt()
		t.At = AskingCode
		t.ask(t.question())
	}}
	askCodeAgain = Action{"ask for the code again", func(t *turn) {
		refused := t.Form.answer()
		t.adopt()
		t.Form.Refused = refused
		t.ask(Show{Say: []string{"code.wrong"}, Failure: t.e.Failure, Buttons: row(btnCancel)})
	}}
	showMore = Action{"show picture", func(t *turn) {
		t.passwordTaken()
		t.picture(Replace, false, "captcha.ask")
	}}
	codeAged   = Action{"ask password again", func(t *turn) { t.at(AskingPassword, "code.aged") }}
	refuseCode = Action{"no code", func(t *turn) { t.tell(nil, "code.bad") }}
	submitCode = Action{"post form", func(t *turn) {
		code := letters(t.e.Text)
		t.answer(code, InPlace, Run{Code: code})
	}}
)

func (f *Form) answer() string {
	if f == nil {
		return ""
	}
	return f.Answer
}

// adopt makes the form that a job opened the chat's form.
func (t *turn) adopt() {
	f := &Form{Session: t.e.Session, Until: t.env.Now.Add(t.env.Limits.Captcha)}
	if a := t.e.Ask; a != nil {
		f.AskID, f.Fields = a.ID, a.Fields
	}
	t.Form = f
}

// picture shows the picture of a newly opened form. The very first one is a
// new message, because a text cannot be edited into a photo; later ones are
// drawn over it.
func (t *turn) picture(m Mode, again bool, key string) {
	if again {
		m = InPlace
	}
	t.adopt()
	var img []byte
	if t.e.Ask != nil {
		img = t.e.Ask.Image
	}
	t.show(Show{
		Slot: FormSlot, Mode: m, Say: []string{key}, Picture: img, Failure: t.e.Failure,
		Buttons: row(Button{Key: "btn.refresh", Data: "draw:" + t.Form.AskID}, btnCancel),
	})
}

// The verdict.
var (
	welcome = Action{"welcome", func(t *turn) {
		t.enter()
		t.show(Show{Slot: AnswerSlot, Mode: Fresh, Say: t.welcomed(), Buttons: homeButtons})
	}}
	welcomeAndRead = Action{"welcome, then answer what was wanted", func(t *turn) {
		t.enter()
		t.tell(nil, t.welcomed()...)
		t.Want.Renewed = true
		t.readNow(*t.Want, 0)
	}}
	failLogin = Action{"say why", func(t *turn) {
		key, f := t.fail()
		t.do(CloseSlot{FormSlot})
		t.show(Show{Mode: Fresh, Say: []string{key}, Failure: &f, N: f.Minutes, Buttons: t.withPage(t.ways(f))})
	}}
)

// welcomed is what a login that worked is told with.
func (t *turn) welcomed() []string {
	if t.e.Elsewhere {
		return []string{"login.done", "login.elsewhere"}
	}
	return []string{"login.done"}
}

// fail ends a login that the school, or our own guard, stopped, and gives the
// sentence that tells so. The password is kept where it was never judged.
func (t *turn) fail() (key string, f Failure) {
	f = t.e.failure()
	t.Form = nil
	if t.Attempt != nil {
		t.Attempt.Until = t.env.Now.Add(t.env.Limits.Attempt)
	}
	if f.Kind != jwxt.Unreachable {
		t.do(ForgetSecret{})
	}
	if f.Minutes > 0 {
		return "login.guard", f
	}
	return failKey(f), f
}

// enter takes the session of a login that worked.
func (t *turn) enter() {
	t.Login = &Login{
		School: t.School, Account: t.Account, Student: t.e.Student,
		Session: t.e.Session, Since: t.env.Now, Used: t.env.Now,
	}
	t.Form, t.Ended = nil, ""
	if t.Attempt != nil {
		t.Attempt = &Attempt{ID: t.Attempt.ID, Done: true}
	}
	t.do(ForgetSecret{})
	t.do(DropViews{})
	t.do(CloseSlot{FormSlot})
}
