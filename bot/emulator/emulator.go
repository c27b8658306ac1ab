// Package emulator is a Telegram Bot API server in memory, with a chat page in
// the browser. The demo talks to it, and so do tests.
//
// # The model
//
// One [Server] is one bot, the people it knows, and the groups they share. It
// answers three kinds of requests:
//
//   - /bot<token>/<method> and /file/bot<token>/<path>: the Bot API, for the bot;
//   - /: a chat page, for people with a browser;
//   - /_emu/: that page's own JSON and events, for same-origin callers.
//
// Tests play the people through Go methods ([Server.SendText], [Server.Tap] …),
// look at what is on the screen ([Server.Messages]) and at what the bot asked
// for ([Server.Calls]), and break things on purpose ([Server.Fault]).
//
// All state sits under one mutex. Each change wakes everybody who waits, so
// nothing polls and no goroutine outlives its request, but for those of a
// webhook, which end at [Server.Close]: a Server runs inside a testing/synctest
// bubble.
//
// # Caveats
//
// Wordings and limits follow the official server as far as they are known. It
// is stricter in two places on purpose: the length of a text is counted in
// UTF-16 units, and a text message never turns into a picture. It is laxer in
// four: webhooks and Mini Apps on this machine need no TLS, there are no rate
// limits but those that [Options] or a [Fault] set, people can be written to
// before they have written, and parameters that only matter to businesses,
// stars or effects are taken and have no effect. Pictures are kept as they
// came, not re-encoded. Only the HTML parse mode is known.
package emulator

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options describe the world. The zero value is a usable one: a bot, two
// students and a class group whose owner is the first of them.
type Options struct {
	Token       string   // "123:abc"; the number before the colon is the bot's id
	Username    string   // of the bot, without @
	Name        string   // of the bot, as chats show it
	People      []Person // at most one chat with each
	Groups      []Group
	Link        Link   // under the list of chats; the zero value: none
	FirstUpdate int    // update_id of the first update; 0 means 1
	Limits      Limits // how fast the bot may send; the zero value lets it do anything
	KeepCalls   int    // how many calls the log keeps at most; 0 means 10000
	// Schema checks the parameters of every call; what it finds are Problems.
	// nil is the one in the file that JWXTBOT_BOTAPI names, if it is set.
	Schema *Schema
	// Deliver carries updates to the webhook; nil is a plain transport. Inside
	// a bubble it must not use the network.
	Deliver http.RoundTripper
}

// Link is an address that the chat page shows beside the chats.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Server is the emulator. Its methods may be called from many goroutines.
type Server struct {
	opt   Options
	mux   *http.ServeMux
	epoch string // tells a restarted server from a continued one

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	closed  bool
	rev     int // counts changes, for the page

	bot         User
	people      map[int64]*person
	chats       map[int64]*chat
	order       []int64 // chat ids as the page lists them
	files       map[string]*file
	callbacks   map[string]*callback
	commands    map[string][]Command
	profile     map[string]string // descriptions, by kind and language
	lastFile    int
	lastTap     int
	queue       []queued // not yet confirmed
	history     []queued // all recent ones, for Redeliver
	lastUpdate  int
	allowed     []string // allowed_updates as last set; nil: the default
	poll        int      // number of the newest getUpdates
	calls       []Call
	arrivals    int // counts calls as they come in
	pace        pace
	breaches    []Breach
	faults      []*Fault
	hook        *webhook // nil: none is set
	posting     sync.WaitGroup
	deliveries  []Delivery
	holding     bool // updates stay in the queue
	commandsRev int  // of the last change of a menu
	worldRev    int  // of the last change of the list of chats
}

// New makes a server with no messages.
func New(o Options) *Server {
	o = o.withDefaults()
	id, _, _ := strings.Cut(o.Token, ":")
	botID, _ := strconv.ParseInt(id, 10, 64)
	s := &Server{
		opt:        o,
		epoch:      strconv.FormatInt(time.Now().UnixNano(), 36),
		changed:    make(chan struct{}),
		bot:        User{ID: botID, IsBot: true, FirstName: o.Name, Username: o.Username},
		people:     map[int64]*person{},
		chats:      map[int64]*chat{},
		files:      map[string]*file{},
		callbacks:  map[string]*callback{},
		commands:   map[string][]Command{},
		profile:    map[string]string{},
		pace:       newPace(),
		lastUpdate: o.FirstUpdate - 1,
		rev:        1, // 0 is "has seen nothing"
	}
	s.populate()
	s.mux = s.routes()
	return s
}

func (o Options) withDefaults() Options {
	if o.Token == "" {
		o.Token = "7000000001:emulator-token"
	}
	if o.Username == "" {
		o.Username = "jwxt_demo_bot"
	}
	if o.Name == "" {
		o.Name = "教务助手"
	}
	if o.KeepCalls == 0 {
		o.KeepCalls = 10000
	}
	if o.Schema == nil {
		o.Schema = schemaOfEnvironment()
	}
	if o.Deliver == nil {
		o.Deliver = &http.Transport{MaxIdleConnsPerHost: 100}
	}
	if o.FirstUpdate == 0 {
		o.FirstUpdate = 1
	}
	if o.People == nil {
		o.People = []Person{
			{ID: 1001, Name: "张三", Username: "zhangsan", Language: "zh-hans"},
			{ID: 1002, Name: "Li Si", Username: "lisi", Language: "en"},
		}
		o.Groups = append(o.Groups, Group{
			ID: -1001000000001, Title: "计科 2001 班", Members: []int64{1001, 1002}, Admins: []int64{1001},
		})
	}
	return o
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/{bot}/{method}", s.serveMethod)
	mux.HandleFunc("GET /file/{bot}/{path...}", s.serveDownload)
	s.pageRoutes(mux)

	return mux
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Token is the token the server answers to.
func (s *Server) Token() string { return s.opt.Token }

// Close ends all long polls and event streams, and further ones at once; it
// returns when the webhook's deliveries have ended too. Give it to
// http.Server.RegisterOnShutdown.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	if s.hook != nil {
		s.hook.stop()
	}
	s.wake()
	s.mu.Unlock()
	s.posting.Wait()
	if t, ok := s.opt.Deliver.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// touch numbers a change and wakes those who wait. The caller holds s.mu.
func (s *Server) touch() int {
	s.rev++
	s.wake()
	return s.rev
}

func (s *Server) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Wait returns when cond holds; it asks again after each change. cond may call
// the Server's methods. The error is that of ctx.
func (s *Server) Wait(ctx context.Context, cond func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// WaitMessage returns the newest message of a chat that match accepts, waiting
// until there is one.
func (s *Server) WaitMessage(ctx context.Context, chat int64, match func(Message) bool) (Message, error) {
	var found Message
	err := s.Wait(ctx, func() bool {
		for _, m := range s.Messages(chat) {
			if match(m) {
				found = m
			}
		}
		return found.ID != 0
	})
	return found, err
}
