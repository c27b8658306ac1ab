package board_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/board"
	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

const (
	student = int64(1001)
	class   = int64(-1001000000001)
)

// site is a school's boards.
type site struct {
	mu    sync.Mutex
	items map[string][]bulletin.Item // by source
	texts map[string]bulletin.Detail // by URL
	fail  error                      // of everything
	slow  time.Duration              // until a list is answered
	asked map[string]int             // lists, by source
	read  int                        // articles
}

func (s *site) List(_ context.Context, src bulletin.Source, _ bulletin.Validators) (bulletin.List, error) {
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	time.Sleep(slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[src.ID]++
	if s.fail != nil {
		return bulletin.List{}, s.fail
	}
	return bulletin.List{Items: slices.Clone(s.items[src.ID])}, nil
}

func (s *site) Detail(_ context.Context, _ bulletin.Source, it bulletin.Item) (bulletin.Detail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read++
	if s.fail != nil {
		return bulletin.Detail{}, s.fail
	}
	d, ok := s.texts[it.URL]
	if !ok {
		d.Text = "正文：" + it.Title
	}
	return d, nil
}

// publish puts an article on top of a source's list, of today.
func (s *site) publish(source string, n int, title string, d bulletin.Detail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now().In(time.FixedZone("CST", 8*60*60))
	it := bulletin.Item{
		ID: fmt.Sprintf("vsb:%s.example.edu.cn:%d", source, n), URL: fmt.Sprintf("https://%s.example.edu.cn/info/1001/%d.htm", source, n),
		Title: title, Date: bulletin.Date{Year: now.Year(), Month: int(now.Month()), Day: now.Day()},
	}
	s.items[source] = append([]bulletin.Item{it}, s.items[source]...)
	if d.Text != "" {
		s.texts[it.URL] = d
	}
}

// stage is a desk with all its surroundings, in a synctest bubble.
type stage struct {
	t    *testing.T
	db   *memstore.DB
	site *site
	n    *notify.Notifier
	desk *board.Desk
	out  []msg.Item // what the notifier sent
	told []msg.Item // what the desk said by itself

	lang   say.Lang
	school string
	admins []int64
	mu     sync.Mutex
	next   int
}

// Do is Telegram.
func (s *stage) Do(_ context.Context, it msg.Item) msg.Verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = append(s.out, it)
	s.next++
	return msg.Verdict{Outcome: msg.Sent, Message: s.next}
}

// play runs fn on a stage with three boards, whose lists have been read.
func play(t *testing.T, fn func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))) // eight in the morning
		s := &stage{t: t, db: memstore.New(), lang: say.Zh, school: "a", site: &site{
			items: map[string][]bulletin.Item{}, texts: map[string]bulletin.Detail{}, asked: map[string]int{},
		}}
		for n := range 20 {
			s.site.publish("jwc", n, fmt.Sprintf("关于第%d件教学事项的安排", n), bulletin.Detail{})
		}
		s.site.publish("xsc", 1, "奖学金评定通知", bulletin.Detail{})
		s.site.publish("bks", 1, "北岭大学选课通知", bulletin.Detail{})
		log := slog.New(slog.DiscardHandler)
		out := outbox.New(s.db, nil, s, log)
		s.n = notify.New(notify.Parts{DB: s.db, Outbox: out, Reader: s.site, Log: log})
		s.n.SetSources([]bulletin.Source{
			{ID: "jwc", School: "a", Name: "教务通知", URL: "https://jwc.example.edu.cn/tzgg.htm"},
			{ID: "xsc", School: "a", Name: "学生通知", URL: "https://xsc.example.edu.cn/tzgg.htm"},
			{ID: "bks", School: "b", Name: "北岭教务", URL: "https://bks.example.edu.cn/tzgg.htm"},
		})
		schools, err := catalog.New([]jwxt.School{{ID: "a", Name: "东湖示范大学", Vendor: "v"}},
			func(jwxt.School) (jwxt.Driver, error) { return inner{}, nil },
			func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
		if err != nil {
			t.Fatal(err)
		}
		s.desk = board.New(board.Parts{
			DB: s.db, Notify: s.n, Schools: schools, Bot: "jwxt_demo_bot", Log: log,
			Tell: func(_ context.Context, it msg.Item) error {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.told = append(s.told, it)
				return nil
			},
		})
		ctx, cancel := context.WithCancel(context.Background())
		var loops sync.WaitGroup
		for _, run := range []func(context.Context) error{out.Run, s.n.Run, s.desk.Run} {
			loops.Go(func() { run(ctx) })
		}
		defer loops.Wait()
		defer cancel()
		s.pass(15 * time.Minute)
		fn(s)
	})
}

// inner is a driver of schools with notices behind the login.
type inner struct {
	jwxt.Driver
	jwxt.NoticeReader
}

func (s *stage) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// visit has the desk answer an update; nil is that it is not the boards'.
func (s *stage) visit(u msg.Update) []msg.Item {
	s.t.Helper()
	s.mu.Lock()
	s.next++
	s.mu.Unlock()
	if u.ChatKind == "" {
		u.ChatKind, u.Chat = msg.Private, u.User
	}
	if !s.desk.Takes(u) {
		return nil
	}
	refusal := func(group int64) string {
		if group > 0 || slices.Contains(s.admins, u.User) {
			return ""
		}
		return "toast.admins"
	}
	turn, err := s.desk.Visit(s.t.Context(), chat.Visit{
		Update: u, Lang: s.lang, School: s.school,
		May:   func(context.Context) string { return refusal(u.Chat) },
		MayIn: func(_ context.Context, group int64) string { return refusal(group) },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if turn == nil {
		return nil
	}
	var said []msg.Item
	err = s.db.Update(context.Background(), func(tx store.Tx) error {
		said, err = turn.Do(tx)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if turn.After != nil {
		turn.After()
	}
	return said
}

// says has the student send something in private.
func (s *stage) says(words string) []msg.Item {
	s.t.Helper()
	u := msg.Update{User: student, Name: "张三", Message: 500, Text: words}
	if command, args, _ := strings.Cut(words, " "); strings.HasPrefix(command, "/") {
		u.Command, u.Args = command[1:], args
	}
	return s.visit(u)
}

// screen is what the student sees.
type screen struct {
	s *stage
	msg.Body
	toast string
}

// opens is what the student sees after saying something.
func (s *stage) opens(words string) screen {
	s.t.Helper()
	return s.shown(s.says(words))
}

func (s *stage) shown(items []msg.Item) screen {
	s.t.Helper()
	out := screen{s: s}
	for _, it := range items {
		if it.Op == msg.Answer {
			out.toast = it.Body.Text
		} else {
			out.Body = it.Body
		}
	}
	return out
}

// taps presses a button, by the beginning of its text.
func (c screen) taps(name string) screen {
	c.s.t.Helper()
	for _, row := range c.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Text, name) && b.Data != "" {
				if len(b.Data) > 64 {
					c.s.t.Fatalf("%d bytes of data: %s", len(b.Data), b.Data)
				}
				return c.s.shown(c.s.visit(msg.Update{User: student, Name: "张三", Message: 600, Callback: "77", Data: b.Data}))
			}
		}
	}
	c.s.t.Fatalf("no button %s under\n%s\n%v", name, c.Text, c.Buttons)
	return screen{}
}

// has fails unless the screen shows all of it.
func (c screen) has(words ...string) screen {
	c.s.t.Helper()
	all := c.Text + "\n" + c.toast
	for _, row := range c.Buttons {
		for _, b := range row {
			all += "\n<" + b.Text + ">"
		}
	}
	for _, w := range words {
		if !strings.Contains(all, w) {
			c.s.t.Errorf("no %q in\n%s", w, all)
		}
	}
	return c
}

// lacks fails if the screen shows any of it.
func (c screen) lacks(words ...string) screen {
	c.s.t.Helper()
	for _, w := range words {
		if strings.Contains(c.Text, w) || slices.ContainsFunc(c.Buttons, func(row []msg.Button) bool {
			return slices.ContainsFunc(row, func(b msg.Button) bool { return strings.Contains(b.Text, w) })
		}) {
			c.s.t.Errorf("there is %q in\n%s\n%v", w, c.Text, c.Buttons)
		}
	}
	return c
}

// later is what the desk changed by itself since the last call; nothing is an
// empty screen.
func (s *stage) later() screen {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := screen{s: s}
	if n := len(s.told); n > 0 {
		out.Body = s.told[n-1].Body
	}
	s.told = nil
	return out
}
