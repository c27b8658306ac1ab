package say

import (
	"strings"
	"time"

	"jwxtbot/bot/render/text"
	"jwxtbot/jwxt"
)

// Data is everything a sentence may speak of. A sentence uses what its key
// needs; a zero field is left out of it. Texts may come from anybody.
type Data struct {
	Bot     string // the bot's username, without @
	Command string // without the slash
	Who     string // what somebody is called
	Group   string // what a group is called
	Query   string // what the person wrote; of unknown.command without the slash

	School  string // its name
	Schools int    // how many are served
	Count   int    // of things found
	Page    int    // counted from 1
	Pages   int
	List    int // the school's own page of its list, counted from 1
	Lists   int
	First   int // number of the first notice shown in the whole list, 0 if not known
	Last    int

	LoggedIn bool
	Account  string // as typed
	Student  string // name
	Number   string // 学号

	// Want is what was asked for before a login came between, and Op what
	// failed: "grades", "notices", "notice", "login", "logout" or "".
	Want string
	Op   string

	Title string // of a notice
	Board string // the name of the column it is from

	Boards bool // notice boards are watched

	Said      string // the school's own words
	ID        string // error id, also in the log
	URL       string // where to act, http or https
	TriesLeft int    // as in jwxt.Error: -1 where the school said nothing

	Minutes int
	Hours   int
	Days    int
	Ahead   int // people before this one

	Term jwxt.Term // zero: all terms
	More bool      // the term goes on from an earlier page

	// Of privacy.show; the times are written in the location they carry.
	Since         time.Time
	IdleUntil     time.Time
	AbsoluteUntil time.Time
	Answers       bool // what was read last is kept for paging
	ViewUntil     time.Time
	Pending       bool // a login or a reading is under way, for Minutes at most
	Pushed        bool // notices are sent to the person, or were
	Reminders     int  // of notices, still to come
	Groups        int  // that know who the person is who pressed 已阅
	Lent          int  // groups to which a login is lent for notices

	// Of what operators are told; counts are of the last hour.
	Version     string
	Vendor      string
	Kind        string // of failures, perhaps with counts
	Why         string // a driver's error
	Jobs        int
	Failed      int // of Jobs
	Running     int // jobs under way
	Waiting     int // to be sent, or to be asked of a school
	Delivered   int
	Paused      int // attempts that Telegram answered with "wait"
	Undelivered int // attempts that failed

	// Of the totals under grades.
	Courses   int          // different courses
	Credits   jwxt.Decimal // of these, each once
	Earned    jwxt.Decimal // of those passed
	Failing   int          // failed and not passed since
	Average   jwxt.Decimal // of points, weighted by credits
	Counted   int          // rows in Average
	Uncounted int          // rows without point or credits
}

// tame cuts what came from outside to lengths that fit any message, even all
// of it together in the caption of a picture.
func (d Data) tame() Data {
	for _, f := range []struct {
		s     *string
		cells int
	}{
		{&d.Bot, 40}, {&d.Command, 32}, {&d.Who, 32}, {&d.Group, 40}, {&d.Query, 60}, {&d.School, 60}, {&d.Account, 40},
		{&d.Student, 40}, {&d.Number, 40}, {&d.Said, 300}, {&d.ID, 16}, {&d.Title, 120}, {&d.Board, 60},
		{&d.Version, 120}, {&d.Vendor, 32}, {&d.Kind, 120}, {&d.Why, 200},
	} {
		*f.s = text.Line(*f.s, f.cells)
	}
	if !strings.HasPrefix(d.URL, "http://") && !strings.HasPrefix(d.URL, "https://") || len(d.URL) > 400 {
		d.URL = ""
	}
	return d
}
