package dialogue

import (
	"slices"
	"time"

	"jwxtbot/jwxt"
)

// Place is where a chat stands in the conversation.
type Place string

// The places. "Asking" waits for the person, the others for the school.
const (
	Idle           Place = "idle" // nothing is going on; also the zero value's meaning
	AskingSchool   Place = "asking-school"
	AskingAccount  Place = "asking-account"
	AskingPassword Place = "asking-password"
	Opening        Place = "opening" // the login form and its picture are being fetched
	AskingCaptcha  Place = "asking-captcha"
	FillingForm    Place = "filling-form" // on the page, while that leads the login
	Submitting     Place = "submitting"   // the form is being posted
	AskingCode     Place = "asking-code"  // that the school sent the student
	Reading        Place = "reading"      // grades or notices are being read
	Leaving        Place = "leaving"      // the school is told of a logout
)

// Places lists every place.
func Places() []Place {
	return []Place{Idle, AskingSchool, AskingAccount, AskingPassword, Opening,
		AskingCaptcha, FillingForm, Submitting, AskingCode, Reading, Leaving}
}

// State is all that is remembered of one private chat. It is stored sealed.
type State struct {
	At    Place     `json:"at,omitempty"`
	Lang  string    `json:"lang,omitempty"` // chosen or guessed language
	Until time.Time `json:"until,omitzero"` // when a chat left alone falls back to Idle
	Gen   uint64    `json:"gen,omitempty"`  // of the latest job; results of older ones count for nothing

	// Whom a login is, or last was, for. Kept after a session ends so that the
	// next login asks for the password only; forgotten at logout.
	School  string `json:"school,omitempty"`
	Account string `json:"account,omitempty"`

	Form    *Form    `json:"form,omitempty"`    // an open login form at the school
	Attempt *Attempt `json:"attempt,omitempty"` // the latest login, until its page must not touch it any more
	Login   *Login   `json:"login,omitempty"`   // a session that worked when last used
	Ended   Reason   `json:"ended,omitempty"`   // why the last session ended, until it was told
	Want    *Want    `json:"want,omitempty"`
}

// Attempt is a login as its page knows it.
type Attempt struct {
	ID   string `json:"id"`             // in the page's address; no secret
	Led  bool   `json:"led,omitempty"`  // from the page: the chat asks nothing
	Done bool   `json:"done,omitempty"` // it worked

	// Until is how long a login that failed can be tried again from its page;
	// zero while one is under way.
	Until time.Time `json:"until,omitzero"`

	// What the page says of the last step: the key of a sentence and what it
	// speaks of.
	Say     string   `json:"say,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
	Ahead   int      `json:"ahead,omitempty"`
}

// Form is a login form that the school has open for us.
type Form struct {
	Session jwxt.Session     `json:"session"` // the cookies its picture is bound to
	AskID   string           `json:"ask"`
	Fields  []jwxt.FieldKind `json:"fields"`
	Until   time.Time        `json:"until"`             // the picture is not trusted after this
	Answer  string           `json:"answer,omitempty"`  // the captcha as typed, while the password is asked again
	Refused string           `json:"refused,omitempty"` // the last answer the school refused

	// The picture, while the page may have to be drawn again.
	Image  []byte       `json:"image,omitempty"`
	Puzzle *jwxt.Puzzle `json:"puzzle,omitempty"`
}

func (f *Form) needs(k jwxt.FieldKind) bool { return f != nil && slices.Contains(f.Fields, k) }

// Login is a session at a school.
type Login struct {
	School  string       `json:"school"`
	Account string       `json:"account"` // as typed
	Student jwxt.Student `json:"student"` // as the school says
	Session jwxt.Session `json:"session"`
	Since   time.Time    `json:"since"`
	Used    time.Time    `json:"used"`
}

// Reason says why a session ended. It names the sentence "ended.<reason>".
type Reason string

// The reasons.
const (
	EndedIdle     Reason = "idle"
	EndedAbsolute Reason = "absolute"
	EndedBySchool Reason = "school"
	EndedKicked   Reason = "kicked"
	EndedOther    Reason = "other" // the session was another student's
)

// What names a thing that can be read.
type What string

// The readable things.
const (
	Grades  What = "grades"
	Notices What = "notices"
	Notice  What = "notice"
)

// Want is what the person asked for.
type Want struct {
	What   What      `json:"what"`
	Term   jwxt.Term `json:"term,omitzero"`
	Page   int       `json:"page,omitempty"` // of the school's list, from 1
	Notice string    `json:"notice,omitempty"`
	// Renewed is set once a login was made for this Want, so that a session
	// which dies at once ends in an apology and not in a second login.
	Renewed bool `json:"renewed,omitempty"`
}

// Limits are the operator's times.
type Limits struct {
	Captcha  time.Duration // how long a picture is trusted
	Idle     time.Duration // how long an unused session is kept
	Absolute time.Duration // how long any session is kept
	Attempt  time.Duration // how long an unfinished login or job waits
}

// DefaultLimits are 5 minutes, 24 hours, 31 days and 30 minutes.
func DefaultLimits() Limits {
	return Limits{5 * time.Minute, 24 * time.Hour, 31 * 24 * time.Hour, 30 * time.Minute}
}

// Env is what a step may know besides the state and the event.
type Env struct {
	Now        time.Time
	Limits     Limits
	OnlySchool string // the school's id where the operator serves just one
	Page       bool   // there is a page to log in on
	SchoolGone bool   // State.School is not served any more
}

// clone copies what a step may write to. Sessions are shared: a step replaces
// them whole.
func (s State) clone() State {
	if s.Form != nil {
		f := *s.Form
		s.Form = &f
	}
	if s.Attempt != nil {
		a := *s.Attempt
		s.Attempt = &a
	}
	if s.Login != nil {
		l := *s.Login
		s.Login = &l
	}
	if s.Want != nil {
		w := *s.Want
		s.Want = &w
	}
	return s
}

// Place is s.At, with the zero value and places this version does not know
// read as Idle.
func (s State) Place() Place {
	if !slices.Contains(Places(), s.At) {
		return Idle
	}
	return s.At
}

// NextWake is the earliest time at which something in s ends by itself; zero
// when nothing does.
func (s State) NextWake(l Limits) time.Time {
	var next time.Time
	soonest := func(t time.Time) {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if s.Place() != Idle {
		soonest(s.Until)
	}
	if s.Form != nil {
		soonest(s.Form.Until)
	}
	if s.Attempt != nil {
		soonest(s.Attempt.Until)
	}
	if s.Login != nil {
		soonest(s.Login.Used.Add(l.Idle))
		soonest(s.Login.Since.Add(l.Absolute))
	}
	return next
}
