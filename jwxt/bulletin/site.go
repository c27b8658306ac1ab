package bulletin

import (
	"context"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// site is one registrable domain, whose boards share a machine and a firewall.
// Who holds the turn owns the other fields.
type site struct {
	turn   chan struct{}
	next   time.Time         // the earliest next request
	until  time.Time         // it asked to be left alone
	robots map[string]robots // by scheme and host
}

// siteOf is the registrable domain, or the host where there is none.
func siteOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

func (r *Reader) site(u *url.URL) *site {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := siteOf(u)
	if r.sites[name] == nil {
		r.sites[name] = &site{turn: make(chan struct{}, 1), robots: map[string]robots{}}
	}
	return r.sites[name]
}

// enter waits for the turn.
func (s *site) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *site) leave() { <-s.turn }

// wait lets the gap since the last request pass.
func (s *site) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(s.next))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asked begins the next gap: the longest Crawl-delay of the site's hosts, if
// that is longer.
func (s *site) asked(now time.Time, gap time.Duration) {
	for _, r := range s.robots {
		gap = max(gap, r.delay)
	}
	s.next = now.Add(gap)
}
