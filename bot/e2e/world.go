// Package e2e tells stories about the whole program: people in front of a chat
// client, the real bot, schools behind it. Everything speaks real HTTP over
// connections in memory, so a story also runs inside a testing/synctest
// bubble, where days pass in no time.
package e2e

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot"
	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/emulator"
	"jwxtbot/bot/miniapp"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/ops/metrics"
	"jwxtbot/bot/telegram"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/campus/boards"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/seal"
)

// World is a stage: Telegram, schools, and one bot that can be stopped and
// started again on the same database.
type World struct {
	TB       testing.TB
	Telegram *emulator.Server
	Schools  map[string]*campus.School
	DB       store.DB
	Limits   dialogue.Limits
	Log      *Log
	Operator ops.Options
	Private  http.Handler // the operator's port, of the bot that runs now; nil where nobody measures
	Form     *miniapp.App // the page to log in on, of the bot that runs now; nil where there is none

	Boards map[string]*boards.Board // by id of their source
	Reload chan []bulletin.Source   // other sources for the bot that runs

	sources  []bulletin.Source
	rate     int
	measured bool
	formed   bool
	desk     *ops.Desk
	key      []byte
	list     []jwxt.School
	catalog  *catalog.Catalog        // of the bot that runs now
	pipes    map[string]*campus.Pipe // by host
	cancel   context.CancelFunc
	ended    chan error
}

// Options is what a story may want otherwise.
type Options struct {
	Profiles []campus.Profile // nil: one plain school
	DB       store.DB         // nil: in memory
	Limits   dialogue.Limits  // zero: the defaults
	People   emulator.Options
	Front    func(http.Handler) http.Handler // stands before every school; nil: nothing does
	Pace     jwxt.Pace                       // at which every school is asked
	Link     jwxt.Link                       // by which every school is reached; all of its hosts are Front
	Rate     int                             // messages a second; 0: what Telegram takes from any bot
	Operator ops.Options                     // zero: nobody is told anything
	Measured bool                            // the operator's port is open
	Form     bool                            // there is a page to log in on
	Boards   []BoardOf                       // notice boards that are watched
}

// BoardOf is a simulated notice board, and how the operator describes it.
type BoardOf struct {
	ID, School, Name string
	Kind             boards.Kind
}

const (
	token   = "4242:canary-token-Zx81"
	formURL = "https://bot.example/form/"
)

// Canaries are secrets that must not turn up anywhere.
const (
	Number   = "2020000001"
	Password = "Canary#Pass-7731"
)

// PlainSchool is 强智 with everything usual.
func PlainSchool() campus.Profile {
	return campus.Profile{
		ID: "donghu", Name: "东湖示范大学", System: campus.Qiangzhi{Columns: 21}, Captcha: true,
		Accounts: []campus.Account{
			{Number: Number, Name: "张三", Password: Password, Grades: campus.Transcript(Number, 2022, 8, false)},
			{Number: "2020000002", Name: "李四", Password: "Second#Pass-2", Grades: campus.Transcript("2020000002", 2023, 4, true)},
		},
	}
}

// New sets the stage and starts the bot; the test's end clears it.
func New(tb testing.TB, o Options) *World {
	tb.Helper()
	if o.Profiles == nil {
		o.Profiles = []campus.Profile{PlainSchool()}
	}
	if o.DB == nil {
		o.DB = memstore.New()
	}
	if o.Limits == (dialogue.Limits{}) {
		o.Limits = dialogue.DefaultLimits()
	}
	o.People.Token = token
	w := &World{
		TB: tb, Telegram: emulator.New(o.People), Schools: map[string]*campus.School{},
		DB: o.DB, Limits: o.Limits, Log: &Log{}, Operator: o.Operator, measured: o.Measured, formed: o.Form, rate: o.Rate, key: []byte("0123456789abcdef0123456789abcdef"),
		pipes: map[string]*campus.Pipe{}, Boards: map[string]*boards.Board{}, Reload: make(chan []bulletin.Source),
	}
	for _, p := range o.Profiles {
		s := campus.New(p)
		host := p.ID + ".school.test"
		w.Schools[p.ID] = s
		school := p.School("http://" + host)
		school.Pace, school.Link = o.Pace, o.Link
		w.list = append(w.list, school)
		w.serve(host, o.front(s))
	}
	for _, b := range o.Boards {
		host := b.ID + ".boards.test"
		board := boards.New(b.Kind, b.Name)
		src := board.Source(b.ID, b.School, "http://"+host)
		src.Name = b.Name
		w.Boards[b.ID], w.sources = board, append(w.sources, src)
		w.serve(host, board)
	}
	w.serve("telegram.test", w.Telegram)
	tb.Cleanup(w.end)
	w.Start()
	return w
}

func (o Options) front(s *campus.School) http.Handler {
	if o.Front == nil {
		return s
	}
	return o.Front(s)
}

// serve puts a handler behind a host name.
func (w *World) serve(host string, h http.Handler) {
	pipe := campus.NewPipe()
	w.pipes[host] = pipe
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(w.Log.Handler(), slog.LevelError)}
	if host == "telegram.test" {
		server.RegisterOnShutdown(w.Telegram.Close)
	}
	var done sync.WaitGroup
	done.Go(func() { server.Serve(pipe) })
	w.TB.Cleanup(func() {
		w.Telegram.Close()
		server.Close()
		done.Wait()
	})
}

func (w *World) end() {
	w.Stop()
	w.DB.Close()
}

// Start starts the bot.
func (w *World) Start() {
	w.TB.Helper()
	ring, err := seal.NewRing(w.key)
	if err != nil {
		w.TB.Fatal(err)
	}
	door, err := telegram.New(telegram.Config{
		Token: token, Endpoint: "http://telegram.test/bot%s/%s", Log: w.Log.Logger(),
		DialContext: w.pipes["telegram.test"].DialContext,
	})
	if err != nil {
		w.TB.Fatal(err)
	}
	var clients []*fetch.Client
	schools, err := catalog.New(w.list, drivers.For, func(s jwxt.School) (jwxt.Doer, error) {
		c, err := fetch.New(s, fetch.WithDial(w.pipes[s.ID+".school.test"].DialContext))
		clients = append(clients, c)
		return c, err
	})
	if err != nil {
		w.TB.Fatal(err)
	}
	w.catalog = schools
	w.desk = w.newDesk(schools)
	if w.formed {
		w.Form, err = miniapp.New(miniapp.Config{Token: token, URL: formURL, Log: w.Log.Logger()})
		if err != nil {
			w.TB.Fatal(err)
		}
	}
	door.OnRefusal(w.desk.Refused)
	watched, reader := w.watched()
	b := bot.New(bot.Parts{
		Boards: watched,
		DB:     w.DB, Box: ring, Door: door, Schools: schools, Limits: w.Limits, Log: w.Log.Logger(), Ops: w.desk, Form: w.Form, Rate: w.rate,
		Fatal: func(err error) bool { return errors.Is(err, telegram.ErrToken) },
	})
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel, w.ended = cancel, make(chan error, 1)
	go func() {
		err := b.Run(ctx)
		door.Close()
		for _, c := range clients {
			c.Close()
		}
		reader.Close()
		w.ended <- err
	}()
}

// watched are the notice boards of one start, and who asks them.
func (w *World) watched() (bot.Boards, *bulletin.Reader) {
	r := bulletin.NewReader(bulletin.Options{
		UserAgent: "jwxtbot-test (+https://bot.example)", AllowPrivate: true,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			return w.pipes[host].DialContext(ctx, network, addr)
		},
	})
	if len(w.sources) == 0 {
		return bot.Boards{}, r
	}
	return bot.Boards{Sources: w.sources, Reader: r, Reload: w.Reload}, r
}

// newDesk is the operator's desk of one start.
func (w *World) newDesk(schools *catalog.Catalog) *ops.Desk {
	o := w.Operator
	o.Log = w.Log.Logger()
	if !w.measured {
		return ops.NewDesk(o)
	}
	meter := metrics.New(schools.IDs(), o.Version)
	o.Meter = meter
	desk := ops.NewDesk(o)
	w.Private = meter.Handler(desk.Ready)
	return desk
}

// Stop ends the bot as SIGTERM does, and fails the test if it does not end well.
func (w *World) Stop() {
	w.TB.Helper()
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.cancel = nil
	if err := <-w.ended; err != nil {
		w.TB.Errorf("the bot ended with %v", err)
	}
}

// Serves has the bot serve these schools of the stage from now on.
func (w *World) Serves(ids ...string) {
	w.TB.Helper()
	list := slices.DeleteFunc(slices.Clone(w.list), func(s jwxt.School) bool { return !slices.Contains(ids, s.ID) })
	if _, err := w.catalog.Replace(list); err != nil {
		w.TB.Fatal(err)
	}
}

// School is the only school.
func (w *World) School() *campus.School {
	for _, s := range w.Schools {
		return s
	}
	return nil
}

// patience bounds how long a story waits for what it expects, in the time of
// the story.
const patience = 45 * time.Second
