package notify_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// lender is who is logged in at a school, and what its system then shows.
type lender struct {
	mu      sync.Mutex
	notices []jwxt.Notice
	in      map[int64]bool  // who is logged in
	inUse   map[int64]bool  // … and just busy
	fail    error           // of the school
	quit    map[int64]bool  // who administers nothing any more
	reads   map[int64]int   // lists, by whose login
	at      []time.Time     // of the lists
	texts   map[string]bool // notices that were opened
	file    string          // what is attached to each, if not 表.doc
}

func (l *lender) Lent(ctx context.Context, person int64, school string, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) error {
	l.mu.Lock()
	in, inUse := l.in[person], l.inUse[person]
	l.mu.Unlock()
	switch {
	case school != "a":
		return errors.New("another school")
	case inUse:
		return work.ErrInUse
	case !in:
		return jwxt.Fail(jwxt.Expired, "lend", nil)
	}
	return read(ctx, login{l, person}, nil)
}

func (l *lender) Administers(_ context.Context, _, person int64) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.quit[person], nil
}

func (l *lender) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// login reads with one person's login.
type login struct {
	*lender
	person int64
}

func (l login) Notices(context.Context, *jwxt.Conn, int) (jwxt.NoticePage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads[l.person]++
	l.at = append(l.at, time.Now())
	return jwxt.NoticePage{Notices: slices.Clone(l.notices), Page: 1, Pages: 1}, l.fail
}

func (l login) Notice(_ context.Context, _ *jwxt.Conn, id string) (jwxt.NoticeDetail, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts[id] = true
	return jwxt.NoticeDetail{Text: "只有登录才看得到的正文", Attachments: []jwxt.Attachment{{Name: cmp.Or(l.file, "表.doc"), URL: "https://jwxt.example/x;jsessionid=1"}}}, l.fail
}

// announce puts notices on top of the school's list.
func (l *lender) announce(titles ...string) {
	l.set(func() {
		for _, title := range titles {
			n := jwxt.Notice{ID: fmt.Sprint(1000 + len(l.notices)), Title: title, Published: time.Now().In(beijing).Format(time.DateTime)}
			l.notices = append([]jwxt.Notice{n}, l.notices...)
		}
	})
}

// inner is the source of these tests, beside the public board.
func inner() bulletin.Source {
	return notify.InnerSource(jwxt.School{ID: "a", BaseURL: "https://jwxt.example.edu.cn"}, "内部通知")
}

// playInner runs fn on a stage whose school has ten notices behind its login.
func playInner(t *testing.T, fn func(s *stage)) {
	t.Helper()
	play(t, func(s *stage) {
		s.stop()
		s.lender = &lender{in: map[int64]bool{}, inUse: map[int64]bool{}, quit: map[int64]bool{}, reads: map[int64]int{}, texts: map[string]bool{}}
		for n := range 10 {
			s.lender.announce(fmt.Sprintf("早先的第%d件内部事项", n))
		}
		s.sources = append(s.sources, inner())
		s.start()
		fn(s)
	})
}

// commits runs fn in a transaction until it is certain.
func (s *stage) commits(revive func(), fn func(store.Tx) error) {
	s.t.Helper()
	for try := 0; ; try++ {
		err := s.n.DB.Update(context.Background(), fn)
		if err == nil {
			return
		}
		if try > 2 {
			s.t.Fatal(err)
		}
		revive()
	}
}

// logs has a person's login begin, or end by itself.
func (s *stage) logs(revive func(), person int64, in bool) (asked bool) {
	s.t.Helper()
	school := map[bool]string{true: "a"}[in]
	s.lender.set(func() { s.lender.in[person] = in })
	var after func()
	s.commits(revive, func(tx store.Tx) error {
		ask, then, err := s.n.Session(tx, notify.Session{Person: person, School: school, Lang: say.Zh}, time.Now())
		asked, after = ask != nil, then
		return err
	})
	if after != nil {
		after()
	}
	return asked
}

// lends has a person lend to a group.
func (s *stage) lends(revive func(), person, group int64) {
	s.t.Helper()
	s.commits(revive, func(tx store.Tx) error {
		_, err := s.n.Lend(tx, person, "a", notify.Spot{Chat: group}, say.Zh, time.Now())
		return err
	})
	s.n.Wanted(inner().ID)
}

func alive() {}

// TestInnerRhythm: inner notices are asked for once for all groups, by day only,
// every half an hour at most; not at all while nobody lends, and seldom while the
// school is in trouble.
func TestInnerRhythm(t *testing.T) {
	playInner(t, func(s *stage) {
		s.pass(24 * time.Hour)
		if n := len(s.lender.at); n != 0 {
			t.Fatalf("asked %d times for nobody", n)
		}
		s.logs(alive, 7, true)
		for group := int64(-1); group >= -3; group-- {
			s.lends(alive, 7, group)
		}
		s.pass(time.Hour) // who lends is read for at once, and soon after the last
		s.lender.set(func() { s.lender.at = nil })
		const days = 4
		s.pass(days * 24 * time.Hour)
		s.lender.set(func() {
			if n := len(s.lender.at); n < 20*days || n > 28*days {
				t.Errorf("asked %d times in %d days", n, days)
			}
			for i, at := range s.lender.at {
				if clock := at.In(beijing).Format("15:04"); clock < "06:30" || clock > "23:30" {
					t.Errorf("asked at %s", clock)
				}
				if i > 0 && at.Sub(s.lender.at[i-1]) < 30*time.Minute {
					t.Errorf("asked %v after the last time", at.Sub(s.lender.at[i-1]))
				}
			}
			s.lender.at, s.lender.fail = nil, jwxt.Fail(jwxt.Unreachable, "notices", nil)
		})
		s.pass(days * 24 * time.Hour)
		if n := len(s.lender.at); n > 6*days {
			t.Errorf("a school that is down was asked %d times in %d days", n, days)
		}
	})
}

// TestInnerDeathAtEveryCommit goes through a lending with its pause and its end,
// and kills the program at each fourth commit in turn (or, with -every, at each).
// What is told is told once, but
// for what was under way; nothing is lost, and nothing comes after the end.
func TestInnerDeathAtEveryCommit(t *testing.T) {
	for name, after := range map[string]bool{"before it stands": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n, died := 1, true; died && !t.Failed(); n++ {
				if *every || n%4 == 0 {
					died = innerDieAt(t, n, after)
				}
			}
		})
	}
}

func innerDieAt(t *testing.T, n int, after bool) (died bool) {
	playInner(t, func(s *stage) {
		s.stop()
		m := &mortal{DB: s.db, mem: s.db, left: n, after: after}
		s.mortal = m
		s.start()
		revive := func() {
			if m.isDead() {
				died = true
				s.stop()
				m.mu.Lock()
				m.dead = false
				m.mu.Unlock()
				s.start()
			}
		}
		live := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); {
				s.pass(min(10*time.Minute, time.Until(end)))
				revive()
			}
		}
		live(15 * time.Minute)
		s.logs(revive, 7, true)
		s.lends(revive, 7, -1)
		s.lends(revive, 7, -2)
		live(2 * time.Hour)
		s.lender.announce("第一件内部的新事项")
		live(time.Hour)
		s.lender.set(func() { s.lender.notices[0].Title += "（更正）" })
		live(7 * time.Hour)
		s.logs(revive, 7, false)
		live(time.Hour)
		s.lender.announce("停着时的第一件事项", "停着时的第二件事项")
		live(14 * time.Hour)
		s.logs(revive, 7, true)
		live(2 * time.Hour)
		s.commits(revive, func(tx store.Tx) error {
			_, _, err := s.n.Session(tx, notify.Session{Person: 7, Out: true}, time.Now())
			return err
		})
		live(5 * time.Minute)
		s.lender.announce("结束以后的一件事项")
		live(24 * time.Hour)
		want := []string{
			"第一件内部的新事项", "已更新：第一件内部的新事项（更正）", "⏸ 内部通知 暂停了，恢复后会接着发。",
			"停着时的第一件事项", "停着时的第二件事项", "🔒 内部通知 停了：现在没有管理员借登录给这里读通知。想再收，管理员发 /subscribe",
		}
		for _, group := range []int64{-1, -2} {
			if got := slices.Compact(s.got(group)); !slices.Equal(got, want) {
				t.Errorf("commit %d: group %d was sent\n\t%q, want\n\t%q", n, group, got, want)
			}
			if extra := len(s.got(group)) - len(want); extra > 1 {
				t.Errorf("commit %d: %d messages to group %d came twice", n, extra, group)
			}
			if text := s.shows(group); strings.Contains(text, "jsessionid") || !strings.Contains(text, "内部通知</b> 恢复了") {
				t.Errorf("commit %d: group %d sees\n%s", n, group, text)
			}
		}
		if left := s.count("b/lent/") + s.count("b/lender/") + s.count("b/sub/"); left != 0 {
			t.Errorf("commit %d: %d rows are left", n, left)
		}
	})
	return died
}

// TestInnerAsks: who lends is asked once each time that the login ends by itself,
// and not if that is being done already. While somebody is busy nothing is said.
func TestInnerAsks(t *testing.T) {
	playInner(t, func(s *stage) {
		s.logs(alive, 7, true)
		if s.logs(alive, 7, false) {
			t.Error("somebody was asked who lends nothing")
		}
		s.logs(alive, 7, true)
		s.lends(alive, 7, -1)
		s.pass(2 * time.Hour)
		s.lender.set(func() { s.lender.inUse[7] = true })
		s.lender.announce("来的时候正忙着的事项")
		s.pass(2 * time.Hour)
		s.want(-1)
		s.lender.set(func() { delete(s.lender.inUse, 7) })
		s.pass(10 * time.Minute)
		s.want(-1, "来的时候正忙着的事项")
		for round := range 2 {
			if !s.logs(alive, 7, false) || s.logs(alive, 7, false) {
				t.Errorf("round %d: not asked, or twice", round)
			}
			s.pass(time.Hour)
			s.logs(alive, 7, true)
			s.pass(time.Hour)
		}
		s.lender.set(func() { s.lender.quit[7] = true })
		s.pass(time.Hour)
		if n := s.count("b/lent/"); n != 0 {
			t.Errorf("%d lendings of who administers nothing", n)
		}
	})
}

// TestInnerKeepsApart: what the school shows to everybody as well is told once,
// and with its link. What stands behind the login is never taken for it.
func TestInnerKeepsApart(t *testing.T) {
	playInner(t, func(s *stage) {
		s.settle() // -1 subscribes to the public board
		s.logs(alive, 7, true)
		s.lends(alive, 7, -1)
		s.lends(alive, 7, -2)
		s.pass(2 * time.Hour)
		s.boards.publish("jwc", item(11))
		s.pass(time.Hour)
		s.lender.announce(title(11))
		s.pass(2 * time.Hour)
		s.want(-1, title(11))
		s.want(-2, title(11))
		if text := s.shows(-2); strings.Contains(text, "登录教务系统") {
			t.Errorf("what everybody may read is shown as\n%s", text)
		}

		s.subscribe(-3)
		s.lender.announce(title(12))
		s.pass(time.Hour)
		s.want(-2, title(11), title(12))
		s.want(-3)
		s.boards.publish("jwc", item(12))
		s.pass(time.Hour)
		s.want(-3, title(12))
		if text := s.shows(-3); strings.Contains(text, "登录教务系统") || strings.Contains(text, "表.doc") {
			t.Errorf("who subscribes to the public board sees\n%s", text)
		}
		s.lender.set(func() { s.lender.notices[0].Title += "（只在里面更正）" })
		s.pass(8 * time.Hour)
		if text := s.shows(-3); strings.Contains(text, "只在里面更正") {
			t.Errorf("who subscribes to the public board sees\n%s", text)
		}
		if text := s.shows(-2); !strings.Contains(text, "只在里面更正") {
			t.Errorf("who subscribes to inner notices sees\n%s", text)
		}
	})
}

// TestInnerFirst: of a school that said it has none, the first one is news. Rows
// that cannot be opened are told as well.
func TestInnerFirst(t *testing.T) {
	playInner(t, func(s *stage) {
		s.lender.set(func() { s.lender.notices = nil })
		s.logs(alive, 7, true)
		s.lends(alive, 7, -1)
		s.pass(2 * time.Hour)
		s.lender.announce("内部的第一件事项")
		s.lender.set(func() { s.lender.notices[0].ID = "" })
		s.pass(time.Hour)
		s.want(-1, "内部的第一件事项")
		if len(s.lender.texts) != 0 {
			t.Errorf("opened %v", s.lender.texts)
		}
	})
}

// TestLendBounds: one person lends to three groups and one group has three who
// lend; nobody else subscribes to inner notices.
func TestLendBounds(t *testing.T) {
	playInner(t, func(s *stage) {
		try := func(fn func(store.Tx) error) (err error) {
			s.update(func(tx store.Tx) error {
				err = fn(tx)
				return nil
			})
			return err
		}
		lend := func(person int64, school string, group int64) error {
			return try(func(tx store.Tx) error {
				_, err := s.n.Lend(tx, person, school, notify.Spot{Chat: group}, say.Zh, time.Now())
				return err
			})
		}
		for n := range int64(3) {
			if err := errors.Join(lend(7, "a", -1-n), lend(20+n, "a", -9)); err != nil {
				t.Fatal(err)
			}
		}
		if err := lend(7, "a", -4); !errors.Is(err, notify.ErrLentEnough) {
			t.Errorf("a fourth group: %v", err)
		}
		if err := lend(30, "a", -9); !errors.Is(err, notify.ErrLentEnough) {
			t.Errorf("a fourth person: %v", err)
		}
		if err := lend(7, "a", -1); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if err := lend(40, "b", -1); !errors.Is(err, notify.ErrUnknown) {
			t.Errorf("at a school without inner notices: %v", err)
		}
		err := try(func(tx store.Tx) error {
			_, err := s.n.Subscribe(tx, notify.Sub{Chat: -5, Source: inner().ID}, time.Now())
			return err
		})
		if !errors.Is(err, notify.ErrUnknown) {
			t.Errorf("without a login: %v", err)
		}
	})
}

// TestLendElsewhere: who lends a login at another school lends that at the first
// no more, and the group there is told that its notices end.
func TestLendElsewhere(t *testing.T) {
	playInner(t, func(s *stage) {
		other := notify.InnerSource(jwxt.School{ID: "b", BaseURL: "https://jwxt.another.edu.cn"}, "别校的通知")
		s.n.SetSources(append(slices.Clone(s.sources), other))
		s.logs(alive, 7, true)
		s.lends(alive, 7, -1)
		s.pass(time.Hour)
		s.update(func(tx store.Tx) error {
			said, err := s.n.Lend(tx, 7, "b", notify.Spot{Chat: -2}, say.Zh, time.Now())
			if len(said) != 1 || said[0].Chat != -1 || !strings.Contains(said[0].Body.Text, "内部通知") {
				t.Errorf("said %+v", said)
			}
			return err
		})
		s.lender.announce("没有人再读的事项")
		s.pass(24 * time.Hour)
		s.want(-1)
		s.update(func(tx store.Tx) error {
			l, ok, err := s.n.Lent(tx, 7)
			if !ok || l.School != "b" || len(l.Spots) != 1 {
				t.Errorf("lent is %+v", l)
			}
			return err
		})
		if n := s.count("b/lender/"); n != 1 {
			t.Errorf("%d rows of lenders", n)
		}
	})
}

// TestInnerNamesNobody: a title that has somebody's number in it is not told in
// groups, nor kept: it stands behind a login. Neither is such a name of a file.
func TestInnerNamesNobody(t *testing.T) {
	playInner(t, func(s *stage) {
		s.logs(alive, 7, true)
		s.lends(alive, 7, -1)
		s.pass(2 * time.Hour)
		s.lender.set(func() { s.lender.file = "2020000007的表.doc" })
		s.lender.announce("关于给予 2020000007 处分的通知", "关于放假的通知")
		s.pass(time.Hour)
		s.want(-1, "关于放假的通知")
		s.lender.set(func() { s.lender.notices[0].Title = "关于2020000007和放假的通知" })
		s.pass(8 * time.Hour)
		s.want(-1, "关于放假的通知")
		for _, p := range s.pairs("b/") {
			if strings.Contains(string(p.Value), "2020000007") {
				t.Errorf("%s keeps a number", p.Key)
			}
		}
	})
}

// TestInnerManyLenders: of many who lend, whoever is logged in is read with, and
// each who has lost the rights is found out some day.
func TestInnerManyLenders(t *testing.T) {
	playInner(t, func(s *stage) {
		const many = 130
		for person := int64(1001); person <= 1000+many; person++ {
			s.logs(alive, person, true)
			s.lends(alive, person, -person)
		}
		s.pass(2 * time.Hour)
		for person := int64(1001); person < 1000+many; person++ {
			s.logs(alive, person, false)
		}
		s.lender.announce("一件只有一个人在线时的事项")
		s.pass(time.Hour)
		s.want(-1001, "一件只有一个人在线时的事项")
		s.lender.set(func() {
			for person := int64(1001); person < 1000+many; person++ {
				s.lender.quit[person] = true
			}
		})
		s.pass(3 * 24 * time.Hour)
		if n := s.count("b/lent/"); n != 1 {
			t.Errorf("%d lendings are left, want that of the one who administers", n)
		}
	})
}
