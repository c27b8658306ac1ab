package bulletin

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"jwxtbot/jwxt"
)

const (
	// MaxBody is as much as is read of an answer, unpacked.
	MaxBody = 2 << 20
	// timeout is for one request with its redirects and its body.
	timeout      = 15 * time.Second
	defaultGap   = 2 * time.Second
	maxRedirects = 5
	maxValidator = 1 << 10 // bytes
)

// Options say how a Reader behaves. Only UserAgent is required.
type Options struct {
	// UserAgent names the program and how its operator is reached:
	// "jwxtbot/1.2 (+https://bot.example; mail@bot.example)".
	UserAgent string
	// Gap is the least time between two requests to one site; 0 means 2 seconds.
	Gap time.Duration
	// AllowPrivate lets it into addresses that are not of the public internet.
	AllowPrivate bool
	// Dial replaces the way connections are made, for tests in memory. The
	// addresses that it dials are not checked.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Reader asks boards, politely: one request at a time to each registrable
// domain, with a gap between them; robots.txt is asked once a day and obeyed;
// no firewall is dodged. It has no goroutines of its own beside those of idle
// connections, which Close ends. It may be used from many goroutines.
type Reader struct {
	options Options

	mu         sync.Mutex
	sites      map[string]*site
	transports map[way]*http.Transport
}

// NewReader makes a Reader; it contacts nobody.
func NewReader(o Options) *Reader {
	o.Gap = cmp.Or(o.Gap, defaultGap)
	return &Reader{options: o, sites: map[string]*site{}, transports: map[way]*http.Transport{}}
}

// Close drops idle connections. The Reader can be used again.
func (r *Reader) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.transports {
		t.CloseIdleConnections()
	}
}

// List asks for the source's list. v are the validators of the last list, or
// none. It waits for its turn at the site, which ends early with ctx. Errors are
// *Error, or ctx's own.
func (r *Reader) List(ctx context.Context, s Source, v Validators) (List, error) {
	mark := s.fingerprint() + "-"
	if !strings.HasPrefix(v.Hash, mark) {
		v = Validators{} // they stand for what another description found
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return List{}, &Error{Class: HTTP, Err: errors.New("the source's URL is broken")}
	}
	p, err := r.ask(ctx, s, request{method: cmp.Or(s.Method, http.MethodGet), url: u, validators: v})
	if err != nil {
		return List{}, err
	}
	if p.Status == http.StatusNotModified && (v.ETag != "" || v.LastModified != "") {
		return List{Unchanged: true, Validators: v}, nil
	}
	sum := sha256.Sum256(p.Body)
	next := Validators{
		ETag: short(p.Header.Get("ETag")), LastModified: short(p.Header.Get("Last-Modified")),
		Hash: mark + hex.EncodeToString(sum[:]),
	}
	if next.Hash == v.Hash && p.Status == http.StatusOK {
		return List{Unchanged: true, Validators: next}, nil
	}
	l, err := ParseList(s, p, time.Now())
	if err != nil {
		return List{}, timed(err, p)
	}
	l.Validators = next
	return l, nil
}

// short is a validator that can be stored and brought back; "" for a longer one.
func short(validator string) string {
	if len(validator) > maxValidator {
		return ""
	}
	return validator
}

// Detail asks for an article. One that is a file, that lies on another site than
// the source and its Hosts, or whose source says not to open articles, is not
// asked for: its Detail has what the list said.
func (r *Reader) Detail(ctx context.Context, s Source, it Item) (Detail, error) {
	u, err := url.Parse(it.URL)
	if err != nil || u.Host == "" {
		return Detail{}, &Error{Class: HTTP, Err: errors.New("the article's URL is broken")}
	}
	known := Detail{Title: it.Title, Date: it.Date, Intranet: it.Intranet}
	if files.MatchString(u.Path) {
		known.Attachments = []jwxt.Attachment{{Name: fileName(it.Title, u.Path), URL: it.URL}}
		return known, nil
	}
	if s.Rules.Detail.Skip || it.Intranet || !s.reaches(u) {
		return known, nil
	}
	p, err := r.ask(ctx, s, request{method: http.MethodGet, url: u, referer: s.URL})
	if _, away := errors.AsType[*movedError](err); away {
		return known, nil
	}
	var d Detail
	if err == nil {
		d, err = ParseDetail(s, p, time.Now())
		err = timed(err, p)
	} else {
		d, err = outside(err)
	}
	if err != nil {
		return Detail{}, err
	}
	d.Title, d.Date = cmp.Or(d.Title, it.Title), cmp.Or(d.Date, it.Date)
	return d, nil
}

// timed fills in what only the clock can tell of a Retry-After.
func timed(err error, p jwxt.Page) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.RetryAfter = retryAfter(p.Header, time.Now())
	}
	return err
}

// reaches tells whether u lies where the source may lead.
func (s Source) reaches(u *url.URL) bool {
	own, err := url.Parse(s.URL)
	return err == nil && (siteOf(u) == siteOf(own) || slices.Contains(s.Hosts, hostOf(u)))
}

// request is one thing to ask for.
type request struct {
	method     string
	url        *url.URL
	referer    string
	validators Validators
}

// movedError is a redirect to another site, which is not followed.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to another site, " + e.to }

// ask sends one request and follows its redirects.
func (r *Reader) ask(ctx context.Context, s Source, q request) (jwxt.Page, error) {
	jar, _ := cookiejar.New(nil) // for this chain only: some boards redirect to themselves with a cookie
	for range maxRedirects + 1 {
		if !s.reaches(q.url) {
			return jwxt.Page{}, moved(q.url)
		}
		p, err := r.turn(ctx, s, q, jar)
		if err != nil {
			return p, err
		}
		to, ok := redirect(p)
		if !ok {
			return p, nil
		}
		if s.PinSHA256 != "" && to.Scheme != "https" {
			return p, &Error{Class: TLS, Status: p.Status, Err: errors.New("the pinned board redirects to plain http")}
		}
		q.url = to
		if p.Status != http.StatusTemporaryRedirect && p.Status != http.StatusPermanentRedirect {
			q.method = http.MethodGet
		}
	}
	return jwxt.Page{}, &Error{Class: HTTP, Err: errors.New("it redirects without end")}
}

// moved classifies a redirect to another site: to a login, or somewhere else.
func moved(u *url.URL) error {
	e := &Error{Class: HTTP, Status: http.StatusFound, Err: &movedError{hostOf(u)}}
	if isLogin(u) {
		e.Class, e.Err = Intranet, errors.New("it redirects to a login")
	}
	return e
}

// isLogin recognises the addresses of single sign-on.
func isLogin(u *url.URL) bool {
	at := strings.ToLower(u.Host + u.Path)
	for _, s := range []string{"authserver", "/cas/login", "cas.", "sso.", "/sso/", "webvpn", "sslvpn", "vpn.", "passport", "/login"} {
		if strings.Contains(at, s) {
			return true
		}
	}
	return false
}

func redirect(p jwxt.Page) (*url.URL, bool) {
	if !slices.Contains([]int{301, 302, 303, 307, 308}, p.Status) {
		return nil, false
	}
	return resolve(p.URL, p.Header.Get("Location"))
}

// turn waits for the site, asks its robots.txt, and sends one request.
func (r *Reader) turn(ctx context.Context, s Source, q request, jar http.CookieJar) (jwxt.Page, error) {
	st := r.site(q.url)
	if err := st.enter(ctx); err != nil {
		return jwxt.Page{}, err
	}
	defer st.leave()
	if err := r.allowed(ctx, s, st, q.url); err != nil {
		return jwxt.Page{}, err
	}
	return r.send(ctx, s, st, q, jar)
}

// send sends one request when the gap since the last has passed. A site that
// asked to be left alone for a while is not asked.
func (r *Reader) send(ctx context.Context, s Source, st *site, q request, jar http.CookieJar) (jwxt.Page, error) {
	if wait := time.Until(st.until); wait > 0 {
		return jwxt.Page{}, &Error{Class: HTTP, Status: http.StatusTooManyRequests, RetryAfter: wait, Err: errors.New("the site asked to be left alone for a while")}
	}
	if err := st.wait(ctx); err != nil {
		return jwxt.Page{}, err
	}
	p, err := r.exchange(ctx, s, q, jar)
	now := time.Now()
	st.asked(now, r.options.Gap)
	if p.Status == http.StatusTooManyRequests || p.Status == http.StatusForbidden {
		st.until = now.Add(retryAfter(p.Header, now))
	}
	return p, err
}

// exchange sends one request now.
func (r *Reader) exchange(ctx context.Context, s Source, q request, jar http.CookieJar) (jwxt.Page, error) {
	short, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := r.newRequest(short, s, q)
	if err != nil {
		return jwxt.Page{}, &Error{Class: HTTP, Err: errors.New("the address cannot be asked for")}
	}
	transport, err := r.transport(s)
	if err != nil {
		return jwxt.Page{}, &Error{Class: Net, Err: err}
	}
	if err := r.public(q.url); err != nil {
		return jwxt.Page{}, &Error{Class: Net, Err: err}
	}
	for _, c := range jar.Cookies(q.url) {
		req.AddCookie(c)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return jwxt.Page{}, broken(ctx, err)
	}
	defer resp.Body.Close()
	jar.SetCookies(q.url, resp.Cookies())
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	if err != nil {
		return jwxt.Page{}, broken(ctx, err)
	}
	if len(body) > MaxBody {
		return jwxt.Page{}, &Error{Class: HTTP, Status: resp.StatusCode, Err: fmt.Errorf("the answer is larger than %d bytes", MaxBody)}
	}
	return jwxt.Page{URL: q.url, Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func (r *Reader) newRequest(ctx context.Context, s Source, q request) (*http.Request, error) {
	var body io.Reader
	if q.method == http.MethodPost {
		body = bytes.NewReader([]byte(s.Body))
	}
	req, err := http.NewRequestWithContext(ctx, q.method, q.url.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", r.options.UserAgent)
	req.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.5")
	for key, value := range map[string]string{
		"Referer": q.referer, "If-None-Match": q.validators.ETag, "If-Modified-Since": q.validators.LastModified,
	} {
		if value != "" {
			req.Header.Set(key, value)
		}
	}
	if q.method == http.MethodPost {
		req.Header.Set("Content-Type", cmp.Or(s.ContentType, "application/x-www-form-urlencoded"))
	}
	return req, nil
}
