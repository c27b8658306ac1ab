package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// noKey is a pin that no server has.
var noKey = strings.Repeat("0", 64)

// trust finds out how a server whose TLS was refused can be reached, and reports
// whether it can. A handshake that ends before anything is asked shows the key
// it has, and whether it knows nothing newer than TLS 1.1.
func (p *patient) trust(ctx context.Context, u *url.URL, r *Report) bool {
	link := func(l jwxt.Link) { p.again(); p.links[u.Hostname()] = l }
	for _, legacy := range []bool{false, true} {
		link(jwxt.Link{LegacyTLS: legacy, Pins: []string{noKey}})
		var shown *fetch.PinError
		if _, err := p.once(ctx, u); !errors.As(err, &shown) || shown.Key == "" {
			continue
		}
		if legacy {
			link(jwxt.Link{LegacyTLS: true})
			if _, err := p.once(ctx, u); !errors.Is(err, fetch.ErrTLS) {
				r.Notes = append(r.Notes, "its TLS is older than 1.2, which tls = \"legacy\" allows: whoever is on the way may be able to read it")
				return true
			}
		}
		link(jwxt.Link{LegacyTLS: legacy, Pins: []string{shown.Key}})
		r.Notes = append(r.Notes, "no authority vouches for its certificate; the pin below is that of the key it showed here and now. "+
			"Compare it with what a browser on the campus shows before you trust it")
		return true
	}
	link(jwxt.Link{})
	r.Trouble = Certificate
	return false
}

// onlyTLS reports whether a server that was asked in clear says that it speaks
// TLS, as servers do in words of their own.
func onlyTLS(page jwxt.Page) bool {
	return page.Status == http.StatusBadRequest && page.URL.Scheme == "http" && markup.Has(page.Body, "HTTPS server", "HTTPS port")
}

// again has connections made anew, before a link is changed.
func (p *patient) again() {
	p.close()
	clear(p.hosts)
}
