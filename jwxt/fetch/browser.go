package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

// MaxBody is the largest answer that is read.
const MaxBody = 2 << 20

// MaxHops is how many redirects Follow follows.
const MaxHops = 10

// UserAgent is what a Browser calls itself.
const UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

// Browser acts for one person at one school for the length of a call. Its
// cookies are those of the Conn's Session, read and written there. It is not
// safe for concurrent use, as a Conn is not.
type Browser struct {
	conn  *jwxt.Conn
	roots []*url.URL // of the school, the first one first
	base  *url.URL   // the one that is in use

	secured []*url.URL // hosts that are never asked in clear
	way     way
	err     error
}

// Open makes a Browser over conn. An unusable address of the school or of its
// WebVPN shows with the first request.
func Open(conn *jwxt.Conn) *Browser {
	all, err := roots(conn.School)
	if err != nil {
		return &Browser{err: err}
	}
	way, err := openWay(conn)
	return &Browser{conn, all, begun(conn.Session, all), securedOf(conn.School, all), way, err}
}

// Field is one name and value of a form.
type Field struct {
	Name  string `json:"n"`
	Value string `json:"v,omitempty"`
}

// Form is a form's fields in the order of the page.
type Form []Field

// Set gives the field called name a value, adding it at the end if need be.
func (f Form) Set(name, value string) Form {
	for i := range f {
		if f[i].Name == name {
			f[i].Value = value
			return f
		}
	}
	return append(f, Field{name, value})
}

// Encode writes the form url-encoded, in GBK where gb is set, else in UTF-8.
func (f Form) Encode(gb bool) string {
	var s strings.Builder
	for i, field := range f {
		if i > 0 {
			s.WriteByte('&')
		}
		if gb {
			field = Field{gbk(field.Name), gbk(field.Value)}
		}
		s.WriteString(url.QueryEscape(field.Name) + "=" + url.QueryEscape(field.Value))
	}
	return s.String()
}

// Request is what Send sends. URL and Referer are resolved against the
// school's BaseURL; an empty Referer is that address itself.
type Request struct {
	URL     string
	Post    bool
	Form    Form   // of a Post
	JSON    []byte // body of a Post in place of Form
	GBK     bool   // encode Form in GBK
	Referer string
	AJAX    bool        // ask as the page's own script would
	Header  http.Header // further ones, such as a token of the page's own script
	// Once keeps a GET that carries a password from being sent again by the
	// transport where a connection breaks that was used before.
	Once bool
}

// Get fetches ref. See Send.
func (b *Browser) Get(ctx context.Context, ref, referer string) (jwxt.Page, error) {
	return b.Send(ctx, Request{URL: ref, Referer: referer})
}

// Send makes one exchange and takes over its cookies. It follows no redirect.
// Errors are Unreachable (network, time, 5xx), Blocked (403, 412, 429 and
// script walls) or Changed (too large an answer, a host not the school's).
// Other answers, redirects and 404 included, are the caller's to judge. What can
// be asked at any of the school's roots is asked at its mirrors when one does not
// answer.
func (b *Browser) Send(ctx context.Context, r Request) (jwxt.Page, error) {
	u, err := b.Resolve(r.URL)
	if err != nil {
		return jwxt.Page{}, jwxt.Fail(jwxt.Changed, "fetch", err)
	}
	p, err := b.exchange(ctx, u, r)
	if p.URL == nil && jwxt.KindOf(err) == jwxt.Unreachable && ctx.Err() == nil && b.free(u, r) {
		p, err = b.elsewhere(ctx, u, r, err)
	}
	if p.URL != nil {
		b.settle()
	}
	return p, err
}

// exchange asks for u. The page has no URL where no whole answer came.
func (b *Browser) exchange(ctx context.Context, u *url.URL, r Request) (jwxt.Page, error) {
	req, err := b.request(ctx, u, r)
	if err != nil {
		return jwxt.Page{}, jwxt.Fail(jwxt.Changed, "fetch", err)
	}
	op := "fetch: " + req.Method + " " + SafeURL(u)
	resp, err := b.conn.HTTP.Do(req)
	if err != nil {
		return jwxt.Page{}, classified(op, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return jwxt.Page{}, classified(op, err)
	}
	if len(body) > MaxBody {
		return jwxt.Page{}, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("the answer is larger than %d MiB", MaxBody>>20))
	}
	// An error page comes with a fresh and empty session at some schools.
	if resp.StatusCode < 400 {
		b.conn.Session.Cookies = SetCookies(b.conn.Session.Cookies, req.URL, resp.Header, time.Now())
		b.way.learn(b.conn.Session)
	}
	p, err := b.way.back(jwxt.Page{URL: u, Status: resp.StatusCode, Header: resp.Header, Body: body}, req.URL)
	if err != nil {
		return p, jwxt.Fail(jwxt.KindOf(err), op, err)
	}
	return p, Check(p)
}

func (b *Browser) request(ctx context.Context, u *url.URL, r Request) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if r.Post {
		method, body = http.MethodPost, strings.NewReader(r.Form.Encode(r.GBK))
	}
	switch {
	case r.Post && r.JSON != nil:
		body = bytes.NewReader(r.JSON)
	case !r.Post && r.Once:
		body = once{strings.NewReader("")}
	}
	req, err := http.NewRequestWithContext(ctx, method, b.way.to(u).String(), body)
	if err != nil {
		return nil, errAddress
	}
	b.header(req, r)
	return req, nil
}

// once is a body that a transport cannot have again, so that it does not repeat
// the request. Being empty, it is not sent.
type once struct{ io.Reader }

func (b *Browser) header(req *http.Request, r Request) {
	h := req.Header
	h.Set("User-Agent", UserAgent)
	h.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8")
	h.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.6")
	from := b.base
	if referer, err := b.Resolve(r.Referer); err == nil {
		from = referer
		if shown := refererTo(b.way.to(referer), req.URL); shown != "" {
			h.Set("Referer", shown)
		}
	}
	if r.Post {
		h.Set("Content-Type", "application/x-www-form-urlencoded")
		if r.JSON != nil {
			h.Set("Content-Type", "application/json")
		}
		from = b.way.to(from)
		h.Set("Origin", from.Scheme+"://"+from.Host)
	}
	if r.AJAX {
		h.Set("Accept", "application/json, text/javascript, */*; q=0.01")
		h.Set("X-Requested-With", "XMLHttpRequest")
	}
	for name, values := range r.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	b.way.hold(&b.conn.Session)
	if c := CookieHeader(b.conn.Session.Cookies, req.URL, time.Now()); c != "" {
		h.Set("Cookie", c)
	}
}

// refererTo is what a page at from tells to where it leads, as browsers have it:
// all of its address to its own host, whose name alone to others, and nothing in
// clear of what was not. A ticket in an address goes no further so.
func refererTo(from, to *url.URL) string {
	switch {
	case from.Scheme == to.Scheme && strings.EqualFold(from.Host, to.Host):
		shown := *from
		shown.User = nil
		return shown.String()
	case from.Scheme == "https" && to.Scheme == "http":
		return ""
	}
	return from.Scheme + "://" + from.Host + "/"
}

var errAddress = errors.New("an address on the page cannot be read")

// Resolve makes ref absolute. An http address of a host that the school, or its
// front, has over https is mended to https: login redirects of some point there.
func (b *Browser) Resolve(ref string) (*url.URL, error) {
	if b.err != nil {
		return nil, b.err
	}
	u, err := b.base.Parse(strings.TrimSpace(ref))
	if err != nil {
		return nil, errAddress // url.Parse would quote the address, query and all
	}
	i := slices.IndexFunc(b.secured, func(s *url.URL) bool { return sameName(u, s) })
	if u.Scheme == "http" && i >= 0 {
		u.Scheme = "https"
		if u.Port() == "" || u.Port() == "80" {
			u.Host = b.secured[i].Host
		}
	}
	u.Fragment = ""
	return u, nil
}

// Location is where p redirects to, absolute, or nil. The session id that Java
// servers write behind a path, for clients without cookies, is left out.
func Location(p jwxt.Page) *url.URL {
	switch p.Status {
	case 301, 302, 303, 307, 308:
	default:
		return nil
	}
	to := p.Header.Get("Location")
	if to == "" || p.URL == nil {
		return nil
	}
	u, err := p.URL.Parse(to)
	if err != nil {
		return nil
	}
	for _, path := range []*string{&u.Path, &u.RawPath} {
		if i := strings.Index(strings.ToLower(*path), ";jsessionid="); i >= 0 {
			*path = (*path)[:i]
		}
	}
	return u
}

// Follow goes where p redirects to until an answer is no redirect, or stop
// says so of the next address (stop may be nil). It returns the last answer
// and the addresses it went to. Too long a chain is Changed. Every hop is a
// GET: a password is never posted to where a redirect points.
func (b *Browser) Follow(ctx context.Context, p jwxt.Page, stop func(*url.URL) bool) (jwxt.Page, []*url.URL, error) {
	var trail []*url.URL
	for next := Location(p); next != nil; next = Location(p) {
		if stop != nil && stop(next) {
			break
		}
		if len(trail) == MaxHops {
			return p, trail, jwxt.Fail(jwxt.Changed, "fetch: "+SafeURL(p.URL), errors.New("too many redirects"))
		}
		from := p.URL.String()
		var err error
		if p, err = b.Get(ctx, next.String(), from); err != nil {
			return p, trail, err
		}
		trail = append(trail, p.URL)
	}
	return p, trail, nil
}

// classified leaves an error of a Client as it is and reads any other as the
// network's.
func classified(op string, err error) error {
	var e *jwxt.Error
	if errors.As(err, &e) {
		return err
	}
	return jwxt.Fail(jwxt.Unreachable, op, cause(err))
}

// Check is the error that p's status alone tells, or a script wall in front of
// the school: Unreachable for 5xx, Blocked for 403, 412, 429 and walls.
func Check(p jwxt.Page) error {
	op := "fetch: " + SafeURL(p.URL)
	switch {
	case p.Status == 403 || p.Status == 412 || p.Status == 429:
		return jwxt.Fail(jwxt.Blocked, op, fmt.Errorf("status %d", p.Status))
	case p.Status >= 500 && p.Status < 600: // jwglxt has a 901 of its own
		return jwxt.Fail(jwxt.Unreachable, op, fmt.Errorf("status %d", p.Status))
	case p.Status == 202 || wall(p):
		return jwxt.Fail(jwxt.Blocked, op, errors.New("a script wall answered"))
	}
	return nil
}
