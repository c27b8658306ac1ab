// Package fetch is polite HTTP for drivers.
//
// A [Client] is one school's door: it lets few requests in at once, keeps a
// distance between their starts, and opens to no host but the school's. A
// [Browser] is one person behind that door: cookies that live in the caller's
// [jwxt.Session], forms, Chinese encodings, and redirects followed by hand.
//
// # Caveats
//
// Errors name scheme, host and path, never a query, a cookie or a header: what
// net/http says about a broken answer may quote a Set-Cookie line, so its words
// are replaced by ours. A Client follows no redirect. Cookies are kept apart by
// host name and not by port, as browsers do.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/wengine"
)

const (
	defaultConcurrent = 3
	defaultTimeout    = 12 * time.Second // some first bytes take 10 s
	connectTimeout    = 10 * time.Second
	idleTimeout       = 15 * time.Second
	maxHeaderBytes    = 256 << 10
)

// Client sends requests to one school at that school's pace. It implements
// [jwxt.Doer] and may be used from many goroutines.
type Client struct {
	hosts   map[string]bool
	names   map[string]bool
	secured []*url.URL
	vpn     *wengine.VPN // nil: none
	timeout time.Duration
	spacing time.Duration

	http    *http.Transport
	slots   chan struct{} // one element per request under way
	gate    chan time.Time
	waiting atomic.Int32
}

// Option changes how a Client is made.
type Option func(*http.Transport)

// WithDial replaces the way connections are made, for tests in memory.
func WithDial(dial func(ctx context.Context, network, addr string) (net.Conn, error)) Option {
	return func(t *http.Transport) { t.DialContext = dial }
}

// New makes the Client of a school. It fails when the school's addresses
// cannot be used; it contacts nobody.
func New(school jwxt.School, opts ...Option) (*Client, error) {
	all, err := roots(school)
	if err != nil {
		return nil, err
	}
	c := &Client{
		hosts:   map[string]bool{},
		names:   map[string]bool{},
		secured: securedOf(school, all),
		timeout: school.Pace.Timeout,
		spacing: school.Pace.Spacing,
		gate:    make(chan time.Time, 1),
	}
	c.gate <- time.Time{}
	if c.vpn, err = openVPN(school); err != nil {
		return nil, err
	}
	for _, host := range hostsOf(school, all) {
		c.admit(host)
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	n := school.Pace.Concurrent
	if n <= 0 {
		n = defaultConcurrent
	}
	c.slots = make(chan struct{}, n)
	if c.http, err = transport(school, n); err != nil {
		return nil, err
	}
	for _, o := range opts {
		o(c.http)
	}
	return c, nil
}

// transport makes a school's connections, n at once.
func transport(school jwxt.School, n int) (*http.Transport, error) {
	t := &http.Transport{
		DialContext:            dial(school.Link.IPv4),
		TLSClientConfig:        Trust{Legacy: school.Link.LegacyTLS, Keys: school.Link.Pins}.Config(),
		TLSHandshakeTimeout:    connectTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    n,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	if school.Proxy != "" {
		proxy, err := proxyURL(school.Proxy)
		if err != nil {
			return nil, fmt.Errorf("school %q: %w", school.ID, err)
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	return t, nil
}

// hostsOf are the hosts that a school's cookies and redirects may touch: those of
// its roots and its fronts, and the further ones.
func hostsOf(school jwxt.School, roots []*url.URL) []string {
	all := slices.Clone(school.Hosts)
	for _, root := range roots {
		all = append(all, root.Host)
	}
	for _, u := range frontsOf(school) {
		all = append(all, u.Host)
	}
	return all
}

func frontsOf(school jwxt.School) (all []*url.URL) {
	for _, front := range []jwxt.Front{school.Front, school.Link.WebVPN.Front} {
		if u, err := url.Parse(front.URL); err == nil && u.Host != "" {
			all = append(all, u)
		}
	}
	return all
}

// securedOf are the addresses whose hosts are never spoken to in clear: roots and
// fronts over https. A front's host that is a root in clear is none of them.
func securedOf(school jwxt.School, roots []*url.URL) (all []*url.URL) {
	for _, u := range slices.Concat(roots, frontsOf(school)) {
		inClear := slices.ContainsFunc(roots, func(r *url.URL) bool { return r.Scheme == "http" && sameName(r, u) })
		if u.Scheme == "https" && !inClear {
			all = append(all, u)
		}
	}
	return all
}

// admit lets requests to a host through.
func (c *Client) admit(host string) {
	c.hosts[strings.ToLower(host)] = true
	c.names[hostname(host)] = true
}

func proxyURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil, errors.New("its proxy must look like socks5://127.0.0.1:1080") // no cause: it may quote a password
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return u, nil
	}
	return nil, fmt.Errorf("its proxy must be http, https or socks5, not %s", u.Scheme)
}

// Waiting is how many requests stand in the queue for this school now.
func (c *Client) Waiting() int { return int(c.waiting.Load()) }

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do sends req when it is its turn. The turn lasts until the answer's body is
// closed, and the school's timeout runs from the turn's beginning to there.
// The wait ends early with req's context. Errors are *jwxt.Error: Unreachable
// for the network, Changed for a host that is not the school's.
func (c *Client) Do(req *http.Request) (*http.Response, error) {
	op := "fetch: " + req.Method + " " + SafeURL(req.URL)
	if err := c.allowed(req.URL); err != nil {
		return nil, jwxt.Fail(jwxt.Changed, op, err)
	}
	if err := c.enter(req.Context()); err != nil {
		return nil, jwxt.Fail(jwxt.Unreachable, op, cause(err))
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout)
	leave := sync.OnceFunc(func() { cancel(); <-c.slots })
	resp, err := c.http.RoundTrip(req.WithContext(ctx))
	if err != nil {
		err = jwxt.Fail(jwxt.Unreachable, op, cause(firstOf(ctx.Err(), err)))
		leave()
		return nil, err
	}
	resp.Body = &turn{ReadCloser: resp.Body, ctx: ctx, op: op, leave: leave}
	return resp, nil
}

// enter waits for a free slot and then for the spacing. Who gives up waiting
// leaves the time of the last start as it was.
func (c *Client) enter(ctx context.Context) error {
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := c.space(ctx); err != nil {
		<-c.slots
		return err
	}
	return nil
}

func (c *Client) space(ctx context.Context) error {
	if c.spacing <= 0 {
		return nil
	}
	var last time.Time
	select {
	case last = <-c.gate:
	case <-ctx.Done():
		return ctx.Err()
	}
	wait := time.NewTimer(time.Until(last.Add(c.spacing)))
	defer wait.Stop()
	select {
	case <-wait.C:
		c.gate <- time.Now()
		return nil
	case <-ctx.Done():
		c.gate <- last
		return ctx.Err()
	}
}

var (
	errForeign = errors.New("this host is not one of the school's")
	errClear   = errors.New("plain http on a school that has https")
)

// allowed pins requests to the school: the hosts and ports of its roots, the
// listed hosts, and the standard ports of their names. Of a WebVPN these are its own
// pages and those of the school's hosts behind it. What is reached over https is
// never spoken to in clear.
func (c *Client) allowed(u *url.URL) error {
	if c.vpn != nil && c.vpn.Own(u) {
		inner, wrapped := c.vpn.Unwrap(u)
		switch {
		case c.vpn.Root().Scheme != u.Scheme:
			return errClear
		case !wrapped && c.vpn.Leads(u):
			return errForeign
		case !wrapped:
			return nil
		}
		u = inner
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return errForeign
	}
	if u.Scheme == "http" && slices.ContainsFunc(c.secured, func(s *url.URL) bool { return sameName(u, s) }) {
		return errClear
	}
	standard := u.Port() == "" || u.Port() == "80" || u.Port() == "443"
	if c.hosts[strings.ToLower(u.Host)] || standard && c.names[hostname(u.Host)] {
		return nil
	}
	return errForeign
}

// sameName reports whether two addresses are of one host, whatever its port.
func sameName(a, b *url.URL) bool { return strings.EqualFold(a.Hostname(), b.Hostname()) }

func hostname(hostport string) string {
	return strings.ToLower((&url.URL{Host: hostport}).Hostname())
}

// turn is an answer's body; closing it lets the next request in.
type turn struct {
	io.ReadCloser
	ctx   context.Context
	op    string
	leave func()
}

func (t *turn) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = jwxt.Fail(jwxt.Unreachable, t.op, cause(firstOf(t.ctx.Err(), err)))
	}
	return n, err
}

func (t *turn) Close() error {
	err := t.ReadCloser.Close()
	t.leave()
	return err
}
