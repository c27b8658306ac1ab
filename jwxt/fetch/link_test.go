package fetch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// secure serves a word over TLS with a certificate that nobody vouches for.
func secure(t *testing.T, c *tls.Config) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "in") }))
	s.TLS = c
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// visitRoot asks a school for its root.
func visitRoot(t *testing.T, school jwxt.School) (jwxt.Page, error) {
	t.Helper()
	c, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return fetch.Open(&jwxt.Conn{School: school, HTTP: c}).Get(t.Context(), "/", "")
}

func TestPinsAndLegacyTLS(t *testing.T) {
	modern := secure(t, &tls.Config{})
	old := secure(t, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}})
	pin := fetch.KeyPin(modern.Certificate())
	other := strings.Repeat("0", 64)
	tests := []struct {
		name   string
		server *httptest.Server
		link   jwxt.Link
		wrong  string // words of the error
	}{
		{"no authority", modern, jwxt.Link{}, "not acceptable"},
		{"pinned", modern, jwxt.Link{Pins: []string{pin}}, ""},
		{"one of two, in capitals", modern, jwxt.Link{Pins: []string{other, strings.ToUpper(pin)}}, ""},
		{"another key", modern, jwxt.Link{Pins: []string{other}}, "its pin is " + pin},
		{"old", old, jwxt.Link{Pins: []string{pin}}, "not acceptable"},
		{"old, allowed", old, jwxt.Link{Pins: []string{pin}, LegacyTLS: true}, ""},
		{"old, allowed, another key", old, jwxt.Link{Pins: []string{other}, LegacyTLS: true}, "its pin is " + pin},
		{"old, allowed, no authority", old, jwxt.Link{LegacyTLS: true}, "not acceptable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := visitRoot(t, jwxt.School{BaseURL: tt.server.URL, Link: tt.link})
			switch {
			case tt.wrong == "" && (err != nil || string(p.Body) != "in"):
				t.Errorf("got %q, %v", p.Body, err)
			case tt.wrong != "" && (err == nil || jwxt.KindOf(err) != jwxt.Unreachable || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("got %v, want Unreachable that says %q", err, tt.wrong)
			}
		})
	}
}

func TestIPv4First(t *testing.T) {
	four, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(four.Addr().String())
	six, err := net.Listen("tcp6", "[::1]:"+port)
	if err != nil {
		four.Close()
		t.Skip("this machine has no IPv6: ", err)
	}
	serve := func(l net.Listener, word string) *http.Server {
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, word) })}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		return s
	}
	serve(six, "six")
	first := serve(four, "four")
	v4 := jwxt.Link{IPv4: true}
	if p, err := visitRoot(t, jwxt.School{BaseURL: "http://[::1]:" + port, Link: v4}); err != nil || string(p.Body) != "six" {
		t.Errorf("an address without IPv4: got %q, %v, want six", p.Body, err)
	}
	if names, err := net.DefaultResolver.LookupIPAddr(t.Context(), "localhost"); err != nil || len(names) < 2 {
		return // localhost has not both kinds of addresses here
	}
	school := jwxt.School{BaseURL: "http://localhost:" + port, Link: v4}
	if p, err := visitRoot(t, school); err != nil || string(p.Body) != "four" {
		t.Errorf("got %q, %v, want four", p.Body, err)
	}
	first.Close()
	if p, err := visitRoot(t, school); err != nil || string(p.Body) != "six" {
		t.Errorf("without IPv4: got %q, %v, want six", p.Body, err)
	}
}

// host is one of a school's hosts: requests to it are counted, and answered
// while it is up.
type host struct {
	up    bool
	asked []string
}

// hosts dials a school's hosts in memory.
func hosts(t *testing.T, all map[string]*host) fetch.Option {
	t.Helper()
	return fetch.WithDial(func(_ context.Context, _, addr string) (net.Conn, error) {
		name, _, _ := net.SplitHostPort(addr)
		h := all[name]
		if h == nil || !h.up {
			return nil, errors.New("nobody is there")
		}
		here, there := net.Pipe()
		go http.Serve(&once{there}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.asked = append(h.asked, r.Method+" "+r.RequestURI)
			http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: name, Path: "/"})
			w.Header().Set("Connection", "close")
			io.WriteString(w, r.Host+" "+r.Header.Get("Cookie")+" "+r.Referer())
		}))
		return here, nil
	})
}

// once is a listener of one connection.
type once struct{ net.Conn }

func (o *once) Accept() (net.Conn, error) {
	if o.Conn == nil {
		return nil, io.EOF
	}
	c := o.Conn
	o.Conn = nil
	return c, nil
}
func (o *once) Close() error   { return nil }
func (o *once) Addr() net.Addr { return &net.TCPAddr{} }

// TestMirrors: a login begins at the first root that can be reached, and the
// session stays there.
func TestMirrors(t *testing.T) {
	all := map[string]*host{"a.example": {}, "b.example": {}, "c.example": {up: true}}
	school := jwxt.School{BaseURL: "http://a.example", Mirrors: []string{"http://b.example", "http://c.example"}}
	client, err := fetch.New(school, hosts(t, all))
	if err != nil {
		t.Fatal(err)
	}
	conn := &jwxt.Conn{School: school, HTTP: client}
	p, err := fetch.Open(conn).Get(t.Context(), "http://a.example/login?x", "")
	if err != nil || p.URL.String() != "http://c.example/login?x" || string(p.Body) != "c.example  http://c.example" {
		t.Fatalf("got %s: %q, %v", p.URL, p.Body, err)
	}
	for _, h := range all {
		h.up = true
	}
	session := conn.Session.Clone()
	conn = &jwxt.Conn{School: school, HTTP: client, Session: session} // the next call
	p, err = fetch.Open(conn).Send(t.Context(), fetch.Request{URL: "/post", Post: true})
	if err != nil || string(p.Body) != "c.example JSESSIONID=c.example http://c.example" {
		t.Errorf("the session is not where it began: %q, %v", p.Body, err)
	}
	all["c.example"].up = false
	for _, r := range []fetch.Request{{URL: "/grades"}, {URL: "/post", Post: true}} {
		if _, err := fetch.Open(conn).Send(t.Context(), r); jwxt.KindOf(err) != jwxt.Unreachable {
			t.Errorf("%s: got %v, want Unreachable", r.URL, err)
		}
	}
	conn.Session.Cookies = nil // a login begins: the roots after its own, then those before
	b := fetch.Open(conn)
	if _, err := b.Send(t.Context(), fetch.Request{URL: "/login", Post: true}); jwxt.KindOf(err) != jwxt.Unreachable {
		t.Errorf("a post was made elsewhere: %v", err)
	}
	if p, err = b.Get(t.Context(), "/login", ""); err != nil || p.URL.Host != "a.example" || len(conn.Session.Memo) > 0 {
		t.Errorf("got %s, %v, %v", p.URL, conn.Session.Memo, err)
	}
	if got := strings.Join(all["b.example"].asked, " "); got != "" {
		t.Errorf("b was asked %s", got)
	}
}

// TestMirrorsOfASession: what is known of a student without a cookie, as where
// the address holds the session, keeps him where he is; nobody there is told of
// as such, by the first root.
func TestMirrorsOfASession(t *testing.T) {
	all := map[string]*host{"a.example": {}, "b.example": {up: true}}
	school := jwxt.School{BaseURL: "http://a.example", Mirrors: []string{"http://b.example"}}
	client, err := fetch.New(school, hosts(t, all))
	if err != nil {
		t.Fatal(err)
	}
	conn := &jwxt.Conn{School: school, HTTP: client, Session: jwxt.Session{Student: jwxt.Student{Number: "1"}}}
	if _, err := fetch.Open(conn).Get(t.Context(), "/(x)/grades", ""); jwxt.KindOf(err) != jwxt.Unreachable || len(all["b.example"].asked) > 0 {
		t.Errorf("got %v, b was asked %v", err, all["b.example"].asked)
	}
	all["b.example"].up = false
	_, err = fetch.Open(&jwxt.Conn{School: school, HTTP: client}).Get(t.Context(), "/", "")
	if jwxt.KindOf(err) != jwxt.Unreachable || !strings.Contains(err.Error(), "a.example") {
		t.Errorf("got %v, want an error of the first root", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fetch.Open(&jwxt.Conn{School: school, HTTP: client}).Get(ctx, "/", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestMirrorsMisdescribed(t *testing.T) {
	school := jwxt.School{BaseURL: "https://a.example", Mirrors: []string{"b.example"}}
	if _, err := fetch.New(school); err == nil {
		t.Error("a client was made")
	}
	school.Mirrors = []string{"https://b.example"}
	c, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"http://b.example/", "http://a.example/"} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", to, nil)
		if resp, err := c.Do(req); jwxt.KindOf(err) != jwxt.Changed {
			resp.Body.Close()
			t.Errorf("%s: got %v, want Changed", to, err)
		}
	}
}
