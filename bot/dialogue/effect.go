package dialogue

import (
	"slices"

	"jwxtbot/jwxt"
)

// Effect is something to carry out after a step.
type Effect interface{ effect() }

// Slot names a message by its role in the chat.
type Slot string

// The slots.
const (
	FormSlot   Slot = "form"   // questions of a login; one at a time
	AnswerSlot Slot = "answer" // the latest placeholder or answer
)

// Mode says how a Show gets on screen.
type Mode uint8

// The modes.
const (
	InPlace Mode = iota // edit the slot's message, or send where there is none
	Fresh               // send a new message, leave the old one standing
	Replace             // send a new message, delete the old one
)

// Show says something: one or more sentences, with buttons.
type Show struct {
	Slot    Slot
	Mode    Mode
	Message int      // show in this message instead, which becomes the slot's
	Say     []string // keys of sentences, one paragraph each
	Buttons [][]Button
	Schools int      // page of the school list to offer as buttons, from 1; 0: none
	Offer   []string // schools to offer as buttons
	Picture []byte

	// What the sentences speak of, besides the state.
	Query   string
	Failure *Failure
	N       int
}

// Button is an inline button: a sentence's key and the data that comes back,
// or the page of the login that Page names.
type Button struct {
	Key  string
	Data string
	Page string
}

// ShowView shows a page of what was read before. The shell finds the view; if
// it is gone, it says so.
type ShowView struct {
	What    What
	View    string // "" for the newest
	Page    int
	Message int // edit this message; 0: the answer slot
}

// KeepView stores what was read for paging.
type KeepView struct {
	Want       Want
	Transcript *jwxt.Transcript
	Notices    *jwxt.NoticePage
	Detail     *jwxt.NoticeDetail
}

// CloseSlot deletes a slot's message.
type CloseSlot struct{ Slot Slot }

// Toast answers the tap that caused the step. A tap without a Toast is
// answered silently.
type Toast struct {
	Key   string
	Alert bool
}

// Run starts a job; State.Gen is its number.
type Run struct {
	Do      JobKind
	School  string
	Account string
	Session jwxt.Session
	Want    Want

	// Of DoSubmit.
	Fields  []jwxt.FieldKind // of the form; nil, of a row of an earlier version: account, password, captcha
	Captcha string
	Drag    string // the text form of a jwxt.Track
	Code    string
}

// Needs reports whether the form that a DoSubmit posts has such a field.
func (r Run) Needs(k jwxt.FieldKind) bool {
	if r.Fields == nil {
		return k == jwxt.FieldAccount || k == jwxt.FieldPassword || k == jwxt.FieldCaptcha
	}
	return slices.Contains(r.Fields, k)
}

// JobKind says what a job does.
type JobKind string

// The jobs.
const (
	DoOpen   JobKind = "open"   // open the form, or draw the next picture
	DoSubmit JobKind = "submit" // post the form
	DoRead   JobKind = "read"   // read Run.Want
	DoLogout JobKind = "logout" // end the session at the school
	DoLend   JobKind = "lend"   // read notices that the session is lent for; no step asks for it
)

// JobKinds lists every kind.
func JobKinds() []JobKind { return []JobKind{DoOpen, DoSubmit, DoRead, DoLogout, DoLend} }

// ForgetSecret wipes the password from memory.
type ForgetSecret struct{}

// DropViews deletes what was stored for paging.
type DropViews struct{}

// Erase deletes everything stored about the chat.
type Erase struct{}

func (Show) effect()         {}
func (ShowView) effect()     {}
func (KeepView) effect()     {}
func (CloseSlot) effect()    {}
func (Toast) effect()        {}
func (Run) effect()          {}
func (ForgetSecret) effect() {}
func (DropViews) effect()    {}
func (Erase) effect()        {}
