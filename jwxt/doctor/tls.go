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
	for _, legacy := range []bool{false, true} {
		p.link = jwxt.Link{LegacyTLS: legacy, Pins: []string{noKey}}
		var shown *fetch.PinError
		if _, err := p.retry(ctx, u); !errors.As(err, &shown) || shown.Key == "" {
			continue
		}
		if legacy {
			p.link.Pins = nil
			if _, err := p.retry(ctx, u); !errors.Is(err, fetch.ErrTLS) {
				p.again()
				r.Notes = append(r.Notes, "its TLS is older than 1.2, which tls = \"legacy\" allows: whoever is on the way may be able to read it")
				return true
			}
		}
		p.link.Pins = []string{shown.Key}
		p.again()
		r.Notes = append(r.Notes, "no authority vouches for its certificate; the pin below is that of the key it showed here and now. "+
			"Compare it with what a browser on the campus shows before you trust it")
		return true
	}
	p.link = jwxt.Link{}
	r.Trouble = Certificate
	return false
}

// onlyTLS reports whether a server that was asked in clear says that it speaks
// TLS, as servers do in words of their own.
func onlyTLS(page jwxt.Page) bool {
	return page.Status == http.StatusBadRequest && page.URL.Scheme == "http" && markup.Has(page.Body, "HTTPS server", "HTTPS port")
}

// retry asks an address over a connection made anew.
func (p *patient) retry(ctx context.Context, u *url.URL) (jwxt.Page, error) {
	p.again()
	return p.once(ctx, u)
}

// again has connections made anew, after the link has changed.
func (p *patient) again() {
	p.close()
	clear(p.hosts)
}
