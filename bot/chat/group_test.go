package chat_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// TestGroupBecomesSupergroup: what waits for the old group goes to the new one,
// whichever of the two tells first and however often.
func TestGroupBecomesSupergroup(t *testing.T) {
	const old, now = -5, -1005
	away := msg.Update{ID: 101, Chat: old, ChatKind: msg.Group, User: 7, MovedTo: now}
	here := msg.Update{ID: 102, Chat: now, ChatKind: msg.Group, User: 7, MovedFrom: old}
	for name, told := range map[string][]msg.Update{
		"the old group first": {away, here, away},
		"the new one first":   {here, away, here},
	} {
		t.Run(name, func(t *testing.T) {
			s, db := shell(t)
			const items = 70 // more than one transaction moves
			for i := range items {
				u := msg.Update{ID: i + 1, Chat: old, ChatKind: msg.Group, User: 7, Command: "help", Text: "/help"}
				if err := s.Handle(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			for _, u := range told {
				if err := s.Handle(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			if was, is := rows(t, db, "out/-5/"), rows(t, db, "out/-1005/"); was != 0 || is != items {
				t.Errorf("%d items wait for the old group and %d for the new one, want 0 and %d", was, is, items)
			}
		})
	}
}

// groups feeds a shell with what happens in the group -5, where the door's 7 is
// the administrator.
type groups struct {
	*testing.T
	*chat.Shell
	db     *memstore.DB
	update int
	heard  int
}

func newGroups(t *testing.T) *groups {
	s, db := shell(t)
	return &groups{T: t, Shell: s, db: db}
}

func (g *groups) happens(u msg.Update) {
	g.T.Helper()
	g.update++
	u.ID, u.Chat, u.ChatKind = g.update, -5, msg.Group
	if u.User == 0 {
		u.User = 7
	}
	if err := g.Handle(g.T.Context(), u); err != nil {
		g.T.Fatal(err)
	}
}

// says is what is queued for the group since it was last asked.
func (g *groups) says() string {
	g.T.Helper()
	all := queued(g.T, g.db, -5)
	var texts []string
	for _, it := range all[g.heard:] {
		texts = append(texts, it.Body.Text)
	}
	g.heard = len(all)
	return strings.Join(texts, "\n")
}

// queued is what waits to be sent to a chat.
func queued(t testing.TB, db store.DB, to int64) (out []msg.Item) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		table := store.NewTable[struct{ Item msg.Item }]("out/", 1, box(t)).Sub(fmt.Sprintf("%d/", to))
		rows, err := table.Scan(tx, "", store.MaxRows)
		for _, r := range rows {
			out = append(out, r.Value.Item)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestGroupKeptForAMonth: what was set is there when the bot comes back within
// 30 days, counted from its last removal.
func TestGroupKeptForAMonth(t *testing.T) {
	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		away []time.Duration // each followed by a return
		then time.Duration
		want string
	}{
		"29 days":            {[]time.Duration{29 * day}, 0, "I never"},
		"31 days":            {[]time.Duration{31 * day}, 0, "我不会"},
		"twice 20 days":      {[]time.Duration{20 * day, 20 * day}, 0, "I never"},
		"back for a quarter": {[]time.Duration{day}, 90 * day, "I never"},
	} {
		for swept, sweeps := range map[string]bool{"swept": true, "not swept": false} {
			t.Run(name+" "+swept, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := newGroups(t)
					wait := func(d time.Duration) {
						time.Sleep(d)
						if sweeps {
							if err := g.Sweep(t.Context(), time.Now()); err != nil {
								t.Fatal(err)
							}
						}
					}
					g.happens(msg.Update{Presence: msg.Joined})
					g.happens(msg.Update{Callback: "q", Data: "7!lang:en"})
					for _, away := range tc.away {
						g.happens(msg.Update{Presence: msg.Left})
						wait(away)
						g.happens(msg.Update{Presence: msg.Joined})
					}
					wait(tc.then)
					g.says()
					g.happens(msg.Update{Command: "help"})
					if got := g.says(); !strings.Contains(got, tc.want) {
						t.Errorf("the bot says %q, want %q", got, tc.want)
					}
				})
			})
		}
	}
}

// TestSettingsMoveWithTheirGroup in either order, whatever the new group was
// told before, and once.
func TestSettingsMoveWithTheirGroup(t *testing.T) {
	away := msg.Update{MovedTo: -1005}
	back := func(g *groups) {
		u := msg.Update{ID: 900, Chat: -1005, ChatKind: msg.Group, User: 7, MovedFrom: -5}
		if err := g.Handle(g.T.Context(), u); err != nil {
			g.T.Fatal(err)
		}
	}
	arrives := func(g *groups) {
		u := msg.Update{ID: 901, Chat: -1005, ChatKind: msg.Group, User: 8, Presence: msg.Joined}
		if err := g.Handle(g.T.Context(), u); err != nil {
			g.T.Fatal(err)
		}
	}
	leaves := msg.Update{Presence: msg.Left}
	for name, happens := range map[string]func(*groups){
		"the old group tells first":   func(g *groups) { g.happens(away); back(g); g.happens(away) },
		"the new group tells first":   func(g *groups) { back(g); g.happens(away); back(g) },
		"the bot came in before":      func(g *groups) { arrives(g); g.happens(away) },
		"the bot comes in afterwards": func(g *groups) { g.happens(away); arrives(g) },
		"the bot left the old before": func(g *groups) { g.happens(leaves); g.happens(away) },
		"the bot left the old after":  func(g *groups) { g.happens(away); g.happens(leaves) },
		"a send is told of it": func(g *groups) {
			g.DB.Update(g.T.Context(), func(tx store.Tx) error { _, err := g.Outbox.Move(tx, -5, -1005); return err })
			g.happens(away)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGroups(t)
			g.happens(msg.Update{Callback: "q", Data: "7!lang:en"})
			happens(g)
			u := msg.Update{ID: 999, Chat: -1005, ChatKind: msg.Group, User: 7, Command: "help"}
			if err := g.Handle(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]int{0, 1}, []int{rows(t, g.db, "group/-5"), rows(t, g.db, "group/-1005")}); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			var last string
			items := queued(t, g.db, -1005)
			if len(items) > 0 {
				last = items[len(items)-1].Body.Text
			}
			if !strings.Contains(last, "I never show grades") {
				t.Errorf("the bot says %q", last)
			}
		})
	}
}

// TestArrivals: a group is greeted when the bot comes in, and not when it only
// becomes a supergroup.
func TestArrivals(t *testing.T) {
	g := newGroups(t)
	comes, goes := msg.Update{Presence: msg.Joined, User: 7}, msg.Update{Presence: msg.Left, User: 7}
	for i, tc := range []struct {
		u       msg.Update
		greeted bool
	}{{comes, true}, {comes, false}, {goes, false}, {comes, true}, {goes, false}, {goes, false}, {comes, true}} {
		g.happens(tc.u)
		if got := g.says(); strings.Contains(got, "大家好") != tc.greeted {
			t.Errorf("%d: the bot says %q, greeted = %v", i, got, tc.greeted)
		}
	}
}

// TestNobodyIsNoAdministrator: a channel's post and hostile data of buttons set
// nothing in a group.
func TestNobodyIsNoAdministrator(t *testing.T) {
	for name, u := range map[string]msg.Update{
		"a channel's post":       {As: -200, Command: "language"},
		"a member":               {User: 8, Command: "language"},
		"a member's tap":         {User: 8, Callback: "q", Data: "8!lang:en"},
		"a tap on another's":     {User: 8, Callback: "q", Data: "7!lang:en"},
		"a tap on everybody's":   {User: 8, Callback: "q", Data: "0!lang:en"},
		"an unknown language":    {Callback: "q", Data: "7!lang:fr"},
		"no owner":               {Callback: "q", Data: "lang:en"},
		"a negative owner":       {Callback: "q", Data: "-7!lang:en"},
		"an owner out of bounds": {Callback: "q", Data: "zzzzzzzzzzzzzzzzzzzzz!lang:en"},
		"nothing":                {Callback: "q"},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGroups(t)
			g.happens(u)
			if got := g.says(); got == "" || strings.Contains(got, "哪种语言") {
				t.Errorf("the bot says %q", got)
			}
			if got := rows(t, g.db, "group/"); got != 0 {
				t.Error("something was set")
			}
		})
	}
}
