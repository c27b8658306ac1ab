package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

const (
	// maxRequests is a handful for each system that may stand behind a bare name.
	maxRequests = 20
	// maxOpening is how many more a driver may make to open the login form.
	maxOpening = 10
)

// Visit is one request that was made.
type Visit struct {
	URL    string `json:"url"` // without its query
	Status int    `json:"status,omitempty"`
	Note   string `json:"note,omitempty"` // what came of it, where it is no page
}

// patient is the site under examination.
type patient struct {
	*Doctor
	hosts  map[string]*jwxt.Conn // by scheme and host
	visits []Visit
	trail  []*url.URL           // of the last get
	links  map[string]jwxt.Link // what a host's TLS needs, by its name
}

var errBudget = errors.New("enough has been asked")

// get fetches an address and goes where it redirects to, other hosts included.
// No request has anything that the answers before did not give.
func (p *patient) get(ctx context.Context, u *url.URL) (jwxt.Page, error) {
	p.trail = nil
	for range fetch.MaxHops {
		p.trail = append(p.trail, u)
		page, err := p.once(ctx, u)
		next := fetch.Location(page)
		if err != nil || next == nil || next.Host == "" {
			return page, err
		}
		u = next
	}
	return jwxt.Page{}, jwxt.Fail(jwxt.Changed, "doctor", errors.New("too many redirects"))
}

func (p *patient) once(ctx context.Context, u *url.URL) (jwxt.Page, error) {
	if len(p.visits) >= maxRequests {
		return jwxt.Page{}, errBudget
	}
	if err := p.pause(ctx); err != nil {
		return jwxt.Page{}, err
	}
	c, err := p.conn(u)
	if err != nil {
		return jwxt.Page{}, err
	}
	page, err := fetch.Open(c).Get(ctx, u.String(), "")
	v := Visit{URL: fetch.SafeURL(u), Status: page.Status}
	if err != nil {
		v.Note = jwxt.KindOf(err).String()
	} else if to := fetch.Location(page); to != nil {
		v.Note = "redirects to " + fetch.SafeURL(to)
	}
	p.visits = append(p.visits, v)
	if page.Body != nil && p.Keep != nil {
		p.Keep(page)
	}
	return page, err
}

// pause keeps requests apart.
func (p *patient) pause(ctx context.Context) error {
	if len(p.visits) == 0 || p.Spacing <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(p.Spacing)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// conn is the connection to a host, with the cookies that it has set so far.
func (p *patient) conn(u *url.URL) (*jwxt.Conn, error) {
	base := u.Scheme + "://" + u.Host
	if c := p.hosts[base]; c != nil {
		return c, nil
	}
	c, err := p.dial(jwxt.School{ID: "doctor", BaseURL: base, Link: p.links[u.Hostname()]})
	if err == nil {
		p.hosts[base] = c
	}
	return c, err
}

// counted is a connection for a driver, whose requests count and are told of.
type counted struct {
	*patient
	jwxt.Doer
	most int
}

func (c counted) Do(req *http.Request) (*http.Response, error) {
	if len(c.visits) >= c.most {
		return nil, jwxt.Fail(jwxt.Unreachable, "doctor", errBudget)
	}
	v := Visit{URL: fetch.SafeURL(req.URL)}
	resp, err := c.Doer.Do(req)
	if err != nil {
		v.Note = jwxt.KindOf(err).String()
	} else {
		v.Status = resp.StatusCode
	}
	c.visits = append(c.visits, v)
	return resp, err
}

// dial makes a connection to a school.
func (d *Doctor) dial(s jwxt.School) (*jwxt.Conn, error) {
	s.Pace.Timeout = d.Timeout
	var options []fetch.Option
	if !d.Private {
		options = append(options, fetch.WithDial(fetch.DialPublic))
	}
	client, err := fetch.New(s, options...)
	if err != nil {
		return nil, jwxt.Fail(jwxt.Unreachable, "doctor", err)
	}
	return &jwxt.Conn{School: s, HTTP: client}, nil
}

// close drops the connections.
func (p *patient) close() {
	for _, c := range p.hosts {
		if client, ok := c.HTTP.(*fetch.Client); ok {
			client.Close()
		}
	}
}
