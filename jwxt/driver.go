package jwxt

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Driver speaks one vendor's protocol. It keeps no state: one value serves all
// schools and students at once.
type Driver interface {
	// Name is the vendor as schools files write it: "qiangzhi".
	Name() string

	// Login advances a login and returns an Ask (something is missing) or a
	// Done (the session in c works).
	//
	// Without answers it opens the school's form, or, when c already holds an
	// open form, draws a new picture for that same form. The returned Ask has
	// a new ID each time; c.Session then holds the cookies the picture is
	// bound to, so the caller stores c.Session after the call, not before.
	//
	// With answers it posts the form once. An Ask then is what the school
	// wants besides; it names FieldPassword again only if the password is to be
	// posted again. WrongCaptcha leaves the form open, also for a wrong code:
	// call again without answers for the next picture, or to be asked for the
	// code once more. WrongPassword, Locked and MustActFirst end the attempt. Where
	// the password has not been sent, an Ask is Unposted and an error may have
	// ErrUnposted among its causes. Any kind but Unsupported is possible.
	Login(ctx context.Context, c *Conn, a Answers) (Step, error)
}

// GradeReader is implemented by drivers whose system shows grades.
type GradeReader interface {
	// Grades reads one term, or every term when t is the zero Term.
	// No rows and no error means that the school said so in words.
	// Kinds: Expired, KickedOut, MustActFirst, Closed, Blocked, Changed, Unreachable.
	Grades(ctx context.Context, c *Conn, t Term) (Transcript, error)
}

// GradeDetailReader is implemented by drivers whose system tells what a score
// is made of.
type GradeDetailReader interface {
	// GradeDetail reads the parts of a score by the Detail that Grades gave
	// with it. No parts and no error means that the school lists none. Same
	// kinds as Grades.
	GradeDetail(ctx context.Context, c *Conn, detail string) ([]ScorePart, error)
}

// NoticeReader is implemented by drivers whose system has notices behind its login.
type NoticeReader interface {
	// Notices reads one page of the list, counted from 1. Same kinds as Grades.
	Notices(ctx context.Context, c *Conn, page int) (NoticePage, error)
	// Notice reads one notice by the ID that the list gave.
	Notice(ctx context.Context, c *Conn, id string) (NoticeDetail, error)
}

// MessageReader is implemented by drivers whose system writes to the student
// himself: 调课, 停课, 待办.
type MessageReader interface {
	// Messages reads one page of them, newest first, counted from 1. Same
	// kinds as Grades.
	Messages(ctx context.Context, c *Conn, page int) (MessagePage, error)
}

// Keeper is implemented by drivers that can keep a session alive cheaply.
type Keeper interface {
	// KeepAlive touches the session; Expired or KickedOut when it has ended.
	KeepAlive(ctx context.Context, c *Conn) error
}

// LogoutCaller is implemented by drivers that can end a session at the school.
type LogoutCaller interface {
	Logout(ctx context.Context, c *Conn) error
}

// Renewer is implemented by drivers that can get a new session out of what an
// ended one left behind, without asking the person: from a CAS that still knows
// its ticket.
type Renewer interface {
	// Renew makes the session work again. Expired when only a new login helps.
	// Kinds: Expired, KickedOut, Blocked, Changed, Unreachable.
	Renew(ctx context.Context, c *Conn) error
}

// Fronted is implemented by drivers whose system may stand behind a [Front].
type Fronted interface {
	// Entrance is the address that sends who is not logged in to the front, and
	// who is back into the system with a session of its own.
	Entrance(School) (string, error)
	// Serves reports whether an address to which a front sends people back is
	// this system's, and which of School.Options it shows to be needed.
	Serves(back *url.URL) (options map[string]string, ok bool)
	// Arrive ends a login that a front has made: landed is where the way back
	// ended. It learns whose session it is and makes sure that it works. Same
	// kinds as Login.
	Arrive(ctx context.Context, c *Conn, landed Page, account string) (Student, error)
}

// As finds what d can do besides Login: d itself or a driver that it wraps.
func As[R any](d Driver) (R, bool) {
	for {
		if r, ok := d.(R); ok {
			return r, true
		}
		w, ok := d.(interface{ Unwrap() Driver })
		if !ok {
			var none R
			return none, false
		}
		d = w.Unwrap()
	}
}

// PageParser is implemented by drivers that can read a saved page without a
// school, for bug reports and `jwxtbot parse`.
type PageParser interface {
	// Pages lists the page names ParsePage takes: login, answer, grades …
	Pages() []string
	// ParsePage returns a JSON-encodable value, or the error a live read of
	// the same answer would have given.
	ParsePage(page string, p Page) (any, error)
}

// Page is an answer as it came: bytes, status, and the URL it came from.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
}

// Doer sends one request to a school at the school's pace. It follows no
// redirect and knows no cookies. Package fetch implements it.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Conn is one person's connection with one school for the length of a call.
type Conn struct {
	School  School
	Session Session // read and written by the driver; stored by the caller
	HTTP    Doer
}

// Session is all that must be remembered between two calls. It is personal:
// stored sealed, never logged.
type Session struct {
	Cookies []Cookie          `json:"cookies,omitempty"`
	Memo    map[string]string `json:"memo,omitempty"` // the driver's own small notes; no password
	Student Student           `json:"student,omitzero"`
}

// Clone copies the session so that a late writer cannot reach into it.
func (s Session) Clone() Session {
	c := Session{Student: s.Student, Cookies: append([]Cookie(nil), s.Cookies...)}
	if s.Memo != nil {
		c.Memo = make(map[string]string, len(s.Memo))
		for k, v := range s.Memo {
			c.Memo[k] = v
		}
	}
	return c
}

// Empty reports whether nothing is held.
func (s Session) Empty() bool { return len(s.Cookies) == 0 && len(s.Memo) == 0 }

// LogValue keeps sessions out of logs however they get there.
func (s Session) LogValue() LogValue { return HiddenLogValue }

// Cookie is one cookie with what decides where it is sent. Two cookies of one
// name and different paths are two cookies: 强智 sends two JSESSIONIDs.
type Cookie struct {
	Name     string    `json:"name"`
	Value    string    `json:"value"`
	Domain   string    `json:"domain"` // host it belongs to
	Path     string    `json:"path"`
	HostOnly bool      `json:"host_only,omitempty"` // not sent to sub-domains
	Secure   bool      `json:"secure,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // zero: until the session ends
}

// Student is who the school says is logged in.
type Student struct {
	Number string `json:"number,omitempty"` // 学号
	Name   string `json:"name,omitempty"`   // 姓名; empty where no page tells
}

// LogValue keeps names out of logs.
func (s Student) LogValue() LogValue { return HiddenLogValue }

// FieldKind says what a form field is for, which decides how it is asked.
type FieldKind string

// The kinds of fields.
const (
	FieldAccount  FieldKind = "account"  // 学号
	FieldPassword FieldKind = "password" // kept in memory for one login
	FieldCaptcha  FieldKind = "captcha"  // letters of Ask.Image, case as read
	FieldDrag     FieldKind = "drag"     // a Track over Ask.Image, in its text form
	FieldCode     FieldKind = "code"     // a code the school sent the student, by SMS as a rule
)

// Answers are the person's answers by field kind. A driver copies nothing of
// them into the Session.
type Answers map[FieldKind]string

// LogValue keeps answers out of logs.
func (a Answers) LogValue() LogValue { return HiddenLogValue }

// Step is an Ask or a Done.
type Step interface{ step() }

// MaxAskID is as much as a button can carry of an Ask.ID.
const MaxAskID = 48

// Ask is what the school wants to know next.
type Ask struct {
	ID     string      `json:"id"` // new for each picture; at most MaxAskID bytes
	Fields []FieldKind `json:"fields"`
	Image  []byte      `json:"image,omitempty"`  // the captcha as the school sent it; its type is in its bytes
	Puzzle *Puzzle     `json:"puzzle,omitempty"` // of FieldDrag
	// Unposted tells that the password of the answer before has not been sent:
	// this was found to be wanted first. That was no try.
	Unposted bool `json:"unposted,omitempty"`
}

// Done ends a login. The session has worked at least once.
type Done struct {
	Student Student
	Ended   bool // the school said that this ended an older login of the account
}

func (*Ask) step()  {}
func (*Done) step() {}
