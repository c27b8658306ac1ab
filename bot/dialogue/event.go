package dialogue

import (
	"jwxtbot/jwxt"
)

// EventKind says what happened.
type EventKind string

// What the person did: commands, words, taps.
const (
	CmdStart       EventKind = "/start"
	CmdStartSchool EventKind = "/start school" // deep link to one school
	CmdHelp        EventKind = "/help"
	CmdLogin       EventKind = "/login"
	CmdLogout      EventKind = "/logout"
	CmdGrades      EventKind = "/grades"
	CmdBadTerm     EventKind = "/grades ?" // with words that are no term
	CmdNotices     EventKind = "/notices"
	CmdCancel      EventKind = "/cancel"
	CmdPrivacy     EventKind = "/privacy"
	CmdLanguage    EventKind = "/language"
	CmdUnknown     EventKind = "/?"

	Text   EventKind = "text"   // Event.Text
	Secret EventKind = "secret" // a password came; the shell holds it
	TooBig EventKind = "secret too long"
	Media  EventKind = "media" // picture, sticker, voice: anything without words

	TapSchool     EventKind = "tap school"      // Event.School
	TapSchoolPage EventKind = "tap school page" // Event.Page
	TapOther      EventKind = "tap other account"
	TapRefresh    EventKind = "tap refresh" // Event.AskID
	TapRetry      EventKind = "tap retry"
	TapLogin      EventKind = "tap login"
	TapCancel     EventKind = "tap cancel"
	TapGradePage  EventKind = "tap grade page"  // Event.View, Event.Page
	TapNoticePage EventKind = "tap notice page" // Event.View, Event.Page: of the list at hand
	TapNoticeMore EventKind = "tap notice more" // Event.Page: of the school's list
	TapNotice     EventKind = "tap notice"      // Event.Notice
	TapDetailPage EventKind = "tap detail page" // Event.View, Event.Page
	TapErase      EventKind = "tap erase"
	TapEraseYes   EventKind = "tap erase yes" // Event.Nonce
	TapKeep       EventKind = "tap keep"
	TapLanguage   EventKind = "tap language" // Event.Text: zh or en
	TapStale      EventKind = "tap stale"    // a button nobody knows any more
)

// What the person did on the page. Event.Attempt says for which login the page
// was opened. The answer is what the page then shows, not a message.
const (
	FormOpen    EventKind = "form open"    // Event.School, Event.Account
	FormRefresh EventKind = "form refresh" // Event.AskID
	FormSubmit  EventKind = "form submit"  // Event.AskID, Event.Account, Event.Text, Event.Code, Event.Track, Event.Fresh
)

// What became of a job.
const (
	Opened       EventKind = "opened"        // Event.Ask, Event.Session
	OpenFailed   EventKind = "open failed"   // Event.Failure
	WrongCaptcha EventKind = "wrong captcha" // refused, with the next Ask and Session
	AskedMore    EventKind = "asked more"    // taken, with the next Ask and Session
	LoggedIn     EventKind = "logged in"     // Event.Student, Event.Session
	LoginFailed  EventKind = "login failed"  // Event.Failure
	NoPassword   EventKind = "no password"   // memory no longer holds it
	Queued       EventKind = "queued"        // Event.Ahead others are before us
	GradesRead   EventKind = "grades read"
	NoticesRead  EventKind = "notices read"
	NoticeRead   EventKind = "notice read"
	ReadFailed   EventKind = "read failed" // Event.Failure, and Event.Session where it was renewed
	LoggedOut    EventKind = "logged out"  // Event.Failure when the school did not take it

	// The session was used for notices that it is lent for. The person takes no
	// part in it, so it is no place of the conversation.
	LentRead   EventKind = "lent read"   // Event.Session
	LentFailed EventKind = "lent failed" // Event.Failure, and Event.Session where it was renewed
)

// Woke says that time has passed; Step finds out what ended.
const Woke EventKind = "woke"

// EventKinds lists every kind.
func EventKinds() []EventKind {
	return []EventKind{
		CmdStart, CmdStartSchool, CmdHelp, CmdLogin, CmdLogout, CmdGrades, CmdBadTerm, CmdNotices,
		CmdCancel, CmdPrivacy, CmdLanguage, CmdUnknown, Text, Secret, TooBig, Media,
		TapSchool, TapSchoolPage, TapOther, TapRefresh, TapRetry, TapLogin, TapCancel,
		TapGradePage, TapNoticePage, TapNoticeMore, TapNotice, TapDetailPage, TapErase, TapEraseYes,
		TapKeep, TapLanguage, TapStale,
		FormOpen, FormRefresh, FormSubmit,
		Opened, OpenFailed, WrongCaptcha, AskedMore, LoggedIn, LoginFailed, NoPassword, Queued,
		GradesRead, NoticesRead, NoticeRead, ReadFailed, LoggedOut,
		LentRead, LentFailed, Woke,
	}
}

// Event is something that happened, with whatever its kind speaks of.
type Event struct {
	Kind EventKind

	// Of people.
	Lang      string   // language guessed from the client, used until one is chosen
	Text      string   // words typed; never a password
	Message   int      // the message whose button was tapped
	School    string   // an existing school's id, or ""
	Found     []string // ids of the schools whose names match Text
	Term      jwxt.Term
	AskID     string
	View      string
	Page      int
	Notice    string
	Nonce     string
	Undeleted bool // the password's message could not be deleted
	HasSecret bool // memory holds a password for this chat
	Attempt   string
	Account   string
	Code      string
	Track     jwxt.Track
	Fresh     bool // the password came with this event

	// Of jobs; School is theirs, too.
	Gen        uint64
	Ask        *jwxt.Ask
	Session    jwxt.Session
	Student    jwxt.Student
	Failure    *Failure
	Elsewhere  bool // of LoggedIn: it ended an older login of the account
	Aged       bool // of NoPassword: it was wiped for its age, not by a restart
	Ahead      int
	Transcript *jwxt.Transcript
	Notices    *jwxt.NoticePage
	Detail     *jwxt.NoticeDetail
}

// isResult reports whether the event is a job's, and so carries a Gen.
func (e Event) isResult() bool {
	switch e.Kind {
	case Opened, OpenFailed, WrongCaptcha, AskedMore, LoggedIn, LoginFailed, NoPassword, Queued,
		GradesRead, NoticesRead, NoticeRead, ReadFailed, LoggedOut, LentRead, LentFailed:
		return true
	}
	return false
}

// Failure is an error as the conversation needs it.
type Failure struct {
	Kind      jwxt.Kind `json:"kind"`
	Said      string    `json:"said,omitempty"`
	TriesLeft int       `json:"tries_left"`        // -1 where the school did not say
	ID        string    `json:"id,omitempty"`      // what the person can quote; the log has it too
	Other     bool      `json:"other,omitempty"`   // the session was another student's
	Gone      bool      `json:"gone,omitempty"`    // the school is not served any more
	Minutes   int       `json:"minutes,omitempty"` // our own guard against lock-outs waits this long
}

func (e Event) failure() Failure {
	if e.Failure == nil {
		return Failure{Kind: jwxt.Internal, TriesLeft: -1}
	}
	return *e.Failure
}
