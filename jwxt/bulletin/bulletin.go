// Package bulletin reads the public notice boards of schools (教务处 and other
// offices): lists, details, feeds.
//
// A [Source] is one column of one board, as an operator's TOML file describes
// it. Most need a URL only: what is an article is found by the shape of its
// link, which the two systems that most schools use (苏迪 WebPlus, 博达 VSB)
// leave unmistakable, and title and date by climbing from there to the row.
// The rest are described by selectors.
//
// A list that shows nothing is an error of a [Class], never "no news": boards
// are redesigned, moved into intranets and put behind firewalls without a word.
//
// Parsing is pure: bytes in, items out. [Reader] does the asking, politely.
package bulletin

import (
	"fmt"
	"time"

	"jwxtbot/jwxt"
)

// Item is one row of a board's list.
type Item struct {
	// ID is the same for the same article wherever it is listed:
	// "vsb:<host>:<newsid>", "sudy:<host>:<id>", or "url:<canonical URL>".
	ID    string `json:"id"`
	URL   string `json:"url"` // absolute, without fragment
	Title string `json:"title"`
	Date  Date   `json:"date,omitzero"` // zero where the list does not say
	// Pinned tells that the row is marked 置顶, and so out of order.
	Pinned bool `json:"pinned,omitempty"`
	// Intranet tells that the article can be opened inside the campus only.
	Intranet bool `json:"intranet,omitempty"`
}

// Date is a day in the school's zone, with the time where the page gives one.
// The zero Date is "not said"; it is never filled in with today.
type Date struct {
	Year, Month, Day int
	Hour, Minute     int
	Timed            bool // Hour and Minute were given
}

// Detail is one article in full.
type Detail struct {
	Title       string            `json:"title,omitempty"`
	Date        Date              `json:"date,omitzero"`
	Publisher   string            `json:"publisher,omitempty"`
	Text        string            `json:"text"` // paragraphs parted by a blank line
	Attachments []jwxt.Attachment `json:"attachments,omitempty"`
	// Intranet tells that outsiders are shown no text.
	Intranet bool `json:"intranet,omitempty"`
}

// Validators make the next request of a list conditional. They are stored with
// the items they stand for, in one transaction: a validator without its items
// would hide them for ever.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Hash         string `json:"hash,omitempty"` // of description and body, for servers that know neither
}

// List is what one request of a list gave.
type List struct {
	Items      []Item     // in the page's order, each article once; never empty unless Unchanged
	Unchanged  bool       // nothing was parsed
	Validators Validators // to ask with next time
	Preset     string     // what found the items: "vsb", "sudy", "selectors", "json", "feed"
}

// Class says what is wrong with a board.
type Class string

// The classes.
const (
	Empty    Class = "EMPTY"    // understood, and no row in it
	Redesign Class = "REDESIGN" // the described rows are gone, others may be there
	Blocked  Class = "BLOCKED"  // a firewall or a script challenge answers; it is not dodged
	Intranet Class = "INTRANET" // for the campus only
	Charset  Class = "CHARSET"  // not text in any charset that the page or the source names
	Net      Class = "NET"      // no connection, or it broke
	TLS      Class = "TLS"      // no connection that can be trusted
	HTTP     Class = "HTTP"     // a status that is no answer
	Robots   Class = "ROBOTS"   // robots.txt asks not to come
)

// Error is what went wrong with a board.
type Error struct {
	Class      Class
	Status     int           // of HTTP, where there was an answer
	RetryAfter time.Duration // as the server asked; 0 where it did not
	Err        error         // the cause, for the log; may be nil
}

func (e *Error) Error() string {
	s := "bulletin: " + string(e.Class)
	if e.Status != 0 {
		s += fmt.Sprintf(" (status %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }
