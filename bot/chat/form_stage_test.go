package chat_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/store/memstore"
)

// formSchool is a school whose login form asks for what a test likes and
// judges it as the test says.
type formSchool struct {
	jwxt.Driver
	fields []jwxt.FieldKind
	image  []byte // nil: "picture <n>"
	judge  func(jwxt.Answers) (jwxt.Step, error)
	slow   time.Duration

	mu    sync.Mutex
	drawn int
	posts []post
}

// post is a form as the school got it.
type post struct {
	picture string // whose cookie it came with
	answers jwxt.Answers
}

var (
	letterForm = []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldCaptcha}
	dragForm   = []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldDrag}
	codeForm   = []jwxt.FieldKind{jwxt.FieldCode}
)

func (f *formSchool) Login(_ context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	time.Sleep(f.slow)
	f.mu.Lock()
	defer f.mu.Unlock()
	if a != nil {
		f.posts = append(f.posts, post{c.Session.Cookies[0].Value, maps.Clone(a)})
		step, err := f.judge(a)
		if ask, ok := step.(*jwxt.Ask); ok {
			c.Session.Memo = map[string]string{"asks": string(ask.Fields[0])}
		}
		return step, err
	}
	f.drawn++
	ask := &jwxt.Ask{ID: fmt.Sprint("ask", f.drawn), Fields: f.fields, Image: f.image}
	if ask.Image == nil {
		ask.Image = fmt.Append(nil, "picture ", f.drawn)
	}
	if c.Session.Memo["asks"] == string(jwxt.FieldCode) {
		ask.Fields, ask.Image = codeForm, nil
	}
	for _, k := range ask.Fields {
		if k == jwxt.FieldDrag {
			ask.Puzzle = &jwxt.Puzzle{Piece: []byte("piece"), Top: 12}
		}
	}
	c.Session.Cookies = []jwxt.Cookie{{Name: "form", Value: fmt.Sprint(f.drawn)}}
	return ask, nil
}

func (f *formSchool) Grades(context.Context, *jwxt.Conn, jwxt.Term) (jwxt.Transcript, error) {
	return jwxt.Transcript{}, nil
}

func (f *formSchool) got() []post {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.posts
}

// takes lets everybody in.
func takes(jwxt.Answers) (jwxt.Step, error) {
	return &jwxt.Done{Student: jwxt.Student{Name: "张三", Number: "2020000001"}}, nil
}

// once refuses the first form with err.
func once(err error) func(jwxt.Answers) (jwxt.Step, error) {
	first := true
	return func(a jwxt.Answers) (jwxt.Step, error) {
		if first {
			first = false
			return nil, err
		}
		return takes(a)
	}
}

// formStage is a whole shell with its jobs and its outbox, for one person and
// one page. It runs in a synctest bubble.
type formStage struct {
	*testing.T
	*chat.Shell
	db     *memstore.DB
	school *formSchool
	url    string
	stop   func()

	mu      sync.Mutex
	sent    []msg.Item
	updates int
}

const me = 7

func newFormStage(t *testing.T, url string, school *formSchool) *formStage {
	st := &formStage{T: t, db: memstore.New(), school: school, url: url}
	st.start()
	t.Cleanup(func() { st.stop() })
	return st
}

func (st *formStage) Forget(context.Context, int64, int) error       { return nil }
func (st *formStage) Admins(context.Context, int64) ([]int64, error) { return nil, nil }

func (st *formStage) Do(_ context.Context, it msg.Item) msg.Verdict {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.sent = append(st.sent, it)
	return msg.Verdict{Message: 1000 + len(st.sent)}
}

// start starts everything, on what is stored.
func (st *formStage) start() {
	log, ring := slog.New(slog.DiscardHandler), box(st.T)
	schools, err := catalog.New(
		[]jwxt.School{{ID: "a", Name: "甲大学", Vendor: "v"}, {ID: "b", Name: "乙大学", Vendor: "v"}},
		func(jwxt.School) (jwxt.Driver, error) { return st.school, nil },
		func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
	if err != nil {
		st.Fatal(err)
	}
	vault := work.NewVault(5 * time.Minute)
	out := outbox.New(st.db, ring, st, log)
	pool := work.New(work.Parts{
		DB: st.db, Box: ring, Schools: schools, Vault: vault, Log: log,
		Report: func(ctx context.Context, j work.Job, e dialogue.Event) error { return st.Result(ctx, j, e) },
	})
	st.Shell = chat.New(chat.Parts{
		DB: st.db, Box: ring, Schools: schools, Vault: vault, Work: pool, Outbox: out, Door: st,
		Limits: dialogue.DefaultLimits(), Bot: "bot", FormURL: st.url, Log: log,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{out.Run, pool.Run, st.Shell.Run} {
		running.Go(func() { run(ctx) })
	}
	st.stop = func() { cancel(); running.Wait() }
	settle()
}

// settle lets everything that is under way come to rest.
func settle() {
	time.Sleep(8 * time.Second)
	synctest.Wait()
}

// says writes to the bot.
func (st *formStage) says(text string) {
	st.Helper()
	st.updates++
	u := msg.Update{ID: st.updates, Chat: me, ChatKind: msg.Private, User: me, Message: st.updates, Text: text}
	if command, ok := strings.CutPrefix(text, "/"); ok {
		u.Command, u.Args, _ = strings.Cut(command, " ")
	}
	if err := st.Handle(st.Context(), u); err != nil {
		st.Fatal(err)
	}
	settle()
}

// since are the items that were sent after the first n.
func (st *formStage) since(n int) []msg.Item {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.sent[n:])
}

// shown are the texts that came on screen after the first n items.
func (st *formStage) shown(n int) (texts []string) {
	for _, it := range st.since(n) {
		if it.Op == msg.Show || it.Op == msg.Send {
			texts = append(texts, it.Body.Text)
		}
	}
	return texts
}

func (st *formStage) items() int { return len(st.since(0)) }

// sees fails the test if the latest text does not hold the words.
func (st *formStage) sees(words ...string) {
	st.Helper()
	texts := st.shown(0)
	last := texts[len(texts)-1]
	for _, w := range words {
		if !strings.Contains(last, w) {
			st.Fatalf("the chat shows %q, want it to hold %q", last, w)
		}
	}
}

// page is the attempt that the latest button leads to, "" where none ever did.
func (st *formStage) page() (attempt string) {
	for _, it := range st.since(0) {
		for _, row := range it.Body.Buttons {
			for _, b := range row {
				if link, ok := strings.CutPrefix(b.WebApp, st.url+"?a="); ok && b.WebApp != "" {
					attempt = link
				}
			}
		}
	}
	return attempt
}

// view is what a page shows, and fails the test if that is not the stage wanted.
func (st *formStage) view(attempt string, want chat.FormStage) chat.FormView {
	st.Helper()
	v, err := st.FormView(st.Context(), me, attempt)
	if err != nil {
		st.Fatal(err)
	}
	if v.Stage != want {
		st.Fatalf("the page shows %q (%s), want %q", v.Stage, v.Message, want)
	}
	return v
}

// opens chooses a school on the page, and gives what it then shows.
func (st *formStage) opens(attempt, school string) chat.FormView {
	st.Helper()
	if err := st.FormOpen(st.Context(), me, attempt, school, ""); err != nil {
		st.Fatal(err)
	}
	settle()
	return st.view(attempt, chat.FormFilling)
}

// submits sends the form of the page.
func (st *formStage) submits(attempt string, f chat.FormEntry) {
	st.Helper()
	if err := st.FormSubmit(st.Context(), me, attempt, f); err != nil {
		st.Fatal(err)
	}
	settle()
}

// entry is the form filled in as it should be.
func entry(v chat.FormView) chat.FormEntry {
	return chat.FormEntry{
		AskID: v.AskID, Account: "2020000001", Password: "Page#Pass-1", Captcha: "ab12",
		Track: jwxt.Track{{X: 0, Y: 0, T: 0}, {X: 40, Y: 2, T: 350}},
	}
}
