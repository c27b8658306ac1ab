package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/wengine"
)

// way is how a Browser's addresses are reached: as they are, or through a
// WebVPN. A driver sees the inner addresses either way: what it asks for is
// wrapped, and what comes back is unwrapped. The school's own cookies stay
// inside the VPN; the jar holds the VPN's ticket alone.
type way struct {
	vpn *wengine.VPN // nil: as they are
	// ticket are the VPN's cookies. A driver that begins a login empties the
	// jar, by which it means the school's; the way there is kept.
	ticket []jwxt.Cookie
}

func openWay(c *jwxt.Conn) (way, error) {
	vpn, err := openVPN(c.School)
	w := way{vpn: vpn}
	w.learn(c.Session)
	return w, err
}

// openVPN is the WebVPN of a school, nil for none.
func openVPN(s jwxt.School) (*wengine.VPN, error) {
	if s.Link.WebVPN.URL == "" {
		return nil, nil
	}
	vpn, err := wengine.New(s.Link.WebVPN)
	if err != nil {
		return nil, fmt.Errorf("school %q: %w", s.ID, err)
	}
	return vpn, nil
}

// to is where an address is reached.
func (w *way) to(u *url.URL) *url.URL {
	if w.vpn == nil {
		return u
	}
	return w.vpn.Wrap(u)
}

// learn takes over the ticket that is in the jar.
func (w *way) learn(s jwxt.Session) {
	if w.vpn != nil {
		w.ticket = w.tickets(s)
	}
}

// hold puts the ticket back into a jar that was emptied.
func (w *way) hold(s *jwxt.Session) {
	if w.vpn != nil && len(w.tickets(*s)) == 0 {
		s.Cookies = append(s.Cookies, w.ticket...)
	}
}

func (w *way) tickets(s jwxt.Session) []jwxt.Cookie {
	host := strings.ToLower(w.vpn.Root().Hostname())
	return slices.DeleteFunc(slices.Clone(s.Cookies), func(c jwxt.Cookie) bool { return c.Domain != host })
}

// Errors of a WebVPN.
var (
	errLoggedOut = jwxt.Fail(jwxt.Expired, "WebVPN", errors.New("it sends to its own login"))
	errOwnPage   = jwxt.Fail(jwxt.Changed, "WebVPN", errors.New("it sends to a page of its own"))
)

// back is an answer from outer as the school gave it inside. A VPN that sends
// to a page of its own has not asked the school; to its login, or with that page
// at once, it has ended the session.
func (w *way) back(p jwxt.Page, outer *url.URL) (jwxt.Page, error) {
	if w.vpn == nil {
		return p, nil
	}
	if p.Status == http.StatusOK && bytes.Contains(p.Body, []byte(`"auth_type"`)) && bytes.Contains(p.Body, []byte(`"sms_code"`)) {
		return p, errLoggedOut
	}
	p.Body = w.vpn.Restore(p.Body)
	to := Location(jwxt.Page{URL: outer, Status: p.Status, Header: p.Header})
	if to == nil || !w.vpn.Own(to) {
		return p, nil
	}
	inner, ok := w.vpn.Unwrap(to)
	switch {
	case ok:
		p.Header = p.Header.Clone()
		p.Header.Set("Location", inner.String())
		return p, nil
	case strings.HasPrefix(to.Path, "/login"), strings.Trim(to.Path, "/") == "":
		return p, errLoggedOut
	}
	return p, errOwnPage
}
