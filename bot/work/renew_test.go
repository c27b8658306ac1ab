package work_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// remembered is a driver behind a front that renews sessions: the cookie of a
// session that works is "new", and reads answers what is said.
type remembered struct {
	jwxt.Driver
	renewed, read *int
	then          error // of a read with a renewed session
	refuse        error // of a renewal
}

func (remembered) Name() string { return "remembered" }

func (r remembered) Renew(_ context.Context, c *jwxt.Conn) error {
	*r.renewed++
	if r.refuse == nil {
		c.Session.Cookies = []jwxt.Cookie{{Name: "id", Value: "new"}}
	}
	return r.refuse
}

func (r remembered) Notices(_ context.Context, c *jwxt.Conn, _ int) (jwxt.NoticePage, error) {
	*r.read++
	if len(c.Session.Cookies) == 0 || c.Session.Cookies[0].Value != "new" {
		return jwxt.NoticePage{}, jwxt.Fail(jwxt.Expired, "remembered", errors.New("the session is over"))
	}
	return jwxt.NoticePage{}, r.then
}

func (remembered) Notice(context.Context, *jwxt.Conn, string) (jwxt.NoticeDetail, error) {
	return jwxt.NoticeDetail{}, nil
}

var renewals = map[string]struct {
	then, refuse error
	kind         dialogue.EventKind // of a reading of one's own
	lent         dialogue.EventKind
	reads        int
	cookie       string // of the event's session
}{
	"it works": {kind: dialogue.NoticesRead, lent: dialogue.LentRead, reads: 2, cookie: "new"},
	"what comes then is out of reach": {
		then: jwxt.Fail(jwxt.Unreachable, "remembered", nil), kind: dialogue.ReadFailed, lent: dialogue.LentFailed, reads: 2, cookie: "new",
	},
	"it has ended again": {
		then: jwxt.Fail(jwxt.Expired, "remembered", nil), kind: dialogue.ReadFailed, lent: dialogue.LentFailed, reads: 2, cookie: "new",
	},
	"the front has forgotten": {
		refuse: jwxt.Fail(jwxt.Expired, "remembered", nil), kind: dialogue.ReadFailed, lent: dialogue.LentFailed, reads: 1,
	},
}

// pool runs jobs at a school of r; events are what it reports.
func pool(t *testing.T, r remembered) (p *work.Pool, run func(work.Job) dialogue.Event) {
	t.Helper()
	schools, err := catalog.New([]jwxt.School{{ID: "a"}},
		func(jwxt.School) (jwxt.Driver, error) { return r, nil }, func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan dialogue.Event, 1)
	db := memstore.New()
	p = work.New(work.Parts{
		DB: db, Schools: schools, Vault: work.NewVault(0), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Report: func(_ context.Context, _ work.Job, e dialogue.Event) error { events <- e; return nil },
	})
	return p, func(j work.Job) dialogue.Event {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := db.Update(ctx, func(tx store.Tx) error { return p.Add(tx, j) }); err != nil {
			t.Fatal(err)
		}
		go p.Run(ctx)
		return <-events
	}
}

func old() jwxt.Session { return jwxt.Session{Cookies: []jwxt.Cookie{{Name: "id", Value: "old"}}} }

func cookie(e dialogue.Event) string {
	if len(e.Session.Cookies) == 0 {
		return ""
	}
	return e.Session.Cookies[0].Value
}

// TestRenewal: a session that has ended is renewed once, and what came of that
// is kept whatever the school answers then.
func TestRenewal(t *testing.T) {
	for name, tt := range renewals {
		t.Run(name, func(t *testing.T) {
			var renewed, read int
			_, run := pool(t, remembered{renewed: &renewed, read: &read, then: tt.then, refuse: tt.refuse})
			e := run(work.Job{Chat: 1, Gen: 1, Run: dialogue.Run{
				Do: dialogue.DoRead, School: "a", Session: old(), Want: dialogue.Want{What: dialogue.Notices},
			}})
			got, want := []any{e.Kind, cookie(e), renewed, read}, []any{tt.kind, tt.cookie, 1, tt.reads}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kind, cookie, renewals and reads (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRenewalOfLent: a lent session is renewed as its owner's would be.
func TestRenewalOfLent(t *testing.T) {
	for name, tt := range renewals {
		t.Run(name, func(t *testing.T) {
			var renewed, read int
			p, _ := pool(t, remembered{renewed: &renewed, read: &read, then: tt.then, refuse: tt.refuse})
			j := work.Job{Chat: 1, Gen: 1, Run: dialogue.Run{Do: dialogue.DoLend, School: "a", Session: old()}}
			e, _ := p.ReadLent(t.Context(), j, func(ctx context.Context, r jwxt.NoticeReader, c *jwxt.Conn) error {
				_, err := r.Notices(ctx, c, 1)
				return err
			})
			got, want := []any{e.Kind, cookie(e), renewed, read}, []any{tt.lent, tt.cookie, 1, tt.reads}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("kind, cookie, renewals and reads (-want +got):\n%s", diff)
			}
		})
	}
}
