package dialogue

import (
	"strconv"

	"jwxtbot/jwxt"
)

// This file holds the actions that only talk.

func (t *turn) do(e Effect) { t.fx = append(t.fx, e) }

func (t *turn) show(s Show) { t.do(s) }

// tell answers with a message of its own.
func (t *turn) tell(buttons [][]Button, keys ...string) {
	t.show(Show{Mode: Fresh, Say: keys, Buttons: buttons})
}

// aside answers something that must wait: a tap in passing, words with words.
func (t *turn) aside(key string) {
	if t.e.Message != 0 {
		t.toast("toast.wait")
		return
	}
	t.tell(nil, key)
}

func (t *turn) toast(key string) { t.do(Toast{Key: key}) }

// nonce ties a button to the moment it was shown: any login, job or logout
// begun after it makes it void.
func (t *turn) nonce() string { return strconv.FormatUint(t.Gen, 36) }

// retry is the button of a failure, which tries again what failed.
func (t *turn) retry() [][]Button { return row(Button{Key: "btn.retry", Data: "retry:" + t.nonce()}) }

// ways are the buttons of a failure: only what may help.
func (t *turn) ways(f Failure) [][]Button {
	retry := t.retry()
	switch {
	case f.Gone && t.Login != nil: // kept for when the school comes back
		return row(btnLogout)
	case f.Minutes > 0, f.Gone:
		return row(btnOther)
	case f.Kind == jwxt.WrongPassword, f.Kind == jwxt.Locked:
		return row(retry[0][0], btnOther)
	case f.Kind == jwxt.Unsupported:
		return nil
	}
	return retry
}

func row(bs ...Button) [][]Button { return [][]Button{bs} }

// The buttons. Their data is read back by Tap.
var (
	btnLogin   = Button{Key: "btn.login", Data: "login"}
	btnCancel  = Button{Key: "btn.cancel", Data: "cancel"}
	btnOther   = Button{Key: "btn.other", Data: "other"}
	btnGrades  = Button{Key: "btn.grades", Data: "grades"}
	btnNotices = Button{Key: "btn.notices", Data: "notices"}
	btnLogout  = Button{Key: "btn.logout", Data: "logout"}
	btnErase   = Button{Key: "btn.erase", Data: "erase"}
	btnKeep    = Button{Key: "btn.keep", Data: "keep"}
	btnZh      = Button{Key: "btn.zh", Data: "lang:zh"}
	btnEn      = Button{Key: "btn.en", Data: "lang:en"}
)

var homeButtons = [][]Button{{btnGrades, btnNotices}, {btnLogout}}

var (
	greet = Action{"greet", func(t *turn) {
		if t.Login != nil {
			t.tell(homeButtons, "start.hello")
			return
		}
		t.tell(row(btnLogin), "start.hello")
	}}
	help           = Action{"help", func(t *turn) { t.tell(nil, "help.private") }}
	askLanguage    = Action{"offer languages", func(t *turn) { t.tell(row(btnZh, btnEn), "language.ask") }}
	unknownCommand = Action{"name the commands", func(t *turn) {
		t.show(Show{Mode: Fresh, Say: []string{"unknown.command"}, Query: t.e.Text})
	}}
	badTerm = Action{"explain terms", func(t *turn) {
		t.show(Show{Mode: Fresh, Say: []string{"grades.badterm"}, Query: t.e.Text})
	}}
	setLanguage = Action{"set language", func(t *turn) {
		t.Lang = t.e.Text
		t.show(Show{Mode: InPlace, Message: t.e.Message, Say: []string{"language.set"}})
	}}
	unknownText = Action{"say what helps", func(t *turn) {
		if t.Login != nil {
			t.tell(homeButtons, "unknown.text")
			return
		}
		t.tell(row(btnLogin), "unknown.text")
	}}
	unknownMedia = Action{"ask for words", func(t *turn) { t.tell(nil, "unknown.media") }}
	busy         = Action{"ask to wait", func(t *turn) { t.aside("busy") }}
	toastWait    = Action{"ask to wait", func(t *turn) { t.toast("toast.wait") }}
	toastStale   = Action{"button is old", func(t *turn) { t.toast("toast.stale") }}
	straySecret  = Action{"wipe password", func(t *turn) {
		t.do(ForgetSecret{})
		t.tell(nil, "password.stray")
	}}
	tooLate = Action{"drop late result", func(*turn) {}}

	turnPage = Action{"turn page", func(t *turn) {
		what := map[EventKind]What{TapGradePage: Grades, TapNoticePage: Notices, TapDetailPage: Notice}[t.e.Kind]
		t.do(ShowView{What: what, View: t.e.View, Page: t.e.Page, Message: t.e.Message})
	}}
)

// Privacy.
var (
	showPrivacy  = Action{"tell what is stored", func(t *turn) { t.tell(row(btnErase), "privacy.show") }}
	confirmErase = Action{"ask to confirm", func(t *turn) {
		yes := Button{Key: "btn.erase_yes", Data: "erase:" + t.nonce()}
		t.show(Show{Message: t.e.Message, Say: []string{"privacy.confirm"}, Buttons: row(yes, btnKeep)})
	}}
	keepAll = Action{"keep all", func(t *turn) {
		t.show(Show{Message: t.e.Message, Say: []string{"privacy.show"}, Buttons: row(btnErase)})
	}}
	eraseAll = Action{"erase all", func(t *turn) {
		t.clear()
		login := t.Login
		t.show(Show{Message: t.e.Message, Say: []string{"privacy.erased"}})
		t.State = State{Lang: t.Lang, Gen: t.Gen}
		if login != nil {
			t.run(Run{Do: DoLogout, School: login.School, Session: login.Session})
		}
		t.do(Erase{})
	}}
)
