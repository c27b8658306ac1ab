package notify

import (
	"fmt"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// rows are the tables of this room.
//
//	b/source/<source>                       state
//	b/notice/<key>                          Notice; it is also the set of what was seen
//	b/col/<source>/<seq, newest first>      key
//	b/title/<school>/<title key>            key, so that a notice put up again is known
//	b/held/<source>                         what the flood guard holds back
//	b/fan/<time>                            what is still to be handed to chats
//	b/given/<key>/<chat>/<thread>           that it was, and as which message
//	b/later/<due>/<chat>/<thread>/<fan>     what waits for a digest
//	b/sub/<source>/<chat>/<thread>          Sub
//	b/mine/<chat>/<thread>/<source>         the same, to be found by chat
//	b/place/<chat>                          Place
//	b/gone/<due>/<chat>, b/move/<from>      what is to be forgotten, what moves
//	b/read/<key>/<chat>/<user>, b/reads/…   who pressed 已阅, and how many
//	b/count/<chat>/<message>                key, where the number of readers is to change
//	b/remind/<due>/<user>/<key>             private reminders
//	b/lent/<person>                         Lending
//	b/lender/<school>/<person>              the same, to be found by school
//	b/unlent/<due>/<person>                 lendings that are to end
//	b/silent/<chat>/<school>/<thread>       silence
//	b/pruned/<source>                       how far old rows are deleted
//	b/serial/<item, fan>                    the last number used
type rows struct {
	states    store.Table[state]
	notices   store.Table[Notice]
	columns   store.Table[string]
	titles    store.Table[string]
	held      store.Table[held]
	fans      store.Table[fan]
	given     store.Table[given]
	later     store.Table[deferred]
	subs      store.Table[Sub]
	mine      store.Table[struct{}]
	places    store.Table[Place]
	gone      store.Table[struct{}]
	moves     store.Table[int64]
	read      store.Table[time.Time]
	reads     store.Table[int]
	recounts  store.Table[string]
	reminds   store.Table[reminder]
	silences  store.Table[silence]
	lendings  store.Table[Lending]
	lenderIDs store.Table[struct{}]
	ended     store.Table[struct{}]
	pruned    store.Table[pruned]
	serials   store.Table[uint64]
}

// newRows seals what is about people: who subscribed, and what was chosen.
func newRows(box store.Box) rows {
	return rows{
		states:    store.NewTable[state]("b/source/", 1, nil),
		notices:   store.NewTable[Notice]("b/notice/", 1, nil),
		columns:   store.NewTable[string]("b/col/", 1, nil),
		titles:    store.NewTable[string]("b/title/", 1, nil),
		held:      store.NewTable[held]("b/held/", 1, nil),
		fans:      store.NewTable[fan]("b/fan/", 1, nil),
		given:     store.NewTable[given]("b/given/", 1, nil),
		later:     store.NewTable[deferred]("b/later/", 1, nil),
		subs:      store.NewTable[Sub]("b/sub/", 1, box),
		mine:      store.NewTable[struct{}]("b/mine/", 1, nil),
		places:    store.NewTable[Place]("b/place/", 1, box),
		gone:      store.NewTable[struct{}]("b/gone/", 1, nil),
		moves:     store.NewTable[int64]("b/move/", 1, nil),
		read:      store.NewTable[time.Time]("b/read/", 1, nil),
		reads:     store.NewTable[int]("b/reads/", 1, nil),
		recounts:  store.NewTable[string]("b/count/", 1, nil),
		reminds:   store.NewTable[reminder]("b/remind/", 1, box),
		silences:  store.NewTable[silence]("b/silent/", 1, nil),
		lendings:  store.NewTable[Lending]("b/lent/", 1, box),
		lenderIDs: store.NewTable[struct{}]("b/lender/", 1, nil),
		ended:     store.NewTable[struct{}]("b/unlent/", 1, nil),
		pruned:    store.NewTable[pruned]("b/pruned/", 1, nil),
		serials:   store.NewTable[uint64]("b/serial/", 1, nil),
	}
}

// Notice is one article, however many columns list it.
type Notice struct {
	Key     string   `json:"key,omitempty"` // 32 hexadecimal digits
	School  string   `json:"school,omitempty"`
	Sources []string `json:"sources,omitempty"` // the columns that list it, first first
	URL     string   `json:"url,omitempty"`
	Title   string   `json:"title,omitempty"`
	// Listed is the title as the list has it, perhaps cut short there.
	Listed string        `json:"listed,omitempty"`
	Date   bulletin.Date `json:"date,omitzero"`

	// Inner tells that it stands behind the school's login, and URL leads nowhere.
	Inner bool `json:"inner,omitempty"`

	Detailed    bool              `json:"detailed,omitempty"` // what follows was read
	Publisher   string            `json:"publisher,omitempty"`
	Text        string            `json:"text,omitempty"`
	Attachments []jwxt.Attachment `json:"attachments,omitempty"`
	Intranet    bool              `json:"intranet,omitempty"` // for the campus only
	// Personal tells that its text has what identifies people, and was not kept.
	Personal bool   `json:"personal,omitempty"`
	Body     string `json:"body,omitempty"` // fingerprint of text and publisher

	First  time.Time `json:"first,omitzero"`  // when it was first seen
	Edited time.Time `json:"edited,omitzero"` // when an edit was last passed on
	Also   []string  `json:"also,omitempty"`  // further keys it is known by
	Were   []string  `json:"were,omitempty"`  // keys of titles that it had before
	Alias  string    `json:"alias,omitempty"` // the row is only another name of this key
}

// given says that a notice was handed to a chat.
type given struct {
	Message int      `json:"message,omitempty"` // 0: not sent yet
	With    []string `json:"with,omitempty"`    // all notices of that message, of several
	Stale   edit     `json:"stale,omitempty"`   // it was edited before it was sent

	Why  digestKind `json:"why,omitempty"`  // that message is a digest
	More int        `json:"more,omitempty"` // of more notices than With
}

// state is what is remembered of a source.
type state struct {
	Described  string              `json:"described"` // fingerprint of where and how it is read
	Validators bulletin.Validators `json:"validators"`
	Seq        uint64              `json:"seq"`       // of the newest row of the column
	Baselined  bool                `json:"baselined"` // its first page was read
	Page       []string            `json:"page"`      // keys of the list as last read
	Shapes     []string            `json:"shapes"`    // of the articles' addresses
	Newest     time.Time           `json:"newest"`    // when something new last came
	Gathering  gathering           `json:"gathering,omitempty"`
	Watches    []watch             `json:"watches,omitempty"`

	Next      time.Time `json:"next"`
	Last      time.Time `json:"last"`    // request, whatever came of it
	Part      int       `json:"part"`    // transactions that recorded it
	LastOK    time.Time `json:"last_ok"` // list that was understood
	Asked     time.Time `json:"asked"`   // when a person last wanted to see it
	NotBefore time.Time `json:"not_before,omitzero"`

	Fails int            `json:"fails,omitempty"` // in a row
	Class bulletin.Class `json:"class,omitempty"` // of the last one
	Since time.Time      `json:"since,omitzero"`  // of the first of them
	Told  time.Time      `json:"told,omitzero"`   // when subscribers were told of it
	Known bool           `json:"known,omitempty"` // the operator was

	Paused time.Time `json:"paused,omitzero"` // when subscribers were told that nobody is logged in to lend

	dirty bool // it says more than when to ask again
}

// watch is a notice that is looked at again, or whose edit waits.
type watch struct {
	Key  string    `json:"key"`
	At   time.Time `json:"at"`
	Step int       `json:"step"` // into looks; past its end: no more looks
	Edit edit      `json:"edit,omitempty"`
}

// edit says how an edit is passed on.
type edit uint8

const (
	unedited   edit = iota
	silentEdit      // the message changes
	loudEdit        // and a reply says so
)

// gathering tells that a poll's items did not fit one transaction.
type gathering string

const (
	gatherHold    gathering = "hold"
	gatherCatchUp gathering = "catchup"
)

// held are notices that wait for an operator, or for the rest of their poll.
type held struct {
	Items []ref     `json:"items"`
	Why   string    `json:"why"`
	At    time.Time `json:"at"`
}

// ref is a notice at its place in a column.
type ref struct {
	Key string `json:"key"`
	Seq uint64 `json:"seq"`
}

func columnID(source string, seq uint64) string { return fmt.Sprintf("%s/%016x", source, ^seq) }

func givenID(key string, chat int64, thread int) string {
	return fmt.Sprintf("%s/%d/%d", key, chat, thread)
}

func subID(source string, chat int64, thread int) string {
	return fmt.Sprintf("%s/%d/%d", source, chat, thread)
}

func mineID(chat int64, thread int, source string) string {
	return fmt.Sprintf("%d/%d/%s", chat, thread, source)
}

func placeID(chat int64) string { return fmt.Sprint(chat) }

// dueID begins a row's id with its time, to the second, so that rows are in the
// order in which they are due.
func dueID(at time.Time, rest string) string { return fmt.Sprintf("%012d/%s", at.Unix(), rest) }

// get is a row, or the zero value where there is none to go by.
func get[T any](tx store.Tx, t store.Table[T], id string) (T, bool, error) {
	v, err := t.Get(tx, id)
	if store.Missing(err) {
		return v, false, nil
	}
	return v, err == nil, err
}

// notice is the notice of a key, which may be another name of it.
func (r *rows) notice(tx store.Tx, key string) (Notice, bool, error) {
	n, ok, err := get(tx, r.notices, key)
	if ok && n.Alias != "" {
		return get(tx, r.notices, n.Alias)
	}
	return n, ok, err
}

// counter hands out growing numbers within a transaction, for one read and, in
// the end, one write.
type counter struct {
	rows *rows
	name string
	last uint64
	used bool
}

// counter continues where the last one of its name was saved, and not below
// least.
func (r *rows) counter(tx store.Tx, name string, least int64) (*counter, error) {
	last, _, err := get(tx, r.serials, name)
	return &counter{rows: r, name: name, last: max(last, uint64(max(least, 0)))}, err
}

func (c *counter) next() uint64 {
	c.last++
	c.used = true
	return c.last
}

func (c *counter) save(tx store.Tx) error {
	if !c.used {
		return nil
	}
	return c.rows.serials.Put(tx, c.name, c.last)
}

func fanID(n uint64) string { return fmt.Sprintf("%016x", n) }
