package outbox_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/store/memstore"
)

// The columns of the matrix: what is on its way when something goes wrong. A
// tap is the answer to a pressed button.
const (
	sends = "reply photo edit push"
	all   = sends + " tap"
)

// What may become of it. Once or twice is the ambiguous window: Telegram took
// it and we cannot know. An edit or an answer made twice is seen once.
const (
	once  = "once"
	twice = "once or twice"
	never = "never"
)

// within is how soon somebody else's message goes, whatever happens here.
const within = 2 * time.Second

// trouble is a row of the matrix.
type trouble struct {
	name   string
	on     string // columns
	why    string // the others are left out
	chat   int64
	happen func(*scene)
	heal   func(*scene)
	text   string // what is sent; "" is "first"
	want   string
	counts outbox.Stats // beside Sent and Rate
	all    bool         // it is everybody's trouble
}

const (
	private = int64(1)
	smallID = int64(-77)
	superID = int64(-1_000_000_000_077)
	classID = int64(-1_000_000_000_101)
	forumID = int64(-1_000_000_000_102)
)

// Why columns are left out.
const (
	noChat = "pressed buttons are answered without naming a chat"
	edits  = "only what changes a message can find it so"
)

// refusal is a row in which Telegram refuses one call in these words.
func refusal(name string, code int, words, want string, counts outbox.Stats) trouble {
	return trouble{name: name, on: sends, why: noChat, want: want, counts: counts,
		happen: fault(emulator.Fault{Status: code, Description: words})}
}

// broken is a row in which one call goes wrong on its way.
func broken(name, want string, f emulator.Fault) trouble {
	return trouble{name: name, on: all, want: want, counts: outbox.Stats{Again: 1}, happen: fault(f)}
}

// fault is a fault for the column's next call.
func fault(f emulator.Fault) func(*scene) {
	return func(s *scene) {
		hit := f
		hit.Method = s.method()
		if s.column != "tap" { // which names no chat
			hit.Chat = s.chat
		}
		s.server.Fault(hit)
	}
}

func troubles() []trouble {
	gone := outbox.Stats{Gone: 1}
	return []trouble{
		{name: "429 in one chat", on: all, want: once, counts: outbox.Stats{Refused: 1}, happen: fault(emulator.Fault{RetryAfter: 7})},
		{name: "429 in many chats", on: sends, why: "answers to taps are not what Telegram counts", want: once, all: true,
			counts: outbox.Stats{Refused: 7}, happen: (*scene).manyFlood},
		{name: "blocked", on: sends, why: noChat, want: never, counts: gone,
			happen: func(s *scene) { s.server.Block(1, true) }, heal: func(s *scene) { s.server.Block(1, false) }},
		{name: "kicked", on: sends, why: noChat, chat: classID, want: never, counts: gone,
			happen: func(s *scene) { s.server.SetBot(1, classID, "kicked") }, heal: func(s *scene) { s.server.SetBot(1, classID, "member") }},
		{name: "not a member", on: sends, why: noChat, chat: classID, want: never, counts: gone,
			happen: func(s *scene) { s.server.SetBot(1, classID, "left") }, heal: func(s *scene) { s.server.SetBot(1, classID, "member") }},
		refusal("deactivated", 403, "Forbidden: user is deactivated", never, gone),
		refusal("chat not found", 400, "Bad Request: chat not found", never, gone),
		refusal("not enough rights", 400, "Bad Request: not enough rights to send text messages to the chat", never, outbox.Stats{Rejected: 1}),
		{name: "became a supergroup", on: sends, why: noChat, chat: smallID, want: once, counts: outbox.Stats{Moved: 2}, // what follows goes there too
			happen: func(s *scene) { s.server.Migrate(smallID, superID) }},
		{name: "topic closed", on: "reply photo push", why: "an edit or answer names no topic", chat: forumID, want: once,
			happen: func(s *scene) { s.server.CloseTopic(forumID, 7, true) }},
		{name: "topic deleted", on: sends, why: noChat, chat: forumID, want: once,
			happen: func(s *scene) { s.server.DeleteTopic(forumID, 7) }},
		{name: "not modified", on: "edit", why: edits, want: once, text: "before"},
		{name: "message to edit not found", on: "edit", why: edits, want: once,
			happen: func(s *scene) { s.server.Delete(private, s.shown) }},
		{name: "query too old", on: "tap", why: "only an answer to a tap can be late", want: never,
			happen: func(s *scene) { pass(2 * time.Minute) }},
		{name: "can't parse entities", on: sends, why: "an answer to a tap is plain text", want: once, text: "<b>first"},
		{name: "too long", on: sends, why: "what answers a tap is a word", want: once, text: strings.Repeat("first "+strings.Repeat("字", 90)+"\n", 60)},
		broken("500", once, emulator.Fault{Status: 500}),
		broken("502 with a page", once, emulator.Fault{HTML502: true}),
		broken("504", once, emulator.Fault{Status: 504}),
		broken("cut before delivery", once, emulator.Fault{Cut: true}),
		broken("cut after delivery", twice, emulator.Fault{CutAfterSend: true}),
		broken("half a body", twice, emulator.Fault{HalfBody: true}),
		broken("stalled body", twice, emulator.Fault{Stall: true}),
		broken("invalid JSON", twice, emulator.Fault{Garble: true}),
	}
}

// TestFaults makes everything that Telegram can do to a bot happen to each kind
// of item: nothing is lost, nothing doubled but where nobody can know, nothing
// sent during a retry_after. What is judged is what the emulator has seen. With
// -v it prints the matrix: how often the item was seen, in how many calls.
func TestFaults(t *testing.T) {
	var table strings.Builder
	for _, tr := range troubles() {
		fmt.Fprintf(&table, "\n%-26s", tr.name)
		for _, column := range strings.Fields(all) {
			if !slices.Contains(strings.Fields(tr.on), column) {
				fmt.Fprintf(&table, "%-18s", "–")
				continue
			}
			t.Run(tr.name+"/"+column, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					fmt.Fprintf(&table, "%-18s", play(t, tr, column))
				})
			})
		}
		if tr.why != "" {
			fmt.Fprintf(&table, "– because %s", tr.why)
		}
	}
	t.Logf("%-25s%s%s", "", strings.Join(strings.Fields(all), strings.Repeat(" ", 13)), &table)
}

// scene is one cell of the matrix.
type scene struct {
	*bench
	trouble
	server *emulator.Server
	way    *way
	column string
	shown  int    // the message that an edit changes or a tap is on
	tap    string // what is answered
}

// play plays a cell and tells what came of it.
func play(t *testing.T, tr trouble, column string) string {
	if tr.chat == 0 {
		tr.chat = private
	}
	server, door := dial(t, emulator.Options{Limits: emulator.TelegramLimits(), People: people(9), Groups: []emulator.Group{
		{ID: classID, Members: []int64{1}, Admins: []int64{1}}, {ID: smallID, Members: []int64{1}, Admins: []int64{1}},
		{ID: forumID, Members: []int64{1}, Admins: []int64{1}, Topics: []emulator.Topic{{ID: 7, Name: "通知"}}},
	}})
	s := &scene{bench: start(t, memstore.New(), door), trouble: tr, server: server, way: door, column: column}
	it := s.item()
	if tr.happen != nil {
		tr.happen(s)
	}
	before, began := len(server.Calls()), time.Now()
	s.add(it)
	s.add(text(2, "elsewhere"))
	pass(3 * time.Minute)
	calls := 0
	for _, c := range server.Calls()[before:] {
		if c.Chat != 2 {
			calls++
		}
	}
	if tr.heal != nil {
		tr.heal(s)
	}
	s.add(text(tr.chat, "second"))
	pass(time.Minute)
	seen := s.judge(it)
	if waited := door.ended["elsewhere"].Sub(began); !tr.all && waited > within {
		t.Errorf("somebody else waited %v", waited)
	}
	return fmt.Sprintf("%d in %d", seen, calls)
}

// item is what the trouble happens to. What comes before it has been sent.
func (s *scene) item() msg.Item {
	it := msg.Item{Chat: s.chat, Op: msg.Show, Slot: "answer", Body: msg.Body{Text: s.text}}
	if it.Body.Text == "" {
		it.Body.Text = "first"
	}
	if s.chat == forumID {
		it.Thread = 7
	}
	switch s.column {
	case "photo":
		it.Body.Photo = picture()
	case "push":
		it.Lane, it.Source = msg.Push, "school"
	case "edit", "tap":
		first := it
		first.Body = msg.Body{Text: "before", Buttons: [][]msg.Button{{{Text: "按", Data: "x"}}}}
		if s.text == "before" {
			first = it
		}
		s.add(first)
		pass(5 * time.Second) // the chat has rested
		s.shown = s.server.Messages(s.chat)[0].ID
	}
	if s.column == "tap" {
		tap, err := s.server.Tap(1, s.chat, s.shown, "按")
		if err != nil {
			s.t.Fatal(err)
		}
		s.tap, it = tap, msg.Item{Chat: s.chat, Op: msg.Answer, Callback: tap, Body: msg.Body{Text: "first"}}
	}
	return it
}

// method is that of the column.
func (s *scene) method() string {
	return map[string]string{
		"reply": "sendMessage", "photo": "sendPhoto", "edit": "editMessageText", "push": "sendMessage", "tap": "answerCallbackQuery",
	}[s.column]
}

// manyFlood has the next seven calls of eight chats refused, all at once.
func (s *scene) manyFlood() {
	s.server.Fault(emulator.Fault{RetryAfter: 3, Times: 7})
	for chat := int64(3); chat < 9; chat++ {
		s.add(text(chat, fmt.Sprint("other ", chat)))
	}
}

// judge compares what the emulator has seen with what may be. It returns how
// often it saw the item.
func (s *scene) judge(it msg.Item) int {
	t := s.t
	seen, whole := s.count(it)
	fine := map[string]bool{once: seen == whole, twice: whole <= seen && seen <= 2*whole, never: seen == 0}
	if s.column == "edit" || s.column == "tap" {
		fine[twice] = fine[once]
	}
	if !fine[s.want] {
		t.Errorf("it is seen %d times, want %d times %s; the log is\n%s", seen, whole, s.want, s.calls())
	}
	if n := s.times("second"); n != 1 || s.times("elsewhere") != 1 || s.left() != 0 {
		t.Errorf("what followed is seen %d times, elsewhere %d times, %d items are left", n, s.times("elsewhere"), s.left())
	}
	got := s.out.Stats()
	if got.Rate != 30 {
		t.Errorf("the rate is still %d", got.Rate)
	}
	got.Sent, got.Rate = 0, 0
	if got != s.counts {
		t.Errorf("counted %+v, want %+v", got, s.counts)
	}
	if breaches, problems := s.server.Breaches(), s.server.Problems(); len(breaches)+len(problems) > 0 {
		t.Errorf("too early: %v; against the documentation: %v", breaches, problems)
	}
	return seen
}

// count is how often the item is seen, and how often it would be if once.
func (s *scene) count(it msg.Item) (seen, whole int) {
	if s.column == "tap" {
		if c, ok := s.server.Callback(s.tap); ok && c.Answered {
			return 1, 1
		}
		return 0, 1
	}
	word := "first"
	if s.text == "before" {
		word = s.text
	}
	return s.times(word), strings.Count(it.Body.Text, word)
}

// times is how often a word is on screen, in all chats together.
func (s *scene) times(word string) (n int) {
	for _, chat := range []int64{1, 2, 3, 4, 5, 6, 7, 8, classID, smallID, superID, forumID} {
		for _, m := range s.server.Messages(chat) {
			if m.Bot {
				n += strings.Count(m.Text, word)
			}
		}
	}
	return n
}

// calls is the emulator's log.
func (s *scene) calls() string {
	var b strings.Builder
	for _, c := range s.server.Calls() {
		fmt.Fprintf(&b, "%s %s %d %.40q %v\n", c.At.Format("04:05.000"), c.Method, c.Chat, c.Params["text"]+c.Params["caption"], c.Err)
	}
	return b.String()
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 30))); err != nil {
		panic(err)
	}
	return b.Bytes()
}
