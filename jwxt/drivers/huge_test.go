package drivers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwxttest"
)

// TestHugePages: what a call allocates in all, live or not, stays under 64 MB
// where every answer is a page of 10 MB. Nothing else runs meanwhile.
func TestHugePages(t *testing.T) {
	page := []byte("<html><body><table>" + strings.Repeat("<tr><td>1</td><td>2</td></tr>\n", 10<<20/30))
	for _, p := range campus.Demo() {
		t.Run(p.ID, func(t *testing.T) { hugePages(t, p, page) })
	}
}

func hugePages(t *testing.T, p campus.Profile, page []byte) {
	school := campus.New(p)
	var grown atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !grown.Load() {
			school.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.Write(page)
	}))
	defer server.Close()
	at := p.School(server.URL)
	client, err := fetch.New(at)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	driver, err := drivers.For(at)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{TB: t, school: school, driver: driver, conn: &jwxt.Conn{School: at, HTTP: client}}
	c.login(jwxttest.Campus{School: school, Number: school.Accounts()[0].Number})
	grown.Store(true)
	for what, call := range calls(driver) {
		conn := *c.conn
		conn.Session = c.conn.Session.Clone()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := call(t.Context(), &conn)
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		if kind := jwxt.KindOf(err); took > 64<<20 || err == nil || kind != jwxt.Changed && kind != jwxt.Unsupported {
			t.Errorf("%s allocated %d MB and ended as %v, want at most 64 MB and Changed", what, took>>20, err)
		}
	}
}

// calls are what d can do with a session.
func calls(d jwxt.Driver) map[string]func(context.Context, *jwxt.Conn) error {
	out := map[string]func(context.Context, *jwxt.Conn) error{
		"login": func(ctx context.Context, c *jwxt.Conn) error {
			c.Session = jwxt.Session{}
			_, err := d.Login(ctx, c, nil)
			return err
		},
	}
	if r, ok := jwxt.As[jwxt.GradeReader](d); ok {
		out["grades"] = func(ctx context.Context, c *jwxt.Conn) error { _, err := r.Grades(ctx, c, jwxt.Term{}); return err }
	}
	if r, ok := jwxt.As[jwxt.NoticeReader](d); ok {
		out["notices"] = func(ctx context.Context, c *jwxt.Conn) error { _, err := r.Notices(ctx, c, 1); return err }
	}
	return out
}
